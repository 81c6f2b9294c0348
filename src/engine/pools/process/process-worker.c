/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A worker of a process pool: its segment, and a list of what it was given, from which tasks that a
 * dead process had not started go back into the queue. All on the dispatcher's thread. */
#include "config.h"

#include "engine/pools/process/process-pool.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Room for tasks on their way to a worker; a longer input goes through it in pieces. */
#define LINE_BYTES 65536
#define SMALL_LINE_BYTES 8192

/* So much work is handed out ahead: of long tasks one, of short ones many. */
#define AHEAD_NS 2000000

/* Between SIGTERM and SIGKILL. */
#define TERM_NS G_GINT64_CONSTANT (1000000000)

/**
 * heddle_process_worker_new:
 *
 * Returns: (transfer full): a worker with its segment and its slot, and no process yet; NULL with
 * @error set if the system has no memory or file descriptor left
 */
HeddleProcessWorker *
heddle_process_worker_new (HeddleProcessPool *pool, GError **error)
{
  HeddleProcessWorker *self = g_new0 (HeddleProcessWorker, 1);
  guint line_bytes = heddle_process_pool_is_lasting (pool) ? LINE_BYTES : SMALL_LINE_BYTES;

  if (pool->isolated
        ? !heddle_segment_create_part (&self->segment, &pool->files.parts, pool->workers->len,
                                       line_bytes, pool->setup.ring_capacity, error)
        : !heddle_segment_create (&self->segment, line_bytes, pool->setup.ring_capacity, error))
    {
      g_free (self);
      return NULL;
    }
  self->death.fd = -1;
  self->tasks.n_alloc = 64;
  self->tasks.items = g_new (HeddleItem, self->tasks.n_alloc);
  self->backlog.items = g_array_new (FALSE, FALSE, sizeof (HeddleItem));
  /* no ring yet: what it tells before heddle_collector_worker_born() would be lost */
  self->slot =
    heddle_collector_add_slot (pool->base.host.collector, NULL, pool->setup.ring_capacity, TRUE);
  self->segment.worker = heddle_slot_get_number (self->slot);
  return self;
}

/**
 * heddle_process_worker_free:
 *
 * Frees the worker; its process must have been reaped.
 */
void
heddle_process_worker_free (HeddleProcessWorker *self)
{
  g_assert (self->death.fd < 0);

  heddle_segment_clear (&self->segment);
  g_array_unref (self->backlog.items);
  g_free (self->tasks.items);
  g_free (self);
}

/**
 * heddle_process_worker_is_alive:
 *
 * Returns: TRUE if it has a process that has not been reaped
 */
gboolean
heddle_process_worker_is_alive (const HeddleProcessWorker *self)
{
  return self->death.fd >= 0;
}

/**
 * heddle_process_worker_reset:
 *
 * Makes the worker as new for another process.
 */
void
heddle_process_worker_reset (HeddleProcessWorker *self)
{
  heddle_segment_reset (&self->segment);
  heddle_slot_clear_assigned (self->slot);
  self->ending = (HeddleProcessEnding) { 0 };
  self->watch = (HeddleProcessWatch) { 0 };
  self->tasks = (HeddleProcessTasks) { .items = self->tasks.items, .n_alloc = self->tasks.n_alloc };
  g_array_set_size (self->backlog.items, 0);
  self->backlog = (HeddleProcessBacklog) { .items = self->backlog.items };
}

static HeddleItem *
nth_item (HeddleProcessWorker *self, guint nth)
{
  return &self->tasks.items[(self->tasks.first + nth) & (self->tasks.n_alloc - 1)];
}

