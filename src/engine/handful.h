/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/queue.h"
#include "engine/thread-worker.h"

G_BEGIN_DECLS

/*
 * A handful: the tasks that a worker thread took from the queue at once. Those it has not begun can be taken back.
 *
 * A worker takes as many short tasks at once as last about 50 microseconds, judged by the last ones. Where the next one turns out to last a
 * minute, the others would wait behind it while another worker has nothing to do. So each task of a handful is begun by counting one up, and
 * whoever takes the rest back counts to the end: of the two, one gets the task.
 *
 * One owner, the worker; takers hold a lock that the owner takes, and lets go again, when it finds that the rest has been taken.
 */
typedef struct {
  _Atomic guint64 state; /* how many tasks << 32 | how many of them are begun or taken back */
  HeddleItem items[HEDDLE_CLAIM_ITEMS]; /* owner writes while all are begun or taken back */
} HeddleHandful;

void heddle_handful_show (HeddleHandful *self, guint n_items);
guint heddle_handful_take_back (HeddleHandful *self, HeddleItem *rest);

/**
 * heddle_handful_begin_next:
 *
 * Returns: whether the next task is the owner's to begin; FALSE: it was taken back, with all after it. Owner.
 */
static inline gboolean
heddle_handful_begin_next (HeddleHandful *self)
{
  /* relaxed: the items are the owner's own; what a taker may read is in its order by the lock */
  guint64 state = atomic_fetch_add_explicit (&self->state, 1, memory_order_relaxed);

  return (guint32) state < (guint32) (state >> 32);
}

G_END_DECLS
