/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/settings/controls-private.h"
#include "engine/model/backend.h"

/* A backend is two choices: what does the work, and which of two variants of that. */
static const HeddleBackend backends[][2] = {
  { HEDDLE_BACKEND_THREADS, HEDDLE_BACKEND_THREAD_PER_TASK },
  { HEDDLE_BACKEND_PROCESSES, HEDDLE_BACKEND_PROCESS_PER_TASK },
  { HEDDLE_BACKEND_MAIN_LOOP, HEDDLE_BACKEND_MAIN_LOOP_BLOCKING },
};

static gboolean
is_offered (HeddleRunControls *self, guint kind, guint variant)
{
  return (self->workload->backends & HEDDLE_BACKEND_BIT (backends[kind][variant])) != 0;
}

/* Whether their number can be chosen: the main loop is one. */
gboolean
heddle_run_controls_has_workers (HeddleRunControls *self)
{
  int kind = heddle_segmented_get_selected (self->kind);

  return kind < 0 || backends[kind][0] != HEDDLE_BACKEND_MAIN_LOOP;
}

/* The first choice: where the work is done. */
void
heddle_run_controls_fill_kinds (HeddleRunControls *self)
{
  const char *names[G_N_ELEMENTS (backends) + 1] = { NULL };
  const char *tooltips[G_N_ELEMENTS (backends) + 1] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    {
      const HeddleBackendInfo *info = heddle_backend_get_info (backends[i][0]);

      names[i] = backends[i][0] == HEDDLE_BACKEND_MAIN_LOOP ? _("Main loop") : _(info->name);
      tooltips[i] = _(info->description);
    }
  heddle_segmented_set_segments (self->kind, names, tooltips);
  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    heddle_segmented_set_offered (self->kind, i,
                                  is_offered (self, i, 0) || is_offered (self, i, 1));
}

/* The second choice depends on the first; where only one variant is possible, there is nothing to
 * choose. */
void
heddle_run_controls_fill_variants (HeddleRunControls *self)
{
  static const char *const pool_names[] = { N_("Pool"), N_("One per task") };
  static const char *const loop_names[] = { N_("In slices"), N_("Blocking") };
  int kind = heddle_segmented_get_selected (self->kind);
  gboolean offered[2];
  const char *names[3] = { NULL };
  const char *tooltips[3] = { NULL };

  for (guint i = 0; i < 2; i++)
    {
      names[i] = _(backends[kind][0] == HEDDLE_BACKEND_MAIN_LOOP ? loop_names[i] : pool_names[i]);
      tooltips[i] = _(heddle_backend_get_info (backends[kind][i])->description);
      offered[i] = is_offered (self, kind, i);
    }
  heddle_segmented_set_segments (self->variant, names, tooltips);
  heddle_segmented_set_offered (self->variant, 0, offered[0]);
  heddle_segmented_set_offered (self->variant, 1, offered[1]);
  heddle_segmented_set_selected (self->variant, offered[0] ? 0 : 1);
  gtk_widget_set_visible (GTK_WIDGET (self->variant), offered[0] && offered[1]);
}

/**
 * heddle_run_controls_set_backend:
 * @self: the controls
 * @backend: one that the workload can run on
 */
void
heddle_run_controls_set_backend (HeddleRunControls *self, HeddleBackend backend)
{
  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));

  self->filling++;
  for (guint kind = 0; kind < G_N_ELEMENTS (backends); kind++)
    for (guint variant = 0; variant < 2; variant++)
      if (backends[kind][variant] == backend && is_offered (self, kind, variant))
        {
          heddle_segmented_set_selected (self->kind, kind);
          heddle_segmented_set_selected (self->variant, variant);
        }
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
  int kind, variant;

  g_return_val_if_fail (HEDDLE_IS_RUN_CONTROLS (self), HEDDLE_BACKEND_THREADS);

  kind = heddle_segmented_get_selected (self->kind);
  variant = heddle_segmented_get_selected (self->variant);
  return kind < 0 || variant < 0 ? self->workload->default_backend : backends[kind][variant];
}
