/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worker processes that die: of what, and when. */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "engine/model/backend.h"
#include "engine/run/run-private.h"
#include "engine/sync/shared.h"
#include "engine/sync/tracked.h"
#include "fault-harness.h"
#include "fault-workloads.h"
#include "step-workloads.h"

/* The task in hand is lost, of each thread where the process has several; which one it was is
 * known, and all others are done. */
static void
with_a_task_in_hand (gconstpointer data)
{
  const FaultCase *it = data;
  TestRun *run = fault_start (it, 50, 0);
  HeddleRunSnapshot end;

  test_run_finish (run);
  end = test_run_snapshot (run);
  if (end.done + end.lost != 50)
    fault_show (run);
  g_assert_cmpuint (run->states[FAULT_TASK], ==, HEDDLE_TASK_LOST);
  g_assert_cmpuint (end.lost, >=, 1);
  g_assert_cmpuint (end.lost, <=, it->backend == HEDDLE_BACKEND_THREADS ? 2 : 1);
  g_assert_cmpuint (end.done, ==, 50 - end.lost);
  g_assert_cmpuint (end.workers_lost, >=, 1);
  if (it->what == SIGSEGV)
    g_assert_true (fault_log_says (run, "signal 11"));
  test_run_free (run);
}

/* A task that ends its process may do so before the other threads of that are ready: the program is
 * in order all the same, and goes on elsewhere. */
static void
before_its_sibling_is_ready (void)
{
  static const FaultCase it = { "die-of", HEDDLE_BACKEND_THREADS, FAULT_EXIT + 3 };
  g_autofree char *mark = NULL;
  HeddleRunSnapshot end;
  TestRun *run;

  g_close (g_file_open_tmp (NULL, &mark, NULL), NULL);
  g_setenv (FAULT_UNREADY, mark, TRUE);
  run = fault_start (&it, 50, 0);
  test_run_finish (run);
  g_unsetenv (FAULT_UNREADY);
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
  end = test_run_snapshot (run);
  if (end.done != 49)
    fault_show (run);
  g_assert_cmpuint (end.done, ==, 49);
  g_assert_cmpuint (run->states[FAULT_TASK], ==, HEDDLE_TASK_LOST);
  g_assert_true (fault_log_says (run, "exited with status 3"));
  test_run_free (run);
}

/* However far it had come in telling: what was shown is believed, and the rest did not happen. */
static void
while_it_writes_its_ring (gconstpointer data)
{
  const FaultCase *it = data;
  TestRun *run = fault_start (it, 50, 1);
  HeddleRunSnapshot end;

  test_run_finish (run);
  end = test_run_snapshot (run);
  g_assert_cmpuint (end.done, ==, 50);
  g_assert_cmpuint (end.workers_lost, ==, 1);
  g_assert_cmpuint (end.retried, ==, it->what == FAULT_POINT_ENDED ? 0 : 1);
  g_assert_false (fault_log_says (run, "wrote invalid data"));
  test_run_free (run);
}

/*
 * Any machine instruction may be the last: of telling the end of a task, taking the next one and
 * telling its start, or of waiting for it. Every second task kills its worker some instructions
 * later than the one before.
 */
