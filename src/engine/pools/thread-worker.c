/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/pools/thread-worker.h"

#include <glib/gi18n-lib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/lock.h"
#include "engine/collect/collector.h"
#include "engine/model/affinity.h"
#include "engine/model/log.h"
#include "engine/worker/nice.h"
#include "measure/own-cpu.h"

/**
 * heddle_thread_pool_init:
 * @ring_capacity: of each worker's ring, in slots
 *
 * Prepares a pool without workers. Supervisor's thread.
 */
void
heddle_thread_pool_init (HeddleThreadPool *self, guint ring_capacity)
{
  pthread_mutex_init (&self->lock, NULL);
  self->ring_capacity = ring_capacity;
}

/**
 * heddle_thread_pool_get_worker:
 * @nth: from 0; at most as many as there are
 *
 * The thread that starts workers; without the pool's lock, since a new one takes the collector's.
 *
 * Returns: (transfer none): that worker, which is made if there is none yet
 */
HeddleThreadWorker *
heddle_thread_pool_get_worker (HeddleThreadPool *self, guint nth)
{
  HeddleThreadWorker *worker;

  if (nth < self->n_workers)
    return self->workers[nth];
  worker = g_new0 (HeddleThreadWorker, 1);
  worker->pool = self;
  /* not filled with zeros: its pages come as they are written to */
  worker->ring = g_aligned_alloc (1, heddle_ring_bytes (self->ring_capacity), 64);
  worker->slot =
    heddle_collector_add_slot (self->parent.host.collector, NULL, self->ring_capacity, FALSE);
  self->workers[self->n_workers++] = worker;
  return worker;
}

/* With the pool's lock. */
static gboolean
start_worker (HeddleThreadWorker *worker, GError **error)
{
  int code;

  atomic_store (&worker->leave, FALSE);
  heddle_batch_init (&worker->batch, &worker->pool->lock);
  heddle_ring_init (worker->ring, worker->pool->ring_capacity);
  code = pthread_create (&worker->thread, NULL, worker->pool->main, worker);
  if (code != 0)
    {
      g_autofree char *reason = heddle_system_error_dup (code);

      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                   _("Worker thread %u could not be started: %s"),
                   heddle_slot_get_number (worker->slot), reason);
      return FALSE;
    }
  worker->state = HEDDLE_THREAD_WORKING;
  return TRUE;
}

/* Supervisor's thread. */
static gboolean
want_workers (HeddleThreadPool *self, guint n_workers, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < n_workers && ok; i++)
    heddle_thread_pool_get_worker (self, i);
  heddle_queue_set_takers (self->parent.host.queue, n_workers);
  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_workers && ok; i++)
    {
      HeddleThreadWorker *worker = self->workers[i];

      if (i >= n_workers)
        atomic_store (&worker->leave, TRUE);
      else if (worker->state == HEDDLE_THREAD_WORKING)
        atomic_store (&worker->leave, FALSE);
      else
        {
          if (worker->state == HEDDLE_THREAD_GONE)
            pthread_join (worker->thread, NULL); /* it is past its last task and past this lock */
          worker->state = HEDDLE_THREAD_NONE;
          ok = start_worker (worker, error);
        }
    }
  pthread_mutex_unlock (&self->lock);
  heddle_queue_wake_all (self->parent.host.queue);
  return ok;
}

/* Supervisor's thread. */
static guint
count_working (HeddleThreadPool *self)
{
  guint n = 0;

  HEDDLE_AUTO_LOCK (&self->lock);
  for (guint i = 0; i < self->n_workers; i++)
    n += self->workers[i]->state == HEDDLE_THREAD_WORKING;
  return n;
}

/**
 * heddle_thread_pool_start:
 * @main: of each worker's thread, whose argument is its #HeddleThreadWorker
 *
 * Starts a pool whose workers live until they are to leave, with fewer threads than are wanted if
 * the system gives no more and tasks do not need them. Supervisor's thread.
 *
 * Returns: FALSE with @error set if there are too few threads
 */
gboolean
heddle_thread_pool_start (HeddlePool *pool, guint n_workers, void *(*main) (void *), GError **error)
{
  HeddleThreadPool *self = (HeddleThreadPool *) pool;
  GError *shortage = NULL;

  heddle_thread_pool_init (self, heddle_pool_ring_capacity (n_workers));
  self->main = main;
  if (want_workers (self, n_workers, &shortage))
    return TRUE;
  if (heddle_pool_makes_do (pool, count_working (self), shortage, TRUE))
    {
      g_error_free (shortage);
      return TRUE;
    }
  g_propagate_error (error, shortage);
  return FALSE;
}

/**
 * heddle_thread_pool_resize:
 *
 * Starts threads, or has some leave after the tasks in hand. Supervisor's thread.
 */
