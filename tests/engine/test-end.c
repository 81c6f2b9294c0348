/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The end of a run. The linker puts poll() of this file between the collector and the C library, so
 * that the collector never wakes because time has passed: a run that ends all the same was woken by
 * the end of its last task. And what the run says of itself then is counted once more.
 */
#include "config.h"

#include <locale.h>
#include <poll.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "engine/run/run-private.h"
#include "test-harness.h"
#include "engine/model/backend.h"
#include "engine/run/producer.h"
#include "engine/task/task.h"
#include "trace/clock.h"

#define FEW_ROUNDS 4
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define ROUNDS FEW_ROUNDS
#else
#define ROUNDS 20
#endif

int __real_poll (struct pollfd *fds, nfds_t n_fds, int timeout);
int __wrap_poll (struct pollfd *fds, nfds_t n_fds, int timeout);

static atomic_bool time_stands_still; /* main thread stores, the collector's loads */
static atomic_uint n_endless; /* sleeps that no time ends, since then */

int
__wrap_poll (struct pollfd *fds, nfds_t n_fds, int timeout)
{
  if (timeout <= 0 || !atomic_load (&time_stands_still))
    return __real_poll (fds, n_fds, timeout);
  atomic_fetch_add (&n_endless, 1);
  return __real_poll (fds, n_fds, -1);
}

static void
stop_time (gboolean stop)
{
  atomic_store (&n_endless, 0);
  atomic_store (&time_stands_still, stop);
}

static gboolean
is_loop (const TestRun *run)
{
  return heddle_backend_get_info (run->options.backend)->is_loop;
}

static void
play (TestRun *run)
{
  test_run_start (run);
  while (is_loop (run) && !heddle_run_wait (run->run, 0))
    g_main_context_iteration (NULL, FALSE);
  test_run_finish (run);
}

typedef struct {
  const char *workload;
  HeddleBackend backend;
} Kind;

static TestRun *
new_run (const Kind *kind, guint64 n_tasks, guint n_workers)
{
  TestRun *run = test_run_new (kind->workload, n_tasks, NULL);

  run->options.backend = kind->backend;
  run->options.workers = n_workers;
  return run;
}

/* Nobody looks at the run meanwhile, which would wake it. */
static void
last_task_wakes (gconstpointer data)
{
  static const guint64 n_tasks[] = { 0, 1, 2, 3, 100 };
  const Kind *kind = data;
  /* a process a task: each costs as much as a run of the others */
  guint n_rounds = kind->backend == HEDDLE_BACKEND_PROCESS_PER_TASK ? FEW_ROUNDS : ROUNDS;

  stop_time (TRUE);
  for (guint round = 0; round < n_rounds; round++)
    for (guint i = 0; i < G_N_ELEMENTS (n_tasks); i++)
      {
        TestRun *run = new_run (kind, n_tasks[i], 1 + round % 3);

        run->options.queue = round % 2 == 0 ? 64 : 1;
        play (run);
        g_assert_cmpuint (test_run_snapshot (run).done, ==, n_tasks[i]);
        test_run_free (run);
      }
  stop_time (FALSE);
}

/* Tasks in threads of this program that the test lets go one by one. */
#define N_HELD 64
/* Of shorter tasks a worker takes several at once, and has those in hand that the other one is to
 * have. */
#define LONG_NS 200000

static struct {
  guint n;
  guint chained;          /* from the second task on each lets the next one go, up to this one */
  sem_t entered;
  sem_t open[N_HELD + 1]; /* by id */
} held;

static gpointer
open_held (const HeddleSettings *settings, GError **error)
{
  return &held;
}

static void
close_held (gpointer data)
{
}

static gboolean
produce_held (gpointer data, HeddleProducer *producer, GError **error)
{
  return heddle_producer_submit_range (producer, held.n);
}

static void
execute_held (gpointer data, HeddleTask *task)
{
  gint64 until = heddle_clock_monotonic_ns () + LONG_NS;
  guint64 id = heddle_task_get_id (task);

  sem_post (&held.entered);
  while (sem_wait (&held.open[id]) != 0)
    ;
  while (heddle_clock_monotonic_ns () < until)
    ;
  if (id > 1 && id < held.chained)
    sem_post (&held.open[id + 1]);
}

static const HeddleWorkload held_workload = {
  .id = "held", .name = "Held", .summary = "-", .about = "-", .backends = HEDDLE_BACKENDS_ALL,
  .open = open_held, .close = close_held, .produce = produce_held, .execute = execute_held,
};

