/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The thread pool: N pthreads that take from the queue themselves. A worker claims several short
 * tasks at once (one lock, one wake-up), a single long one. Shrinking sets a worker's leave flag; a
 * worker gets another thread once its thread is gone.
 */

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "engine/collect/collector.h"
#include "engine/model/affinity.h"
#include "engine/model/log.h"
#include "engine/model/workload.h"
#include "engine/pools/thread-worker.h"
#include "engine/queue/batch.h"
#include "engine/task/task-private.h"
#include "engine/worker/executor.h"
#include "engine/worker/nice.h"
#include "trace/clock.h"

typedef struct _ThreadPool ThreadPool;

typedef enum { WORKER_EMPTY, WORKER_WORKING, WORKER_GONE } ThreadWorkerState;

typedef struct {
  ThreadPool *pool;
  HeddleSlot *slot;
  HeddleRing *ring;
  pthread_t thread;
  atomic_bool leave;
  HeddleBatch batch; /* the worker owns it; taken back from with the pool's lock */
  ThreadWorkerState state; /* guarded by the pool's lock; GONE: the thread only has to be joined */
} ThreadWorker;

struct _ThreadPool {
  HeddlePool parent;
  pthread_mutex_t lock;
  ThreadWorker *workers[HEDDLE_MAX_WORKERS]; /* supervisor's thread; a worker stays once made */
  guint n_workers;
  guint ring_capacity;
};

/* One task of an item; skipped when the run is cancelled. */
static inline void
run_one (HeddleExecutor *executor, const HeddleItem *item, guint64 id, gboolean more)
{
  const char *input = item->input != NULL ? item->input->text : NULL;
  gsize length = item->input != NULL ? item->input->length : 0;

  if (G_UNLIKELY (
        (atomic_load_explicit (executor->task.cancel, memory_order_relaxed) & HEDDLE_CANCEL_ALL)
        != 0))
    heddle_executor_skip (executor, id, item->queued);
  else
    heddle_executor_run (executor, id, item->attempt, item->queued, input, length, more);
}

/**
 * heddle_thread_worker_run_batch:
 * @items: what was taken from the queue
 *
 * Executes a claim, task by task; skips what is left of it when the run is cancelled. Worker's
 * thread.
 */
void
heddle_thread_worker_run_batch (HeddleExecutor *executor, const HeddleItem *items, guint n_items)
{
  for (guint i = 0; i < n_items; i++)
    for (guint32 j = 0; j < items[i].count; j++)
      run_one (executor, &items[i], items[i].id + j, i + 1 < n_items || j + 1 < items[i].count);
}

/**
 * heddle_thread_worker_begin:
 * @number: the worker's
 *
 * Names the calling thread, gives it the nice value of the run and binds it to its CPUs. Worker's
 * thread.
 */
void
heddle_thread_worker_begin (const HeddlePoolHost *host, guint number)
{
  g_autoptr (GError) error = NULL;
  char name[16];

  g_snprintf (name, sizeof name, "heddle-w%u", number);
  pthread_setname_np (pthread_self (), name);
  heddle_give_way (host->options->nice);
  if (!heddle_affinity_bind (host->options->affinity, number, &error))
    heddle_log_printf (host->log, HEDDLE_LOG_WARNING, number, 0, "%s", error->message);
}

/* A worker that was told to leave may have been wanted again in the meantime. */
static gboolean
really_leaves (ThreadWorker *worker)
{
  ThreadPool *pool = worker->pool;
  gboolean leaves;

  pthread_mutex_lock (&pool->lock);
  leaves = atomic_load (&worker->leave) || heddle_queue_is_finished (pool->parent.host.queue);
  if (leaves)
    worker->state = WORKER_GONE;
  pthread_mutex_unlock (&pool->lock);
  return leaves;
}

/* Executes what was taken, as far as it is not taken back. */
static void
run_own_batch (ThreadWorker *worker, HeddleExecutor *executor, guint n_items)
{
  HeddleBatch *batch = &worker->batch;

  if (n_items == 1 && batch->items[0].count == 1)
    {
      heddle_thread_worker_run_batch (executor, batch->items, 1);
      return;
    }
  heddle_batch_show (batch, n_items);
  for (guint i = 0; i < n_items; i++)
    {
      /* a copy: what is taken back is nobody's to look at any more */
      const HeddleItem item = batch->items[i];

      for (guint32 j = 0; j < item.count; j++)
        {
          if (G_UNLIKELY (!heddle_batch_begin_next (batch)))
            {
              heddle_executor_flush (executor);
              /* who took the rest may still be reading it */
              heddle_batch_wait (batch);
              return;
            }
          run_one (executor, &item, item.id + j, i + 1 < n_items || j + 1 < item.count);
        }
    }
}

static void *
worker_main (void *data)
{
  ThreadWorker *worker = data;
  const HeddlePoolHost *host = &worker->pool->parent.host;
  HeddleExecutor executor;

  heddle_thread_worker_begin (host, heddle_slot_get_number (worker->slot));
  heddle_collector_worker_born (host->collector, worker->slot, worker->ring, getpid (),
                                (int) syscall (SYS_gettid), NULL);
  heddle_executor_init (
    &executor, host->workload, host->data, heddle_slot_get_number (worker->slot), worker->ring,
    (HeddleRingKick) heddle_collector_kick, host->collector, heddle_slot_get_cancel (worker->slot));
  executor.shared = host->shared;
  executor.prompt = host->options->manual;
  do
    {
      guint n;

      while ((n = heddle_queue_take (host->queue, worker->batch.items, HEDDLE_BATCH_ITEMS,
                                     heddle_executor_get_batch (&executor), &worker->leave))
             > 0)
        run_own_batch (worker, &executor, n);
    }
  while (!really_leaves (worker));
  heddle_collector_worker_gone (host->collector, worker->slot);
  return NULL;
}

