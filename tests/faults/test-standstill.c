/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tasks that wait for one that has gone: the run ends by itself and says who waits for what; and
 * never says so of one that may go on. */
#include "config.h"

#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "engine/run/run-private.h"
#include "fault-harness.h"
#include "measure/proc.h"
#include "stuck-workloads.h"
#include "engine/model/backend.h"
#include "engine/sync/shared.h"
#include "trace/clock.h"
#include "workloads/list.h"

#define N_TASKS 4
#define VERDICT "No task can go on: "

static TestRun *
start (const char *workload, guint64 n, HeddleBackend backend, guint what, guint retries)
{
  const FaultCase it = { workload, backend, what };

  return fault_start (&it, n, retries);
}

static void
assert_says (TestRun *run, const char *text)
{
  if (run->last_error == NULL || strstr (run->last_error, text) == NULL
      || !fault_log_says (run, text))
    {
      fault_show (run);
      g_error ("“%s” is missing in: %s", text,
               run->last_error != NULL ? run->last_error : "no error");
    }
}

/* A task is lost, and those that wait for it fail with that; one that waits for a lock of theirs
 * goes on. */
static void
tasks_that_wait_for_a_lost_one (gconstpointer data)
{
  const FaultCase *it = data;
  const gboolean is_ring = it->what == STUCK_RING;
  const guint has_follower = g_str_equal (stuck_kinds[it->what], "mutex")
    || g_str_equal (stuck_kinds[it->what], "recursive-mutex")
    || g_str_equal (stuck_kinds[it->what], "rw-lock") || is_ring;
  const gboolean killed =
    it->backend == HEDDLE_BACKEND_PROCESSES || it->backend == HEDDLE_BACKEND_PROCESS_PER_TASK;
  TestRun *run = start ("stuck", N_TASKS, it->backend, it->what, 0);
  HeddleRunSnapshot end;

  test_run_finish (run);
  end = test_run_snapshot (run);
  if (end.done != has_follower)
    fault_show (run);
  /* of a ring, one may get what another one had when that gives up */
  g_assert_cmpuint (end.done, >=, has_follower);
  g_assert_cmpuint (end.done, <=, has_follower + is_ring);
  g_assert_cmpuint (end.lost, ==, killed);
  g_assert_cmpuint (end.failed, ==, N_TASKS - 1 - end.done + !killed);
  assert_says (run, VERDICT);
  assert_says (run, stuck_names[it->what]);
  assert_says (run, killed ? "Task 1 (1) was lost" : "Task 1 (1) has failed");
  test_run_free (run);
}

/* A task that is tried again finds the others gone, who had met it twice: it fails, and that is not
 * tried again. */
static void
a_retried_one_that_comes_too_late (gconstpointer data)
{
  TestRun *run = start ("meet-often", 3, GPOINTER_TO_INT (data), 0, 5);

  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 2);
  g_assert_cmpuint (test_run_snapshot (run).failed, ==, 1);
  g_assert_cmpuint (test_run_snapshot (run).retried, ==, 1);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_FAILED);
  assert_says (run, VERDICT);
  assert_says (run, "the barrier “barrier”");
  assert_says (run, "All other tasks have ended");
  test_run_free (run);
}

/* The first Ctrl+C: no more tasks are made, and those that are there wait for them. The line takes
 * one at a time. */
static void
tasks_that_are_never_made (gconstpointer data)
{
  const HeddleBackend backend = GPOINTER_TO_INT (data);
  TestRun *run = test_run_new ("meet-late", 64, NULL);
  HeddleRunSnapshot end;

  run->options.backend = backend;
  run->options.queue = 1;
  run->options.workers = 64;
  test_run_start (run);
  test_wait_until (test_run_snapshot (run).running >= 3);
  heddle_run_stop (run->run, HEDDLE_STOP_DRAIN);
  test_run_finish (run);
  end = test_run_snapshot (run);
  g_assert_cmpuint (end.submitted, <, 64);
  g_assert_cmpuint (end.failed, ==, end.submitted);
  assert_says (run, VERDICT);
  g_assert_true (fault_log_says (run, "of 64 tasks had been produced when the run was stopped"));
  test_run_free (run);
}

