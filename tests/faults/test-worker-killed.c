/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "fault-harness.h"

/* Tasks of a run that ends only when it is told to, however slow the machine is: what is done to it
 * comes in time. */
#define ENDLESS 10000000

/* Without retries exactly the task in hand is lost, which one is known, and what had been handed
 * out behind it is done by others. */
static void
loses_the_task_in_hand (gconstpointer data)
{
  TestRun *run = test_run_new ("hold-first", 200, NULL);
  HeddleWorkerInfo info;

  run->options.backend = (HeddleBackend) GPOINTER_TO_INT (data);
  run->options.prefetch = 16;
  test_run_start (run);
  test_wait_until (test_run_find_worker (run, 1, &info));
  g_assert_true (test_signal_child (info.pid, SIGKILL));
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 199);
  g_assert_cmpuint (test_run_snapshot (run).lost, ==, 1);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 1);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_LOST);
  g_assert_nonnull (strstr (run->last_error, "signal 9"));
  test_run_free (run);
}

/* With retries nothing is lost, and in the dead worker's place stands another. */
static void
is_replaced_and_its_task_retried (void)
{
  TestRun *run = test_run_new ("hold-first", 200, NULL);
  HeddleWorkerInfo first, second;

  run->options.retries = 2;
  test_run_start (run);
  test_wait_until (test_run_find_worker (run, 1, &first));
  g_assert_true (test_signal_child (first.pid, SIGKILL));
  test_wait_until (test_run_find_worker (run, 1, &second) && second.pid != first.pid);
  test_wait_until (test_run_snapshot (run).n_workers == 2);
  g_assert_true (test_signal_child (second.pid, SIGTERM));
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 200);
  g_assert_cmpuint (test_run_snapshot (run).retried, ==, 2);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 2);
  g_assert_cmpuint (run->attempts[1], ==, 3);
  test_run_free (run);
}

/* Returns how many deaths the run has noticed: few or none where this program got no processor
 * while it lasted. */
static guint64
kill_at_random (GRand *rand, guint retries)
{
  const char *const nap[] = { "nap=100000", NULL };
  TestRun *run = test_run_new ("pid", 6000, nap);
  HeddleRunSnapshot end;
  guint64 next = 0;
  guint n_kills = 0;

  run->options.workers = 4;
  run->options.prefetch = 32;
  run->options.queue = 200;
  run->options.retries = retries;
  test_run_start (run);
  while (!heddle_run_wait (run->run, 0))
    {
      HeddleWorkerInfo workers[8];
      guint n = MIN (heddle_run_get_workers (run->run, workers, G_N_ELEMENTS (workers)),
                     G_N_ELEMENTS (workers));
      HeddleRunSnapshot now = test_run_snapshot (run);
      guint nth = n > 0 ? (guint) g_rand_int_range (rand, 0, (gint32) n) : 0;

      /* one every hundred tasks or so */
      if (n > 0 && now.done >= next && workers[nth].state != HEDDLE_WORKER_GONE
          && test_signal_child (workers[nth].pid, SIGKILL))
        {
          n_kills++;
          next = now.done + (guint64) g_rand_int_range (rand, 50, 250);
        }
      g_usleep (500);
    }
  test_run_finish (run);
  end = test_run_snapshot (run);
  g_test_message ("%u kills, %" G_GUINT64_FORMAT " noticed, %" G_GUINT64_FORMAT " lost", n_kills,
                  end.workers_lost, end.lost);
  g_assert_cmpuint (end.submitted, ==, 6000);
  g_assert_cmpuint (end.done + end.lost, ==, 6000);
  g_assert_cmpuint (end.workers_lost, <=, n_kills);
  g_assert_cmpuint (end.lost + end.retried, <=, end.workers_lost);
  test_run_free (run);
  return end.workers_lost;
}

/* Many deaths at moments that nobody chose: at most one task each, and all are accounted for. */
static void
random_deaths_cost_one_task_each (gconstpointer data)
{
  guint retries = GPOINTER_TO_UINT (data);
  GRand *rand = g_rand_new_with_seed (20 + retries);
  guint64 n_deaths = 0;

  test_wait_until ((n_deaths += kill_at_random (rand, retries)) > 5);
  g_rand_free (rand);
}