static gboolean
start_worker (ThreadWorker *worker, GError **error)
{
  int code;

  atomic_store (&worker->leave, FALSE);
  heddle_batch_init (&worker->batch, &worker->pool->lock);
  heddle_ring_init (worker->ring, worker->pool->ring_capacity);
  code = pthread_create (&worker->thread, NULL, worker_main, worker);
  if (code != 0)
    {
      g_autofree char *reason = heddle_system_error_dup (code);

      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                   _("Worker thread %u could not be started: %s"),
                   heddle_slot_get_number (worker->slot), reason);
      return FALSE;
    }
  worker->state = WORKER_WORKING;
  return TRUE;
}

static ThreadWorker *
get_worker (ThreadPool *self, guint nth)
{
  ThreadWorker *worker;

  if (nth < self->n_workers)
    return self->workers[nth];
  worker = g_new0 (ThreadWorker, 1);
  worker->pool = self;
  worker->ring = g_aligned_alloc0 (1, heddle_ring_bytes (self->ring_capacity), 64);
  worker->slot =
    heddle_collector_add_slot (self->parent.host.collector, NULL, self->ring_capacity, FALSE);
  self->workers[self->n_workers++] = worker;
  return worker;
}

/* Supervisor's thread. */
static gboolean
want_workers (ThreadPool *self, guint n_workers, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < n_workers && ok; i++)
    get_worker (self, i); /* before the lock: takes the collector's */
  heddle_queue_set_takers (self->parent.host.queue, n_workers);
  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_workers && ok; i++)
    {
      ThreadWorker *worker = self->workers[i];

      if (i >= n_workers)
        atomic_store (&worker->leave, TRUE);
      else if (worker->state == WORKER_WORKING)
        atomic_store (&worker->leave, FALSE);
      else
        {
          if (worker->state == WORKER_GONE)
            pthread_join (worker->thread, NULL); /* it is past its last task and past this lock */
          worker->state = WORKER_EMPTY;
          ok = start_worker (worker, error);
        }
    }
  pthread_mutex_unlock (&self->lock);
  heddle_queue_wake_all (self->parent.host.queue);
  return ok;
}

/* Supervisor's thread. */
static guint
count_working (ThreadPool *self)
{
  guint n = 0;

  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_workers; i++)
    n += self->workers[i]->state == WORKER_WORKING;
  pthread_mutex_unlock (&self->lock);
  return n;
}

/* Where the system gives fewer threads than are wanted, those do the work, unless tasks would wait
 * for each other without end. */
static gboolean
thread_pool_start (HeddlePool *pool, guint n_workers, GError **error)
{
  ThreadPool *self = (ThreadPool *) pool;
  GError *shortage = NULL;
  guint n;

  pthread_mutex_init (&self->lock, NULL);
  self->ring_capacity = heddle_pool_ring_capacity (n_workers);
  if (want_workers (self, n_workers, &shortage))
    return TRUE;
  n = count_working (self);
  if (n < MAX (heddle_pool_count_parties (pool), 1))
    {
      g_propagate_error (error, shortage);
      return FALSE;
    }
  heddle_log_printf (pool->host.log, HEDDLE_LOG_WARNING, 0, 0,
                     g_dngettext (GETTEXT_PACKAGE, "%s Going on with %u worker.",
                                  "%s Going on with %u workers.", n),
                     shortage->message, n);
  g_error_free (shortage);
  return TRUE;
}

static void
thread_pool_resize (HeddlePool *pool, guint n_workers)
{
  g_autoptr (GError) error = NULL;

  if (!want_workers ((ThreadPool *) pool, n_workers, &error))
    heddle_log_printf (pool->host.log, HEDDLE_LOG_WARNING, 0, 0, "%s", error->message);
}

static void
thread_pool_poke (HeddlePool *pool, gboolean paused, gboolean kill)
{
  /* the queue wakes its takers itself */
}

static void
thread_pool_take_back (HeddlePool *pool, guint number)
{
  ThreadPool *self = (ThreadPool *) pool;
  HeddleItem rest[HEDDLE_BATCH_ITEMS];

  if (number > self->n_workers)
    return;
  pthread_mutex_lock (&self->lock);
  heddle_queue_put_back (pool->host.queue, rest,
                         heddle_batch_take_back (&self->workers[number - 1]->batch, rest));
  pthread_mutex_unlock (&self->lock);
}

static void
thread_pool_join (HeddlePool *pool)
{
  ThreadPool *self = (ThreadPool *) pool;

  for (guint i = 0; i < self->n_workers; i++)
    {
      ThreadWorker *worker = self->workers[i];
      gboolean started;

      pthread_mutex_lock (&self->lock);
      started = worker->state != WORKER_EMPTY;
      pthread_mutex_unlock (&self->lock);
      if (!started)
        continue;
      pthread_join (worker->thread, NULL);
      worker->state = WORKER_EMPTY;
    }
}

static void
thread_pool_finalize (HeddlePool *pool)
{
  ThreadPool *self = (ThreadPool *) pool;

  for (guint i = 0; i < self->n_workers; i++)
    {
      g_aligned_free (self->workers[i]->ring);
      g_free (self->workers[i]);
    }
}

const HeddlePoolClass heddle_thread_pool_class = {
  .instance_size = sizeof (ThreadPool),
  .start = thread_pool_start,
  .resize = thread_pool_resize,
  .poke = thread_pool_poke,
  .take_back = thread_pool_take_back,
  .join = thread_pool_join,
  .finalize = thread_pool_finalize,
};
