/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/app-settings.h"
#include "app/model/settings-store.h"

#define KEY "workload-settings"

/**
 * heddle_settings_store_load:
 * @workload: what is to be run
 *
 * Returns: (transfer full): the words that were kept for it, NULL-terminated; none where nothing
 * was
 */
char **
heddle_settings_store_load (const HeddleWorkload *workload)
{
  g_autoptr (GVariant) all = g_settings_get_value (heddle_app_settings_get (), KEY);
  g_autoptr (GVariant) words = NULL;

  g_return_val_if_fail (workload != NULL, NULL);

  words = g_variant_lookup_value (all, workload->id, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  return words != NULL ? g_variant_dup_bytestring_array (words, NULL) : g_new0 (char *, 1);
}

/**
 * heddle_settings_store_save:
 * @workload: what is to be run
 * @words: NULL-terminated: what differs from its defaults
 */
void
heddle_settings_store_save (const HeddleWorkload *workload, const char *const *words)
{
  g_return_if_fail (workload != NULL && words != NULL);

  heddle_app_settings_put (
    KEY, workload, words[0] != NULL ? g_variant_new_bytestring_array (words, -1) : NULL);
}
