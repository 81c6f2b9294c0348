/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "test-harness.h"

/* Every test runs twice: on threads and on worker processes. */
static HeddleBackend
backend_of (gconstpointer data)
{
  return (HeddleBackend) GPOINTER_TO_UINT (data);
}

static TestRun *
start (const char *workload, guint64 n, gconstpointer data, guint retries)
{
  TestRun *run = test_run_new (workload, n, NULL);

  run->options.backend = backend_of (data);
  run->options.workers = 1; /* parties() asks for as many as there are tasks */
  run->options.prefetch = 1;
  run->options.retries = retries;
  test_run_start (run);
  return run;
}

static HeddleWatch
watch (TestRun *run, const char *name)
{
  HeddleWatch watches[HEDDLE_MAX_WATCHES];
  guint n = heddle_run_get_watches (run->run, watches, HEDDLE_MAX_WATCHES);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (watches[i].name, name))
      return watches[i];
  g_error ("nothing watched is called %s", name);
}

static TestRun *
run_all_done (const char *workload, guint64 n, gconstpointer data)
{
  TestRun *run = start (workload, n, data, 0);

  test_run_finish (run);
  if (run->last_error != NULL)
    g_error ("%s: %s", workload, run->last_error);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, n);
  return run;
}

static void
mutex_excludes (gconstpointer data)
{
  TestRun *run = run_all_done ("sync-mutex", 4, data);

  g_assert_cmpint (watch (run, "count").value, ==, 4 * 2000);
  test_run_free (run);
}

static void
plain_mutex_is_not_recursive (gconstpointer data)
{
  TestRun *run = start ("sync-self", 3, data, 0);

  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).failed, ==, 1);
  g_assert_nonnull (strstr (run->last_error, "A"));
  g_assert_cmpint (watch (run, "count").value, ==, 2 * 2000);
  test_run_free (run);
}

static void
only_the_holder_unlocks (gconstpointer data)
{
  TestRun *run = run_all_done ("sync-not-owner", 2, data);

  g_assert_cmpuint (run->result_sum, ==, 2 * HEDDLE_SYNC_NOT_OWNER);
  test_run_free (run);
}

static void
deadlock_is_named_and_ends (gconstpointer data)
{
  TestRun *run = start ("sync-cross", 2, data, 0);

  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).failed, >=, 1);
  g_assert_nonnull (strstr (run->last_error, "“A”"));
  g_assert_nonnull (strstr (run->last_error, "“B”"));
  g_assert_nonnull (strstr (
    run->last_error, backend_of (data) == HEDDLE_BACKEND_THREADS ? "Thread 1" : "Process 1"));
  g_assert_nonnull (strstr (
    run->last_error, backend_of (data) == HEDDLE_BACKEND_THREADS ? "Thread 2" : "Process 2"));
  test_run_free (run);
}

static void
semaphore_bounds (gconstpointer data)
{
  TestRun *run = run_all_done ("sync-seats", 5, data);

  g_assert_cmpint (watch (run, "most").value, <=, 2);
  g_assert_cmpint (watch (run, "count").value, ==, 0);
  test_run_free (run);
}

static void
barrier_waits_for_all (gconstpointer data)
{
  TestRun *run = run_all_done ("sync-rounds", 3, data);

  g_assert_cmpint (watch (run, "count").value, ==, 300);
  g_assert_cmpint (watch (run, "out").value, ==, 100); /* one last a round */
  test_run_free (run);
}

static void
readers_see_whole_writes (gconstpointer data)
{
  for (guint n = 4; n <= 5; n++)
    {
      TestRun *run = run_all_done ("sync-rw", n, data);

      g_assert_cmpint (watch (run, "count").value, ==, 500 * ((n + 1) / 2));
      test_run_free (run);
    }
}

static void
channel_delivers_once (gconstpointer data)
{
  TestRun *run = run_all_done ("sync-mail", 4, data);

  g_assert_cmpint (watch (run, "count").value, ==, 2000 * 2001 / 2);
  g_assert_cmpuint (watch (run, "mail").length, ==, 0);
  test_run_free (run);
}

static void
condition_guards_a_buffer (gconstpointer data)
{
  TestRun *run = run_all_done ("sync-buffer", 4, data);

  g_assert_cmpint (watch (run, "count").value, ==, 2 * (500 * 499 / 2));
  g_assert_cmpuint (watch (run, "list").length, ==, 0);
  test_run_free (run);
}

static void
event_lets_all_go (gconstpointer data)
{
  TestRun *run = run_all_done ("sync-gate", 4, data);

  g_assert_cmpint (watch (run, "count").value, ==, 3);
  test_run_free (run);
}

