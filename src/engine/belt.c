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

static gboolean
calls (guint32 word)
{
  return (word & (HEDDLE_BELT_CALL | HEDDLE_BELT_CALLED)) == HEDDLE_BELT_CALL;
}

/**
 * heddle_belt_set_word:
 * @word: what the producer is to see when it has put a task down
 *
 * With the lock.
 *
 * Returns: TRUE if from here on it is to call somebody: it does for tasks that are not on the belt by now, so the caller looks once more
 */
gboolean
heddle_belt_set_word (HeddleBelt *self, guint32 word)
{
  guint32 before = atomic_load_explicit (&self->word, memory_order_relaxed);

  if (word == before)
    return FALSE;
  atomic_store (&self->word, word);
  if (!calls (word) || calls (before))
    return FALSE;
  if (!self->pays)
    while (!heddle_barrier_make ())
      sched_yield ();
  return TRUE;
}
