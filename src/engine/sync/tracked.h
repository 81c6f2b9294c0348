/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/model/types.h"

G_BEGIN_DECLS

/*
 * A number that several workers change, each of which has a share of it: permits of a semaphore,
 * workers that have arrived at a barrier, readers of a lock. A worker may die after any
 * instruction, and afterwards the host knows what share it had.
 *
 * One store cannot change both the number and the worker's own note of its share. So the note comes
 * first and says both: what the worker has and what it will have, with a serial number; and the
 * change of the number carries worker and serial with it, in one compare-and-swap. Who changes the
 * number next first notes for that worker which change it has seen. So a change has happened if it
 * is in the number, or if somebody has seen it; otherwise it has not.
 */
typedef struct {
  /* the number (32 bits), and its last change: worker (11 bits), serial (21 bits) */
  _Atomic guint64 word;
  /* each its worker's: share before the change (21 bits), after it (21), serial (21) */
  _Atomic guint64 notes[HEDDLE_MAX_WORKERS + 1];
  /* the latest serial of that worker that somebody else has found in the word */
  _Atomic guint32 seen[HEDDLE_MAX_WORKERS + 1];
} HeddleTracked;

#define HEDDLE_TRACKED_MAX_SHARE 0x1fffffu
#define HEDDLE_TRACKED_HOST 0u /* the host, which changes it for the dead */

void heddle_tracked_init (HeddleTracked *self, guint32 number);
_Atomic guint32 *heddle_tracked_get_futex (HeddleTracked *self);
void heddle_tracked_forget_share (HeddleTracked *self, guint worker);
guint heddle_tracked_take_share (HeddleTracked *self, guint worker);
void heddle_tracked_note_seen (HeddleTracked *self, guint worker, guint serial);

/* What follows is a part of every acquire and release. Inline, since as calls it took a third
 * longer (bench/sync-bench). */

#define HEDDLE_TRACKED_BITS 21
#define HEDDLE_TRACKED_MASK ((G_GUINT64_CONSTANT (1) << HEDDLE_TRACKED_BITS) - 1)

static inline guint64
heddle_tracked_pack_note (guint before, guint after, guint serial)
{
  return (guint64) before << 2 * HEDDLE_TRACKED_BITS | (guint64) after << HEDDLE_TRACKED_BITS
    | serial;
}

static inline guint
heddle_tracked_after_of (guint64 note)
{
  return (guint) (note >> HEDDLE_TRACKED_BITS & HEDDLE_TRACKED_MASK);
}

static inline guint
heddle_tracked_serial_of (guint64 note_or_tag)
{
  return (guint) (note_or_tag & HEDDLE_TRACKED_MASK);
}

static inline guint
heddle_tracked_worker_of (guint64 word)
{
  return (guint) (word >> (32 + HEDDLE_TRACKED_BITS));
}

/**
 * heddle_tracked_get:
 *
 * Returns: the number
 */
static inline guint32
heddle_tracked_get (HeddleTracked *self)
{
  return (guint32) atomic_load (&self->word);
}

/**
 * heddle_tracked_get_share:
 *
 * Returns: what @worker has; of another worker than oneself, what it may be about to have
 */
static inline guint
heddle_tracked_get_share (HeddleTracked *self, guint worker)
{
  return heddle_tracked_after_of (
    atomic_load_explicit (&self->notes[worker], memory_order_relaxed));
}

/**
 * heddle_tracked_change:
 * @worker: the one that changes it
 * @number: (inout): what the number is; where it is something else by now, that
 * @next: what it is to be
 * @share: what @worker has of it then
 *
 * Returns: TRUE if the number was @number and is @next now; FALSE with @number set: decide again
 */
static inline gboolean
heddle_tracked_change (HeddleTracked *self, guint worker, guint32 *number, guint32 next,
                       guint share)
{
  guint64 word = atomic_load_explicit (&self->word, memory_order_relaxed);
  guint64 note = atomic_load_explicit (&self->notes[worker], memory_order_relaxed);
  guint before = heddle_tracked_after_of (note);
  guint serial = (heddle_tracked_serial_of (note) + 1) & HEDDLE_TRACKED_MASK;

  if ((guint32) word != *number)
    {
      *number = (guint32) word;
      return FALSE;
    }
  /* the exchange releases it: a thread that sees the exchange sees the note */
  atomic_store_explicit (&self->notes[worker], heddle_tracked_pack_note (before, share, serial),
                         memory_order_relaxed);
  if (heddle_tracked_worker_of (word) != worker)
    heddle_tracked_note_seen (self, heddle_tracked_worker_of (word),
                              heddle_tracked_serial_of (word >> 32));
  if (atomic_compare_exchange_strong (
        &self->word, &word, ((guint64) worker << HEDDLE_TRACKED_BITS | serial) << 32 | next))
    return TRUE;
  atomic_store (&self->notes[worker], heddle_tracked_pack_note (before, before, serial));
  *number = (guint32) word;
  return FALSE;
}

G_END_DECLS
