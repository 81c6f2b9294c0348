/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Policies as text. What is taken comes back from heddle_policy_dup() and is taken again as the
 * same; what is refused changes nothing and is explained in UTF-8.
 */
#include "config.h"

#include <string.h>

#include "engine/model/policy.h"
#include "engine/run/run.h"
#include "fuzz.h"
#include "workloads/list.h"

static void
check_taken (const HeddleRunOptions *options, const char *name)
{
  g_autofree char *value = heddle_policy_dup (options, name);
  g_autofree char *again = NULL;
  HeddleRunOptions copy = *options;
  g_autoptr (GError) error = NULL;

  fuzz_assert_utf8 (value);
  heddle_policy_set (&copy, name, value, &error);
  g_assert_no_error (error);
  again = heddle_policy_dup (&copy, name);
  g_assert_cmpstr (value, ==, again);
}

static void
check_ranges (const HeddleRunOptions *options)
{
  g_assert_cmpuint (options->retries, <=, HEDDLE_MAX_RETRIES);
  g_assert_true (options->timeout >= 0 && options->timeout <= HEDDLE_MAX_TIMEOUT);
  g_assert_cmpuint (options->recycle, <=, HEDDLE_MAX_RECYCLE);
  g_assert_true (options->nice >= 0 && options->nice <= HEDDLE_NICE_IDLE);
  g_assert_true (options->halt.when == HEDDLE_HALT_NEVER
                 || (options->halt.fail >= 1 && options->halt.fail <= HEDDLE_HALT_MAX_FAIL));
  g_assert_nonnull (memchr (options->affinity, '\0', sizeof options->affinity));
}

static void
check_halt (const HeddleHalt *halt, FuzzInput *input)
{
  guint64 n_ended = fuzz_number (input);
  guint64 n_failed = fuzz_number (input);
  g_autofree char *why = NULL;

  n_failed = MIN (n_failed, n_ended);
  why = heddle_halt_explain (halt, n_ended, n_failed);
  fuzz_assert_utf8 (why);
  if (halt->when == HEDDLE_HALT_NEVER)
    g_assert_false (heddle_halt_is_reached (halt, n_ended, n_failed));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  HeddleRunOptions options;
  guint n_names = 0;

  while (heddle_policy_names[n_names] != NULL)
    n_names++;
  heddle_run_options_init (&options, heddle_workloads_get_all (NULL)[0]);
  options.backend = fuzz_u8 (&input) % HEDDLE_N_BACKENDS;
  while (input.left > 0)
    {
      const char *name = heddle_policy_names[fuzz_u8 (&input) % n_names];
      g_autofree char *value = fuzz_line (&input);
      g_autofree char *before = heddle_policy_dup (&options, name);
      g_autofree char *after = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) why_not = NULL;

      if (heddle_policy_set (&options, name, value, &error))
        {
          check_taken (&options, name);
        }
      else
        {
          fuzz_assert_error (error);
          after = heddle_policy_dup (&options, name);
          g_assert_cmpstr (before, ==, after);
        }
      check_ranges (&options);
      if (!heddle_policy_check (&options, &why_not))
        fuzz_assert_error (why_not);
    }
  check_halt (&options.halt, &input);
  return 0;
}
