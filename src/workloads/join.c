/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workloads/join.h"

#include <glib/gi18n-lib.h>

/**
 * heddle_join_share:
 * @n: how many tasks can be joined, at most HEDDLE_JOIN_MAX
 *
 * Names what it needs; in a workload's share().
 */
void
heddle_join_share (HeddleJoin *self, HeddleShared *shared, guint n)
{
  g_return_if_fail (n <= HEDDLE_JOIN_MAX);

  self->n = n;
  for (guint i = 0; i < n; i++)
    {
      char name[32];

      g_snprintf (name, sizeof name, "start %u", i);
      self->started[i] = heddle_shared_flag (shared, name);
      g_snprintf (name, sizeof name, "end of task %u", i);
      self->alive[i] = heddle_shared_mutex (shared, name);
    }
}

/**
 * heddle_join_begin:
 * @nth: the task that begins, from 0
 *
 * Returns: FALSE if the task should end
 */
gboolean
heddle_join_begin (const HeddleJoin *self, guint nth, HeddleTask *task)
{
  HeddleSyncStatus status = heddle_mutex_lock (self->alive[nth], task);

  if (!HEDDLE_SYNC_ACQUIRED (status))
    return FALSE;
  heddle_flag_set (self->started[nth]);
  return TRUE;
}

/**
 * heddle_join_end:
 *
 * The task has done what it had to do: who waits for it may go on.
 */
void
heddle_join_end (const HeddleJoin *self, guint nth, HeddleTask *task)
{
  heddle_mutex_unlock (self->alive[nth], task);
}

/**
 * heddle_join_wait:
 * @nth: the task to wait for, from 0
 *
 * Waits until it has begun and ended. One that died is told in the log.
 *
 * Returns: FALSE if the waiting task should end
 */
gboolean
heddle_join_wait (const HeddleJoin *self, guint nth, HeddleTask *task)
{
  HeddleSyncStatus status = heddle_flag_wait (self->started[nth], task, -1);

  if (!HEDDLE_SYNC_ACQUIRED (status))
    return FALSE;
  status = heddle_mutex_lock (self->alive[nth], task);
  if (!HEDDLE_SYNC_ACQUIRED (status))
    return FALSE;
  heddle_mutex_unlock (self->alive[nth], task);
  if (status == HEDDLE_SYNC_OWNER_DIED)
    heddle_task_print (task, _("Task %u died, and is joined all the same"), nth);
  return TRUE;
}
