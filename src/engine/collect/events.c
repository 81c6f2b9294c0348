/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What events mean. Every function here runs under the collector's lock.
 *
 * A task's end is decided in one place, task_ended(): it counts it, hands out its row, or gives it
 * another try.
 */

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "engine/collect/collector-private.h"
#include "engine/model/policy.h"
#include "engine/task/task-private.h"
#include "trace/clock.h"

#define KEPT_TEXT (64 * 1024) /* bytes */

static gboolean
may_try_again (HeddleCollector *self, HeddleSlot *slot, HeddleTaskState state)
{
  return (state == HEDDLE_TASK_FAILED || state == HEDDLE_TASK_LOST)
    && slot->task.attempt <= self->sinks.retries && !slot->task.doomed
    && atomic_load_explicit (self->sinks.cancel, memory_order_relaxed) == 0;
}

/* The task of the slot, to be queued once more. */
static HeddleItem
make_item (const HeddleSlot *slot, guint attempt, const HeddleInput *input)
{
  return (HeddleItem) { .id = slot->task.id, .count = 1, .attempt = attempt,
                        .queued = heddle_clock_ticks (), .input = input };
}

static void
try_again (HeddleCollector *self, HeddleSlot *slot, const HeddleInput *input, gint64 ns,
           const char *label)
{
  HeddleItem item = make_item (slot, slot->task.attempt + 1, input);
  gint64 delay = heddle_retry_delay_ns (self->sinks.retry_delay, slot->task.attempt);
  const char *why = slot->task.has_error ? slot->task.error->str : _("it failed");

  if (delay > 0)
    heddle_collector_say_locked (self, slot, ns, HEDDLE_LOG_WARNING,
                                 _("Task %" PRIu64 " (%s) is tried again in %g s: %s"),
                                 slot->task.id, label, (double) delay / 1e9, why);
  else
    heddle_collector_say_locked (self, slot, ns, HEDDLE_LOG_WARNING,
                                 _("Task %" PRIu64 " (%s) is tried again: %s"), slot->task.id,
                                 label, why);
  self->counts.retried++;
  heddle_retries_add (self->retries, &item, heddle_clock_monotonic_ns () + delay);
}

static void
count_end (HeddleCollector *self, HeddleTaskState state, gint64 end)
{
  self->counts.last_end_ns = MAX (self->counts.last_end_ns, end);
  switch (state)
    {
    case HEDDLE_TASK_DONE:
      self->counts.done++;
      break;
    case HEDDLE_TASK_FAILED:
      self->counts.failed++;
      break;
    case HEDDLE_TASK_CANCELLED:
      self->counts.cancelled++;
      break;
    case HEDDLE_TASK_LOST:
      self->counts.lost++;
      break;
    case HEDDLE_TASK_QUEUED:
    case HEDDLE_TASK_RUNNING:
    default:
      g_assert_not_reached ();
    }
}

/* Whether anybody wants to see single tasks; where nobody does, labels need not be made. */
static gboolean
wants_rows (HeddleCollector *self)
{
  return self->sinks.wants_rows || self->sinks.trace != NULL;
}

/* The input, where the label does not say the same: nothing of it shall be lost in an export. */
static const char *
input_beside_label (const HeddleInput *input, const char *label)
{
  return input != NULL && label != NULL && strcmp (input->text, label) != 0 ? input->text : NULL;
}

/* Others may wait for it. */
static void
note_fallen (HeddleCollector *self, guint64 id, HeddleTaskState state, const HeddleInput *input)
{
  HeddleFallen *fallen = &self->fallen[self->n_fallen];

  if (self->sinks.shared == NULL || state == HEDDLE_TASK_DONE
      || self->n_fallen == HEDDLE_MAX_FALLEN)
    return;
  fallen->id = id;
  fallen->state = state;
  self->sinks.label (self->sinks.data, id, input, fallen->label, sizeof fallen->label);
  self->n_fallen++;
}

