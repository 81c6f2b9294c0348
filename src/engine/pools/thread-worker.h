/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>

#include "engine/pools/pool.h"
#include "engine/queue/batch.h"
#include "engine/worker/executor.h"

G_BEGIN_DECLS

/* For pools whose workers are threads of this process: a worker has a slot, a ring, and one thread
 * after another. */
typedef struct _HeddleThreadPool HeddleThreadPool;

typedef enum {
  HEDDLE_THREAD_NONE,
  HEDDLE_THREAD_WORKING,
  HEDDLE_THREAD_GONE, /* it only has to be joined */
} HeddleThreadState;

typedef struct {
  HeddleThreadPool *pool;
  HeddleSlot *slot;
  HeddleRing *ring;
  pthread_t thread;
  HeddleThreadState state; /* guarded by the pool's lock */
  atomic_bool leave;
  HeddleExecutorPace pace; /* thread per task: what the last thread has learned; owned by it */
  HeddleBatch batch; /* the thread owns it; taken back from with the pool's lock */
} HeddleThreadWorker;

struct _HeddleThreadPool {
  HeddlePool parent;
  pthread_mutex_t lock;
  HeddleThreadWorker *workers[HEDDLE_MAX_WORKERS]; /* the starting thread's; stay once made */
  guint n_workers;
  guint ring_capacity;
  void *(*main) (void *worker); /* of pools whose threads live until they are to leave */
};

void heddle_thread_pool_init (HeddleThreadPool *self, guint ring_capacity);
HeddleThreadWorker *heddle_thread_pool_get_worker (HeddleThreadPool *self, guint nth);
gboolean heddle_thread_pool_start (HeddlePool *pool, guint n_workers, void *(*main) (void *),
                                   GError **error);
void heddle_thread_pool_resize (HeddlePool *pool, guint n_workers);
void heddle_thread_pool_join (HeddlePool *pool);
void heddle_thread_pool_finalize (HeddlePool *pool);

void heddle_thread_worker_begin (HeddleThreadWorker *self, HeddleExecutor *executor);
gboolean heddle_thread_worker_leaves (HeddleThreadWorker *self);
void heddle_thread_worker_init_executor (HeddleExecutor *executor, const HeddlePoolHost *host,
                                         HeddleSlot *slot, HeddleRing *ring);
void heddle_thread_worker_run_batch (HeddleExecutor *executor, const HeddleItem *items,
                                     guint n_items);

/**
 * heddle_thread_worker_run_one:
 * @id: one task of @item
 * @more: another call follows at once
 *
 * Executes one task, or skips it when the run is cancelled. Worker's thread.
 */
static inline void
heddle_thread_worker_run_one (HeddleExecutor *executor, const HeddleItem *item, guint64 id,
                              gboolean more)
{
  const char *input = item->input != NULL ? item->input->text : NULL;
  gsize length = item->input != NULL ? item->input->length : 0;
  guint32 cancel = atomic_load_explicit (executor->task.cancel, memory_order_relaxed);

  if (G_UNLIKELY ((cancel & HEDDLE_CANCEL_ALL) != 0))
    heddle_executor_skip (executor, id, item->queued);
  else
    heddle_executor_run (executor, id, item->attempt, item->queued, input, length, more);
}

G_END_DECLS
