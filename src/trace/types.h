/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _HeddleEvent HeddleEvent;
typedef struct _HeddleRing HeddleRing;
typedef struct _HeddleRingWriter HeddleRingWriter;
typedef struct _HeddleRingReader HeddleRingReader;
typedef struct _HeddleLaneStore HeddleLaneStore;
typedef struct _HeddleSpan HeddleSpan;
typedef struct _HeddleTaskTimes HeddleTaskTimes;
typedef struct _HeddleLaneCell HeddleLaneCell;
typedef struct _HeddleLaneSum HeddleLaneSum;
typedef struct _HeddleLaneInfo HeddleLaneInfo;
typedef struct _HeddleTraceWriter HeddleTraceWriter;
typedef struct _HeddleSwitch HeddleSwitch;
typedef struct _HeddleSwitches HeddleSwitches;

/**
 * HeddleTaskState:
 * @HEDDLE_TASK_QUEUED: waits in the queue
 * @HEDDLE_TASK_RUNNING: a worker executes it
 * @HEDDLE_TASK_DONE: ended well
 * @HEDDLE_TASK_FAILED: ended with an error of its own
 * @HEDDLE_TASK_CANCELLED: taken back by the user before it was done
 * @HEDDLE_TASK_LOST: its worker died and no retry was left
 *
 * The states of a task. The last four are ends: a task reaches exactly one of them, once. The
 * values are stored in traces; do not renumber.
 */
typedef enum {
  HEDDLE_TASK_QUEUED = 0,
  HEDDLE_TASK_RUNNING = 1,
  HEDDLE_TASK_DONE = 2,
  HEDDLE_TASK_FAILED = 3,
  HEDDLE_TASK_CANCELLED = 4,
  HEDDLE_TASK_LOST = 5,
} HeddleTaskState;

#define HEDDLE_N_TASK_STATES 6

const char *heddle_task_state_name (HeddleTaskState state);

G_END_DECLS
