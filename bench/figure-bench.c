/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What a pool costs beside its rate: one figure a call, as one line of JSON.
 *
 *   figure-bench start BACKEND WORKERS             from the start of a run until every worker has
 *                                                  begun a task
 *   figure-bench latency BACKEND WORKERS TASKS     an idle pool is given one task: from submitting
 *                                                  it to its start
 *   figure-bench idle BACKEND WORKERS SECONDS      processor time of a pool with nothing to do, its
 *                                                  processes included, a second after a task
 *   figure-bench many BACKEND WORKERS TASKS        empty tasks, half of them a map, with lanes kept
 *                                                  and no rows: peak of resident memory
 *   figure-bench memory BACKEND WORKERS TASKS      the same with rows, and budgets that nothing
 *                                                  falls out of: bytes a task
 *   figure-bench wide BACKEND WORKERS TASKS        as many workers as that: start, work and stop
 *   figure-bench counted BACKEND WORKERS WORK_NS   maps of tasks that spin for so long, or sleep
 *                                                  where that is below 0, alternately without
 *                                                  states and with counted ones: how much is left
 *                                                  of the rate, how many of the tasks are counted,
 *                                                  the processor time that it takes a task and a
 *                                                  switch, and what one reading takes
 *   figure-bench exact BACKEND WORKERS WORK_NS     the same with exact states
 *
 * BACKEND is threads, processes or main-loop. Times are wall time in nanoseconds. bench/compare.py
 * calls this and prints the table.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench-workload.h"
#include "engine/run/run.h"
#include "measure/proc.h"
#include "trace/clock.h"
#include "trace/thread-times.h"

#define SECOND_NS G_GINT64_CONSTANT (1000000000)
#define START_TASK_NS 100000000
#define PATIENCE_NS (600 * SECOND_NS)
#define ROUNDS 11
#define ROUND_NS 400000000

static HeddleBackend backend;
static guint n_workers;

/* Of manual runs: written by the collector's thread, read after n_rows has grown. */
static HeddleHistogram delays;
static _Atomic guint64 n_rows;

static void
count_row (const HeddleRow *row, gpointer data)
{
  heddle_histogram_add (&delays, row->started_ns - row->queued_ns);
  atomic_fetch_add_explicit (&n_rows, 1, memory_order_release);
}

static void
nap (gint64 ns)
{
  struct timespec time = { .tv_sec = ns / SECOND_NS, .tv_nsec = ns % SECOND_NS };

  clock_nanosleep (CLOCK_MONOTONIC, 0, &time, NULL);
}

static HeddleRun *
start (HeddleRunOptions *options, guint64 n_tasks, gboolean map, gint64 work_ns)
{
  g_autofree char *work = g_strdup_printf ("%" G_GINT64_FORMAT, work_ns);
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&bench_workload);
  g_autofree char *n = g_strdup_printf ("%" G_GUINT64_FORMAT, n_tasks);
  g_autoptr (GError) error = NULL;
  HeddleRun *run;

  options->backend = backend;
  options->workers = n_workers;
  options->worker_program = g_getenv ("BENCH_WORKER");
  if (!heddle_settings_set (settings, "n", n, &error)
      || !heddle_settings_set (settings, "map", map ? "on" : "off", &error)
      || !heddle_settings_set (settings, "work", work, &error))
    g_error ("%s", error->message);
  run = heddle_run_new (settings, options, &error);
  if (run == NULL || !heddle_run_start (run, &error))
    g_error ("%s", error->message);
  return run;
}

static HeddleRun *
start_manual (void)
{
  HeddleRunOptions options;

  heddle_run_options_init (&options, &bench_workload);
  options.manual = TRUE;
  options.result_budget = 0;
  options.hooks.row = count_row;
  return start (&options, 0, FALSE, 0);
}

static void
wait_for_workers (HeddleRun *run)
{
  HeddleRunSnapshot snapshot;

  do
    {
      nap (1000000);
      heddle_run_get_snapshot (run, &snapshot);
      if (snapshot.state == HEDDLE_RUN_FINISHED)
        g_error ("the run is over before all workers were there");
    }
  while (snapshot.n_workers < n_workers);
}

