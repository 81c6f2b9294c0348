/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hands tasks out to the workers that have least. On the dispatcher's thread or, while that sleeps,
 * on the thread that submits a task by hand, so that only the worker has to be woken. */
#include "config.h"

#include "engine/pools/process/process-pool.h"

#define TAKE_ITEMS 256

/* A worker with room, while tasks are handed out. */
typedef struct {
  HeddleProcessWorker *worker;
  guint64 waiting;
  guint64 limit;
} Open;

/* Lists workers with room, from another one each time; returns how much room in all. */
static guint64
find_open (HeddleProcessPool *self, Open *open, guint *n_open)
{
  guint64 room = 0;

  *n_open = 0;
  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker =
        g_ptr_array_index (self->workers, (self->feeding.turn + i) % self->workers->len);
      Open entry = { .worker = worker };

      if (!heddle_process_worker_is_alive (worker) || worker->ending.leaving
          || worker->backlog.items->len > 0)
        continue;
      entry.waiting = heddle_process_worker_get_unended (worker);
      entry.limit = MIN (heddle_process_worker_get_limit (worker, self),
                         entry.waiting + self->setup.recycle - worker->tasks.n_given);
      if (entry.waiting >= entry.limit)
        continue;
      room += entry.limit - entry.waiting;
      open[(*n_open)++] = entry;
    }
  return room;
}

static guint64
find_level (const Open *open, guint n_open, guint64 n_tasks)
{
  guint64 sum = n_tasks;

  for (guint i = 0; i < n_open; i++)
    sum += open[i].waiting;
  return (sum + n_open - 1) / n_open;
}

/* Levels the workers as far as each has room. There is room for all of it. */
static void
hand_out (HeddleProcessPool *self, Open *open, guint n_open, HeddleItem *items, guint n_items,
          guint64 n_tasks)
{
  guint64 level = find_level (open, n_open, n_tasks);
  guint at = 0;

  for (guint i = 0; n_tasks > 0; i++)
    {
      Open *entry = &open[i % n_open];
      guint64 goal = MIN (level, entry->limit);
      guint64 give = goal > entry->waiting ? MIN (goal - entry->waiting, n_tasks) : 0;

      /* all have got their share, and those that had no room left a rest */
      if (i % n_open == n_open - 1)
        level++;
      entry->waiting += give;
      n_tasks -= give;
      while (give > 0 && at < n_items)
        {
          HeddleItem piece = items[at];

          piece.count = (guint32) MIN (give, (guint64) piece.count);
          heddle_process_worker_give (entry->worker, self, &piece);
          give -= piece.count;
          items[at].id += piece.count;
          items[at].count -= piece.count;
          if (items[at].count == 0)
            at++;
        }
    }
}

/* The worker leaves when its tasks are done, and another process takes its place. */
static void
recycle (HeddleProcessWorker *worker)
{
  worker->ending.leaving = TRUE;
  worker->ending.recycled = TRUE;
  heddle_segment_quit (&worker->segment);
}

/* Kicks the collector if nobody has a task left: the last one may have ended. */
static void
tell_drained (HeddleProcessPool *self)
{
  self->feeding.drained = !self->finishing && !self->feeding.queue_waits
    && heddle_queue_is_drained (self->base.host.queue);
  for (guint i = 0; i < self->workers->len && self->feeding.drained; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (heddle_process_worker_is_alive (worker) && heddle_process_worker_get_unended (worker) > 0)
        return;
    }
  if (self->feeding.drained)
    heddle_collector_kick (self->base.host.collector);
}

/**
 * heddle_process_pool_feed:
 *
 * Hands out what the queue has, as far as workers have room.
 */
