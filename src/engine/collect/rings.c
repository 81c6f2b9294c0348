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

/* Notes how much the slot's worker has published, and takes no more in this pass: one that never
 * stops writing, be it a dead one's child, does not keep the collector from everything else. */
static void
note (HeddleSlot *slot)
{
  /* acquire: the ring is read to where it was when the worker counted so many */
  slot->states.n_ended_noted = atomic_load_explicit (&slot->reported_ended, memory_order_acquire);
  slot->states.n_noted =
    slot->reader.ring != NULL ? heddle_ring_count_unread (&slot->reader) : 0;
}

/* Takes what was noted, and nothing that was published since: its thread's switches may not have
 * been taken. */
static void
take_noted (HeddleCollector *self, HeddleSlot *slot)
{
  char payload[HEDDLE_EVENT_TEXT_MAX + 1];
  guint64 end = slot->reader.tail + slot->states.n_noted;
  HeddleEvent event;
  guint n = 0, released = 0;

  if (slot->reader.ring == NULL)
    return;
  heddle_collector_learn_thread_locked (self, slot, slot->states.n_noted > 0);
  while (slot->reader.tail != end && !slot->reader.broken)
    {
      guint taken =
        heddle_collector_take_block_locked (self, slot, (guint) (end - slot->reader.tail));

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
}

/* After the rings were noted: a worker's thread had all its switches before an event recorded when
 * it published that event. */
static void
take_switches (HeddleCollector *self)
{
  if (self->sinks.states != NULL)
    heddle_states_drain (self->sinks.states);
}

/**
 * heddle_collector_drain_locked:
 *
 * Reads what the worker in @slot has published until now. With the lock held.
 */
void
heddle_collector_drain_locked (HeddleCollector *self, HeddleSlot *slot)
{
  note (slot);
  take_switches (self);
  take_noted (self, slot);
}

/**
 * heddle_collector_drain_all_locked:
 *
 * Reads what all workers have published until now. With the lock held.
 */
void
heddle_collector_drain_all_locked (HeddleCollector *self)
{
  for (guint i = 0; i < self->slots->len; i++)
    note (heddle_collector_get_slot (self, i));
  take_switches (self);
  for (guint i = 0; i < self->slots->len; i++)
    take_noted (self, heddle_collector_get_slot (self, i));
}

static void
check (HeddleCollector *self, HeddleSlot *slot)
{
  if (slot->reader.ring != NULL)
    heddle_backlog_add (&self->counts.backlog, slot->states.n_noted, slot->ring_capacity);
  if (slot->reader.ring != NULL && !heddle_validate_ended (slot, slot->states.n_ended_noted))
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
  heddle_collector_drain_all_locked (self);
  for (guint i = 0; i < self->slots->len; i++)
    check (self, heddle_collector_get_slot (self, i));
}
