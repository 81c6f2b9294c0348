/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Counted tasks. The worker reads its counters where one task ends and where one begins that does
 * not follow at once, and records the difference before the task's end. It does so only while tasks
 * take at least a hundred times what one reading takes, judged by the last ones, so that all of it
 * is less than a hundredth of their time. A worker's first task is always counted: nothing is known
 * of it, and it may be the only one.
 *
 * A reading lies a little before the time stamp of the same bound, at a begin as at an end. So what
 * is between two readings is as long as the span, and shifted by one reading.
 */

#include "engine/worker/executor.h"

#include "engine/sync/shared-private.h"
#include "engine/sync/shared.h"
#include "engine/task/task-private.h"
#include "trace/clock.h"

#define WORTH 100 /* how many readings a task has to last to be counted */

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
  self->pace.count_from = G_MAXUINT64;
  heddle_thread_counters_init (&self->counting.counters);
  self->task = (HeddleTask) {
    .writer = &self->writer, .cancel = cancel, .worker = worker, .wake_fd = -1
  };
  heddle_ring_writer_init (&self->writer, ring, kick, kick_data);
}

/**
 * heddle_executor_count:
 *
 * The worker's tasks are to be counted from here on, where they take long enough. Before its first
 * one.
 */
void
heddle_executor_count (HeddleExecutor *self)
{
  self->pace.count_from = 0;
}

/**
 * heddle_executor_clear:
 *
 * Frees what the executor has opened. Worker's thread, after its last task.
 */
void
heddle_executor_clear (HeddleExecutor *self)
{
  heddle_thread_counters_clear (&self->counting.counters);
}

/* What a reading costs: the least of some, since any of them may have been interrupted, and the
 * first one opens a file. */
static gboolean
measure_reading (HeddleExecutor *self)
{
  guint64 least = G_MAXUINT64;

  for (guint i = 0; i < 4; i++)
    {
      guint64 begin = heddle_clock_ticks ();

      if (!heddle_thread_counters_read (&self->counting.counters, &self->counting.last))
        return FALSE;
      if (i > 0)
        least = MIN (least, heddle_clock_ticks () - begin);
    }
  self->pace.read_ticks = MAX (least, 1);
  return TRUE;
}

/* Reads the counters between two tasks. Where they cannot be read, it is not tried again. */
static gboolean
read_counters (HeddleExecutor *self, guint32 bound)
{
  gboolean ok = self->pace.read_ticks == 0
                  ? measure_reading (self)
                  : heddle_thread_counters_read (&self->counting.counters, &self->counting.last);

  if (!ok)
    self->pace.count_from = G_MAXUINT64;
  self->counting.bound = bound;
  return ok;
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
  if (self->pace.ticks_8 >= self->pace.count_from
      && (self->n_taken == 0 || self->counting.bound != self->n_taken
          || now - self->last_end > self->pace.read_ticks))
    {
      /* what was read at the last end is a worse guess than a new reading is dear */
      read_counters (self, self->n_taken);
      now = heddle_clock_ticks ();
    }
  heddle_ring_put (&self->writer, now, heddle_event_word (HEDDLE_EVENT_TASK_START, attempt, id));
  return now;
}

/**
 * heddle_executor_begin_counting:
 *
 * The task that starts is to be counted. Its begin has been read, unless it follows at once one
 * that was not.
 */
void
heddle_executor_begin_counting (HeddleExecutor *self)
{
  guint32 bound = self->n_taken - 1;

  self->task.counted = self->counting.bound == bound || read_counters (self, bound);
}

/* Says what the task that has returned was, by the counters. */
static void
record_times (HeddleExecutor *self)
{
  HeddleThreadTimes begin = self->counting.last;
  HeddleTaskTimes times;
  HeddleTimesEvent event;

  if (!read_counters (self, self->n_taken))
    return;
  self->pace.count_from = self->pace.read_ticks * WORTH * 8; /* 0 for the first one */
  times = heddle_thread_times_between (&begin, &self->counting.last);
  event = (HeddleTimesEvent) { .on_cpu_ns = times.on_cpu_ns, .ready_ns = times.ready_ns,
                               .switches = times.switches, .preempted = times.preempted };
  heddle_ring_put_text (&self->writer, HEDDLE_EVENT_TIMES, self->task.id, (const char *) &event,
                        sizeof event);
}

/**
 * heddle_executor_make_room:
 *
 * Where the ring is full the worker waits for the collector now, between two tasks: the one has
 * ended before that, and the other begins after it, so neither is said to have been blocked.
 */
void
heddle_executor_make_room (HeddleExecutor *self)
{
  if (heddle_ring_has_room (&self->writer, HEDDLE_EXECUTOR_ROOM))
    return;
  record_pending_end (self);
  heddle_ring_reserve_slow (&self->writer, HEDDLE_EXECUTOR_ROOM);
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
  self->task.n_holds = 0;
}

/**
 * heddle_executor_settle:
 *
 * Gives up what the task that has returned still holds, and says what its time went to and how it
 * ended.
 */
void
heddle_executor_settle (HeddleExecutor *self)
{
  const HeddleTask *task = &self->task;
  HeddleTaskState state = HEDDLE_TASK_DONE;

  if (task->n_held > 0)
    heddle_shared_release_held (self->shared, &self->task);
  if (task->counted)
    record_times (self);
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

  if (self->pace.ticks_8 == 0)
    return 1;
  return (guint) CLAMP (ticks / (guint64) heddle_executor_get_task_ticks (self), 1, BATCH_MAX);
}
