/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The thread pool: N threads that take from the queue themselves, several short tasks at once. */

#include <glib/gi18n-lib.h>

#include "base/lock.h"
#include "engine/collect/collector.h"
#include "engine/pools/thread-worker.h"
#include "measure/own-cpu.h"

/* Executes what was taken, as far as it is not taken back. */
static void
run_own_batch (HeddleThreadWorker *worker, HeddleExecutor *executor, guint n_items)
{
  HeddleBatch *batch = &worker->batch;

  if (n_items == 1 && batch->items[0].count == 1)
    {
      heddle_thread_worker_run_one (executor, &batch->items[0], batch->items[0].id, FALSE);
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
          heddle_thread_worker_run_one (executor, &item, item.id + j,
                                        i + 1 < n_items || j + 1 < item.count);
        }
    }
}

static void *
worker_main (void *data)
{
  HeddleThreadWorker *worker = data;
  const HeddlePoolHost *host = &worker->pool->parent.host;
  HeddleExecutor executor;

  heddle_thread_worker_begin (worker, &executor);
  executor.prompt = host->options->manual;
  do
    {
      guint n;

      while ((n = heddle_queue_take (host->queue, worker->batch.items, HEDDLE_BATCH_ITEMS,
                                     heddle_executor_get_batch (&executor), &worker->leave))
             > 0)
        run_own_batch (worker, &executor, n);
    }
  while (!heddle_thread_worker_leaves (worker));
  heddle_executor_clear (&executor);
  heddle_own_cpu_worker_ends ();
  heddle_collector_worker_gone (host->collector, worker->slot);
  return NULL;
}

static gboolean
thread_pool_start (HeddlePool *pool, guint n_workers, GError **error)
{
  return heddle_thread_pool_start (pool, n_workers, worker_main, error);
}

static void
thread_pool_take_back (HeddlePool *pool, guint number)
{
  HeddleThreadPool *self = (HeddleThreadPool *) pool;
  HeddleItem rest[HEDDLE_BATCH_ITEMS];

  if (number > self->n_workers)
    return;
  HEDDLE_AUTO_LOCK (&self->lock);
  heddle_queue_put_back (pool->host.queue, rest,
                         heddle_batch_take_back (&self->workers[number - 1]->batch, rest));
}

extern const HeddlePoolClass heddle_isolated_pool_class;

const HeddlePoolClass heddle_thread_pool_class = {
  .info = {
    .id = "threads",
    .name = N_("Threads"),
    .variant = N_("Pool"),
    .worker_name = N_("Thread %u"),
    .description = N_("A pool of threads in this program: they share its memory and take one task after another."),
  },
  .instance_size = sizeof (HeddleThreadPool),
  .isolated = &heddle_isolated_pool_class,
  .start = thread_pool_start,
  .resize = heddle_thread_pool_resize,
  .take_back = thread_pool_take_back,
  .join = heddle_thread_pool_join,
  .finalize = heddle_thread_pool_finalize,
};
