/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/settings/controls-private.h"
#include "engine/model/backend.h"

/* A backend is two choices: what does the work, and which variant of that. Backends with the same
 * kind of workers are variants of each other; the first of them stands for the kind. */
static HeddleBackend
get_kind (HeddleBackend backend)
{
  const HeddleBackendInfo *info = heddle_backend_get_info (backend);
  HeddleBackend kind = 0;

  while (heddle_backends[kind]->is_process != info->is_process
         || heddle_backends[kind]->is_loop != info->is_loop
         || heddle_backends[kind]->is_command != info->is_command)
    kind++;
  return kind;
}

static gboolean
is_offered (HeddleRunControls *self, HeddleBackend backend)
{
  return (self->workload->backends & HEDDLE_BACKEND_BIT (backend)) != 0;
}

/* The first of each kind; commands only where the tasks are commands. */
static guint
list_kinds (HeddleRunControls *self, HeddleBackend kinds[HEDDLE_N_BACKENDS])
{
  guint n = 0;

  for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
    if (get_kind (i) == i && (!heddle_backends[i]->is_command || is_offered (self, i)))
      kinds[n++] = i;
  return n;
}

static guint
list_variants (HeddleRunControls *self, HeddleBackend variants[HEDDLE_N_BACKENDS])
{
  HeddleBackend kinds[HEDDLE_N_BACKENDS];
  int kind = heddle_segmented_get_selected (self->kind);
  guint n = 0;

  list_kinds (self, kinds);
  for (guint i = 0; i < HEDDLE_N_BACKENDS && kind >= 0; i++)
    if (get_kind (i) == kinds[kind])
      variants[n++] = i;
  return n;
}

/* Whether their number can be chosen: the main loop is one. */
gboolean
heddle_run_controls_has_workers (HeddleRunControls *self)
{
  HeddleBackend variants[HEDDLE_N_BACKENDS];

  return list_variants (self, variants) == 0 || !heddle_backend_get_info (variants[0])->is_loop;
}

/* The first choice: where the work is done. */
void
heddle_run_controls_fill_kinds (HeddleRunControls *self)
{
  HeddleBackend kinds[HEDDLE_N_BACKENDS];
  guint n_kinds = list_kinds (self, kinds);
  const char *names[HEDDLE_N_BACKENDS + 1] = { NULL };
  const char *tooltips[HEDDLE_N_BACKENDS + 1] = { NULL };

  for (guint i = 0; i < n_kinds; i++)
    {
      names[i] = _(heddle_backend_get_info (kinds[i])->name);
      tooltips[i] = _(heddle_backend_get_info (kinds[i])->description);
    }
  heddle_segmented_set_segments (self->kind, names, tooltips);
  for (guint i = 0; i < n_kinds; i++)
    {
      gboolean offered = FALSE;

      for (guint b = 0; b < HEDDLE_N_BACKENDS; b++)
        offered = offered || (get_kind (b) == kinds[i] && is_offered (self, b));
      heddle_segmented_set_offered (self->kind, i, offered);
    }
}

/* The second choice depends on the first; where only one variant is possible, there is nothing to
 * choose. */
void
heddle_run_controls_fill_variants (HeddleRunControls *self)
{
  HeddleBackend variants[HEDDLE_N_BACKENDS];
  guint n_variants = list_variants (self, variants);
  const char *names[HEDDLE_N_BACKENDS + 1] = { NULL };
  const char *tooltips[HEDDLE_N_BACKENDS + 1] = { NULL };
  guint n_offered = 0;

  for (guint i = 0; i < n_variants; i++)
    {
      names[i] = _(heddle_backend_get_info (variants[i])->variant);
      tooltips[i] = _(heddle_backend_get_info (variants[i])->description);
    }
  heddle_segmented_set_segments (self->variant, names, tooltips);
  for (guint i = 0; i < n_variants; i++)
    {
      gboolean offered = is_offered (self, variants[i]);

      heddle_segmented_set_offered (self->variant, i, offered);
      if (offered && n_offered++ == 0)
        heddle_segmented_set_selected (self->variant, (int) i);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->variant), n_offered > 1);
}

/**
 * heddle_run_controls_set_backend:
 * @self: the controls
 * @backend: one that the workload can run on
 */
void
heddle_run_controls_set_backend (HeddleRunControls *self, HeddleBackend backend)
{
  HeddleBackend kinds[HEDDLE_N_BACKENDS], variants[HEDDLE_N_BACKENDS];

  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));

  if (!is_offered (self, backend))
    return;
  self->filling++;
  for (guint i = list_kinds (self, kinds); i > 0; i--)
    if (kinds[i - 1] == get_kind (backend))
      heddle_segmented_set_selected (self->kind, (int) i - 1);
  for (guint i = list_variants (self, variants); i > 0; i--)
    if (variants[i - 1] == backend)
      heddle_segmented_set_selected (self->variant, (int) i - 1);
  self->filling--;
}

/**
 * heddle_run_controls_get_backend:
 * @self: the controls
 *
 * Returns: the backend that is chosen
 */
HeddleBackend
heddle_run_controls_get_backend (HeddleRunControls *self)
{
  HeddleBackend variants[HEDDLE_N_BACKENDS];
  int variant;

  g_return_val_if_fail (HEDDLE_IS_RUN_CONTROLS (self), HEDDLE_BACKEND_THREADS);

  variant = heddle_segmented_get_selected (self->variant);
  return variant < 0 || (guint) variant >= list_variants (self, variants)
    ? self->workload->default_backend
    : variants[variant];
}
