/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/app-settings.h"

#define SCHEMA_ID "org.heddle.Heddle"

/* The schema's defaults, for where there is no schema. Text form of GVariant. */
static const struct {
  const char *key;
  const char *value;
} fallbacks[] = {
  { "window-width", "1440" },
  { "window-height", "900" },
  { "window-maximized", "false" },
  { "sidebar-shown", "true" },
  { "last-workload", "'checksum-files'" },
  { "default-workers", "uint32 0" },
  { "lane-budget", "uint32 64" },
  { "result-budget", "uint32 128" },
  { "policies", "@a{ss} {}" },
  { "workload-settings", "@a{saay} {}" },
};

/* Where there is no schema: what was set since the program began. Key to GVariant, owned. */
static GHashTable *unkept;

static GVariant *
get_value (const char *key)
{
  GSettings *settings = heddle_app_settings_get ();
  GVariant *value;

  if (settings != NULL)
    return g_settings_get_value (settings, key);
  value = unkept != NULL ? g_hash_table_lookup (unkept, key) : NULL;
  if (value != NULL)
    return g_variant_ref (value);
  for (guint i = 0; i < G_N_ELEMENTS (fallbacks); i++)
    if (g_str_equal (fallbacks[i].key, key))
      return g_variant_take_ref (g_variant_parse (NULL, fallbacks[i].value, NULL, NULL, NULL));
  g_return_val_if_reached (NULL);
}

/**
 * heddle_app_settings_get:
 *
 * Returns: (transfer none) (nullable): the settings, or %NULL where their schema is not installed
 */
GSettings *
heddle_app_settings_get (void)
{
  static GSettings *settings;
  static gboolean looked;
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();

  if (!looked && source != NULL)
    {
      g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE);

      if (schema != NULL)
        settings = g_settings_new_full (schema, NULL, NULL);
      else
        g_message ("The settings schema %s is not installed: settings are not kept", SCHEMA_ID);
    }
  looked = TRUE;
  return settings;
}

/**
 * heddle_app_settings_get_value:
 * @key: a key
 *
 * Returns: (transfer full): its value, or the default where nothing can be kept
 */
GVariant *
heddle_app_settings_get_value (const char *key)
{
  return get_value (key);
}

/**
 * heddle_app_settings_get_uint:
 * @key: a key of type u
 *
 * Returns: its value, or the default where nothing can be kept
 */
guint
heddle_app_settings_get_uint (const char *key)
{
  g_autoptr (GVariant) value = get_value (key);

  return value != NULL ? g_variant_get_uint32 (value) : 0;
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

  return workload->default_workers != 1 ? heddle_app_settings_get_uint ("default-workers") : 0;
}

/**
 * heddle_app_settings_get_int:
 * @key: a key of type i
 *
 * Returns: its value, or the default where nothing can be kept
 */
int
heddle_app_settings_get_int (const char *key)
{
  g_autoptr (GVariant) value = get_value (key);

  return value != NULL ? g_variant_get_int32 (value) : 0;
}

/**
 * heddle_app_settings_get_boolean:
 * @key: a key of type b
 *
 * Returns: its value, or the default where nothing can be kept
 */
gboolean
heddle_app_settings_get_boolean (const char *key)
{
  g_autoptr (GVariant) value = get_value (key);

  return value != NULL && g_variant_get_boolean (value);
}

/**
 * heddle_app_settings_dup_string:
 * @key: a key of type s
 *
 * Returns: (transfer full): its value, or the default where nothing can be kept
 */
char *
heddle_app_settings_dup_string (const char *key)
{
  g_autoptr (GVariant) value = get_value (key);

  return value != NULL ? g_variant_dup_string (value, NULL) : g_strdup ("");
}

/**
 * heddle_app_settings_set:
 * @key: a key
 * @value: its new value; a floating reference is taken
 *
 * Keeps @value, where something can be kept and the key is writable; else until the program ends.
 */
void
heddle_app_settings_set (const char *key, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  GSettings *settings = heddle_app_settings_get ();

  if (settings != NULL)
    {
      g_settings_set_value (settings, key, owned);
      return;
    }
  if (unkept == NULL)
    unkept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  g_hash_table_insert (unkept, g_strdup (key), g_steal_pointer (&owned));
}
