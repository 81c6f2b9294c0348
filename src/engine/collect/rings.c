/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Reading what workers have published: one slot's ring, or all of them. Every function here runs
 * under the collector's lock.
 */

#include "engine/collect/collector-private.h"
#include "engine/collect/validate.h"
#include "trace/clock.h"

#define RELEASE_AFTER 1024 /* events */

/* Reads what the slot's worker has published, at most so many events: a worker that goes on writing
 * must not keep the collector from everything else. Returns whether there may be more. */
gboolean
heddle_collector_drain_locked (HeddleCollector *self, HeddleSlot *slot, guint max_events)
{
  char payload[HEDDLE_EVENT_TEXT_MAX + 1];
  HeddleEvent event;
  guint n = 0, released = 0;

  if (slot->reader.ring == NULL)
    return FALSE;
  /* a worker that never stops writing, be it a dead one's child, does not keep us here */
  max_events = MIN (max_events, heddle_ring_count_unread (&slot->reader));
  heddle_collector_learn_thread_locked (self, slot, max_events > 0);
  while (n < max_events && !slot->reader.broken)
    {
      guint taken = heddle_collector_take_block_locked (self, slot, max_events - n);

      if (taken == 0)
        {
          if (!heddle_ring_read (&slot->reader, &event, payload))
            break;
          if (slot->is_process && !heddle_validate_event (self, slot, &event, payload))
            {
              slot->reader.broken = TRUE;
              break;
            }
          heddle_collector_take_event_locked (self, slot, &event, payload);
          taken = 1;
        }
      n += taken;
      /* give room to a worker that is waiting for it before all is read */
      if (n - released < RELEASE_AFTER)
        continue;
      heddle_ring_release (&slot->reader);
      released = n;
    }
  heddle_ring_release (&slot->reader);
  self->counts.n_events += n;
  return n >= max_events;
}

static void
read_and_check (HeddleCollector *self, HeddleSlot *slot)
{
  /* acquire: the ring is read to where it was when the worker counted so many */
  guint64 ended = atomic_load_explicit (&slot->reported_ended, memory_order_acquire);

  if (slot->reader.ring != NULL)
    heddle_backlog_add (&self->counts.backlog, heddle_ring_count_unread (&slot->reader),
                        slot->ring_capacity);
  heddle_collector_drain_locked (self, slot, G_MAXUINT);
  if (slot->reader.ring != NULL && !heddle_validate_ended (slot, ended))
    slot->reader.broken = TRUE;
  if (!slot->reader.broken || slot->told_broken)
    return;
  /* the pool asks heddle_collector_is_broken() when it is woken */
  slot->told_broken = TRUE;
  heddle_queue_wake_all (self->sinks.queue);
}

/**
 * heddle_collector_read_rings_locked:
 *
 * One pass: reads what all workers have published until now, and finds those whose ring makes no
 * sense. With the lock held.
 */
void
heddle_collector_read_rings_locked (HeddleCollector *self)
{
  heddle_clock_check ();
  heddle_collector_settle_locked (self);
  self->counts.backlog = (HeddleBacklog) { 0 };
  for (guint i = 0; i < self->slots->len; i++)
    read_and_check (self, heddle_collector_get_slot (self, i));
}
