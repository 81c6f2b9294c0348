/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/task/task-private.h"

G_BEGIN_DECLS

/*
 * What a task holds: locks and permits, as lines along its lane.
 *
 * Taking and giving back a lock that nobody else wants costs some 20 ns, and reading the clock
 * twice as much again. A hold of less than a microsecond cannot be seen anyway, so it is not
 * recorded; and of a lock that the worker was found to hold so shortly the next %HEDDLE_HOLD_SKIP
 * holds are not even measured. A hold that was waited for is always measured. What lasts longer is
 * recorded when it ends, or as soon as the task sleeps or waits with it in hand: a HOLD with the
 * time when it began, which may lie before other events, and a RELEASE. Worker's thread.
 */
#define HEDDLE_HOLD_SHORTEST_NS 1000
#define HEDDLE_HOLD_SKIP 15

void heddle_hold_note (HeddleTask *task, guint number);
void heddle_hold_finish (HeddleTask *task, guint number);
void heddle_hold_record (HeddleTask *task);

/* Of objects that share an entry the one is skipped for the other's sake. */
static inline guint8 *
heddle_hold_get_skip (HeddleTask *task, guint number)
{
  return &task->hold_skip[number % HEDDLE_HOLD_SKIPS];
}

/* The task has taken the object of that number, without having waited for it. */
static inline void
heddle_hold_begin (HeddleTask *task, guint number)
{
  guint8 *skip = heddle_hold_get_skip (task, number);

  if (G_LIKELY (*skip > 0))
    (*skip)--;
  else
    heddle_hold_note (task, number);
}

/* The task gives it back. */
static inline void
heddle_hold_end (HeddleTask *task, guint number)
{
  if (G_UNLIKELY (task->n_holds > 0))
    heddle_hold_finish (task, number);
}

G_END_DECLS
