/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * How late a thread gets a processor after it wakes, beside busy threads of a given nice value:
 * what a window feels beside its workers.
 *
 *   wake-bench NICE|idle|batch [BUSY-THREADS] [WAKE-UPS] [SLICE]
 *
 * NICE from 0 to 19; idle and batch are the kernel's scheduling policies of these names, at
 * nice 19. SLICE is what the busy threads ask for, in milliseconds; 0, or a kernel before 6.12: the
 * usual one.
 */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/worker/nice.h"
#include "measure/histogram.h"
#include "trace/clock.h"

#define PERIOD_NS 10000000
#define LONG_WORK_NS 5000000 /* every fifth time, as a frame */
#define SHORT_WORK_NS 500000

static atomic_bool over;
static int nice_value;
static int policy = SCHED_OTHER;
static gint64 slice; /* nanoseconds; 0: the usual one */

static void *
burn (void *data)
{
  struct sched_param param = { 0 };

  setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), nice_value);
  pthread_setschedparam (pthread_self (), policy, &param);
  if (slice > 0 && policy == SCHED_OTHER)
    heddle_ask_for_slices (nice_value, slice);
  while (!atomic_load_explicit (&over, memory_order_relaxed))
    ;
  return NULL;
}

static void
work (gint64 ns)
{
  gint64 end = heddle_clock_monotonic_ns () + ns;

  while (heddle_clock_monotonic_ns () < end)
    ;
}

int
main (int argc, char **argv)
{
  guint n_threads = argc > 2 ? (guint) atoi (argv[2]) : 8;
  guint n_wakes = argc > 3 ? (guint) atoi (argv[3]) : 1000;
  g_autofree pthread_t *threads = g_new (pthread_t, n_threads);
  HeddleHistogram late;

  if (argc > 1 && !strcmp (argv[1], "idle"))
    policy = SCHED_IDLE;
  else if (argc > 1 && !strcmp (argv[1], "batch"))
    policy = SCHED_BATCH;
  nice_value = policy != SCHED_OTHER ? 19 : argc > 1 ? atoi (argv[1]) : 0;
  slice = argc > 4 ? (gint64) (atof (argv[4]) * 1e6) : 0;
  heddle_histogram_clear (&late);
  for (guint i = 0; i < n_threads; i++)
    pthread_create (&threads[i], NULL, burn, NULL);
  for (guint i = 0; i < n_wakes; i++)
    {
      struct timespec nap = { .tv_nsec = PERIOD_NS };
      gint64 begin = heddle_clock_monotonic_ns ();

      clock_nanosleep (CLOCK_MONOTONIC, 0, &nap, NULL);
      heddle_histogram_add (&late, heddle_clock_monotonic_ns () - begin - PERIOD_NS);
      work (i % 5 == 0 ? LONG_WORK_NS : SHORT_WORK_NS);
    }
  atomic_store (&over, TRUE);
  for (guint i = 0; i < n_threads; i++)
    pthread_join (threads[i], NULL);
  printf (
    "%u busy threads at %s %s, slice %s: woken up late by p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, at most %.2f ms\n",
    n_threads, policy == SCHED_OTHER ? "nice" : "policy", argc > 1 ? argv[1] : "0",
    slice > 0 ? argv[4] : "as usual", (double) heddle_histogram_quantile (&late, 0.5) / 1e6,
    (double) heddle_histogram_quantile (&late, 0.9) / 1e6,
    (double) heddle_histogram_quantile (&late, 0.99) / 1e6, (double) late.max / 1e6);
  return 0;
}
