/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new process for each task, to show what a pool saves. Dispatcher and worker program are those
 * of the process pool; a worker is given one task and asked to quit before it starts. */
#include "config.h"

#include "engine/pools/process/process-pool.h"

#include <glib/gi18n-lib.h>

/* So many started in one go, before the dispatcher looks whether others have died. */
#define AT_ONCE 4

/* Starts a process for one task. Returns FALSE if there is no task or no process. */
static gboolean
start_one (HeddleProcessPool *self, gint64 now)
{
  HeddleProcessWorker *worker;
  HeddleItem item;

  if (heddle_queue_try_take (self->base.host.queue, &item, 1, 1) == 0)
    return FALSE;
  worker = heddle_process_pool_get_empty (self, now);
  if (worker == NULL)
    {
      heddle_queue_put_back (self->base.host.queue, &item, 1);
      return FALSE;
    }
  heddle_process_worker_reset (worker);
  heddle_process_worker_give (worker, self, &item);
  heddle_process_worker_publish (worker);
  worker->ending.leaving = TRUE;
  heddle_segment_quit (&worker->segment);
  if (heddle_process_pool_spawn_worker (self, worker))
    return TRUE;
  heddle_process_worker_put_back (worker, self, 0);
  return FALSE;
}

/* Starts a process for every task that there is, as many at once as are wanted. */
static gboolean
adjust (HeddleProcessPool *self)
{
  gint64 now = heddle_clock_monotonic_ns ();
  guint target = atomic_load (&self->wishes.target);
  guint n_started = 0;

  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (heddle_process_worker_write (worker))
        heddle_process_worker_publish (worker);
    }
  /* cancelled: the collector ends what stands in the queue */
  if (self->finishing || self->failed || self->no_more || self->told.cancel)
    return FALSE;
  while (self->n_alive < target && n_started < AT_ONCE && start_one (self, now))
    n_started++;
  return n_started == AT_ONCE;
}

static gboolean
start (HeddlePool *pool, guint n_workers, GError **error)
{
  HeddleProcessPool *self = (HeddleProcessPool *) pool;

  self->adjust = adjust;
  return heddle_process_pool_start (self, n_workers, error);
}

const HeddlePoolClass heddle_process_per_task_class = {
  .info = {
    .id = "process-per-task",
    .name = N_("Process per task"),
    .variant = N_("One per task"),
    .worker_name = N_("Process %u"),
    .description = N_("Every task gets a new process that ends with it; as many run at the same time as there are workers."),
    .is_process = TRUE,
    .is_per_task = TRUE,
  },
  .instance_size = sizeof (HeddleProcessPool),
  .start = start,
  .resize = heddle_process_pool_resize,
  .poke = heddle_process_pool_poke,
  .overdue = heddle_process_pool_overdue,
  .join = heddle_process_pool_join,
  .finalize = heddle_process_pool_finalize,
};