/* Forgets the first tasks: they have been started, what they came to is told by the ring. */
static void
drop_started (HeddleProcessWorker *self, guint64 n_started)
{
  while (self->tasks.n_items > 0 && self->tasks.n_dropped < n_started)
    {
      HeddleItem *item = nth_item (self, 0);
      guint32 count = (guint32) MIN (n_started - self->tasks.n_dropped, (guint64) item->count);

      self->tasks.n_dropped += count;
      item->id += count;
      item->count -= count;
      if (item->count == 0)
        {
          self->tasks.first = (self->tasks.first + 1) & (self->tasks.n_alloc - 1);
          self->tasks.n_items--;
        }
    }
}

static void
grow (HeddleProcessWorker *self)
{
  HeddleItem *items = g_new (HeddleItem, (gsize) self->tasks.n_alloc * 2);

  for (guint i = 0; i < self->tasks.n_items; i++)
    items[i] = *nth_item (self, i);
  g_free (self->tasks.items);
  self->tasks.items = items;
  self->tasks.first = 0;
  self->tasks.n_alloc *= 2;
}

static gboolean
continues (const HeddleItem *last, const HeddleItem *item)
{
  return last->input == NULL && item->input == NULL && last->id + last->count == item->id
    && last->attempt == item->attempt && last->queued == item->queued
    && last->count <= G_MAXUINT32 - item->count;
}

static void
remember (HeddleProcessWorker *self, HeddleProcessPool *pool, const HeddleItem *item)
{
  if (self->tasks.n_items > 0 && continues (nth_item (self, self->tasks.n_items - 1), item))
    {
      nth_item (self, self->tasks.n_items - 1)->count += item->count;
      return;
    }
  if (self->tasks.n_items == self->tasks.n_alloc)
    {
      /* seldom, because it takes the collector's lock */
      if (!pool->feeding.may_not_wait)
        drop_started (self, heddle_collector_get_started (pool->base.host.collector, self->slot));
      if (self->tasks.n_items > self->tasks.n_alloc / 2)
        grow (self);
    }
  *nth_item (self, self->tasks.n_items) = *item;
  self->tasks.n_items++;
}

/**
 * heddle_process_worker_give:
 *
 * Gives tasks to the worker; its process sees them after heddle_process_worker_publish().
 */
void
heddle_process_worker_give (HeddleProcessWorker *self, HeddleProcessPool *pool,
                            const HeddleItem *item)
{
  guint64 offset = 0;

  remember (self, pool, item);
  self->tasks.n_given += item->count;
  self->backlog.touched = TRUE;
  self->watch.given = TRUE;
  if (self->backlog.items->len == 0 && heddle_segment_put (&self->segment, item, &offset))
    heddle_slot_assign (self->slot, item);
  else
    {
      if (self->backlog.items->len == 0)
        self->backlog.offset = offset;
      g_array_append_vals (self->backlog.items, item, 1);
    }
}

/**
 * heddle_process_worker_write:
 *
 * Puts more of the backlog into the line, if the worker has made room.
 *
 * Returns: TRUE if there was a move
 */
gboolean
heddle_process_worker_write (HeddleProcessWorker *self)
{
  HeddleProcessBacklog *backlog = &self->backlog;
  guint64 before = self->segment.head;

  while (backlog->n_written < backlog->items->len)
    {
      const HeddleItem *item = &g_array_index (backlog->items, HeddleItem, backlog->n_written);

      if (!heddle_segment_put (&self->segment, item, &backlog->offset))
        break;
      /* not before all of its input has been copied */
      heddle_slot_assign (self->slot, item);
      backlog->n_written++;
      backlog->offset = 0;
    }
  if (backlog->n_written == backlog->items->len)
    {
      g_array_set_size (backlog->items, 0);
      backlog->n_written = 0;
    }
  if (self->segment.head == before)
    return FALSE;
  backlog->touched = TRUE;
  return TRUE;
}

/**
 * heddle_process_worker_publish:
 *
 * Shows the worker what it was given, and wakes it if it sleeps.
 */
void
heddle_process_worker_publish (HeddleProcessWorker *self)
{
  if (!self->backlog.touched)
    return;
  self->backlog.touched = FALSE;
  heddle_slot_publish_assigned (self->slot);
  heddle_segment_publish (&self->segment);
}

