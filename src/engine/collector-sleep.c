/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * An idle run uses no processor time: while no task is open, none is due and nobody looks, the collector's thread sleeps without a
 * timeout. Who submits, who looks at the numbers, a wish of the user and a worker that comes or goes wake it.
 *
 * What it did not look at is known all the same: from the last pass until it was woken nothing ran and nothing ended, so the series go on
 * with a sample that says so, and the clock of a snapshot is that of whoever asks for it.
 */

#include "engine/retry.h"
#include "engine/run-private.h"
#include "trace/clock.h"

/* Without news for so long before it sleeps: by then the last samples say that nothing runs, and the workers' processor time is that of the end. */
#define QUIET_NS (500 * G_GINT64_CONSTANT (1000000))

/**
 * heddle_collector_stir:
 *
 * Something has happened that a collector in its long sleep has to know. Costs a load where it does not sleep. Any thread.
 *
 * Returns: TRUE if it slept
 */
gboolean
heddle_collector_stir (HeddleCollector *self)
{
  /* seq_cst, as in heddle_collector_doze_locked(): either it sees what has happened or we see that it sleeps */
  if (!atomic_load (&self->asleep))
    return FALSE;
  atomic_store (&self->stirred_ns, heddle_clock_monotonic_ns ());
  if (!atomic_exchange (&self->asleep, FALSE))
    return FALSE;
  heddle_collector_kick (self);
  return TRUE;
}

/**
 * heddle_collector_look:
 *
 * Somebody reads the run's numbers: they are kept fresh until nobody has for a while. Any thread.
 *
 * Returns: TRUE if the collector slept: what was published last is true but for the time that has passed since
 */
gboolean
heddle_collector_look (HeddleCollector *self)
{
  atomic_store (&self->looked, TRUE);
  return heddle_collector_stir (self);
}

/* No task is in hand, in line or on its way, and only somebody who wakes the collector can change that. */
static gboolean
is_idle (HeddleCollector *self)
{
  HeddleRun *run = self->run;
  gboolean producing = !run->options.by_hand && atomic_load (&run->producing);
  HeddleQueueCounts counts;

  heddle_queue_get_counts (run->queue, &counts);
  if (counts.taken != heddle_collector_count_ended_locked (self) || heddle_retries_get_length (self->retries) > 0
      || heddle_finish_order_get_length (self->rows) > 0)
    return FALSE;
  if (counts.paused)
    return !producing || counts.producer_waiting;
  return !producing && counts.queued == 0;
}

/**
 * heddle_collector_doze_locked:
 * @news: something came in this pass, or the thread was woken for it
 * @tick: how long it would sleep now, milliseconds
 *
 * Decides, at the end of a pass, whether the collector may sleep until it is woken. Collector's thread.
 *
 * Returns: @tick, or -1: without a timeout
 */
int
heddle_collector_doze_locked (HeddleCollector *self, gboolean news, int tick, gint64 now)
{
  gboolean looked = atomic_exchange (&self->looked, FALSE);

  if (news || !is_idle (self))
    self->quiet_since = now;
  if (looked || now - self->quiet_since < QUIET_NS)
    return tick;
  atomic_store (&self->asleep, TRUE);
  /* once more, now that whoever comes sees it */
  if (is_idle (self) && !atomic_load (&self->looked))
    return -1;
  atomic_store (&self->asleep, FALSE);
  return tick;
}

/**
 * heddle_collector_get_up:
 *
 * After the long sleep: tells the series what there was to see meanwhile, which is nothing. Before anything else. Collector's thread.
 */
void
heddle_collector_get_up (HeddleCollector *self)
{
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 until;

  atomic_store (&self->asleep, FALSE);
  until = atomic_load (&self->stirred_ns);
  pthread_mutex_lock (&self->lock);
  /* one that was kicked without it, by the end of a task for example, has been woken just now */
  heddle_run_hold_locked (self->run, until > self->totals.at ? MIN (until, now) : now);
  pthread_mutex_unlock (&self->lock);
}
