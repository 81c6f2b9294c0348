/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Events (HeddleFlag): a waiter sleeps until somebody sets the word. */

#include "engine/sync/shared-private.h"

typedef struct {
  _Atomic guint32 set;
  _Atomic guint32 n_waiting; /* too high after a waiter's death: costs a system call, no more */
} FlagCell;

struct _HeddleFlag {
  HeddleSharedHandle base;
};

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