static void
finish_task (HeddleCollector *self, HeddleSlot *slot, gint64 end, HeddleTaskState state,
             const HeddleInput *input, char *label)
{
  HeddleRow row = {
    .id = slot->task.id,
    .state = state,
    .attempt = slot->task.attempt,
    .worker = slot->number,
    .queued_ns = slot->task.queued_ns,
    .started_ns = slot->task.started_ns,
    .finished_ns = end,
    .times = slot->task.times,
    .label = label,
    .result = slot->task.has_result && state == HEDDLE_TASK_DONE ? slot->task.result->str : NULL,
    .error = slot->task.has_error ? slot->task.error->str : NULL,
    .input = input_beside_label (input, label),
  };

  count_end (self, state, end);
  note_fallen (self, slot->task.id, state, input);
  /* what was broken off says nothing about how long such tasks take */
  if (state == HEDDLE_TASK_DONE || state == HEDDLE_TASK_FAILED)
    heddle_histogram_add (&self->task_times, end - slot->task.started_ns);
  heddle_histogram_add (&self->wait_times, slot->task.started_ns - slot->task.queued_ns);
  if (label != NULL)
    {
      heddle_collector_trace_span_locked (self, slot, end, state, label);
      heddle_finish_order_add (self->rows, &row);
    }
  if (input != NULL)
    heddle_input_table_drop (self->sinks.inputs, slot->task.id);
}

static void
take_text (GString **text, gboolean *has, const char *payload, gsize length)
{
  if (*text == NULL)
    *text = g_string_new (NULL);
  if (!*has)
    g_string_truncate (*text, 0);
  *has = TRUE;
  g_string_append_len (*text, payload, (gssize) length);
}

/* Its memory serves the next one, but for that of a very long one. */
static void
forget_text (GString **text, gboolean *has)
{
  *has = FALSE;
  if (*text != NULL && (*text)->allocated_len > KEPT_TEXT)
    g_string_free (g_steal_pointer (text), TRUE);
}

/* What the time limit makes of an end: a task that gave up when it was asked to, or whose process
 * was ended, has failed. */
static HeddleTaskState
judge_overdue (HeddleCollector *self, HeddleSlot *slot, HeddleTaskState state)
{
  g_autofree char *text = NULL;

  if (!heddle_slot_is_overdue (slot)
      || (state != HEDDLE_TASK_LOST && state != HEDDLE_TASK_CANCELLED))
    return state;
  if (state == HEDDLE_TASK_CANCELLED && (atomic_load (self->sinks.cancel) & HEDDLE_CANCEL_RUN) != 0)
    return state;
  text =
    g_strdup_printf (_("The task took longer than %g s."), (double) self->sinks.limit_ns / 1e9);
  if (state == HEDDLE_TASK_LOST)
    {
      g_string_prepend_c (slot->task.error, ' ');
      g_string_prepend (slot->task.error, text);
    }
  else if (!slot->task.has_error)
    take_text (&slot->task.error, &slot->task.has_error, text, strlen (text));
  return HEDDLE_TASK_FAILED;
}

static HeddleFoldKind
get_wait_fold (HeddleWaitKind kind)
{
  switch (kind)
    {
    case HEDDLE_WAIT_SHARED:
      return HEDDLE_FOLD_SHARED;
    case HEDDLE_WAIT_IO:
      return HEDDLE_FOLD_IO;
    case HEDDLE_WAIT_SLEEP:
    default:
      return HEDDLE_FOLD_SLEEP;
    }
}

/* Waits for input and output are what is left: tasks that do not say so wait for it, too. */
static void
count_wait (HeddleCollector *self, const HeddleSlot *slot, gint64 length)
{
  HeddleWaitSums *waits = &self->counts.waits;
  guint64 object = slot->task.wait_id;

  if (slot->task.wait_kind == HEDDLE_WAIT_SLEEP)
    waits->slept_ns += length;
  if (slot->task.wait_kind != HEDDLE_WAIT_SHARED)
    return;
  waits->shared_ns += length;
  /* a worker process may have written any number */
  if (object == 0 || object > HEDDLE_SHARED_OBJECTS)
    return;
  waits->objects_ns[object] += length;
  waits->waiters[object] |= G_GUINT64_CONSTANT (1) << (slot->number - 1) % 64;
}

/* Writes into the lane that the current task waited until @end. The rest of its wait, if it goes
 * on, begins at @next. */
