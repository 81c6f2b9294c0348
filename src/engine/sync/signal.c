/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Conditions, semaphores and events: a waiter sleeps on a word that the others change. */

#include "engine/sync/shared-private.h"
#include "engine/sync/tracked.h"

typedef struct {
  _Atomic guint32 sequence; /* grows with every signal */
  _Atomic guint32 n_waiting; /* too high after a waiter's death: costs a system call, no more */
} ConditionCell;

struct _HeddleCondition {
  HeddleSharedHandle base;
};

typedef struct {
  /* share: acquired by the current task and not given back; first, since tests look at it */
  HeddleTracked permits;
  _Atomic guint32 n_waiting; /* too high after a waiter's death: costs a system call, no more */
} SemaphoreCell;

struct _HeddleSemaphore {
  HeddleSharedHandle base;
};

typedef struct {
  _Atomic guint32 set;
  _Atomic guint32 n_waiting; /* too high after a waiter's death: costs a system call, no more */
} FlagCell;

struct _HeddleFlag {
  HeddleSharedHandle base;
};

/**
 * heddle_shared_condition:
 *
 * Returns: (transfer none): a condition variable. Only in share().
 */
HeddleCondition *
heddle_shared_condition (HeddleShared *self, const char *name)
{
  return heddle_shared_make (self, HEDDLE_SHARED_CONDITION, name, sizeof (ConditionCell),
                             sizeof (HeddleCondition), FALSE);
}

/**
 * heddle_condition_wait:
 * @mutex: held by the caller; given back while it waits
 * @timeout: nanoseconds, negative: none
 *
 * Waits for a signal. Wake-ups without one happen: check what you wait for in a loop.
 *
 * Returns: OK, OWNER_DIED or TIMEOUT with @mutex held again; CANCELLED or DEADLOCK without it
 */
HeddleSyncStatus
heddle_condition_wait (HeddleCondition *self, HeddleMutex *mutex, HeddleTask *task, gint64 timeout)
{
  ConditionCell *cell = self->base.cell;
  /* before the mutex is given back: a signal from then on changes it */
  guint32 sequence = atomic_load_explicit (&cell->sequence, memory_order_acquire);
  HeddleSyncStatus status, locked;
  HeddleWait wait;

  heddle_wait_init (&wait, self, task, timeout);
  atomic_fetch_add_explicit (&cell->n_waiting, 1, memory_order_seq_cst);
  status = heddle_mutex_unlock (mutex, task);
  if (status != HEDDLE_SYNC_OK)
    {
      atomic_fetch_sub_explicit (&cell->n_waiting, 1, memory_order_relaxed);
      return status;
    }
  while (status == HEDDLE_SYNC_OK
         && atomic_load_explicit (&cell->sequence, memory_order_acquire) == sequence)
    status = heddle_wait_on (&wait, &cell->sequence, sequence);
  heddle_wait_done (&wait);
  atomic_fetch_sub_explicit (&cell->n_waiting, 1, memory_order_relaxed);
  if (status == HEDDLE_SYNC_CANCELLED || status == HEDDLE_SYNC_DEADLOCK)
    return status;
  locked = heddle_mutex_lock (mutex, task);
  return locked == HEDDLE_SYNC_OK ? status : locked;
}

/* A waiter counts itself before it gives the mutex back, so a worker that changes under that mutex
 * what is waited for sees the count here. A signal that is not ordered after that by the mutex may
 * miss it, as with any condition. */
static void
change (ConditionCell *cell, int n)
{
  if (atomic_load_explicit (&cell->n_waiting, memory_order_seq_cst) == 0)
    return;
  atomic_fetch_add_explicit (&cell->sequence, 1, memory_order_seq_cst);
  heddle_futex_wake (&cell->sequence, n);
}

/**
 * heddle_condition_signal:
 *
 * Wakes one that waits; usually called with the mutex held.
 *
 * No workload of ours uses it so far; tests do.
 */
void
heddle_condition_signal (HeddleCondition *self)
{
  change (self->base.cell, 1);
}

/**
 * heddle_condition_broadcast:
 *
 * Wakes all that wait.
 */
void
heddle_condition_broadcast (HeddleCondition *self)
{
  change (self->base.cell, G_MAXINT);
}

/**
 * heddle_shared_semaphore:
 * @value: how many may hold it at once
 *
 * Returns: (transfer none): a counting semaphore. Only in share().
 */
HeddleSemaphore *
heddle_shared_semaphore (HeddleShared *self, const char *name, guint value)
{
  HeddleSemaphore *semaphore = heddle_shared_make (
    self, HEDDLE_SHARED_SEMAPHORE, name, sizeof (SemaphoreCell), sizeof *semaphore, FALSE);

  if (self->host)
    heddle_tracked_init (&((SemaphoreCell *) semaphore->base.cell)->permits, value);
  return semaphore;
}

static gboolean
try_acquire (SemaphoreCell *cell, guint worker)
{
  guint share = heddle_tracked_get_share (&cell->permits, worker);
  guint32 value = heddle_tracked_get (&cell->permits);

  while (value > 0)
    if (heddle_tracked_change (&cell->permits, worker, &value, value - 1,
                               MIN (share + 1, HEDDLE_TRACKED_MAX_SHARE)))
      return TRUE;
  return FALSE;
}

