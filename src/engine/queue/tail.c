/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/queue/tail.h"

#include <sched.h>
#include <string.h>

#include "base/membarrier.h"

G_STATIC_ASSERT ((HEDDLE_QUEUE_TAIL_SLOTS & (HEDDLE_QUEUE_TAIL_SLOTS - 1)) == 0);

/**
 * heddle_queue_tail_init:
 *
 * Makes an empty one. Nobody may be using it.
 */
void
heddle_queue_tail_init (HeddleQueueTail *self)
{
  memset (self, 0, sizeof *self);
  atomic_init (&self->head, 0);
  atomic_init (&self->word, 0);
  self->needs_fences = !heddle_membarrier_works;
}

/**
 * heddle_queue_tail_clear:
 *
 * Frees it. Nobody may be using it.
 */
void
heddle_queue_tail_clear (HeddleQueueTail *self)
{
  g_clear_pointer (&self->slots, g_free);
}

/**
 * heddle_queue_tail_grant:
 * @credits: how many more tasks the queue has room for
 *
 * From here on the producer may put so many down, as far as they fit; replaces what was left of an
 * earlier grant. Producer, with the lock.
 */
void
heddle_queue_tail_grant (HeddleQueueTail *self, guint64 credits)
{
  if (self->slots == NULL && credits > 0)
    self->slots = g_new (HeddleItem, HEDDLE_QUEUE_TAIL_SLOTS);
  self->credits =
    (guint) MIN (credits, (guint64) HEDDLE_QUEUE_TAIL_SLOTS - heddle_queue_tail_get_length (self));
}

static gboolean
calls (guint32 word)
{
  return (word & (HEDDLE_QUEUE_TAIL_CALL | HEDDLE_QUEUE_TAIL_CALLED)) == HEDDLE_QUEUE_TAIL_CALL;
}

/**
 * heddle_queue_tail_set_word:
 * @word: what the producer is to see when it has put a task down
 *
 * With the lock.
 *
 * Returns: TRUE if from here on it is to call somebody: it does for tasks that are not on the tail
 * by now, so the caller looks once more
 */
gboolean
heddle_queue_tail_set_word (HeddleQueueTail *self, guint32 word)
{
  guint32 before = atomic_load_explicit (&self->word, memory_order_relaxed);

  if (word == before)
    return FALSE;
  atomic_store (&self->word, word);
  if (!calls (word) || calls (before))
    return FALSE;
  if (!self->needs_fences)
    while (!heddle_membarrier ())
      sched_yield ();
  return TRUE;
}