static gboolean
waits (TestRun *run, guint64 task, HeddleWorkerInfo *info)
{
  return test_run_find_worker (run, task, info) && info->state == HEDDLE_WORKER_WAITING
    && info->waits_for[0] != '\0';
}

static gboolean
is_stopped (int pid)
{
  HeddleProcSample sample;

  return heddle_proc_sample_process (pid, &sample) && sample.state == 'T';
}

/* What a waiter waits for has come, and it has not run since: however long that takes, it may go
 * on. All others wait for it. */
static void
one_that_has_not_looked_yet (void)
{
  TestRun *run = start ("hand-over", 3, HEDDLE_BACKEND_PROCESSES, 0, 0);
  HeddleWorkerInfo first, second;

  test_wait_until (waits (run, 1, &first) && waits (run, 2, &second));
  g_assert_cmpint (kill (second.pid, SIGSTOP), ==, 0);
  test_wait_until (is_stopped (second.pid));
  heddle_value_set (g_ptr_array_index (run->run->parts.shared->handles, STUCK_GO - 1), 1);
  test_wait_until (test_run_snapshot (run).done == 1);
  /* that nothing happens can only be seen by waiting: three times as long as others have to be
   * quiet */
  g_assert_false (heddle_run_wait (run->run, 1500 * G_GINT64_CONSTANT (1000000)));
  g_assert_false (fault_log_says (run, VERDICT));
  g_assert_cmpint (kill (second.pid, SIGCONT), ==, 0);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 3);
  g_assert_false (fault_log_says (run, VERDICT));
  test_run_free (run);
}

/* Every worker has a task that waits, more stand in line, and the producer waits for room. */
static void
a_full_line_behind_those_that_wait (gconstpointer data)
{
  TestRun *run = test_run_new ("meet-alone", 5000, NULL);

  run->options.backend = GPOINTER_TO_INT (data);
  run->options.workers = 2;
  run->options.queue = 4;
  test_run_start (run);
  test_wait_until (test_run_snapshot (run).failed > 0);
  assert_says (run, VERDICT);
  g_assert_true (fault_log_says (run, "No worker is free for the queued tasks"));
  heddle_run_stop (run->run, HEDDLE_STOP_CANCEL);
  test_run_finish (run);
  test_run_free (run);
}

/* Stops workers for longer than a verdict takes, and lets them go on, until the run is over. */
typedef struct {
  TestRun *run;
  guint64 seed;
  guint n_stops;
  atomic_bool over;
} Stopper;

static void *
stop_and_go_on (void *data)
{
  Stopper *self = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) self->seed);

  pthread_setname_np (pthread_self (), "stopper");
  while (!atomic_load (&self->over))
    {
      HeddleWorkerInfo workers[8];
      guint n = MIN (heddle_run_get_workers (self->run->run, workers, 8), 8);
      const HeddleWorkerInfo *one = n > 0 ? &workers[g_rand_int_range (rand, 0, (gint32) n)] : NULL;

      if (one == NULL || one->state == HEDDLE_WORKER_GONE || !test_signal_child (one->pid, SIGSTOP))
        {
          g_usleep (1000);
          continue;
        }
      g_usleep (
        (gulong) (g_rand_int_range (rand, 0, 3) == 0 ? 900000 : g_rand_int_range (rand, 0, 20000)));
      kill (one->pid, SIGCONT);
      g_usleep ((gulong) g_rand_int_range (rand, 0, 20000));
      self->n_stops++;
    }
  return NULL;
}

/*
 * Nobody is doomed who may go on: while all others wait for it, a worker is stopped for longer than
 * everything else would have to be quiet, also between being woken and having looked.
 */
