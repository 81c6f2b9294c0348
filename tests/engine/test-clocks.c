/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "engine/collect/validate.h"
#include "engine/run/run-private.h"
#include "trace/clock.h"
#include "workloads/list.h"

/* Who sets the machine's clock changes no wait: the linker puts the function below between the
 * engine and the C library. */

#define HOUR 3600

int __real_clock_gettime (clockid_t clock, struct timespec *time);
int __wrap_clock_gettime (clockid_t clock, struct timespec *time);

/* While the machine sleeps, its clock stands still, and afterwards it lags behind; the counter of
 * the processor knows nothing of it. */
static _Atomic gint64 frozen_ns; /* 0: it runs */
static _Atomic gint64 lag_ns;

static _Thread_local gboolean is_waiter;
static atomic_bool armed;
static sem_t asked; /* the waiting thread has asked for the time */
static _Atomic gint64 set_by; /* seconds by which the machine's clock is wrong */

int
__wrap_clock_gettime (clockid_t clock, struct timespec *time)
{
  int code = __real_clock_gettime (clock, time);

  if (clock == CLOCK_REALTIME)
    time->tv_sec += atomic_load (&set_by);
  if (clock == CLOCK_MONOTONIC)
    {
      gint64 frozen = atomic_load (&frozen_ns);
      gint64 now = frozen != 0
        ? frozen
        : (gint64) time->tv_sec * 1000000000 + time->tv_nsec - atomic_load (&lag_ns);

      time->tv_sec = now / 1000000000;
      time->tv_nsec = now % 1000000000;
    }
  if (is_waiter && atomic_exchange (&armed, FALSE))
    sem_post (&asked);
  return code;
}

static HeddleRun *
start_run (void)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (heddle_workloads_find ("squares"));
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  HeddleRun *run;

  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = HEDDLE_BACKEND_THREADS;
  options.workers = 1;
  options.manual = TRUE; /* ends when it is closed */
  run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  heddle_run_start (run, &error);
  g_assert_no_error (error);
  return run;
}

static void *
close_once_asked (void *run)
{
  sem_wait (&asked);
  heddle_run_close (run);
  return NULL;
}

static void
wait_until_closed (gint64 timeout)
{
  HeddleRun *run = start_run ();
  pthread_t closer;

  sem_init (&asked, 0, 0);
  g_assert_cmpint (pthread_create (&closer, NULL, close_once_asked, run), ==, 0);
  is_waiter = TRUE;
  atomic_store (&armed, TRUE);
  g_assert_true (heddle_run_wait (run, timeout));
  pthread_join (closer, NULL);
  heddle_run_unref (run);
  sem_destroy (&asked);
}

/* By a clock that was set back, the time to wait would be over before it began. */
static void
end_is_waited_for (void)
{
  atomic_store (&set_by, -HOUR);
  wait_until_closed (G_GINT64_CONSTANT (120) * 1000000000);
  atomic_store (&set_by, 0);
}

/* As long as a number can say, and not a moment that is over because it was counted beyond the
 * largest one. */
static void
longest_wait_is_one (void)
{
  wait_until_closed (G_MAXINT64);
}

static void
wait_is_over_by_the_other_clock (void)
{
  HeddleRun *run = start_run ();

  atomic_store (&set_by, HOUR);
  g_assert_false (heddle_run_wait (run, 1000000));
  atomic_store (&set_by, 0);
  heddle_run_close (run);
  g_assert_true (heddle_run_wait (run, -1));
  heddle_run_unref (run);
}

