/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "test-harness.h"

/* Twenty times what the pipe holds: both ends wait. */
static void
all_bytes_arrive_in_order (gconstpointer backend)
{
  TestRun *run = test_run_start_on ("pipe", 2, backend, "size=1300001");

  test_run_finish (run);
  g_assert_cmpstr (run->last_error, ==, NULL);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 2);
  g_assert_cmpuint (run->result_sum, ==, 1300001);
  test_run_free (run);
}

static void
nothing_is_an_end_too (gconstpointer backend)
{
  TestRun *run = test_run_start_on ("pipe", 2, backend, "size=0");

  test_run_finish (run);
  g_assert_cmpstr (run->last_error, ==, NULL);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 2);
  g_assert_cmpuint (run->result_sum, ==, 0);
  test_run_free (run);
}

static gboolean
waits_for_pipe (TestRun *run, guint64 task, HeddleWorkerInfo *info)
{
  return test_run_find_worker (run, task, info)
    && strcmp (info->waits_for, "the pipe “bytes”") == 0;
}

/* Tasks that wait, in a run that more might be submitted to: nobody but the test ends their
 * waits. */
static TestRun *
start_manual (const char *workload, guint n, const char *size, HeddleBackend backend, guint retries)
{
  const char *const assignments[] = { size, NULL };
  TestRun *run = test_run_new (workload, n, assignments);

  run->options.backend = backend;
  run->options.retries = retries;
  run->options.manual = TRUE;
  test_run_start (run);
  for (guint i = 0; i < n; i++)
    g_assert_true (heddle_run_submit (run->run, NULL, NULL));
  return run;
}

/* A lone reader, and a lone writer of more than fits. */
static void
waiting_ends_with_the_run (gconstpointer backend)
{
  const char *const kinds[] = { "pipe", "stopped-pipe" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      TestRun *run =
        start_manual (kinds[i], 1, "size=1000000", (HeddleBackend) GPOINTER_TO_INT (backend), 0);
      HeddleWorkerInfo info;

      test_wait_until (waits_for_pipe (run, 1, &info));
      heddle_run_stop (run->run, HEDDLE_STOP_CANCEL);
      test_run_finish (run);
      g_assert_cmpuint (test_run_snapshot (run).cancelled, ==, 1);
      test_run_free (run);
    }
}

static void
killed_reader_is_replaced (void)
{
  TestRun *run = start_manual ("gated-pipe", 2, "size=200000", HEDDLE_BACKEND_PROCESSES, 1);
  HeddleWorkerInfo info;

  test_wait_until (waits_for_pipe (run, 1, &info));
  g_assert_true (test_signal_child (info.pid, SIGKILL));
  heddle_run_close (run->run);
  test_run_finish (run);
  g_assert_cmpstr (run->last_error, ==, NULL);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 2);
  g_assert_cmpuint (run->attempts[1], ==, 2);
  g_assert_cmpuint (run->result_sum, ==, 200000);
  test_run_free (run);
}

int
main (int argc, char *argv[])
{
  static const TestOnBoth both[] = {
    { "all-bytes-arrive-in-order", all_bytes_arrive_in_order },
    { "nothing-is-an-end-too", nothing_is_an_end_too },
    { "waiting-ends-with-the-run", waiting_ends_with_the_run },
  };

  g_test_init (&argc, &argv, NULL);
  test_add_on_both ("pipe", both, G_N_ELEMENTS (both));
  g_test_add_func ("/pipe/killed-reader-is-replaced", killed_reader_is_replaced);
  return g_test_run ();
}
