/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What the collector does between two passes over the rings that is a policy of the run: tasks that wait for their next attempt come
 * back into the queue when it is time, and a run in which too many have failed gives up. Every function here runs under the collector's lock.
 */

#include <glib/gi18n-lib.h>

#include "base/futex.h"
#include "engine/retry.h"
#include "engine/run-private.h"

/* Puts what is due back to the front of the line, in its order. */
static void
release_retries (HeddleCollector *self, gint64 now)
{
  g_autoptr (GArray) items = NULL;
  HeddleItem item;

  if (heddle_retries_get_due (self->retries) > now)
    return;
  items = g_array_new (FALSE, FALSE, sizeof (HeddleItem));
  while (heddle_retries_take (self->retries, now, &item))
    g_array_append_val (items, item);
  heddle_queue_put_back (self->run->queue, (const HeddleItem *) items->data, items->len);
}

/* Ends what stands in line and what waits for another attempt. */
static void
cancel_unstarted (HeddleCollector *self, gint64 now)
{
  g_autoptr (GArray) items = heddle_queue_remove_all (self->run->queue);
  HeddleItem item;

  for (guint i = 0; i < items->len; i++)
    heddle_collector_cancel_item_locked (self, &g_array_index (items, HeddleItem, i), now);
  while (heddle_retries_take (self->retries, G_MAXINT64, &item))
    heddle_collector_cancel_item_locked (self, &item, now);
}

/* Once. What follows is what a user's stop does: the wish is carried out before the next pass. */
static void
halt (HeddleCollector *self, guint64 n_ended, guint64 n_failed)
{
  const HeddleHalt *policy = &self->run->options.halt;
  g_autofree char *why = heddle_halt_explain (policy, n_ended, n_failed);

  self->halted = TRUE;
  heddle_log_printf (self->run->log, HEDDLE_LOG_ERROR, 0, 0, "%s", why);
  heddle_run_keep_error (self->run, g_error_new_literal (HEDDLE_ERROR, HEDDLE_ERROR_HALTED, why));
  if (policy->when == HEDDLE_HALT_SOON)
    heddle_collector_ask_locked (self, HEDDLE_CANCEL_REST);
  heddle_run_stop (self->run, policy->when == HEDDLE_HALT_NOW ? HEDDLE_STOP_KILL : HEDDLE_STOP_DRAIN);
}

/**
 * heddle_collector_keep_policies_locked:
 * @now: CLOCK_MONOTONIC nanoseconds
 * @over: nothing is left to halt
 *
 * Collector's thread, after each pass over the rings.
 */
void
heddle_collector_keep_policies_locked (HeddleCollector *self, gint64 now, gboolean over)
{
  guint64 n_failed = self->failed + self->lost;
  guint64 n_ended = self->done + n_failed;

  if (!over && atomic_load (self->run->cancel) == 0 && heddle_halt_is_reached (&self->run->options.halt, n_ended, n_failed))
    halt (self, n_ended, n_failed);
  if (atomic_load (self->run->cancel) != 0)
    cancel_unstarted (self, now);
  else
    release_retries (self, now);
  heddle_queue_set_held (self->run->queue, heddle_retries_get_length (self->retries) >= HEDDLE_RETRIES_MAX);
}

/**
 * heddle_collector_ask_locked:
 * @what: HEDDLE_CANCEL_RUN or HEDDLE_CANCEL_REST
 *
 * Sets the run's cancel word, and that of each worker that is a thread; pools tell processes when they are poked. Collector's thread.
 */
void
heddle_collector_ask_locked (HeddleCollector *self, guint32 what)
{
  atomic_fetch_or (self->run->cancel, what);
  for (guint i = 0; i < self->slots->len; i++)
    {
      HeddleSlot *slot = g_ptr_array_index (self->slots, i);

      atomic_fetch_or (&slot->cancel, what);
      heddle_futex_wake (&slot->cancel, G_MAXINT);
    }
}

/**
 * heddle_collector_bound_tick_locked:
 * @tick: how long the collector's thread would sleep, milliseconds
 *
 * Returns: @tick, or less, so that the next task to be tried again is not late
 */
int
heddle_collector_bound_tick_locked (HeddleCollector *self, int tick, gint64 now)
{
  gint64 due = heddle_retries_get_due (self->retries);

  if (due == G_MAXINT64)
    return tick;
  return (int) CLAMP ((due - now + 999999) / 1000000, 0, tick);
}
