/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * A mutex is one futex word: the holder's number, a bit that somebody sleeps, a bit that the last
 * holder died. Uncontended it is one compare-and-swap to lock and one exchange to unlock.
 */

#include <glib/gi18n-lib.h>

#include "engine/sync/shared-private.h"

#define HOLDER 0xffffu
#define DIED (1u << 30)
#define SLEEPERS (1u << 31)

typedef struct {
  _Atomic guint32 word;
  guint32 depth;     /* holder only */
  guint32 recursive; /* set once */
} MutexCell;

static HeddleMutex *
make (HeddleShared *shared, const char *name, gboolean recursive)
{
  HeddleMutex *self = heddle_shared_make (shared, HEDDLE_SHARED_MUTEX, name, sizeof (MutexCell),
                                          sizeof *self, FALSE);

  if (shared->host)
    ((MutexCell *) self->base.cell)->recursive = recursive;
  return self;
}

/**
 * heddle_shared_mutex:
 *
 * Returns: (transfer none): a lock that one worker at a time holds. Only in share().
 */
HeddleMutex *
heddle_shared_mutex (HeddleShared *self, const char *name)
{
  return make (self, name, FALSE);
}

/**
 * heddle_shared_recursive_mutex:
 *
 * Returns: (transfer none): a lock that its holder may lock again; it is free when it was unlocked
 * as often. Only in share().
 */
HeddleMutex *
heddle_shared_recursive_mutex (HeddleShared *self, const char *name)
{
  return make (self, name, TRUE);
}

static HeddleSyncStatus
acquired (HeddleMutex *self, HeddleTask *task, guint32 before)
{
  MutexCell *cell = self->base.cell;

  cell->depth = 1;
  task->n_held++;
  if ((before & DIED) == 0)
    return HEDDLE_SYNC_OK;
  heddle_task_print (task, _("The lock “%s” was held by a worker that died."), self->base.name);
  return HEDDLE_SYNC_OWNER_DIED;
}

static HeddleSyncStatus
lock_again (HeddleMutex *self, HeddleTask *task, gboolean try)
{
  MutexCell *cell = self->base.cell;

  if (cell->recursive)
    {
      cell->depth++;
      return HEDDLE_SYNC_OK;
    }
  if (try)
    return HEDDLE_SYNC_BUSY;
  heddle_task_fail (
    task,
    _("Deadlock: the task waits for the lock “%s”, which it holds itself. A recursive lock may be locked again by its holder."),
    self->base.name);
  return HEDDLE_SYNC_DEADLOCK;
}

static HeddleSyncStatus
lock_slowly (HeddleMutex *self, HeddleTask *task, gint64 timeout)
{
  MutexCell *cell = self->base.cell;
  guint32 mine = task->worker;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  HeddleWait wait;

  heddle_wait_init (&wait, self, task, timeout);
  while (status == HEDDLE_SYNC_OK)
    {
      guint32 word = atomic_load_explicit (&cell->word, memory_order_relaxed);

      if ((word & HOLDER) == 0)
        {
          /* one that has slept keeps the bit: there may be others */
          guint32 next = mine | (word & SLEEPERS) | (wait.recorded ? SLEEPERS : 0);

          /* acquire: sees what the last holder did under the lock */
          if (!atomic_compare_exchange_weak_explicit (&cell->word, &word, next,
                                                      memory_order_acquire, memory_order_relaxed))
            continue;
          heddle_wait_done (&wait);
          heddle_hold_note (task, self->base.number);
          return acquired (self, task, word);
        }
      if ((word & SLEEPERS) == 0
          && !atomic_compare_exchange_weak_explicit (&cell->word, &word, word | SLEEPERS,
                                                     memory_order_relaxed, memory_order_relaxed))
        continue;
      status = heddle_wait_on (&wait, &cell->word, word | SLEEPERS);
    }
  heddle_wait_done (&wait);
  return status;
}

/**
 * heddle_mutex_lock_for:
 * @timeout: nanoseconds, negative: none
 *
 * Locks, waiting while another worker holds it. Worker's thread, as all functions of primitives.
 *
 * Returns: OK or OWNER_DIED with the lock held; TIMEOUT, CANCELLED or DEADLOCK without it
 */