static void
record_wait (HeddleCollector *self, HeddleSlot *slot, gint64 end, gint64 next)
{
  LaneOp *op;

  if (slot->task.wait_begin == 0)
    return;
  heddle_collector_open_span_locked (self, slot);
  op = heddle_collector_next_op_locked (self, LANE_STRETCH, slot);
  op->stretch = get_wait_fold (slot->task.wait_kind);
  op->id = slot->task.wait_id;
  op->begin = slot->task.wait_begin;
  op->end = MAX (end, slot->task.wait_begin);
  count_wait (self, slot, op->end - op->begin);
  slot->task.wait_begin = next;
}

/* Writes into the lane that the current task has ended, and how. */
static void
end_span (HeddleCollector *self, HeddleSlot *slot, gint64 end, HeddleTaskState state)
{
  HeddleTaskTimes *times = &slot->task.times;
  gint64 span = end - slot->task.started_ns;

  if (times->known)
    heddle_task_times_fit (times, span);
  record_wait (self, slot, end, 0);
  heddle_collector_record_holds_locked (self, slot, end);
  slot->task.holds.n = 0;
  /* the lane gets the counted times; where every switch is known, stretches come beside */
  heddle_collector_close_span_locked (self, slot, end, state);
  heddle_collector_end_times_locked (self, slot, end);
  if (times->known)
    heddle_task_times_fit (times, span);
  heddle_times_totals_add (&self->counts.times, times, span);
  slot->totals.busy_ns += span;
  slot->task.in_hand = FALSE;
  slot->task.progress = -1;
}

/* The slot's current task ended, or its worker did. */
static void
task_ended (HeddleCollector *self, HeddleSlot *slot, gint64 end, HeddleTaskState state)
{
  const HeddleInput *input = heddle_input_table_get (self->sinks.inputs, slot->task.id);
  gboolean again;
  char label[4352];

  state = judge_overdue (self, slot, state);
  again = may_try_again (self, slot, state);
  end = MAX (end, slot->task.started_ns);
  end_span (self, slot, end, state);
  if (again || wants_rows (self))
    self->sinks.label (self->sinks.data, slot->task.id, input, label, sizeof label);
  if (again)
    {
      heddle_collector_trace_span_locked (self, slot, end, state, label);
      /* of a worker that is gone all is known */
      try_again (self, slot, input,
                 state == HEDDLE_TASK_LOST ? MAX (self->settled, slot->task.started_ns) : end,
                 label);
    }
  else
    {
      finish_task (self, slot, end, state, input, wants_rows (self) ? label : NULL);
      slot->totals.tasks++;
    }
  forget_text (&slot->task.result, &slot->task.has_result);
  forget_text (&slot->task.error, &slot->task.has_error);
}

static void
task_started (HeddleCollector *self, HeddleSlot *slot, guint64 id, guint attempt, gint64 time)
{
  slot->task.in_hand = TRUE;
  slot->task.doomed = FALSE;
  slot->task.id = id;
  slot->task.attempt = attempt;
  slot->task.started_ns = time;
  slot->task.queued_ns = MIN (slot->queued_ns, time);
  slot->worker.n_started++;
  slot->task.progress = -1;
  slot->task.wait_begin = 0;
  slot->task.times.known = FALSE;
  slot->task.holds.n = 0;
  slot->task.lane_open = FALSE;
  heddle_collector_begin_times_locked (self, slot);
}

/* What a worker's commands have cost is what it has; of one that is going on nothing is known. */
static void
add_command (HeddleSlotTotals *totals, const HeddleTimesEvent *times)
{
  if (totals->cpu_ns < 0)
    totals->ready_ns = times->ready_ns;
  else if (totals->ready_ns >= 0)
    totals->ready_ns = times->ready_ns < 0 ? -1 : totals->ready_ns + times->ready_ns;
  totals->cpu_ns = MAX (totals->cpu_ns, 0) + times->on_cpu_ns;
}

