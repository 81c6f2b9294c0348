/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/producer.h"
#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/join.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/**
 * heddle_join_open:
 * @settings: with HEDDLE_JOIN_PARAMS
 *
 * In a workload's open().
 */
void
heddle_join_open (HeddleJoin *self, const HeddleSettings *settings)
{
  self->n = (guint) heddle_settings_get_number (settings, "tasks");
  self->wait_ns = llround (heddle_settings_get_number (settings, "seconds") * 1e9);
}

/**
 * heddle_join_produce:
 *
 * Makes the tasks, the main program last: whoever takes it, all it waits for has been taken before.
 * In a workload's produce().
 */
void
heddle_join_produce (const HeddleJoin *self, HeddleProducer *producer)
{
  heddle_producer_set_total (producer, self->n + 1);
  heddle_producer_submit_range (producer, self->n + 1);
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
 *
 * In a workload's label().
 */
void
heddle_join_label (const HeddleJoin *self, guint64 id, char *buffer, gsize size)
{
  if (heddle_join_is_main (self, id))
    g_strlcpy (buffer, _("main program"), size);
  else
    g_snprintf (buffer, size, _("task %u"), (guint) id);
}

/**
 * heddle_join_share:
 *
 * Names what it needs; in a workload's share().
 */
void
heddle_join_share (HeddleJoin *self, HeddleShared *shared)
{
  for (guint i = 0; i < self->n; i++)
    {
      char name[32];

      g_snprintf (name, sizeof name, N_("start of task %u"), i + 1);
      self->started[i] = heddle_shared_flag (shared, name);
      g_snprintf (name, sizeof name, N_("end of task %u"), i + 1);
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
 * heddle_join_sleep:
 *
 * What each task does.
 *
 * Returns: FALSE if the task should end
 */
gboolean
heddle_join_sleep (const HeddleJoin *self, HeddleTask *task)
{
  return heddle_task_sleep (task, self->wait_ns);
}

/* Waits until the @nth task, from 0, has begun and ended. One that died is told in the log. */
static gboolean
wait_for (const HeddleJoin *self, guint nth, HeddleTask *task)
{
  HeddleSyncStatus status = heddle_flag_wait (self->started[nth], task, -1);

  if (!HEDDLE_SYNC_ACQUIRED (status))
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
