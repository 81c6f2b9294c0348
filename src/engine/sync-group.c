/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Barriers and read-write locks: many workers hold or pass one object together. */

#include "engine/shared-private.h"

/* word: generation (16 bits) | how many have arrived (16 bits) */
typedef struct {
  _Atomic guint32 word;
  guint32 parties;
  _Atomic guint32 arrived_in[HEDDLE_MAX_WORKERS + 1]; /* generation + 1 in which the worker waits, 0: does not */
} BarrierCell;

struct _HeddleBarrier {
  HeddleSharedHandle base;
};

#define WRITER 0x80000000u

typedef struct {
  _Atomic guint32 state;    /* WRITER, or how many read */
  _Atomic guint32 sequence; /* grows when it gets free while somebody sleeps */
  _Atomic guint32 n_sleeping;
  _Atomic guint32 n_writers_waiting;
  _Atomic guint32 writer; /* number of the worker that writes */
  guint32 prefer_writers;
  _Atomic guint8 holds[HEDDLE_MAX_WORKERS + 1]; /* HOLDS_; written by the worker, and by the host once that is dead */
} RwLockCell;

enum { HOLDS_NOTHING, HOLDS_READ, HOLDS_WRITE, WAITS_TO_WRITE };

struct _HeddleRwLock {
  HeddleSharedHandle base;
};

/**
 * heddle_shared_barrier:
 * @parties: how many have to come before any goes on, at least 1
 *
 * Returns: (transfer none): a barrier that can be used again and again. Only in share().
 */
HeddleBarrier *
heddle_shared_barrier (HeddleShared *self, const char *name, guint parties)
{
  gboolean created;
  HeddleBarrier *barrier = heddle_shared_make (self, HEDDLE_SHARED_BARRIER, name, sizeof (BarrierCell), sizeof *barrier, FALSE, &created);

  if (created)
    ((BarrierCell *) barrier->base.cell)->parties = CLAMP (parties, 1, HEDDLE_MAX_WORKERS);
  return barrier;
}

static guint32
generation_of (guint32 word)
{
  return word >> 16;
}

/* The worker does not wait any more: its arrival does not count. Returns FALSE where the others have gone on already. */
static gboolean
withdraw (BarrierCell *cell, guint32 generation)
{
  guint32 word = atomic_load (&cell->word);

  while (generation_of (word) == generation && (word & 0xffff) > 0)
    if (atomic_compare_exchange_weak (&cell->word, &word, word - 1))
      return TRUE;
  return FALSE;
}

static HeddleSyncStatus
wait_for_others (HeddleBarrier *self, HeddleTask *task, guint32 generation)
{
  BarrierCell *cell = self->base.cell;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  guint32 word = atomic_load_explicit (&cell->word, memory_order_acquire);
  HeddleWait wait;

  heddle_wait_init (&wait, self, task, -1);
  while (status == HEDDLE_SYNC_OK && generation_of (word) == generation)
    {
      status = heddle_wait_on (&wait, &cell->word, word);
      word = atomic_load_explicit (&cell->word, memory_order_acquire);
    }
  heddle_wait_done (&wait);
  if (status != HEDDLE_SYNC_OK && !withdraw (cell, generation))
    status = HEDDLE_SYNC_OK; /* they came in the last moment */
  return status;
}

/**
 * heddle_barrier_wait:
 * @last: (out) (optional): whether this worker came last
 *
 * Waits until as many workers wait as the barrier has parties; then all go on.
 *
 * Returns: OK, CANCELLED or DEADLOCK
 */
HeddleSyncStatus
heddle_barrier_wait (HeddleBarrier *self, HeddleTask *task, gboolean *last)
{
  BarrierCell *cell = self->base.cell;
  guint32 word = atomic_load_explicit (&cell->word, memory_order_relaxed);
  HeddleSyncStatus status;
  guint32 next;
  gboolean is_last;

  do
    {
      is_last = (word & 0xffff) + 1 >= cell->parties;
      next = is_last ? ((generation_of (word) + 1) & 0xffff) << 16 : word + 1;
      if (!is_last || cell->arrived_in[task->worker] != 0)
        atomic_store (&cell->arrived_in[task->worker], is_last ? 0 : generation_of (word) + 1);
    }
  while (!atomic_compare_exchange_weak_explicit (&cell->word, &word, next, memory_order_acq_rel, memory_order_relaxed));
  if (last != NULL)
    *last = is_last;
  if (is_last)
    {
      if ((word & 0xffff) > 0)
        heddle_futex_wake (&cell->word, G_MAXINT);
      return HEDDLE_SYNC_OK;
    }
  status = wait_for_others (self, task, generation_of (word));
  atomic_store (&cell->arrived_in[task->worker], 0);
  return status;
}

/* The worker is dead: it has not arrived. */
gboolean
heddle_barrier_repair (gpointer data, guint worker)
{
  BarrierCell *cell = data;
  guint32 arrived_in = atomic_exchange (&cell->arrived_in[worker], 0);

  return arrived_in != 0 && withdraw (cell, arrived_in - 1);
}

/**
 * heddle_shared_rw_lock:
 * @prefer_writers: new readers wait behind a writer that waits, so that writers do not starve
 *
 * Returns: (transfer none): a lock that many may hold for reading or one for writing. Only in share().
 */
