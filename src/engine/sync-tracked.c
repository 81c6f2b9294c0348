/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/sync-tracked.h"

#include "engine/shared-private.h"

#define BITS 21
#define MASK ((G_GUINT64_CONSTANT (1) << BITS) - 1)

static guint64
pack_note (guint before, guint after, guint serial)
{
  return (guint64) before << 2 * BITS | (guint64) after << BITS | serial;
}

static guint
after_of (guint64 note)
{
  return (guint) (note >> BITS & MASK);
}

static guint
serial_of (guint64 note_or_tag)
{
  return (guint) (note_or_tag & MASK);
}

static guint
worker_of (guint64 word)
{
  return (guint) (word >> (32 + BITS));
}

/**
 * heddle_tracked_init:
 *
 * Host, before any worker. Zeroed memory is the number 0.
 */
void
heddle_tracked_init (HeddleTracked *self, guint32 number)
{
  atomic_init (&self->word, number);
}

/**
 * heddle_tracked_get:
 *
 * Returns: the number
 */
guint32
heddle_tracked_get (HeddleTracked *self)
{
  return (guint32) atomic_load (&self->word);
}

/**
 * heddle_tracked_get_futex:
 *
 * Returns: (transfer none): the number as a word to sleep on
 */
_Atomic guint32 *
heddle_tracked_get_futex (HeddleTracked *self)
{
  return (_Atomic guint32 *) (gpointer) &self->word + (G_BYTE_ORDER == G_BIG_ENDIAN ? 1 : 0);
}

/* One that was held up for long must not put back an older serial over a newer one; they begin anew at 0. */
static void
note_seen (HeddleTracked *self, guint worker, guint serial)
{
  guint32 seen;

  if (worker > HEDDLE_MAX_WORKERS)
    return;
  seen = atomic_load (&self->seen[worker]);
  while (seen != serial && ((serial - seen) & MASK) <= MASK / 2)
    if (atomic_compare_exchange_weak (&self->seen[worker], &seen, serial))
      return;
}

/**
 * heddle_tracked_change:
 * @worker: who does it
 * @number: (inout): what the number is; where it is something else by now, that
 * @next: what it is to be
 * @share: what @worker has of it then
 *
 * Returns: TRUE if the number was @number and is @next now; FALSE with @number set: decide again
 */
gboolean
heddle_tracked_change (HeddleTracked *self, guint worker, guint32 *number, guint32 next, guint share)
{
  guint64 word = atomic_load_explicit (&self->word, memory_order_relaxed);
  guint64 note = atomic_load_explicit (&self->notes[worker], memory_order_relaxed);
  guint before = after_of (note);
  guint serial = (serial_of (note) + 1) & MASK;

  if ((guint32) word != *number)
    {
      *number = (guint32) word;
      return FALSE;
    }
  /* the exchange releases it: whoever sees that sees the note */
  atomic_store_explicit (&self->notes[worker], pack_note (before, share, serial), memory_order_relaxed);
  if (worker_of (word) != worker)
    note_seen (self, worker_of (word), serial_of (word >> 32));
  if (atomic_compare_exchange_strong (&self->word, &word, ((guint64) worker << BITS | serial) << 32 | next))
    return TRUE;
  atomic_store (&self->notes[worker], pack_note (before, before, serial));
  *number = (guint32) word;
  return FALSE;
}

/**
 * heddle_tracked_get_share:
 *
 * Returns: what @worker has; of another worker than oneself, what it may be about to have
 */
guint
heddle_tracked_get_share (HeddleTracked *self, guint worker)
{
  return after_of (atomic_load_explicit (&self->notes[worker], memory_order_relaxed));
}

/**
 * heddle_tracked_forget_share:
 *
 * What @worker has is no longer its own. The worker itself.
 */
void
heddle_tracked_forget_share (HeddleTracked *self, guint worker)
{
  guint64 note = atomic_load_explicit (&self->notes[worker], memory_order_relaxed);

  if (note >> BITS != 0)
    atomic_store_explicit (&self->notes[worker], serial_of (note), memory_order_relaxed);
}

/**
 * heddle_tracked_take_share:
 * @worker: is dead
 *
 * Returns: what it had; it has nothing any more, and the number is for the caller to change. Host
 */
guint
heddle_tracked_take_share (HeddleTracked *self, guint worker)
{
  guint64 note = atomic_load (&self->notes[worker]);
  guint64 word = atomic_load (&self->word);
  guint serial = serial_of (note);
  gboolean happened = (worker_of (word) == worker && serial_of (word >> 32) == serial) || atomic_load (&self->seen[worker]) == serial;

  atomic_store (&self->notes[worker], serial);
  return happened ? after_of (note) : (guint) (note >> 2 * BITS & MASK);
}
