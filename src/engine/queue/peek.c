/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Looking at the line without taking from it. */

#include "engine/queue/queue-private.h"
#include "trace/clock.h"

#include <string.h>

#include "base/lock.h"

/**
 * heddle_queue_has_idle_taker:
 *
 * Returns: TRUE while a taker sleeps for want of tasks. Any thread.
 */
gboolean
heddle_queue_has_idle_taker (HeddleQueue *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);

  return self->sleepers.n_sleeping > 0 && heddle_queue_get_length_locked (self) == 0
    && !self->paused && !self->finished;
}

/**
 * heddle_queue_is_finished:
 *
 * Returns: TRUE once every task has ended and workers are to leave. Any thread.
 */
gboolean
heddle_queue_is_finished (HeddleQueue *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);

  return self->finished;
}

/**
 * heddle_queue_is_drained:
 *
 * Returns: TRUE once the queue is closed and empty; tasks may still be put back. Any thread.
 */
gboolean
heddle_queue_is_drained (HeddleQueue *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);

  return self->closed && heddle_queue_get_length_locked (self) == 0;
}

static void
fill_counts (HeddleQueue *self, HeddleQueueCounts *counts)
{
  guint in_tail = heddle_queue_tail_get_length (&self->tail);

  counts->submitted = self->submitted + in_tail;
  counts->queued = self->queued + in_tail;
  counts->taken = self->submitted - self->queued;
  counts->capacity = self->capacity;
  counts->producer_waiting = self->producers.n_waiting > 0 && !self->producers.called;
  counts->producer_resumes_at = self->held ? G_MAXUINT : heddle_queue_get_resumes_at (self);
  counts->paused = self->paused;
  counts->producer_waited_ns = self->producers.waited_ns;
  if (self->producers.n_waiting > 0)
    counts->producer_waited_ns += heddle_clock_monotonic_ns () - self->producers.waiting_since;
}

/**
 * heddle_queue_get_counts:
 * @counts: (out): how many tasks, all at one moment
 *
 * Any thread.
 */
void
heddle_queue_get_counts (HeddleQueue *self, HeddleQueueCounts *counts)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  fill_counts (self, counts);
}

static void
fill_peek (HeddleQueuePeek *peek, const HeddleItem *item, guint32 nth)
{
  peek->id = item->id + nth;
  peek->queued = item->queued;
  peek->has_input = item->input != NULL;
  peek->truncated = FALSE;
  peek->text[0] = '\0';
  if (item->input != NULL)
    {
      gsize length = MIN (item->input->length, sizeof peek->text - 1);

      peek->truncated = length < item->input->length;
      /* not the last bytes of a character whose first one is cut off */
      for (guint i = 0; peek->truncated && i < 3
           && ((guchar) item->input->text[item->input->length - length] & 0xc0) == 0x80;
           i++)
        length--;
      memcpy (peek->text, item->input->text + item->input->length - length, length);
      peek->text[length] = '\0';
    }
}

/**
 * heddle_queue_peek:
 * @peeks: (out): room for @max_peeks tasks
 * @counts: (out): how many tasks, at the same moment
 *
 * Copies what stands first in line without stopping anybody for longer than the copy. Any thread.
 *
 * Returns: how many were set
 */
guint
heddle_queue_peek (HeddleQueue *self, HeddleQueuePeek *peeks, guint max_peeks,
                   HeddleQueueCounts *counts)
{
  guint n = 0, in_tail;

  HEDDLE_AUTO_LOCK (&self->lock);
  fill_counts (self, counts);
  in_tail = (guint) (counts->queued - self->queued);
  for (guint i = 0; i < self->list.n_items && n < max_peeks; i++)
    {
      const HeddleItem *item = &self->list.items[(self->list.head + i) & (self->list.n_alloc - 1)];

      for (guint32 j = 0; j < item->count && n < max_peeks; j++)
        fill_peek (&peeks[n++], item, j);
    }
  for (guint i = 0; i < in_tail && n < max_peeks; i++)
    fill_peek (&peeks[n++], heddle_queue_tail_get (&self->tail, i), 0);
  return n;
}

/**
 * heddle_queue_get_bytes:
 *
 * Returns: how much memory the line has for tasks, their inputs left out. Any thread.
 */
gsize
heddle_queue_get_bytes (HeddleQueue *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);

  return sizeof *self
    + (self->list.n_alloc + (self->tail.slots != NULL ? HEDDLE_QUEUE_TAIL_SLOTS : 0))
      * sizeof (HeddleItem);
}