static void
wait_for_row (guint64 n)
{
  while (atomic_load_explicit (&n_rows, memory_order_acquire) < n)
    nap (20000);
}

static void
end (HeddleRun *run)
{
  heddle_run_close (run);
  if (!heddle_run_wait (run, PATIENCE_NS))
    g_error ("the run does not end");
  heddle_run_unref (run);
}

/*
 * Tasks that last so long that every worker gets one: when the last of the workers began its first
 * one. A lane's birth would say less: a process is born before it can work.
 */
static void
measure_start (void)
{
  HeddleRunOptions options;
  HeddleRunSnapshot snapshot;
  HeddleLaneStore *lanes;
  HeddleRun *run;
  gint64 last = 0;

  heddle_run_options_init (&options, &bench_workload);
  options.result_budget = 0;
  run = start (&options, 3 * n_workers, TRUE, -START_TASK_NS);
  if (!heddle_run_wait (run, PATIENCE_NS))
    g_error ("the run does not end");
  heddle_run_get_snapshot (run, &snapshot);
  lanes = heddle_run_get_lanes (run);
  for (guint i = 0; i < n_workers; i++)
    {
      HeddleSpan first;

      if (heddle_lane_store_get_spans (lanes, i, 0, G_MAXINT64, &first, 1) == 0)
        g_error ("worker %u was not there in time", i + 1);
      last = MAX (last, first.begin);
    }
  printf ("{\"ns\": %" G_GINT64_FORMAT "}\n", last - snapshot.started_ns);
  heddle_run_unref (run);
}

/* Between two tasks there is time to park; odd intervals, so that no timer keeps in step. */
static void
measure_latency (guint64 n_tasks)
{
  HeddleRun *run = start_manual ();

  wait_for_workers (run);
  heddle_run_submit (run, NULL, NULL);
  wait_for_row (1);
  heddle_histogram_clear (&delays);
  for (guint64 i = 0; i < n_tasks; i++)
    {
      nap (1000000 + (gint64) (i % 7) * 130000);
      heddle_run_submit (run, NULL, NULL);
      wait_for_row (i + 2);
    }
  end (run);
  printf ("{\"p50\": %" G_GINT64_FORMAT ", \"p99\": %" G_GINT64_FORMAT
          ", \"max\": %" G_GINT64_FORMAT "}\n",
          heddle_histogram_quantile (&delays, 0.5), heddle_histogram_quantile (&delays, 0.99),
          delays.max);
}

static gint64
get_cpu (const HeddleWorkerInfo *workers, guint n)
{
  HeddleProcSample sample;
  gint64 cpu = 0;

  if (heddle_proc_sample_process (getpid (), &sample))
    cpu += sample.cpu_ns;
  for (guint i = 0; i < n; i++)
    if (workers[i].is_process && heddle_proc_sample_process (workers[i].pid, &sample))
      cpu += sample.cpu_ns;
  return cpu;
}

static void
measure_idle (gint64 seconds)
{
  HeddleRun *run = start_manual ();
  HeddleWorkerInfo *workers = g_new (HeddleWorkerInfo, n_workers);
  gint64 before;
  guint n;

  wait_for_workers (run);
  heddle_run_submit (run, NULL, NULL);
  wait_for_row (1);
  n = MIN (heddle_run_get_workers (run, workers, n_workers), n_workers);
  nap (SECOND_NS);
  before = get_cpu (workers, n);
  nap (seconds * SECOND_NS);
  printf ("{\"cpu_ns\": %" G_GINT64_FORMAT ", \"wall_ns\": %" G_GINT64_FORMAT "}\n",
          get_cpu (workers, n) - before, seconds * SECOND_NS);
  end (run);
  g_free (workers);
}

