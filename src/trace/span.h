/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/states.h"

G_BEGIN_DECLS

/* A stretch of a lane: a task, or what else takes time. */
struct _HeddleSpan {
  gint64 begin;
  gint64 end;
  guint64 id;            /* the task; of what is none: what it has to do with, 0: nothing */
  HeddleTaskState state; /* how it ended; HEDDLE_TASK_RUNNING: it is open, and ends now */
  /* what a task's time was made of; a lane store keeps no switches: they are 0 */
  HeddleTaskTimes times;
  gint64 queued; /* of one that is open: when the task came into the queue; 0: not known */
};

/* What takes time in a lane: each kind has a track of its own. */
typedef enum {
  HEDDLE_FOLD_BUSY,    /* a task */
  HEDDLE_FOLD_SLEEP,   /* these three: a task waited, and for what: for time to pass */
  HEDDLE_FOLD_SHARED,  /* for an object that workers share; id: its number */
  HEDDLE_FOLD_IO,      /* for bytes to come or go */
  HEDDLE_FOLD_ON_CPU,  /* these two: its state in a task, where every switch is known */
  HEDDLE_FOLD_READY,   /* it wanted a CPU */
  HEDDLE_FOLD_KNOWN,   /* every switch of the worker is known */
  HEDDLE_FOLD_HOLDING, /* the worker held an object that workers share; id: its number */
  HEDDLE_N_FOLDS
} HeddleFoldKind;

#define HEDDLE_N_WAITS 3 /* kinds of waits: from HEDDLE_FOLD_SLEEP on */

G_END_DECLS
