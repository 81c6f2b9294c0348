/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a worker process writes into its ring is a claim: it may come from a program that has run wild. Here it is decided whether it can be
 * true, from what the host knows itself. What says nothing else runs under the collector's lock.
 *
 * An event that cannot be true breaks the ring: nothing more is read from it, and the worker is killed and replaced. What is let through can
 * still be a lie (a wrong result, a time that is a little off), but none that harms another task, the counts or this program.
 */
#include "config.h"

#include "engine/claims.h"

#include <string.h>

#include "trace/clock.h"

/* A time stamp may be so far ahead of the clock: more than two processors can differ by, and far less than would harm. */
#define AHEAD_NS G_GINT64_CONSTANT (1000000000)

/* The same by the clock, which no sleep of the machine has changed. */
static gboolean
is_possible_moment (HeddleCollector *self, guint64 ticks)
{
  gint64 ns;
  guint n_maps;

  heddle_clock_check (); /* it may have slept just now */
  n_maps = atomic_load (&heddle_clock_n_maps);
  if (n_maps != self->n_maps)
    {
      self->n_maps = n_maps;
      self->first_ticks = heddle_clock_get_first ();
    }
  ns = heddle_clock_to_ns (ticks);
  /* where a mapping ended is not known exactly */
  if (ns < self->first_ns - (n_maps > 0 ? AHEAD_NS : 0) || ns > heddle_clock_monotonic_ns () + AHEAD_NS)
    return FALSE;
  self->last_possible = heddle_clock_ticks () - self->first_ticks + heddle_clock_span (AHEAD_NS);
  return TRUE;
}

/* Between the beginning of the run and now. */
static gboolean
is_possible_time (HeddleCollector *self, guint64 ticks)
{
  guint64 since = ticks - self->first_ticks;

  if (G_LIKELY (since <= self->last_possible))
    return TRUE;
  return is_possible_moment (self, ticks);
}

/* Tasks are started, and skipped, in the order in which they were given. */
static gboolean
take_given (HeddleSlot *slot, guint64 id, guint *attempt)
{
  const HeddleGivenTasks *given = heddle_given_peek (&slot->given);

  if (given == NULL || given->id != id || (*attempt != 0 && given->attempt != *attempt))
    return FALSE;
  *attempt = given->attempt;
  heddle_given_pass (&slot->given);
  return TRUE;
}

static gboolean
has_in_hand (const HeddleSlot *slot, guint64 id)
{
  return slot->in_hand && slot->id == id;
}

static gboolean
is_end_state (guint state)
{
  return state >= HEDDLE_TASK_DONE && state <= HEDDLE_TASK_CANCELLED;
}

static gboolean
has_room (const GString *text, gboolean has, guint64 length)
{
  return !has || text->len + length <= HEDDLE_MAX_RESULT;
}

static gboolean
check_output (HeddleCollector *self, HeddleSlot *slot, guint64 id, const char *payload)
{
  guint64 ticks;

  memcpy (&ticks, payload, sizeof ticks);
  return has_in_hand (slot, id) && is_possible_time (self, ticks);
}

/**
 * heddle_claim_is_possible:
 * @payload: of a text event
 *
 * Whether the worker process in @slot can have recorded this event. A task that starts is taken off the list of those it was given.
 *
 * Returns: FALSE if its ring makes no sense
 */
gboolean
heddle_claim_is_possible (HeddleCollector *self, HeddleSlot *slot, const HeddleEvent *event, const char *payload)
{
  guint64 id = heddle_event_id (event->word);
  guint aux = heddle_event_aux (event->word);
  guint attempt = 0;

  switch (heddle_event_type (event->word))
    {
    case HEDDLE_EVENT_QUEUED:
      return is_possible_time (self, event->time);
    case HEDDLE_EVENT_TASK_START:
      return aux != 0 && !slot->in_hand && is_possible_time (self, event->time) && take_given (slot, id, &aux);
    case HEDDLE_EVENT_TASK_END:
      return is_end_state (aux) && has_in_hand (slot, id) && is_possible_time (self, event->time);
    case HEDDLE_EVENT_TASK_NEXT:
      attempt = 1;
      return is_end_state (aux) && slot->in_hand && is_possible_time (self, event->time) && take_given (slot, id, &attempt);
    case HEDDLE_EVENT_TASK_SKIPPED:
      return !slot->in_hand && is_possible_time (self, event->time) && take_given (slot, id, &attempt) && (slot->attempt = attempt) > 0;
    case HEDDLE_EVENT_RESULT_NUMBER:
    case HEDDLE_EVENT_PROGRESS:
    case HEDDLE_EVENT_FIGURE: /* what it says is checked where it is kept */
      return has_in_hand (slot, id);
    case HEDDLE_EVENT_RESULT_TEXT:
      return has_in_hand (slot, id) && has_room (slot->result, slot->has_result, event->time);
    case HEDDLE_EVENT_ERROR_TEXT:
      return has_in_hand (slot, id) && has_room (slot->error, slot->has_error, event->time);
    case HEDDLE_EVENT_OUTPUT_TEXT:
      return check_output (self, slot, id, payload);
    case HEDDLE_EVENT_WAIT:
    case HEDDLE_EVENT_RESUME:
      return slot->in_hand && (aux == HEDDLE_WAIT_SLEEP || aux == HEDDLE_WAIT_SHARED) && is_possible_time (self, event->time);
    case HEDDLE_EVENT_NONE:
    case HEDDLE_N_EVENTS:
    default:
      return FALSE;
    }
}

/**
 * heddle_claim_of_ends_is_possible:
 * @n_ended: what heddle_slot_get_claimed() said before the ring was read to where it ended then
 *
 * A worker counts a task as ended after its ring tells of its start. One that counts more would be given tasks for ever and do none.
 *
 * Returns: FALSE if its segment makes no sense
 */
gboolean
heddle_claim_of_ends_is_possible (const HeddleSlot *slot, guint64 n_ended)
{
  return !slot->is_process || n_ended <= slot->n_started;
}

/**
 * heddle_slot_give:
 * @item: tasks that the process in @slot is given
 *
 * Said before the process can see the last of them. The thread of the pool.
 */
void
heddle_slot_give (HeddleSlot *slot, const HeddleItem *item)
{
  heddle_given_add (&slot->given, item->id, item->count, item->attempt);
}

/**
 * heddle_slot_show_given:
 *
 * From here on what was given may start. The thread of the pool.
 */
void
heddle_slot_show_given (HeddleSlot *slot)
{
  heddle_given_show (&slot->given);
}

/**
 * heddle_slot_forget_given:
 *
 * Nobody stands in @slot. The thread of the pool; the collector looks at neither before another worker is born there.
 */
void
heddle_slot_forget_given (HeddleSlot *slot)
{
  heddle_given_clear (&slot->given);
  heddle_given_init (&slot->given);
  atomic_store_explicit (&slot->claimed, 0, memory_order_relaxed);
}

/**
 * heddle_slot_claim:
 * @n_ended: how many tasks the process in @slot says it has ended
 *
 * Has that checked against its ring. The thread of the pool.
 */
void
heddle_slot_claim (HeddleSlot *slot, guint64 n_ended)
{
  /* release: the worker's ring was ahead of this */
  atomic_store_explicit (&slot->claimed, n_ended, memory_order_release);
}
