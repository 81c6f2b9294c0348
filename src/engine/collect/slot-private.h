/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/collect/assigned.h"
#include "engine/collect/slot.h"
#include "engine/collect/states.h"
#include "engine/task/task-private.h"
#include "trace/ring.h"
#include "trace/states.h"

G_BEGIN_DECLS

/* The worker that occupies a slot now, or was the last to. */
typedef struct {
  gboolean present;
  int pid;
  int tid; /* 0: not known, or the only thread of its process */
  const _Atomic gint32 *tid_word; /* the pool's: where that thread writes its number; NULL: that is
                                     known, or there is none */
  gint64 born_ns;
  guint64 n_started; /* tasks */
} HeddleSlotWorker;

/* What all workers of a slot came to. */
typedef struct {
  gint64 alive_ns;      /* of those before the present one */
  gint64 busy_ns;       /* finished stretches */
  gint64 cpu_ns;        /* -1: not known */
  gint64 cpu_before_ns; /* of the workers before the present one */
  gint64 ready_ns;      /* wanted a processor and had none; -1: not known */
  gint64 ready_before_ns;
  gint64 rss;           /* bytes, of the present one; -1: not known */
  guint deaths;
  guint64 tasks;        /* that ended here */
} HeddleSlotTotals;

/* What the current task holds. */
typedef struct {
  guint64 numbers[HEDDLE_TASK_HOLDS]; /* of objects, in the order in which it took them */
  guint n;
  gint64 from; /* what comes before is in the lane */
} HeddleSlotHolds;

/* The current task: the one that the worker is running. */
typedef struct {
  gboolean in_hand;
  gboolean doomed;    /* its wait was ended, as it would have lasted for ever */
  /* the lane has its begin; one that ends in the same pass is written as a whole */
  gboolean lane_open;
  guint64 id;
  guint attempt;
  gint64 started_ns;
  gint64 queued_ns;
  gint64 wait_begin; /* 0: does not wait */
  HeddleWaitKind wait_kind;
  guint64 wait_id; /* number of the object that it waits for, 0: none */
  double progress;
  HeddleTaskTimes times; /* what its worker has counted, once it has said so; at its end: what its
                            span is made of by the best source */
  HeddleSlotHolds holds;
  GString *result;
  gboolean has_result;
  GString *error;
  gboolean has_error;
} HeddleSlotTask;

/* What is known of the scheduling of the worker that occupies a slot. */
typedef struct {
  HeddleThreadStates *thread; /* NULL: nothing, or not yet */
  HeddleStatesTotals begin;   /* when the current task began */
  gboolean begin_known;       /* that is what was so at that moment */
  guint n_noted;              /* slots of the ring whose events are taken in this pass */
  guint64 n_ended_noted;      /* what reported_ended said before */
} HeddleSlotStates;

struct _HeddleSlot {
  /* Set once, before a worker is born here. */
  guint number;        /* from 1 */
  gboolean is_process; /* what the ring says comes from another process, and is checked */
  gboolean is_thread;  /* the worker is a thread, of whatever process */
  gboolean is_command; /* ... that only waits: what counts is what its tasks' commands have cost */
  guint ring_capacity;
  char name[32];

  /* What the collector and the pool exchange without a lock. */
  _Atomic guint32 cancel; /* futex word, see HEDDLE_CANCEL_RUN; the collector stores, a worker that
                             is a thread loads */
  guint8 pad[60];         /* the worker looks at that word for every task: what the collector writes
                             all the time is not beside it */
  _Atomic guint64 overdue;   /* which task since its birth takes too long, 0: none; the collector
                                stores, the pool loads */
  _Atomic guint64 ended_for; /* the pool ends the worker because of that one, 0: it does not; the
                                pool stores, the collector loads */
  HeddleAssigned assigned;   /* process: see there whose it is */
  _Atomic guint64 reported_ended; /* process: how many tasks it says it has ended; the pool stores,
                                     the collector loads */

  /* Guarded by the collector's lock. */
  HeddleRingReader reader;
  gboolean told_broken;   /* the pool knows that the reader is broken */
  guint64 dropped_before; /* events, of the rings before the present one */
  gint64 queued_ns;       /* sticky: of the tasks that start from here on */
  HeddleSlotWorker worker;
  HeddleSlotTotals totals;
  HeddleSlotTask task;
  HeddleSlotStates states;
};

HeddleSlot *heddle_slot_new (guint number, HeddleBackend backend, guint ring_capacity,
                             gboolean is_process);
void heddle_slot_free (HeddleSlot *self);
void heddle_slot_detach_ring (HeddleSlot *self);
gboolean heddle_slot_is_overdue (const HeddleSlot *self);
gint64 heddle_slot_get_busy (const HeddleSlot *self, gint64 now);
gint64 heddle_slot_get_alive (const HeddleSlot *self, gint64 now);
guint64 heddle_slot_count_dropped (HeddleSlot *self);

G_END_DECLS
