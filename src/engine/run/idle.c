/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* An idle run uses no processor time: while no task is in hand or due and nobody looks, the
 * supervisor sleeps without a timeout. A submitted task, a reader of the numbers, a wish of the
 * user and a worker that comes or goes wake it. Nothing ran or ended while it slept, so the
 * series then get one sample that says so, and a snapshot takes its time from whoever asks for
 * it. */

#include "base/lock.h"
#include "engine/queue/retry.h"
#include "engine/run/run-private.h"
#include "trace/clock.h"

/* Without news for so long before it sleeps: by then the last samples say that nothing runs, and
 * the workers' processor time is that of the end. */
#define QUIET_NS (500 * G_GINT64_CONSTANT (1000000))

/* No task is in hand or due, and none can start without waking the supervisor. In a pause tasks may
 * be in the queue. */
static gboolean
is_idle (HeddleRun *self)
{
  const HeddleCollector *collector = self->collector;
  gboolean producing = !self->options.manual && atomic_load (&self->production.going);
  HeddleQueueCounts counts;

  heddle_queue_get_counts (self->queue, &counts);
  if (counts.taken != heddle_collector_count_ended_locked (collector)
      || heddle_retries_get_length (collector->retries) > 0
      || heddle_finish_order_get_length (collector->rows) > 0)
    return FALSE;
  if (counts.paused)
    return !producing || counts.producer_waiting;
  return !producing && counts.queued == 0;
}

/**
 * heddle_run_enter_idle_locked:
 * @news: something came in this pass, or the thread was woken for it
 * @tick: how long it would sleep now, milliseconds
 *
 * Decides after a pass whether the supervisor may sleep until it is woken. Supervisor's thread.
 *
 * Returns: @tick, or -1: without a timeout
 */
int
heddle_run_enter_idle_locked (HeddleRun *self, gboolean news, int tick, gint64 now)
{
  HeddleCollectorSleep *sleep = &self->collector->sleep;
  gboolean observed = atomic_exchange (&sleep->observed, FALSE);

  if (news || !is_idle (self))
    self->supervision.quiet_since = now;
  if (observed || now - self->supervision.quiet_since < QUIET_NS)
    return tick;
  atomic_store (&sleep->asleep, TRUE);
  /* once more, now that whoever comes sees it */
  if (is_idle (self) && !atomic_load (&sleep->observed))
    return -1;
  atomic_store (&sleep->asleep, FALSE);
  return tick;
}

/**
 * heddle_run_leave_idle:
 *
 * After the long sleep: tells the series what there was to see meanwhile, which is nothing. Before
 * anything else. Supervisor's thread.
 */
void
heddle_run_leave_idle (HeddleRun *self)
{
  HeddleCollector *collector = self->collector;
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 until;

  atomic_store (&collector->sleep.asleep, FALSE);
  until = atomic_load (&collector->sleep.woken_ns);
  HEDDLE_AUTO_LOCK (&collector->lock);
  /* one that was kicked without it, by the end of a task for example, has been woken just now */
  heddle_run_hold_locked (self, until > self->sampling.totals.at ? MIN (until, now) : now);
}
