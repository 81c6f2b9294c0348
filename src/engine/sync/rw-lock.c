/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Read-write locks: many workers read together, or one writes. */

#include <glib/gi18n-lib.h>

#include "engine/sync/shared-private.h"
#include "engine/sync/tracked.h"

/* A lock's number: WRITER, how many wait to write, how many read; shares: see below. */
#define WRITER 0x80000000u
#define ONE_WAITS 0x10000u
#define WAITING 0x7fff0000u
#define READERS 0xffffu

typedef struct {
  HeddleTracked state;
  _Atomic guint32 sequence;   /* grows when it gets free while somebody sleeps */
  _Atomic guint32 n_sleeping; /* too high after a waiter's death: costs a system call, no more */
  /* number of the worker that writes, stored a moment later: for the host */
  _Atomic guint32 writer;
  guint32 prefer_writers;
} RwLockCell;

/* The share of a worker; from READS_ONCE on how often it reads, plus READS_ONCE - 1. */
enum { HAS_NOTHING, WRITES, WAITS_TO_WRITE, READS_ONCE };

struct _HeddleRwLock {
  HeddleSharedHandle base;
};

/**
 * heddle_shared_rw_lock:
 * @prefer_writers: new readers wait behind a writer that waits, so that writers do not starve
 *
 * Returns: (transfer none): a lock that many may hold for reading or one for writing. Only in
 * share().
 */
HeddleRwLock *
heddle_shared_rw_lock (HeddleShared *self, const char *name, gboolean prefer_writers)
{
  HeddleRwLock *lock = heddle_shared_make (self, HEDDLE_SHARED_RW_LOCK, name, sizeof (RwLockCell),
                                           sizeof *lock, FALSE);

  if (self->host)
    ((RwLockCell *) lock->base.cell)->prefer_writers = prefer_writers;
  return lock;
}

static gboolean
try_read (RwLockCell *cell, guint worker)
{
  guint share = heddle_tracked_get_share (&cell->state, worker);
  guint32 state = heddle_tracked_get (&cell->state);

  /* a worker that reads already must not wait behind a writer, which waits for that worker */
  while ((state & WRITER) == 0
         && !(cell->prefer_writers && (state & WAITING) != 0 && share == HAS_NOTHING))
    if (heddle_tracked_change (&cell->state, worker, &state, state + 1,
                               share == HAS_NOTHING ? READS_ONCE : share + 1))
      return TRUE;
  return FALSE;
}

/* One that was counted as waiting is not any more, in the same step. */
static gboolean
try_write (RwLockCell *cell, guint worker)
{
  guint32 waits = heddle_tracked_get_share (&cell->state, worker) == WAITS_TO_WRITE ? ONE_WAITS : 0;
  guint32 state = heddle_tracked_get (&cell->state);

  while ((state & (WRITER | READERS)) == 0)
    if (heddle_tracked_change (&cell->state, worker, &state, (state - waits) | WRITER, WRITES))
      return TRUE;
  return FALSE;
}

static HeddleSyncStatus
acquire (HeddleRwLock *self, HeddleTask *task, gboolean (*try) (RwLockCell *cell, guint worker))
{
  RwLockCell *cell = self->base.cell;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  HeddleWait wait;

  heddle_wait_init (&wait, self, task, -1);
  atomic_fetch_add (&cell->n_sleeping, 1);
  while (status == HEDDLE_SYNC_OK)
    {
      /* before the try: a lock that gets free after it changes it */
      guint32 sequence = atomic_load (&cell->sequence);

      if (try (cell, task->worker))
        break;
      status = heddle_wait_on (&wait, &cell->sequence, sequence);
    }
  atomic_fetch_sub (&cell->n_sleeping, 1);
  heddle_wait_done (&wait);
  return status;
}

/* After a change of state that is in the one order of all: a sleeper counts itself and then looks
 * at the state, so either it sees the change or it is seen here. Then the sequence it has read
 * before is no longer the current one, or it is woken. */
static void
got_free (RwLockCell *cell)
{
  if (atomic_load (&cell->n_sleeping) == 0)
    return;
  atomic_fetch_add (&cell->sequence, 1);
  heddle_futex_wake (&cell->sequence, G_MAXINT);
}

/* A worker that has the lock and would have to wait until it has not. */
static HeddleSyncStatus
refuse (HeddleRwLock *self, HeddleTask *task)
{
  heddle_task_fail (task, _("Deadlock: the task waits for the lock “%s”, which it holds itself."),
                    self->base.name);
  return HEDDLE_SYNC_DEADLOCK;
}

/**
 * heddle_rw_lock_read:
 *
 * Locks for reading, together with other readers. A reader may do so again; it has to be unlocked
 * as often.
 *
 * Returns: OK with the lock held; CANCELLED or DEADLOCK without it, also where the worker itself
 * writes
 */