static HeddleRun *
start_held (guint n_tasks, guint n_workers, guint chained, HeddleRunHooks hooks)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&held_workload);
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  HeddleRun *run;

  held.n = n_tasks;
  held.chained = chained;
  sem_init (&held.entered, 0, 0);
  for (guint i = 1; i <= n_tasks; i++)
    sem_init (&held.open[i], 0, 0);
  heddle_run_options_init (&options, &held_workload);
  options.backend = HEDDLE_BACKEND_THREADS;
  options.workers = n_workers;
  options.hooks = hooks;
  options.queue = 1;
  run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  g_assert_true (heddle_run_start (run, &error));
  return run;
}

static guint
count_present (HeddleRun *run)
{
  HeddleRunSnapshot snapshot;

  heddle_run_get_snapshot (run, &snapshot);
  return snapshot.n_workers;
}

static guint64
count_done (HeddleRun *run)
{
  HeddleRunSnapshot snapshot;

  heddle_run_get_snapshot (run, &snapshot);
  return snapshot.done;
}

/* Which task the worker has in hand, 0: none yet. */
static guint64
task_of (HeddleRun *run, guint worker)
{
  HeddleWorkerInfo workers[N_HELD];
  guint n = heddle_run_get_workers (run, workers, N_HELD);

  return n >= worker ? workers[worker - 1].task : 0;
}

static void
finish_held (HeddleRun *run)
{
  g_assert_true (heddle_run_wait (run, 60 * G_GINT64_CONSTANT (1000000000)));
  heddle_run_unref (run);
  for (guint i = 1; i <= held.n; i++)
    sem_destroy (&held.open[i]);
  sem_destroy (&held.entered);
}

static void
wait_for_entered (guint n)
{
  while (n > 0)
    if (sem_wait (&held.entered) == 0)
      n--;
}

static struct {
  sem_t first;  /* the first row has come; the hook waits */
  sem_t go_on;
  guint n_rows;
  atomic_uint n_handed_out; /* the hook stores, after the row */
  gint64 finished_ns[N_HELD];
} rows;

/* Collector's thread. */
static void
on_row (const HeddleRow *row, gpointer data)
{
  rows.finished_ns[rows.n_rows++] = row->finished_ns;
  atomic_store (&rows.n_handed_out, rows.n_rows);
  if (rows.n_rows > 1)
    return;
  sem_post (&rows.first);
  while (sem_wait (&rows.go_on) != 0)
    ;
}

/*
 * While the collector stands still in the hook for the first row, two workers execute tasks by
 * turns. That all these have told their ends is known when each of the workers has the next task in
 * hand. The order of the rows is then that of finishing and not worker by worker.
 */
static void
rows_come_in_the_order_of_finishing (void)
{
  const guint n = N_HELD - 2;
  HeddleRun *run;

  sem_init (&rows.first, 0, 0);
  sem_init (&rows.go_on, 0, 0);
  rows.n_rows = 0;
  run = start_held (N_HELD, 2, n, (HeddleRunHooks) { .row = on_row });
  wait_for_entered (2); /* both workers are there: none is born while the hook waits */
  sem_post (&held.open[1]);
  while (sem_wait (&rows.first) != 0)
    ;
  sem_post (&held.open[2]);
  wait_for_entered (N_HELD - 2);
  sem_post (&rows.go_on);
  test_wait_until (atomic_load (&rows.n_handed_out) == n);
  for (guint i = 1; i < n; i++)
    g_assert_cmpint (rows.finished_ns[i - 1], <=, rows.finished_ns[i]);
  sem_post (&held.open[N_HELD - 1]);
  sem_post (&held.open[N_HELD]);
  finish_held (run);
  sem_destroy (&rows.first);
  sem_destroy (&rows.go_on);
}

/* A worker that is to leave asks for no other task after its last one, so it is its leaving that
 * wakes. */
static void
last_task_of_a_worker_that_leaves_wakes (void)
{
  HeddleRun *run = start_held (2, 2, 0, (HeddleRunHooks) { 0 });

  test_wait_until (task_of (run, 1) != 0 && task_of (run, 2) != 0);
  sem_post (&held.open[task_of (run, 1)]);
  test_wait_until (count_done (run) == 1);
  heddle_run_resize (run, 1);
  stop_time (TRUE);
  test_wait_until (atomic_load (&n_endless) > 0); /* after the sleep that it was in */
  sem_post (&held.open[task_of (run, 2)]);
  finish_held (run);
  stop_time (FALSE);
}

