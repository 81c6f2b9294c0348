/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>

#include "engine/model/backend.h"
#include "test-harness.h"

/* What a run does by its policies, on threads and on processes. */

/* A process starts ten times slower under a sanitizer. The plain build starts them all. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define FEWER_PROCESSES 4
#else
#define FEWER_PROCESSES 1
#endif

static TestRun *
new_run (const char *workload, guint64 n, gconstpointer backend)
{
  TestRun *run = test_run_new (workload, n, NULL);

  run->options.backend = (HeddleBackend) GPOINTER_TO_INT (backend);
  return run;
}

static void
set_policy (TestRun *run, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  heddle_policy_set (&run->options, name, value, &error);
  g_assert_no_error (error);
}

/* A file that a task waits for, and the one by which the first task says that it has started. */
typedef struct {
  char *folder, *gate, *started;
} Gate;

static void
gate_init (Gate *self)
{
  self->folder = g_dir_make_tmp ("heddle-gate-XXXXXX", NULL);
  self->gate = g_build_filename (self->folder, "open", NULL);
  self->started = g_strconcat (self->gate, ".started", NULL);
  g_setenv ("TEST_GATE", self->gate, TRUE);
}

static void
gate_open (Gate *self)
{
  g_assert_true (g_file_set_contents (self->gate, "", 0, NULL));
}

static void
gate_clear (Gate *self)
{
  g_unlink (self->gate);
  g_unlink (self->started);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self->gate);
  g_free (self->started);
}

/* The delay is so long that nothing else can be what ends the wait. One worker is enough for all
 * others. */
static void
waiting_retry_is_queued_and_holds_nobody (gconstpointer data)
{
  TestRun *run = new_run ("fail-first", 20, data);
  HeddleRunSnapshot snapshot;

  run->options.workers = 1;
  run->options.retries = 1;
  run->options.retry_delay = HEDDLE_MAX_RETRY_DELAY;
  test_run_start (run);
  test_run_wait_for (
    run, snapshot, snapshot.done == 19 && snapshot.n_waiting_retries == 1 && snapshot.running == 0);
  g_assert_cmpuint (snapshot.queued, ==, 1);
  g_assert_cmpuint (snapshot.queue_length, ==, 0);
  g_assert_cmpuint (snapshot.retried, ==, 1);
  g_assert_cmpuint (snapshot.n_entries, ==, 1);
  g_assert_cmpuint (snapshot.entries[0].id, ==, 1);
  g_assert_cmpint (snapshot.entries[0].due_ns, >, snapshot.now_ns);
  g_assert_cmpint (snapshot.state, ==, HEDDLE_RUN_RUNNING);

  /* draining waits for it; cancelling does not */
  heddle_run_stop (run->run, HEDDLE_STOP_DRAIN);
  test_wait_until (test_run_snapshot (run).state == HEDDLE_RUN_STOPPING);
  g_assert_cmpuint (test_run_snapshot (run).queued, ==, 1);
  heddle_run_stop (run->run, HEDDLE_STOP_CANCEL);
  test_run_finish (run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (snapshot.cancelled, ==, 1);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_CANCELLED);
  g_assert_cmpuint (snapshot.n_waiting_retries, ==, 0);
  test_run_free (run);
}

static void
drain_waits_for_the_next_attempt (gconstpointer data)
{
  TestRun *run = new_run ("fail-first", 5, data);

  run->options.retries = 1;
  run->options.retry_delay = 0.5;
  test_run_start (run);
  test_wait_until (test_run_snapshot (run).retried == 1);
  heddle_run_stop (run->run, HEDDLE_STOP_DRAIN);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, test_run_snapshot (run).submitted);
  g_assert_cmpuint (run->attempts[1], ==, 2);
  test_run_free (run);
}

static void
check_halted (TestRun *run, const char *policy)
{
  HeddleRunSnapshot snapshot = test_run_snapshot (run);
  g_autoptr (GError) error = heddle_run_dup_error (run->run);

  g_assert_true (snapshot.halted);
  g_assert_false (snapshot.failed_to_start);
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_HALTED);
  g_assert_nonnull (strstr (error->message, policy));
  g_assert_true (test_run_log_has (run, policy));
  g_assert_false (test_run_log_has (run, "is replaced"));
}

