/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/model/types.h"

G_BEGIN_DECLS

/*
 * The queue: the bounded waiting line between the producer and the workers.
 *
 * Capacity is counted in tasks. A map over a range is queued as an item of many tasks; takers cut
 * from it what they need. One lock guards everything, held for a few dozen nanoseconds; takers
 * claim several tasks at once when the line is long. Only a run's producer puts its single tasks
 * down without it, behind all others (tail.h). The producer sleeps while it is full and is woken
 * when it has drained to half (a wake-up costs more than a short task). One sleeping taker is woken
 * at a time and wakes the next if there is more to do. Contents can be copied at any moment without
 * stopping anybody.
 */

/* The input text of a task, owned by the input table until the task has ended. */
struct _HeddleInput {
  guint32 length;
  char text[]; /* NUL-terminated */
};

/* @count tasks with the ids @id, @id + 1 ... A task with an input stands alone (count 1). */
struct _HeddleItem {
  guint64 id;
  guint32 count;
  guint32 attempt; /* from 1 */
  guint64 queued;  /* ticks of heddle_clock */
  const HeddleInput *input; /* borrowed; NULL: none */
};

typedef struct {
  guint64 submitted; /* tasks pushed since the beginning */
  guint64 queued;    /* tasks in line now */
  guint64 taken;     /* submitted - queued */
  guint capacity;
  gboolean producer_waiting; /* for room, and nobody has called it yet */
  guint producer_resumes_at; /* it is called at so many tasks; G_MAXUINT: when it is let go on */
  gint64 producer_waited_ns; /* for room, since the beginning */
  gboolean paused;
} HeddleQueueCounts;

/* Called without the queue's lock, but perhaps with the collector's: must neither block nor take
 * that. On whichever thread pushes, puts back, takes, pauses, finishes or wakes all. */
typedef void (*HeddleQueueHook) (gpointer data);

/* What a taker that does not sleep in heddle_queue_take() is called for. */
typedef struct {
  /* tasks came after try_take() found none; paused, resumed, finished, all woken */
  HeddleQueueHook tasks_came;
  HeddleQueueHook tasks_pushed; /* likewise, if pushed; may take some. NULL: tasks_came */
} HeddleQueueTaker;

HeddleQueue *heddle_queue_new (guint capacity, HeddleQueueHook drained, gpointer drained_data);
void heddle_queue_free (HeddleQueue *self);

gboolean heddle_queue_push (HeddleQueue *self, const HeddleItem *item);
gboolean heddle_queue_push_from_producer (HeddleQueue *self, guint64 id, const HeddleInput *input);
void heddle_queue_put_back (HeddleQueue *self, const HeddleItem *items, guint n_items);
void heddle_queue_close (HeddleQueue *self);
void heddle_queue_finish (HeddleQueue *self);
void heddle_queue_set_held (HeddleQueue *self, gboolean held);
void heddle_queue_set_paused (HeddleQueue *self, gboolean paused);
guint heddle_queue_take (HeddleQueue *self, HeddleItem *items, guint max_items, guint max_tasks,
                         const atomic_bool *leave);
guint heddle_queue_try_take (HeddleQueue *self, HeddleItem *items, guint max_items,
                             guint max_tasks);
gboolean heddle_queue_has_idle_taker (HeddleQueue *self);
gboolean heddle_queue_is_finished (HeddleQueue *self);
gboolean heddle_queue_is_drained (HeddleQueue *self);
void heddle_queue_wake_all (HeddleQueue *self);
void heddle_queue_set_takers (HeddleQueue *self, guint n_takers);
void heddle_queue_attach (HeddleQueue *self, const HeddleQueueTaker *taker, gpointer data);
void heddle_queue_detach (HeddleQueue *self);
GArray *heddle_queue_remove_all (HeddleQueue *self);
gsize heddle_queue_get_bytes (HeddleQueue *self);
void heddle_queue_get_counts (HeddleQueue *self, HeddleQueueCounts *counts);

/* The first tasks in line, as they are now. text: the last bytes of the input, NUL-terminated;
 * truncated says whether more stood in front. */
typedef struct {
  guint64 id;
  guint64 queued;
  gboolean has_input;
  gboolean truncated;
  char text[48];
} HeddleQueuePeek;

guint heddle_queue_peek (HeddleQueue *self, HeddleQueuePeek *peeks, guint max_peeks,
                         HeddleQueueCounts *counts);

G_END_DECLS
