/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Barriers: everybody waits until all have arrived. */

#include "engine/sync/shared-private.h"
#include "engine/sync/tracked.h"

typedef struct {
  /* generation (16 bits) | how many have arrived (16 bits); share: generation + 1 in which the
   * worker waits, 0: does not */
  HeddleTracked word;
  guint32 parties;
} BarrierCell;

struct _HeddleBarrier {
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
  HeddleBarrier *barrier = heddle_shared_make (self, HEDDLE_SHARED_BARRIER, name,
                                               sizeof (BarrierCell), sizeof *barrier, FALSE);

  if (self->host)
    ((BarrierCell *) barrier->base.cell)->parties = CLAMP (parties, 1, HEDDLE_MAX_WORKERS);
  return barrier;
}

static guint32
generation_of (guint32 word)
{
  return word >> 16;
}

/* @worker, or the host for a dead one, takes back an arrival. Returns FALSE where the others have
 * gone on already. */
static gboolean
withdraw (BarrierCell *cell, guint worker, guint32 generation)
{
  guint32 word = heddle_tracked_get (&cell->word);

  while (generation_of (word) == generation && (word & 0xffff) > 0)
    if (heddle_tracked_change (&cell->word, worker, &word, word - 1, 0))
      return TRUE;
  return FALSE;
}

static HeddleSyncStatus
wait_for_others (HeddleBarrier *self, HeddleTask *task, guint32 generation)
{
  BarrierCell *cell = self->base.cell;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  guint32 word = heddle_tracked_get (&cell->word);
  HeddleWait wait;

  heddle_wait_init (&wait, self, task, -1);
  while (status == HEDDLE_SYNC_OK && generation_of (word) == generation)
    {
      status = heddle_wait_on (&wait, heddle_tracked_get_futex (&cell->word), word);
      word = heddle_tracked_get (&cell->word);
    }
  heddle_wait_done (&wait);
  if (status != HEDDLE_SYNC_OK && !withdraw (cell, task->worker, generation))
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
  guint32 word = heddle_tracked_get (&cell->word);
  HeddleSyncStatus status;
  guint32 next;
  gboolean is_last;

  do
    {
      is_last = (word & 0xffff) + 1 >= cell->parties;
      next = is_last ? ((generation_of (word) + 1) & 0xffff) << 16 : word + 1;
  } while (!heddle_tracked_change (&cell->word, task->worker, &word, next,
                                   is_last ? 0 : generation_of (word) + 1));
  if (last != NULL)
    *last = is_last;
  if (is_last)
    {
      if ((word & 0xffff) > 0)
        heddle_futex_wake (heddle_tracked_get_futex (&cell->word), G_MAXINT);
      return HEDDLE_SYNC_OK;
    }
  status = wait_for_others (self, task, generation_of (word));
  heddle_tracked_forget_share (&cell->word, task->worker);
  return status;
}

/* The worker is dead: it has not arrived. */
gboolean
heddle_barrier_hand_on (gpointer data, guint worker)
{
  BarrierCell *cell = data;
  guint arrived_in = heddle_tracked_take_share (&cell->word, worker);

  return arrived_in != 0 && withdraw (cell, HEDDLE_TRACKED_HOST, arrived_in - 1);
}