/* The task in hand goes on, deaf, until the test lets it; nothing else is started. */
static void
soon_lets_running_tasks_end (gconstpointer data)
{
  Gate gate;
  HeddleRunSnapshot snapshot;
  TestRun *run;

  gate_init (&gate);
  run = new_run ("gate", 1000, data);
  run->options.prefetch = 1;
  set_policy (run, "halt", "soon,fail=3");
  test_run_start (run);
  /* the other worker may have one in hand yet, which fails, too */
  test_run_wait_for (run, snapshot,
                     snapshot.halted && snapshot.queued == 0 && snapshot.running == 1
                       && snapshot.state == HEDDLE_RUN_STOPPING);
  g_assert_cmpuint (snapshot.failed, >=, 3);

  gate_open (&gate);
  test_run_finish (run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_DONE);
  g_assert_cmpuint (snapshot.done, ==, 1);
  g_assert_cmpuint (snapshot.done + snapshot.failed + snapshot.cancelled, ==, snapshot.submitted);
  check_halted (run, "soon,fail=3");
  test_run_free (run);
  gate_clear (&gate);
}

/* The same by a user's stop. */
static void
rest_lets_running_tasks_end (gconstpointer data)
{
  Gate gate;
  HeddleRunSnapshot snapshot;
  TestRun *run;

  gate_init (&gate);
  run = new_run ("gate", 1000, data);
  run->options.workers = 1;
  run->options.prefetch = 1;
  test_run_start (run);
  test_run_wait_for (run, snapshot, snapshot.running == 1);
  heddle_run_stop (run->run, HEDDLE_STOP_REST);
  test_run_wait_for (run, snapshot, snapshot.queued == 0 && snapshot.running == 1);
  g_assert_cmpint (snapshot.state, ==, HEDDLE_RUN_STOPPING);

  gate_open (&gate);
  test_run_finish (run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_DONE);
  g_assert_cmpuint (snapshot.done, ==, 1);
  g_assert_cmpuint (snapshot.cancelled, ==, snapshot.submitted - 1);
  g_assert_false (snapshot.halted);
  test_run_free (run);
  gate_clear (&gate);
}

/* ... but one that waits for what is not started any more would wait for ever. The last task would
 * be started after 100 s. */
static void
soon_ends_what_waits_for_the_unstarted (gconstpointer data)
{
  TestRun *run = new_run ("wait-for-last", 100000, data);
  HeddleRunSnapshot snapshot;

  run->options.prefetch = 1;
  set_policy (run, "halt", "soon,fail=3");
  test_run_start (run);
  test_run_finish (run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_CANCELLED);
  g_assert_cmpuint (snapshot.done, ==, 0);
  g_assert_cmpuint (snapshot.failed, >=, 3);
  check_halted (run, "soon,fail=3");
  g_assert_true (test_run_log_has (run, "will not be started any more"));
  test_run_free (run);
}

static void
now_cancels_running_tasks (gconstpointer data)
{
  TestRun *run;
  Gate gate;

  gate_init (&gate);
  run = new_run ("hold-first-fail-others", 1000, data);
  set_policy (run, "halt", "now,fail=3");
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_CANCELLED);
  g_assert_cmpuint (test_run_snapshot (run).failed, >=, 3);
  check_halted (run, "now,fail=3");
  test_run_free (run);
  gate_clear (&gate);
}

/* A process that heeds neither the request nor SIGTERM is killed. */
static void
now_kills_what_resists (void)
{
  TestRun *run;
  Gate gate;

  gate_init (&gate);
  run = test_run_new ("resist-first-fail-others", 1000, NULL);
  set_policy (run, "halt", "now,fail=20%");
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_LOST);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 0);
  g_assert_nonnull (strstr (run->last_error, "and was killed"));
  check_halted (run, "now,fail=20%");
  test_run_free (run);
  gate_clear (&gate);
}

/* A try that is left is no failure yet. */
static void
halt_counts_after_the_last_attempt (gconstpointer data)
{
  TestRun *run = new_run ("fail-first", 50, data);

  run->options.retries = 1;
  set_policy (run, "halt", "now,fail=1");
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 50);
  g_assert_false (test_run_snapshot (run).halted);
  test_run_free (run);
}

