/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads of a child process, for workloads whose tasks may take their process with them: a crash
 * takes all its threads along, but not this program. It is a process pool whose workers share one
 * worker process, with a thread for each. Each worker has a segment, a part of one memory, and
 * watches that process by itself; its death is handled worker by worker. Another number of threads
 * takes another process, after the tasks in hand. */
#include "config.h"

#include "base/error.h"
#include "engine/pools/process/process-pool.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <signal.h>

static void
let_all_leave (HeddleProcessPool *self)
{
  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (!heddle_process_worker_is_alive (worker) || worker->ending.leaving)
        continue;
      worker->ending.leaving = TRUE;
      heddle_segment_quit (&worker->segment);
    }
}

static gboolean
make_workers (HeddleProcessPool *self, guint n_threads)
{
  while (self->workers->len < n_threads)
    {
      GError *error = NULL;
      HeddleProcessWorker *worker = heddle_process_worker_new (self, &error);

      if (worker == NULL)
        {
          heddle_process_pool_run_short (self, error);
          return FALSE;
        }
      g_ptr_array_add (self->workers, worker);
    }
  for (guint i = 0; i < n_threads; i++)
    {
      heddle_process_worker_reset (g_ptr_array_index (self->workers, i));
      heddle_process_pool_begin_spawn (self, g_ptr_array_index (self->workers, i));
    }
  return TRUE;
}

static void
spawn_all (HeddleProcessPool *self, guint n_threads)
{
  gboolean out_of_resources = FALSE;
  HeddleProcessWorker *first;
  GError *error = NULL;

  if (!make_workers (self, n_threads))
    return;
  g_strfreev (self->setup.argv);
  self->setup.argv = heddle_process_pool_make_argv (self, n_threads);
  self->n_isolated = n_threads;
  first = g_ptr_array_index (self->workers, 0);
  if (!heddle_process_pool_spawn (self, first, &out_of_resources, &error))
    {
      heddle_process_pool_fail (self, error);
      return;
    }
  heddle_process_pool_born (self, first);
  for (guint i = 1; i < n_threads; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (!heddle_process_pool_expect_death (self, worker, first->pid))
        {
          heddle_set_system_error (&error, errno, _("The workers could get no file descriptor"));
          heddle_process_pool_fail (self, error);
          /* nobody could ask threads without a worker to quit; they have no task yet */
          heddle_process_worker_signal (first, SIGKILL);
          return;
        }
      heddle_process_pool_born (self, worker);
    }
}

/* Starts the process, or has it leave where another number of threads is wanted. */
static void
scale (HeddleProcessPool *self)
{
  guint target = self->finishing ? 0 : atomic_load (&self->wishes.target);
  gint64 now = heddle_clock_monotonic_ns ();

  if (self->n_alive > 0)
    {
      if (target != self->n_isolated || self->failed)
        let_all_leave (self);
      return;
    }
  if (target == 0 || self->failed || self->told.cancel || self->no_more)
    return;
  for (guint i = 0; i < self->workers->len; i++)
    if (((HeddleProcessWorker *) g_ptr_array_index (self->workers, i))->empty_until > now)
      return;
  heddle_collector_expect (self->base.host.collector, TRUE);
  spawn_all (self, target);
  heddle_collector_expect (self->base.host.collector, FALSE);
}

static gboolean
adjust (HeddleProcessPool *self)
{
  scale (self);
  heddle_process_pool_feed (self);
  return FALSE;
}

static gboolean
start (HeddlePool *pool, guint n_workers, GError **error)
{
  HeddleProcessPool *self = (HeddleProcessPool *) pool;

  self->isolated = TRUE;
  self->adjust = adjust;
  return heddle_process_pool_start (self, n_workers, error);
}

const HeddlePoolClass heddle_isolated_pool_class = {
  .instance_size = sizeof (HeddleProcessPool),
  .start = start,
  .resize = heddle_process_pool_resize,
  .poke = heddle_process_pool_poke,
  .overdue = heddle_process_pool_overdue,
  .join = heddle_process_pool_join,
  .finalize = heddle_process_pool_finalize,
};
