/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/give-way.h"
#include "engine/run.h"

#define NICE_MAX 19

/**
 * heddle_give_way:
 * @nice_value: 0 to 19, or %HEDDLE_NICE_IDLE
 *
 * Makes the calling thread, and the threads it creates from now on, give way to others; never less than they do already.
 *
 * %HEDDLE_NICE_IDLE is the kernel's policy SCHED_IDLE: its share of the processor beside others is still less than at nice 19, and the kernel lets who wakes
 * up interrupt it. It is no cure for late frames: beside threads of so little weight a thread that wakes now and then waits 8 ms and more (docs/performance.md).
 */
void
heddle_give_way (int nice_value)
{
  id_t self = (id_t) syscall (SYS_gettid);
  struct sched_param param = { 0 };

  if (nice_value > getpriority (PRIO_PROCESS, self))
    setpriority (PRIO_PROCESS, self, MIN (nice_value, NICE_MAX));
  if (nice_value >= HEDDLE_NICE_IDLE)
    sched_setscheduler (0, SCHED_IDLE, &param); /* on Linux: of this thread */
}