static void
do_something (TestRun *run, GRand *rand)
{
  HeddleWorkerInfo workers[8];
  guint n = MIN (heddle_run_get_workers (run->run, workers, G_N_ELEMENTS (workers)),
                 G_N_ELEMENTS (workers));
  guint nth = n > 0 ? (guint) g_rand_int_range (rand, 0, (gint32) n) : 0;

  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      heddle_run_pause (run->run);
      break;
    case 1:
      heddle_run_resume (run->run);
      break;
    case 2:
      heddle_run_resize (run->run, (guint) g_rand_int_range (rand, 1, 9));
      break;
    default:
      if (n > 0 && workers[nth].state != HEDDLE_WORKER_GONE)
        test_signal_child (workers[nth].pid, g_rand_boolean (rand) ? SIGKILL : SIGTERM);
      break;
    }
}

/* Whatever is asked of a run, in whatever order, and whoever dies meanwhile: every task ends once
 * (the harness checks that). */
static void
any_order_of_events (gconstpointer data)
{
  const char *const nap[] = { "nap=30000", NULL };
  GRand *rand = g_rand_new_with_seed (100);
  guint n_rounds = fault_rounds (12);

  for (guint round = 0; round < n_rounds; round++)
    {
      TestRun *run = test_run_new ("pid", 1500, nap);
      int rest = g_rand_int_range (rand, 0, 60);

      run->options.backend = (HeddleBackend) GPOINTER_TO_INT (data);
      run->options.prefetch = (guint) g_rand_int_range (rand, 1, 40);
      run->options.queue = (guint) g_rand_int_range (rand, 1, 300);
      run->options.retries = (guint) g_rand_int_range (rand, 0, 3);
      test_run_start (run);
      while (rest-- > 0 && !heddle_run_wait (run->run, g_rand_int_range (rand, 0, 5000000)))
        {
          test_run_snapshot (run);
          do_something (run, rand);
        }
      heddle_run_stop (
        run->run,
        (HeddleStopPolicy) g_rand_int_range (rand, HEDDLE_STOP_DRAIN, HEDDLE_STOP_KILL + 1));
      test_run_finish (run);
      test_run_free (run);
    }
  g_rand_free (rand);
}

/* A workload whose every task kills its worker comes to an end all the same. */
static void
tasks_that_kill_are_lost (gconstpointer data)
{
  TestRun *run = test_run_new ("crash", 20, NULL);
  g_autoptr (GError) error = NULL;

  run->options.backend = (HeddleBackend) GPOINTER_TO_INT (data);
  run->options.prefetch = 8;
  test_run_start (run);
  test_run_finish (run);
  error = heddle_run_dup_error (run->run);
  g_assert_no_error (error);
  g_assert_cmpuint (test_run_snapshot (run).lost, ==, 20);
  test_run_free (run);
}

/* ... and one with no end in sight is given up, with a reason. */
static void
endless_deaths_are_given_up (void)
{
  TestRun *run = test_run_new ("crash", 100000, NULL);
  g_autoptr (GError) error = NULL;
  HeddleRunSnapshot end;

  test_run_start (run);
  test_run_finish (run);
  error = heddle_run_dup_error (run->run);
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_WORKER);
  end = test_run_snapshot (run);
  g_assert_cmpuint (end.lost, <, 1000);
  g_assert_cmpuint (end.lost + end.cancelled, ==, end.submitted);
  test_run_free (run);
}

static void
nonsense_costs_one_task (void)
{
  TestRun *run = test_run_new ("scribble", 50, NULL);

  run->options.workers = 1;
  run->options.retries = 1;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 50);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 1);
  test_run_free (run);
}

/* A worker that stands still holds up no more than what it was given. */
static void
stopped_worker_holds_up_nobody_else (void)
{
  const char *const nap[] = { "nap=100000", NULL };
  TestRun *run = test_run_new ("pid", ENDLESS, nap);
  HeddleWorkerInfo workers[2];
  HeddleRunSnapshot now;
  guint64 done;

  run->options.prefetch = 8;
  test_run_start (run);
  test_run_wait_for (run, now,
                     heddle_run_get_workers (run->run, workers, 2) == 2 && workers[0].pid > 0
                       && now.done > 20);
  g_assert_true (test_signal_child (workers[0].pid, SIGSTOP));
  done = test_run_snapshot (run).done;
  test_run_wait_for (run, now, now.done >= done + 500);
  heddle_run_stop (run->run, HEDDLE_STOP_DRAIN);
  /* the eight it was given, and one that it had ended and not told when it was stopped */
  test_run_wait_for (run, now, !now.producing && now.done >= now.submitted - 9);
  g_assert_true (test_signal_child (workers[0].pid, SIGCONT));
  test_run_finish (run);
  now = test_run_snapshot (run);
  g_assert_cmpuint (now.done, ==, now.submitted);
  g_assert_cmpuint (now.workers_lost, ==, 0);
  test_run_free (run);
}

