/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "engine/queue/queue.h"

G_BEGIN_DECLS

#define HEDDLE_BATCH_ITEMS 64 /* tasks, at most */

/* A batch: the tasks that a worker thread took from the queue at once; those that it has not begun
 * can be taken back. It takes as many short tasks as last about 50 microseconds, judged by the last
 * ones. Where the next one lasts a minute, the others would wait behind it while another worker is
 * idle. So the owner announces each task that it begins, and the taker moves the end: each task
 * goes to one of the two. Taking back is rare, beginning is not, so the taker pays for the order
 * between the two: the owner stores what it begins, then loads @wanted; the taker stores @wanted,
 * calls heddle_membarrier(), then loads what is begun. Either the taker sees the beginning, or the
 * owner sees the wish and waits. Where the kernel makes no barriers the owner executes a fence for
 * each task. One owner, the worker; takers hold the lock that the owner is given here. */
typedef struct {
  guint64 next;           /* owner: the next task to begin, counted since the batch was new */
  gboolean needs_fences;          /* set once: the kernel makes no barriers for us */
  pthread_mutex_t *lock;  /* set once: the takers' */
  _Atomic guint64 begun;  /* so many; owner stores */
  /* so many may be begun; owner stores while all are begun, a taker while not */
  _Atomic guint64 end;
  _Atomic guint32 wanted; /* a taker is at it */
  guint64 base;           /* begun when the items were written; as the items */
  HeddleItem items[HEDDLE_BATCH_ITEMS]; /* owner writes while all are begun or taken back */
} HeddleBatch;

void heddle_batch_init (HeddleBatch *self, pthread_mutex_t *lock);
void heddle_batch_show (HeddleBatch *self, guint n_items);
guint heddle_batch_take_back (HeddleBatch *self, HeddleItem *rest);
void heddle_batch_wait (HeddleBatch *self);

/**
 * heddle_batch_begin_next:
 *
 * Returns: whether the owner may begin the next task; FALSE: the rest was taken back. Owner.
 */
static inline gboolean
heddle_batch_begin_next (HeddleBatch *self)
{
  guint64 nth = self->next++;

  if (G_UNLIKELY (self->needs_fences))
    atomic_exchange (&self->begun, nth + 1);
  else
    {
      /* relaxed: the taker's barrier orders it before the load */
      atomic_store_explicit (&self->begun, nth + 1, memory_order_relaxed);
      atomic_signal_fence (memory_order_seq_cst);
    }
  /* seq_cst, on this side of the store: the end is the one that whoever took before has set */
  if (G_UNLIKELY (atomic_load (&self->wanted) != 0))
    heddle_batch_wait (self);
  return nth < atomic_load_explicit (&self->end, memory_order_relaxed);
}

G_END_DECLS
