/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/pool.h"
#include "engine/types.h"
#include "trace/ring.h"

G_BEGIN_DECLS

/*
 * The collector: reads the rings of a run's workers and turns events into lanes, series, results, log lines and counts.
 * It alone decides what a task came to. Its thread ticks every few milliseconds while anything happens, ten times a second while somebody
 * looks, and sleeps in poll() on the wake descriptor otherwise (collector-sleep.c).
 *
 * Lock order: the collector's lock, then the queue's, then those of the stores. Pools call these functions without any lock of
 * the collector or the queue held.
 */

/* A worker's place in the run: one lane, one ring; one worker after another may stand in it. */
HeddleSlot *heddle_collector_add_slot (HeddleCollector *self, HeddleRing *ring, guint ring_capacity, gboolean is_process);
guint heddle_slot_get_number (const HeddleSlot *slot);

/* A worker has come to stand in @slot; its ring starts anew (@ring as initialised for it). */
void heddle_collector_expect (HeddleCollector *self, gboolean worker);
void heddle_collector_worker_born (HeddleCollector *self, HeddleSlot *slot, HeddleRing *ring, int pid, int tid,
                                   const _Atomic gint32 *tid_word);

/* It has left as it was asked to; everything in its ring is read first. */
void heddle_collector_worker_gone (HeddleCollector *self, HeddleSlot *slot);

/*
 * The process in @slot is given @item; shown to the collector, by heddle_slot_show_given(), before the process can see the last of it. A process
 * that starts anything else is broken, and what it ended is not freed before the pool has copied it.
 */
void heddle_slot_give (HeddleSlot *slot, const HeddleItem *item);
void heddle_slot_show_given (HeddleSlot *slot);

/* Nobody stands in @slot, and whoever comes next has been given nothing. */
void heddle_slot_forget_given (HeddleSlot *slot);

/* The process in @slot says that it has ended so many tasks: checked when its ring is read next. The thread of the pool. */
void heddle_slot_claim (HeddleSlot *slot, guint64 n_ended);

/* The word by which tasks of the worker in @slot are asked to end, where it is a thread of this process: see HEDDLE_CANCEL_RUN. */
const _Atomic guint32 *heddle_slot_get_cancel (const HeddleSlot *slot);

/* Which of its tasks, the nth since it was born, the worker in @slot has had in hand for too long; 0: none. Any thread of the pool. */
guint64 heddle_slot_get_overdue (const HeddleSlot *slot);

/* The worker in @slot is ended because of its nth task; said before it is. If it has another one in hand then, that one is started again. */
void heddle_slot_end_for (HeddleSlot *slot, guint64 nth);

/* About a death. */
typedef enum {
  HEDDLE_DEATH_REPLACED = 1 << 0, /* another worker takes its place */
  HEDDLE_DEATH_WANTED = 1 << 1,   /* the pool ended it, since the run is being stopped */
} HeddleDeath;

/*
 * It died, not of its own will. Everything in its ring is read first; the task it had in hand is tried again or lost, and the log says so.
 * @how: for people: "was killed by signal 9 (Killed)". Returns how many tasks it had started since it was born (the one in hand counted).
 */
guint64 heddle_collector_worker_died (HeddleCollector *self, HeddleSlot *slot, const char *how, HeddleDeath death);

/* It has left after as many tasks as a worker may have; another one takes its place. */
void heddle_collector_count_recycled (HeddleCollector *self);

/* How many tasks the worker in @slot has started since it was born, as far as its ring has been read. */
guint64 heddle_collector_get_started (HeddleCollector *self, HeddleSlot *slot);

/* What the worker in @slot wrote makes no sense: it is to be killed and replaced. */
gboolean heddle_collector_is_broken (HeddleCollector *self, HeddleSlot *slot);

/* Wakes the collector's thread. Async-signal-safe; from other processes the same is done by writing 8 bytes to the wake descriptor (an eventfd). */
void heddle_collector_kick (HeddleCollector *self);
int heddle_collector_get_wake_fd (HeddleCollector *self);

G_END_DECLS
