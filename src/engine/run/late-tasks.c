/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* For workers with a task in hand for long: overdue tasks are asked to end, and the pool takes back
 * what the worker has not begun while others are idle. All under the collector's lock. */

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/futex.h"
#include "engine/run/run-private.h"
#include "engine/task/task-private.h"
#include "engine/worker/executor.h"

/* A batch is meant to last 50 microseconds. */
#define REBALANCE_NS 1000000

static void
ask_to_end (HeddleRun *self, HeddleSlot *slot)
{
  HeddleCollector *collector = self->collector;
  HeddleSlotTask *task = &slot->task;
  guint32 word = atomic_load (&slot->cancel);
  char label[256];

  atomic_store (&slot->overdue, slot->worker.n_started);
  heddle_run_label (self, task->id, heddle_input_table_get (self->inputs, task->id), label,
                    sizeof label);
  heddle_collector_say_locked (collector, slot, collector->settled, HEDDLE_LOG_WARNING,
                               _("Task %" PRIu64 " (%s) takes longer than %g s: it is asked to end."),
                               task->id, label, (double) collector->sinks.limit_ns / 1e9);
  /* this thread alone stores the word */
  atomic_store (&slot->cancel,
                (word & HEDDLE_CANCEL_ALL) | HEDDLE_CANCEL_TASK (slot->worker.n_started));
  heddle_futex_wake (&slot->cancel, G_MAXINT);
}

/**
 * heddle_run_end_late_tasks_locked:
 * @now: CLOCK_MONOTONIC nanoseconds
 *
 * Asks for the end of tasks that take longer than they may, once each. Supervisor's thread.
 */
void
heddle_run_end_late_tasks_locked (HeddleRun *self, gint64 now)
{
  HeddleCollector *collector = self->collector;
  gint64 limit = collector->sinks.limit_ns;
  HeddlePool *pool = self->parts.pool;

  if (limit <= 0)
    return;
  for (guint i = 0; i < collector->slots->len; i++)
    {
      HeddleSlot *slot = heddle_collector_get_slot (collector, i);

      if (!slot->worker.present || !slot->task.in_hand || heddle_slot_is_overdue (slot)
          || now - slot->task.started_ns <= limit)
        continue;
      ask_to_end (self, slot);
      if (pool->klass->overdue != NULL)
        pool->klass->overdue (pool);
    }
}

/**
 * heddle_run_rebalance_locked:
 * @now: CLOCK_MONOTONIC nanoseconds
 *
 * A worker that took several tasks because they were short, and got a long one, must not keep the
 * others from workers that have nothing to do. Supervisor's thread.
 */
void
heddle_run_rebalance_locked (HeddleRun *self, gint64 now)
{
  HeddleCollector *collector = self->collector;
  HeddlePool *pool = self->parts.pool;

  if (pool->klass->take_back == NULL || !heddle_queue_has_idle_taker (self->queue))
    return;
  for (guint i = 0; i < collector->slots->len; i++)
    {
      HeddleSlot *slot = heddle_collector_get_slot (collector, i);

      if (slot->worker.present && slot->task.in_hand && now - slot->task.started_ns > REBALANCE_NS)
        pool->klass->take_back (pool, slot->number);
    }
}