static void
no_verdict_of_tasks_that_may_go_on (gconstpointer data)
{
  static const guint64 n_tasks = 4;
  Stopper stopper = { .seed = fault_seed () };
  const guint rounds = fault_rounds (4);
  guint n_stops = 0;

  for (guint i = 0; i < rounds; i++)
    {
      TestRun *run = test_run_new (data, n_tasks, NULL);
      pthread_t thread;
      int code;

      run->options.workers = (guint) n_tasks;
      run->options.prefetch = 1;
      test_run_start (run);
      stopper.run = run;
      stopper.seed += i;
      stopper.n_stops = 0;
      atomic_store (&stopper.over, FALSE);
      code = pthread_create (&thread, NULL, stop_and_go_on, &stopper);
      g_assert_cmpint (code, ==, 0);
      while (!heddle_run_wait (run->run, 10000000))
        ;
      atomic_store (&stopper.over, TRUE);
      pthread_join (thread, NULL);
      test_run_finish (run);
      if (test_run_snapshot (run).done != n_tasks)
        fault_show (run);
      g_assert_cmpuint (test_run_snapshot (run).done, ==, n_tasks);
      g_assert_false (fault_log_says (run, VERDICT));
      n_stops += stopper.n_stops;
      test_run_free (run);
    }
  g_test_message ("workers were stopped %u times", n_stops);
}

static void
wake_loop (HeddleRun *run, gpointer data)
{
  g_main_context_wakeup (NULL);
}

/* Quick settings, where a workload would take long. */
static void
set_quick (HeddleSettings *settings, const char *name)
{
  static const char *const quick[][2] = {
    { "barrier", "phases=60 min-work=0 max-work=0.02" }, { "queue", "items=400 make=0 use=0.002" }, { "condition", "items=600 make=0 use=0.002" },
    { "starvation", "seconds=0.8" }, { "exceptions-in-tasks", "mode=queue tasks=60 seconds=0.01" }, { "semaphore", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (quick); i++)
    if (g_str_equal (quick[i][0], name) && quick[i][1] != NULL)
      {
        g_auto (GStrv) assignments = g_strsplit (quick[i][1], " ", -1);
        g_autoptr (GError) error = NULL;

        for (guint k = 0; assignments[k] != NULL; k++)
          if (!heddle_settings_parse (settings, assignments[k], &error))
            g_error ("%s: %s", name, error->message);
      }
}

/* Whatever its tasks share, and whichever of its workers is killed, it ends by itself, and in
 * sum. */
static void
every_workload_ends (gconstpointer data)
{
  const HeddleWorkload *workload = data;
  const guint rounds = fault_rounds (2);
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) fault_seed ());
  guint n_verdicts = 0, n_killed = 0;

  for (guint i = 0; i < rounds; i++)
    {
      g_autoptr (HeddleSettings) settings = heddle_settings_new (workload);
      g_autoptr (GError) error = NULL;
      HeddleRunOptions options;
      HeddleRunSnapshot end;
      HeddleWorkerInfo workers[16];
      HeddleRun *run;

      set_quick (settings, workload->id);
      heddle_run_options_init (&options, workload);
      options.backend = i % 2 == 0 ? HEDDLE_BACKEND_PROCESSES : HEDDLE_BACKEND_PROCESS_PER_TASK;
      if ((workload->backends & HEDDLE_BACKEND_BIT (options.backend)) == 0)
        continue;
      options.retries = i % 2;
      options.retry_delay = 0;
      options.hooks.changed = wake_loop;
      run = heddle_run_new (settings, &options, &error);
      g_assert_no_error (error);
      g_assert_true (heddle_run_start (run, &error));
      for (guint kills = 1 + (guint) g_rand_int_range (rand, 0, 3);
           kills > 0 && !heddle_run_wait (run, 1000000 * g_rand_int_range (rand, 5, 300)); kills--)
        {
          guint n = MIN (heddle_run_get_workers (run, workers, 16), 16);
          const HeddleWorkerInfo *one =
            n > 0 ? &workers[g_rand_int_range (rand, 0, (gint32) n)] : NULL;

          if (one != NULL && one->state != HEDDLE_WORKER_GONE)
            n_killed += test_signal_child (one->pid, SIGKILL);
        }
      if (!heddle_run_wait (run, 180 * G_GINT64_CONSTANT (1000000000)))
        g_error ("%s does not end", workload->id);
      heddle_run_get_snapshot (run, &end);
      g_assert_cmpuint (end.submitted, ==, end.done + end.failed + end.cancelled + end.lost);
      for (guint64 k = heddle_log_get_first (heddle_run_get_log (run));
           k < heddle_log_get_length (heddle_run_get_log (run)); k++)
        {
          HeddleLogLine line;

          if (!heddle_log_get (heddle_run_get_log (run), k, &line))
            continue;
          n_verdicts += g_str_has_prefix (line.text, VERDICT);
          heddle_log_line_clear (&line);
        }
      heddle_run_unref (run);
    }
  g_test_message ("%u workers killed, %u verdicts", n_killed, n_verdicts);
}

