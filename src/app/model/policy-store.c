/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "app/model/app-settings.h"
#include "app/model/policy-store.h"

#define KEY "policies"

/* With more workers than processors frames would come late otherwise: docs/performance.md. */
#define WORKER_NICE 19

/**
 * heddle_policy_store_init_options:
 * @options: (out): the defaults of a run beside a window
 * @workload: what is run
 */
void
heddle_policy_store_init_options (HeddleRunOptions *options, const HeddleWorkload *workload)
{
  heddle_run_options_init (options, workload);
  options->nice = WORKER_NICE;
}

/**
 * heddle_policy_store_load:
 * @workload: what is run
 * @options: where to set what was kept for it; what is not acceptable any more, such as a CPU that
 * has gone, is left as it is
 */
void
heddle_policy_store_load (const HeddleWorkload *workload, HeddleRunOptions *options)
{
  g_autoptr (GVariant) all = g_settings_get_value (heddle_app_settings_get (), KEY);
  const char *kept;
  g_auto (GStrv) words = NULL;

  if (all == NULL || !g_variant_lookup (all, workload->id, "&s", &kept))
    return;
  words = g_strsplit (kept, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      char *equals = strchr (words[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      if (g_strv_contains (heddle_policy_names, words[i]))
        heddle_policy_set (options, words[i], equals + 1, NULL);
    }
}

/* "retries=2 halt=soon,fail=3": what differs from the defaults. */
static char *
write_words (const HeddleWorkload *workload, const HeddleRunOptions *options)
{
  GString *words = g_string_new (NULL);
  HeddleRunOptions usual;

  heddle_policy_store_init_options (&usual, workload);
  for (guint i = 0; heddle_policy_names[i] != NULL; i++)
    {
      g_autofree char *value = heddle_policy_dup (options, heddle_policy_names[i]);
      g_autofree char *before = heddle_policy_dup (&usual, heddle_policy_names[i]);

      if (!g_str_equal (value, before))
        g_string_append_printf (words, "%s%s=%s", words->len > 0 ? " " : "", heddle_policy_names[i],
                                value);
    }
  return g_string_free (words, FALSE);
}

/**
 * heddle_policy_store_save:
 * @workload: what is run
 * @options: how it is to be run from now on
 */
void
heddle_policy_store_save (const HeddleWorkload *workload, const HeddleRunOptions *options)
{
  g_autofree char *words = write_words (workload, options);

  heddle_app_settings_put (KEY, workload, *words != '\0' ? g_variant_new_string (words) : NULL);
}
