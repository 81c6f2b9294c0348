/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/types.h"
#include "engine/workload.h"
#include "trace/ring.h"

G_BEGIN_DECLS

/*
 * The executor: the part of a worker that is the same in a thread, in a worker process and on the main loop.
 * It executes tasks one after another and records what happens into the worker's ring. Worker's thread only.
 */

/*
 * The word by which a worker's tasks are asked to end. A task that is asked for itself alone is named by how many the worker had taken, so
 * that a request which comes too late is not heeded by the next one.
 */
#define HEDDLE_CANCEL_RUN 1u  /* all of them */
#define HEDDLE_CANCEL_REST 2u /* those that have not started are skipped; the one in hand may end */
#define HEDDLE_CANCEL_ALL (HEDDLE_CANCEL_RUN | HEDDLE_CANCEL_REST) /* the bits, beside which stands the number of a task */
#define HEDDLE_CANCEL_TASK(n_taken) ((guint32) (n_taken) << 2)

struct _HeddleTask {
  guint64 id;
  guint attempt;
  const char *input;
  gsize input_length;
  HeddleRingWriter *writer;
  const _Atomic guint32 *cancel; /* futex word */
  guint32 mark;         /* HEDDLE_CANCEL_TASK() of this one */
  gboolean killable;    /* the worker is a process that can be ended with the task in hand */
  guint worker;         /* number, from 1 */
  guint64 started;      /* ticks */
  guint n_held;         /* locks of the arena */
  gboolean failed;
  gboolean has_result;
  gboolean saw_cancel;
};

typedef struct {
  const HeddleWorkload *workload;
  gpointer data;
  guint worker; /* number, from 1 */
  HeddleRingWriter writer;
  HeddleShared *shared; /* NULL: the tasks share nothing */
  const _Atomic guint32 *cancel;
  guint64 last_end;     /* ticks at which the last task ended, in a batch */
  gboolean prompt;      /* the reader of the ring is woken for every end */
  HeddleTaskState last_state;
  guint64 last_id;
  guint64 last_queued;  /* last queueing time told to the ring */
  gboolean end_pending; /* that end is not recorded yet: it goes into the next task's start */
  gboolean killable;    /* the worker is a process that can be ended with a task in hand */
  guint32 n_taken;      /* tasks run or skipped */
  gint64 task_ticks;       /* moving average of the time a task takes, ticks; 0: none yet */
} HeddleExecutor;

void heddle_executor_init (HeddleExecutor *self, const HeddleWorkload *workload, gpointer data, guint worker, HeddleRing *ring,
                           HeddleRingKick kick, gpointer kick_data, const _Atomic guint32 *cancel);

/* Executes one task. @more: another call follows at once, so the end may be recorded together with the next start. */
HeddleTaskState heddle_executor_run (HeddleExecutor *self, guint64 id, guint attempt, guint64 queued, const char *input,
                                     gsize input_length, gboolean more);

/* Ends a task that was taken and is not to be started any more. */
void heddle_executor_skip (HeddleExecutor *self, guint64 id, guint64 queued);

/* Tells an end that was kept back because more was to follow, and does not follow yet. */
void heddle_executor_flush (HeddleExecutor *self);

/* How many tasks to claim at once so that a claim lasts about 50 microseconds. */
guint heddle_executor_claim (const HeddleExecutor *self);

G_END_DECLS
