/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arguments of heddle-cli run and heddle-cli list, one a line: what is taken is in its range,
 * what is refused is explained in UTF-8. */
#include "config.h"

#include "cli/options.h"
#include "fuzz.h"

static void
check_taken (const HeddleCliRun *run)
{
  g_autoptr (GError) error = NULL;

  if (run->help)
    return;
  g_assert_nonnull (run->settings);
  g_assert_true (run->options.workers >= 1 && run->options.workers <= HEDDLE_MAX_WORKERS);
  g_assert_true (run->options.queue >= 1 && run->options.queue <= HEDDLE_MAX_QUEUE);
  g_assert_true (run->options.prefetch >= 1 && run->options.prefetch <= HEDDLE_MAX_PREFETCH);
  g_assert_true ((heddle_settings_get_workload (run->settings)->backends
                  & HEDDLE_BACKEND_BIT (run->options.backend))
                 != 0);
  heddle_policy_check (&run->options, &error);
  g_assert_no_error (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  gboolean list = fuzz_u8 (&input) % 8 == 7;
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  gboolean json, help;
  HeddleCliRun run;

  g_ptr_array_add (argv, g_strdup (list ? "list" : "run"));
  while (input.left > 0 && argv->len < 64)
    g_ptr_array_add (argv, fuzz_line (&input));
  g_ptr_array_add (argv, NULL);
  if (list)
    {
      if (!heddle_cli_list_parse (&json, &help, (int) argv->len - 1, (char **) argv->pdata, &error))
        fuzz_assert_error (error);
      return 0;
    }
  if (heddle_cli_run_parse (&run, (int) argv->len - 1, (char **) argv->pdata, &error))
    check_taken (&run);
  else
    fuzz_assert_error (error);
  heddle_cli_run_clear (&run);
  return 0;
}
