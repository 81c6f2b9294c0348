/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/collect/collector-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/futex.h"
#include "engine/task/task-private.h"
#include "trace/clock.h"

/**
 * heddle_collector_new:
 *
 * Makes a collector without workers. Nothing that happened before this call belongs to its run.
 *
 * Returns: (transfer full): the collector, or NULL with HEDDLE_ERROR_START
 */
HeddleCollector *
heddle_collector_new (GError **error)
{
  HeddleCollector *self = g_new0 (HeddleCollector, 1);

  self->wake_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (self->wake_fd < 0)
    {
      heddle_set_system_error (error, errno, _("A run could get no file descriptor"));
      g_free (self);
      return NULL;
    }
  pthread_mutex_init (&self->lock, NULL);
  self->slots = g_ptr_array_new_with_free_func ((GDestroyNotify) heddle_slot_free);
  heddle_clock_check ();
  self->bounds.n_maps = atomic_load (&heddle_clock_n_maps);
  self->bounds.first_ticks = heddle_clock_ticks ();
  self->first_ns = heddle_clock_to_ns (self->bounds.first_ticks);
  self->output = g_array_new (FALSE, FALSE, sizeof (OutputLine));
  self->rows = heddle_finish_order_new ();
  self->retries = heddle_retries_new ();
  heddle_histogram_clear (&self->task_times);
  heddle_histogram_clear (&self->wait_times);
  return self;
}

/**
 * heddle_collector_free:
 * @self: (nullable): a collector that no thread uses any more
 */
void
heddle_collector_free (HeddleCollector *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->slots);
  for (guint number = 0; number <= HEDDLE_SHARED_OBJECTS; number++)
    g_free (self->counts.holds.workers_ns[number]);
  g_array_unref (self->output);
  heddle_finish_order_free (self->rows);
  heddle_retries_free (self->retries);
  pthread_mutex_destroy (&self->lock);
  close (self->wake_fd);
  g_free (self);
}

/**
 * heddle_collector_set_sinks:
 * @sinks: copied
 *
 * Says where the collector puts what it finds. Before any worker is born.
 */
void
heddle_collector_set_sinks (HeddleCollector *self, const HeddleCollectorSinks *sinks)
{
  self->sinks = *sinks;
}

/**
 * heddle_collector_kick:
 *
 * Wakes the thread that reads the rings. Any thread, also a signal handler; from other processes
 * the same is done by writing 8 bytes to the wake descriptor.
 */
void
heddle_collector_kick (HeddleCollector *self)
{
  /* one that is full has not been read yet: the thread is awake */
  heddle_eventfd_write (self->wake_fd);
}

/**
 * heddle_collector_get_wake_fd:
 *
 * Returns: the eventfd that wakes the thread that reads the rings; stays the collector's. Any
 *   thread.
 */
int
heddle_collector_get_wake_fd (HeddleCollector *self)
{
  return self->wake_fd;
}

/**
 * heddle_collector_wake_if_idle:
 *
 * Something has happened that a thread in its long sleep has to know. Costs a load where it does
 * not sleep. Any thread.
 *
 * Returns: TRUE if it slept
 */
gboolean
heddle_collector_wake_if_idle (HeddleCollector *self)
{
  /* seq_cst, as where the thread goes to sleep: either it sees what has happened or we see that it
   * sleeps */
  if (!atomic_load (&self->sleep.asleep))
    return FALSE;
  atomic_store (&self->sleep.woken_ns, heddle_clock_monotonic_ns ());
  if (!atomic_exchange (&self->sleep.asleep, FALSE))
    return FALSE;
  heddle_collector_kick (self);
  return TRUE;
}

/**
 * heddle_collector_mark_observed:
 *
 * Somebody reads the run's numbers: they are kept fresh until nobody has for a while. Any thread.
 *
 * Returns: TRUE if the thread slept: what was published last is true but for the time that has
 *   passed since
 */
