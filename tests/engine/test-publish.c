/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "engine/run/producer.h"
#include "engine/run/run.h"
#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"

/* Who reads a run's numbers waits for no text that is being made for them: the workload's label is
 * asked for, and does not come. */

static atomic_bool armed;
static atomic_bool let_go; /* the task may end */
static sem_t asked, answered;

static gpointer
open_nothing (const HeddleSettings *settings, GError **error)
{
  return g_new0 (char, 1);
}

static gboolean
produce_one (gpointer data, HeddleProducer *producer, GError **error)
{
  heddle_producer_submit_range (producer, 1);
  return TRUE;
}

static void
hold (gpointer data, HeddleTask *task)
{
  while (!atomic_load (&let_go) && heddle_task_sleep (task, 1000000))
    ;
}

static void
label_late (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, "the one");
  if (!atomic_exchange (&armed, FALSE))
    return;
  sem_post (&asked);
  sem_wait (&answered);
}

static const HeddleWorkload workload = {
  .id = "late-label",
  .backends = HEDDLE_BACKENDS_ALL,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .open = open_nothing,
  .close = g_free,
  .produce = produce_one,
  .execute = hold,
  .label = label_late,
};

typedef struct {
  HeddleRun *run;
  sem_t done;
} Reader;

static void *
read_all (void *data)
{
  Reader *self = data;
  HeddleRunSnapshot snapshot;
  HeddleWorkerInfo workers[4];
  HeddleWatch watches[HEDDLE_MAX_WATCHES];
  HeddleHistogram times;

  heddle_run_get_snapshot (self->run, &snapshot);
  heddle_run_get_workers (self->run, workers, G_N_ELEMENTS (workers));
  heddle_run_get_watches (self->run, watches, G_N_ELEMENTS (watches));
  heddle_run_get_task_times (self->run, &times);
  heddle_run_get_state (self->run);
  sem_post (&self->done);
  return NULL;
}

static void
readers_wait_for_no_text (void)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  HeddleWorkerInfo worker;
  struct timespec until;
  Reader reader;
  pthread_t thread;
  int code;

  sem_init (&asked, 0, 0);
  sem_init (&answered, 0, 0);
  sem_init (&reader.done, 0, 0);
  heddle_run_options_init (&options, &workload);
  options.workers = 1;
  options.result_budget = 0;
  reader.run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  heddle_run_start (reader.run, &error);
  g_assert_no_error (error);
  do
    {
      sched_yield ();
      code = (int) heddle_run_get_workers (reader.run, &worker, 1);
    }
  while (code == 0 || worker.task != 1);

  /* the only text there is from here on is that of the task in the worker's hand */
  atomic_store (&armed, TRUE);
  sem_wait (&asked);
  g_assert_cmpint (pthread_create (&thread, NULL, read_all, &reader), ==, 0);
  clock_gettime (CLOCK_REALTIME, &until);
  until.tv_sec += 60;
  code = sem_timedwait (&reader.done, &until);
  sem_post (&answered);
  pthread_join (thread, NULL);
  g_assert_cmpint (code, ==, 0);

  atomic_store (&let_go, TRUE);
  g_assert_true (heddle_run_wait (reader.run, -1));
  g_assert_cmpuint (heddle_run_get_workers (reader.run, &worker, 1), ==, 1);
  g_assert_cmpuint (worker.tasks, ==, 1);
  heddle_run_unref (reader.run);
  sem_destroy (&reader.done);
}

int
main (int argc, char **argv)
{
  heddle_clock_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/publish/readers-wait-for-no-text", readers_wait_for_no_text);
  return g_test_run ();
}
