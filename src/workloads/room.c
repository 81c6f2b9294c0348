/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/room.h"

#include <stdatomic.h>

typedef struct {
  _Atomic guint64 inside; /* a bit for each task */
  _Atomic guint32 n_died; /* workers inside; each was counted until its task began again */
  _Atomic guint32 most;
} RoomCell;

static guint
count_bits (guint64 bits)
{
  return (guint) __builtin_popcountll (bits);
}

static guint64
get_bit (HeddleTask *task)
{
  return G_GUINT64_CONSTANT (1) << ((heddle_task_get_id (task) - 1) % HEDDLE_ROOM_MAX);
}

/* Stores the number in the watched value. Of several tasks that do so at the same time the last
 * one reads the bits again after it has stored, so the value does not stay behind. */
static void
show (HeddleRoom *self)
{
  RoomCell *cell = self->cell;
  guint n;

  do
    {
      n = count_bits (atomic_load (&cell->inside));
      heddle_value_set (self->inside, n);
      atomic_thread_fence (memory_order_seq_cst);
    }
  while (count_bits (atomic_load (&cell->inside)) != n);
}

/**
 * heddle_room_share:
 * @inside: N_ what the number of those inside is called where it is shown live
 * @most: (nullable): N_ the same for the highest number so far
 *
 * In share().
 */
void
heddle_room_share (HeddleRoom *self, HeddleShared *shared, const char *inside, const char *most)
{
  self->cell = heddle_shared_bytes (shared, "room", sizeof (RoomCell));
  self->inside = heddle_shared_value (shared, inside, 0, TRUE);
  self->most = most != NULL ? heddle_shared_value (shared, most, 0, TRUE) : NULL;
}

/**
 * heddle_room_come_again:
 *
 * To be called when a task begins: if the worker of an earlier attempt died inside, the task is not
 * inside any more.
 *
 * Returns: whether that was so
 */
gboolean
heddle_room_come_again (HeddleRoom *self, HeddleTask *task)
{
  RoomCell *cell = self->cell;

  if ((atomic_load (&cell->inside) & get_bit (task)) == 0)
    return FALSE;
  atomic_fetch_add (&cell->n_died, 1);
  heddle_room_leave (self, task);
  return TRUE;
}

/**
 * heddle_room_enter:
 *
 * The task goes in.
 *
 * Returns: how many are inside now, it included
 */
guint
heddle_room_enter (HeddleRoom *self, HeddleTask *task)
{
  RoomCell *cell = self->cell;
  guint64 bit = get_bit (task);
  guint n = count_bits (atomic_fetch_or (&cell->inside, bit) | bit);
  guint32 most = atomic_load (&cell->most);

  while (n > most && !atomic_compare_exchange_weak (&cell->most, &most, n))
    ;
  if (self->most != NULL)
    heddle_value_raise (self->most, n);
  show (self);
  return n;
}

/**
 * heddle_room_leave:
 *
 * The task comes out.
 */
void
heddle_room_leave (HeddleRoom *self, HeddleTask *task)
{
  atomic_fetch_and (&((RoomCell *) self->cell)->inside, ~get_bit (task));
  show (self);
}

/**
 * heddle_room_clear:
 *
 * Stores that nobody is inside. The caller holds the lock that keeps the others out, and got it
 * from a worker that died inside.
 */
void
heddle_room_clear (HeddleRoom *self)
{
  atomic_store (&((RoomCell *) self->cell)->inside, 0);
  show (self);
}

/**
 * heddle_room_count:
 *
 * Returns: how many are inside now
 */
guint
heddle_room_count (HeddleRoom *self)
{
  return count_bits (atomic_load (&((RoomCell *) self->cell)->inside));
}

/**
 * heddle_room_get_most:
 * @n_died: (out): how many workers have died inside; each was counted as inside until its task
 * began again
 *
 * Returns: how many were inside at the same time at most
 */
guint
heddle_room_get_most (HeddleRoom *self, guint *n_died)
{
  RoomCell *cell = self->cell;

  *n_died = atomic_load (&cell->n_died);
  return atomic_load (&cell->most);
}
