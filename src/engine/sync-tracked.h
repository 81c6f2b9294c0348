/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/run.h"

G_BEGIN_DECLS

/*
 * A number that several workers change, each of which has a share of it: permits of a semaphore, those who have arrived at a barrier, readers of
 * a lock. A worker may die after any instruction, and afterwards the host knows what share it had.
 *
 * One store cannot change both the number and the worker's own note of its share. So the note comes first and says both: what the worker has and
 * what it will have, with a serial number; and the change of the number carries worker and serial with it, in one compare-and-swap. Who
 * changes the number next first notes for that worker which change it has seen. So a change has happened if it stands in the number, or if
 * somebody has seen it; otherwise it has not.
 */
typedef struct {
  _Atomic guint64 word; /* the number (32 bits), and who has changed it last: worker (11 bits), serial (21 bits) */
  _Atomic guint64 notes[HEDDLE_MAX_WORKERS + 1]; /* each its worker's: share before the change (21 bits), after it (21), serial (21) */
  _Atomic guint32 seen[HEDDLE_MAX_WORKERS + 1];  /* the latest serial of that worker that somebody else has found in the word */
} HeddleTracked;

#define HEDDLE_TRACKED_MAX_SHARE 0x1fffffu
#define HEDDLE_TRACKED_HOST 0u /* number of the one who changes it for the dead */

void heddle_tracked_init (HeddleTracked *self, guint32 number);
guint32 heddle_tracked_get (HeddleTracked *self);
_Atomic guint32 *heddle_tracked_get_futex (HeddleTracked *self);
gboolean heddle_tracked_change (HeddleTracked *self, guint worker, guint32 *number, guint32 next, guint share);
guint heddle_tracked_get_share (HeddleTracked *self, guint worker);
void heddle_tracked_forget_share (HeddleTracked *self, guint worker);
guint heddle_tracked_take_share (HeddleTracked *self, guint worker);

G_END_DECLS