/* Where the system gives no more, those that are there do the work, and the log says so. */
static void
goes_on_with_fewer (void)
{
  const char *const nap[] = { "nap=1000000", NULL };
  TestRun *run = test_run_new ("pid", 300, nap);
  struct rlimit before, few;
  gboolean told = FALSE;
  guint64 n_lines;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  few = before;
  few.rlim_cur = 30;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  run->options.workers = 16;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 300);
  g_assert_cmpuint (g_hash_table_size (run->results), <, 16);
  g_assert_cmpuint (g_hash_table_size (run->results), >, 0);
  n_lines = heddle_log_get_length (heddle_run_get_log (run->run));
  for (guint64 i = 0; i < n_lines; i++)
    {
      HeddleLogLine line;

      g_assert_true (heddle_log_get (heddle_run_get_log (run->run), i, &line));
      told = told || (line.level == HEDDLE_LOG_WARNING && strstr (line.text, "ulimit") != NULL);
      heddle_log_line_clear (&line);
    }
  g_assert_true (told);
  test_run_free (run);
}

/* Ctrl+C in a terminal goes to the whole group; what it means is the host's to say. */
static void
interrupt_is_not_theirs (void)
{
  const char *const nap[] = { "nap=200000", NULL };
  TestRun *run = test_run_new ("pid", ENDLESS, nap);
  HeddleWorkerInfo workers[2];
  HeddleRunSnapshot now;
  guint64 done;

  test_run_start (run);
  test_wait_until (heddle_run_get_workers (run->run, workers, 2) == 2 && workers[0].pid > 0
                   && workers[1].pid > 0);
  for (guint i = 0; i < 2; i++)
    g_assert_true (test_signal_child (workers[i].pid, SIGINT));
  done = test_run_snapshot (run).done;
  test_run_wait_for (run, now, now.done >= done + 500);
  heddle_run_stop (run->run, HEDDLE_STOP_DRAIN);
  test_run_finish (run);
  now = test_run_snapshot (run);
  g_assert_cmpuint (now.done, ==, now.submitted);
  g_assert_cmpuint (now.workers_lost, ==, 0);
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/worker-killed/loses-the-task-in-hand/pool",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), loses_the_task_in_hand);
  g_test_add_data_func ("/worker-killed/loses-the-task-in-hand/per-task",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESS_PER_TASK), loses_the_task_in_hand);
  g_test_add_func ("/worker-killed/is-replaced-and-its-task-retried",
                   is_replaced_and_its_task_retried);
  g_test_add_data_func ("/worker-killed/random-deaths-cost-one-task-each", GUINT_TO_POINTER (0),
                        random_deaths_cost_one_task_each);
  g_test_add_data_func ("/worker-killed/random-deaths-cost-nothing-with-retries",
                        GUINT_TO_POINTER (5), random_deaths_cost_one_task_each);
  g_test_add_data_func ("/worker-killed/any-order-of-events/pool",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), any_order_of_events);
  g_test_add_data_func ("/worker-killed/any-order-of-events/per-task",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESS_PER_TASK), any_order_of_events);
  g_test_add_data_func ("/worker-killed/tasks-that-kill-are-lost/pool",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), tasks_that_kill_are_lost);
  g_test_add_data_func ("/worker-killed/tasks-that-kill-are-lost/per-task",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESS_PER_TASK),
                        tasks_that_kill_are_lost);
  g_test_add_func ("/worker-killed/endless-deaths-are-given-up", endless_deaths_are_given_up);
  g_test_add_func ("/worker-killed/nonsense-costs-one-task", nonsense_costs_one_task);
  g_test_add_func ("/worker-killed/stopped-worker-holds-up-nobody-else",
                   stopped_worker_holds_up_nobody_else);
  g_test_add_func ("/worker-killed/goes-on-with-fewer", goes_on_with_fewer);
  g_test_add_func ("/worker-killed/interrupt-is-not-theirs", interrupt_is_not_theirs);
  return g_test_run ();
}