void
heddle_thread_pool_resize (HeddlePool *pool, guint n_workers)
{
  g_autoptr (GError) error = NULL;

  if (!want_workers ((HeddleThreadPool *) pool, n_workers, &error))
    heddle_log_printf (pool->host.log, HEDDLE_LOG_WARNING, 0, 0, "%s", error->message);
}

/**
 * heddle_thread_pool_join:
 *
 * Waits for the threads of all workers, which are to leave. Nobody starts one any more.
 */
void
heddle_thread_pool_join (HeddlePool *pool)
{
  HeddleThreadPool *self = (HeddleThreadPool *) pool;

  for (guint i = 0; i < self->n_workers; i++)
    {
      HeddleThreadWorker *worker = self->workers[i];
      HeddleThreadState state;

      pthread_mutex_lock (&self->lock);
      state = worker->state;
      pthread_mutex_unlock (&self->lock);
      if (state == HEDDLE_THREAD_NONE)
        continue;
      pthread_join (worker->thread, NULL);
      worker->state = HEDDLE_THREAD_NONE;
    }
}

/**
 * heddle_thread_pool_finalize:
 *
 * Frees all workers. After heddle_thread_pool_join().
 */
void
heddle_thread_pool_finalize (HeddlePool *pool)
{
  HeddleThreadPool *self = (HeddleThreadPool *) pool;

  for (guint i = 0; i < self->n_workers; i++)
    {
      g_aligned_free (self->workers[i]->ring);
      g_free (self->workers[i]);
    }
}

/**
 * heddle_thread_worker_begin:
 * @executor: (out): made ready
 *
 * Names the calling thread, gives it the nice value of the run, binds it to its CPUs and says that
 * the worker is born. Worker's thread, which calls heddle_own_cpu_worker_ends() before it ends.
 */
void
heddle_thread_worker_begin (HeddleThreadWorker *self, HeddleExecutor *executor)
{
  const HeddlePoolHost *host = &self->pool->parent.host;
  guint number = heddle_slot_get_number (self->slot);
  g_autoptr (GError) error = NULL;
  char name[16];

  heddle_own_cpu_worker_begins ();
  g_snprintf (name, sizeof name, "heddle-w%u", number);
  pthread_setname_np (pthread_self (), name);
  heddle_give_way (host->options->nice);
  if (!heddle_affinity_bind (host->options->affinity, number, &error))
    heddle_log_printf (host->log, HEDDLE_LOG_WARNING, number, 0, "%s", error->message);
  heddle_collector_worker_born (host->collector, self->slot, self->ring, getpid (),
                                (int) syscall (SYS_gettid), NULL);
  heddle_thread_worker_init_executor (executor, host, self->slot, self->ring);
}

/**
 * heddle_thread_worker_leaves:
 *
 * To be asked when heddle_queue_take() returned nothing. Worker's thread.
 *
 * Returns: FALSE if the worker is wanted again, after it was asked to leave
 */
gboolean
heddle_thread_worker_leaves (HeddleThreadWorker *self)
{
  HeddleThreadPool *pool = self->pool;
  gboolean leaves;

  HEDDLE_AUTO_LOCK (&pool->lock);
  leaves = atomic_load (&self->leave) || heddle_queue_is_finished (pool->parent.host.queue);
  if (leaves)
    self->state = HEDDLE_THREAD_GONE;
  return leaves;
}

/**
 * heddle_thread_worker_init_executor:
 * @executor: (out): made ready to execute tasks in this process
 */
void
heddle_thread_worker_init_executor (HeddleExecutor *executor, const HeddlePoolHost *host,
                                    HeddleSlot *slot, HeddleRing *ring)
{
  heddle_executor_init (executor, host->workload, host->data, heddle_slot_get_number (slot), ring,
                        (HeddleRingKick) heddle_collector_kick, host->collector,
                        heddle_slot_get_cancel (slot));
  executor->shared = host->shared;
  /* one that waits for a command sleeps, whatever that does */
  if (heddle_backend_get_info (host->options->backend)->is_command)
    executor->task.takes_times = host->states != HEDDLE_STATES_NONE;
  else if (host->states == HEDDLE_STATES_COUNTED)
    heddle_executor_count (executor);
}

/**
 * heddle_thread_worker_run_batch:
 * @items: what was taken from the queue
 *
 * Executes it task by task; skips what is left of it when the run is cancelled. Worker's thread.
 */
void
heddle_thread_worker_run_batch (HeddleExecutor *executor, const HeddleItem *items, guint n_items)
{
  for (guint i = 0; i < n_items; i++)
    for (guint32 j = 0; j < items[i].count; j++)
      heddle_thread_worker_run_one (executor, &items[i], items[i].id + j,
                                    i + 1 < n_items || j + 1 < items[i].count);
}
