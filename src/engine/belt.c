/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/belt.h"

#include <sched.h>
#include <string.h>

#include "engine/barrier.h"

G_STATIC_ASSERT ((HEDDLE_BELT_SLOTS & (HEDDLE_BELT_SLOTS - 1)) == 0);

/**
 * heddle_belt_init:
 *
 * Makes an empty one. Nobody may be using it.
 */
void
heddle_belt_init (HeddleBelt *self)
{
  memset (self, 0, sizeof *self);
  atomic_init (&self->head, 0);
  atomic_init (&self->word, 0);
  self->pays = !heddle_barrier_is_made;
}

/**
 * heddle_belt_clear:
 *
 * Frees it. Nobody may be using it.
 */
void
heddle_belt_clear (HeddleBelt *self)
{
  g_clear_pointer (&self->slots, g_free);
}

/**
 * heddle_belt_grant:
 * @room: how many more tasks the queue has room for
 *
 * From here on the producer may put so many down, as far as they fit; replaces what was left of an earlier grant. Producer, with the lock.
 */
void
heddle_belt_grant (HeddleBelt *self, guint64 room)
{
  if (self->slots == NULL && room > 0)
    self->slots = g_new (HeddleItem, HEDDLE_BELT_SLOTS);
  self->room = (guint) MIN (room, (guint64) HEDDLE_BELT_SLOTS - heddle_belt_get_length (self));
}

/**
 * heddle_belt_set_word:
 * @bit: one of the word's
 *
 * Changes what the producer sees when it has put a task down. Where %HEDDLE_BELT_CALL was set, a task that is not on the belt when this has
 * returned is one whose producer sees it. With the lock.
 */
void
heddle_belt_set_word (HeddleBelt *self, guint32 bit, gboolean set)
{
  guint32 word = atomic_load_explicit (&self->word, memory_order_relaxed);

  if (((word & bit) != 0) == (set != FALSE))
    return;
  if (!set)
    {
      atomic_fetch_and (&self->word, ~bit);
      return;
    }
  atomic_fetch_or (&self->word, bit);
  if (bit == HEDDLE_BELT_CALL && !self->pays)
    while (!heddle_barrier_make ())
      sched_yield ();
}

/*
 * Where one of the sleepers has been called, the producer may have seen that after it was no longer so. Whichever of the two locked instructions
 * comes first, this one or that of who got up: either the task is found, or it is seen here that nobody is on its way.
 */
gboolean
heddle_belt_is_called_slow (HeddleBelt *self)
{
  guint32 word = atomic_load_explicit (&self->word, memory_order_relaxed);

  if ((word & HEDDLE_BELT_CALLED) != 0)
    word = atomic_fetch_or (&self->word, 0);
  return (word & (HEDDLE_BELT_CALL | HEDDLE_BELT_CALLED)) == HEDDLE_BELT_CALL;
}