/* The first number of workers counts until the run was set to another, and that from then on. */
static void
utilisation_knows_when_the_number_changed (void)
{
  HeddleRun *run = start_held (3, 1, 0, (HeddleRunHooks) { 0 });
  gint64 before, after;
  HeddleRunSnapshot snapshot;
  HeddleWorkerInfo workers[N_HELD];
  double busy = 0, most, least, end;

  test_wait_until (task_of (run, 1) == 1);
  before = heddle_clock_monotonic_ns ();
  heddle_run_resize (run, 3);
  test_wait_until (count_present (run) == 3);
  after = heddle_clock_monotonic_ns ();
  for (guint i = 1; i <= 3; i++)
    sem_post (&held.open[i]);
  g_assert_true (heddle_run_wait (run, 60 * G_GINT64_CONSTANT (1000000000)));
  heddle_run_get_snapshot (run, &snapshot);
  g_assert_cmpuint (heddle_run_get_workers (run, workers, N_HELD), ==, 3);
  for (guint i = 0; i < 3; i++)
    busy += (double) workers[i].busy_ns;
  end = (double) (snapshot.started_ns + snapshot.elapsed_ns);
  most = (double) (before - snapshot.started_ns) + 3 * (end - (double) before);
  least = (double) (after - snapshot.started_ns) + 3 * (end - (double) after);
  g_assert_cmpfloat (snapshot.utilisation, >=, busy / most - 1e-9);
  g_assert_cmpfloat (snapshot.utilisation, <=, busy / least + 1e-9);
  finish_held (run);
}

/* As long as the run was set to so many workers, so often its time counts. */
static void
utilisation_is_of_the_workers_wanted (gconstpointer data)
{
  const Kind *kind = data;

  for (guint n_workers = 1; n_workers <= 4; n_workers++)
    {
      TestRun *run = new_run (kind, 50, n_workers);
      HeddleRunSnapshot snapshot;
      double slots;

      play (run);
      snapshot = test_run_snapshot (run);
      g_assert_cmpuint (snapshot.n_workers_target, ==, is_loop (run) ? 1 : n_workers);
      slots = (double) snapshot.elapsed_ns * snapshot.n_workers_target;
      g_assert_cmpfloat_with_epsilon (snapshot.utilisation, (double) run->busy_ns / slots, 1e-9);
      g_assert_cmpfloat_with_epsilon (snapshot.rate, 50e9 / (double) snapshot.elapsed_ns,
                                      1e-6 * snapshot.rate);
      test_run_free (run);
    }
}

/*
 * The clock of a run that sleeps is that of whoever asks for it; the time of one that is over is
 * said once, also to somebody who looked at it asleep and asks for the numbers after its end.
 */
static void
time_of_what_is_over_stands_still (void)
{
  for (guint i = 0; i < ROUNDS; i++)
    {
      TestRun *run = test_run_new ("double", i % 2, NULL);
      HeddleRunSnapshot first, second;

      run->options.backend = HEDDLE_BACKEND_THREADS;
      play (run);
      g_assert_false (atomic_load (&run->run->collector->sleep.asleep));
      first = test_run_snapshot (run);
      atomic_store (&run->run->collector->sleep.asleep, TRUE);
      second = test_run_snapshot (run);
      g_assert_cmpint (second.elapsed_ns, ==, first.elapsed_ns);
      test_run_free (run);
    }
}

static const Kind kinds[] = {
  { "double", HEDDLE_BACKEND_THREADS },       { "double", HEDDLE_BACKEND_PROCESSES },          { "double", HEDDLE_BACKEND_MAIN_LOOP },
  { "pid-isolated", HEDDLE_BACKEND_THREADS },   { "double", HEDDLE_BACKEND_MAIN_LOOP_BLOCKING }, { "double", HEDDLE_BACKEND_THREAD_PER_TASK },
  { "double", HEDDLE_BACKEND_PROCESS_PER_TASK },
};

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_main_context_iteration (NULL, FALSE); /* its files are open from here on */
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const char *id = heddle_backend_get_info (kinds[i].backend)->id;
      g_autofree char *wakes =
        g_strdup_printf ("/end/last-task-wakes/%s/%s", id, kinds[i].workload);
      g_autofree char *utilisation =
        g_strdup_printf ("/end/utilisation-is-of-the-workers-wanted/%s/%s", id, kinds[i].workload);

      g_test_add_data_func (wakes, &kinds[i], last_task_wakes);
      g_test_add_data_func (utilisation, &kinds[i], utilisation_is_of_the_workers_wanted);
    }
  g_test_add_func ("/end/last-task-of-a-worker-that-leaves-wakes",
                   last_task_of_a_worker_that_leaves_wakes);
  g_test_add_func ("/end/rows-come-in-the-order-of-finishing", rows_come_in_the_order_of_finishing);
  g_test_add_func ("/end/time-of-what-is-over-stands-still", time_of_what_is_over_stands_still);
  g_test_add_func ("/end/utilisation-knows-when-the-number-changed",
                   utilisation_knows_when_the_number_changed);
  return g_test_run ();
}