/**
 * heddle_semaphore_acquire:
 * @timeout: nanoseconds, negative: none
 *
 * Takes one permit, waiting while there is none.
 *
 * Returns: OK with it; TIMEOUT, CANCELLED or DEADLOCK without it
 */
HeddleSyncStatus
heddle_semaphore_acquire (HeddleSemaphore *self, HeddleTask *task, gint64 timeout)
{
  SemaphoreCell *cell = self->base.cell;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  HeddleWait wait;

  if (try_acquire (cell, task->worker))
    return HEDDLE_SYNC_OK;
  heddle_wait_init (&wait, self, task, timeout);
  atomic_fetch_add_explicit (&cell->n_waiting, 1, memory_order_seq_cst);
  while (status == HEDDLE_SYNC_OK && !try_acquire (cell, task->worker))
    status = heddle_wait_on (&wait, heddle_tracked_get_futex (&cell->permits), 0);
  atomic_fetch_sub_explicit (&cell->n_waiting, 1, memory_order_relaxed);
  heddle_wait_done (&wait);
  return status;
}

/* @share: what @worker, which gives them, has left. */
static void
add_permits (SemaphoreCell *cell, guint worker, guint32 n, guint share)
{
  guint32 value = heddle_tracked_get (&cell->permits);

  while (!heddle_tracked_change (&cell->permits, worker, &value, value + n, share))
    ;
  if (atomic_load_explicit (&cell->n_waiting, memory_order_seq_cst) > 0)
    heddle_futex_wake (heddle_tracked_get_futex (&cell->permits), (int) n);
}

/**
 * heddle_semaphore_release:
 *
 * Gives one permit, its own or, as a signal to others, a new one.
 */
void
heddle_semaphore_release (HeddleSemaphore *self, HeddleTask *task)
{
  SemaphoreCell *cell = self->base.cell;
  guint share = heddle_tracked_get_share (&cell->permits, task->worker);

  add_permits (cell, task->worker, 1, share > 0 ? share - 1 : 0);
}

void
heddle_semaphore_forget (gpointer cell, guint worker)
{
  heddle_tracked_forget_share (&((SemaphoreCell *) cell)->permits, worker);
}

/* The worker is dead: the permits of its task go back. */
gboolean
heddle_semaphore_repair (gpointer data, guint worker)
{
  SemaphoreCell *cell = data;
  guint held = heddle_tracked_take_share (&cell->permits, worker);

  if (held == 0)
    return FALSE;
  add_permits (cell, HEDDLE_TRACKED_HOST, held, 0);
  return TRUE;
}

/**
 * heddle_shared_flag:
 *
 * Returns: (transfer none): an event that is not set yet. Only in share().
 */
HeddleFlag *
heddle_shared_flag (HeddleShared *self, const char *name)
{
  return heddle_shared_make (self, HEDDLE_SHARED_FLAG, name, sizeof (FlagCell), sizeof (HeddleFlag),
                             FALSE);
}

/**
 * heddle_flag_set:
 *
 * Sets the event: all that wait for it go on, later ones do not wait.
 */
void
heddle_flag_set (HeddleFlag *self)
{
  FlagCell *cell = self->base.cell;

  /* This stores set, then loads n_waiting; a waiter adds to n_waiting, then loads set. All are
   * sequentially consistent, so one of the two sees the other. */
  if (atomic_exchange_explicit (&cell->set, 1, memory_order_seq_cst) == 0
      && atomic_load_explicit (&cell->n_waiting, memory_order_seq_cst) > 0)
    heddle_futex_wake (&cell->set, G_MAXINT);
}

/**
 * heddle_flag_clear:
 *
 * From now on it is waited for again.
 */
void
heddle_flag_clear (HeddleFlag *self)
{
  atomic_store_explicit (&((FlagCell *) self->base.cell)->set, 0, memory_order_release);
}

/**
 * heddle_flag_is_set:
 *
 * Returns: TRUE if it is set
 */
gboolean
heddle_flag_is_set (HeddleFlag *self)
{
  return atomic_load_explicit (&((FlagCell *) self->base.cell)->set, memory_order_acquire) != 0;
}

/**
 * heddle_flag_wait:
 * @timeout: nanoseconds, negative: none
 *
 * Waits until the event is set.
 *
 * Returns: OK, TIMEOUT, CANCELLED or DEADLOCK
 */
HeddleSyncStatus
heddle_flag_wait (HeddleFlag *self, HeddleTask *task, gint64 timeout)
{
  FlagCell *cell = self->base.cell;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  HeddleWait wait;

  if (heddle_flag_is_set (self))
    return HEDDLE_SYNC_OK;
  heddle_wait_init (&wait, self, task, timeout);
  atomic_fetch_add_explicit (&cell->n_waiting, 1, memory_order_seq_cst);
  while (status == HEDDLE_SYNC_OK && atomic_load_explicit (&cell->set, memory_order_seq_cst) == 0)
    status = heddle_wait_on (&wait, &cell->set, 0);
  atomic_fetch_sub_explicit (&cell->n_waiting, 1, memory_order_relaxed);
  heddle_wait_done (&wait);
  return status;
}
