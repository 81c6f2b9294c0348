/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/sync/tracked.h"

#include "engine/sync/shared-private.h"

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
 * heddle_tracked_get_futex:
 *
 * Returns: (transfer none): the number as a word to sleep on
 */
_Atomic guint32 *
heddle_tracked_get_futex (HeddleTracked *self)
{
  return (_Atomic guint32 *) (gpointer) &self->word + (G_BYTE_ORDER == G_BIG_ENDIAN ? 1 : 0);
}

/* One that was held up for long must not put back an older serial over a newer one; they begin anew
 * at 0. */
void
heddle_tracked_note_seen (HeddleTracked *self, guint worker, guint serial)
{
  guint32 seen;

  if (worker > HEDDLE_MAX_WORKERS)
    return;
  seen = atomic_load (&self->seen[worker]);
  while (seen != serial && ((serial - seen) & HEDDLE_TRACKED_MASK) <= HEDDLE_TRACKED_MASK / 2)
    if (atomic_compare_exchange_weak (&self->seen[worker], &seen, serial))
      return;
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

  if (note >> HEDDLE_TRACKED_BITS != 0)
    atomic_store_explicit (&self->notes[worker], heddle_tracked_serial_of (note),
                           memory_order_relaxed);
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
  guint serial = heddle_tracked_serial_of (note);
  gboolean happened =
    (heddle_tracked_worker_of (word) == worker && heddle_tracked_serial_of (word >> 32) == serial)
    || atomic_load (&self->seen[worker]) == serial;

  atomic_store (&self->notes[worker], serial);
  return happened ? heddle_tracked_after_of (note)
                  : (guint) (note >> 2 * HEDDLE_TRACKED_BITS & HEDDLE_TRACKED_MASK);
}
