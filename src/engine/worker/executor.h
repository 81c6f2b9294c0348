/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/model/types.h"
#include "engine/model/workload.h"
#include "engine/task/task-private.h"
#include "trace/clock.h"
#include "trace/ring.h"
#include "trace/thread-times.h"

G_BEGIN_DECLS

/* The executor: the part of a worker that is the same in a thread, in a process and on the main
 * loop. It executes tasks and records what happens into the worker's ring. Worker's thread only. */

/* What a worker has learned of its tasks, for itself and for the thread that comes after it. */
typedef struct {
  guint64 ticks_8;    /* moving average of the time a task takes, eighths of ticks; 0: none yet */
  guint64 count_from; /* the same of tasks that take so long that reading counters costs little; 0:
                         none has ended yet, G_MAXUINT64: they are not read */
  guint64 read_ticks; /* what one reading costs; 0: not known yet */
} HeddleExecutorPace;

/* Of tasks that are counted. */
typedef struct {
  HeddleThreadCounters counters;
  HeddleThreadTimes last; /* what was read last: */
  guint32 bound;          /* when the worker had taken so many tasks, between two of them */
} HeddleExecutorCounting;

typedef struct {
  const HeddleWorkload *workload;
  gpointer data;
  guint worker; /* number, from 1 */
  HeddleRingWriter writer;
  HeddleShared *shared; /* NULL: the tasks share nothing */
  HeddleTask task;      /* the one in hand */
  gboolean prompt;      /* the reader of the ring is woken for every end */
  guint32 n_taken;      /* tasks run or skipped */
  guint64 last_end;     /* ticks at which the last task ended, in a batch */
  guint64 last_queued;  /* last queueing time told to the ring */
  guint64 pending; /* its end, as a TASK_NEXT without an id, to go with the next start; 0: none */
  HeddleExecutorPace pace;
  HeddleExecutorCounting counting;
} HeddleExecutor;

void heddle_executor_init (HeddleExecutor *self, const HeddleWorkload *workload, gpointer data,
                           guint worker, HeddleRing *ring, HeddleRingKick kick, gpointer kick_data,
                           const _Atomic guint32 *cancel);
void heddle_executor_count (HeddleExecutor *self);
void heddle_executor_clear (HeddleExecutor *self);

void heddle_executor_skip (HeddleExecutor *self, guint64 id, guint64 queued);
void heddle_executor_flush (HeddleExecutor *self);
guint heddle_executor_get_batch (const HeddleExecutor *self);

/* The parts of heddle_executor_run() that most tasks need not. */
/* Slots of the ring that are free when a task begins: for what a short one records. */
#define HEDDLE_EXECUTOR_ROOM 4

void heddle_executor_make_room (HeddleExecutor *self);
void heddle_executor_begin_shared (HeddleExecutor *self);
guint64 heddle_executor_record_start (HeddleExecutor *self, guint64 id, guint attempt);
void heddle_executor_begin_counting (HeddleExecutor *self);
void heddle_executor_settle (HeddleExecutor *self);

/**
 * heddle_executor_run:
 * @queued: ticks at which the task was queued
 * @input: (nullable): its input text
 * @more: another run or skip follows at once, with which the end may be recorded
 *
 * Executes one task and records it. What stands here is what every task of a map costs: the clock
 * is read once where tasks run back to back, since the end of one is the start of the next, and the
 * rest is meant to be done while the processor reads it. Worker's thread.
 */
static inline void
heddle_executor_run (HeddleExecutor *self, guint64 id, guint attempt, guint64 queued,
                     const char *input, gsize input_length, gboolean more)
{
  HeddleTask *task = &self->task;
  guint64 start, end;

  if (G_UNLIKELY (heddle_ring_seems_full (&self->writer, HEDDLE_EXECUTOR_ROOM)))
    heddle_executor_make_room (self);
  if (queued != self->last_queued)
    {
      self->last_queued = queued;
      heddle_ring_put (&self->writer, queued, heddle_event_word (HEDDLE_EVENT_QUEUED, 0, id));
    }
  if (G_LIKELY (self->pending != 0 && attempt == 1))
    {
      start = self->last_end;
      heddle_ring_put (&self->writer, start, self->pending | (id & HEDDLE_EVENT_ID_MASK));
    }
  else
    start = heddle_executor_record_start (self, id, attempt);
  heddle_ring_publish (&self->writer);

  task->id = id;
  task->attempt = attempt;
  task->mark = HEDDLE_CANCEL_TASK (++self->n_taken);
  task->input = input;
  task->input_length = input_length;
  task->fate = 0;
  if (G_UNLIKELY (self->pace.ticks_8 >= self->pace.count_from))
    heddle_executor_begin_counting (self);
  if (self->shared != NULL)
    heddle_executor_begin_shared (self);
  self->workload->execute (self->data, task);
  self->pending = heddle_event_word (HEDDLE_EVENT_TASK_NEXT, HEDDLE_TASK_DONE, 0);
  if (G_UNLIKELY ((task->n_held | task->failed | task->saw_cancel | task->counted) != 0))
    heddle_executor_settle (self);
  end = heddle_clock_ticks ();
  self->pace.ticks_8 += end - start - self->pace.ticks_8 / 8;
  self->last_end = end;
  if (G_UNLIKELY (!more))
    heddle_executor_flush (self);
}

/**
 * heddle_executor_get_task_ticks:
 *
 * Returns: ticks that tasks take, the last ones counting most; 0: none ended. Worker's thread.
 */
static inline gint64
heddle_executor_get_task_ticks (const HeddleExecutor *self)
{
  return self->pace.ticks_8 == 0 ? 0 : (gint64) (self->pace.ticks_8 / 8 + 1);
}

G_END_DECLS
