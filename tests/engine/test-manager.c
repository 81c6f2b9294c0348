/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test-harness.h"

static void
does_what_it_is_asked (gconstpointer backend)
{
  TestRun *run = test_run_start_on ("manager-quiz", 1, backend, "size=0");

  test_run_finish (run);
  g_assert_cmpstr (run->last_error, ==, NULL);
  g_assert_cmpuint (run->result_sum, ==, 1);
  test_run_free (run);
}

/* No lock, and nothing is lost: the last to add sees them all. */
static void
one_thing_at_a_time (gconstpointer backend)
{
  TestRun *run = test_run_start_on ("manager", 3, backend, "size=200");

  test_run_finish (run);
  g_assert_cmpstr (run->last_error, ==, NULL);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 3);
  g_assert_true (g_hash_table_contains (run->results, "600"));
  test_run_free (run);
}

/* The process of this name that is a child of ours; 0: none. */
static pid_t
find_child (const char *name)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *entry;

  while ((entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%s/stat", entry);
      g_autofree char *pattern = g_strdup_printf ("(%s) ", name);
      g_autofree char *stat = NULL;
      const char *found;

      if (g_ascii_isdigit (entry[0]) && g_file_get_contents (path, &stat, NULL, NULL)
          && (found = strstr (stat, pattern)) != NULL
          && atoi (found + strlen (pattern) + 2) == getpid ())
        return atoi (entry);
    }
  return 0;
}

static void
killed_manager_fails_tasks_in_words (gconstpointer backend)
{
  TestRun *run = test_run_start_on ("manager-for-ever", 2, backend, "size=0");
  HeddleWorkerInfo info;
  pid_t pid = 0;

  test_wait_until ((pid = find_child ("heddle-manager")) != 0);
  test_wait_until (test_run_find_worker (run, 1, &info) && test_run_find_worker (run, 2, &info));
  g_assert_true (test_signal_child (pid, SIGKILL));
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).failed, ==, 2);
  g_assert_nonnull (
    strstr (run->last_error, "The manager “clerk” no longer answers: its process has ended"));
  g_assert_true (test_run_log_has (
    run, "The manager “clerk” was killed by signal 9 (Killed) before the end of the run."));
  test_run_free (run);
}

/* A stopped server answers nobody; it is no reason to stay. */
static void
waiting_ends_with_the_run (gconstpointer backend)
{
  TestRun *run = test_run_start_on ("manager-for-ever", 1, backend, "size=0");
  HeddleWorkerInfo info;
  pid_t pid = 0;

  test_wait_until ((pid = find_child ("heddle-manager")) != 0);
  test_wait_until (test_run_find_worker (run, 1, &info));
  g_assert_true (test_signal_child (pid, SIGSTOP));
  test_wait_until (test_run_find_worker (run, 1, &info)
                   && strcmp (info.waits_for, "the manager “clerk”") == 0);
  heddle_run_stop (run->run, HEDDLE_STOP_CANCEL);
  test_wait_until (test_run_snapshot (run).cancelled == 1);
  g_assert_true (test_signal_child (pid, SIGCONT));
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).cancelled, ==, 1);
  test_run_free (run);
}

static void
killed_worker_leaves_the_manager_whole (void)
{
  TestRun *run = test_run_new ("manager-hold", 1, NULL);
  HeddleWorkerInfo info;

  run->options.retries = 1;
  test_run_start (run);
  test_wait_until (test_run_find_worker (run, 1, &info)
                   && strcmp (info.waits_for, "time to pass") == 0);
  g_assert_true (test_signal_child (info.pid, SIGKILL));
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 1);
  g_assert_true (g_hash_table_contains (run->results, "2"));
  test_run_free (run);
}

static void
no_program_is_told (void)
{
  TestRun *run = test_run_new ("manager-quiz", 1, NULL);
  g_autoptr (GError) error = NULL;

  run->options.backend = HEDDLE_BACKEND_THREADS;
  run->options.worker_program = "/bin/true";
  test_run_start (run);
  test_run_finish (run);
  error = heddle_run_dup_error (run->run);
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
  g_assert_cmpstr (
    error->message, ==,
    "The manager “clerk” did not start: “/bin/true” has ended or is another version.");
  test_run_free (run);
}

int
main (int argc, char *argv[])
{
  static const TestOnBoth both[] = {
    { "does-what-it-is-asked", does_what_it_is_asked },
    { "one-thing-at-a-time", one_thing_at_a_time },
    { "killed-manager-fails-tasks-in-words", killed_manager_fails_tasks_in_words },
    { "waiting-ends-with-the-run", waiting_ends_with_the_run },
  };

  g_test_init (&argc, &argv, NULL);
  test_add_on_both ("manager", both, G_N_ELEMENTS (both));
  g_test_add_func ("/manager/killed-worker-leaves-it-whole",
                   killed_worker_leaves_the_manager_whole);
  g_test_add_func ("/manager/no-program-is-told", no_program_is_told);
  return g_test_run ();
}
