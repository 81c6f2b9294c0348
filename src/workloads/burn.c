/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workloads/burn.h"

#include "engine/task/task.h"
#include "trace/clock.h"

#define ROUNDS 4000 /* some microseconds between two looks at the clock */

/* Computes something that the compiler cannot optimise away. */
static void
compute (void)
{
  volatile guint64 sink;
  guint64 x = 88172645463325252u;

  for (guint i = 0; i < ROUNDS; i++)
    {
      x ^= x << 13;
      x ^= x >> 7;
      x ^= x << 17;
    }
  sink = x;
  (void) sink;
}

/**
 * heddle_burn:
 * @cpu_ns: how much of a processor's time to use up, nanoseconds
 * @longest_gap: (inout) (optional): raised to the longest time for which the processor was taken
 * away meanwhile
 *
 * Computes until the calling thread has had so much time on a processor. Not so much time of the
 * clock: on a busy machine the same work takes longer, as real work does. Ends early when the task
 * should end. The worker's thread.
 *
 * Returns: FALSE if the task should end
 */
gboolean
heddle_burn (HeddleTask *task, gint64 cpu_ns, gint64 *longest_gap)
{
  gint64 start = heddle_clock_thread_cpu_ns ();
  gint64 cpu = start;
  gint64 wall = heddle_clock_monotonic_ns ();

  while (cpu - start < cpu_ns)
    {
      gint64 cpu_before = cpu, wall_before = wall;

      if (heddle_task_is_cancelled (task))
        return FALSE;
      compute ();
      cpu = heddle_clock_thread_cpu_ns ();
      wall = heddle_clock_monotonic_ns ();
      if (longest_gap != NULL)
        *longest_gap = MAX (*longest_gap, (wall - wall_before) - (cpu - cpu_before));
    }
  return !heddle_task_is_cancelled (task);
}
