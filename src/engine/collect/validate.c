/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a worker process writes into its ring is a claim: it may come from a program that has run
 * wild. Here it is decided whether it can be true, from what the host knows itself. What says
 * nothing else runs under the collector's lock.
 *
 * An event that cannot be true breaks the ring: nothing more is read from it, and the worker is
 * killed and replaced. What is let through can still be a lie (a wrong result, a time that is a
 * little off), but none that harms another task, the counts or this program.
 */
#include "config.h"

#include "engine/collect/validate.h"

#include <string.h>

#include "trace/clock.h"

/* A time stamp may be so far ahead of the clock: more than two processors can differ by, and far
 * less than would harm. */
#define AHEAD_NS G_GINT64_CONSTANT (1000000000)

#define TICK_NS 10000000
#define SWITCH_NS 100

/* The same by the clock, which no sleep of the machine has changed. */
static gboolean
is_possible_moment (HeddleCollector *self, guint64 ticks)
{
  gint64 ns;
  guint n_maps;

  heddle_clock_check (); /* it may have slept just now */
  n_maps = atomic_load (&heddle_clock_n_maps);
  if (n_maps != self->bounds.n_maps)
    {
      self->bounds.n_maps = n_maps;
      self->bounds.first_ticks = heddle_clock_get_first ();
    }
  ns = heddle_clock_to_ns (ticks);
  /* where a mapping ended is not known exactly */
  if (ns < self->first_ns - (n_maps > 0 ? AHEAD_NS : 0)
      || ns > heddle_clock_monotonic_ns () + AHEAD_NS)
    return FALSE;
  self->bounds.last_possible =
    heddle_clock_ticks () - self->bounds.first_ticks + heddle_clock_span (AHEAD_NS);
  return TRUE;
}

/* Between the beginning of the run and now. */
static gboolean
is_possible_time (HeddleCollector *self, guint64 ticks)
{
  guint64 since = ticks - self->bounds.first_ticks;

  if (G_LIKELY (since <= self->bounds.last_possible))
    return TRUE;
  return is_possible_moment (self, ticks);
}

/* Tasks are started, and skipped, in the order in which they were assigned. */
static gboolean
take_assigned (HeddleSlot *slot, guint64 id, guint *attempt)
{
  const HeddleAssignedTasks *assigned = heddle_assigned_peek (&slot->assigned);

  if (assigned == NULL || assigned->id != id || (*attempt != 0 && assigned->attempt != *attempt))
    return FALSE;
  *attempt = assigned->attempt;
  heddle_assigned_pass (&slot->assigned);
  return TRUE;
}

static gboolean
has_in_hand (const HeddleSlot *slot, guint64 id)
{
  return slot->task.in_hand && slot->task.id == id;
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

/* No more than the worker's whole life, and a little: the reading that one task ends with is where
 * the next one's times begin, and between the two the system may take the processor away for as
 * long as it likes, so a task's own span is no bound. Who uses the times cuts them to the span. A
 * switch takes longer than SWITCH_NS. */
static gboolean
check_times (const HeddleSlot *slot, const HeddleEvent *event, const char *payload)
{
  gint64 most = MAX (heddle_clock_monotonic_ns () - slot->worker.born_ns, 0) + TICK_NS;
  HeddleTimesEvent times;

  if (event->time != sizeof times)
    return FALSE;
  memcpy (&times, payload, sizeof times);
  return times.on_cpu_ns >= 0 && times.ready_ns >= 0 && times.on_cpu_ns <= most
    && times.ready_ns <= most - times.on_cpu_ns && times.preempted <= times.switches
    && times.switches <= most / SWITCH_NS;
}

/**
 * heddle_validate_event:
 * @payload: of a text event
 *
 * Whether the worker process in @slot can have recorded this event. A task that starts is taken off
 * the list of those it was assigned.
 *
 * Returns: FALSE if its ring makes no sense
 */
gboolean
heddle_validate_event (HeddleCollector *self, HeddleSlot *slot, const HeddleEvent *event,
                       const char *payload)
{
  guint64 id = heddle_event_id (event->word);
  guint aux = heddle_event_aux (event->word);
  guint attempt = 0;

  switch (heddle_event_type (event->word))
    {
    case HEDDLE_EVENT_QUEUED:
      return is_possible_time (self, event->time);
    case HEDDLE_EVENT_TASK_START:
      return aux != 0 && !slot->task.in_hand && is_possible_time (self, event->time)
        && take_assigned (slot, id, &aux);
    case HEDDLE_EVENT_TASK_END:
      return is_end_state (aux) && has_in_hand (slot, id) && is_possible_time (self, event->time);
    case HEDDLE_EVENT_TASK_NEXT:
      attempt = 1;
      return is_end_state (aux) && slot->task.in_hand && is_possible_time (self, event->time)
        && take_assigned (slot, id, &attempt);
    case HEDDLE_EVENT_TASK_SKIPPED:
      return !slot->task.in_hand && is_possible_time (self, event->time)
        && take_assigned (slot, id, &attempt) && (slot->task.attempt = attempt) > 0;
    case HEDDLE_EVENT_RESULT_NUMBER:
    case HEDDLE_EVENT_PROGRESS:
    case HEDDLE_EVENT_FIGURE: /* what it says is checked where it is kept */
      return has_in_hand (slot, id);
    case HEDDLE_EVENT_RESULT_TEXT:
      return has_in_hand (slot, id)
        && has_room (slot->task.result, slot->task.has_result, event->time);
    case HEDDLE_EVENT_ERROR_TEXT:
      return has_in_hand (slot, id)
        && has_room (slot->task.error, slot->task.has_error, event->time);
    case HEDDLE_EVENT_TIMES:
      return has_in_hand (slot, id) && check_times (slot, event, payload);
    case HEDDLE_EVENT_OUTPUT_TEXT:
      return check_output (self, slot, id, payload);
    case HEDDLE_EVENT_WAIT:
    case HEDDLE_EVENT_RESUME:
      return slot->task.in_hand && aux >= HEDDLE_WAIT_SLEEP && aux <= HEDDLE_WAIT_IO
        && is_possible_time (self, event->time);
    case HEDDLE_EVENT_HOLD:
    case HEDDLE_EVENT_RELEASE:
      return slot->task.in_hand && id != 0 && is_possible_time (self, event->time);
    case HEDDLE_EVENT_NONE:
    case HEDDLE_N_EVENTS:
    default:
      return FALSE;
    }
}

/**
 * heddle_validate_ended:
 * @n_ended: what heddle_slot_report_ended() said before the ring was read to where it ended then
 *
 * A worker counts a task as ended after the event of its start. One that counts more would be given
 * tasks for ever and do none.
 *
 * Returns: FALSE if its segment makes no sense
 */
gboolean
heddle_validate_ended (const HeddleSlot *slot, guint64 n_ended)
{
  return !slot->is_process || n_ended <= slot->worker.n_started;
}