HeddleRwLock *
heddle_shared_rw_lock (HeddleShared *self, const char *name, gboolean prefer_writers)
{
  gboolean created;
  HeddleRwLock *lock = heddle_shared_make (self, HEDDLE_SHARED_RW_LOCK, name, sizeof (RwLockCell), sizeof *lock, FALSE, &created);

  if (created)
    ((RwLockCell *) lock->base.cell)->prefer_writers = prefer_writers;
  return lock;
}

static gboolean
try_read (RwLockCell *cell)
{
  guint32 state = atomic_load (&cell->state);

  while ((state & WRITER) == 0 && !(cell->prefer_writers && atomic_load (&cell->n_writers_waiting) > 0))
    if (atomic_compare_exchange_weak_explicit (&cell->state, &state, state + 1, memory_order_acquire, memory_order_relaxed))
      return TRUE;
  return FALSE;
}

static gboolean
try_write (RwLockCell *cell)
{
  guint32 free = 0;

  return atomic_compare_exchange_strong (&cell->state, &free, WRITER);
}

static HeddleSyncStatus
acquire (HeddleRwLock *self, HeddleTask *task, gboolean (*try) (RwLockCell *cell))
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

      if (try (cell))
        break;
      status = heddle_wait_on (&wait, &cell->sequence, sequence);
    }
  atomic_fetch_sub (&cell->n_sleeping, 1);
  heddle_wait_done (&wait);
  return status;
}

/*
 * After a change of state that is in the one order of all: a sleeper counts itself and then looks at the state, so either it sees the change or
 * it is seen here. Then the sequence it has read before is no longer the current one, or it is woken.
 */
static void
got_free (RwLockCell *cell)
{
  if (atomic_load (&cell->n_sleeping) == 0)
    return;
  atomic_fetch_add (&cell->sequence, 1);
  heddle_futex_wake (&cell->sequence, G_MAXINT);
}

/**
 * heddle_rw_lock_read:
 *
 * Locks for reading, together with other readers.
 *
 * Returns: OK with the lock held; CANCELLED or DEADLOCK without it
 */
HeddleSyncStatus
heddle_rw_lock_read (HeddleRwLock *self, HeddleTask *task)
{
  RwLockCell *cell = self->base.cell;
  HeddleSyncStatus status = try_read (cell) ? HEDDLE_SYNC_OK : acquire (self, task, try_read);

  if (status == HEDDLE_SYNC_OK)
    atomic_store_explicit (&cell->holds[task->worker], HOLDS_READ, memory_order_release);
  return status;
}

/**
 * heddle_rw_lock_write:
 *
 * Locks for writing, alone.
 *
 * Returns: OK with the lock held; CANCELLED or DEADLOCK without it
 */
HeddleSyncStatus
heddle_rw_lock_write (HeddleRwLock *self, HeddleTask *task)
{
  RwLockCell *cell = self->base.cell;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;

  if (!try_write (cell))
    {
      atomic_store (&cell->holds[task->worker], WAITS_TO_WRITE);
      atomic_fetch_add (&cell->n_writers_waiting, 1);
      status = acquire (self, task, try_write);
      atomic_fetch_sub (&cell->n_writers_waiting, 1);
    }
  atomic_store_explicit (&cell->holds[task->worker], status == HEDDLE_SYNC_OK ? HOLDS_WRITE : HOLDS_NOTHING, memory_order_release);
  if (status == HEDDLE_SYNC_OK)
    atomic_store_explicit (&cell->writer, task->worker, memory_order_relaxed);
  else
    got_free (cell); /* readers may have waited behind this writer */
  return status;
}

static gboolean
let_go (RwLockCell *cell, guint worker)
{
  guint holds = atomic_load_explicit (&cell->holds[worker], memory_order_acquire);

  atomic_store_explicit (&cell->holds[worker], HOLDS_NOTHING, memory_order_relaxed);
  if (holds == HOLDS_WRITE)
    {
      atomic_store_explicit (&cell->writer, 0, memory_order_relaxed);
      atomic_store (&cell->state, 0);
    }
  else if (holds == HOLDS_READ)
    atomic_fetch_sub (&cell->state, 1);
  else if (holds == WAITS_TO_WRITE)
    atomic_fetch_sub (&cell->n_writers_waiting, 1);
  else
    return FALSE;
  got_free (cell);
  return TRUE;
}

/**
 * heddle_rw_lock_unlock:
 *
 * Gives the lock back, however this worker holds it.
 */
void
heddle_rw_lock_unlock (HeddleRwLock *self, HeddleTask *task)
{
  let_go (self->base.cell, task->worker);
}

/* The worker is dead: it holds the lock no more. */
gboolean
heddle_rw_lock_repair (gpointer cell, guint worker)
{
  return let_go (cell, worker);
}

/* Who writes, or somebody else than @waiter who reads; 0: nobody. */
guint
heddle_rw_lock_get_holder (gpointer data, guint waiter)
{
  RwLockCell *cell = data;

  for (guint i = 1; i <= HEDDLE_MAX_WORKERS; i++)
    {
      guint holds = atomic_load_explicit (&cell->holds[i], memory_order_relaxed);

      if (i != waiter && (holds == HOLDS_READ || holds == HOLDS_WRITE))
        return i;
    }
  return 0;
}

/* Who writes, 0: nobody. */
guint
heddle_rw_lock_get_writer (gpointer cell)
{
  return atomic_load_explicit (&((RwLockCell *) cell)->writer, memory_order_relaxed);
}
