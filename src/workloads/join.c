/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/join.h"

/**
 * heddle_join_produce:
 * @data: begins with a #HeddleJoin
 *
 * A workload's produce(). The main program is submitted last, so that workers have taken all tasks
 * that it waits for before one of them takes it.
 */
gboolean
heddle_join_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  return heddle_range_submit (producer, ((const HeddleJoin *) data)->n + 1);
}

/**
 * heddle_join_is_main:
 *
 * Returns: whether the task is the main program
 */
gboolean
heddle_join_is_main (const HeddleJoin *self, guint64 id)
{
  return id > self->n;
}

/**
 * heddle_join_label:
 * @data: begins with a #HeddleJoin
 *
 * A workload's label().
 */
void
heddle_join_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  if (heddle_join_is_main (data, id))
    g_strlcpy (buffer, _("main program"), size);
  else
    g_snprintf (buffer, size, _("task %u"), (guint) id);
}

/**
 * heddle_join_share:
 * @data: begins with a #HeddleJoin
 *
 * A workload's share(), or the beginning of it.
 */
gboolean
heddle_join_share (gpointer data, HeddleShared *shared, GError **error)
{
  HeddleJoin *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      char name[32];

      g_snprintf (name, sizeof name, N_("start of task %u"), i + 1);
      self->started[i] = heddle_shared_flag (shared, name);
      g_snprintf (name, sizeof name, N_("end of task %u"), i + 1);
      self->alive[i] = heddle_shared_mutex (shared, name);
    }
  return TRUE;
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
  if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->alive[nth], task)))
    return FALSE;
  heddle_flag_set (self->started[nth]);
  return TRUE;
}

/**
 * heddle_join_end:
 *
 * The task has done what it had to do: the main program can join it now.
 */
void
heddle_join_end (const HeddleJoin *self, guint nth, HeddleTask *task)
{
  heddle_mutex_unlock (self->alive[nth], task);
}

/* Waits until the @nth task, from 0, has begun and ended. If its worker died, the log says so. */
static gboolean
wait_for (const HeddleJoin *self, guint nth, HeddleTask *task)
{
  HeddleSyncStatus status;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_flag_wait (self->started[nth], task, -1)))
    return FALSE;
  status = heddle_mutex_lock (self->alive[nth], task);
  if (!HEDDLE_SYNC_ACQUIRED (status))
    return FALSE;
  heddle_mutex_unlock (self->alive[nth], task);
  if (status == HEDDLE_SYNC_OWNER_DIED)
    heddle_task_print (task, _("Task %u died; it can be joined nevertheless"), nth + 1);
  return TRUE;
}

/**
 * heddle_join_wait_all:
 *
 * The main program joins all tasks, one after another.
 *
 * Returns: FALSE if it should end
 */
gboolean
heddle_join_wait_all (const HeddleJoin *self, HeddleTask *task)
{
  for (guint i = 0; i < self->n; i++)
    {
      if (!wait_for (self, i, task))
        return FALSE;
      heddle_task_set_progress (task, (double) (i + 1) / self->n);
    }
  return TRUE;
}