static void
after_any_instruction (gconstpointer data)
{
  guint rounds = fault_rounds (80);
  const FaultCase it = { "die-stepped", HEDDLE_BACKEND_PROCESSES, MAX (240 / rounds, 1) };
  g_autofree char *what = g_strdup_printf ("what=%u", it.what);
  const char *const settings[] = { what, NULL };
  TestRun *run = test_run_new (it.workload, 2 * rounds, settings);
  guint n_before = 0, n_after = 0;
  HeddleRunSnapshot end;

  run->options.backend = it.backend;
  run->options.prefetch = GPOINTER_TO_UINT (data);
  run->options.retries = 100; /* one task may be in hand of one that dies again and again */
  run->options.retry_delay = 0; /* or it would wait for longer each time */
  test_run_start (run);
  test_run_finish (run);
  end = test_run_snapshot (run);
  if (end.done != 2 * rounds)
    fault_show (run);
  g_assert_cmpuint (end.done, ==, 2 * rounds);
  g_assert_cmpuint (end.workers_lost, <=, rounds);
  g_assert_false (fault_log_says (run, "wrote invalid data"));
  for (guint id = 2; id <= 2 * rounds; id += 2)
    {
      n_before += run->attempts[id] > 1;
      n_after += run->attempts[id] == 1;
    }
  g_test_message ("%" G_GUINT64_FORMAT
                  " workers died: before their task's end was shown %u, after it %u",
                  end.workers_lost, n_before, n_after);
  g_assert_cmpuint (n_before, >, 0);
  g_assert_cmpuint (n_after, >, 0);
  test_run_free (run);
}

/*
 * Any machine instruction of using what tasks share may be the last. What the dead one had is
 * handed on exactly: all others, and its own second attempt, go on, and nothing is left over. Only
 * at a barrier may one be left who arrived there once more than the others.
 */
static void
after_any_instruction_of_using (gconstpointer data)
{
  static const guint strides[] = { 1, 2, 4, 2, 3, 1, 2, 2, 4, 8, 1, 2, 3, 20 };
  const guint kind = GPOINTER_TO_UINT (data);
  const guint rounds = fault_rounds (80);
  g_autofree char *what = g_strdup_printf ("what=%u", kind);
  const guint step = strides[kind] * MAX (240 / rounds, 1);
  g_autofree char *stride = g_strdup_printf ("stride=%u", step);
  /* another one each time: what one run steps over, the next one meets */
  g_autofree char *first = g_strdup_printf ("first=%d", g_test_rand_int_range (0, (gint32) step));
  /* the moments in which one has come and another one waits already are few: they come round
   * again */
  const char *const settings[] = { what, stride, first,
                                   kind == STEP_BARRIER ? "cycle=60" : "cycle=100000", NULL };
  TestRun *run = test_run_new ("use-stepped", 2 * rounds, settings);
  guint n_before = 0;
  HeddleRunSnapshot end;

  G_STATIC_ASSERT (G_N_ELEMENTS (strides) == STEP_MANAGER + 1);
  /* a third one would stand in for an arrival that was taken back wrongly */
  run->options.workers = kind == STEP_BARRIER ? 2 : STEP_WORKERS;
  run->options.prefetch = 1;
  run->options.retries = 100;
  test_run_start (run);
  test_run_finish (run);
  end = test_run_snapshot (run);
  for (guint id = 2; id <= 2 * rounds; id += 2)
    n_before += run->attempts[id] > 1;
  g_test_message ("%s, %s: %" G_GUINT64_FORMAT
                  " workers died, %u of them before their task had ended",
                  step_kinds[kind], first, end.workers_lost, n_before);
  if (end.done + (kind == STEP_BARRIER) < 2 * rounds)
    fault_show (run);
  g_assert_cmpuint (end.done + (kind == STEP_BARRIER), >=, 2 * rounds);
  g_assert_cmpuint (end.workers_lost, >, rounds / 2);
  g_assert_cmpuint (n_before, >, 0);
  g_assert_false (fault_log_says (run, "wrote invalid data"));
  if (kind == STEP_SEMAPHORE)
    {
      const HeddleSharedHandle *semaphore =
        g_ptr_array_index (run->run->parts.shared->handles, STEP_SEMAPHORE_NUMBER - 1);

      /* the cell begins with them */
      g_assert_cmpuint (heddle_tracked_get (semaphore->cell), ==, STEP_PERMITS);
    }
  test_run_free (run);
}

