/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>

#include "engine/model/backend.h"
#include "engine/run/run-private.h"
#include "measure/series.h"
#include "trace/clock.h"
#include "workloads/list.h"

/* Runs whose tasks are submitted one by one from outside. */

typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t came;
  guint64 id; /* of the row that came last */
  guint64 n;
  char *result;
} Mailbox;

static void
take_row (const HeddleRow *row, gpointer data)
{
  Mailbox *self = data;

  pthread_mutex_lock (&self->lock);
  self->id = row->id;
  self->n++;
  g_free (self->result);
  self->result = g_strdup (row->result);
  pthread_cond_signal (&self->came);
  pthread_mutex_unlock (&self->lock);
}

static HeddleRun *
start_run (Mailbox *mailbox, HeddleBackend backend)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (heddle_workloads_find ("squares"));
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  HeddleRun *run;

  pthread_mutex_init (&mailbox->lock, NULL);
  pthread_cond_init (&mailbox->came, NULL);
  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = backend;
  options.workers = 2;
  options.manual = TRUE;
  options.hooks.row = take_row;
  options.hooks_data = mailbox;
  run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  heddle_run_start (run, &error);
  g_assert_no_error (error);
  return run;
}

static void
end_run (Mailbox *mailbox, HeddleRun *run, guint64 n_done)
{
  HeddleRunSnapshot snapshot;

  g_assert_true (heddle_run_wait (run, -1));
  g_assert_false (heddle_run_submit (run, NULL, NULL));
  heddle_run_get_snapshot (run, &snapshot);
  g_assert_cmpuint (snapshot.submitted, ==, n_done);
  g_assert_cmpuint (snapshot.done, ==, n_done);
  g_assert_false (snapshot.producing);
  heddle_run_unref (run);
  g_free (mailbox->result);
}

/* Each result comes before the next task is submitted: nothing else happens that could bring it. */
static void
each_result_comes_by_itself (gconstpointer data)
{
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, (HeddleBackend) GPOINTER_TO_INT (data));

  for (guint64 i = 1; i <= 20; i++)
    {
      guint64 id = 0;

      g_assert_true (heddle_run_submit (run, i % 2 == 0 ? "even" : NULL, &id));
      g_assert_cmpuint (id, ==, i);
      pthread_mutex_lock (&mailbox.lock);
      while (mailbox.id != id)
        pthread_cond_wait (&mailbox.came, &mailbox.lock);
      g_assert_cmpuint (g_ascii_strtoull (mailbox.result, NULL, 10), ==, id * id);
      pthread_mutex_unlock (&mailbox.lock);
    }
  heddle_run_close (run);
  heddle_run_close (run);
  end_run (&mailbox, run, 20);
}

static void
closing_ends_what_was_submitted (gconstpointer data)
{
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, (HeddleBackend) GPOINTER_TO_INT (data));

  for (guint i = 0; i < 50; i++)
    g_assert_true (heddle_run_submit (run, NULL, NULL));
  heddle_run_close (run);
  g_assert_false (heddle_run_submit (run, NULL, NULL));
  end_run (&mailbox, run, 50);
  g_assert_cmpuint (mailbox.n, ==, 50);
}

static void
stopping_ends_a_run_that_is_never_closed (gconstpointer data)
{
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, (HeddleBackend) GPOINTER_TO_INT (data));

  heddle_run_stop (run, HEDDLE_STOP_CANCEL);
  end_run (&mailbox, run, 0);
}

/* Of these each is a process, which starts ten times slower under a sanitizer. */
static guint
get_many (HeddleBackend backend)
{
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  if (backend == HEDDLE_BACKEND_PROCESS_PER_TASK)
    return 150;
#endif
  return 600;
}

/* More than a worker may be given at once, while the pool is busy with other things or sleeps. */
static void
tasks_come_while_workers_come_and_go (gconstpointer data)
{
  const guint n = get_many ((HeddleBackend) GPOINTER_TO_INT (data));
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, (HeddleBackend) GPOINTER_TO_INT (data));

  for (guint i = 0; i < n; i++)
    {
      if (i % 50 == 0)
        heddle_run_resize (run, 1 + i / 50 % 4);
      if (i % 120 == 60)
        heddle_run_pause (run);
      if (i % 120 == 90)
        heddle_run_resume (run);
      g_assert_true (heddle_run_submit (run, i % 7 == 0 ? "seven" : NULL, NULL));
      if (i % 16 == 0)
        g_thread_yield ();
    }
  heddle_run_resume (run);
  heddle_run_close (run);
  end_run (&mailbox, run, n);
  g_assert_cmpuint (mailbox.n, ==, n);
}