/**
 * heddle_process_worker_get_unended:
 *
 * Returns: how many tasks it has and has not ended, by what it says
 */
guint64
heddle_process_worker_get_unended (HeddleProcessWorker *self)
{
  const HeddleProcessBacklog *backlog = &self->backlog;
  guint64 waiting = self->segment.assigned - heddle_segment_get_ended (&self->segment);

  for (guint i = backlog->n_written + (backlog->offset > 0); i < backlog->items->len; i++)
    waiting += g_array_index (backlog->items, HeddleItem, i).count;
  return waiting;
}

/**
 * heddle_process_worker_get_limit:
 *
 * How many tasks the worker may have at once: as many as the user allows ahead of time, but of long
 * tasks less, so that nobody has a row of them waiting while another is idle. One at a time until
 * it is known how long they take.
 */
guint
heddle_process_worker_get_limit (HeddleProcessWorker *self, const HeddleProcessPool *pool)
{
  gint64 ticks = atomic_load_explicit (&self->segment.map->task_ticks, memory_order_relaxed);
  gint64 ahead = (gint64) heddle_clock_span (AHEAD_NS);

  if (ticks <= 0)
    return 1;
  return (guint) CLAMP (ahead / ticks, 1, (gint64) pool->setup.prefetch);
}

/**
 * heddle_process_worker_put_back:
 * @n_started: how many tasks the dead worker had started
 *
 * Puts what the worker was given and had not started back to the front of the queue.
 */
void
heddle_process_worker_put_back (HeddleProcessWorker *self, HeddleProcessPool *pool,
                                guint64 n_started)
{
  g_autofree HeddleItem *items = NULL;

  drop_started (self, n_started);
  items = g_new (HeddleItem, MAX (self->tasks.n_items, 1));
  for (guint i = 0; i < self->tasks.n_items; i++)
    items[i] = *nth_item (self, i);
  heddle_queue_put_back (pool->base.host.queue, items, self->tasks.n_items);
  self->tasks.n_items = 0;
}

/**
 * heddle_process_worker_kill:
 * @because: for people, static: "did not end within a second and was killed"
 *
 * Kills its process, which is reaped when the kernel says that it is dead.
 */
void
heddle_process_worker_kill (HeddleProcessWorker *self, const char *because)
{
  if (self->death.fd < 0 || self->ending.because != NULL)
    return;
  self->ending.because = because;
  heddle_process_worker_signal (self, SIGKILL);
}

/**
 * heddle_process_worker_terminate:
 * @now: CLOCK_MONOTONIC nanoseconds
 * @because: for people, static: "was asked to end because of its task"
 * @or_because: what to say instead if it has to be killed
 *
 * Sends SIGTERM to its process; a second later heddle_process_worker_kill_if_late() kills it.
 */
void
heddle_process_worker_terminate (HeddleProcessWorker *self, gint64 now, const char *because,
                                 const char *or_because)
{
  if (self->death.fd < 0 || self->ending.because != NULL)
    return;
  self->ending.because = because;
  self->ending.or_because = or_because;
  self->ending.term_until = now + TERM_NS;
  heddle_process_worker_signal (self, SIGTERM);
}

/**
 * heddle_process_worker_kill_if_late:
 * @now: CLOCK_MONOTONIC nanoseconds
 *
 * Returns: when to look again; G_MAXINT64: never
 */
gint64
heddle_process_worker_kill_if_late (HeddleProcessWorker *self, gint64 now)
{
  if (self->death.fd < 0 || self->ending.term_until == 0)
    return G_MAXINT64;
  if (now >= self->ending.term_until)
    {
      self->ending.term_until = G_MAXINT64;
      self->ending.because = self->ending.or_because;
      heddle_process_worker_signal (self, SIGKILL);
    }
  return self->ending.term_until;
}
