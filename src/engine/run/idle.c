/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * An idle run uses no processor time: while no task is open, none is due and nobody looks, the
 * supervisor's thread sleeps without a timeout. Who submits, who looks at the numbers, a wish of
 * the user and a worker that comes or goes wake it.
 *
 * What it did not look at is known all the same: from the last pass until it was woken nothing ran
 * and nothing ended, so the series go on with a sample that says so, and the clock of a snapshot is
 * that of whoever asks for it.
 */

#include "engine/queue/retry.h"
#include "engine/run/run-private.h"
#include "trace/clock.h"

/* Without news for so long before it sleeps: by then the last samples say that nothing runs, and
 * the workers' processor time is that of the end. */
#define QUIET_NS (500 * G_GINT64_CONSTANT (1000000))

/* No task is in hand, in line or on its way, and only somebody who wakes the supervisor can change
 * that. */
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
 * Decides, at the end of a pass, whether the supervisor may sleep until it is woken. Supervisor's
 * thread.
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
  pthread_mutex_lock (&collector->lock);
  /* one that was kicked without it, by the end of a task for example, has been woken just now */
  heddle_run_hold_locked (self, until > self->sampling.totals.at ? MIN (until, now) : now);
  pthread_mutex_unlock (&collector->lock);
}
