/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* A new thread for each task. A launcher thread waits until fewer than N live, takes one task and
 * starts a thread for it. It is there to show what this costs beside a pool. */

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/error.h"
#include "base/lock.h"
#include "engine/collect/collector.h"
#include "engine/pools/thread-worker.h"
#include "measure/own-cpu.h"

typedef struct {
  HeddleThreadPool threads;
  pthread_t thread;
  gboolean started;

  pthread_cond_t freed;
  guint wanted; /* guarded by the pool's lock */
  guint n_busy; /* guarded by the pool's lock */
} Launcher;

static void
set_state (Launcher *self, HeddleThreadWorker *worker, HeddleThreadState state)
{
  HEDDLE_AUTO_LOCK (&self->threads.lock);
  self->n_busy += state == HEDDLE_THREAD_WORKING;
  self->n_busy -= worker->state == HEDDLE_THREAD_WORKING;
  worker->state = state;
  pthread_cond_signal (&self->freed);
}

static void *
worker_main (void *data)
{
  HeddleThreadWorker *worker = data;
  HeddleExecutor executor;

  heddle_thread_worker_begin (worker, &executor);
  /* so that of many short tasks not every one is its thread's first, which would be counted */
  if (worker->pace.ticks_8 != 0)
    executor.pace = worker->pace;
  heddle_thread_worker_run_batch (&executor, worker->batch.items, 1);
  worker->pace = executor.pace;
  heddle_executor_clear (&executor);
  heddle_own_cpu_worker_ends ();
  heddle_collector_worker_gone (worker->pool->parent.host.collector, worker->slot);
  set_state ((Launcher *) worker->pool, worker, HEDDLE_THREAD_GONE);
  return NULL;
}

/* Sleeps until fewer than the wanted number of threads live. Returns FALSE when all is over. */
static gboolean
wait_for_room (Launcher *self)
{
  HeddleQueue *queue = self->threads.parent.host.queue;

  HEDDLE_AUTO_LOCK (&self->threads.lock);
  while (self->n_busy >= self->wanted && !heddle_queue_is_finished (queue))
    pthread_cond_wait (&self->freed, &self->threads.lock);
  return !heddle_queue_is_finished (queue);
}

/* The first worker without a living thread; makes one where there is none. */
static HeddleThreadWorker *
get_free_worker (HeddleThreadPool *self)
{
  for (guint i = 0; i < self->n_workers; i++)
    {
      HeddleThreadWorker *worker = self->workers[i];
      HeddleThreadState state;

      pthread_mutex_lock (&self->lock);
      state = worker->state;
      pthread_mutex_unlock (&self->lock);
      if (state == HEDDLE_THREAD_WORKING)
        continue;
      if (state == HEDDLE_THREAD_GONE)
        pthread_join (worker->thread, NULL);
      worker->state = HEDDLE_THREAD_NONE; /* no thread of it is left that could read this */
      return worker;
    }
  return heddle_thread_pool_get_worker (self, self->n_workers);
}

static gboolean
launch (Launcher *self, const HeddleItem *item)
{
  const HeddlePoolHost *host = &self->threads.parent.host;
  HeddleThreadWorker *worker = get_free_worker (&self->threads);
  g_autofree char *reason = NULL;
  int code;

  worker->batch.items[0] = *item;
  heddle_ring_init (worker->ring, self->threads.ring_capacity);
  set_state (self, worker, HEDDLE_THREAD_WORKING);
  code = pthread_create (&worker->thread, NULL, worker_main, worker);
  if (code == 0)
    return TRUE;
  set_state (self, worker, HEDDLE_THREAD_NONE);
  heddle_queue_put_back (host->queue, item, 1);
  reason = heddle_system_error_dup (code);
  host->fail (host->run, g_error_new (HEDDLE_ERROR, HEDDLE_ERROR_START,
                                      _("A thread for task %" PRIu64 " could not be started: %s"),
                                      item->id, reason));
  return FALSE;
}

static void *
launcher_main (void *data)
{
  Launcher *self = data;
  HeddleQueue *queue = self->threads.parent.host.queue;
  HeddleItem item;

  pthread_setname_np (pthread_self (), "heddle-launch");
  while (wait_for_room (self) && heddle_queue_take (queue, &item, 1, 1, NULL) > 0)
    if (!launch (self, &item))
      break;
  return NULL;
}

static gboolean
launcher_start (HeddlePool *pool, guint n_workers, GError **error)
{
  Launcher *self = (Launcher *) pool;
  int code;

  heddle_thread_pool_init (&self->threads, heddle_pool_ring_capacity (HEDDLE_MAX_WORKERS));
  pthread_cond_init (&self->freed, NULL);
  self->wanted = n_workers;
  code = pthread_create (&self->thread, NULL, launcher_main, self);
  self->started = code == 0;
  if (!self->started)
    heddle_set_system_error (error, code, _("The thread that starts workers could not be started"));
  return self->started;
}

static void
launcher_resize (HeddlePool *pool, guint n_workers)
{
  Launcher *self = (Launcher *) pool;

  HEDDLE_AUTO_LOCK (&self->threads.lock);
  self->wanted = n_workers;
  pthread_cond_signal (&self->freed);
}

static void
launcher_join (HeddlePool *pool)
{
  Launcher *self = (Launcher *) pool;

  if (!self->started)
    return;
  /* a launcher that waits for room looks at the queue again */
  pthread_mutex_lock (&self->threads.lock);
  pthread_cond_signal (&self->freed);
  pthread_mutex_unlock (&self->threads.lock);
  pthread_join (self->thread, NULL);
  heddle_thread_pool_join (pool);
}

const HeddlePoolClass heddle_thread_per_task_class = {
  .info = {
    .id = "thread-per-task",
    .name = N_("Thread per task"),
    .variant = N_("One per task"),
    .worker_name = N_("Thread %u"),
    .description = N_("Every task gets a new thread that ends with it; as many run at the same time as there are workers."),
    .is_per_task = TRUE,
  },
  .instance_size = sizeof (Launcher),
  .start = launcher_start,
  .resize = launcher_resize,
  .join = launcher_join,
  .finalize = heddle_thread_pool_finalize,
};