static void
take_times (HeddleSlot *slot, const char *payload)
{
  HeddleTimesEvent event;

  memcpy (&event, payload, sizeof event);
  if (slot->is_command)
    add_command (&slot->totals, &event);
  slot->task.times = (HeddleTaskTimes) { event.on_cpu_ns, event.ready_ns, event.switches,
                                         event.preempted, TRUE };
}

/* The worker was assigned the task but never started it: the row names no worker. */
static void
cancel_unstarted (HeddleCollector *self, guint64 id, guint attempt, gint64 queued, gint64 now)
{
  const HeddleInput *input = heddle_input_table_get (self->sinks.inputs, id);
  char label[4352];
  HeddleRow row = {
    .id = id, .state = HEDDLE_TASK_CANCELLED, .attempt = attempt, .worker = 0,
    .queued_ns = queued, .started_ns = 0, .finished_ns = now, .label = label,
  };

  count_end (self, HEDDLE_TASK_CANCELLED, now);
  note_fallen (self, id, HEDDLE_TASK_CANCELLED, input);
  if (self->sinks.wants_rows)
    {
      self->sinks.label (self->sinks.data, id, input, label, sizeof label);
      row.input = input_beside_label (input, label);
      heddle_finish_order_add (self->rows, &row);
    }
  if (input != NULL)
    heddle_input_table_drop (self->sinks.inputs, id);
}

/* The event is known to be possible: validate.c has checked those of worker processes, and threads
 * run our own code. */
static void
take_task_event (HeddleCollector *self, HeddleSlot *slot, const HeddleEvent *event)
{
  guint aux = heddle_event_aux (event->word);
  guint64 id = heddle_event_id (event->word);
  gint64 time = heddle_clock_to_ns (event->time);

  switch (heddle_event_type (event->word))
    {
    case HEDDLE_EVENT_TASK_START:
      task_started (self, slot, id, aux, time);
      break;
    case HEDDLE_EVENT_TASK_END:
      task_ended (self, slot, time, (HeddleTaskState) aux);
      break;
    case HEDDLE_EVENT_TASK_NEXT:
      task_ended (self, slot, time, (HeddleTaskState) aux);
      task_started (self, slot, id, 1, time);
      break;
    default:
      cancel_unstarted (self, id, slot->is_process ? slot->task.attempt : 1, slot->queued_ns, time);
      slot->worker.n_started++;
      break;
    }
}

static void
take_progress (HeddleCollector *self, HeddleSlot *slot, guint half_per_cents)
{
  slot->task.progress = MIN (half_per_cents, 200) / 200.0;
  if (!slot->task.in_hand)
    return;
  heddle_collector_open_span_locked (self, slot);
  heddle_collector_next_op_locked (self, LANE_PROGRESS, slot)->fraction = slot->task.progress;
}

/**
 * heddle_collector_take_event_locked:
 * @payload: of a text event
 *
 * Applies one event of the worker in @slot.
 */
void
heddle_collector_take_event_locked (HeddleCollector *self, HeddleSlot *slot,
                                    const HeddleEvent *event, const char *payload)
{
  guint64 id = heddle_event_id (event->word);
  char digits[24];

  switch (heddle_event_type (event->word))
    {
    case HEDDLE_EVENT_QUEUED:
      slot->queued_ns = heddle_clock_to_ns (event->time);
      break;
    case HEDDLE_EVENT_TASK_START:
    case HEDDLE_EVENT_TASK_END:
    case HEDDLE_EVENT_TASK_NEXT:
    case HEDDLE_EVENT_TASK_SKIPPED:
      take_task_event (self, slot, event);
      break;
    case HEDDLE_EVENT_RESULT_NUMBER:
      g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, event->time);
      slot->task.has_result = FALSE; /* a number is the whole of a result */
      take_text (&slot->task.result, &slot->task.has_result, digits, strlen (digits));
      break;
    case HEDDLE_EVENT_RESULT_TEXT:
      take_text (&slot->task.result, &slot->task.has_result, payload, event->time);
      break;
    case HEDDLE_EVENT_ERROR_TEXT:
      take_text (&slot->task.error, &slot->task.has_error, payload, event->time);
      break;
    case HEDDLE_EVENT_OUTPUT_TEXT:
      heddle_collector_take_output_locked (self, slot, id, payload, event->time);
      break;
    case HEDDLE_EVENT_FIGURE:
      self->sinks.figure (self->sinks.data, slot->task.in_hand ? slot->task.id : id, payload,
                          event->time);
      break;
    case HEDDLE_EVENT_TIMES:
      take_times (slot, payload);
      break;
    case HEDDLE_EVENT_PROGRESS:
      take_progress (self, slot, heddle_event_aux (event->word));
      break;
    case HEDDLE_EVENT_WAIT:
      slot->task.wait_begin = heddle_clock_to_ns (event->time);
      slot->task.wait_kind = (HeddleWaitKind) heddle_event_aux (event->word);
      slot->task.wait_id = slot->task.wait_kind == HEDDLE_WAIT_SHARED ? id : 0;
      break;
    case HEDDLE_EVENT_RESUME:
      record_wait (self, slot, heddle_clock_to_ns (event->time), 0);
      break;
    case HEDDLE_EVENT_HOLD:
    case HEDDLE_EVENT_RELEASE:
      heddle_collector_take_hold_locked (self, slot, event);
      break;
    case HEDDLE_EVENT_NONE:
    case HEDDLE_N_EVENTS:
    default:
      slot->reader.broken = TRUE;
      break;
    }
}

