/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>

#include "states-workloads.h"
#include "test-workloads.h"
#include "trace/clock.h"

/*
 * Tasks that spend a known time on a CPU, asleep, or waiting for a lock, and measure themselves
 * what they spent, with code of their own.
 */

typedef struct {
  guint64 n;
  guint64 what;
  guint64 ms;
  HeddleMutex *mutex;
  HeddleBarrier *barrier;
} Data;

static const HeddleParam params[] = {
  { .name = "n", .initial = "10", .min = 0, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Data, n) },
  { .name = "what", .initial = "0", .min = 0, .max = 10, .step = 1, .field = HEDDLE_FIELD (Data, what) },
  { .name = "ms", .initial = "20", .min = 0, .max = 1e5, .step = 1, .field = HEDDLE_FIELD (Data, ms) },
};

static gboolean
share (gpointer data, HeddleShared *shared, GError **error)
{
  Data *self = data;

  self->mutex = heddle_shared_mutex (shared, "mutex");
  self->barrier = heddle_shared_barrier (shared, "barrier", 2);
  return TRUE;
}

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  heddle_producer_submit_range (producer, ((Data *) data)->n);
  return TRUE;
}

/* How often the thread was put on a CPU, and how long it has waited for one; without the engine:
 * the file is opened anew. */
static long long
read_delay (gint64 *delay_ns)
{
  FILE *file = fopen ("/proc/thread-self/schedstat", "re");
  long long on_cpu, delay = 0, runs = 0;

  if (file == NULL || fscanf (file, "%lld %lld %lld", &on_cpu, &delay, &runs) != 3)
    g_error ("no schedstat");
  fclose (file);
  *delay_ns = delay;
  return runs;
}

/* What the thread has come to. The readings belong together: it did not lose its CPU meanwhile. */
static StatesOwn
look (void)
{
  StatesOwn now;
  gint64 again;
  long long runs;

  do
    {
      runs = read_delay (&now.delay);
      now.cpu = heddle_clock_read (CLOCK_THREAD_CPUTIME_ID);
      now.wall = heddle_clock_read (CLOCK_MONOTONIC);
    }
  while (read_delay (&again) != runs);
  return now;
}

static void
spin (gint64 ns)
{
  gint64 end = heddle_clock_read (CLOCK_THREAD_CPUTIME_ID) + ns;

  while (heddle_clock_read (CLOCK_THREAD_CPUTIME_ID) < end)
    ;
}

static void
spend (gpointer data, HeddleTask *task)
{
  const Data *self = data;
  gint64 ns = (gint64) self->ms * 1000000;
  StatesOwn begin, end;

  if (self->what == STATES_RACE)
    heddle_barrier_wait (self->barrier, task, NULL);
  begin = look ();
  switch (self->what)
    {
    case STATES_SPIN:
    case STATES_RACE:
      spin (ns);
      break;
    case STATES_SLEEP:
      heddle_task_sleep (task, ns);
      break;
    case STATES_LOCK:
      /* all but the first wait for those before them, which sleep with it in hand */
      heddle_mutex_lock (self->mutex, task);
      heddle_task_sleep (task, ns);
      heddle_mutex_unlock (self->mutex, task);
      break;
    case STATES_MIXED:
      spin (ns / 2);
      heddle_task_sleep (task, ns - ns / 2);
      break;
    default:
      g_assert_not_reached ();
    }
  end = look ();
  heddle_task_return_printf (task, STATES_FORMAT, begin.cpu, begin.delay, begin.wall, end.cpu,
                             end.delay, end.wall);
}

static void
nothing (gpointer data, HeddleTask *task)
{
}

const HeddleWorkload test_states_workloads[] = {
  { TEST_WORKLOAD (Data),
    .id = "spend",
    .backends = HEDDLE_BACKENDS_ALL,
    .share = share,
    .produce = produce,
    .execute = spend },
  { TEST_WORKLOAD (Data),
    .id = "nothing",
    .backends = HEDDLE_BACKENDS_ALL,
    .produce = produce,
    .execute = nothing },
  { .id = NULL },
};