static void
add_stuck (HeddleBackend backend)
{
  for (guint i = 0; i < stuck_n_kinds; i++)
    {
      const FaultCase it = { "stuck", backend, i };
      g_autofree char *path = g_strdup_printf (
        "/standstill/%s/%s", heddle_backend_get_info (backend)->id, stuck_kinds[i]);

      g_test_add_data_func_full (path, g_memdup2 (&it, sizeof it), tasks_that_wait_for_a_lost_one,
                                 g_free);
    }
}

int
main (int argc, char **argv)
{
  static const char *const busy[] = { "sync-mutex",  "sync-rounds", "sync-rw",   "sync-mail",
                                      "sync-buffer", "sync-gate",   "sync-seats" };
  const HeddleWorkload *const *all;
  guint n_all;

  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  add_stuck (HEDDLE_BACKEND_PROCESSES);
  add_stuck (HEDDLE_BACKEND_PROCESS_PER_TASK);
  add_stuck (HEDDLE_BACKEND_THREADS);
  add_stuck (HEDDLE_BACKEND_THREAD_PER_TASK);
  g_test_add_data_func ("/standstill/retried-too-late/processes",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES),
                        a_retried_one_that_comes_too_late);
  g_test_add_data_func ("/standstill/retried-too-late/process-per-task",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESS_PER_TASK),
                        a_retried_one_that_comes_too_late);
  g_test_add_data_func ("/standstill/never-made/process-per-task",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESS_PER_TASK),
                        tasks_that_are_never_made);
  g_test_add_data_func ("/standstill/never-made/thread-per-task",
                        GINT_TO_POINTER (HEDDLE_BACKEND_THREAD_PER_TASK),
                        tasks_that_are_never_made);
  g_test_add_data_func ("/standstill/full-line/processes",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES),
                        a_full_line_behind_those_that_wait);
  g_test_add_data_func ("/standstill/full-line/threads", GINT_TO_POINTER (HEDDLE_BACKEND_THREADS),
                        a_full_line_behind_those_that_wait);
  g_test_add_func ("/standstill/no-false-alarm/one-that-has-not-looked-yet",
                   one_that_has_not_looked_yet);
  for (guint i = 0; i < G_N_ELEMENTS (busy); i++)
    {
      g_autofree char *path = g_strdup_printf ("/standstill/no-false-alarm/%s", busy[i]);

      g_test_add_data_func (path, busy[i], no_verdict_of_tasks_that_may_go_on);
    }
  all = heddle_workloads_get_all (&n_all);
  for (guint i = 0; i < n_all; i++)
    if (all[i]->share != NULL
        && (all[i]->backends & HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES)) != 0)
      {
        g_autofree char *path = g_strdup_printf ("/standstill/every-workload/%s", all[i]->id);

        g_test_add_data_func (path, all[i], every_workload_ends);
      }
  return g_test_run ();
}