static gboolean
all_are_idle (TestRun *run, HeddleWorkerInfo *workers, guint n)
{
  if (heddle_run_get_workers (run->run, workers, n) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (workers[i].state != HEDDLE_WORKER_IDLE || workers[i].pid <= 0)
      return FALSE;
  return TRUE;
}

/* Nothing is lost but the worker, and another one takes its place. */
static void
with_nothing_to_do (gconstpointer data)
{
  const int signal_number = GPOINTER_TO_INT (data);
  TestRun *run = test_run_new ("double", 20, NULL);
  HeddleWorkerInfo before[2], after[2];

  run->options.manual = TRUE;
  test_run_start (run);
  for (guint i = 0; i < 10; i++)
    g_assert_true (heddle_run_submit (run->run, NULL, NULL));
  test_wait_until (test_run_snapshot (run).done == 10 && all_are_idle (run, before, 2));
  g_assert_true (test_signal_child (before[0].pid, signal_number));
  test_wait_until (test_run_snapshot (run).workers_lost == 1 && all_are_idle (run, after, 2)
                   && after[0].pid != before[0].pid);
  for (guint i = 0; i < 10; i++)
    g_assert_true (heddle_run_submit (run->run, NULL, NULL));
  heddle_run_close (run->run);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 20);
  g_assert_cmpuint (test_run_snapshot (run).lost, ==, 0);
  g_assert_cmpuint (test_run_snapshot (run).retried, ==, 0);
  test_run_free (run);
}

/* Whoever comes is killed at once, from outside: the run gives up, with a reason, and does not
 * spin. */
static void
faster_than_replaced (void)
{
  TestRun *run = test_run_new ("hold", 10000, NULL);
  g_autoptr (GError) error = NULL;
  HeddleWorkerInfo workers[2];

  run->options.retries = 200;
  run->options.prefetch = 1;
  test_run_start (run);
  while (!heddle_run_wait (run->run, 1000000))
    {
      guint n = MIN (heddle_run_get_workers (run->run, workers, 2), 2);

      test_run_snapshot (run);
      for (guint i = 0; i < n; i++)
        if (workers[i].state != HEDDLE_WORKER_GONE)
          test_signal_child (workers[i].pid, SIGKILL);
    }
  test_run_finish (run);
  error = heddle_run_dup_error (run->run);
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_WORKER);
  g_assert_nonnull (strstr (error->message, "faster than they can be replaced"));
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 0);
  test_run_free (run);
}

/* One of two workers is stopped with a task in hand and never goes on. */
static TestRun *
start_and_stop_one (HeddleBackend backend, double timeout, guint retries)
{
  TestRun *run = test_run_new ("hold-first", 50, NULL);
  HeddleWorkerInfo info;

  run->options.backend = backend;
  run->options.prefetch = 1;
  run->options.timeout = timeout;
  run->options.retries = retries;
  test_run_start (run);
  test_wait_until (test_run_find_worker (run, 1, &info));
  g_assert_true (test_signal_child (info.pid, SIGSTOP));
  return run;
}

/* With a time limit its task is overdue: it is asked to end, which it cannot hear, killed, and
 * replaced. */
static void
stopped_for_ever_is_overdue (gconstpointer data)
{
  TestRun *run = start_and_stop_one (GPOINTER_TO_INT (data), 0.5, 0);

  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 49);
  g_assert_cmpuint (test_run_snapshot (run).failed, ==, 1);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_FAILED);
  g_assert_true (fault_log_says (run, "takes longer than"));
  test_run_free (run);
}

/* Without one, the run ends all the same when it is cancelled or killed. */
static void
stopped_for_ever_when_the_run_is_ended (gconstpointer data)
{
  TestRun *run = start_and_stop_one (HEDDLE_BACKEND_PROCESSES, 0, 0);

  test_wait_until (test_run_snapshot (run).done >= 40);
  heddle_run_stop (run->run, (HeddleStopPolicy) GPOINTER_TO_INT (data));
  test_run_finish (run);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_LOST);
  test_run_free (run);
}