HeddleSyncStatus
heddle_rw_lock_read (HeddleRwLock *self, HeddleTask *task)
{
  RwLockCell *cell = self->base.cell;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;

  if (heddle_tracked_get_share (&cell->state, task->worker) == WRITES)
    return refuse (self, task);
  if (!try_read (cell, task->worker))
    status = acquire (self, task, try_read);
  if (status != HEDDLE_SYNC_OK)
    return status;
  task->n_held++;
  heddle_hold_begin (task, self->base.number);
  return status;
}

/* @worker's share, or, as the host, that of a dead one. FALSE: there was none. */
static gboolean
give_back (RwLockCell *cell, guint worker, guint share, guint left)
{
  guint32 state = heddle_tracked_get (&cell->state);
  guint32 next;

  do
    {
      if (share == HAS_NOTHING)
        return FALSE;
      if (share == WRITES)
        next = state & ~WRITER;
      else if (share == WAITS_TO_WRITE)
        next = state - MIN (state & WAITING, ONE_WAITS);
      else
        next = state - MIN (state & READERS, share - MAX (left, READS_ONCE - 1));
    }
  while (!heddle_tracked_change (&cell->state, worker, &state, next, left));
  got_free (cell);
  return TRUE;
}

static void
clear_writer (RwLockCell *cell, guint worker)
{
  guint32 writer = worker;

  atomic_compare_exchange_strong (&cell->writer, &writer, 0);
}

/**
 * heddle_rw_lock_write:
 *
 * Locks for writing, alone.
 *
 * Returns: OK with the lock held; CANCELLED or DEADLOCK without it, also where the worker itself
 * holds it
 */
HeddleSyncStatus
heddle_rw_lock_write (HeddleRwLock *self, HeddleTask *task)
{
  RwLockCell *cell = self->base.cell;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  guint32 state;

  if (heddle_tracked_get_share (&cell->state, task->worker) != HAS_NOTHING)
    return refuse (self, task);
  if (!try_write (cell, task->worker))
    {
      state = heddle_tracked_get (&cell->state);
      while (!heddle_tracked_change (&cell->state, task->worker, &state, state + ONE_WAITS,
                                     WAITS_TO_WRITE))
        ;
      status = acquire (self, task, try_write);
      if (status != HEDDLE_SYNC_OK)
        /* readers may have waited behind this writer */
        give_back (cell, task->worker, WAITS_TO_WRITE, HAS_NOTHING);
    }
  if (status != HEDDLE_SYNC_OK)
    return status;
  task->n_held++;
  heddle_hold_begin (task, self->base.number);
  atomic_store_explicit (&cell->writer, task->worker, memory_order_relaxed);
  return status;
}

/**
 * heddle_rw_lock_unlock:
 *
 * Gives the lock back, however this worker holds it.
 */
void
heddle_rw_lock_unlock (HeddleRwLock *self, HeddleTask *task)
{
  RwLockCell *cell = self->base.cell;
  guint share = heddle_tracked_get_share (&cell->state, task->worker);

  heddle_hold_end (task, self->base.number);
  if (share == WRITES)
    atomic_store_explicit (&cell->writer, 0, memory_order_relaxed);
  if (give_back (cell, task->worker, share, share > READS_ONCE ? share - 1 : HAS_NOTHING))
    task->n_held--;
}

gboolean
heddle_rw_lock_is_held_by (gpointer cell, guint worker)
{
  return heddle_tracked_get_share (&((RwLockCell *) cell)->state, worker) != HAS_NOTHING;
}

/* Gives back what a worker's task forgot to, however often it holds it. */
void
heddle_rw_lock_release_for (gpointer data, guint worker)
{
  RwLockCell *cell = data;

  clear_writer (cell, worker);
  give_back (cell, worker, heddle_tracked_get_share (&cell->state, worker), HAS_NOTHING);
}

/* The worker is dead: it holds the lock no more. */
gboolean
heddle_rw_lock_hand_on (gpointer data, guint worker)
{
  RwLockCell *cell = data;
  guint share = heddle_tracked_take_share (&cell->state, worker);

  clear_writer (cell, worker);
  return give_back (cell, HEDDLE_TRACKED_HOST, share, HAS_NOTHING) && share != WAITS_TO_WRITE;
}

/* The worker that writes, or one other than @waiter that reads; 0: none. */
guint
heddle_rw_lock_get_holder (gpointer data, guint waiter)
{
  RwLockCell *cell = data;

  for (guint i = 1; i <= HEDDLE_MAX_WORKERS; i++)
    {
      guint share = heddle_tracked_get_share (&cell->state, i);

      if (i != waiter && (share == WRITES || share >= READS_ONCE))
        return i;
    }
  return 0;
}

/* The worker that writes; 0: none. */
guint
heddle_rw_lock_get_writer (gpointer cell)
{
  return atomic_load_explicit (&((RwLockCell *) cell)->writer, memory_order_relaxed);
}
