/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/queue/queue.h"

G_BEGIN_DECLS

/* The tail: the end of the queue at which the one producer puts single tasks down without the
 * queue's lock. It is a ring that the producer alone writes and the holder of the queue's lock
 * reads, and it stands in line behind everything else. The producer gets credits, with the lock,
 * for as many tasks as fit, so it need not look at what has been taken meanwhile. One word tells
 * the producer that it may not go on, or that somebody sleeps for want of tasks. The producer
 * stores a task, then loads the word; a worker that goes to sleep stores the word, calls
 * heddle_membarrier(), then looks for tasks. One of them sees the other. */

#define HEDDLE_QUEUE_TAIL_SLOTS 1024

/* nothing more is let in without a look at the queue: it is closed, or held */
#define HEDDLE_QUEUE_TAIL_STOPPED 1u
#define HEDDLE_QUEUE_TAIL_CALL 2u    /* somebody is to be woken when tasks come */
/* a taker was woken and has not got the lock yet; it looks for tasks after it has cleared this */
#define HEDDLE_QUEUE_TAIL_CALLED 4u

typedef struct {
  HeddleItem *slots; /* made when the first tasks are granted */
  gboolean needs_fences;     /* set once: nobody makes barriers for the producer */
  guint credits;      /* producer: so many it may still put down */
  guint64 next;      /* producer: the head, as it knows it */
  guint8 pad0[40];
  _Atomic guint64 head; /* tasks put down; producer stores (release), reader loads (acquire) */
  guint8 pad1[56];
  _Atomic guint32 word; /* see above; changed with the lock, the producer loads */
  guint8 pad2[60];
  guint64 tail; /* tasks taken off; guarded by the queue's lock, as what follows */
} HeddleQueueTail;

void heddle_queue_tail_init (HeddleQueueTail *self);
void heddle_queue_tail_clear (HeddleQueueTail *self);
void heddle_queue_tail_grant (HeddleQueueTail *self, guint64 credits);
gboolean heddle_queue_tail_set_word (HeddleQueueTail *self, guint32 word);

/**
 * heddle_queue_tail_put:
 *
 * Puts a single task down, of those that were granted. Producer.
 */
static inline void
heddle_queue_tail_put (HeddleQueueTail *self, const HeddleItem *item)
{
  guint64 next = self->next;

  self->slots[next & (HEDDLE_QUEUE_TAIL_SLOTS - 1)] = *item;
  self->next = next + 1;
  self->credits--;
  if (G_UNLIKELY (self->needs_fences))
    atomic_exchange (&self->head, next + 1);
  else
    {
      /* release: the slot is written before */
      atomic_store_explicit (&self->head, next + 1, memory_order_release);
      /* the barrier of who goes to sleep orders it before the look at the word */
      atomic_signal_fence (memory_order_seq_cst);
    }
}

/**
 * heddle_queue_tail_may_put:
 *
 * Returns: whether a task may be put down without a look at the queue. Producer.
 */
static inline gboolean
heddle_queue_tail_may_put (HeddleQueueTail *self)
{
  return self->credits > 0
    && (atomic_load_explicit (&self->word, memory_order_relaxed) & HEDDLE_QUEUE_TAIL_STOPPED) == 0;
}

/**
 * heddle_queue_tail_is_called:
 *
 * Returns: whether somebody is to be woken for the task that was put down last. Producer.
 */
static inline gboolean
heddle_queue_tail_is_called (HeddleQueueTail *self)
{
  return G_UNLIKELY (
    (atomic_load (&self->word) & (HEDDLE_QUEUE_TAIL_CALL | HEDDLE_QUEUE_TAIL_CALLED))
    == HEDDLE_QUEUE_TAIL_CALL);
}

/**
 * heddle_queue_tail_get_length:
 *
 * Returns: how many tasks lie on it. With the lock.
 */
static inline guint
heddle_queue_tail_get_length (HeddleQueueTail *self)
{
  /* seq_cst: after the word was changed, see above; it says, too, that the slots are written */
  return (guint) (atomic_load (&self->head) - self->tail);
}

/**
 * heddle_queue_tail_get:
 * @nth: less than what heddle_queue_tail_get_length() said
 *
 * Returns: (transfer none): the nth task, counted from the first in line. With the lock.
 */
static inline const HeddleItem *
heddle_queue_tail_get (const HeddleQueueTail *self, guint nth)
{
  return &self->slots[(self->tail + nth) & (HEDDLE_QUEUE_TAIL_SLOTS - 1)];
}

G_END_DECLS