/* Long because it lists every test. */
int
main (int argc, char **argv)
{
  static const FaultCase deaths[] = {
    { "die-of", HEDDLE_BACKEND_PROCESSES, SIGKILL }, { "die-of", HEDDLE_BACKEND_PROCESSES, SIGSEGV },
    { "die-of", HEDDLE_BACKEND_PROCESSES, SIGABRT }, { "die-of", HEDDLE_BACKEND_PROCESSES, 0 },
    { "die-of", HEDDLE_BACKEND_PROCESS_PER_TASK, SIGKILL }, { "die-of", HEDDLE_BACKEND_PROCESS_PER_TASK, SIGSEGV },
    { "die-of", HEDDLE_BACKEND_PROCESS_PER_TASK, SIGABRT }, { "die-of", HEDDLE_BACKEND_PROCESS_PER_TASK, 0 },
    { "die-of", HEDDLE_BACKEND_THREADS, SIGKILL }, { "die-of", HEDDLE_BACKEND_THREADS, SIGSEGV },
    { "die-of", HEDDLE_BACKEND_THREADS, SIGABRT },
  };
  static const int signals[] = { SIGKILL, SIGSEGV, SIGABRT };

  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (deaths); i++)
    {
      g_autofree char *path = g_strdup_printf (
        "/worker-dies/with-a-task-in-hand/%s/%s", heddle_backend_get_info (deaths[i].backend)->id,
        deaths[i].what == 0 ? "no-memory" : sigabbrev_np ((int) deaths[i].what));

      g_test_add_data_func (path, &deaths[i], with_a_task_in_hand);
    }
  for (guint i = 0; i < 2 * fault_n_points; i++)
    {
      const FaultCase it = { "die-writing",
                             i % 2 == 0 ? HEDDLE_BACKEND_PROCESSES
                                        : HEDDLE_BACKEND_PROCESS_PER_TASK,
                             i / 2 };
      g_autofree char *path =
        g_strdup_printf ("/worker-dies/while-it-writes-its-ring/%s/%s",
                         heddle_backend_get_info (it.backend)->id, fault_points[i / 2]);

      g_test_add_data_func_full (path, g_memdup2 (&it, sizeof it), while_it_writes_its_ring,
                                 g_free);
    }
  if (fault_can_step)
    {
      g_test_add_data_func ("/worker-dies/after-any-instruction/one-task-at-a-time",
                            GUINT_TO_POINTER (1), after_any_instruction);
      g_test_add_data_func ("/worker-dies/after-any-instruction/tasks-in-advance",
                            GUINT_TO_POINTER (8), after_any_instruction);
    }
  for (guint i = 0; i < step_n_kinds && fault_can_step; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/worker-dies/after-any-instruction/of-using/%s", step_kinds[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), after_any_instruction_of_using);
    }
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/worker-dies/with-nothing-to-do/%s", sigabbrev_np (signals[i]));

      g_test_add_data_func (path, GINT_TO_POINTER (signals[i]), with_nothing_to_do);
    }
  g_test_add_func ("/worker-dies/before-its-sibling-is-ready", before_its_sibling_is_ready);
  g_test_add_func ("/worker-dies/faster-than-replaced", faster_than_replaced);
  g_test_add_data_func ("/worker-dies/stopped-for-ever/is-overdue/processes",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), stopped_for_ever_is_overdue);
  g_test_add_data_func ("/worker-dies/stopped-for-ever/is-overdue/process-per-task",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESS_PER_TASK),
                        stopped_for_ever_is_overdue);
  g_test_add_data_func ("/worker-dies/stopped-for-ever/ends-with-the-run/cancel",
                        GINT_TO_POINTER (HEDDLE_STOP_CANCEL),
                        stopped_for_ever_when_the_run_is_ended);
  g_test_add_data_func ("/worker-dies/stopped-for-ever/ends-with-the-run/kill",
                        GINT_TO_POINTER (HEDDLE_STOP_KILL), stopped_for_ever_when_the_run_is_ended);
  return g_test_run ();
}
