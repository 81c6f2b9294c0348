/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/model/run-options.h"
#include "engine/model/types.h"
#include "engine/task/task-private.h"

G_BEGIN_DECLS

/*
 * A pool: workers behind one interface. The run knows nothing else of them.
 *
 * A pool takes items from the queue, lets workers execute them and registers each worker's place
 * (HeddleSlot) and ring with the collector. What a task came to is told by the worker's ring alone.
 * The queue says when it is over: heddle_queue_take() returns 0 (or heddle_queue_is_finished())
 * once every task has ended; then workers leave.
 */
typedef struct {
  const HeddleWorkload *workload;
  gpointer data;                  /* the workload's, opened in this process */
  HeddleShared *shared;           /* what its tasks share, NULL: nothing */
  const HeddleSettings *settings;
  const HeddleRunOptions *options;
  HeddleQueue *queue;
  HeddleCollector *collector;
  HeddleLog *log;
  /* futex word: 0 go on, or HEDDLE_CANCEL_RUN, HEDDLE_CANCEL_REST */
  _Atomic guint32 *cancel;
  /* the run cannot go on: takes the error, cancels all; any thread, does not block */
  void (*fail) (gpointer run, GError *error);
  gpointer run;
} HeddlePoolHost;

struct _HeddlePoolClass {
  gsize instance_size;
  /* Starts the pool. Main loop: must not block, so processes are spawned on the pool's own
   * thread. */
  gboolean (*start) (HeddlePool *self, guint n_workers, GError **error);
  /* Wants so many workers. Growing starts some, shrinking lets some leave after the task in hand;
   * never kills. Any thread, does not block. */
  void (*resize) (HeddlePool *self, guint n_workers);
  /* Pause, the cancel word or the queue has changed (it was closed, for instance): look again. With
   * HEDDLE_STOP_KILL worker processes get a second, then SIGTERM, then SIGKILL. Any thread, does
   * not block. */
  void (*poke) (HeddlePool *self, gboolean paused, gboolean kill);
  /* heddle_slot_get_overdue() has changed for a worker: it is to be made to end that task. NULL:
   * asking it is all that can be done, and has been. Supervisor's thread, with its lock held: must
   * only wake the pool's own thread. */
  void (*overdue) (HeddlePool *self);
  /* The worker of that number, from 1, has had a task in hand for long while others have nothing to
   * do: tasks it took and has not begun go back into the queue. NULL: none are with a worker.
   * Supervisor's thread, with its lock held. */
  void (*take_back) (HeddlePool *self, guint number);
  /* Returns when no worker is left. Called once, by the supervisor's thread, after
   * heddle_queue_finish(). */
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
guint heddle_pool_count_parties (HeddlePool *self);

G_END_DECLS
