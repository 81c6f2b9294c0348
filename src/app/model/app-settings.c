/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/app-settings.h"

#include <glib/gi18n.h>

#include "base/error.h"

#define SCHEMA_ID "org.heddle.Heddle"

static GSettings *opened;

/**
 * heddle_app_settings_open:
 *
 * Opens the settings. Without their schema there are no defaults either, and GLib would end the
 * program where they are first asked for: so the program calls this before anything else of it
 * needs them.
 *
 * Returns: FALSE with HEDDLE_ERROR_START, which says what to do, where the schema is not installed
 */
gboolean
heddle_app_settings_open (GError **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
    source != NULL ? g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE) : NULL;

  if (schema == NULL)
    {
      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                   _("The settings schema %s is not installed. Install Heddle; in its source tree use “./dev run”, or set GSETTINGS_SCHEMA_DIR to "
                     "the folder “data” of the build."), SCHEMA_ID);
      return FALSE;
    }
  if (opened == NULL)
    opened = g_settings_new_full (schema, NULL, NULL);
  return TRUE;
}

/**
 * heddle_app_settings_get:
 *
 * Returns: (transfer none): the settings, after heddle_app_settings_open()
 */
GSettings *
heddle_app_settings_get (void)
{
  return opened;
}

/**
 * heddle_app_settings_get_workers:
 * @workload: what is to be run
 *
 * A workload that asks for one worker measures something, or starts workers of its own: with more
 * its figures would be wrong, so what is preferred does not hold for it.
 *
 * Returns: how many workers the user prefers for it; 0: as many as it asks for
 */
guint
heddle_app_settings_get_workers (const HeddleWorkload *workload)
{
  g_return_val_if_fail (workload != NULL, 0);

  return workload->default_workers != 1 ? g_settings_get_uint (opened, "default-workers") : 0;
}

/**
 * heddle_app_settings_put:
 * @key: of a dictionary from workloads' ids
 * @workload: whose entry is set
 * @value: (transfer floating) (nullable): what is kept for it; %NULL: nothing
 *
 * The entries of other workloads stay.
 */
void
heddle_app_settings_put (const char *key, const HeddleWorkload *workload, GVariant *value)
{
  g_autoptr (GVariant) all = g_settings_get_value (opened, key);
  GVariantBuilder builder;

  g_return_if_fail (workload != NULL);

  g_variant_builder_init (&builder, g_variant_get_type (all));
  for (gsize i = 0; i < g_variant_n_children (all); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (all, i);
      g_autoptr (GVariant) id = g_variant_get_child_value (entry, 0);

      if (!g_str_equal (g_variant_get_string (id, NULL), workload->id))
        g_variant_builder_add_value (&builder, entry);
    }
  if (value != NULL)
    g_variant_builder_add_value (
      &builder, g_variant_new_dict_entry (g_variant_new_string (workload->id), value));
  g_settings_set_value (opened, key, g_variant_builder_end (&builder));
}
