/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "engine/run.h"
#include "workloads/list.h"

/* Who sets the machine's clock changes no wait: the linker puts the function below between the engine and the C library. */

#define HOUR 3600

int __real_clock_gettime (clockid_t clock, struct timespec *time);
int __wrap_clock_gettime (clockid_t clock, struct timespec *time);

static pthread_t waiter;
static atomic_bool armed;
static sem_t asked; /* the waiting thread has asked for the time */
static gint64 set_by; /* seconds by which the machine's clock is wrong */

int
__wrap_clock_gettime (clockid_t clock, struct timespec *time)
{
  int code = __real_clock_gettime (clock, time);

  if (clock == CLOCK_REALTIME)
    time->tv_sec += set_by;
  if (pthread_equal (pthread_self (), waiter) && atomic_exchange (&armed, FALSE))
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
  options.by_hand = TRUE; /* ends when it is closed */
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
  waiter = pthread_self ();
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
  set_by = -HOUR;
  wait_until_closed (G_GINT64_CONSTANT (120) * 1000000000);
  set_by = 0;
}

/* As long as a number can say, and not a moment that is over because it was counted beyond the largest one. */
static void
longest_wait_is_one (void)
{
  wait_until_closed (G_MAXINT64);
}

static void
wait_is_over_by_the_other_clock (void)
{
  HeddleRun *run = start_run ();

  set_by = HOUR;
  g_assert_false (heddle_run_wait (run, 1000000));
  set_by = 0;
  heddle_run_close (run);
  g_assert_true (heddle_run_wait (run, -1));
  heddle_run_unref (run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clocks/end-is-waited-for", end_is_waited_for);
  g_test_add_func ("/clocks/longest-wait-is-one", longest_wait_is_one);
  g_test_add_func ("/clocks/wait-is-over-by-the-other-clock", wait_is_over_by_the_other_clock);
  return g_test_run ();
}
