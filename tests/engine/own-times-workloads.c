/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "own-times-workloads.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test-workloads.h"
#include "trace/clock.h"

/* Each task spins, sleeps and takes a lock for times that are known, and returns what its own
 * clocks say of it: see TestOwnTimes. */

typedef struct {
  guint64 n;
  gint64 spin_ns; /* by the thread's own clock */
  gint64 nap_ns;
  gint64 hold_ns; /* spinning with the lock in hand */
  gint64 cpu;     /* to stay on; -1: any */
  HeddleMutex *mutex;
} Data;

static const HeddleParam params[] = {
  { .name = "n", .initial = "4", .min = 1, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Data, n) },
  { .name = "spin", .initial = "0", .min = 0, .max = 1e12, .step = 1, .field = HEDDLE_FIELD (Data, spin_ns) },
  { .name = "nap", .initial = "0", .min = 0, .max = 1e12, .step = 1, .field = HEDDLE_FIELD (Data, nap_ns) },
  { .name = "hold", .initial = "0", .min = 0, .max = 1e12, .step = 1, .field = HEDDLE_FIELD (Data, hold_ns) },
  { .name = "cpu", .initial = "-1", .min = -1, .max = 8191, .step = 1, .field = HEDDLE_FIELD (Data, cpu) },
};

static gboolean
share (gpointer data, HeddleShared *shared, GError **error)
{
  ((Data *) data)->mutex = heddle_shared_mutex (shared, "mutex");
  return TRUE;
}

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  heddle_producer_set_total (producer, ((Data *) data)->n);
  heddle_producer_submit_range (producer, ((Data *) data)->n);
  return TRUE;
}

_Atomic guint test_own_times_n_ending;

static void
spin (gint64 ns)
{
  gint64 begin = heddle_clock_thread_cpu_ns ();

  while (heddle_clock_thread_cpu_ns () - begin < ns)
    continue;
}

/* By the kernel's count, which knows of a wait for a processor when it is over. */
static gint64
read_ready (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/schedstat", (int) gettid ());
  g_autofree char *text = NULL;
  gint64 on_cpu, ready;

  return g_file_get_contents (path, &text, NULL, NULL)
      && sscanf (text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &on_cpu, &ready) == 2
    ? ready
    : -1;
}

static glong
count_switches (void)
{
  struct rusage usage;

  return getrusage (RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw + usage.ru_nivcsw : -1;
}

static void
stay_on (gint64 cpu)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET ((gsize) cpu, &set);
  sched_setaffinity (0, sizeof set, &set);
}

static void
execute (gpointer data, HeddleTask *task)
{
  Data *self = data;
  TestOwnTimes own = { 0 };

  own.ready_ns = -read_ready ();
  own.switches = -count_switches ();
  own.on_cpu_ns = -heddle_clock_thread_cpu_ns ();
  /* the innermost: what is outside of it bounds what the others may miss */
  own.wall_ns = -heddle_clock_monotonic_ns ();
  if (self->cpu >= 0)
    stay_on (self->cpu);
  spin (self->spin_ns);
  if (self->nap_ns > 0)
    {
      own.asleep_ns = -heddle_clock_monotonic_ns ();
      heddle_task_sleep (task, self->nap_ns);
      own.asleep_ns += heddle_clock_monotonic_ns ();
    }
  if (self->hold_ns > 0)
    {
      own.locked_out_ns = -heddle_clock_monotonic_ns ();
      heddle_mutex_lock (self->mutex, task);
      own.locked_out_ns += heddle_clock_monotonic_ns ();
      spin (self->hold_ns);
      heddle_mutex_unlock (self->mutex, task);
    }
  own.wall_ns += heddle_clock_monotonic_ns ();
  own.on_cpu_ns += heddle_clock_thread_cpu_ns ();
  own.switches += count_switches ();
  own.ready_ns += read_ready ();
  heddle_task_return_printf (task, TEST_OWN_TIMES, own.wall_ns, own.on_cpu_ns, own.ready_ns,
                             own.asleep_ns, own.locked_out_ns, own.switches);
  atomic_fetch_add (&test_own_times_n_ending, 1);
}

const HeddleWorkload test_own_times_workloads[] = {
  { TEST_WORKLOAD (Data), .backends = HEDDLE_BACKENDS_ALL, .share = share, .id = "own-times", .produce = produce, .execute = execute },
  { .id = NULL },
};
