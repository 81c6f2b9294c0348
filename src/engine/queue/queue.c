/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/queue/queue-private.h"

#include "base/lock.h"
#include "trace/clock.h"

#define MOST_SHARES 4

/**
 * heddle_queue_new:
 * @capacity: how many tasks may wait, at least 1
 * @drained: (nullable): called when heddle_queue_take() finds the closed queue empty; who uses
 * heddle_queue_try_take() asks heddle_queue_is_drained()
 * @drained_data: for @drained
 *
 * Returns: (transfer full): an empty queue; free with heddle_queue_free()
 */
HeddleQueue *
heddle_queue_new (guint capacity, HeddleQueueHook drained, gpointer drained_data)
{
  HeddleQueue *self;

  g_return_val_if_fail (capacity > 0, NULL);

  self = g_new0 (HeddleQueue, 1);
  self->capacity = capacity;
  self->drained = drained;
  self->drained_data = drained_data;
  self->n_shares = MOST_SHARES;
  self->list.n_alloc = 64;
  self->list.items = g_new (HeddleItem, self->list.n_alloc);
  heddle_queue_tail_init (&self->tail);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->not_empty, NULL);
  pthread_cond_init (&self->not_full, NULL);
  pthread_cond_init (&self->nobody_calls, NULL);
  return self;
}

/**
 * heddle_queue_free:
 *
 * Frees the queue. Nobody may be in any of its functions.
 */
void
heddle_queue_free (HeddleQueue *self)
{
  if (self == NULL)
    return;
  pthread_cond_destroy (&self->nobody_calls);
  pthread_cond_destroy (&self->not_full);
  pthread_cond_destroy (&self->not_empty);
  pthread_mutex_destroy (&self->lock);
  heddle_queue_tail_clear (&self->tail);
  g_free (self->list.items);
  g_free (self);
}

static void
grow (HeddleQueue *self)
{
  HeddleItem *items = g_new (HeddleItem, (gsize) self->list.n_alloc * 2);

  for (guint i = 0; i < self->list.n_items; i++)
    items[i] = self->list.items[(self->list.head + i) & (self->list.n_alloc - 1)];
  g_free (self->list.items);
  self->list.items = items;
  self->list.head = 0;
  self->list.n_alloc *= 2;
}

static void
append (HeddleQueue *self, const HeddleItem *item)
{
  if (self->list.n_items == self->list.n_alloc)
    grow (self);
  self->list.items[(self->list.head + self->list.n_items++) & (self->list.n_alloc - 1)] = *item;
  self->queued += item->count;
}

static void
prepend (HeddleQueue *self, const HeddleItem *item)
{
  if (self->list.n_items == self->list.n_alloc)
    grow (self);
  self->list.head = (self->list.head - 1) & (self->list.n_alloc - 1);
  self->list.items[self->list.head] = *item;
  self->list.n_items++;
  self->queued += item->count;
}

/* What lay on the tail stands in the list now. */
static void
move_tail (HeddleQueue *self)
{
  guint n = heddle_queue_tail_get_length (&self->tail);

  for (guint i = 0; i < n; i++)
    append (self, heddle_queue_tail_get (&self->tail, i));
  self->tail.tail += n;
  self->submitted += n;
}

/* The producer is to see who sleeps and what is closed. Returns TRUE if the caller is to look for
 * tasks once more, see heddle_queue_tail_set_word(). */
static gboolean
tell_producer (HeddleQueue *self)
{
  guint32 word = self->closed || self->held ? HEDDLE_QUEUE_TAIL_STOPPED : 0;

  if (self->sleepers.n_sleeping > 0 || self->attached.armed)
    word |= HEDDLE_QUEUE_TAIL_CALL;
  if (self->sleepers.waking && !self->attached.armed)
    word |= HEDDLE_QUEUE_TAIL_CALLED;
  return heddle_queue_tail_set_word (&self->tail, word);
}

/* Wakes one more taker if there is something left for it. */
static void
pass_on (HeddleQueue *self)
{
  do
    if (self->sleepers.n_sleeping > 0 && !self->sleepers.waking && !self->paused
        && heddle_queue_get_length_locked (self) > 0)
      {
        self->sleepers.waking = TRUE;
        pthread_cond_signal (&self->not_empty);
      }
  while (tell_producer (self));
}

/* Wakes one taker, which wakes the next. Returns TRUE if the attached one is to be called. */
static gboolean
tasks_came (HeddleQueue *self)
{
  gboolean call = self->attached.armed;

  if (self->paused)
    return FALSE;
  if (self->sleepers.n_sleeping > 0 && !self->sleepers.waking)
    {
      self->sleepers.waking = TRUE;
      pthread_cond_signal (&self->not_empty);
    }
  self->attached.armed = FALSE;
  tell_producer (self);
  return call;
}

