/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What is written of a slot into lanes and the trace. Operations on lanes are gathered and applied
 * in batches, so that the lane store's lock is taken once for some hundred events. Every function
 * here runs under the collector's lock.
 */

#include "engine/collect/collector-private.h"
#include "trace/clock.h"

/* Tasks that are as long as that are those that are counted one after another, and then known. */
#define LEAST_TIMES_NS 100000

/* Writes into the lanes what was gathered for them. */
void
heddle_collector_flush_ops_locked (HeddleCollector *self)
{
  HeddleLaneStore *lanes = self->sinks.lanes;

  if (self->n_ops == 0)
    return;
  heddle_lane_store_lock (lanes);
  for (guint i = 0; i < self->n_ops; i++)
    {
      const LaneOp *op = &self->ops[i];

      switch (op->kind)
        {
        case LANE_SPAN:
          heddle_lane_store_span_locked (lanes, op->lane, op->begin, op->end, op->id, op->state,
                                         &op->times);
          break;
        case LANE_OPEN:
          heddle_lane_store_open_locked (lanes, op->lane, op->id, op->begin, op->queued);
          break;
        case LANE_CLOSE:
          heddle_lane_store_close_locked (lanes, op->lane, op->end, op->state, &op->times);
          break;
        case LANE_STRETCH:
          heddle_lane_store_stretch_locked (lanes, op->lane, op->stretch, op->begin, op->end,
                                            op->id);
          break;
        case LANE_PROGRESS:
          heddle_lane_store_progress_locked (lanes, op->lane, op->fraction);
          break;
        default:
          g_assert_not_reached ();
        }
    }
  heddle_lane_store_unlock (lanes);
  self->n_ops = 0;
}

/* Returns: (transfer none): an operation on the lane of @slot, to be filled in by the caller at
 * once. */
LaneOp *
heddle_collector_next_op_locked (HeddleCollector *self, LaneOpKind kind, HeddleSlot *slot)
{
  LaneOp *op;

  if (self->n_ops == LANE_OPS)
    heddle_collector_flush_ops_locked (self);
  op = &self->ops[self->n_ops++];
  op->kind = kind;
  op->lane = slot->number - 1;
  return op;
}

/* The lane has to know of a task before its waits and progress, and when a pass ends with it in
 * hand. */
void
heddle_collector_open_span_locked (HeddleCollector *self, HeddleSlot *slot)
{
  LaneOp *op;

  if (slot->task.lane_open)
    return;
  slot->task.lane_open = TRUE;
  op = heddle_collector_next_op_locked (self, LANE_OPEN, slot);
  op->id = slot->task.id;
  op->begin = slot->task.started_ns;
  op->queued = slot->task.queued_ns;
}

/* Writes into the lane that the current task has ended. */
void
heddle_collector_close_span_locked (HeddleCollector *self, HeddleSlot *slot, gint64 end,
                                    HeddleTaskState state)
{
  LaneOp *op =
    heddle_collector_next_op_locked (self, slot->task.lane_open ? LANE_CLOSE : LANE_SPAN, slot);

  op->begin = slot->task.started_ns;
  op->end = end;
  op->id = slot->task.id;
  op->state = state;
  op->times = slot->task.times;
  /* of many short tasks a few are counted, each worker's first one for instance: one of them would
   * have the store make room for the times of all those around it */
  if (end - slot->task.started_ns < LEAST_TIMES_NS)
    op->times.known = FALSE;
  /* a part of which nobody knows what it was has no place in a lane */
  op->times.known = op->times.known && op->times.ready_ns >= 0;
  /* where every switch is known the lane has stretches: with totals it would count twice */
  op->times.known = op->times.known && slot->states.thread == NULL;
  slot->task.lane_open = FALSE;
}

static void
count_hold (HeddleCollector *self, const HeddleSlot *slot, guint64 number, gint64 length)
{
  HeddleHoldSums *sums = &self->counts.holds;

  /* a worker process may have written any number */
  if (number == 0 || number > HEDDLE_SHARED_OBJECTS)
    return;
  sums->objects_ns[number] += length;
  if (slot->number > HEDDLE_HOLD_WORKERS)
    return;
  if (sums->workers_ns[number] == NULL)
    sums->workers_ns[number] = g_new0 (gint64, HEDDLE_HOLD_WORKERS);
  sums->workers_ns[number][slot->number - 1] += length;
}

