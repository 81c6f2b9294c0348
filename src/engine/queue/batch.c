/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/queue/batch.h"

#include "base/membarrier.h"

/**
 * heddle_batch_init:
 * @lock: the takers' lock
 *
 * Makes an empty batch. Before its owner starts.
 */
void
heddle_batch_init (HeddleBatch *self, pthread_mutex_t *lock)
{
  self->next = 0;
  self->base = 0;
  self->lock = lock;
  self->needs_fences = !heddle_membarrier_works;
  atomic_store (&self->begun, 0);
  atomic_store (&self->end, 0);
  atomic_store (&self->wanted, 0);
}

/**
 * heddle_batch_show:
 * @n_items: how many of the items hold tasks
 *
 * From here on tasks may be begun, and taken back. Owner.
 */
void
heddle_batch_show (HeddleBatch *self, guint n_items)
{
  guint64 n_tasks = 0;

  for (guint i = 0; i < n_items; i++)
    n_tasks += self->items[i].count;
  /* what was taken back counts as begun */
  self->next = self->base = atomic_load_explicit (&self->end, memory_order_relaxed);
  atomic_store_explicit (&self->begun, self->base, memory_order_relaxed);
  /* release: the items come before */
  atomic_store_explicit (&self->end, self->base + n_tasks, memory_order_release);
}

/**
 * heddle_batch_wait:
 *
 * Waits until nobody takes back. Owner.
 */
void
heddle_batch_wait (HeddleBatch *self)
{
  pthread_mutex_lock (self->lock);
  pthread_mutex_unlock (self->lock);
}

/* The items without their first @n_begun tasks, from what held @n_tasks. */
static guint
copy_rest (const HeddleBatch *self, guint64 n_begun, guint64 n_tasks, HeddleItem *rest)
{
  guint n = 0;

  n_tasks -= n_begun;
  for (guint i = 0; n_tasks > 0; i++)
    {
      HeddleItem item = self->items[i];
      guint32 skip = (guint32) MIN (n_begun, (guint64) item.count);

      n_begun -= skip;
      item.id += skip;
      item.count -= skip;
      if (item.count == 0)
        continue;
      rest[n++] = item;
      n_tasks -= item.count;
    }
  return n;
}

/* After @wanted is set and the barrier is made, the owner begins nothing unseen. */
static guint
cut_rest (HeddleBatch *self, HeddleItem *rest)
{
  /* acquire: the items are those of this end */
  guint64 end = atomic_load_explicit (&self->end, memory_order_acquire);
  guint64 begun = atomic_load (&self->begun);

  /* all begun: the owner may be writing the next ones, its end is not for us to touch */
  if (begun >= end)
    return 0;
  atomic_store_explicit (&self->end, begun, memory_order_relaxed);
  return copy_rest (self, begun - self->base, end - self->base, rest);
}

/**
 * heddle_batch_take_back:
 * @rest: (out): room for %HEDDLE_BATCH_ITEMS items: the tasks that the owner will not begin
 *
 * Any thread with the lock of the takers.
 *
 * Returns: how many items were set
 */
guint
heddle_batch_take_back (HeddleBatch *self, HeddleItem *rest)
{
  guint n = 0;

  /* mostly there is nothing, and a beginning that is not seen yet leaves less of it */
  if (atomic_load (&self->begun) >= atomic_load (&self->end))
    return 0;
  atomic_exchange (&self->wanted, 1);
  if (self->needs_fences || heddle_membarrier ())
    n = cut_rest (self, rest);
  /* seq_cst: the owner that sees this sees the new end */
  atomic_store (&self->wanted, 0);
  return n;
}