static gboolean
all_wait (TestRun *run, guint n)
{
  HeddleWorkerInfo workers[8];
  guint n_workers = heddle_run_get_workers (run->run, workers, G_N_ELEMENTS (workers));
  guint waiting = 0;

  for (guint i = 0; i < n_workers; i++)
    waiting += workers[i].state == HEDDLE_WORKER_WAITING && workers[i].waits_for[0] != '\0';
  return waiting == n;
}

static void
cancel_ends_every_wait (gconstpointer data)
{
  TestRun *run = test_run_new ("sync-stuck", 4, NULL);

  run->options.backend = backend_of (data);
  run->options.prefetch = 1;
  /* a fifth task could let them go on, so nobody else ends their waits */
  run->options.manual = TRUE;
  test_run_start (run);
  for (guint i = 0; i < 4; i++)
    g_assert_true (heddle_run_submit (run->run, NULL, NULL));
  test_wait_until (all_wait (run, 4));
  heddle_run_stop (run->run, HEDDLE_STOP_CANCEL);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).cancelled, ==, 4);
  test_run_free (run);
}

static void
what_a_dead_worker_held_is_handed_on (gconstpointer data)
{
  TestRun *run = start ("sync-holder-dies", 3, data, 1);

  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 3);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 1);
  g_assert_cmpint (watch (run, "count").value, ==, 3);
  g_assert_cmpint (watch (run, "out").value, ==, 1); /* exactly one was told */
  test_run_free (run);
}

static void
forgotten_lock_goes_back (gconstpointer data)
{
  TestRun *run = start ("sync-forgets", 3, data, 0);

  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).failed, ==, 3);
  g_assert_cmpint (watch (run, "count").value, ==, 3);
  test_run_free (run);
}

static void
forgotten_table_goes_back (gconstpointer data)
{
  TestRun *run = start ("sync-forgets-table", 5, data, 0);

  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).failed, ==, 5);
  g_assert_nonnull (strstr (run->last_error, "ended and still held the lock “table”"));
  g_assert_cmpint (watch (run, "count").value, ==, 5);
  test_run_free (run);
}

/* Who would wait for itself is told so, and keeps what it has. */
static void
table_is_not_waited_for_by_its_holder (gconstpointer data)
{
  TestRun *run = start ("sync-table-self", 4, data, 0);

  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).failed, ==, 2);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 2);
  g_assert_nonnull (strstr (run->last_error, "which it holds itself"));
  g_assert_cmpint (watch (run, "count").value, ==, 4);
  test_run_free (run);
}

static void
wait_times_out (gconstpointer data)
{
  TestRun *run = run_all_done ("sync-times-out", 2, data);

  g_assert_cmpuint (run->result_sum, ==, 2 * HEDDLE_SYNC_TIMEOUT);
  test_run_free (run);
}

static void
names_are_watched (gconstpointer data)
{
  TestRun *run = run_all_done ("sync-names", 4, data);
  HeddleWatch dict = watch (run, "dict");

  g_assert_cmpuint (dict.length, ==, 2);
  g_assert_cmpstr (dict.entries[0], ==, "ten: 40");
  g_assert_cmpstr (dict.entries[1], ==, "one: 1");
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  static const TestOnBoth both[] = {
    { "mutex-excludes", mutex_excludes },
    { "plain-mutex-is-not-recursive", plain_mutex_is_not_recursive },
    { "only-the-holder-unlocks", only_the_holder_unlocks },
    { "deadlock-is-named-and-ends", deadlock_is_named_and_ends },
    { "semaphore-bounds", semaphore_bounds },
    { "barrier-waits-for-all", barrier_waits_for_all },
    { "readers-see-whole-writes", readers_see_whole_writes },
    { "channel-delivers-once", channel_delivers_once },
    { "condition-guards-a-buffer", condition_guards_a_buffer },
    { "event-lets-all-go", event_lets_all_go },
    { "cancel-ends-every-wait", cancel_ends_every_wait },
    { "forgotten-lock-goes-back", forgotten_lock_goes_back },
    { "forgotten-table-goes-back", forgotten_table_goes_back },
    { "table-is-not-waited-for-by-its-holder", table_is_not_waited_for_by_its_holder },
    { "wait-times-out", wait_times_out },
    { "names-are-watched", names_are_watched },
  };

  g_test_init (&argc, &argv, NULL);
  test_add_on_both ("sync", both, G_N_ELEMENTS (both));
  g_test_add_data_func ("/sync/processes/what-a-dead-worker-held-is-handed-on",
                        GUINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES),
                        what_a_dead_worker_held_is_handed_on);
  return g_test_run ();
}
