/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Conditions: a waiter sleeps on a word that the others change. */

#include "engine/sync/shared-private.h"

typedef struct {
  _Atomic guint32 sequence; /* grows with every signal */
  _Atomic guint32 n_waiting; /* too high after a waiter's death: costs a system call, no more */
} ConditionCell;

struct _HeddleCondition {
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
