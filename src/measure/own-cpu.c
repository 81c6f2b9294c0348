/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/own-cpu.h"

#include <pthread.h>

#include "base/lock.h"
#include "trace/clock.h"

typedef struct _Worker Worker;

/* A worker's thread; in its own memory, so that its beginning allocates nothing. */
struct _Worker {
  clockid_t clock;
  Worker *previous; /* guarded by lock, as next is */
  Worker *next;
  gboolean listed;  /* that thread only */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Worker *workers; /* guarded by lock: those whose threads live */
static gint64 ended_ns; /* guarded by lock: of those that have ended, and tasks on the main loop */

static _Thread_local Worker this_worker;

/**
 * heddle_own_cpu_worker_begins:
 *
 * The calling thread is a worker from here on: what it used before counts as Heddle's own. It must
 * call heddle_own_cpu_worker_ends() before it ends.
 */
void
heddle_own_cpu_worker_begins (void)
{
  Worker *worker = &this_worker;

  if (worker->listed || pthread_getcpuclockid (pthread_self (), &worker->clock) != 0)
    return;
  worker->listed = TRUE;
  HEDDLE_AUTO_LOCK (&lock);
  ended_ns -= heddle_clock_thread_cpu_ns ();
  worker->previous = NULL;
  worker->next = workers;
  if (workers != NULL)
    workers->previous = worker;
  workers = worker;
}

/**
 * heddle_own_cpu_worker_ends:
 *
 * The calling thread is no worker any more; its clock is not asked afterwards.
 */
void
heddle_own_cpu_worker_ends (void)
{
  Worker *worker = &this_worker;

  if (!worker->listed)
    return;
  worker->listed = FALSE;
  HEDDLE_AUTO_LOCK (&lock);
  ended_ns += heddle_clock_thread_cpu_ns ();
  if (worker->previous != NULL)
    worker->previous->next = worker->next;
  else
    workers = worker->next;
  if (worker->next != NULL)
    worker->next->previous = worker->previous;
}

/**
 * heddle_own_cpu_add_work:
 * @ns: processor time that tasks have taken on a thread that is no worker
 *
 * Any thread.
 */
void
heddle_own_cpu_add_work (gint64 ns)
{
  HEDDLE_AUTO_LOCK (&lock);
  ended_ns += ns;
}

/**
 * heddle_own_cpu_read:
 * @sample: (out): what was used so far
 *
 * Any thread. Asks each worker's clock, a third of a microsecond for each; workers that begin or
 * end wait meanwhile.
 */
void
heddle_own_cpu_read (HeddleOwnCpu *sample)
{
  g_return_if_fail (sample != NULL);

  HEDDLE_AUTO_LOCK (&lock);
  sample->work_ns = ended_ns;
  /* a thread that is listed waits for the lock before it ends, so its clock is there */
  for (const Worker *worker = workers; worker != NULL; worker = worker->next)
    sample->work_ns += heddle_clock_read (worker->clock);
  sample->process_ns = heddle_clock_read (CLOCK_PROCESS_CPUTIME_ID);
  sample->at_ns = heddle_clock_monotonic_ns ();
}

/**
 * heddle_own_cpu_get_share:
 * @from: an earlier sample
 * @to: a later one
 *
 * Returns: how much of one processor Heddle itself took between them, 1 being all of it, more where
 * it took several; 0 where no time has passed
 */
double
heddle_own_cpu_get_share (const HeddleOwnCpu *from, const HeddleOwnCpu *to)
{
  gint64 length, own;

  g_return_val_if_fail (from != NULL && to != NULL, 0);

  length = to->at_ns - from->at_ns;
  own = (to->process_ns - from->process_ns) - (to->work_ns - from->work_ns);
  return length > 0 ? (double) MAX (own, 0) / (double) length : 0;
}
