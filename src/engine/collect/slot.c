/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/collect/slot-private.h"

#include "engine/model/backend.h"
#include "engine/queue/queue.h"
#include "engine/task/task-private.h"

/**
 * heddle_slot_new:
 * @number: of its workers, from 1
 * @backend: says what they are called
 * @ring_capacity: slots of every ring that will be read here
 * @is_process: they are child processes, or threads of one
 *
 * Returns: (transfer full): a slot that no worker occupies
 */
HeddleSlot *
heddle_slot_new (guint number, HeddleBackend backend, guint ring_capacity, gboolean is_process)
{
  const HeddleBackendInfo *info = heddle_backend_get_info (backend);
  HeddleSlot *self = g_new0 (HeddleSlot, 1);

  self->number = number;
  self->is_process = is_process;
  self->is_thread = !info->is_process;
  self->is_command = info->is_command;
  self->ring_capacity = ring_capacity;
  if (is_process)
    heddle_assigned_init (&self->assigned);
  self->totals.cpu_ns = -1;
  self->totals.ready_ns = -1;
  self->totals.rss = -1;
  self->task.progress = -1;
  heddle_backend_name_worker (backend, number, self->name, sizeof self->name);
  return self;
}

/**
 * heddle_slot_free:
 *
 * Frees a slot whose ring nobody reads any more.
 */
void
heddle_slot_free (HeddleSlot *self)
{
  if (self->task.result != NULL)
    g_string_free (self->task.result, TRUE);
  if (self->task.error != NULL)
    g_string_free (self->task.error, TRUE);
  if (self->is_process)
    heddle_assigned_clear (&self->assigned);
  g_free (self);
}

/**
 * heddle_slot_get_number:
 *
 * Returns: the worker's number, from 1. Any thread.
 */
guint
heddle_slot_get_number (const HeddleSlot *self)
{
  return self->number;
}

/**
 * heddle_slot_assign:
 * @item: tasks that the process in the slot is about to get
 *
 * Notes them; the collector sees them after heddle_slot_publish_assigned(), which the pool calls
 * before the process can see the last of them. A process that starts anything else is broken. The
 * thread of the pool.
 */
void
heddle_slot_assign (HeddleSlot *self, const HeddleItem *item)
{
  heddle_assigned_add (&self->assigned, item->id, item->count, item->attempt);
}

/**
 * heddle_slot_publish_assigned:
 *
 * Shows the collector what was assigned: from here on it may start. The thread of the pool.
 */
void
heddle_slot_publish_assigned (HeddleSlot *self)
{
  heddle_assigned_show (&self->assigned);
}

/**
 * heddle_slot_clear_assigned:
 *
 * No worker occupies the slot, and the next one has been assigned nothing. The thread of the pool;
 * the collector reads what was assigned only while a worker is there.
 */
void
heddle_slot_clear_assigned (HeddleSlot *self)
{
  heddle_assigned_clear (&self->assigned);
  heddle_assigned_init (&self->assigned);
  atomic_store_explicit (&self->reported_ended, 0, memory_order_relaxed);
}

/**
 * heddle_slot_report_ended:
 * @n_ended: how many tasks the process in the slot says it has ended
 *
 * Has the collector check that when it reads the ring next. The thread of the pool.
 */
void
heddle_slot_report_ended (HeddleSlot *self, guint64 n_ended)
{
  /* release: what the worker wrote into its ring before it counted is there to be read */
  atomic_store_explicit (&self->reported_ended, n_ended, memory_order_release);
}

/**
 * heddle_slot_get_cancel:
 *
 * Returns: (transfer none): the futex word by which tasks of a worker that is a thread of this
 *   process are asked to end, see HEDDLE_CANCEL_RUN. Any thread.
 */
const _Atomic guint32 *
heddle_slot_get_cancel (const HeddleSlot *self)
{
  return &self->cancel;
}

/**
 * heddle_slot_get_overdue:
 *
 * Returns: which of its tasks since its birth the worker has been running for too long, from 1; 0:
 *   none. Any thread of the pool.
 */
guint64
heddle_slot_get_overdue (const HeddleSlot *self)
{
  return atomic_load (&self->overdue);
}

/**
 * heddle_slot_end_for:
 * @nth: a task's number as of heddle_slot_get_overdue()
 *
 * Says, before it is done, that the pool ends the worker because of that task. If the worker has
 * another one by then, that one is started again. The thread of the pool.
 */
void
heddle_slot_end_for (HeddleSlot *self, guint64 nth)
{
  atomic_store (&self->ended_for, nth);
}

/**
 * heddle_slot_detach_ring:
 *
 * Reads the ring no more: its memory is the pool's again. Collector's lock held.
 */
void
heddle_slot_detach_ring (HeddleSlot *self)
{
  if (self->reader.ring == NULL)
    return;
  self->worker.tid_word = NULL;
  self->dropped_before += heddle_ring_dropped (&self->reader);
  self->reader.ring = NULL;
}

/**
 * heddle_slot_is_overdue:
 *
 * Returns: TRUE if the current task takes longer than it may, and has been asked to end.
 *   Collector's lock held.
 */
gboolean
heddle_slot_is_overdue (const HeddleSlot *self)
{
  return self->task.in_hand
         && atomic_load_explicit (&self->overdue, memory_order_relaxed) == self->worker.n_started;
}

/**
 * heddle_slot_get_busy:
 *
 * Returns: for how long the slot's workers have been running tasks by @now, nanoseconds.
 *   Collector's lock held.
 */
gint64
heddle_slot_get_busy (const HeddleSlot *self, gint64 now)
{
  const HeddleSlotTask *task = &self->task;

  return self->totals.busy_ns + (task->in_hand ? MAX (now - task->started_ns, 0) : 0);
}

/**
 * heddle_slot_get_alive:
 *
 * Returns: for how long a worker has occupied the slot by @now, nanoseconds. Collector's lock held.
 */
gint64
heddle_slot_get_alive (const HeddleSlot *self, gint64 now)
{
  const HeddleSlotWorker *worker = &self->worker;

  return self->totals.alive_ns + (worker->present ? MAX (now - worker->born_ns, 0) : 0);
}

/**
 * heddle_slot_count_dropped:
 *
 * Returns: how many events the slot's workers dropped, since their ring was nearly full.
 *   Collector's lock held.
 */
guint64
heddle_slot_count_dropped (HeddleSlot *self)
{
  return self->dropped_before
    + (self->reader.ring != NULL ? heddle_ring_dropped (&self->reader) : 0);
}
