/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sums of a stretch of time. Counts and shares are a difference of running sums a lane, so they
 * cost nothing to speak of; the histogram of the tasks' times has to look at each of them, which is
 * why this is for a thread that may take its time.
 */
#include "config.h"

#include "engine/run/stretch.h"

#define BATCH 2048 /* spans that are copied under one lock of the store */

static void
add_sum (HeddleLaneSum *sum, const HeddleLaneSum *other)
{
  sum->busy_ns += other->busy_ns;
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    sum->waits_ns[i] += other->waits_ns[i];
  sum->on_cpu_ns += other->on_cpu_ns;
  sum->ready_ns += other->ready_ns;
  sum->known_ns += other->known_ns;
  sum->holding_ns += other->holding_ns;
  sum->n_done += other->n_done;
  sum->n_failed += other->n_failed;
}

/* A task is of the stretch in which it ended. */
static void
add_span (HeddleStretch *self, const HeddleSpan *span)
{
  if (span->end < self->begin || span->end >= self->end || span->state >= HEDDLE_N_TASK_STATES)
    return;
  self->n_by_state[span->state]++;
  self->n_kept++;
  if (span->state == HEDDLE_TASK_DONE || span->state == HEDDLE_TASK_FAILED)
    heddle_histogram_add (&self->times, span->end - span->begin);
}

/* Which of the spans are new, where the last one that was seen may be among the first of them. */
static guint
skip_seen (const HeddleSpan *spans, guint n, const HeddleSpan *seen)
{
  for (guint i = 0; i < n && spans[i].begin <= seen->begin; i++)
    if (spans[i].begin == seen->begin && spans[i].id == seen->id)
      return i + 1;
  return 0;
}

/* All spans of a lane, batch by batch: each begins with the last one of the batch before, since
 * short tasks may have begun in the same nanosecond. Returns FALSE when cancelled. */
static gboolean
add_lane (HeddleStretch *self, HeddleLaneStore *lanes, guint lane, HeddleSpan *spans,
          const atomic_bool *cancelled)
{
  HeddleSpan seen = { .begin = G_MININT64 };
  guint n, first;

  do
    {
      /* the loop only stops early; relaxed is enough */
      if (cancelled != NULL && atomic_load_explicit (cancelled, memory_order_relaxed))
        return FALSE;
      n = heddle_lane_store_get_spans (lanes, lane, MAX (seen.begin, self->begin), self->end, spans,
                                       BATCH);
      first = skip_seen (spans, n, &seen);
      for (guint i = first; i < n; i++)
        add_span (self, &spans[i]);
      if (n > 0)
        seen = spans[n - 1];
    }
  while (n == BATCH && first < n);
  return TRUE;
}

/**
 * heddle_stretch_sum:
 * @lanes: the workers of a run
 * @begin: CLOCK_MONOTONIC ns
 * @end: CLOCK_MONOTONIC ns
 * @cancelled: (nullable): set by another thread to end this early
 *
 * Any thread but the main loop's: it takes as long as there are tasks. The run may go on meanwhile.
 *
 * Returns: (transfer full) (nullable): what happened from @begin until @end; %NULL: cancelled
 */
HeddleStretch *
heddle_stretch_sum (HeddleLaneStore *lanes, gint64 begin, gint64 end, const atomic_bool *cancelled)
{
  g_autoptr (HeddleStretch) self = g_new0 (HeddleStretch, 1);
  g_autofree HeddleSpan *spans = g_new (HeddleSpan, BATCH);
  guint n_lanes;

  g_return_val_if_fail (lanes != NULL, NULL);
  g_return_val_if_fail (end >= begin, NULL);

  self->begin = begin;
  self->end = end;
  heddle_histogram_clear (&self->times);
  n_lanes = heddle_lane_store_get_totals (lanes).n_lanes;
  for (guint lane = 0; lane < n_lanes; lane++)
    {
      HeddleLaneSum sum;

      heddle_lane_store_sum (lanes, lane, begin, end, &sum);
      add_sum (&self->sum, &sum);
      if (!add_lane (self, lanes, lane, spans, cancelled))
        return NULL;
    }
  return g_steal_pointer (&self);
}

void
heddle_stretch_free (HeddleStretch *self)
{
  g_free (self);
}