/* Hands what one pass over the rings has gathered to the lanes and to the log. */
void
heddle_collector_flush_locked (HeddleCollector *self)
{
  gint64 now = heddle_clock_monotonic_ns ();

  /* a task that waits now is shown as waiting up to now */
  for (guint i = 0; i < self->slots->len; i++)
    {
      HeddleSlot *slot = heddle_collector_get_slot (self, i);

      if (slot->task.in_hand)
        heddle_collector_open_span_locked (self, slot);
      if (slot->task.in_hand && now > slot->task.wait_begin)
        record_wait (self, slot, now, now);
      if (slot->task.in_hand)
        heddle_collector_record_holds_locked (self, slot, now);
      heddle_collector_show_states_locked (self, slot);
    }
  heddle_collector_flush_ops_locked (self);
  heddle_collector_log_output_locked (self);
}

/* The worker was ended because of the task before this one, which it had only just begun. */
static void
start_again (HeddleCollector *self, HeddleSlot *slot, gint64 now)
{
  const HeddleInput *input = heddle_input_table_get (self->sinks.inputs, slot->task.id);
  HeddleItem item = make_item (slot, slot->task.attempt, input);
  gint64 end = MAX (now, slot->task.started_ns);
  char label[4352];

  end_span (self, slot, end, HEDDLE_TASK_LOST);
  self->sinks.label (self->sinks.data, slot->task.id, input, label, sizeof label);
  heddle_collector_trace_span_locked (self, slot, end, HEDDLE_TASK_LOST, label);
  slot->task.has_result = FALSE;
  slot->task.has_error = FALSE;
  heddle_collector_say_locked (
    self, slot, MAX (self->settled, slot->task.started_ns), HEDDLE_LOG_INFO,
    _("Task %" PRIu64
      " had been started by a worker that was ended because of its previous task. It is started again."),
    slot->task.id);
  heddle_queue_put_back (self->sinks.queue, &item, 1);
}

/* The worker is gone: the task that it was running is tried again or lost. */
void
heddle_collector_lose_task_locked (HeddleCollector *self, HeddleSlot *slot, gint64 now,
                                   const char *why)
{
  guint64 ended_for = atomic_load (&slot->ended_for);

  if (!slot->task.in_hand)
    return;
  if (ended_for != 0 && ended_for != slot->worker.n_started)
    {
      start_again (self, slot, now);
      return;
    }
  slot->task.has_error = FALSE;
  take_text (&slot->task.error, &slot->task.has_error, why, strlen (why));
  task_ended (self, slot, now, HEDDLE_TASK_LOST);
}

/* Tasks that were taken out of the queue and never started. */
void
heddle_collector_cancel_item_locked (HeddleCollector *self, const HeddleItem *item, gint64 now)
{
  for (guint32 i = 0; i < item->count; i++)
    cancel_unstarted (self, item->id + i, item->attempt, heddle_clock_to_ns (item->queued), now);
}
