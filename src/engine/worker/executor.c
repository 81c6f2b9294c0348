/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/worker/executor.h"

#include "engine/sync/shared-private.h"
#include "engine/sync/shared.h"
#include "engine/task/task-private.h"
#include "trace/clock.h"

/* A batch lasts about so long: enough to pay for the lock, too short to hoard. */
#define BATCH_NS 50000
#define BATCH_MAX 64

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
heddle_executor_init (HeddleExecutor *self, const HeddleWorkload *workload, gpointer data,
                      guint worker, HeddleRing *ring, HeddleRingKick kick, gpointer kick_data,
                      const _Atomic guint32 *cancel)
{
  g_return_if_fail (workload != NULL);
  g_return_if_fail (ring != NULL);

  *self = (HeddleExecutor) { .workload = workload, .data = data, .worker = worker };
  self->task = (HeddleTask) { .writer = &self->writer, .cancel = cancel, .worker = worker };
  heddle_ring_writer_init (&self->writer, ring, kick, kick_data);
}

static void
record_pending_end (HeddleExecutor *self)
{
  guint state = heddle_event_aux (self->pending);

  if (self->pending == 0)
    return;
  self->pending = 0;
  heddle_ring_put (&self->writer, self->last_end,
                   heddle_event_word (HEDDLE_EVENT_TASK_END, state, self->task.id));
}

/**
 * heddle_executor_record_start:
 *
 * Records that a task starts, where it does not follow another one at once.
 *
 * Returns: when, ticks
 */
guint64
heddle_executor_record_start (HeddleExecutor *self, guint64 id, guint attempt)
{
  guint64 now;

  record_pending_end (self);
  now = heddle_clock_ticks ();
  heddle_ring_put (&self->writer, now, heddle_event_word (HEDDLE_EVENT_TASK_START, attempt, id));
  return now;
}

/**
 * heddle_executor_begin_shared:
 *
 * Tells the arena that a task starts.
 */
void
heddle_executor_begin_shared (HeddleExecutor *self)
{
  heddle_shared_task_begins (self->shared, self->worker);
}

/**
 * heddle_executor_settle:
 *
 * Gives up what the task that has returned still holds, and says how it ended.
 */
void
heddle_executor_settle (HeddleExecutor *self)
{
  const HeddleTask *task = &self->task;
  HeddleTaskState state = HEDDLE_TASK_DONE;

  if (task->n_held > 0)
    heddle_shared_release_held (self->shared, &self->task);
  if (task->failed)
    state = HEDDLE_TASK_FAILED;
  else if (task->saw_cancel && !task->has_result)
    state = HEDDLE_TASK_CANCELLED;
  self->pending = heddle_event_word (HEDDLE_EVENT_TASK_NEXT, state, 0);
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
  heddle_ring_put (&self->writer, heddle_clock_ticks (),
                   heddle_event_word (HEDDLE_EVENT_TASK_SKIPPED, 0, id));
  heddle_ring_publish (&self->writer);
}

/**
 * heddle_executor_flush:
 *
 * Records an end that was kept back for a next start which does not follow. Worker's thread.
 */
void
heddle_executor_flush (HeddleExecutor *self)
{
  if (self->pending == 0)
    return;
  record_pending_end (self);
  heddle_ring_publish (&self->writer);
  if (self->prompt && self->writer.kick != NULL)
    self->writer.kick (self->writer.kick_data);
}

/**
 * heddle_executor_get_batch:
 *
 * Returns: how many tasks last about 50 microseconds, judged by the last ones: 1 to 64
 */
guint
heddle_executor_get_batch (const HeddleExecutor *self)
{
  guint64 ticks = heddle_clock_span (BATCH_NS);

  if (self->ticks_8 == 0)
    return 1;
  return (guint) CLAMP (ticks / (guint64) heddle_executor_get_task_ticks (self), 1, BATCH_MAX);
}
