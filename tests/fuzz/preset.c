/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a try names, for every workload, and the command line that does the same: its words are
 * those of the try, whatever stands in them, and heddle-cli takes them where the try is acceptable.
 */
#include "config.h"

#include <string.h>

#include "cli/options.h"
#include "engine/model/preset.h"
#include "fuzz.h"
#include "workloads/list.h"

/* "--set", "a=b", "--workers", "4" says "a=b", "workers=4"; the same words in the same order as in
 * the try. */
static void
check_words (char **words, char **argv)
{
  guint n = 3;

  for (guint i = 0; words != NULL && words[i] != NULL; i++, n += 2)
    {
      g_autofree char *said = NULL;

      g_assert_nonnull (argv[n]);
      g_assert_nonnull (argv[n + 1]);
      g_assert_true (g_str_has_prefix (argv[n], "--"));
      said = g_str_equal (argv[n], "--set") ? g_strdup (argv[n + 1])
                                            : g_strconcat (argv[n] + 2, "=", argv[n + 1], NULL);
      g_assert_cmpstr (said, ==, words[i]);
    }
  g_assert_null (argv[n]);
}

static void
check_command (const HeddleWorkload *workload, const char *settings,
               const HeddlePresetValues *trial)
{
  g_autofree char *command = heddle_preset_dup_command (workload, settings);
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ours = heddle_settings_to_argv (trial->settings);
  g_auto (GStrv) theirs = NULL;
  HeddleCliRun run;
  int argc;

  if (strstr (command, "$'") != NULL)
    return; /* bytes by their numbers, which only a shell reads: test-command asks one */
  g_shell_parse_argv (command, &argc, &argv, &error);
  g_assert_no_error (error);
  g_shell_parse_argv (settings, NULL, &words, NULL);
  check_words (words, argv);
  /* policies that do not suit the backend are the command line's to refuse, and only in UTF-8 is
   * its word the try's */
  if (heddle_policy_check (&trial->options, NULL) && g_utf8_validate (settings, -1, NULL))
    {
      heddle_cli_run_parse (&run, argc - 1, argv + 1, &error);
      g_assert_no_error (error);
      theirs = heddle_settings_to_argv (run.settings);
      g_assert_true (g_strv_equal ((const char *const *) ours, (const char *const *) theirs));
      g_assert_cmpuint (run.options.workers, ==, trial->options.workers);
      g_assert_cmpint (run.options.backend, ==, trial->options.backend);
      heddle_cli_run_clear (&run);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint n;
  const HeddleWorkload *const *all = heddle_workloads_get_all (&n);
  const HeddleWorkload *workload = all[fuzz_u8 (&input) % n];
  g_autofree char *settings = fuzz_text (&input, input.left);
  g_autoptr (GError) error = NULL;
  g_auto (HeddlePresetValues) trial = { 0 };
  g_autofree char *command = heddle_preset_dup_command (workload, settings);

  g_assert_true (g_str_has_prefix (command, "heddle-cli run "));
  if (heddle_preset_parse (&trial, workload, settings, &error))
    check_command (workload, settings, &trial);
  else
    fuzz_assert_error (error);
  return 0;
}
