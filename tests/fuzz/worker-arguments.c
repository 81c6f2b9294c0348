/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arguments of the worker program, one a line: what is taken is in its range, and says the same
 * when it is given again. */
#include "config.h"

#include <string.h>

#include "engine/run/run.h"
#include "engine/worker/options.h"
#include "fuzz.h"

static void
add (GPtrArray *argv, const char *name, char *value)
{
  g_ptr_array_add (argv, g_strdup (name));
  g_ptr_array_add (argv, value);
}

static void
check_again (const HeddleWorkerOptions *options)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_auto (HeddleWorkerOptions) again = { 0 };

  g_ptr_array_add (argv, g_strdup ("heddle-worker"));
  add (argv, "--protocol", g_strdup_printf ("%u", options->protocol));
  add (argv, "--nice", g_strdup_printf ("%d", options->nice));
  add (argv, "--prompt", g_strdup (options->prompt ? "yes" : "no"));
  add (argv, "--affinity", g_strdup (options->affinity));
  if (options->n_threads > 0)
    add (argv, "--threads", g_strdup_printf ("%u", options->n_threads));
  if (options->manager != 0)
    add (argv, "--manager", g_strdup_printf ("%d", options->manager));
  if (options->workload != NULL)
    add (argv, "--workload", g_strdup (options->workload));
  for (guint i = 0; i < options->assignments->len; i++)
    add (argv, "--set", g_strdup (g_ptr_array_index (options->assignments, i)));

  g_assert_true (heddle_worker_options_parse (&again, (int) argv->len, (char **) argv->pdata));
  g_assert_cmpuint (again.protocol, ==, options->protocol);
  g_assert_cmpint (again.nice, ==, options->nice);
  g_assert_cmpint (again.prompt, ==, options->prompt);
  g_assert_cmpstr (again.affinity, ==, options->affinity);
  g_assert_cmpuint (again.n_threads, ==, options->n_threads);
  g_assert_cmpint (again.manager, ==, options->manager);
  g_assert_cmpstr (again.workload, ==, options->workload);
  g_assert_cmpuint (again.assignments->len, ==, options->assignments->len);
  for (guint i = 0; i < again.assignments->len; i++)
    g_assert_cmpstr (g_ptr_array_index (again.assignments, i), ==,
                     g_ptr_array_index (options->assignments, i));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const names[] = { "--protocol", "--nice",    "--prompt",   "--affinity",
                                       "--threads",  "--manager", "--workload", "--set" };
  FuzzInput input = { data, size };
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_auto (HeddleWorkerOptions) options = { 0 };

  g_ptr_array_add (argv, g_strdup ("heddle-worker"));
  while (input.left > 0 && argv->len < 64)
    {
      guint name = fuzz_u8 (&input);

      if (name < 128)
        g_ptr_array_add (argv, g_strdup (names[name % G_N_ELEMENTS (names)]));
      g_ptr_array_add (argv, fuzz_line (&input));
    }
  if (!heddle_worker_options_parse (&options, (int) argv->len, (char **) argv->pdata))
    return 0;
  g_assert_cmpuint (options.protocol, >, 0);
  g_assert_true (options.nice >= 0 && options.nice <= HEDDLE_NICE_IDLE);
  g_assert_cmpuint (options.n_threads, <=, HEDDLE_MAX_WORKERS);
  g_assert_cmpint (options.manager, >=, 0);
  g_assert_true (options.workload != NULL || options.manager != 0);
  check_again (&options);
  return 0;
}