static void
sleep_like_a_machine (gint64 ns)
{
  struct timespec time;
  gint64 before, after;

  clock_gettime (CLOCK_MONOTONIC, &time);
  before = (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
  atomic_store (&frozen_ns, before);
  do
    {
      __real_clock_gettime (CLOCK_MONOTONIC, &time);
      after = (gint64) time.tv_sec * 1000000000 + time.tv_nsec - atomic_load (&lag_ns);
    }
  while (after - before < ns);
  atomic_fetch_add (&lag_ns, after - before);
  atomic_store (&frozen_ns, 0);
}

typedef struct {
  sem_t came;
  HeddleRow row;
} Mailbox;

static void
take_row (const HeddleRow *row, gpointer data)
{
  Mailbox *self = data;

  self->row = *row;
  sem_post (&self->came);
}

/* Workers, threads or processes, go on storing ticks; what the collector makes of them are the
 * times of the clock. */
static void
times_are_right_after_sleep (gconstpointer data)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (heddle_workloads_find ("squares"));
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  Mailbox mailbox;
  HeddleRun *run;

  sem_init (&mailbox.came, 0, 0);
  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = (HeddleBackend) GPOINTER_TO_INT (data);
  options.workers = 2;
  options.manual = TRUE;
  options.hooks.row = take_row;
  options.hooks_data = &mailbox;
  run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  heddle_run_start (run, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 6; i++)
    {
      gint64 before = heddle_clock_monotonic_ns ();

      g_assert_true (heddle_run_submit (run, NULL, NULL));
      sem_wait (&mailbox.came);
      g_assert_cmpint (mailbox.row.state, ==, HEDDLE_TASK_DONE);
      /* a mapping is right to a millisecond */
      g_assert_cmpint (mailbox.row.queued_ns, >=, before - 1000000);
      g_assert_cmpint (mailbox.row.started_ns, >=, mailbox.row.queued_ns);
      g_assert_cmpint (mailbox.row.finished_ns, >=, mailbox.row.started_ns);
      g_assert_cmpint (mailbox.row.finished_ns, <=, heddle_clock_monotonic_ns () + 1000000);
      if (i % 2 == 1)
        sleep_like_a_machine (300000000);
    }
  heddle_run_close (run);
  g_assert_true (heddle_run_wait (run, -1));
  heddle_run_unref (run);
  sem_destroy (&mailbox.came);
}

/* As if the counter had been ahead of what it is now by so many ticks when it was mapped. */
static void
skew (gint64 ticks)
{
  HeddleClock clock;

  heddle_clock_init ();
  clock = heddle_clock;
  clock.base_ticks += (guint64) ticks;
  heddle_clock_adopt (&clock);
}

/* What a worker process tells after its counter started anew is before all that the run has seen,
 * in ticks, and true. */
static void
claims_are_judged_by_the_clock (void)
{
  HeddleClock own;
  HeddleCollector collector = { 0 };
  HeddleSlot slot = { 0 };
  HeddleEvent event = { .word = heddle_event_word (HEDDLE_EVENT_QUEUED, 0, 1) };

  heddle_clock_init ();
  own = heddle_clock;
  if (!own.tsc)
    {
      g_test_skip ("ticks are those of the clock here");
      return;
    }
  skew (G_GINT64_CONSTANT (4000000000000000));
  collector.bounds.first_ticks = heddle_clock_from_ns (heddle_clock_monotonic_ns ());
  collector.first_ns = heddle_clock_to_ns (collector.bounds.first_ticks);
  event.time = collector.bounds.first_ticks + 100; /* of before */
  g_assert_true (heddle_validate_event (&collector, &slot, &event, NULL));
  for (guint i = 0; i < 3; i++)
    {
      event.time = heddle_clock_ticks ();
      g_assert_true (heddle_validate_event (&collector, &slot, &event, NULL));
    }
  g_assert_cmpuint (atomic_load (&heddle_clock_n_maps), ==, 1);
  event.time = 1;
  g_assert_false (heddle_validate_event (&collector, &slot, &event, NULL));
  event.time = G_MAXUINT64 / 2;
  g_assert_false (heddle_validate_event (&collector, &slot, &event, NULL));
  heddle_clock_adopt (&own);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clocks/end-is-waited-for", end_is_waited_for);
  g_test_add_func ("/clocks/longest-wait-is-one", longest_wait_is_one);
  g_test_add_func ("/clocks/wait-is-over-by-the-other-clock", wait_is_over_by_the_other_clock);
  g_test_add_data_func ("/clocks/times-are-right-after-sleep/threads",
                        GINT_TO_POINTER (HEDDLE_BACKEND_THREADS), times_are_right_after_sleep);
  g_test_add_data_func ("/clocks/times-are-right-after-sleep/processes",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), times_are_right_after_sleep);
  g_test_add_func ("/clocks/claims-are-judged-by-the-clock", claims_are_judged_by_the_clock);
  return g_test_run ();
}
