/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/task/hold.h"

#include "trace/clock.h"

static void
put (HeddleTask *task, HeddleEventType type, guint64 ticks, guint number)
{
  heddle_ring_put_detail (task->writer, ticks, heddle_event_word (type, 0, number));
}

/**
 * heddle_hold_note:
 * @number: of an object of the arena
 *
 * Measures how long the task holds the object from now on. What is more than there is room for is
 * not measured.
 */
void
heddle_hold_note (HeddleTask *task, guint number)
{
  if (task->n_holds == HEDDLE_TASK_HOLDS)
    return;
  task->holds[task->n_holds++] = (HeddleTaskHold) { .begin = heddle_clock_ticks (),
                                                    .number = number };
}

/* Records the first @n holds, in the order in which they began: each lies in those before it. */
static void
record (HeddleTask *task, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!task->holds[i].recorded)
      {
        task->holds[i].recorded = TRUE;
        put (task, HEDDLE_EVENT_HOLD, task->holds[i].begin, task->holds[i].number);
      }
}

/**
 * heddle_hold_record:
 *
 * The task is about to sleep or wait: what it holds is recorded now, so that it is seen meanwhile.
 */
void
heddle_hold_record (HeddleTask *task)
{
  record (task, task->n_holds);
}

/**
 * heddle_hold_finish:
 * @number: of an object of the arena
 *
 * The task gives the object back. Nothing happens where it was not measured.
 */
void
heddle_hold_finish (HeddleTask *task, guint number)
{
  guint i = task->n_holds;
  guint64 now;

  while (i > 0 && task->holds[i - 1].number != number)
    i--;
  if (i == 0)
    return;
  now = heddle_clock_ticks ();
  if (task->holds[i - 1].recorded
      || now - task->holds[i - 1].begin >= heddle_clock_span (HEDDLE_HOLD_SHORTEST_NS))
    {
      record (task, i);
      put (task, HEDDLE_EVENT_RELEASE, now, number);
    }
  else
    *heddle_hold_get_skip (task, number) = HEDDLE_HOLD_SKIP;
  task->n_holds--;
  for (i--; i < task->n_holds; i++)
    task->holds[i] = task->holds[i + 1];
}
