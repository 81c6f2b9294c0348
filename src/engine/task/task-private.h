/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/task/task.h"
#include "trace/ring.h"

G_BEGIN_DECLS

/* The word that asks a worker's tasks to end. A single task is named by how many the worker had
 * taken, so that a late request does not hit the next one. */
#define HEDDLE_CANCEL_RUN 1u  /* all of them */
#define HEDDLE_CANCEL_REST 2u /* those that have not started are skipped; the one in hand may end */
/* the bits, beside which stands the number of a task */
#define HEDDLE_CANCEL_ALL (HEDDLE_CANCEL_RUN | HEDDLE_CANCEL_REST)
#define HEDDLE_CANCEL_TASK(n_taken) ((guint32) (n_taken) << 2)

/* An object of the arena that the task holds. */
typedef struct {
  guint64 begin;  /* ticks */
  guint32 number;
  guint32 recorded;
} HeddleTaskHold;

#define HEDDLE_TASK_HOLDS 8
#define HEDDLE_HOLD_SKIPS 16

struct _HeddleTask {
  /* the same for all tasks of a worker */
  HeddleRingWriter *writer;
  const _Atomic guint32 *cancel; /* futex word */
  gboolean killable;    /* the worker is a process that can be ended with the task in hand */
  guint worker;         /* number, from 1 */
  int wake_fd;          /* heddle_task_get_wake_fd() */
  gboolean takes_times; /* it is told what they cost: heddle_task_set_times() */
  /* how many of the next holds of an object are not measured: hold.h */
  guint8 hold_skip[HEDDLE_HOLD_SKIPS];

  guint64 id;
  guint attempt;
  guint32 mark;         /* HEDDLE_CANCEL_TASK() of this one */
  const char *input;
  gsize input_length;
  HeddleTaskHold holds[HEDDLE_TASK_HOLDS]; /* those that are measured, in the order they began in */
  guint n_holds; /* of a task that shares something: begins with 0 */

  /* what it has come to so far; one number, so that it is made at once */
  union {
    struct {
      guint32 n_held;   /* locks of the arena */
      guint8 failed;
      guint8 saw_cancel;
      guint8 has_result;
      guint8 counted; /* its worker's counters have been read when it began */
    };
    guint64 fate;
  };
};

G_END_DECLS