/* Writes into the lane what the current task held until @time: the last thing that it took, which
 * lies in all the others. Counts all of them. */
void
heddle_collector_record_holds_locked (HeddleCollector *self, HeddleSlot *slot, gint64 time)
{
  HeddleSlotHolds *holds = &slot->task.holds;
  LaneOp *op;

  if (holds->n > 0 && time > holds->from)
    {
      op = heddle_collector_next_op_locked (self, LANE_STRETCH, slot);
      op->stretch = HEDDLE_FOLD_HOLDING;
      op->id = holds->numbers[holds->n - 1];
      op->begin = holds->from;
      op->end = time;
      for (guint i = 0; i < holds->n; i++)
        count_hold (self, slot, holds->numbers[i], time - holds->from);
    }
  holds->from = MAX (holds->from, time);
}

/* The current task took the object of that number. What it takes beyond the room for it is not
 * told apart from the rest. */
static void
hold (HeddleCollector *self, HeddleSlot *slot, guint64 number, gint64 time)
{
  HeddleSlotHolds *holds = &slot->task.holds;

  if (holds->n == HEDDLE_TASK_HOLDS)
    return;
  if (holds->n == 0)
    holds->from = time;
  heddle_collector_record_holds_locked (self, slot, time);
  holds->numbers[holds->n++] = number;
}

/* The current task gave it back. */
static void
release (HeddleCollector *self, HeddleSlot *slot, guint64 number, gint64 time)
{
  HeddleSlotHolds *holds = &slot->task.holds;
  guint i = holds->n;

  while (i > 0 && holds->numbers[i - 1] != number)
    i--;
  if (i == 0)
    return;
  heddle_collector_record_holds_locked (self, slot, time);
  holds->n--;
  for (i--; i < holds->n; i++)
    holds->numbers[i] = holds->numbers[i + 1];
}

/* The current task took an object, or gave one back. */
void
heddle_collector_take_hold_locked (HeddleCollector *self, HeddleSlot *slot,
                                   const HeddleEvent *event)
{
  guint64 number = heddle_event_id (event->word);
  gint64 time = heddle_clock_to_ns (event->time);

  if (heddle_event_type (event->word) == HEDDLE_EVENT_HOLD)
    hold (self, slot, number, time);
  else
    release (self, slot, number, time);
}

/* Writes the attempt that has ended into the trace, if there is one. */
void
heddle_collector_trace_span_locked (HeddleCollector *self, HeddleSlot *slot, gint64 end,
                                    HeddleTaskState state, const char *label)
{
  HeddleSpan span = {
    .begin = slot->task.started_ns, .end = end, .id = slot->task.id, .state = state,
    .times = slot->task.times,
  };

  if (self->sinks.trace != NULL)
    heddle_trace_writer_span (self->sinks.trace, slot->number - 1, &span, label, slot->task.attempt,
                              slot->task.queued_ns);
}

/* Tells the trace which process and thread the lane of @slot is from now on. */
void
heddle_collector_introduce_locked (HeddleCollector *self, HeddleSlot *slot)
{
  slot->worker.tid_word = NULL;
  if (self->sinks.trace != NULL)
    heddle_trace_writer_lane (self->sinks.trace, slot->number - 1, slot->name, slot->worker.pid,
                              slot->worker.tid);
}

/* Which thread of its process the worker is, if that was not known yet. Asked before its ring is
 * read: its events were published after that number, so nothing is written of a lane that is not
 * introduced. @must: introduce it whatever is known. Collector's lock held. */
void
heddle_collector_learn_thread_locked (HeddleCollector *self, HeddleSlot *slot, gboolean must)
{
  int tid;

  if (slot->worker.tid_word == NULL)
    return;
  tid = (int) atomic_load (slot->worker.tid_word);
  slot->worker.tid = MAX (tid, 0);
  if (tid > 0)
    heddle_collector_join_states_locked (self, slot);
  if (tid > 0 || must)
    heddle_collector_introduce_locked (self, slot);
}
