/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Semaphores: a number of permits; who finds none sleeps until one is given back. */

#include "engine/sync/shared-private.h"
#include "engine/sync/tracked.h"

typedef struct {
  /* share: acquired by the current task and not given back; first, since tests look at it */
  HeddleTracked permits;
  _Atomic guint32 n_waiting; /* too high after a waiter's death: costs a system call, no more */
} SemaphoreCell;

struct _HeddleSemaphore {
  HeddleSharedHandle base;
};

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
    {
      heddle_hold_begin (task, self->base.number);
      return HEDDLE_SYNC_OK;
    }
  heddle_wait_init (&wait, self, task, timeout);
  atomic_fetch_add_explicit (&cell->n_waiting, 1, memory_order_seq_cst);
  while (status == HEDDLE_SYNC_OK && !try_acquire (cell, task->worker))
    status = heddle_wait_on (&wait, heddle_tracked_get_futex (&cell->permits), 0);
  atomic_fetch_sub_explicit (&cell->n_waiting, 1, memory_order_relaxed);
  heddle_wait_done (&wait);
  if (status == HEDDLE_SYNC_OK)
    heddle_hold_note (task, self->base.number);
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

  heddle_hold_end (task, self->base.number);
  add_permits (cell, task->worker, 1, share > 0 ? share - 1 : 0);
}

void
heddle_semaphore_forget (gpointer cell, guint worker)
{
  heddle_tracked_forget_share (&((SemaphoreCell *) cell)->permits, worker);
}

/* The worker is dead: the permits of its task go back. */
gboolean
heddle_semaphore_hand_on (gpointer data, guint worker)
{
  SemaphoreCell *cell = data;
  guint held = heddle_tracked_take_share (&cell->permits, worker);

  if (held == 0)
    return FALSE;
  add_permits (cell, HEDDLE_TRACKED_HOST, held, 0);
  return TRUE;
}
