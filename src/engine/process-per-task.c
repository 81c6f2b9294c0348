/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A process for every task, none used twice: what a pool saves can be seen beside it. The same dispatcher and the same
 * worker program as in the process pool; a worker is given one task and asked to quit before it starts.
 */
#include "config.h"

#include "engine/process-pool.h"

/* So many started in one go, before the dispatcher looks whether others have died. */
#define AT_ONCE 4

/* Starts a process for one task of the queue. Returns FALSE if there is none, or no process for it. */
static gboolean
start_one (HeddleProcessPool *self, gint64 now)
{
  HeddlePlace *place;
  HeddleItem item;

  if (heddle_queue_try_take (self->base.host.queue, &item, 1, 1) == 0)
    return FALSE;
  place = heddle_process_pool_find_empty (self, now);
  if (place == NULL)
    {
      heddle_queue_put_back (self->base.host.queue, &item, 1);
      return FALSE;
    }
  heddle_place_reset (place);
  heddle_place_give (place, self, &item);
  heddle_place_publish (place);
  place->leaving = TRUE;
  heddle_segment_quit (&place->segment);
  if (heddle_process_pool_hire (self, place))
    return TRUE;
  heddle_place_put_back (place, self, 0);
  return FALSE;
}

/**
 * heddle_process_per_task_feed:
 *
 * Starts a process for every task that there is, as many at once as are wanted. Dispatcher's thread.
 *
 * Returns: TRUE if there may be more to start at once
 */
gboolean
heddle_process_per_task_feed (HeddleProcessPool *self)
{
  gint64 now = heddle_clock_monotonic_ns ();
  guint target = atomic_load (&self->target);
  guint n_started = 0;

  for (guint i = 0; i < self->places->len; i++)
    {
      HeddlePlace *place = g_ptr_array_index (self->places, i);

      if (heddle_place_write (place))
        heddle_place_publish (place);
    }
  /* cancelled: the collector ends what stands in the queue */
  if (self->finishing || self->failed || self->no_more || self->told_cancel)
    return FALSE;
  while (self->n_alive < target && n_started < AT_ONCE && start_one (self, now))
    n_started++;
  return n_started == AT_ONCE;
}

static gboolean
start (HeddlePool *pool, guint n_workers, GError **error)
{
  HeddleProcessPool *self = (HeddleProcessPool *) pool;

  self->one_shot = TRUE;
  return heddle_process_pool_start (self, n_workers, error);
}

const HeddlePoolClass heddle_process_per_task_class = {
  .instance_size = sizeof (HeddleProcessPool),
  .start = start,
  .resize = heddle_process_pool_resize,
  .poke = heddle_process_pool_poke,
  .overdue = heddle_process_pool_overdue,
  .join = heddle_process_pool_join,
  .finalize = heddle_process_pool_finalize,
};