HeddleSyncStatus
heddle_mutex_lock_for (HeddleMutex *self, HeddleTask *task, gint64 timeout)
{
  MutexCell *cell = self->base.cell;
  guint32 word = 0;

  /* a load is cheaper than the exchange that would fail */
  if (cell->recursive && heddle_mutex_get_holder (cell) == task->worker)
    return lock_again (self, task, FALSE);
  if (G_LIKELY (atomic_compare_exchange_strong_explicit (
        &cell->word, &word, task->worker, memory_order_acquire, memory_order_relaxed)))
    {
      cell->depth = 1;
      task->n_held++;
      heddle_hold_begin (task, self->base.number);
      return HEDDLE_SYNC_OK;
    }
  if ((word & HOLDER) == task->worker)
    return lock_again (self, task, FALSE);
  return lock_slowly (self, task, timeout);
}

/**
 * heddle_mutex_lock:
 *
 * As heddle_mutex_lock_for() without a time limit.
 */
HeddleSyncStatus
heddle_mutex_lock (HeddleMutex *self, HeddleTask *task)
{
  return heddle_mutex_lock_for (self, task, -1);
}

/**
 * heddle_mutex_try_lock:
 *
 * Locks if nobody holds it; never waits.
 *
 * Returns: OK or OWNER_DIED with the lock held; BUSY without it
 */
HeddleSyncStatus
heddle_mutex_try_lock (HeddleMutex *self, HeddleTask *task)
{
  MutexCell *cell = self->base.cell;
  guint32 word = atomic_load_explicit (&cell->word, memory_order_relaxed);

  while ((word & HOLDER) == 0)
    if (atomic_compare_exchange_weak_explicit (&cell->word, &word, task->worker | (word & SLEEPERS),
                                               memory_order_acquire, memory_order_relaxed))
      {
        heddle_hold_begin (task, self->base.number);
        return acquired (self, task, word);
      }
  if ((word & HOLDER) == task->worker)
    return lock_again (self, task, TRUE);
  return HEDDLE_SYNC_BUSY;
}

/**
 * heddle_mutex_unlock:
 *
 * Gives the lock back and wakes one that waits for it.
 *
 * Returns: OK, or NOT_OWNER if this worker does not hold it
 */
HeddleSyncStatus
heddle_mutex_unlock (HeddleMutex *self, HeddleTask *task)
{
  MutexCell *cell = self->base.cell;

  if ((atomic_load_explicit (&cell->word, memory_order_relaxed) & HOLDER) != task->worker)
    return HEDDLE_SYNC_NOT_OWNER;
  if (--cell->depth > 0)
    return HEDDLE_SYNC_OK;
  task->n_held--;
  heddle_hold_end (task, self->base.number);
  /* release: what was done under the lock is seen by the next holder */
  if ((atomic_exchange_explicit (&cell->word, 0, memory_order_release) & SLEEPERS) != 0)
    heddle_futex_wake (&cell->word, 1);
  return HEDDLE_SYNC_OK;
}

/* The worker that holds it; 0: none. */
guint
heddle_mutex_get_holder (gpointer cell)
{
  return atomic_load_explicit (&((MutexCell *) cell)->word, memory_order_relaxed) & HOLDER;
}

/* Gives back what a worker's task forgot to. */
void
heddle_mutex_release_for (gpointer data, guint worker)
{
  MutexCell *cell = data;

  if (heddle_mutex_get_holder (cell) == worker
      && (atomic_exchange_explicit (&cell->word, 0, memory_order_release) & SLEEPERS) != 0)
    heddle_futex_wake (&cell->word, 1);
}

/* The worker is dead: if it held the lock, the next holder gets OWNER_DIED. */
gboolean
heddle_mutex_hand_on (gpointer data, guint worker)
{
  MutexCell *cell = data;
  guint32 word = atomic_load (&cell->word);

  while ((word & HOLDER) == worker)
    if (atomic_compare_exchange_weak (&cell->word, &word, DIED | (word & SLEEPERS)))
      {
        heddle_futex_wake (&cell->word, 1);
        return TRUE;
      }
  return FALSE;
}
