/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/types.h"

G_BEGIN_DECLS

/*
 * An event is 16 bytes: a time (or a value) and a word that packs what happened, a small argument
 * and the task's id.
 *
 *   word = type (8 bits) | aux (8 bits) | id (48 bits)
 *
 * Events of one worker are in the order in which they happened. TASK events are never dropped (the
 * writer waits for the reader); detail events (PROGRESS, WAIT, RESUME, HOLD, RELEASE) are dropped
 * when the ring is nearly full, and counted. A HOLD alone may come later than what happened after
 * it: see engine/task/hold.h.
 */
typedef enum {
  HEDDLE_EVENT_NONE = 0,
  /* time: when the tasks that start from here on were queued (sticky, for ranges) */
  HEDDLE_EVENT_QUEUED = 1,
  HEDDLE_EVENT_TASK_START = 2,    /* id starts; aux: attempt */
  HEDDLE_EVENT_TASK_END = 3,      /* id ended; aux: HeddleTaskState */
  /* the current task ended in state aux, and at the same time id starts (attempt 1) */
  HEDDLE_EVENT_TASK_NEXT = 4,
  HEDDLE_EVENT_TASK_SKIPPED = 5,  /* id ends as cancelled without having started */
  HEDDLE_EVENT_RESULT_NUMBER = 6, /* time: the number; result of the current task */
  /* time: number of payload bytes; a piece of the result of the current task */
  HEDDLE_EVENT_RESULT_TEXT = 7,
  HEDDLE_EVENT_ERROR_TEXT = 8,    /* time: number of payload bytes; why the current task fails */
  /* time: number of payload bytes; the first 8 are ticks, then a line that the task printed */
  HEDDLE_EVENT_OUTPUT_TEXT = 9,
  HEDDLE_EVENT_PROGRESS = 10,     /* aux: 0 to 200, half per cents of the current task */
  /* the current task starts to wait; aux: on what (HeddleWaitKind) */
  HEDDLE_EVENT_WAIT = 11,
  HEDDLE_EVENT_RESUME = 12,       /* it goes on */
  /* time: number of payload bytes; a HeddleFigure that the current task has measured */
  HEDDLE_EVENT_FIGURE = 13,
  /* time: number of payload bytes; a HeddleTimesEvent: what the current task's span is made of,
   * from its worker's counters, or from the kernel's for its command; shortly before its end */
  HEDDLE_EVENT_TIMES = 14,
  /* these two: the current task took, or gave back, an object of the run's arena; its number stands
   * in place of the id */
  HEDDLE_EVENT_HOLD = 15,
  HEDDLE_EVENT_RELEASE = 16,
  HEDDLE_N_EVENTS
} HeddleEventType;

struct _HeddleEvent {
  guint64 time;
  guint64 word;
};

G_STATIC_ASSERT (sizeof (HeddleEvent) == 16);

/* Payload of HEDDLE_EVENT_TIMES; see HeddleTaskTimes. */
typedef struct {
  gint64 on_cpu_ns;
  gint64 ready_ns; /* -1: not known, of a command */
  guint32 switches;
  guint32 preempted;
} HeddleTimesEvent;

/* What a task waits for: aux of HEDDLE_EVENT_WAIT. */
typedef enum {
  HEDDLE_WAIT_SLEEP = 1,  /* time to pass */
  HEDDLE_WAIT_SHARED = 2, /* an object of the run's arena; its number stands in place of the id */
  HEDDLE_WAIT_IO = 3,     /* bytes to come or go */
} HeddleWaitKind;

#define HEDDLE_EVENT_ID_MASK ((G_GUINT64_CONSTANT (1) << 48) - 1)

static inline guint64
heddle_event_word (HeddleEventType type, guint aux, guint64 id)
{
  return (guint64) type << 56 | (guint64) (aux & 0xff) << 48 | (id & HEDDLE_EVENT_ID_MASK);
}

static inline HeddleEventType
heddle_event_type (guint64 word)
{
  return (HeddleEventType) (word >> 56);
}

static inline guint
heddle_event_aux (guint64 word)
{
  return (guint) (word >> 48) & 0xff;
}

static inline guint64
heddle_event_id (guint64 word)
{
  return word & HEDDLE_EVENT_ID_MASK;
}

/* Payload of a text event follows in as many 16-byte slots as it needs. Longer texts are sent in
 * pieces. */
#define HEDDLE_EVENT_TEXT_MAX 4096

G_END_DECLS
