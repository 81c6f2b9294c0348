/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * When a run was paused. A pause begins when the last task in hand has ended: after a click on
 * Pause, tasks in hand still run.
 */

#include "engine/run/run-private.h"

#include "base/lock.h"

/**
 * heddle_run_get_pause_begin_locked:
 *
 * Returns: from when on nothing has happened in the pause that goes on; 0: there is none, or tasks
 *   still run. With the collector's lock held.
 */
gint64
heddle_run_get_pause_begin_locked (const HeddleRun *self)
{
  const HeddleCollector *collector = self->collector;

  if (self->span.paused_since == 0 || heddle_collector_count_in_hand_locked (collector) > 0)
    return 0;
  return MAX (self->span.paused_since, collector->counts.last_end_ns);
}

/**
 * heddle_run_count_paused_locked:
 * @now: CLOCK_MONOTONIC, nanoseconds
 *
 * Returns: for how long the run has been paused, nanoseconds. With the collector's lock held.
 */
gint64
heddle_run_count_paused_locked (const HeddleRun *self, gint64 now)
{
  gint64 begin = heddle_run_get_pause_begin_locked (self);

  return self->span.paused_ns + (begin != 0 ? MAX (now - begin, 0) : 0);
}

/**
 * heddle_run_set_paused_locked:
 * @now: CLOCK_MONOTONIC, nanoseconds
 *
 * A pause begins, or ends; the clock of the pace stands still meanwhile. With the collector's lock
 * held.
 */
void
heddle_run_set_paused_locked (HeddleRun *self, gboolean paused, gint64 now)
{
  HeddlePause pause = { heddle_run_get_pause_begin_locked (self), now };

  if (paused == (self->span.paused_since != 0))
    return;
  self->span.paused_ns = heddle_run_count_paused_locked (self, now);
  self->span.paused_since = paused ? now : 0;
  HEDDLE_AUTO_LOCK (&self->public.lock);
  self->public.pause_begin = 0;
  if (pause.begin != 0 && pause.begin < now)
    g_array_append_val (self->public.pauses, pause);
}

/**
 * heddle_run_get_pauses:
 * @begin: CLOCK_MONOTONIC, nanoseconds
 * @end: likewise
 * @pauses: (out): room for @max_pauses
 *
 * Copies the pauses that lie in a stretch of time at least in part, in order; the last ones where
 * there are more than fit. Any thread; a copy under a short lock.
 *
 * Returns: how many
 */
guint
heddle_run_get_pauses (HeddleRun *self, gint64 begin, gint64 end, HeddlePause *pauses,
                       guint max_pauses)
{
  /* not the collector's lock: that is held for as long as a pass takes */
  HEDDLE_AUTO_LOCK (&self->public.lock);
  const GArray *known = self->public.pauses;
  HeddlePause last = { self->public.pause_begin, 0 };
  guint to = known->len, from, n;

  while (to > 0 && g_array_index (known, HeddlePause, to - 1).begin >= end)
    to--;
  for (from = to; from > 0; from--)
    if (g_array_index (known, HeddlePause, from - 1).end <= begin)
      break;
  if (last.begin >= end)
    last.begin = 0;
  n = MIN (to - from, max_pauses - (last.begin != 0));
  for (guint i = 0; i < n; i++)
    pauses[i] = g_array_index (known, HeddlePause, to - n + i);
  if (last.begin != 0)
    pauses[n++] = last;
  return n;
}
