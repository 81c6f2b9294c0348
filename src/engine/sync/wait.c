/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/sync/shared-private.h"

void
heddle_wait_init (HeddleWait *self, gpointer handle, HeddleTask *task, gint64 timeout)
{
  *self = (HeddleWait) {
    .object = handle, .task = task, .deadline = timeout < 0 ? -1 : heddle_clock_deadline (timeout),
  };
}

/* Records that this worker waits, and on what: in the arena, where the host looks, and in its
 * ring. */
static HeddleSharedWaiter *
record (HeddleWait *self)
{
  HeddleTask *task = self->task;
  HeddleSharedWaiter *waiter = &self->object->shared->arena->waiters[task->worker];

  if (self->recorded)
    return waiter;
  self->recorded = TRUE;
  heddle_hold_record (task);
  if (++waiter->stamp == 0)
    waiter->stamp = 1;
  atomic_store_explicit (&waiter->timed, self->deadline >= 0 ? 1 : 0, memory_order_relaxed);
  atomic_store_explicit (&waiter->waits, (guint64) waiter->stamp << 32 | self->object->number,
                         memory_order_release);
  heddle_ring_put_detail (
    task->writer, heddle_clock_ticks (),
    heddle_event_word (HEDDLE_EVENT_WAIT, HEDDLE_WAIT_SHARED, self->object->number));
  heddle_ring_publish (task->writer);
  return waiter;
}

/* OK: the wait goes on. */
static HeddleSyncStatus
judge (HeddleWait *self, HeddleSharedWaiter *waiter, gint64 now)
{
  HeddleTask *task = self->task;

  if (heddle_task_is_cancelled (task))
    return HEDDLE_SYNC_CANCELLED;
  /* acquire: the verdict's text was written before */
  if (atomic_load_explicit (&waiter->doomed, memory_order_acquire) == waiter->stamp)
    {
      heddle_task_fail_literal (task, self->object->shared->arena->verdict);
      return HEDDLE_SYNC_DEADLOCK;
    }
  if (self->deadline >= 0 && now >= self->deadline)
    return HEDDLE_SYNC_TIMEOUT;
  return HEDDLE_SYNC_OK;
}

/* The caller has looked at what it waits for, and has to go on waiting. Sequentially consistent:
 * its next look sees whatever happened before the host read the count (see standstill.c). */
static void
count_look (HeddleSharedWaiter *waiter)
{
  atomic_fetch_add_explicit (&waiter->looks, 1, memory_order_seq_cst);
}

static HeddleSyncStatus
sleep_on (HeddleWait *self, HeddleSharedWaiter *waiter, _Atomic guint32 *word, guint32 value)
{
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 until = now + HEDDLE_SHARED_SLICE_NS;
  HeddleSyncStatus status = judge (self, waiter, now);

  if (status != HEDDLE_SYNC_OK)
    return status;
  if (self->deadline >= 0)
    until = MIN (until, self->deadline);
  heddle_futex_wait_until (word, value, until);
  return HEDDLE_SYNC_OK;
}

/* Waits until the word is no longer value, or somebody wakes it, or a slice is over: the caller
 * looks again. Returns another status than OK where waiting is over without success. */
HeddleSyncStatus
heddle_wait_on (HeddleWait *self, _Atomic guint32 *word, guint32 value)
{
  HeddleSharedWaiter *waiter = record (self);

  count_look (waiter);
  return sleep_on (self, waiter, word, value);
}

/* The same where the caller could not even look, because another worker holds a lock that is held
 * for a few instructions only: whether the caller can go on is not known. */
HeddleSyncStatus
heddle_wait_to_look (HeddleWait *self, _Atomic guint32 *word, guint32 value)
{
  return sleep_on (self, record (self), word, value);
}

/* The same for files: waits until one of them is ready, or a slice is over. OK also where none is
 * ready: the caller looks again. */
HeddleSyncStatus
heddle_wait_poll (HeddleWait *self, struct pollfd *files, guint n_files)
{
  HeddleSharedWaiter *waiter = record (self);
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 nap = HEDDLE_SHARED_SLICE_NS;
  HeddleSyncStatus status = judge (self, waiter, now);
  struct timespec time;

  count_look (waiter);
  if (status != HEDDLE_SYNC_OK)
    return status;
  if (self->deadline >= 0)
    nap = MIN (nap, self->deadline - now);
  time = heddle_timespec (nap);
  ppoll (files, n_files, &time, NULL);
  return HEDDLE_SYNC_OK;
}

/* Waiting is over, however it ended. */
void
heddle_wait_done (HeddleWait *self)
{
  HeddleTask *task = self->task;

  if (!self->recorded)
    return;
  atomic_store_explicit (&self->object->shared->arena->waiters[task->worker].waits, 0,
                         memory_order_release);
  heddle_ring_put_detail (
    task->writer, heddle_clock_ticks (),
    heddle_event_word (HEDDLE_EVENT_RESUME, HEDDLE_WAIT_SHARED, self->object->number));
  heddle_ring_publish (task->writer);
  self->recorded = FALSE;
}