static void
recycled_workers_lose_nothing (void)
{
  TestRun *run = test_run_new ("pid", 1000, NULL);
  HeddleRunSnapshot snapshot;

  set_policy (run, "recycle", "30");
  test_run_start (run);
  test_run_finish (run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (snapshot.done, ==, 1000);
  g_assert_cmpuint (snapshot.workers_lost, ==, 0);
  /* each process had 30 tasks at most, and where one stood, the next one stands */
  g_assert_cmpuint (g_hash_table_size (run->results), >=, 1000 / 30 + 1);
  g_assert_cmpuint (snapshot.workers_recycled, >=, 1000 / 30 - 1);
  g_assert_cmpuint (snapshot.n_lanes, ==, 2);
  g_assert_cmpuint (heddle_log_get_length (heddle_run_get_log (run->run)), ==, 0);
  test_run_free (run);
}

static void
recycling_and_resizing_go_together (void)
{
  const guint n = 3000 / FEWER_PROCESSES;
  TestRun *run = test_run_new ("pid", n, NULL);

  set_policy (run, "recycle", "7");
  test_run_start (run);
  for (guint i = 1; i <= 30; i++)
    {
      test_wait_until (test_run_snapshot (run).done >= i * n / 38);
      heddle_run_resize (run->run, 1 + i % 4);
    }
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, n);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 0);
  g_assert_cmpuint (test_run_snapshot (run).n_lanes, <=, 4);
  test_run_free (run);
}

/* The table of workers says that the task is late for as long as it does not heed. */
static void
deaf_thread_is_shown_as_overdue (void)
{
  Gate gate;
  HeddleWorkerInfo info;
  TestRun *run;

  gate_init (&gate);
  run = new_run ("gate", 1, GINT_TO_POINTER (HEDDLE_BACKEND_THREADS));
  set_policy (run, "timeout", "0.05");
  test_run_start (run);
  test_wait_until (test_run_find_worker (run, 1, &info) && info.overdue);
  g_assert_true (test_run_log_has (run, "takes longer than 0.05 s"));
  gate_open (&gate);
  test_run_finish (run);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_DONE);
  test_run_free (run);
  gate_clear (&gate);
}

typedef struct {
  const char *workload;
  HeddleBackend backend;
} Place;

static const Place nappers[] = {
  { "pid", HEDDLE_BACKEND_THREADS }, { "pid", HEDDLE_BACKEND_PROCESSES }, { "pid-isolated", HEDDLE_BACKEND_THREADS },
};

static void
task_that_heeds_its_limit_has_failed (gconstpointer data)
{
  const char *const nap[] = { "nap=3600000000000", NULL };
  const Place *place = data;
  TestRun *run = test_run_new (place->workload, 3, nap);

  run->options.backend = place->backend;
  set_policy (run, "timeout", "0.05");
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_FAILED);
  g_assert_cmpuint (test_run_snapshot (run).failed, ==, 3);
  g_assert_nonnull (strstr (run->last_error, "longer than 0.05 s"));
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 0);
  test_run_free (run);
}

static guint64
get_allowed (guint *first, guint *n)
{
  guint64 mask = 0;
  cpu_set_t cpus;

  sched_getaffinity (0, sizeof cpus, &cpus);
  *n = 0;
  for (guint cpu = 62; cpu-- > 0;)
    if (CPU_ISSET (cpu, &cpus))
      {
        mask |= G_GUINT64_CONSTANT (1) << cpu;
        *first = cpu;
        (*n)++;
      }
  return mask;
}

static const Place places[] = {
  { "cpus", HEDDLE_BACKEND_THREADS },
  { "cpus", HEDDLE_BACKEND_PROCESSES },
  { "cpus", HEDDLE_BACKEND_THREAD_PER_TASK },
  { "cpus", HEDDLE_BACKEND_PROCESS_PER_TASK },
  { "cpus-isolated", HEDDLE_BACKEND_THREADS },
};

