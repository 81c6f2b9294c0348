/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * One thread a task: no worker is reused. A launcher thread waits for a free worker, takes one task
 * and starts a thread for it; at most N live at a time. What this costs beside a pool is what it is
 * there to show.
 */

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "engine/collect/collector.h"
#include "engine/pools/thread-worker.h"

typedef struct _Launcher Launcher;

typedef enum { WORKER_FREE, WORKER_BUSY, WORKER_DONE } ThreadWorkerState;

typedef struct {
  Launcher *launcher;
  HeddleSlot *slot;
  HeddleRing *ring;
  HeddleItem item;
  pthread_t thread;
  ThreadWorkerState state; /* guarded by lock; DONE: the thread only has to be joined */
} ThreadWorker;

struct _Launcher {
  HeddlePool parent;
  pthread_t thread;
  gboolean started;
  guint ring_capacity;
  ThreadWorker *workers[HEDDLE_MAX_WORKERS]; /* launcher's thread */
  guint n_workers;

  pthread_mutex_t lock;
  pthread_cond_t freed;
  guint wanted; /* guarded by lock */
  guint n_busy; /* guarded by lock */
};

static void *
worker_main (void *data)
{
  ThreadWorker *worker = data;
  Launcher *launcher = worker->launcher;
  const HeddlePoolHost *host = &launcher->parent.host;
  HeddleExecutor executor;

  heddle_thread_worker_begin (host, heddle_slot_get_number (worker->slot));
  heddle_collector_worker_born (host->collector, worker->slot, worker->ring, getpid (),
                                (int) syscall (SYS_gettid), NULL);
  heddle_executor_init (
    &executor, host->workload, host->data, heddle_slot_get_number (worker->slot), worker->ring,
    (HeddleRingKick) heddle_collector_kick, host->collector, heddle_slot_get_cancel (worker->slot));
  executor.shared = host->shared;
  heddle_thread_worker_run_batch (&executor, &worker->item, 1);
  heddle_collector_worker_gone (host->collector, worker->slot);

  pthread_mutex_lock (&launcher->lock);
  worker->state = WORKER_DONE;
  launcher->n_busy--;
  pthread_cond_signal (&launcher->freed);
  pthread_mutex_unlock (&launcher->lock);
  return NULL;
}

/* Sleeps until fewer than the wanted number of threads live. Returns FALSE when all is over. */
static gboolean
wait_for_room (Launcher *self)
{
  gboolean over;

  pthread_mutex_lock (&self->lock);
  while (self->n_busy >= self->wanted && !heddle_queue_is_finished (self->parent.host.queue))
    pthread_cond_wait (&self->freed, &self->lock);
  over = heddle_queue_is_finished (self->parent.host.queue);
  pthread_mutex_unlock (&self->lock);
  return !over;
}

static ThreadWorker *
new_worker (Launcher *self)
{
  ThreadWorker *worker = g_new0 (ThreadWorker, 1);

  worker->launcher = self;
  worker->ring = g_aligned_alloc0 (1, heddle_ring_bytes (self->ring_capacity), 64);
  worker->slot =
    heddle_collector_add_slot (self->parent.host.collector, NULL, self->ring_capacity, FALSE);
  self->workers[self->n_workers++] = worker;
  return worker;
}

/* The first worker without a living thread. */
static ThreadWorker *
find_free_worker (Launcher *self)
{
  for (guint i = 0; i < self->n_workers; i++)
    {
      ThreadWorker *worker = self->workers[i];
      ThreadWorkerState state;

      pthread_mutex_lock (&self->lock);
      state = worker->state;
      pthread_mutex_unlock (&self->lock);
      if (state == WORKER_BUSY)
        continue;
      if (state == WORKER_DONE)
        pthread_join (worker->thread, NULL);
      worker->state = WORKER_FREE;
      return worker;
    }
  return new_worker (self);
}

static gboolean
launch (Launcher *self, const HeddleItem *item)
{
  ThreadWorker *worker = find_free_worker (self);
  g_autofree char *reason = NULL;
  int code;

  worker->item = *item;
  heddle_ring_init (worker->ring, self->ring_capacity);
  pthread_mutex_lock (&self->lock);
  worker->state = WORKER_BUSY;
  self->n_busy++;
  pthread_mutex_unlock (&self->lock);
  code = pthread_create (&worker->thread, NULL, worker_main, worker);
  if (code == 0)
    return TRUE;
  pthread_mutex_lock (&self->lock);
  worker->state = WORKER_FREE;
  self->n_busy--;
  pthread_mutex_unlock (&self->lock);
  heddle_queue_put_back (self->parent.host.queue, item, 1);
  reason = heddle_system_error_dup (code);
  self->parent.host.fail (self->parent.host.run,
                          g_error_new (HEDDLE_ERROR, HEDDLE_ERROR_START,
                                       _("A thread for task %" PRIu64 " could not be started: %s"),
                                       item->id, reason));
  return FALSE;
}

static void *
launcher_main (void *data)
{
  Launcher *self = data;
  HeddleItem item;

  pthread_setname_np (pthread_self (), "heddle-launch");
  while (wait_for_room (self) && heddle_queue_take (self->parent.host.queue, &item, 1, 1, NULL) > 0)
    if (!launch (self, &item))
      break;
  return NULL;
}

static gboolean
launcher_start (HeddlePool *pool, guint n_workers, GError **error)
{
  Launcher *self = (Launcher *) pool;
  int code;

  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->freed, NULL);
  self->wanted = n_workers;
  self->ring_capacity = heddle_pool_ring_capacity (HEDDLE_MAX_WORKERS);
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

  pthread_mutex_lock (&self->lock);
  self->wanted = n_workers;
  pthread_cond_signal (&self->freed);
  pthread_mutex_unlock (&self->lock);
}

static void
launcher_poke (HeddlePool *pool, gboolean paused, gboolean kill)
{
  /* the queue wakes its taker itself */
}

static void
launcher_join (HeddlePool *pool)
{
  Launcher *self = (Launcher *) pool;

  if (!self->started)
    return;
  /* a launcher that waits for room looks at the queue again */
  pthread_mutex_lock (&self->lock);
  pthread_cond_signal (&self->freed);
  pthread_mutex_unlock (&self->lock);
  pthread_join (self->thread, NULL);
  for (guint i = 0; i < self->n_workers; i++)
    {
      ThreadWorker *worker = self->workers[i];
      gboolean to_join;

      pthread_mutex_lock (&self->lock);
      to_join = worker->state != WORKER_FREE;
      pthread_mutex_unlock (&self->lock);
      if (!to_join)
        continue;
      pthread_join (worker->thread, NULL);
      worker->state = WORKER_FREE;
    }
}

static void
launcher_finalize (HeddlePool *pool)
{
  Launcher *self = (Launcher *) pool;

  for (guint i = 0; i < self->n_workers; i++)
    {
      g_aligned_free (self->workers[i]->ring);
      g_free (self->workers[i]);
    }
}

const HeddlePoolClass heddle_thread_per_task_class = {
  .instance_size = sizeof (Launcher),
  .start = launcher_start,
  .resize = launcher_resize,
  .poke = launcher_poke,
  .join = launcher_join,
  .finalize = launcher_finalize,
};