static void *
submit_until_closed (void *run)
{
  while (heddle_run_submit (run, NULL, NULL))
    ;
  return NULL;
}

/* What submitting wakes belongs to the pool, which goes at the end: also with a submit on its
 * way. */
static void
ends_while_tasks_are_submitted (gconstpointer data)
{
  HeddleBackend backend = (HeddleBackend) GPOINTER_TO_INT (data);

  for (guint round = 0; round < 20; round++)
    {
      Mailbox mailbox = { 0 };
      HeddleRun *run = start_run (&mailbox, backend);
      HeddleRunSnapshot snapshot;
      pthread_t thread;

      g_assert_cmpint (pthread_create (&thread, NULL, submit_until_closed, run), ==, 0);
      pthread_mutex_lock (&mailbox.lock);
      while (mailbox.n < 3)
        pthread_cond_wait (&mailbox.came, &mailbox.lock);
      pthread_mutex_unlock (&mailbox.lock);
      heddle_run_stop (run, HEDDLE_STOP_CANCEL);
      g_assert_true (heddle_run_wait (run, -1));
      pthread_join (thread, NULL);
      heddle_run_get_snapshot (run, &snapshot);
      g_assert_cmpuint (snapshot.submitted, ==, snapshot.done + snapshot.cancelled);
      g_assert_cmpuint (snapshot.submitted, ==, mailbox.n);
      heddle_run_unref (run);
      g_free (mailbox.result);
    }
}

static void
wait_for_result (Mailbox *mailbox, guint64 id)
{
  pthread_mutex_lock (&mailbox->lock);
  while (mailbox->id != id)
    pthread_cond_wait (&mailbox->came, &mailbox->lock);
  pthread_mutex_unlock (&mailbox->lock);
}

/* Without looking at the run, which would keep it awake. A test that never gets here runs into its
 * time limit. */
static gint64
wait_until_asleep (HeddleRun *run)
{
  while (!atomic_load (&run->collector->sleep.asleep))
    g_usleep (1000);
  return heddle_clock_monotonic_ns ();
}

/* The first sample after the beginning says that nothing has happened. It comes when the collector
 * is up. */
static void
check_nothing_happened (HeddleRun *run, gint64 begin)
{
  static const HeddleSeriesKind ids[] = { HEDDLE_SERIES_UTILISATION, HEDDLE_SERIES_THROUGHPUT,
                                          HEDDLE_SERIES_RUNNING, HEDDLE_SERIES_QUEUE };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      HeddleSeriesCell cell;

      do
        heddle_series_get_cells (heddle_run_get_series (run, ids[i]), begin, G_MAXINT64 / 2, &cell,
                                 1);
      while (cell.n_samples == 0);
      g_assert_cmpfloat (cell.min, ==, 0);
    }
}

static void
an_idle_run_sleeps_until_it_is_given_a_task (gconstpointer data)
{
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, (HeddleBackend) GPOINTER_TO_INT (data));

  for (guint64 id = 1; id <= 3; id++)
    {
      gint64 slept;

      do
        {
          slept = wait_until_asleep (run);
          g_usleep (150000); /* longer than from one sample to the next */
        }
      while (!atomic_load (&run->collector->sleep.asleep)); /* a worker may have been late */
      g_assert_true (heddle_run_submit (run, NULL, NULL));
      /* which only a collector brings that is awake, and may sleep again by now */
      wait_for_result (&mailbox, id);
      check_nothing_happened (run, slept);
    }
  heddle_run_close (run);
  end_run (&mailbox, run, 3);
}