/* Calls the attached taker. The lock is held before and after, but not meanwhile:
 * heddle_queue_detach() waits for whoever is in a call, so that the taker's data lives as long. */
static void
call (HeddleQueue *self, gboolean pushed)
{
  const HeddleQueueTaker *taker = self->attached.taker;
  gpointer data = self->attached.data;

  if (taker == NULL)
    return;
  self->attached.n_calling++;
  pthread_mutex_unlock (&self->lock);
  if (pushed && taker->tasks_pushed != NULL)
    taker->tasks_pushed (data);
  else
    taker->tasks_came (data);
  pthread_mutex_lock (&self->lock);
  self->attached.n_calling--;
  if (self->attached.n_calling == 0)
    pthread_cond_broadcast (&self->nobody_calls);
}

/* What they do now is theirs: they are not waiting any more, even if they do not run yet. */
static void
call_producers (HeddleQueue *self)
{
  self->producers.called = TRUE;
  pthread_cond_broadcast (&self->not_full);
}

/* Sleeps while the line is full or held; returns whether it slept. With the lock. */
static gboolean
wait_for_room (HeddleQueue *self)
{
  gboolean waited = FALSE;

  while ((heddle_queue_get_length_locked (self) >= self->capacity || self->held) && !self->closed)
    {
      if (self->producers.n_waiting++ == 0)
        self->producers.waiting_since = heddle_clock_monotonic_ns ();
      self->producers.called = FALSE;
      pthread_cond_wait (&self->not_full, &self->lock);
      if (--self->producers.n_waiting == 0)
        self->producers.waited_ns += heddle_clock_monotonic_ns () - self->producers.waiting_since;
      waited = TRUE;
    }
  return waited;
}

/**
 * heddle_queue_push:
 * @item: tasks to append; its time is set here
 *
 * Puts tasks into line and sleeps while it is full; a range goes in piece by piece. Any thread;
 * where one feeds, that one only.
 *
 * Returns: FALSE if the queue was closed before all of it was in
 */
gboolean
heddle_queue_push (HeddleQueue *self, const HeddleItem *item)
{
  HeddleItem piece = *item;
  guint32 rest = item->count;
  gboolean open = TRUE;

  piece.queued = heddle_clock_ticks ();
  HEDDLE_AUTO_LOCK (&self->lock);
  move_tail (self);
  self->tail.credits = 0;
  while (rest > 0)
    {
      if (wait_for_room (self))
        piece.queued = heddle_clock_ticks ();
      if (self->closed)
        {
          open = FALSE;
          break;
        }
      piece.count = (guint32) MIN ((guint64) rest, self->capacity - self->queued);
      append (self, &piece);
      self->submitted += piece.count;
      piece.id += piece.count;
      rest -= piece.count;
      if (tasks_came (self))
        call (self, TRUE);
    }
  return open;
}

/* Grants the producer credits; sleeps while the line is full. Returns FALSE once it is closed. */
static gboolean
get_grant (HeddleQueue *self)
{
  gboolean open;

  HEDDLE_AUTO_LOCK (&self->lock);
  wait_for_room (self);
  open = !self->closed;
  if (heddle_queue_tail_get_length (&self->tail) == HEDDLE_QUEUE_TAIL_SLOTS)
    move_tail (self);
  heddle_queue_tail_grant (&self->tail,
                           open ? self->capacity - heddle_queue_get_length_locked (self) : 0);
  return open;
}

/* A task lies on the tail, and somebody sleeps for want of one. */
static void
call_taker (HeddleQueue *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  if (heddle_queue_get_length_locked (self) > 0 && tasks_came (self))
    call (self, TRUE);
}

/**
 * heddle_queue_push_from_producer:
 * @id: the task
 * @input: (nullable): its input
 *
 * Puts one task into line, as heddle_queue_push() does, but without the lock while there is room
 * and nobody sleeps. One thread, as long as the queue lives. A task that is on its way while
 * another thread closes the queue may still come in, and is counted then.
 *
 * Returns: FALSE if the queue was closed before
 */
gboolean
heddle_queue_push_from_producer (HeddleQueue *self, guint64 id, const HeddleInput *input)
{
  HeddleQueueTail *tail = &self->tail;

  if (G_UNLIKELY (!heddle_queue_tail_may_put (tail)) && !get_grant (self))
    return FALSE;
  heddle_queue_tail_put (
    tail,
    &(HeddleItem){
      .id = id, .count = 1, .attempt = 1, .queued = heddle_clock_ticks (), .input = input });
  if (heddle_queue_tail_is_called (tail))
    call_taker (self);
  return TRUE;
}