static glong
get_peak_kib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* Runs tasks to their end; returns how long that took, nanoseconds. */
static gint64
run_all (HeddleRunOptions *options, guint64 n_tasks, gboolean map, gsize *lane_bytes,
         gsize *row_bytes)
{
  gint64 began = heddle_clock_monotonic_ns ();
  HeddleRun *run = start (options, n_tasks, map, 0);
  HeddleRunSnapshot snapshot;

  if (backend == HEDDLE_BACKEND_MAIN_LOOP)
    for (heddle_run_get_snapshot (run, &snapshot); snapshot.state != HEDDLE_RUN_FINISHED;
         heddle_run_get_snapshot (run, &snapshot))
      g_main_context_iteration (NULL, snapshot.queued > 0);
  if (!heddle_run_wait (run, PATIENCE_NS))
    g_error ("the run does not end");
  heddle_run_get_snapshot (run, &snapshot);
  if (snapshot.done != n_tasks || snapshot.dropped_events != 0)
    g_error ("%" G_GUINT64_FORMAT " done, %" G_GUINT64_FORMAT " events dropped", snapshot.done,
             snapshot.dropped_events);
  if (lane_bytes != NULL)
    *lane_bytes = heddle_lane_store_get_totals (heddle_run_get_lanes (run)).bytes;
  if (row_bytes != NULL)
    *row_bytes = heddle_results_get_bytes (heddle_run_get_results (run));
  heddle_run_unref (run);
  return heddle_clock_monotonic_ns () - began;
}

static void
measure_many (guint64 n_tasks)
{
  HeddleRunOptions options;
  glong before = get_peak_kib ();
  gint64 singly, map;

  heddle_run_options_init (&options, &bench_workload);
  options.queue = 1024;
  options.prefetch = 256;
  options.result_budget = 0;
  singly = run_all (&options, n_tasks / 2, FALSE, NULL, NULL);
  map = run_all (&options, n_tasks - n_tasks / 2, TRUE, NULL, NULL);
  printf ("{\"before_kib\": %ld, \"peak_kib\": %ld, \"lane_budget_kib\": %" G_GSIZE_FORMAT
          ", \"singly_ns\": %" G_GINT64_FORMAT ", \"map_ns\": %" G_GINT64_FORMAT "}\n",
          before, get_peak_kib (), options.lane_budget >> 10, singly, map);
}

static void
measure_memory (guint64 n_tasks)
{
  HeddleRunOptions options;
  gsize singly, map, rows;

  heddle_run_options_init (&options, &bench_workload);
  options.queue = 65536;
  options.prefetch = 256;
  options.lane_budget = options.result_budget = (gsize) 1 << 33;
  run_all (&options, n_tasks, FALSE, &singly, &rows);
  options.result_budget = 0;
  run_all (&options, n_tasks, TRUE, &map, NULL);
  printf ("{\"lane_singly\": %.2f, \"lane_map\": %.2f, \"row\": %.2f}\n",
          (double) singly / (double) n_tasks, (double) map / (double) n_tasks,
          (double) rows / (double) n_tasks);
}

