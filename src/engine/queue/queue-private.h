/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>

#include "engine/queue/tail.h"

G_BEGIN_DECLS

/* A ring of n_alloc items, a power of two. */
typedef struct {
  HeddleItem *items;
  guint n_alloc;
  guint head;
  guint n_items;
} HeddleQueueList;

/* Those that sleep because the line is full or held. */
typedef struct {
  guint n_waiting;
  gint64 waited_ns;     /* by those that went on */
  gint64 waiting_since; /* CLOCK_MONOTONIC: when the first of those that sleep came */
  gboolean called; /* they have been signalled and have not got the lock yet */
} HeddleQueueProducers;

/* Those that sleep in heddle_queue_take(). */
typedef struct {
  guint n_sleeping;
  gboolean waking; /* one of them has been signalled and has not got the lock yet */
} HeddleQueueSleepers;

/* Whoever takes without sleeping in the queue. */
typedef struct {
  gboolean armed; /* to be called: it was attached, or its try_take() came back empty */
  const HeddleQueueTaker *taker; /* NULL: nobody */
  gpointer data;
  guint n_calling; /* threads in one of its functions */
} HeddleQueueAttached;

struct _HeddleQueue {
  pthread_mutex_t lock;
  pthread_cond_t not_empty;
  pthread_cond_t not_full;
  pthread_cond_t nobody_calls;

  /* All below: guarded by lock. */
  HeddleQueueList list;
  guint capacity;    /* tasks */
  guint n_shares;    /* a taker gets no more than one of so many shares of the line */
  guint64 submitted; /* tasks */
  guint64 queued;    /* tasks */
  gboolean closed;   /* no more pushes */
  gboolean finished; /* every task has ended */
  gboolean paused;
  gboolean held; /* nothing more is let in for now, as if it were full */
  HeddleQueueProducers producers;
  HeddleQueueSleepers sleepers;
  HeddleQueueAttached attached;
  HeddleQueueHook drained; /* set once: take() finds the closed queue empty; NULL: not told */
  gpointer drained_data;

  /* its own rule; in line behind the items, and counted in neither submitted nor queued */
  HeddleQueueTail tail;
};

/* Tasks in line. */
static inline guint64
heddle_queue_get_length_locked (HeddleQueue *self)
{
  return self->queued + heddle_queue_tail_get_length (&self->tail);
}

/* How many tasks are left in line when a producer that waits for room is woken. */
static inline guint
heddle_queue_get_resumes_at (const HeddleQueue *self)
{
  return self->capacity / 2;
}

G_END_DECLS
