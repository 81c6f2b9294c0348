/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reading side of the lane store.
 *
 * What lies between two moments is the difference of two running sums, each found by a search that
 * starts where the last one ended. So cells cost the same whether a thousand or ten million spans
 * lie in them, and are exact at every zoom as far back as spans are kept; before that they come
 * from the fold's buckets.
 */
#include "config.h"

#include "trace/clock.h"
#include "trace/lane-store-private.h"

typedef struct {
  guint hints[HEDDLE_N_FOLDS];
  HeddleFoldWalk walk;
} Cursor;

typedef struct {
  gint64 busy;
  gint64 waiting;
  guint64 n_done;
  guint64 n_failed;
} Sum;

/* Sums up to @time; of use as differences only. Calls with the same cursor go forward in time. */
static void
sum_until (const HeddleLane *lane, Cursor *cursor, gint64 time, Sum *sum, guint64 *touched)
{
  HeddleTrackSum tasks, waits;
  HeddleFoldWalk folded = { 0 };

  heddle_track_sum (&lane->tracks[HEDDLE_FOLD_BUSY], time, &cursor->hints[HEDDLE_FOLD_BUSY], &tasks,
                    touched);
  heddle_track_sum (&lane->tracks[HEDDLE_FOLD_WAITING], time, &cursor->hints[HEDDLE_FOLD_WAITING],
                    &waits, touched);
  if (lane->fold.n > 0)
    heddle_lane_fold_walk (&lane->fold, &cursor->walk, time, &folded, touched);
  sum->busy = tasks.covered + folded.covered[HEDDLE_FOLD_BUSY];
  sum->waiting = waits.covered + folded.covered[HEDDLE_FOLD_WAITING];
  sum->n_done = tasks.n - tasks.n_failed + folded.n_done;
  sum->n_failed = tasks.n_failed + folded.n_failed;
  if (lane->open && time > lane->begin)
    sum->busy += time - lane->begin;
}

/* begin + (end - begin) * index / n_cells, without the slow division of 128 bits. */
static gint64
edge (gint64 begin, gint64 end, guint index, guint n_cells)
{
  guint64 width = (guint64) end - (guint64) begin;

  return (gint64) ((guint64) begin + width / n_cells * index + width % n_cells * index / n_cells);
}

static void
fill_cell (HeddleLaneCell *cell, gint64 width, const Sum *before, const Sum *after)
{
  cell->n_failed = (guint32) (after->n_failed - before->n_failed);
  cell->n_done = (guint32) (after->n_done - before->n_done);
  cell->busy = 0;
  cell->waiting = 0;
  if (width <= 0)
    return;
  cell->busy = (float) CLAMP ((double) (after->busy - before->busy) / (double) width, 0, 1);
  cell->waiting =
    (float) CLAMP ((double) (after->waiting - before->waiting) / (double) width, 0, cell->busy);
}

/**
 * heddle_lane_store_get_cells:
 * @lane: number of a lane; of one that is not there the cells are empty
 * @begin: nanoseconds
 * @end: nanoseconds
 * @cells: (out) (array length=n_cells): cells of equal width from @begin to @end
 * @n_cells: how many
 *
 * Sums the lane up, cell by cell. A cell includes its begin and excludes its end. The open task
 * counts as busy from its begin without end, so ask for no time after now. Any thread, not inside a
 * batch.
 */
void
heddle_lane_store_get_cells (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                             HeddleLaneCell *cells, guint n_cells)
{
  Cursor cursor = { 0 };
  Sum before, after;
  gint64 from = begin;
  HeddleLane *it;

  g_return_if_fail (self != NULL);
  g_return_if_fail (cells != NULL || n_cells == 0);

  if (n_cells == 0)
    return;
  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  if (it == NULL || begin >= end)
    {
      for (guint i = 0; i < n_cells; i++)
        cells[i] = (HeddleLaneCell) { 0 };
    }
  else
    {
      sum_until (it, &cursor, begin, &before, &self->touched);
      for (guint i = 0; i < n_cells; i++)
        {
          gint64 to = edge (begin, end, i + 1, n_cells);

          sum_until (it, &cursor, to, &after, &self->touched);
          fill_cell (&cells[i], to - from, &before, &after);
          before = after;
          from = to;
        }
    }
  heddle_lane_store_unlock (self);
}

/* The numbers of the finished, kept spans that are at least partly in the range. */
static void
find_range (const HeddleLane *lane, gint64 begin, gint64 end, guint64 *first, guint64 *last)
{
  const HeddleTrack *track = &lane->tracks[HEDDLE_FOLD_BUSY];
  guint64 ended = heddle_track_count_ended (track, begin);
  guint64 begun = heddle_track_count_begun (track, begin);

  /* a span without length that stands at the begin has ended by then, but not begun before: it is
   * in */
  *first = MIN (ended, begun);
  *first = MAX (*first, heddle_track_get_first (track));
  *last = MAX (heddle_track_count_begun (track, end), *first);
}

static gboolean
open_is_in (const HeddleLane *lane, gint64 begin, gint64 end)
{
  return lane->open && begin < end && lane->begin < end;
}

static void
copy_open (const HeddleLane *lane, HeddleSpan *span)
{
  gint64 now = heddle_clock_monotonic_ns ();

  *span = (HeddleSpan) { lane->begin, MAX (lane->begin, now), lane->id, HEDDLE_TASK_RUNNING };
}

/**
 * heddle_lane_store_count_spans:
 * @lane: number of a lane
 * @begin: nanoseconds
 * @end: nanoseconds
 *
 * Returns: how many spans that are kept, and the open one, lie at least partly in the range. Any
 * thread.
 */
