/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Short tasks that run back to back, which the collector takes in blocks where nobody wants to see
 * rows: every task must be found all the same, once, with its own times and its own end, in lanes,
 * histogram and counts.
 */
#include "config.h"

#include "test-harness.h"
#include "test-workloads.h"

#ifdef __SANITIZE_THREAD__
#define N_TASKS 20000
#else
#define N_TASKS 200000
#endif

typedef struct {
  HeddleRun *run;
  guint64 n;
  HeddleRunSnapshot last;
} Fixture;

static guint64 size; /* the workload's setting of that name */

static void
begin (Fixture *fixture, const char *workload, HeddleBackend backend, guint workers, guint64 n)
{
  g_autofree char *size_text = g_strdup_printf ("%" G_GUINT64_FORMAT, size);
  g_autoptr (HeddleSettings) settings = heddle_settings_new (test_workload_find (workload));
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;

  fixture->n = n;
  heddle_run_options_init (&options, test_workload_find (workload));
  options.backend = backend;
  options.workers = workers;
  options.queue = 4096;
  options.prefetch = 256;
  options.result_budget = 0;
  options.lane_budget = 1 << 30;
  options.worker_program = g_getenv ("TEST_WORKER");
  g_assert_true (heddle_settings_set (settings, "n", count, &error));
  g_assert_true (heddle_settings_set (settings, "size", size_text, &error));
  fixture->run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  heddle_run_start (fixture->run, &error);
  g_assert_no_error (error);
}

static void
check_snapshot (Fixture *fixture)
{
  HeddleRunSnapshot now;

  heddle_run_get_snapshot (fixture->run, &now);
  g_assert_cmpuint (now.submitted, ==,
                    now.queued + now.running + now.done + now.failed + now.cancelled + now.lost);
  g_assert_cmpuint (now.done, >=, fixture->last.done);
  g_assert_cmpuint (now.failed, >=, fixture->last.failed);
  fixture->last = now;
}

/* Looks at snapshots all the time until the run is over. */
static void
watch (Fixture *fixture)
{
  gint64 deadline = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  fixture->last = (HeddleRunSnapshot) { 0 };
  while (!heddle_run_wait (fixture->run, 0))
    {
      check_snapshot (fixture);
      if (g_get_monotonic_time () > deadline)
        g_error ("no end: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " done", fixture->last.done,
                 fixture->n);
    }
  check_snapshot (fixture);
}

/* How often each task is found, and that no two of a lane overlap. */
static void
check_lane (Fixture *fixture, guint lane, guint8 *n_found)
{
  HeddleLaneStore *lanes = heddle_run_get_lanes (fixture->run);
  g_autofree HeddleSpan *spans = g_new (HeddleSpan, fixture->n);
  guint n = heddle_lane_store_get_spans (lanes, lane, 0, G_MAXINT64, spans, (guint) fixture->n);
  gint64 end = 0, busy = 0;
  HeddleLaneInfo info;

  g_assert_true (heddle_lane_store_get_info (lanes, lane, &info));
  g_assert_false (info.open);
  g_assert_cmpuint (info.n_spans, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpint (spans[i].begin, >=, end);
      g_assert_cmpint (spans[i].end, >=, spans[i].begin);
      g_assert_cmpuint (spans[i].id, >=, 1);
      g_assert_cmpuint (spans[i].id, <=, fixture->n);
      g_assert_cmpint (spans[i].state, ==,
                       test_mixed_fails (spans[i].id) ? HEDDLE_TASK_FAILED : HEDDLE_TASK_DONE);
      n_found[spans[i].id]++;
      end = spans[i].end;
      busy += spans[i].end - spans[i].begin;
    }
  g_assert_cmpint (info.busy_ns, ==, busy);
}

static void
check_all (Fixture *fixture)
{
  g_autofree guint8 *n_found = g_new0 (guint8, fixture->n + 1);
  HeddleLaneStore *lanes = heddle_run_get_lanes (fixture->run);
  HeddleHistogram times;
  guint64 failed = 0;
  gint64 busy = 0;

  for (guint64 id = 1; id <= fixture->n; id++)
    failed += test_mixed_fails (id);
  g_assert_cmpuint (fixture->last.failed, ==, failed);
  g_assert_cmpuint (fixture->last.done, ==, fixture->n - failed);
  for (guint lane = 0; lane < heddle_lane_store_get_totals (lanes).n_lanes; lane++)
    {
      HeddleLaneInfo info;

      check_lane (fixture, lane, n_found);
      heddle_lane_store_get_info (lanes, lane, &info);
      busy += info.busy_ns;
    }
  for (guint64 id = 1; id <= fixture->n; id++)
    if (n_found[id] != 1)
      g_error ("task %" G_GUINT64_FORMAT " stands in the lanes %u times", id, n_found[id]);
  heddle_run_get_task_times (fixture->run, &times);
  g_assert_cmpuint (times.count, ==, fixture->n);
  g_assert_cmpfloat_with_epsilon (times.sum, (double) busy, 1e-6 * (double) busy + 1);
}

static void
test_all_are_found (gconstpointer data)
{
  const char *workload = data;
  static const HeddleBackend backends[] = { HEDDLE_BACKEND_THREADS, HEDDLE_BACKEND_PROCESSES };
  Fixture fixture;

  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    for (guint workers = 1; workers <= 3; workers += 2)
      {
        begin (&fixture, workload, backends[i], workers, N_TASKS);
        watch (&fixture);
        check_all (&fixture);
        heddle_run_unref (fixture.run);
      }
}

/* A process that claims to have done more than it was ever given is not believed, but replaced. */
static void
test_more_than_given (void)
{
  Fixture fixture;

  begin (&fixture, "overreach", HEDDLE_BACKEND_PROCESSES, 2, 1000);
  watch (&fixture);
  g_assert_cmpuint (fixture.last.workers_lost, >=, 1);
  g_assert_cmpuint (fixture.last.submitted, ==, 1000);
  g_assert_cmpuint (fixture.last.done + fixture.last.lost, ==, 1000);
  heddle_run_unref (fixture.run);
}

/* A worker takes many short tasks at once. If then one of them is long, those behind it are taken
 * back for who has nothing to do. */
static void
test_nobody_hoards (void)
{
  Fixture fixture;

  for (size = 1000; size < 1020; size++)
    {
      begin (&fixture, "end-last", HEDDLE_BACKEND_THREADS, 2, 2000);
      watch (&fixture);
      g_assert_cmpuint (fixture.last.done, ==, 2000);
            heddle_run_unref (fixture.run);
    }
  size = 0;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sequences/all-of-a-map-are-found", "mixed", test_all_are_found);
  g_test_add_data_func ("/sequences/all-of-single-tasks-are-found", "mixed-singly",
                        test_all_are_found);
  g_test_add_func ("/sequences/no-worker-does-more-than-it-was-given", test_more_than_given);
  g_test_add_func ("/sequences/long-task-holds-no-short-ones-back", test_nobody_hoards);
  return g_test_run ();
}
