/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "engine/model/backend.h"
#include "engine/run/producer.h"
#include "engine/run/run.h"
#include "engine/task/task.h"
#include "trace/clock.h"

/* The plain build does it all; under a sanitizer, which is ten times slower, less of the same shows
 * as much. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define MANY_TASKS 10000
#define MANY_THREADS 2000
#define N_RANDOM_USERS 6
#else
#define MANY_TASKS 100000
#define MANY_THREADS 20000
#define N_RANDOM_USERS 25
#endif

/*
 * A workload of the test: n tasks, of which every fail_every-th fails (while its attempt is below
 * good_attempt), and which wait at a gate where there is one. The settings are globals: tests run
 * one after another.
 */
static struct {
  guint64 n;
  guint fail_every;
  guint good_attempt;
  gboolean gate;
  gboolean inputs;
  gint64 sleep_ns;
  sem_t entered;
  sem_t open;
} plan;

static gpointer
plan_open (const HeddleSettings *settings, GError **error)
{
  return &plan;
}

static void
plan_close (gpointer data)
{
}

static gboolean
plan_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  heddle_producer_set_total (producer, plan.n);
  if (!plan.inputs)
    {
      heddle_producer_submit_range (producer, plan.n);
      return TRUE;
    }
  for (guint64 i = 1; i <= plan.n; i++)
    {
      char text[32];

      g_snprintf (text, sizeof text, "input %" G_GUINT64_FORMAT, i);
      if (!heddle_producer_submit (producer, text, -1))
        break;
    }
  return TRUE;
}

static void
plan_execute (gpointer data, HeddleTask *task)
{
  guint64 id = heddle_task_get_id (task);

  if (plan.gate)
    {
      sem_post (&plan.entered);
      sem_wait (&plan.open);
    }
  if (plan.sleep_ns > 0 && !heddle_task_sleep (task, plan.sleep_ns))
    return;
  if (plan.fail_every != 0 && id % plan.fail_every == 0
      && (plan.good_attempt == 0 || heddle_task_get_attempt (task) < plan.good_attempt))
    heddle_task_fail (task, "number %" G_GUINT64_FORMAT " fails", id);
  else
    heddle_task_return_number (task, id * 2);
}

static void
plan_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, "double of %" G_GUINT64_FORMAT, id);
}

static const HeddleWorkload plan_workload = {
  .id = "plan",
  .name = "Plan",
  .summary = "-",
  .about = "-",
  .backends = HEDDLE_BACKENDS_ALL | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_COMMANDS),
  .default_queue = 64,
  .open = plan_open,
  .close = plan_close,
  .produce = plan_produce,
  .execute = plan_execute,
  .label = plan_label,
};

/* Rows as they are handed out: each task must come once. */
typedef struct {
  guint8 *ends;
  guint64 n;
  guint64 by_state[HEDDLE_N_TASK_STATES];
  guint max_attempt;
} Tally;

static void
tally_row (const HeddleRow *row, gpointer data)
{
  Tally *tally = data;

  g_assert_cmpuint (row->id, >=, 1);
  g_assert_cmpuint (row->id, <=, plan.n);
  tally->ends[row->id]++;
  tally->by_state[row->state]++;
  tally->n++;
  tally->max_attempt = MAX (tally->max_attempt, row->attempt);
  if (row->state == HEDDLE_TASK_DONE)
    {
      g_assert_cmpuint (g_ascii_strtoull (row->result, NULL, 10), ==, row->id * 2);
      g_assert_cmpint (row->queued_ns, <=, row->started_ns);
      g_assert_cmpint (row->started_ns, <=, row->finished_ns);
    }
  if (row->state == HEDDLE_TASK_FAILED)
    g_assert_nonnull (row->error);
}

typedef struct {
  HeddleRun *run;
  Tally tally;
  pthread_t watcher;
  atomic_bool stop;
  guint64 n_snapshots;
} Fixture;

static void
check_snapshot (const HeddleRunSnapshot *s)
{
  g_assert_cmpuint (s->submitted, ==,
                    s->queued + s->running + s->done + s->failed + s->cancelled + s->lost);
}

/* Looks at snapshots all the time: the rule of accounting holds in every one. */
static void *
watch (void *data)
{
  Fixture *fixture = data;
  HeddleRunSnapshot snapshot;
  guint64 serial = 0;

  gboolean last;

  /* once more at the end: this thread may have come to no processor before */
  do
    {
      last = atomic_load (&fixture->stop);
      heddle_run_get_snapshot (fixture->run, &snapshot);
      check_snapshot (&snapshot);
      g_assert_cmpuint (snapshot.serial, >=, serial);
      fixture->n_snapshots += snapshot.serial != serial;
      serial = snapshot.serial;
      sched_yield ();
    }
  while (!last);
  return NULL;
}