gboolean
heddle_collector_mark_observed (HeddleCollector *self)
{
  atomic_store (&self->sleep.observed, TRUE);
  return heddle_collector_wake_if_idle (self);
}

/**
 * heddle_collector_settle_locked:
 *
 * What has been published until now is known once all rings have been read, which is to follow.
 * With the lock held.
 */
void
heddle_collector_settle_locked (HeddleCollector *self)
{
  guint64 expected;

  self->settled = heddle_clock_to_ns (heddle_clock_ticks ());
  expected = atomic_load (&self->expected_ticks);
  if (expected != 0)
    self->settled = MIN (self->settled, heddle_clock_to_ns (expected));
}

/**
 * heddle_collector_ask_locked:
 * @what: HEDDLE_CANCEL_RUN or HEDDLE_CANCEL_REST
 *
 * Sets the run's cancel word, and that of each worker that is a thread; pools tell processes when
 * they are poked. The supervisor's thread, with the lock held.
 */
void
heddle_collector_ask_locked (HeddleCollector *self, guint32 what)
{
  atomic_fetch_or (self->sinks.cancel, what);
  for (guint i = 0; i < self->slots->len; i++)
    {
      HeddleSlot *slot = heddle_collector_get_slot (self, i);

      atomic_fetch_or (&slot->cancel, what);
      heddle_futex_wake (&slot->cancel, G_MAXINT);
    }
}

/**
 * heddle_collector_count_ended_locked:
 *
 * Returns: how many tasks have ended, in whatever way. With the lock held.
 */
guint64
heddle_collector_count_ended_locked (const HeddleCollector *self)
{
  const HeddleCollectorCounts *counts = &self->counts;

  return counts->done + counts->failed + counts->cancelled + counts->lost;
}

/**
 * heddle_collector_count_in_hand_locked:
 *
 * Returns: how many tasks workers have begun and not ended. With the lock held.
 */
guint
heddle_collector_count_in_hand_locked (const HeddleCollector *self)
{
  guint n = 0;

  for (guint i = 0; i < self->slots->len; i++)
    n += heddle_collector_get_slot (self, i)->task.in_hand;
  return n;
}

/**
 * heddle_collector_count_present_locked:
 *
 * Returns: how many workers there are. With the lock held.
 */
guint
heddle_collector_count_present_locked (const HeddleCollector *self)
{
  guint n = 0;

  for (guint i = 0; i < self->slots->len; i++)
    n += heddle_collector_get_slot (self, i)->worker.present;
  return n;
}

/**
 * heddle_collector_count_dropped_locked:
 *
 * Returns: how many events workers dropped, since their ring was nearly full. With the lock held.
 */
guint64
heddle_collector_count_dropped_locked (const HeddleCollector *self)
{
  guint64 dropped = 0;

  for (guint i = 0; i < self->slots->len; i++)
    dropped += heddle_slot_count_dropped (heddle_collector_get_slot (self, i));
  return dropped;
}

/**
 * heddle_collector_get_bytes_locked:
 *
 * Returns: what rings, and rows that are being put into order, take in memory. With the lock held.
 */
gsize
heddle_collector_get_bytes_locked (const HeddleCollector *self)
{
  gsize bytes = heddle_finish_order_get_bytes (self->rows);

  for (guint i = 0; i < self->slots->len; i++)
    {
      const HeddleSlot *slot = heddle_collector_get_slot (self, i);

      if (slot->reader.ring != NULL)
        bytes += heddle_ring_bytes (slot->ring_capacity);
    }
  return bytes;
}

/**
 * heddle_collector_worker_name:
 * @worker: a number, from 1
 * @collector: a #HeddleCollector
 *
 * Returns: (transfer none): what that worker is called, or "?". With the lock held.
 */
const char *
heddle_collector_worker_name (guint worker, gpointer collector)
{
  HeddleCollector *self = collector;

  return worker >= 1 && worker <= self->slots->len
    ? heddle_collector_get_slot (self, worker - 1)->name
    : "?";
}
