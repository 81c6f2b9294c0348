/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/model/backend.h"
#include "engine/model/run-options.h"
#include "engine/task/task-private.h"

G_BEGIN_DECLS

/* A pool: workers behind one interface, which is all that the run knows of them. It takes items
 * from the queue, has workers execute them and registers each worker's slot and ring with the
 * collector, which learns from the ring alone what a task came to. Workers leave once
 * heddle_queue_take() returns 0 or heddle_queue_is_finished(): then every task has ended. */
typedef struct {
  const HeddleWorkload *workload;
  gpointer data;                  /* the workload's, opened in this process */
  HeddleShared *shared;           /* what its tasks share, NULL: nothing */
  const HeddleSettings *settings;
  const HeddleRunOptions *options;
  HeddleStatesSource states; /* where the times of its tasks come from */
  HeddleQueue *queue;
  HeddleCollector *collector;
  HeddleLog *log;
  _Atomic guint32 *cancel; /* futex word: 0 go on, or HEDDLE_CANCEL_RUN, HEDDLE_CANCEL_REST */
  /* the run cannot go on: takes the error, cancels all; any thread, does not block */
  void (*fail) (gpointer run, GError *error);
  gpointer run;
} HeddlePoolHost;

struct _HeddlePoolClass {
  HeddleBackendInfo info; /* the first field: heddle_backends[] lists classes by it */
  gsize instance_size;
  /* Takes its place for a workload whose tasks may end their process. NULL: the workers are
   * processes, or no such workload may name the backend (tests/workloads/test-on-backends.c). */
  const HeddlePoolClass *isolated;
  /* Supervisor's thread. Must not block, so the pool's own thread starts processes. */
  gboolean (*start) (HeddlePool *self, guint n_workers, GError **error);
  /* Wants so many workers. Growing starts some, shrinking lets some leave after the task in hand;
   * never kills. NULL: the main loop is the one worker. Supervisor's thread, does not block. */
  void (*resize) (HeddlePool *self, guint n_workers);
  /* Pause, the cancel word or the queue has changed (it was closed, for instance): look again. With
   * HEDDLE_STOP_KILL worker processes get a second, then SIGTERM, then SIGKILL. NULL: the queue
   * wakes the workers itself. Supervisor's thread, does not block. */
  void (*poke) (HeddlePool *self, gboolean paused, gboolean kill);
  /* A task is overdue, see heddle_slot_get_overdue(): its worker is to be made to end it. NULL:
   * asking is all that can be done. Supervisor's thread, with its lock: only wakes the pool's own
   * thread. */
  void (*overdue) (HeddlePool *self);
  /* The worker of that number, from 1, has had a task in hand for long while others have nothing to
   * do: tasks it took and has not begun go back into the queue. NULL: none are with a worker.
   * Supervisor's thread, with its lock held. */
  void (*take_back) (HeddlePool *self, guint number);
  /* Waits for the last worker. Supervisor's thread, once, after heddle_queue_finish(). */
  void (*join) (HeddlePool *self);
  void (*finalize) (HeddlePool *self);
};

struct _HeddlePool {
  const HeddlePoolClass *klass;
  HeddlePoolHost host;
};

HeddlePool *heddle_pool_new (HeddleBackend backend, const HeddlePoolHost *host);
void heddle_pool_free (HeddlePool *self);
guint heddle_pool_ring_capacity (guint n_workers);
gboolean heddle_pool_makes_do (HeddlePool *self, guint n_workers, const GError *shortage,
                               gboolean tell);

G_END_DECLS
