/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user has set for a workload is kept, a moment after the last change, and comes back with
 * the workload. */
#include "config.h"

#include <string.h>

#include "app/model/settings-store.h"
#include "app/run/settings/controls-private.h"
#include "engine/model/backend.h"

#define SAVE_MS 500 /* after the last change, settings are kept */

static void
append_option (GPtrArray *words, const char *name, guint value, guint usual)
{
  if (value != usual)
    g_ptr_array_add (words, g_strdup_printf ("--%s=%u", name, value));
}

static void
append_param (GPtrArray *words, HeddleParamRow *row, HeddleSettings *settings)
{
  const HeddleParam *param = heddle_param_row_get_param (row);
  g_autofree char *value = heddle_param_row_dup_value (row);
  double initial =
      param->type == HEDDLE_PARAM_NUMBER ? heddle_settings_get_number (settings, param->name) : 0;

  if (g_str_equal (value, heddle_settings_get (settings, param->name)))
    return;
  /* the same number may be written in two ways */
  if (param->type == HEDDLE_PARAM_NUMBER && heddle_settings_set (settings, param->name, value, NULL)
      && heddle_settings_get_number (settings, param->name) == initial)
    return;
  g_ptr_array_add (words, g_strdup_printf ("%s=%s", param->name, value));
}

/* Keeps what the user has changed, now rather than a moment later. */
void
heddle_run_controls_save_now (HeddleRunControls *self)
{
  g_autoptr (GPtrArray) words = NULL;
  g_autoptr (HeddleSettings) settings = NULL;

  if (self->save_source == 0)
    return;
  g_clear_handle_id (&self->save_source, g_source_remove);
  words = g_ptr_array_new_with_free_func (g_free);
  settings = heddle_settings_new (self->workload);
  if (heddle_run_controls_get_backend (self) != self->usual.backend)
    g_ptr_array_add (
        words,
        g_strdup_printf ("--backend=%s",
                         heddle_backend_get_info (heddle_run_controls_get_backend (self))->id));
  append_option (words, "workers", (guint) gtk_spin_button_get_value_as_int (self->workers),
                 self->usual.workers);
  append_option (words, "queue", (guint) gtk_spin_button_get_value_as_int (self->queue),
                 self->usual.queue);
  append_option (words, "prefetch", (guint) gtk_spin_button_get_value_as_int (self->prefetch),
                 self->usual.prefetch);
  for (guint i = 0; i < self->rows->len; i++)
    append_param (words, g_ptr_array_index (self->rows, i), settings);
  g_ptr_array_add (words, NULL);
  heddle_settings_store_save (self->workload, (const char *const *) words->pdata);
}

static gboolean
save_cb (gpointer data)
{
  heddle_run_controls_save_now (data);
  return G_SOURCE_REMOVE;
}

/* The user has changed a value; others may follow at once. */
void
heddle_run_controls_save_soon (HeddleRunControls *self)
{
  if (self->filling > 0)
    return;
  g_clear_handle_id (&self->save_source, g_source_remove);
  self->save_source = g_timeout_add (SAVE_MS, save_cb, self);
  g_source_set_name_by_id (self->save_source, "[heddle] settings of a workload");
}

HeddleParamRow *
heddle_run_controls_find_row (HeddleRunControls *self, const char *name)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (heddle_param_row_get_param (g_ptr_array_index (self->rows, i))->name, name))
      return g_ptr_array_index (self->rows, i);
  return NULL;
}

static void
take_option (HeddleRunControls *self, const char *name, const char *value)
{
  GtkSpinButton *spin = g_str_equal (name, "workers")    ? self->workers
                        : g_str_equal (name, "queue")    ? self->queue
                        : g_str_equal (name, "prefetch") ? self->prefetch
                                                         : NULL;
  HeddleBackend backend;
  guint64 number;

  if (g_str_equal (name, "backend") && heddle_backend_parse (value, self->workload, &backend, NULL))
    heddle_run_controls_set_backend (self, backend);
  else if (spin != NULL
           && g_ascii_string_to_unsigned (value, 10, 1, HEDDLE_MAX_QUEUE, &number, NULL))
    gtk_spin_button_set_value (spin, (double) number);
}

/* Shows what was kept for the workload; what is not acceptable any more is left as it is. */
void
heddle_run_controls_load (HeddleRunControls *self)
{
  g_auto (GStrv) words = heddle_settings_store_load (self->workload);
  g_autoptr (HeddleSettings) settings = heddle_settings_new (self->workload);

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *equals = strchr (words[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      if (g_str_has_prefix (words[i], "--"))
        take_option (self, words[i] + 2, equals + 1);
      else if (heddle_run_controls_find_row (self, words[i]) != NULL
               && heddle_settings_set (settings, words[i], equals + 1, NULL))
        heddle_param_row_set_value (heddle_run_controls_find_row (self, words[i]), equals + 1);
    }
}
