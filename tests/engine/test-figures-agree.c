/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a run says of itself in figures, counted once more from its rows: docs/architecture.md,
 * "What the numbers mean".
 */
#include "config.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#include "engine/model/backend.h"
#include "engine/run/run-private.h"
#include "test-harness.h"

#define LONG_NS G_GINT64_CONSTANT (300000000) /* several stretches */

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* The value of nearest rank of what the rows tell. */
static gint64
get_percentile (TestRun *run, guint percent)
{
  GArray *times = run->task_times;

  qsort (times->data, times->len, sizeof (gint64), compare);
  return g_array_index (times, gint64, (times->len * percent + 99) / 100 - 1);
}

static void
check_time (TestRun *run, gint64 told, guint percent)
{
  gint64 counted;

  if (run->task_times->len == 0)
    {
      g_assert_cmpint (told, ==, 0);
      return;
    }
  counted = get_percentile (run, percent);
  if (run->task_times->len <= HEDDLE_HISTOGRAM_FEW)
    g_assert_cmpint (told, ==, counted);
  g_assert_cmpint (ABS (told - counted), <=, counted / 16 + 1);
  g_assert_cmpint (told, >=, get_percentile (run, 1) > 0 ? g_array_index (run->task_times, gint64,
                                                                          0) : 0);
  g_assert_cmpint (told, <=, g_array_index (run->task_times, gint64, run->task_times->len - 1));
}

/* Every task that was done or failed stands in the series once. */
static void
check_throughput (TestRun *run, const HeddleRunSnapshot *snapshot, double completed)
{
  HeddleSeries *series = heddle_run_get_series (run->run, HEDDLE_SERIES_THROUGHPUT);
  gint64 begin = snapshot->started_ns, end = heddle_series_get_known_until (series);
  HeddleSeriesCell cell;

  g_assert_cmpint (end, >=, begin + snapshot->elapsed_ns);
  heddle_series_get_cells (series, begin, end, &cell, 1);
  g_assert_true (cell.known);
  g_assert_cmpfloat_with_epsilon (cell.mean * (double) (end - begin) / 1e9, completed,
                                  1e-6 * completed + 1e-9);
}

static double
count_lane_share (TestRun *run, const HeddleRunSnapshot *snapshot)
{
  HeddleLaneStore *lanes = heddle_run_get_lanes (run->run);
  gint64 begin = 0, end = snapshot->started_ns + snapshot->elapsed_ns;
  gint64 slots = heddle_lane_store_count_slots (lanes, &begin, end);
  double busy = 0;

  g_assert_cmpint (begin, ==, snapshot->started_ns);
  for (guint i = 0; i < heddle_lane_store_get_totals (lanes).n_lanes; i++)
    {
      HeddleLaneCell cell;

      heddle_lane_store_get_cells (lanes, i, begin, end, &cell, 1);
      busy += (double) cell.busy * (double) (end - begin);
    }
  return busy / (double) slots;
}

static double
count_rate (double completed, gint64 length)
{
  return length > 0 ? completed * 1e9 / (double) length : 0;
}

static void
check_figures (TestRun *run)
{
  HeddleRunSnapshot snapshot = test_run_snapshot (run);
  double completed = (double) (snapshot.done + snapshot.failed);

  g_assert_cmpuint (run->task_times->len, ==, snapshot.done + snapshot.failed);
  g_assert_cmpuint (snapshot.n_task_times, ==, run->task_times->len);
  g_assert_cmpint (snapshot.paused_ns, >=, 0);
  g_assert_cmpint (snapshot.paused_ns, <=, snapshot.elapsed_ns);
  g_assert_cmpfloat_with_epsilon (snapshot.rate,
                                  count_rate (completed, snapshot.elapsed_ns - snapshot.paused_ns),
                                  1e-6 * snapshot.rate + 1e-9);
  check_throughput (run, &snapshot, completed);
  check_time (run, snapshot.task_p50_ns, 50);
  check_time (run, snapshot.task_p99_ns, 99);
  g_assert_cmpfloat_with_epsilon (count_lane_share (run, &snapshot), snapshot.utilisation, 1e-5);
}

static void
play (TestRun *run)
{
  gboolean is_loop = heddle_backend_get_info (run->options.backend)->is_loop;

  test_run_start (run);
  while (is_loop && !heddle_run_wait (run->run, 0))
    g_main_context_iteration (NULL, FALSE);
  test_run_finish (run);
}