void
heddle_process_pool_feed (HeddleProcessPool *self)
{
  g_autofree Open *open = g_new (Open, MAX (self->workers->len, 1));
  HeddleItem items[TAKE_ITEMS];

  self->feeding.queue_waits = FALSE;
  for (guint i = 0; i < self->workers->len; i++)
    heddle_process_worker_write (g_ptr_array_index (self->workers, i));
  while (self->n_alive > 0)
    {
      guint n_open, n_items;
      guint64 n_tasks = 0;
      guint64 room = find_open (self, open, &n_open);

      if (room == 0)
        {
          self->feeding.queue_waits = TRUE;
          break;
        }
      n_items = heddle_queue_try_take (self->base.host.queue, items, TAKE_ITEMS,
                                       (guint) MIN (room, G_MAXUINT));
      if (n_items == 0)
        break;
      for (guint i = 0; i < n_items; i++)
        n_tasks += items[i].count;
      hand_out (self, open, n_open, items, n_items, n_tasks);
      self->feeding.turn++;
    }
  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      heddle_process_worker_publish (worker);
      if (worker->tasks.n_given >= self->setup.recycle && heddle_process_worker_is_alive (worker)
          && !worker->ending.leaving && worker->backlog.items->len == 0)
        recycle (worker);
    }
  tell_drained (self);
}

/* Asks one worker to wake the dispatcher. Returns FALSE if it is so far already. */
static gboolean
ask_for_waking (HeddleProcessPool *self, HeddleProcessWorker *worker)
{
  HeddleSegmentMap *map = worker->segment.map;
  guint limit = heddle_process_worker_get_limit (worker, self);
  guint wake_at = limit / 2 + 1;

  if (worker->backlog.items->len > 0)
    wake_at = G_MAXUINT32;
  else if (self->feeding.drained && heddle_process_worker_get_unended (worker) > 0)
    wake_at = 1; /* when it has ended all it has */
  else if (!self->feeding.queue_waits || worker->ending.leaving)
    return TRUE;
  /* seq_cst, as in the worker: either it sees this or we see that it is there */
  atomic_store (&map->wake_at, wake_at);
  if (worker->backlog.items->len > 0 ? !heddle_process_worker_write (worker)
                               : heddle_process_worker_get_unended (worker) >= wake_at)
    return TRUE;
  heddle_process_worker_publish (worker);
  return FALSE;
}

/**
 * heddle_process_pool_prepare_sleep:
 *
 * Asks the workers to wake the dispatcher when they run low, if there is anything to give.
 *
 * Returns: FALSE if one of them has room already, so that the dispatcher should not sleep
 */
gboolean
heddle_process_pool_prepare_sleep (HeddleProcessPool *self)
{
  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (heddle_process_worker_is_alive (worker) && !ask_for_waking (self, worker))
        return FALSE;
    }
  return TRUE;
}

/* Whether a worker's list is full: only the dispatcher may ask what of it has started. */
static gboolean
wants_to_forget (const HeddleProcessPool *self)
{
  for (guint i = 0; i < self->workers->len; i++)
    {
      const HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (worker->tasks.n_items == worker->tasks.n_alloc)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_broken_one (const HeddleProcessPool *self)
{
  for (guint i = 0; i < self->workers->len; i++)
    if (((const HeddleProcessWorker *) g_ptr_array_index (self->workers, i))->segment.broken)
      return TRUE;
  return FALSE;
}

/* Returns whether the dispatcher need not be woken before its time. */
static gboolean
feed_locked (HeddleProcessPool *self)
{
  if (self->n_alive == 0 || wants_to_forget (self))
    return FALSE;
  self->feeding.may_not_wait = TRUE;
  heddle_process_pool_feed (self);
  self->feeding.may_not_wait = FALSE;
  /* it watches over workers that have tasks, so it may not sleep for ever */
  return heddle_process_pool_prepare_sleep (self) && self->times.timeout >= 0
    && !has_broken_one (self);
}

/**
 * heddle_process_pool_feed_for_dispatcher:
 * @pool: a #HeddleProcessPool
 *
 * Tasks have come: hands them out at once if the dispatcher sleeps, and wakes it if it is needed.
 * Never waits. The thread that submits.
 */
void
heddle_process_pool_feed_for_dispatcher (gpointer pool)
{
  HeddleProcessPool *self = pool;
  gboolean done = FALSE;

  if (pthread_mutex_trylock (&self->lock) == 0)
    {
      done = feed_locked (self);
      pthread_mutex_unlock (&self->lock);
    }
  if (!done)
    heddle_process_pool_wake (self);
}