static void
measure_wide (guint64 n_tasks)
{
  HeddleRunOptions options;

  heddle_run_options_init (&options, &bench_workload);
  options.queue = 1024;
  options.result_budget = 0;
  printf ("{\"ns\": %" G_GINT64_FORMAT "}\n", run_all (&options, n_tasks, FALSE, NULL, NULL));
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

typedef struct {
  double rate;
  double cpu_ns;    /* of a task, all threads of this process */
  guint64 known;    /* tasks with times */
  guint64 switches; /* in those */
} MapCost;

static double
get_own_cpu (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

/* Runs a map with that source of states. */
static MapCost
run_map (HeddleStatesSource states, guint64 n_tasks, gint64 work_ns)
{
  double cpu = get_own_cpu ();
  HeddleRunSnapshot snapshot;
  HeddleRunOptions options;
  HeddleRun *run;

  heddle_run_options_init (&options, &bench_workload);
  options.queue = 65536;
  options.prefetch = 4096;
  options.result_budget = 0;
  options.states = states;
  run = start (&options, n_tasks, TRUE, work_ns);
  if (!heddle_run_wait (run, PATIENCE_NS))
    g_error ("the run does not end");
  heddle_run_get_snapshot (run, &snapshot);
  if (snapshot.done != n_tasks || snapshot.states != states)
    g_error ("%" G_GUINT64_FORMAT " done, states %s", snapshot.done,
             heddle_states_source_name (snapshot.states));
  heddle_run_unref (run);
  return (MapCost) { snapshot.rate, (get_own_cpu () - cpu) / (double) n_tasks,
                     (guint64) snapshot.times.n_tasks, snapshot.times.switches };
}

/* The mean of many readings back to back; those of a worker between two tasks find the caches
 * colder. */
static double
measure_reading (void)
{
  HeddleThreadCounters counters;
  HeddleThreadTimes times;
  const guint n = 20000;
  gint64 begin;

  heddle_thread_counters_init (&counters);
  if (!heddle_thread_counters_read (&counters, &times))
    g_error ("this kernel does not count");
  begin = heddle_clock_thread_cpu_ns ();
  for (guint i = 0; i < n; i++)
    heddle_thread_counters_read (&counters, &times);
  begin = heddle_clock_thread_cpu_ns () - begin;
  heddle_thread_counters_clear (&counters);
  return (double) begin / n;
}

static void
measure_states (HeddleStatesSource states, gint64 work_ns)
{
  gint64 length = ABS (work_ns);
  guint64 n_tasks =
    length == 0 ? 2000000 : (guint64) MAX (ROUND_NS * (gint64) n_workers / length, n_workers);
  double ratios[ROUNDS], costs[ROUNDS];
  MapCost with = { 0 };

  run_map (HEDDLE_STATES_NONE, n_tasks, work_ns);
  for (guint i = 0; i < ROUNDS; i++)
    {
      MapCost none = { 0 };

      for (guint k = 0; k < 2; k++)
        if ((i + k) % 2 == 0)
          none = run_map (HEDDLE_STATES_NONE, n_tasks, work_ns);
        else
          with = run_map (states, n_tasks, work_ns);
      ratios[i] = with.rate / none.rate;
      costs[i] = with.cpu_ns - none.cpu_ns;
    }
  qsort (ratios, ROUNDS, sizeof ratios[0], compare);
  qsort (costs, ROUNDS, sizeof costs[0], compare);
  printf ("{\"ratio\": %.4f, \"low\": %.4f, \"high\": %.4f, \"known\": %.4f, \"task_ns\": %.1f, "
          "\"switches\": %.5f, \"read_ns\": %.0f}\n",
          ratios[ROUNDS / 2], ratios[0], ratios[ROUNDS - 1],
          (double) with.known / (double) n_tasks, costs[ROUNDS / 2],
          (double) with.switches / (double) n_tasks, measure_reading ());
}

static gboolean
measure (const char *what, gint64 number)
{
  if (g_str_equal (what, "start"))
    measure_start ();
  else if (g_str_equal (what, "latency"))
    measure_latency ((guint64) number);
  else if (g_str_equal (what, "idle"))
    measure_idle (number);
  else if (g_str_equal (what, "many"))
    measure_many ((guint64) number);
  else if (g_str_equal (what, "memory"))
    measure_memory ((guint64) number);
  else if (g_str_equal (what, "wide"))
    measure_wide ((guint64) number);
  else if (g_str_equal (what, "counted"))
    measure_states (HEDDLE_STATES_COUNTED, number);
  else if (g_str_equal (what, "exact"))
    measure_states (HEDDLE_STATES_EXACT, number);
  else
    return FALSE;
  return TRUE;
}

int
main (int argc, char **argv)
{
  if (argc < 4)
    {
      g_printerr (
        "usage: figure-bench start|latency|idle|many|memory|wide|counted|exact threads|processes|main-loop WORKERS [NUMBER]\n");
      return 2;
    }
  backend = g_str_equal (argv[2], "processes") ? HEDDLE_BACKEND_PROCESSES
            : g_str_equal (argv[2], "main-loop") ? HEDDLE_BACKEND_MAIN_LOOP
                                                 : HEDDLE_BACKEND_THREADS;
  n_workers = (guint) atoi (argv[3]);
  heddle_clock_init ();
  return measure (argv[1], argc > 4 ? g_ascii_strtoll (argv[4], NULL, 10) : 1000) ? 0 : 2;
}