static void
begin (Fixture *fixture, HeddleBackend backend, guint workers, guint queue, guint retries)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&plan_workload);
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;

  memset (fixture, 0, sizeof *fixture);
  fixture->tally.ends = g_malloc0 (plan.n + 1);
  heddle_run_options_init (&options, &plan_workload);
  options.backend = backend;
  options.workers = workers;
  options.queue = queue;
  options.retries = retries;
  options.retry_delay = 0;
  options.hooks.row = tally_row;
  options.hooks_data = &fixture->tally;
  fixture->run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  pthread_create (&fixture->watcher, NULL, watch, fixture);
  g_assert_true (heddle_run_start (fixture->run, &error));
  g_assert_no_error (error);
}

static void
end (Fixture *fixture, HeddleRunSnapshot *snapshot)
{
  if (heddle_run_get_options (fixture->run)->backend == HEDDLE_BACKEND_MAIN_LOOP
      || heddle_run_get_options (fixture->run)->backend == HEDDLE_BACKEND_MAIN_LOOP_BLOCKING)
    while (heddle_run_get_state (fixture->run) != HEDDLE_RUN_FINISHED)
      g_main_context_iteration (NULL, FALSE);
  g_assert_true (heddle_run_wait (fixture->run, G_GINT64_CONSTANT (120000000000)));
  atomic_store (&fixture->stop, TRUE);
  pthread_join (fixture->watcher, NULL);
  heddle_run_get_snapshot (fixture->run, snapshot);
  check_snapshot (snapshot);
  g_assert_cmpuint (snapshot->running, ==, 0);
  g_assert_cmpuint (snapshot->queued, ==, 0);
  g_assert_cmpuint (snapshot->n_workers, ==, 0);
  g_assert_cmpuint (fixture->tally.n, ==, snapshot->submitted);
  g_assert_cmpuint (fixture->tally.by_state[HEDDLE_TASK_DONE], ==, snapshot->done);
  g_assert_cmpuint (fixture->tally.by_state[HEDDLE_TASK_FAILED], ==, snapshot->failed);
  g_assert_cmpuint (fixture->tally.by_state[HEDDLE_TASK_CANCELLED], ==, snapshot->cancelled);
  g_assert_cmpuint (fixture->tally.by_state[HEDDLE_TASK_LOST], ==, snapshot->lost);
  for (guint64 i = 1; i <= plan.n; i++)
    g_assert_cmpuint (fixture->tally.ends[i], ==, i <= snapshot->submitted ? 1 : 0);
  heddle_run_unref (fixture->run);
  g_free (fixture->tally.ends);
}

static void
test_many_tasks (gconstpointer data)
{
  HeddleBackend backend = GPOINTER_TO_UINT (data);
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  memset (&plan, 0, sizeof plan);
  plan.n = heddle_backend_get_info (backend)->is_per_task ? MANY_THREADS : MANY_TASKS;
  plan.fail_every = 1000;
  begin (&fixture, backend, 4, 256, 0);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.submitted, ==, plan.n);
  g_assert_cmpuint (snapshot.done, ==, plan.n - plan.n / 1000);
  g_assert_cmpuint (snapshot.failed, ==, plan.n / 1000);
  g_assert_cmpuint (snapshot.dropped_events, ==, 0);
  g_assert_cmpuint (fixture.n_snapshots, >, 0);
}

static void
test_inputs_and_tiny_queue (void)
{
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  memset (&plan, 0, sizeof plan);
  plan.n = 2000;
  plan.inputs = TRUE;
  begin (&fixture, HEDDLE_BACKEND_THREADS, 3, 1, 0);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, plan.n);
}

static void
test_no_tasks (void)
{
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  memset (&plan, 0, sizeof plan);
  begin (&fixture, HEDDLE_BACKEND_THREADS, 4, 8, 0);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.submitted, ==, 0);
}

static void
test_retry_succeeds (void)
{
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  memset (&plan, 0, sizeof plan);
  plan.n = 1000;
  plan.fail_every = 10;
  plan.good_attempt = 3;
  plan.inputs = TRUE;
  begin (&fixture, HEDDLE_BACKEND_THREADS, 4, 16, 2);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, 1000);
  g_assert_cmpuint (snapshot.retried, ==, 200);
  g_assert_cmpuint (fixture.tally.max_attempt, ==, 3);
}

static void
test_retries_run_out (void)
{
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  memset (&plan, 0, sizeof plan);
  plan.n = 100;
  plan.fail_every = 10;
  begin (&fixture, HEDDLE_BACKEND_THREADS, 2, 16, 2);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, 90);
  g_assert_cmpuint (snapshot.failed, ==, 10);
  g_assert_cmpuint (snapshot.retried, ==, 20);
}

