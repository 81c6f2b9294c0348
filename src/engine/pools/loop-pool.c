/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The main loop as the only worker. In slices: a few milliseconds of tasks, then the loop gets its
 * turn; a task itself is not cut, so a long one is felt. Blocking: everything in one go, which
 * freezes the window; it is there to show why nobody should.
 */

#include <glib/gi18n-lib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/lock.h"
#include "engine/collect/collector.h"
#include "engine/pools/thread-worker.h"
#include "measure/own-cpu.h"
#include "trace/clock.h"

#define SLICE_NS (4 * G_GINT64_CONSTANT (1000000))

typedef struct {
  GSource source;
  /* Stored (release) when everything else is set up, loaded (acquire) by the main loop: GLib's lock
   * would do, but the thread sanitizer does not know it. */
  _Atomic (HeddlePool *) pool;
  HeddleExecutor executor;
  gboolean blocking;
} LoopSource;

typedef struct {
  HeddlePool parent;
  LoopSource *source;
  HeddleSlot *slot;
  HeddleRing *ring;
  gboolean begun; /* main loop: it has said that it was born */

  pthread_mutex_t lock;
  pthread_cond_t left;
  gboolean over; /* guarded by lock: the source is done */
} LoopPool;

static void
begin (LoopPool *self)
{
  const HeddlePoolHost *host = &self->parent.host;
  int tid = (int) syscall (SYS_gettid);

  if (self->begun)
    return;
  self->begun = TRUE;
  heddle_collector_worker_born (host->collector, self->slot, self->ring, getpid (), tid, NULL);
}

static void
leave (LoopPool *self)
{
  if (self->begun)
    heddle_collector_worker_gone (self->parent.host.collector, self->slot);
  heddle_executor_clear (&self->source->executor);
  HEDDLE_AUTO_LOCK (&self->lock);
  self->over = TRUE;
  pthread_cond_signal (&self->left);
}

static void
run_slice (LoopSource *source, HeddleQueue *queue, HeddleCollector *collector)
{
  gint64 end = heddle_clock_monotonic_ns () + SLICE_NS;
  HeddleItem item;

  do
    {
      if (heddle_queue_try_take (queue, &item, 1, 1) == 0)
        {
          g_source_set_ready_time ((GSource *) source, -1);
          /* tasks that came between the two calls have set the time before it was cleared */
          if (heddle_queue_try_take (queue, &item, 1, 1) == 0)
            {
              /* perhaps the last task has ended; a later close() wakes the supervisor */
              if (heddle_queue_is_drained (queue))
                heddle_collector_kick (collector);
              return;
            }
          g_source_set_ready_time ((GSource *) source, 0);
        }
      heddle_thread_worker_run_batch (&source->executor, &item, 1);
    }
  while (heddle_clock_monotonic_ns () < end);
}

static gboolean
loop_dispatch (GSource *base, GSourceFunc callback, gpointer data)
{
  LoopSource *source = (LoopSource *) base;
  LoopPool *self = (LoopPool *) atomic_load_explicit (&source->pool, memory_order_acquire);
  HeddleQueue *queue = self->parent.host.queue;
  HeddleItem items[HEDDLE_BATCH_ITEMS];
  gint64 cpu_before = heddle_clock_thread_cpu_ns ();
  guint n;

  begin (self);
  if (source->blocking)
    while ((n = heddle_queue_take (queue, items, HEDDLE_BATCH_ITEMS,
                                   heddle_executor_get_batch (&source->executor), NULL))
           > 0)
      heddle_thread_worker_run_batch (&source->executor, items, n);
  else
    run_slice (source, queue, self->parent.host.collector);
  heddle_own_cpu_add_work (heddle_clock_thread_cpu_ns () - cpu_before);
  if (!heddle_queue_is_finished (queue))
    return G_SOURCE_CONTINUE;
  leave (self);
  return G_SOURCE_REMOVE;
}

static GSourceFuncs loop_funcs = { .dispatch = loop_dispatch };

static void
tasks_came (gpointer data)
{
  g_source_set_ready_time (data, 0);
}

static const HeddleQueueTaker loop_taker = { .tasks_came = tasks_came };

static gboolean
loop_start (HeddlePool *pool, guint n_workers, GError **error)
{
  LoopPool *self = (LoopPool *) pool;
  const HeddlePoolHost *host = &pool->host;
  guint capacity = heddle_pool_ring_capacity (1);

  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->left, NULL);
  self->ring = heddle_ring_init (g_aligned_alloc (1, heddle_ring_bytes (capacity), 64), capacity);
  self->slot = heddle_collector_add_slot (host->collector, self->ring, capacity, FALSE);
  self->source = (LoopSource *) g_source_new (&loop_funcs, sizeof (LoopSource));
  g_source_set_static_name ((GSource *) self->source, "heddle tasks");
  self->source->blocking = pool->klass->info.is_blocking;
  heddle_thread_worker_init_executor (&self->source->executor, host, self->slot, self->ring);
  /* behind input and drawing, where there is a choice */
  g_source_set_priority ((GSource *) self->source,
                         self->source->blocking ? G_PRIORITY_DEFAULT : G_PRIORITY_DEFAULT_IDLE);
  heddle_queue_attach (host->queue, &loop_taker, self->source);
  g_source_set_ready_time ((GSource *) self->source, 0);
  atomic_store_explicit (&self->source->pool, pool, memory_order_release);
  g_source_attach ((GSource *) self->source, host->options->context);
  return TRUE;
}

static void
loop_join (HeddlePool *pool)
{
  LoopPool *self = (LoopPool *) pool;

  if (self->source == NULL)
    return;
  pthread_mutex_lock (&self->lock);
  while (!self->over)
    pthread_cond_wait (&self->left, &self->lock);
  pthread_mutex_unlock (&self->lock);
  heddle_queue_detach (pool->host.queue);
  g_source_unref ((GSource *) g_steal_pointer (&self->source));
}

static void
loop_finalize (HeddlePool *pool)
{
  g_aligned_free (((LoopPool *) pool)->ring);
}

const HeddlePoolClass heddle_loop_pool_class = {
  .info = {
    .id = "main-loop",
    .name = N_("Main loop"),
    .variant = N_("In slices"),
    .worker_name = N_("Main loop"),
    .description = N_("No worker: the main loop of the program executes the tasks itself and handles the window between two tasks."),
    .is_loop = TRUE,
  },
  .instance_size = sizeof (LoopPool),
  .start = loop_start,
  .join = loop_join,
  .finalize = loop_finalize,
};

const HeddlePoolClass heddle_blocking_loop_pool_class = {
  .info = {
    .id = "main-loop-blocking",
    .name = N_("Main loop, blocking"),
    .variant = N_("Blocking"),
    .worker_name = N_("Main loop"),
    .description = N_("The main loop executes all tasks in one go and freezes the window meanwhile: it shows what programs should not do."),
    .is_loop = TRUE,
    .is_blocking = TRUE,
  },
  .instance_size = sizeof (LoopPool),
  .start = loop_start,
  .join = loop_join,
  .finalize = loop_finalize,
};
