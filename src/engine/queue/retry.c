/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/queue/retry.h"

typedef struct {
  HeddleItem item;
  gint64 due;
  guint64 serial; /* of two that are due at the same time, the first to come is the first to go */
} Waiting;

struct _HeddleRetries {
  GArray *heap; /* of Waiting: none is due before the one at half its index */
  guint64 n_added;
};

/**
 * heddle_retries_new:
 *
 * Returns: (transfer full): an empty list; free with heddle_retries_free()
 */
HeddleRetries *
heddle_retries_new (void)
{
  HeddleRetries *self = g_new0 (HeddleRetries, 1);

  self->heap = g_array_new (FALSE, FALSE, sizeof (Waiting));
  return self;
}

/**
 * heddle_retries_free:
 *
 * Frees the list; what waits in it is forgotten.
 */
void
heddle_retries_free (HeddleRetries *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->heap);
  g_free (self);
}

static Waiting *
nth (const HeddleRetries *self, guint index)
{
  return &g_array_index (self->heap, Waiting, index);
}

static gboolean
is_before (const Waiting *a, const Waiting *b)
{
  return a->due < b->due || (a->due == b->due && a->serial < b->serial);
}

static void
swap (HeddleRetries *self, guint a, guint b)
{
  Waiting one = *nth (self, a);

  *nth (self, a) = *nth (self, b);
  *nth (self, b) = one;
}

/**
 * heddle_retries_add:
 * @item: one task, its attempt the next one
 * @due_ns: CLOCK_MONOTONIC: when it may be started
 */
void
heddle_retries_add (HeddleRetries *self, const HeddleItem *item, gint64 due_ns)
{
  Waiting waiting = { .item = *item, .due = due_ns, .serial = self->n_added++ };
  guint at = self->heap->len;

  g_return_if_fail (item->count == 1);

  g_array_append_val (self->heap, waiting);
  for (; at > 0 && is_before (nth (self, at), nth (self, (at - 1) / 2)); at = (at - 1) / 2)
    swap (self, at, (at - 1) / 2);
}

/**
 * heddle_retries_get_length:
 *
 * Returns: how many tasks wait
 */
guint
heddle_retries_get_length (const HeddleRetries *self)
{
  return self->heap->len;
}

/**
 * heddle_retries_get_due:
 *
 * Returns: when the next one is due, CLOCK_MONOTONIC; G_MAXINT64: none waits
 */
gint64
heddle_retries_get_due (const HeddleRetries *self)
{
  return self->heap->len > 0 ? nth (self, 0)->due : G_MAXINT64;
}

/**
 * heddle_retries_peek:
 * @nth_waiting: below heddle_retries_get_length(); 0 is the next one due, the rest is in no order
 * @item: (out): the task
 *
 * Returns: when it is due, CLOCK_MONOTONIC
 */
gint64
heddle_retries_peek (const HeddleRetries *self, guint nth_waiting, HeddleItem *item)
{
  *item = nth (self, nth_waiting)->item;
  return nth (self, nth_waiting)->due;
}

/**
 * heddle_retries_take:
 * @now_ns: CLOCK_MONOTONIC; G_MAXINT64 takes whatever waits
 * @item: (out): a task that was due
 *
 * Returns: FALSE if none is due
 */
gboolean
heddle_retries_take (HeddleRetries *self, gint64 now_ns, HeddleItem *item)
{
  guint at = 0;

  if (self->heap->len == 0 || nth (self, 0)->due > now_ns)
    return FALSE;
  *item = nth (self, 0)->item;
  *nth (self, 0) = *nth (self, self->heap->len - 1);
  g_array_set_size (self->heap, self->heap->len - 1);
  while (TRUE)
    {
      guint first = at;

      for (guint child = 2 * at + 1; child <= 2 * at + 2 && child < self->heap->len; child++)
        if (is_before (nth (self, child), nth (self, first)))
          first = child;
      if (first == at)
        return TRUE;
      swap (self, at, first);
      at = first;
    }
}