static void
open_gate (guint n)
{
  for (guint i = 0; i < n; i++)
    sem_post (&plan.open);
}

static void
start_gated (Fixture *fixture, guint64 n, guint workers)
{
  memset (&plan, 0, sizeof plan);
  plan.n = n;
  plan.gate = TRUE;
  sem_init (&plan.entered, 0, 0);
  sem_init (&plan.open, 0, 0);
  begin (fixture, HEDDLE_BACKEND_THREADS, workers, 16, 0);
  for (guint i = 0; i < workers; i++)
    sem_wait (&plan.entered);
}

static void
wait_until (HeddleRun *run, gboolean (*holds) (const HeddleRunSnapshot *))
{
  HeddleRunSnapshot snapshot;

  do
    {
      sched_yield ();
      heddle_run_get_snapshot (run, &snapshot);
    }
  while (!holds (&snapshot));
}

static gboolean
is_paused (const HeddleRunSnapshot *s)
{
  return s->state == HEDDLE_RUN_PAUSED;
}

static gboolean
two_done_none_running (const HeddleRunSnapshot *s)
{
  return s->done == 2 && s->running == 0;
}

static void
test_pause_holds_tasks_back (void)
{
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  start_gated (&fixture, 10, 2);
  heddle_run_pause (fixture.run);
  wait_until (fixture.run, is_paused);
  open_gate (10); /* enough for all: only the two in hand may end */
  wait_until (fixture.run, two_done_none_running);
  g_assert_cmpint (sem_trywait (&plan.entered), ==, -1);
  heddle_run_resume (fixture.run);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, 10);
}

static gboolean
eight_cancelled (const HeddleRunSnapshot *s)
{
  return s->cancelled == 8;
}

static void
test_cancel_takes_queued_back (void)
{
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  start_gated (&fixture, 10, 2);
  heddle_run_stop (fixture.run, HEDDLE_STOP_CANCEL);
  wait_until (fixture.run, eight_cancelled);
  open_gate (2);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, 2);
  g_assert_cmpuint (snapshot.cancelled, ==, 8);
}

static void
test_drain_ends_what_is_queued (void)
{
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  start_gated (&fixture, 1000000, 2);
  heddle_run_stop (fixture.run, HEDDLE_STOP_DRAIN);
  heddle_run_stop (fixture.run, HEDDLE_STOP_DRAIN);
  open_gate (64);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.cancelled, ==, 0);
  g_assert_cmpuint (snapshot.done, ==, snapshot.submitted);
  g_assert_cmpuint (snapshot.submitted, <=, 18); /* the queue and the two in hand */
}

static void
test_cancel_wakes_sleepers (void)
{
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  memset (&plan, 0, sizeof plan);
  plan.n = 4;
  /* an hour: the test ends only if cancelling wakes */
  plan.sleep_ns = G_GINT64_CONSTANT (3600000000000);
  begin (&fixture, HEDDLE_BACKEND_THREADS, 4, 8, 0);
  heddle_run_stop (fixture.run, HEDDLE_STOP_CANCEL);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, 0);
  g_assert_cmpuint (snapshot.cancelled, ==, snapshot.submitted);
}

static gboolean
five_alive (const HeddleRunSnapshot *s)
{
  return s->n_workers == 5;
}

static void
test_resize_grows_and_drains (void)
{
  HeddleRunSnapshot snapshot;
  Fixture fixture;

  start_gated (&fixture, 1000000, 2);
  heddle_run_resize (fixture.run, 5);
  wait_until (fixture.run, five_alive);
  for (guint i = 0; i < 3; i++)
    sem_wait (&plan.entered);
  heddle_run_resize (fixture.run, 1);
  open_gate (5);
  /* a surplus worker may have taken one more task before it was told: let tasks pass until only one
   * worker is left */
  do
    {
      if (sem_trywait (&plan.entered) == 0)
        open_gate (1);
      sched_yield ();
      heddle_run_get_snapshot (fixture.run, &snapshot);
    }
  while (snapshot.n_workers > 1);
  heddle_run_stop (fixture.run, HEDDLE_STOP_DRAIN);
  open_gate (100);
  end (&fixture, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, snapshot.submitted);
}

