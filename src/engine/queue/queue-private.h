/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>

#include "engine/queue/tail.h"

G_BEGIN_DECLS

struct _HeddleQueue {
  pthread_mutex_t lock;
  pthread_cond_t not_empty;
  pthread_cond_t not_full;
  pthread_cond_t nobody_calls;

  /* All below: guarded by lock. */
  HeddleItem *items; /* ring of n_alloc items, a power of two */
  guint n_alloc;
  guint head;
  guint n_items;
  guint capacity;       /* tasks */
  guint n_shares;       /* a taker gets no more than one of so many shares of the line */
  guint64 submitted;    /* tasks */
  guint64 queued;       /* tasks */
  gboolean closed;      /* no more pushes */
  gboolean finished;    /* every task has ended */
  gboolean paused;
  gboolean held;        /* nothing more is let in for now, as if it were full */
  guint n_producers_waiting;
  gboolean producers_called; /* these have been signalled and have not got the lock yet */
  guint n_sleeping;     /* takers in pthread_cond_wait() */
  gboolean waking;      /* one of them has been signalled and has not got the lock yet */
  gboolean waker_armed; /* a try_take() came back empty */
  HeddleQueueWaker waker;
  HeddleQueueWaker push_waker; /* in its place, where tasks are pushed; NULL: the same */
  gpointer waker_data;
  guint n_calling;      /* threads in one of the two */
  HeddleQueueWaker idle_waker;
  gpointer idle_data;

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