/**
 * heddle_queue_put_back:
 * @items: tasks that were taken and not ended, first in line first
 *
 * Puts tasks back to the front, whatever the capacity, also of a closed line. Any thread.
 */
void
heddle_queue_put_back (HeddleQueue *self, const HeddleItem *items, guint n_items)
{
  if (n_items == 0)
    return;
  HEDDLE_AUTO_LOCK (&self->lock);
  for (guint i = n_items; i > 0; i--)
    prepend (self, &items[i - 1]);
  if (tasks_came (self))
    call (self, FALSE);
}

/**
 * heddle_queue_close:
 *
 * Accepts no more tasks: a sleeping producer comes back with FALSE. Any thread, any number of
 * times.
 */
void
heddle_queue_close (HeddleQueue *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  self->closed = TRUE;
  tell_producer (self);
  call_producers (self);
  /* sleeping takers look once more, so that they report that they are idle */
  pthread_cond_broadcast (&self->not_empty);
}

/* With the lock. */
static void
wake_everybody (HeddleQueue *self)
{
  pthread_cond_broadcast (&self->not_empty);
  self->attached.armed = FALSE;
  tell_producer (self);
  call (self, FALSE);
}

/**
 * heddle_queue_finish:
 *
 * Every task has ended: takers come back with 0 and leave. Any thread.
 */
void
heddle_queue_finish (HeddleQueue *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  self->closed = TRUE;
  self->finished = TRUE;
  call_producers (self);
  wake_everybody (self);
}

/**
 * heddle_queue_set_paused:
 *
 * While paused nobody gets a task; pushing goes on until the queue is full. Any thread.
 */
void
heddle_queue_set_paused (HeddleQueue *self, gboolean paused)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  self->paused = paused;
  wake_everybody (self);
}

/**
 * heddle_queue_set_held:
 *
 * While held, pushing waits as if the queue were full. Any thread.
 */
void
heddle_queue_set_held (HeddleQueue *self, gboolean held)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  if (self->held && !held)
    call_producers (self);
  self->held = held;
  tell_producer (self);
}

/**
 * heddle_queue_wake_all:
 *
 * Lets every sleeping taker look at its leave flag. Any thread.
 */
void
heddle_queue_wake_all (HeddleQueue *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  wake_everybody (self);
}

/* Cuts at most max_tasks from the front of the list. */
static guint
cut_list (HeddleQueue *self, HeddleItem *items, guint max_items, guint64 max_tasks)
{
  guint n = 0;

  while (max_tasks > 0 && n < max_items && self->list.n_items > 0)
    {
      HeddleItem *front = &self->list.items[self->list.head];
      guint32 count = (guint32) MIN (max_tasks, (guint64) front->count);

      items[n] = *front;
      items[n++].count = count;
      max_tasks -= count;
      self->queued -= count;
      if (count == front->count)
        {
          self->list.head = (self->list.head + 1) & (self->list.n_alloc - 1);
          self->list.n_items--;
        }
      else
        {
          front->id += count;
          front->count -= count;
        }
    }
  return n;
}

static guint
take_from_tail (HeddleQueue *self, HeddleItem *items, guint n)
{
  for (guint i = 0; i < n; i++)
    items[i] = *heddle_queue_tail_get (&self->tail, i);
  self->tail.tail += n;
  self->submitted += n;
  return n;
}

/* Cuts at most max_tasks from the front. One of several takers gets no more than a share of the
 * line, so that others find some too. */
static guint
cut (HeddleQueue *self, HeddleItem *items, guint max_items, guint max_tasks)
{
  guint in_tail = heddle_queue_tail_get_length (&self->tail);
  guint64 share = MIN ((guint64) max_tasks, MAX ((self->queued + in_tail) / self->n_shares, 1));
  guint64 before = self->queued;
  guint n = cut_list (self, items, max_items, share);

  if (self->list.n_items == 0)
    {
      guint64 rest = MIN (share - (before - self->queued), (guint64) (max_items - n));

      n += take_from_tail (self, items + n, (guint) MIN (rest, (guint64) in_tail));
    }
  if (self->producers.n_waiting > 0
      && heddle_queue_get_length_locked (self) <= heddle_queue_get_resumes_at (self))
    call_producers (self);
  return n;
}