static void
who_looks_wakes_an_idle_run (void)
{
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, HEDDLE_BACKEND_THREADS);
  HeddleSeries *series = heddle_run_get_series (run, HEDDLE_SERIES_UTILISATION);
  HeddleRunSnapshot before, snapshot;
  HeddleWorkerInfo worker;
  gint64 slept, last;
  double value;

  g_assert_true (heddle_run_submit (run, NULL, NULL));
  wait_for_result (&mailbox, 1);
  slept = wait_until_asleep (run);

  heddle_run_get_snapshot (run, &before);
  g_assert_cmpint (before.now_ns, >=, slept);
  g_assert_cmpint (before.elapsed_ns, ==, before.now_ns - before.started_ns);
  g_assert_cmpuint (before.done, ==, 1);
  g_assert_cmpuint (before.running + before.queue_length, ==, 0);
  do
    {
      g_usleep (1000);
      heddle_run_get_snapshot (run, &snapshot);
      g_assert_true (heddle_series_get_last (series, &last, &value));
      g_assert_cmpint (snapshot.now_ns, >=, before.now_ns);
    }
  while (snapshot.serial == before.serial || last < slept);
  g_assert_cmpfloat (value, ==, 0);

  wait_until_asleep (run);
  heddle_run_get_workers (run, &worker, 1);
  while (worker.alive_ns < slept - snapshot.started_ns)
    heddle_run_get_workers (run, &worker, 1);

  wait_until_asleep (run);
  heddle_run_close (run);
  end_run (&mailbox, run, 1);
}

static void
a_paused_run_sleeps_with_a_full_line (void)
{
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, HEDDLE_BACKEND_THREADS);
  double queued;
  gint64 time;

  wait_until_asleep (run);
  heddle_run_pause (run);
  while (heddle_run_get_state (run) != HEDDLE_RUN_PAUSED)
    g_usleep (1000);
  for (guint i = 0; i < 5; i++)
    g_assert_true (heddle_run_submit (run, NULL, NULL));
  wait_until_asleep (run);
  g_assert_true (
    heddle_series_get_last (heddle_run_get_series (run, HEDDLE_SERIES_QUEUE), &time, &queued));
  g_assert_cmpfloat (queued, ==, 5);
  heddle_run_resume (run);
  while (queued > 0)
    g_assert_true (
      heddle_series_get_last (heddle_run_get_series (run, HEDDLE_SERIES_QUEUE), &time, &queued));
  wait_until_asleep (run);
  heddle_run_close (run);
  end_run (&mailbox, run, 5);
}

int
main (int argc, char **argv)
{
  static const HeddleBackend backends[] = {
    HEDDLE_BACKEND_THREADS,
    HEDDLE_BACKEND_PROCESSES,
    HEDDLE_BACKEND_THREAD_PER_TASK,
    HEDDLE_BACKEND_PROCESS_PER_TASK,
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    {
      const char *id = heddle_backend_get_info (backends[i])->id;
      g_autofree char *each = g_strdup_printf ("/by-hand/%s/each-result-comes-by-itself", id);
      g_autofree char *closing =
        g_strdup_printf ("/by-hand/%s/closing-ends-what-was-submitted", id);
      g_autofree char *stopping =
        g_strdup_printf ("/by-hand/%s/stopping-ends-a-run-that-is-never-closed", id);

      g_autofree char *idle =
        g_strdup_printf ("/by-hand/%s/an-idle-run-sleeps-until-it-is-given-a-task", id);

      g_autofree char *going =
        g_strdup_printf ("/by-hand/%s/tasks-come-while-workers-come-and-go", id);

      g_autofree char *ending = g_strdup_printf ("/by-hand/%s/ends-while-tasks-are-submitted", id);

      g_test_add_data_func (ending, GINT_TO_POINTER (backends[i]), ends_while_tasks_are_submitted);
      g_test_add_data_func (going, GINT_TO_POINTER (backends[i]),
                            tasks_come_while_workers_come_and_go);
      g_test_add_data_func (idle, GINT_TO_POINTER (backends[i]),
                            an_idle_run_sleeps_until_it_is_given_a_task);
      g_test_add_data_func (each, GINT_TO_POINTER (backends[i]), each_result_comes_by_itself);
      g_test_add_data_func (closing, GINT_TO_POINTER (backends[i]),
                            closing_ends_what_was_submitted);
      g_test_add_data_func (stopping, GINT_TO_POINTER (backends[i]),
                            stopping_ends_a_run_that_is_never_closed);
    }
  g_test_add_func ("/by-hand/who-looks-wakes-an-idle-run", who_looks_wakes_an_idle_run);
  g_test_add_func ("/by-hand/a-paused-run-sleeps-with-a-full-line",
                   a_paused_run_sleeps_with_a_full_line);
  return g_test_run ();
}