static void
finished_run (gconstpointer data)
{
  static const guint64 n_tasks[] = { 0, 1, 5, 100, 300 };
  HeddleBackend backend = (HeddleBackend) GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (n_tasks); i++)
    {
      TestRun *run;

      if (backend == HEDDLE_BACKEND_PROCESS_PER_TASK && n_tasks[i] > 100)
        continue;
      run = test_run_new ("mixed", n_tasks[i], NULL);
      run->options.backend = backend;
      run->options.workers = 1 + i % 3;
      play (run);
      check_figures (run);
      test_run_free (run);
    }
}

/* Long enough for many stretches, and for a part of one in the end. */
static void
longer_run (void)
{
  static const char *const naps[] = { "nap=7000000", "nap=45000000", "nap=130000000" };

  for (guint i = 0; i < G_N_ELEMENTS (naps); i++)
    {
      TestRun *run = test_run_new ("pid", i == 0 ? 60 : 9, (const char *const[]) { naps[i],
                                                                                     NULL });

      run->options.backend = i == 1 ? HEDDLE_BACKEND_THREAD_PER_TASK : HEDDLE_BACKEND_THREADS;
      run->options.workers = 3;
      play (run);
      check_figures (run);
      test_run_free (run);
    }
}

/* Of twenty tasks one is broken off, which is no work done: neither its end nor its time counts. */
static void
stopped_run (gconstpointer data)
{
  HeddleStopPolicy policy = (HeddleStopPolicy) GPOINTER_TO_INT (data);
  gboolean kill = policy == HEDDLE_STOP_KILL;
  const char *workload = kill ? "resist-first-fail-others" : "hold-first-fail-others";
  g_autofree char *dir = g_dir_make_tmp ("heddle-figures-XXXXXX", NULL);
  g_autofree char *gate = g_build_filename (dir, "gate", NULL);
  g_autofree char *started = g_strconcat (gate, ".started", NULL);
  HeddleRunSnapshot snapshot;
  TestRun *run;

  g_setenv ("TEST_GATE", gate, TRUE);
  run = test_run_new (workload, 20, NULL);
  test_run_start (run);
  test_run_wait_for (run, snapshot, snapshot.failed == 19 && snapshot.running == 1);
  heddle_run_stop (run->run, policy);
  test_run_finish (run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (snapshot.cancelled + snapshot.lost, ==, 1);
  check_figures (run);
  test_run_free (run);
  g_unlink (started);
  g_rmdir (dir);
}

static gint64
get_pace_time (HeddleRun *run)
{
  gint64 time;

  pthread_mutex_lock (&run->collector->lock);
  time = run->sampling.pace.time;
  pthread_mutex_unlock (&run->collector->lock);
  return time;
}

/*
 * Two tasks are in hand when the run is paused. What they take still counts; what comes between the
 * end of the second and the click on Stop does not, neither in the time that the rate is of nor in
 * the rate.
 */
static void
stopped_in_a_pause (void)
{
  TestRun *run = test_run_new ("pid", 100, (const char *const[]) { "nap=50000000", NULL });
  HeddleSeries *series;
  HeddleRunSnapshot snapshot, last;
  gint64 idle_at, idle_until, stopped_at;
  HeddlePause pauses[2];
  guint n;

  run->options.backend = HEDDLE_BACKEND_THREADS;
  run->options.workers = 2;
  test_run_start (run);
  series = heddle_run_get_series (run->run, HEDDLE_SERIES_THROUGHPUT);
  test_run_wait_for (run, snapshot, snapshot.done >= 4 && snapshot.running == 2);
  heddle_run_pause (run->run);
  test_run_wait_for (run, snapshot, snapshot.state == HEDDLE_RUN_PAUSED && snapshot.running == 0);
  idle_at = snapshot.now_ns;
  idle_until = idle_at + LONG_NS;
  test_wait_until (test_run_snapshot (run).serial > 0
                   && heddle_series_get_known_until (series) > idle_until);
  stopped_at = heddle_clock_monotonic_ns ();
  heddle_run_stop (run->run, HEDDLE_STOP_CANCEL);
  test_run_finish (run);
  last = test_run_snapshot (run);
  g_assert_cmpuint (last.done, ==, snapshot.done);
  g_assert_cmpuint (last.cancelled, >, 0);
  g_assert_cmpint (last.paused_ns, >=, LONG_NS);
  n = heddle_run_get_pauses (run->run, 0, G_MAXINT64, pauses, G_N_ELEMENTS (pauses));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (pauses[0].end - pauses[0].begin, >=, LONG_NS);
  g_assert_cmpint (pauses[0].begin, >=, snapshot.started_ns);
  /* what is left is no less than the tasks took, two at a time */
  g_assert_cmpint (last.elapsed_ns - last.paused_ns, >=, (gint64) snapshot.done / 2 * 50000000);
  /* and no more than what was before the pause and after the click */
  g_assert_cmpint (last.started_ns + last.elapsed_ns, >=, stopped_at);
  g_assert_cmpint (stopped_at - idle_at, <=, last.paused_ns);
  check_figures (run);
  test_run_free (run);
}

/*
 * What is measured goes on in a pause; the clock by which the rest is estimated does not, and
 * nothing is said to end.
 */
static void
paused_run (void)
{
  TestRun *run = test_run_new ("pid", 100000, (const char *const[]) { "nap=2000000", NULL });
  HeddleSeries *series;
  HeddleRunSnapshot snapshot;
  gint64 before, until;
  HeddlePause pauses[2], again[2];

  run->options.backend = HEDDLE_BACKEND_THREADS;
  test_run_start (run);
  series = heddle_run_get_series (run->run, HEDDLE_SERIES_THROUGHPUT);
  test_run_wait_for (run, snapshot, snapshot.left_ns >= 0 && snapshot.rate > 0);
  g_assert_cmpint (snapshot.left_most_ns, >=, snapshot.left_ns);

  heddle_run_pause (run->run);
  test_run_wait_for (run, snapshot, snapshot.state == HEDDLE_RUN_PAUSED && snapshot.rate == 0);
  until = heddle_series_get_known_until (series);
  test_wait_until (test_run_snapshot (run).serial > 0
                   && heddle_series_get_known_until (series) > until);
  before = get_pace_time (run->run);
  until = heddle_series_get_known_until (series);
  test_wait_until (test_run_snapshot (run).serial > 0
                   && heddle_series_get_known_until (series) > until + LONG_NS);
  g_assert_cmpint (get_pace_time (run->run), ==, before);
  g_assert_cmpuint (heddle_run_get_pauses (run->run, 0, G_MAXINT64, pauses, 2), ==, 1);
  g_assert_cmpint (pauses[0].end, ==, 0); /* it goes on */
  g_assert_cmpuint (heddle_run_get_pauses (run->run, 0, pauses[0].begin, pauses, 2), ==, 0);

  heddle_run_resume (run->run);
  test_run_wait_for (run, snapshot, snapshot.state == HEDDLE_RUN_RUNNING && snapshot.rate > 0);
  g_assert_cmpuint (heddle_run_get_pauses (run->run, 0, G_MAXINT64, again, 2), ==, 1);
  g_assert_cmpint (again[0].end - again[0].begin, >=, LONG_NS);
  g_assert_cmpuint (heddle_run_get_pauses (run->run, again[0].end, G_MAXINT64, pauses, 2), ==, 0);
  g_assert_cmpuint (heddle_run_get_pauses (run->run, 0, again[0].begin, pauses, 2), ==, 0);
  test_wait_until (get_pace_time (run->run) > before);
  heddle_run_stop (run->run, HEDDLE_STOP_CANCEL);
  test_run_finish (run);
  check_figures (run);
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_main_context_iteration (NULL, FALSE); /* its files are open from here on */
  for (HeddleBackend backend = 0; backend < HEDDLE_N_BACKENDS; backend++)
    {
      const char *id = heddle_backend_get_info (backend)->id;
      g_autofree char *path = g_strdup_printf ("/figures-agree/finished/%s", id);

      g_test_add_data_func (path, GINT_TO_POINTER (backend), finished_run);
    }
  g_test_add_func ("/figures-agree/longer", longer_run);
  g_test_add_data_func ("/figures-agree/cancelled-does-not-count",
                        GINT_TO_POINTER (HEDDLE_STOP_CANCEL), stopped_run);
  g_test_add_data_func ("/figures-agree/killed-does-not-count", GINT_TO_POINTER (HEDDLE_STOP_KILL),
                        stopped_run);
  g_test_add_func ("/figures-agree/paused", paused_run);
  g_test_add_func ("/figures-agree/stopped-in-a-pause", stopped_in_a_pause);
  return g_test_run ();
}