/* Sleeps until there may be something to do. The lock is held before and after. */
static void
sleep_for_tasks (HeddleQueue *self, gboolean *told_drained)
{
  if (self->closed && heddle_queue_get_length_locked (self) == 0 && self->drained != NULL
      && !*told_drained)
    {
      /* the last task may have ended: whoever counts wants to know at once */
      *told_drained = TRUE;
      pthread_mutex_unlock (&self->lock);
      self->drained (self->drained_data);
      pthread_mutex_lock (&self->lock);
      return;
    }
  self->sleepers.n_sleeping++;
  tell_producer (self);
  /* once more, now that the producer sees the sleeper */
  if (heddle_queue_get_length_locked (self) == 0 || self->paused)
    {
      pthread_cond_wait (&self->not_empty, &self->lock);
      self->sleepers.waking = FALSE; /* the producer is told when it is clear what this one does */
    }
  self->sleepers.n_sleeping--;
}

/**
 * heddle_queue_take:
 * @items: (out): room for @max_items items
 * @max_tasks: how many tasks at most
 * @leave: (nullable): comes back with 0 once it is set and heddle_queue_wake_all() was called
 *
 * Takes tasks from the front; sleeps while there are none, or paused. Any worker's thread.
 *
 * Returns: how many items were taken; 0: leave
 */
guint
heddle_queue_take (HeddleQueue *self, HeddleItem *items, guint max_items, guint max_tasks,
                   const atomic_bool *leave)
{
  gboolean told_drained = FALSE;
  guint n = 0;

  HEDDLE_AUTO_LOCK (&self->lock);
  while (!self->finished && !(leave != NULL && atomic_load_explicit (leave, memory_order_acquire)))
    {
      if (heddle_queue_get_length_locked (self) > 0 && !self->paused)
        {
          n = cut (self, items, max_items, max_tasks);
          break;
        }
      sleep_for_tasks (self, &told_drained);
    }
  pass_on (self);
  return n;
}

/**
 * heddle_queue_try_take:
 *
 * As heddle_queue_take(), but never sleeps: where there is nothing it returns 0, and the
 * attached taker is called when that changes.
 */
guint
heddle_queue_try_take (HeddleQueue *self, HeddleItem *items, guint max_items, guint max_tasks)
{
  guint n = 0;

  HEDDLE_AUTO_LOCK (&self->lock);
  if (heddle_queue_get_length_locked (self) == 0 || self->paused || self->finished)
    {
      self->attached.armed = self->attached.taker != NULL;
      tell_producer (self);
    }
  /* once more, now that the producer sees who waits */
  if (heddle_queue_get_length_locked (self) > 0 && !self->paused && !self->finished)
    n = cut (self, items, max_items, max_tasks);
  return n;
}

/**
 * heddle_queue_set_takers:
 * @n_takers: how many take from the line
 *
 * One taker alone may take all of the line at once; of several, each takes no more than a share of
 * it, at least a quarter. Until this is said there may be any number. Any thread.
 */
void
heddle_queue_set_takers (HeddleQueue *self, guint n_takers)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  self->n_shares = CLAMP (n_takers, 1, MOST_SHARES);
}

/**
 * heddle_queue_attach:
 * @taker: static
 *
 * For a pool that does not sleep in heddle_queue_take(): from here on @taker's functions are
 * called. One at a time. Any thread.
 */
void
heddle_queue_attach (HeddleQueue *self, const HeddleQueueTaker *taker, gpointer data)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  self->attached.taker = taker;
  self->attached.data = data;
  self->attached.armed = TRUE;
  tell_producer (self);
}

/**
 * heddle_queue_detach:
 *
 * The attached taker is not called any more, and whoever was calling it has come back when this
 * returns: its data may go. Not in one of its functions.
 */
void
heddle_queue_detach (HeddleQueue *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  self->attached.taker = NULL;
  self->attached.armed = FALSE;
  tell_producer (self);
  while (self->attached.n_calling > 0)
    pthread_cond_wait (&self->nobody_calls, &self->lock);
}

/**
 * heddle_queue_remove_all:
 *
 * Takes everything out of the line, for cancelling. Any thread.
 *
 * Returns: (transfer full) (element-type HeddleItem): what stood in it
 */
GArray *
heddle_queue_remove_all (HeddleQueue *self)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (HeddleItem));

  HEDDLE_AUTO_LOCK (&self->lock);
  move_tail (self);
  for (guint i = 0; i < self->list.n_items; i++)
    g_array_append_val (items, self->list.items[(self->list.head + i) & (self->list.n_alloc - 1)]);
  self->list.n_items = 0;
  self->queued = 0;
  call_producers (self);
  return items;
}
