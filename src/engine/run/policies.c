/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Policies that are kept after each pass over the rings: tasks go back into the queue when their
 * next attempt is due, and a run in which too many fail halts. Under the collector's lock. */

#include <glib/gi18n-lib.h>

#include "base/futex.h"
#include "engine/queue/retry.h"
#include "engine/run/run-private.h"
#include "engine/task/task-private.h"

/* Puts what is due back to the front of the line, in its order. */
static void
release_retries (HeddleRun *self, gint64 now)
{
  g_autoptr (GArray) items = NULL;
  HeddleItem item;

  if (heddle_retries_get_due (self->collector->retries) > now)
    return;
  items = g_array_new (FALSE, FALSE, sizeof (HeddleItem));
  while (heddle_retries_take (self->collector->retries, now, &item))
    g_array_append_val (items, item);
  heddle_queue_put_back (self->queue, (const HeddleItem *) items->data, items->len);
}

/* Ends what stands in line and what waits for another attempt. */
static void
cancel_unstarted (HeddleRun *self, gint64 now)
{
  g_autoptr (GArray) items = heddle_queue_remove_all (self->queue);
  HeddleItem item;

  for (guint i = 0; i < items->len; i++)
    heddle_collector_cancel_item_locked (self->collector, &g_array_index (items, HeddleItem, i),
                                         now);
  while (heddle_retries_take (self->collector->retries, G_MAXINT64, &item))
    heddle_collector_cancel_item_locked (self->collector, &item, now);
}

/* Once. What follows is what a user's stop does: the wish is carried out before the next pass. */
static void
halt (HeddleRun *self, guint64 n_ended, guint64 n_failed)
{
  const HeddleHalt *policy = &self->options.halt;
  g_autofree char *why = heddle_halt_explain (policy, n_ended, n_failed);

  self->supervision.halted = TRUE;
  heddle_log_printf (self->stores.log, HEDDLE_LOG_ERROR, 0, 0, "%s", why);
  heddle_run_keep_error (self, g_error_new_literal (HEDDLE_ERROR, HEDDLE_ERROR_HALTED, why));
  if (policy->when == HEDDLE_HALT_SOON)
    heddle_collector_ask_locked (self->collector, HEDDLE_CANCEL_REST);
  heddle_run_stop (self, policy->when == HEDDLE_HALT_NOW ? HEDDLE_STOP_KILL : HEDDLE_STOP_REST);
}

/**
 * heddle_run_keep_policies_locked:
 * @now: CLOCK_MONOTONIC nanoseconds
 * @over: nothing is left to halt
 *
 * Supervisor's thread, after each pass over the rings.
 */
void
heddle_run_keep_policies_locked (HeddleRun *self, gint64 now, gboolean over)
{
  const HeddleCollectorCounts *counts = &self->collector->counts;
  guint64 n_failed = counts->failed + counts->lost;
  guint64 n_ended = counts->done + n_failed;

  if (!over && atomic_load (self->cancel) == 0
      && heddle_halt_is_reached (&self->options.halt, n_ended, n_failed))
    halt (self, n_ended, n_failed);
  if (atomic_load (self->cancel) != 0)
    cancel_unstarted (self, now);
  else
    release_retries (self, now);
  heddle_queue_set_held (
    self->queue, heddle_retries_get_length (self->collector->retries) >= HEDDLE_RETRIES_MAX);
}

/**
 * heddle_run_bound_tick_locked:
 * @tick: how long the supervisor's thread would sleep, milliseconds
 *
 * Returns: @tick, or less, so that the next task to be tried again is not late
 */
int
heddle_run_bound_tick_locked (HeddleRun *self, int tick, gint64 now)
{
  gint64 due = heddle_retries_get_due (self->collector->retries);

  if (due == G_MAXINT64)
    return tick;
  return (int) CLAMP ((due - now + 999999) / 1000000, 0, tick);
}
