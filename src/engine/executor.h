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

struct _HeddleTask {
  guint64 id;
  guint attempt;
  const char *input;
  gsize input_length;
  HeddleRingWriter *writer;
  const _Atomic guint32 *cancel; /* futex word */
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
