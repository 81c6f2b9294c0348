/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/handful.h"

/**
 * heddle_handful_show:
 * @n_items: how many of the items hold tasks
 *
 * From here on tasks may be begun, and taken back. Owner.
 */
void
heddle_handful_show (HeddleHandful *self, guint n_items)
{
  guint64 n_tasks = 0;

  for (guint i = 0; i < n_items; i++)
    n_tasks += self->items[i].count;
  /* release: the items come before; the additions that follow keep that order */
  atomic_store_explicit (&self->state, n_tasks << 32, memory_order_release);
}

/* The items without their first @n_begun tasks, from what held @n_tasks. */
static guint
copy_rest (const HeddleHandful *self, guint32 n_begun, guint32 n_tasks, HeddleItem *rest)
{
  guint n = 0;

  n_tasks -= n_begun;
  for (guint i = 0; n_tasks > 0; i++)
    {
      HeddleItem item = self->items[i];
      guint32 skip = MIN (n_begun, item.count);

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

/**
 * heddle_handful_take_back:
 * @rest: (out): room for %HEDDLE_CLAIM_ITEMS items: the tasks that the owner has not begun, and will not begin
 *
 * Any thread with the lock of the takers.
 *
 * Returns: how many items were set
 */
guint
heddle_handful_take_back (HeddleHandful *self, HeddleItem *rest)
{
  /* acquire: the items are those of this state */
  guint64 state = atomic_load_explicit (&self->state, memory_order_acquire);
  guint32 n_tasks, n_begun;

  do
    {
      n_tasks = (guint32) (state >> 32);
      n_begun = (guint32) state;
      if (n_begun >= n_tasks)
        return 0;
    }
  while (!atomic_compare_exchange_weak_explicit (&self->state, &state, (guint64) n_tasks << 32 | n_tasks, memory_order_acquire, memory_order_acquire));
  return copy_rest (self, n_begun, n_tasks, rest);
}
