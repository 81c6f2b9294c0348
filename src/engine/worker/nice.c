/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/model/run-options.h"
#include "engine/worker/nice.h"

#define NICE_MAX 19
#define SLICE_NS 20000000

/* What sched_setattr(2) is given. The C library of Debian 12 does not declare it. */
typedef struct {
  guint32 size, policy;
  guint64 flags;
  gint32 nice_value;
  guint32 priority;
  guint64 runtime, deadline, period;
} SchedAttributes;

/**
 * heddle_ask_for_slices:
 * @nice_value: of the calling thread, 0 to 19
 * @length: nanoseconds
 *
 * Asks the kernel for slices of the processor of such a length, for the calling thread; nothing for
 * one that somebody has put under another policy.
 *
 * Linux runs the thread whose slice is due first, and only looks again with the next tick of its
 * clock. Threads that share a processor use up slices of some milliseconds so slowly that one of
 * them is nearly always overdue: it then goes before a main loop that has just woken up, whatever
 * their weights are, and keeps the processor for one or two ticks. With a long slice a worker is
 * hardly ever overdue. It does not get more of the processor by that, nor keep it from others who
 * want it; beside its like it is changed less often. Kernels before 6.12 take no notice.
 */
void
heddle_ask_for_slices (int nice_value, gint64 length)
{
  SchedAttributes attributes = { .size = sizeof attributes,
                                 .policy = SCHED_OTHER,
                                 .nice_value = nice_value,
                                 .runtime = (guint64) length };

  if (sched_getscheduler (0) == SCHED_OTHER)
    syscall (SYS_sched_setattr, 0, &attributes, 0);
}

/**
 * heddle_give_way:
 * @nice_value: 0 to 19, or %HEDDLE_NICE_IDLE
 *
 * Makes the calling thread, and the threads it creates from now on, give way to others; never less
 * than they do already. Who gives way at all also asks for long slices, so that who wakes up gets
 * the processor at once.
 *
 * %HEDDLE_NICE_IDLE is the kernel's SCHED_IDLE, which gets still less than nice 19.
 */
void
heddle_give_way (int nice_value)
{
  id_t self = (id_t) syscall (SYS_gettid);
  struct sched_param param = { 0 };

  if (nice_value > getpriority (PRIO_PROCESS, self))
    setpriority (PRIO_PROCESS, self, MIN (nice_value, NICE_MAX));
  if (nice_value > 0)
    heddle_ask_for_slices (getpriority (PRIO_PROCESS, self), SLICE_NS);
  if (nice_value >= HEDDLE_NICE_IDLE)
    sched_setscheduler (0, SCHED_IDLE, &param); /* on Linux: of this thread */
}
