/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * One measurement of one pool: starts it, submits N tasks one by one or as a map, waits for the
 * end, prints tasks a second and context switches a task. The start of the pool is part of the
 * time.
 *
 *   pool-bench POOL one-by-one|map WORKERS TASKS WORK_NS
 *
 * WORK_NS nanoseconds of spinning are the task; 0 is the empty task; a negative number sleeps.
 * Peers trace nothing; Heddle's pools trace every task. bench/compare.py calls this alternately for
 * the peers and prints the table.
 */

#include <glib.h>
#include <omp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <uv.h>

#include "bench-workload.h"
#include "engine/run/run.h"
#include "trace/clock.h"

static guint64 n_tasks;
static gint64 work_ns;
static _Atomic guint64 n_done;

static void
execute_bare (void)
{
  bench_work (work_ns);
  atomic_fetch_add_explicit (&n_done, 1, memory_order_relaxed);
}

static void
run_heddle (HeddleBackend backend, gboolean map, guint workers)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&bench_workload);
  g_autofree char *n = g_strdup_printf ("%" G_GUINT64_FORMAT, n_tasks);
  g_autofree char *work = g_strdup_printf ("%" G_GINT64_FORMAT, work_ns);
  g_autoptr (GError) error = NULL;
  HeddleRunSnapshot snapshot;
  HeddleRunOptions options;
  HeddleRun *run;

  heddle_run_options_init (&options, &bench_workload);
  options.backend = backend;
  options.workers = workers;
  /* a map is put into line as ranges: its length costs nothing */
  options.queue = map ? 65536 : 1024;
  options.prefetch = map ? 4096 : 256;
  options.result_budget = 0;
  options.worker_program = g_getenv ("BENCH_WORKER");
  if (!heddle_settings_set (settings, "n", n, &error)
      || !heddle_settings_set (settings, "work", work, &error)
      || !heddle_settings_set (settings, "map", map ? "on" : "off", &error))
    g_error ("%s", error->message);
  run = heddle_run_new (settings, &options, &error);
  if (run == NULL || !heddle_run_start (run, &error))
    g_error ("%s", error->message);
  heddle_run_wait (run, -1);
  heddle_run_get_snapshot (run, &snapshot);
  if (snapshot.done != n_tasks || snapshot.dropped_events != 0)
    g_error ("%" G_GUINT64_FORMAT " done, %" G_GUINT64_FORMAT " events dropped", snapshot.done,
             snapshot.dropped_events);
  atomic_store (&n_done, snapshot.done);
  heddle_run_unref (run);
}

static void
glib_task (gpointer data, gpointer user_data)
{
  execute_bare ();
}

static void
run_glib (guint workers)
{
  GThreadPool *pool = g_thread_pool_new (glib_task, NULL, (int) workers, TRUE, NULL);

  for (guint64 i = 1; i <= n_tasks; i++)
    g_thread_pool_push (pool, GSIZE_TO_POINTER (i), NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
}

static void
uv_task (uv_work_t *work)
{
  execute_bare ();
}

static void
run_uv (guint workers)
{
  g_autofree char *size = g_strdup_printf ("%u", workers);
  uv_work_t *work = g_new0 (uv_work_t, n_tasks);

  g_setenv ("UV_THREADPOOL_SIZE", size, TRUE);
  for (guint64 i = 0; i < n_tasks; i++)
    uv_queue_work (uv_default_loop (), &work[i], uv_task, NULL);
  uv_run (uv_default_loop (), UV_RUN_DEFAULT);
  g_free (work);
}

static void
run_openmp (guint workers)
{
#pragma omp parallel for schedule(dynamic, 1) num_threads(workers)
  for (guint64 i = 0; i < n_tasks; i++)
    bench_work (work_ns); /* no counter: it would be what is measured */
  atomic_store (&n_done, n_tasks);
}

/* Of all threads, and of worker processes that have ended. */
static glong
count_switches (void)
{
  struct rusage own, children;

  getrusage (RUSAGE_SELF, &own);
  getrusage (RUSAGE_CHILDREN, &children);
  return own.ru_nvcsw + own.ru_nivcsw + children.ru_nvcsw + children.ru_nivcsw;
}

int
main (int argc, char **argv)
{
  gint64 begin, end;
  gboolean map;
  guint workers;

  if (argc != 6)
    {
      g_printerr (
        "usage: pool-bench heddle-threads|heddle-processes|glib|uv|openmp one-by-one|map WORKERS TASKS WORK_NS\n");
      return 2;
    }
  map = g_str_equal (argv[2], "map");
  workers = (guint) atoi (argv[3]);
  n_tasks = g_ascii_strtoull (argv[4], NULL, 10);
  work_ns = g_ascii_strtoll (argv[5], NULL, 10);
  heddle_clock_init ();
  begin = heddle_clock_monotonic_ns ();
  if (g_str_equal (argv[1], "heddle-threads"))
    run_heddle (HEDDLE_BACKEND_THREADS, map, workers);
  else if (g_str_equal (argv[1], "heddle-processes"))
    run_heddle (HEDDLE_BACKEND_PROCESSES, map, workers);
  else if (g_str_equal (argv[1], "glib"))
    run_glib (workers);
  else if (g_str_equal (argv[1], "uv"))
    run_uv (workers);
  else
    run_openmp (workers);
  end = heddle_clock_monotonic_ns ();
  if (atomic_load (&n_done) != n_tasks)
    g_error ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " tasks ran", atomic_load (&n_done),
             n_tasks);
  g_print ("%.0f %.6f\n", (double) n_tasks * 1e9 / (double) (end - begin),
           (double) count_switches () / (double) n_tasks);
  return 0;
}
