/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/executor.h"

#include "engine/shared-private.h"
#include "trace/clock.h"

/* A claim should last about so long: long enough to pay for the lock, short enough that nobody hoards. */
#define CLAIM_NS 50000
#define CLAIM_MAX 64

/**
 * heddle_executor_init:
 * @data: the workload's, opened in this process
 * @worker: its number, from 1
 * @ring: its ring
 * @kick: (nullable): wakes the reader of the ring
 * @cancel: futex word of the worker: see HEDDLE_CANCEL_RUN
 *
 * Prepares a worker. Worker's thread.
 */
void
heddle_executor_init (HeddleExecutor *self, const HeddleWorkload *workload, gpointer data, guint worker, HeddleRing *ring,
                      HeddleRingKick kick, gpointer kick_data, const _Atomic guint32 *cancel)
{
  g_return_if_fail (workload != NULL);
  g_return_if_fail (ring != NULL);

  *self = (HeddleExecutor) { .workload = workload, .data = data, .worker = worker, .cancel = cancel };
  heddle_ring_writer_init (&self->writer, ring, kick, kick_data);
}

static void
record_pending_end (HeddleExecutor *self)
{
  if (!self->end_pending)
    return;
  self->end_pending = FALSE;
  heddle_ring_put (&self->writer, self->last_end, heddle_event_word (HEDDLE_EVENT_TASK_END, self->last_state, self->last_id));
}

/* One clock read a task where tasks run back to back: the end of one is the start of the next. */
static guint64
record_start (HeddleExecutor *self, guint64 id, guint attempt, guint64 queued)
{
  guint64 now;

  if (queued != self->last_queued)
    {
      heddle_ring_put (&self->writer, queued, heddle_event_word (HEDDLE_EVENT_QUEUED, 0, id));
      self->last_queued = queued;
    }
  if (self->end_pending && attempt == 1)
    {
      self->end_pending = FALSE;
      now = self->last_end;
      heddle_ring_put (&self->writer, now, heddle_event_word (HEDDLE_EVENT_TASK_NEXT, self->last_state, id));
    }
  else
    {
      record_pending_end (self);
      now = heddle_clock_ticks ();
      heddle_ring_put (&self->writer, now, heddle_event_word (HEDDLE_EVENT_TASK_START, attempt, id));
    }
  heddle_ring_publish (&self->writer);
  return now;
}

static HeddleTaskState
end_state (const HeddleTask *task)
{
  if (task->failed)
    return HEDDLE_TASK_FAILED;
  if (task->saw_cancel && !task->has_result)
    return HEDDLE_TASK_CANCELLED;
  return HEDDLE_TASK_DONE;
}

/**
 * heddle_executor_run:
 * @queued: ticks at which the task was queued
 * @input: (nullable): its input text
 * @more: another call of run or skip follows at once
 *
 * Executes one task and records it. Worker's thread.
 *
 * Returns: how it ended
 */
HeddleTaskState
heddle_executor_run (HeddleExecutor *self, guint64 id, guint attempt, guint64 queued, const char *input,
                     gsize input_length, gboolean more)
{
  HeddleTask task = {
    .id = id, .attempt = attempt, .input = input, .input_length = input_length, .writer = &self->writer, .cancel = self->cancel,
    .mark = HEDDLE_CANCEL_TASK (++self->n_taken), .killable = self->killable, .worker = self->worker,
  };
  HeddleTaskState state;
  guint64 end;

  task.started = record_start (self, id, attempt, queued);
  if (self->shared != NULL)
    heddle_shared_task_begins (self->shared, self->worker);
  self->workload->execute (self->data, &task);
  if (G_UNLIKELY (task.n_held > 0))
    heddle_shared_release_held (self->shared, &task);
  end = heddle_clock_ticks ();
  state = end_state (&task);
  self->task_ticks += ((gint64) (end - task.started) - self->task_ticks) / 8;
  if (self->task_ticks < 1)
    self->task_ticks = 1;

  self->last_end = end;
  self->last_state = state;
  self->last_id = id;
  self->end_pending = TRUE;
  if (!more)
    {
      record_pending_end (self);
      heddle_ring_publish (&self->writer);
      if (self->prompt && self->writer.kick != NULL)
        self->writer.kick (self->writer.kick_data);
    }
  return state;
}

/**
 * heddle_executor_skip:
 *
 * Ends, as cancelled, a task that was taken and is not to be started any more. Worker's thread.
 */
void
heddle_executor_skip (HeddleExecutor *self, guint64 id, guint64 queued)
{
  self->n_taken++;
  record_pending_end (self);
  if (queued != self->last_queued)
    {
      heddle_ring_put (&self->writer, queued, heddle_event_word (HEDDLE_EVENT_QUEUED, 0, id));
      self->last_queued = queued;
    }
  heddle_ring_put (&self->writer, heddle_clock_ticks (), heddle_event_word (HEDDLE_EVENT_TASK_SKIPPED, 0, id));
  heddle_ring_publish (&self->writer);
}

/**
 * heddle_executor_flush:
 *
 * Records an end that was kept back for the next start, where no other task follows at once after all. Worker's thread.
 */
void
heddle_executor_flush (HeddleExecutor *self)
{
  if (!self->end_pending)
    return;
  record_pending_end (self);
  heddle_ring_publish (&self->writer);
  if (self->prompt && self->writer.kick != NULL)
    self->writer.kick (self->writer.kick_data);
}

/**
 * heddle_executor_claim:
 *
 * Returns: how many tasks to take at once so that they last about 50 microseconds, judged by the last ones: 1 to 64
 */
guint
heddle_executor_claim (const HeddleExecutor *self)
{
  guint64 ticks = heddle_clock_from_ns (heddle_clock.base_ns + CLAIM_NS) - heddle_clock.base_ticks;

  if (self->task_ticks == 0)
    return 1;
  return (guint) CLAMP (ticks / (guint64) self->task_ticks, 1, CLAIM_MAX);
}