guint
heddle_lane_store_count_spans (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end)
{
  guint64 first = 0, last = 0;
  guint n_open = 0;
  HeddleLane *it;

  g_return_val_if_fail (self != NULL, 0);

  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  if (it != NULL && begin < end)
    {
      find_range (it, begin, end, &first, &last);
      n_open = open_is_in (it, begin, end);
    }
  heddle_lane_store_unlock (self);
  return (guint) MIN (last - first + n_open, G_MAXUINT);
}

/**
 * heddle_lane_store_get_spans:
 * @lane: number of a lane
 * @begin: nanoseconds
 * @end: nanoseconds
 * @spans: (out) (array length=max_spans): spans, in the order of time
 * @max_spans: how many at most
 *
 * Copies the spans that are kept and lie at least partly in the range, not clipped to it, the first
 * ones where there are more than @max_spans. The open one comes last and ends now. Any thread.
 *
 * Returns: how many were copied
 */
guint
heddle_lane_store_get_spans (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                             HeddleSpan *spans, guint max_spans)
{
  guint64 first = 0, last = 0;
  HeddleLane *it;
  guint n = 0;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (spans != NULL || max_spans == 0, 0);

  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  if (it != NULL && begin < end)
    {
      find_range (it, begin, end, &first, &last);
      n = heddle_track_copy (&it->tracks[HEDDLE_FOLD_BUSY], first, last, spans, max_spans);
      if (n < max_spans && open_is_in (it, begin, end))
        copy_open (it, &spans[n++]);
    }
  heddle_lane_store_unlock (self);
  return n;
}

/**
 * heddle_lane_store_find_span:
 * @lane: number of a lane
 * @time: nanoseconds
 * @span: (out): the span at @time
 *
 * Returns: whether a span that is kept, or the open one, is there. Any thread.
 */
gboolean
heddle_lane_store_find_span (HeddleLaneStore *self, guint lane, gint64 time, HeddleSpan *span)
{
  gboolean found = FALSE;
  HeddleSpan kept;
  HeddleLane *it;

  g_return_val_if_fail (self != NULL && span != NULL, FALSE);

  time = MIN (time, G_MAXINT64 - 1);
  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  if (it != NULL && it->open && it->begin <= time)
    {
      copy_open (it, span);
      found = TRUE;
    }
  else if (it != NULL)
    {
      const HeddleTrack *track = &it->tracks[HEDDLE_FOLD_BUSY];
      guint64 begun = heddle_track_count_begun (track, time + 1);

      if (begun > heddle_track_get_first (track)
          && heddle_track_copy (track, begun - 1, begun, &kept, 1) == 1)
        found = kept.end > time || kept.begin == time;
      if (found)
        *span = kept;
    }
  heddle_lane_store_unlock (self);
  return found;
}

/**
 * heddle_lane_store_get_info:
 * @lane: number of a lane
 * @info: (out): the state of the lane
 *
 * Returns: whether there is such a lane. Any thread.
 */
gboolean
heddle_lane_store_get_info (HeddleLaneStore *self, guint lane, HeddleLaneInfo *info)
{
  HeddleLane *it;

  g_return_val_if_fail (self != NULL && info != NULL, FALSE);

  *info = (HeddleLaneInfo) { .progress = -1 };
  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  if (it != NULL)
    {
      info->open = it->open;
      info->progress = it->progress;
      info->born = it->born;
      info->died = it->died;
      info->settled = it->open ? it->begin : it->tracks[HEDDLE_FOLD_BUSY].end;
      info->busy_ns = it->tracks[HEDDLE_FOLD_BUSY].covered;
      info->n_spans = it->tracks[HEDDLE_FOLD_BUSY].n;
      if (it->open)
        {
          copy_open (it, &info->current);
          info->busy_ns += MAX (0, self->end - it->begin);
        }
    }
  heddle_lane_store_unlock (self);
  return it != NULL;
}

/**
 * heddle_lane_store_get_totals:
 *
 * Returns: what the store holds, all of it at one moment. Any thread, not inside a batch.
 */
HeddleLaneTotals
heddle_lane_store_get_totals (HeddleLaneStore *self)
{
  HeddleLaneTotals totals;

  heddle_lane_store_lock (self);
  totals = (HeddleLaneTotals) {
    .n_lanes = self->lanes->len,
    .begin = self->n_given_up > 0 ? self->given_up_until : self->begin,
    .end = self->end,
    .n_given_up = self->n_given_up,
    .bytes = self->bytes,
  };
  heddle_lane_store_unlock (self);
  return totals;
}

/**
 * heddle_lane_store_dup_name:
 * @lane: number of a lane
 *
 * Returns: (transfer full) (nullable): what people call the lane's worker. Any thread.
 */
char *
heddle_lane_store_dup_name (HeddleLaneStore *self, guint lane)
{
  HeddleLane *it;
  char *name;

  g_return_val_if_fail (self != NULL, NULL);

  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  name = it != NULL ? g_strdup (it->name) : NULL;
  heddle_lane_store_unlock (self);
  return name;
}

/**
 * heddle_lane_store_get_serial:
 *
 * Returns: a number that grows with every batch that changed something. Takes no lock. Any thread.
 */
guint64
heddle_lane_store_get_serial (HeddleLaneStore *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return atomic_load_explicit (&self->serial, memory_order_acquire);
}

/* How many entries reading calls have looked at so far; for the tests. */
guint64
heddle_lane_store_get_touched (HeddleLaneStore *self)
{
  guint64 touched;

  heddle_lane_store_lock (self);
  touched = self->touched;
  heddle_lane_store_unlock (self);
  return touched;
}