static void
workers_are_bound (gconstpointer data)
{
  const Place *place = data;
  g_autofree char *cpu = NULL;
  g_autofree char *result = NULL;
  guint first = 0, n;
  guint64 before = get_allowed (&first, &n);
  TestRun *run = new_run (place->workload, 20, GINT_TO_POINTER (place->backend));

  cpu = g_strdup_printf ("%u", first);
  result = g_strdup_printf ("%" G_GUINT64_FORMAT, G_GUINT64_CONSTANT (1) << first);
  set_policy (run, "affinity", cpu);
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (g_hash_table_size (run->results), ==, 1);
  g_assert_true (g_hash_table_contains (run->results, result));
  test_run_free (run);
  g_assert_cmpuint (get_allowed (&first, &n), ==, before);
}

/* One CPU each, never two. */
static void
workers_are_spread (gconstpointer data)
{
  const Place *place = data;
  guint first = 0, n;
  guint64 allowed = get_allowed (&first, &n);
  TestRun *run = new_run (place->workload, 200 / FEWER_PROCESSES, GINT_TO_POINTER (place->backend));
  GHashTableIter iter;
  gpointer key;

  set_policy (run, "affinity", "spread");
  run->options.workers = n + 1;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (g_hash_table_size (run->results), >=, 1);
  g_hash_table_iter_init (&iter, run->results);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      guint64 mask = g_ascii_strtoull (key, NULL, 10);

      g_assert_cmpuint (mask & (mask - 1), ==, 0);
      g_assert_cmpuint (mask & allowed, ==, mask);
    }
  test_run_free (run);
}

static void
add_on_both (const char *name, GTestDataFunc func)
{
  g_autofree char *threads = g_strconcat (name, "/threads", NULL);
  g_autofree char *processes = g_strconcat (name, "/processes", NULL);

  g_test_add_data_func (threads, GINT_TO_POINTER (HEDDLE_BACKEND_THREADS), func);
  g_test_add_data_func (processes, GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), func);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_on_both ("/policies/waiting-retry-is-queued-and-holds-nobody",
               waiting_retry_is_queued_and_holds_nobody);
  add_on_both ("/policies/drain-waits-for-the-next-attempt", drain_waits_for_the_next_attempt);
  add_on_both ("/policies/soon-lets-running-tasks-end", soon_lets_running_tasks_end);
  add_on_both ("/policies/rest-lets-running-tasks-end", rest_lets_running_tasks_end);
  add_on_both ("/policies/soon-ends-what-waits-for-the-unstarted",
               soon_ends_what_waits_for_the_unstarted);
  add_on_both ("/policies/now-cancels-running-tasks", now_cancels_running_tasks);
  g_test_add_func ("/policies/now-kills-what-resists", now_kills_what_resists);
  add_on_both ("/policies/halt-counts-after-the-last-attempt", halt_counts_after_the_last_attempt);
  g_test_add_func ("/policies/recycled-workers-lose-nothing", recycled_workers_lose_nothing);
  g_test_add_func ("/policies/recycling-and-resizing-go-together",
                   recycling_and_resizing_go_together);
  g_test_add_func ("/policies/deaf-thread-is-shown-as-overdue", deaf_thread_is_shown_as_overdue);
  g_test_add_data_func ("/policies/task-that-heeds-its-limit-has-failed/threads", &nappers[0],
                        task_that_heeds_its_limit_has_failed);
  g_test_add_data_func ("/policies/task-that-heeds-its-limit-has-failed/processes", &nappers[1],
                        task_that_heeds_its_limit_has_failed);
  g_test_add_data_func ("/policies/task-that-heeds-its-limit-has-failed/threads-of-a-process",
                        &nappers[2], task_that_heeds_its_limit_has_failed);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const char *backend = heddle_backend_get_info (places[i].backend)->id;
      g_autofree char *bound =
        g_strdup_printf ("/policies/workers-are-bound/%s/%s", places[i].workload, backend);
      g_autofree char *spread =
        g_strdup_printf ("/policies/workers-are-spread/%s/%s", places[i].workload, backend);

      g_test_add_data_func (bound, &places[i], workers_are_bound);
      g_test_add_data_func (spread, &places[i], workers_are_spread);
    }
  return g_test_run ();
}