/* Everything a user can do, in any order: whatever happens, the sums are right and the run ends. */
static void
test_random_user (gconstpointer data)
{
  HeddleBackend backend = GPOINTER_TO_UINT (data);

  for (guint round = 0; round < N_RANDOM_USERS; round++)
    {
      HeddleRunSnapshot snapshot;
      Fixture fixture;

      memset (&plan, 0, sizeof plan);
      plan.n = (guint64) g_test_rand_int_range (
        0, heddle_backend_get_info (backend)->is_per_task ? MIN (MANY_THREADS, 4000) : 20000);
      plan.fail_every = (guint) g_test_rand_int_range (0, 50);
      plan.inputs = g_test_rand_bit ();
      begin (&fixture, backend, (guint) g_test_rand_int_range (1, 9),
             (guint) g_test_rand_int_range (1, 300), (guint) g_test_rand_int_range (0, 3));
      for (guint i = 0, n = (guint) g_test_rand_int_range (0, 30); i < n; i++)
        switch (g_test_rand_int_range (0, 8))
          {
          case 0: heddle_run_pause (fixture.run); break;
          case 1: heddle_run_resume (fixture.run); break;
          case 2: heddle_run_resize (fixture.run, (guint) g_test_rand_int_range (1, 12)); break;
          case 3:
            if (i > 20)
              heddle_run_stop (fixture.run, (HeddleStopPolicy) g_test_rand_int_range (0, 3));
            break;
          default:
            for (guint j = 0; j < 100; j++)
              sched_yield ();
          }
      heddle_run_resume (fixture.run);
      if (g_test_rand_bit ())
        heddle_run_stop (fixture.run, HEDDLE_STOP_CANCEL);
      end (&fixture, &snapshot);
    }
}

static void
test_options_are_checked (void)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&plan_workload);
  HeddleRunOptions options;
  GError *error = NULL;

  heddle_run_options_init (&options, &plan_workload);
  options.workers = 0;
  g_assert_null (heddle_run_new (settings, &options, &error));
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
  g_clear_error (&error);
  options.workers = 1;
  options.queue = 0;
  g_assert_null (heddle_run_new (settings, &options, &error));
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
  g_clear_error (&error);
}

static void
test_lanes_and_series_are_filled (void)
{
  HeddleRunSnapshot snapshot;
  HeddleLaneInfo info;
  HeddleHistogram times;
  Fixture fixture;
  HeddleRun *run;
  guint64 spans = 0;

  memset (&plan, 0, sizeof plan);
  plan.n = 5000;
  begin (&fixture, HEDDLE_BACKEND_THREADS, 4, 64, 0);
  run = heddle_run_ref (fixture.run);
  end (&fixture, &snapshot);
  for (guint i = 0; i < heddle_lane_store_get_totals (heddle_run_get_lanes (run)).n_lanes; i++)
    {
      g_assert_true (heddle_lane_store_get_info (heddle_run_get_lanes (run), i, &info));
      g_assert_false (info.open);
      g_assert_cmpint (info.died, >, 0);
      spans += info.n_spans;
    }
  g_assert_cmpuint (spans, ==, plan.n);
  heddle_run_get_task_times (run, &times);
  g_assert_cmpuint (times.count, ==, plan.n);
  for (guint i = 0; i < HEDDLE_N_SERIES; i++)
    g_assert_cmpuint (heddle_series_get_length (heddle_run_get_series (run, i)), >, 0);
  g_assert_cmpuint (heddle_results_get_length (heddle_run_get_results (run)), ==, plan.n);
  heddle_run_unref (run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
    {
      const HeddleBackendInfo *info = heddle_backend_get_info (i);
      g_autofree char *all = g_strdup_printf ("/run/%s/many-tasks", info->id);
      g_autofree char *any = g_strdup_printf ("/run/%s/random-user", info->id);

      /* other processes do not have the plan of these tests; test-any-order.c has them all */
      if (info->is_process)
        continue;
      g_test_add_data_func (all, GUINT_TO_POINTER (i), test_many_tasks);
      g_test_add_data_func (any, GUINT_TO_POINTER (i), test_random_user);
    }
  g_test_add_func ("/run/inputs-and-tiny-queue", test_inputs_and_tiny_queue);
  g_test_add_func ("/run/no-tasks", test_no_tasks);
  g_test_add_func ("/run/retry-succeeds", test_retry_succeeds);
  g_test_add_func ("/run/retries-run-out", test_retries_run_out);
  g_test_add_func ("/run/pause-holds-tasks-back", test_pause_holds_tasks_back);
  g_test_add_func ("/run/cancel-takes-queued-back", test_cancel_takes_queued_back);
  g_test_add_func ("/run/drain-ends-what-is-queued", test_drain_ends_what_is_queued);
  g_test_add_func ("/run/cancel-wakes-sleepers", test_cancel_wakes_sleepers);
  g_test_add_func ("/run/resize-grows-and-drains", test_resize_grows_and_drains);
  g_test_add_func ("/run/options-are-checked", test_options_are_checked);
  g_test_add_func ("/run/lanes-and-series-are-filled", test_lanes_and_series_are_filled);
  return g_test_run ();
}
