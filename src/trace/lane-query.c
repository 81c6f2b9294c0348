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

/* A lane is summed up in about as long as memory takes to come; two make sure. */
#define AHEAD 2

typedef struct {
  HeddleTrackCursor tracks[HEDDLE_N_FOLDS];
  HeddleFoldWalk walk;
  gint64 now; /* up to when the open task has run */
  /* of all kinds but the tasks, up to the last moment; they stand still between two stretches */
  gint64 covered[HEDDLE_N_FOLDS];
} Cursor;

static void
cursor_init (Cursor *self)
{
  *self = (Cursor) { .now = heddle_clock_monotonic_ns () };
  for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
    self->tracks[kind].still = G_MININT64;
}

static inline gint64
cover_until (const HeddleLane *lane, Cursor *cursor, guint kind, gint64 time, guint64 *touched)
{
  HeddleTrackSum sum;

  if (time > cursor->tracks[kind].still)
    {
      heddle_track_sum (lane->tracks[kind], time, &cursor->tracks[kind], &sum, touched);
      cursor->covered[kind] = sum.covered;
    }
  return cursor->covered[kind];
}

/* Sums up to @time, of tasks and the first @n_kinds; of use as differences only. Calls with one
 * cursor go forward in time. */
static void
sum_kinds_until (const HeddleLane *lane, Cursor *cursor, guint n_kinds, gint64 time,
                 HeddleLaneSum *sum, guint64 *touched)
{
  HeddleFoldWalk folded = { 0 };
  HeddleTrackSum tasks = { 0 };

  if (lane->fold.n > 0)
    heddle_lane_fold_walk (&lane->fold, &cursor->walk, time, &folded, touched);
  if (lane->tracks[HEDDLE_FOLD_BUSY]->n > 0)
    heddle_track_sum (lane->tracks[HEDDLE_FOLD_BUSY], time, &cursor->tracks[HEDDLE_FOLD_BUSY],
                      &tasks, touched);
  folded.covered[HEDDLE_FOLD_BUSY] += tasks.covered;
  for (guint kind = HEDDLE_FOLD_BUSY + 1; kind < n_kinds; kind++)
    if (lane->tracks[kind]->n > 0)
      folded.covered[kind] += cover_until (lane, cursor, kind, time, touched);
  sum->busy_ns = folded.covered[HEDDLE_FOLD_BUSY];
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    sum->waits_ns[i] = folded.covered[HEDDLE_FOLD_SLEEP + i];
  sum->on_cpu_ns = folded.covered[HEDDLE_FOLD_ON_CPU] + tasks.times.on_cpu;
  sum->ready_ns = folded.covered[HEDDLE_FOLD_READY] + tasks.times.ready;
  sum->known_ns = folded.covered[HEDDLE_FOLD_KNOWN] + tasks.times.known;
  sum->holding_ns = folded.covered[HEDDLE_FOLD_HOLDING];
  sum->n_done = tasks.n - tasks.n_failed + folded.n_done;
  sum->n_failed = tasks.n_failed + folded.n_failed;
  if (lane->open)
    sum->busy_ns += MAX (MIN (time, cursor->now) - lane->begin, 0);
}

static void
sum_until (const HeddleLane *lane, Cursor *cursor, gint64 time, HeddleLaneSum *sum,
           guint64 *touched)
{
  sum_kinds_until (lane, cursor, HEDDLE_N_FOLDS, time, sum, touched);
}

/* What lies between two sums. Parts of the time in tasks are no more than that, which rounding and
 * what lies between two tasks may make them. */
static void
subtract (const HeddleLaneSum *after, const HeddleLaneSum *before, gint64 width, HeddleLaneSum *sum)
{
  gint64 left;

  sum->busy_ns = left = CLAMP (after->busy_ns - before->busy_ns, 0, width);
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    {
      sum->waits_ns[i] = CLAMP (after->waits_ns[i] - before->waits_ns[i], 0, left);
      left -= sum->waits_ns[i];
    }
  sum->on_cpu_ns = CLAMP (after->on_cpu_ns - before->on_cpu_ns, 0, sum->busy_ns);
  sum->ready_ns = CLAMP (after->ready_ns - before->ready_ns, 0, sum->busy_ns - sum->on_cpu_ns);
  sum->known_ns = CLAMP (after->known_ns - before->known_ns, sum->on_cpu_ns + sum->ready_ns,
                         sum->busy_ns);
  sum->holding_ns = CLAMP (after->holding_ns - before->holding_ns, 0, width);
  sum->n_done = after->n_done - before->n_done;
  sum->n_failed = after->n_failed - before->n_failed;
}

/* begin + (end - begin) * index / n_cells, without the slow division of 128 bits. */
static gint64
edge (gint64 begin, gint64 end, guint index, guint n_cells)
{
  guint64 width = (guint64) end - (guint64) begin;

  return (gint64) ((guint64) begin + width / n_cells * index + width % n_cells * index / n_cells);
}

static void
fill_cell (HeddleLaneCell *cell, gint64 width, const HeddleLaneSum *before,
           const HeddleLaneSum *after)
{
  HeddleLaneSum sum;
  double share = 1 / (double) MAX (width, 1); /* of a nanosecond in the cell */

  subtract (after, before, MAX (width, 0), &sum);
  *cell = (HeddleLaneCell) { .n_done = (guint32) sum.n_done, .n_failed = (guint32) sum.n_failed };
  cell->busy = (float) ((double) sum.busy_ns * share);
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    {
      cell->waits[i] = (float) ((double) sum.waits_ns[i] * share);
      cell->waiting += cell->waits[i];
    }
  cell->on_cpu = (float) ((double) sum.on_cpu_ns * share);
  cell->ready = (float) ((double) sum.ready_ns * share);
  cell->known = (float) ((double) sum.known_ns * share);
  cell->holding = (float) ((double) sum.holding_ns * share);
}

/**
 * heddle_lane_store_sum:
 * @lane: number of a lane; of one that is not there the sum is nothing
 * @begin: nanoseconds
 * @end: nanoseconds
 * @sum: (out): what the lane did from @begin on, and before @end
 *
 * The open task counts as busy from its begin until now; how much of it was on a CPU may not be
 * known before it ends. Costs a few searches, however long the
 * stretch is. Any thread, not inside a batch.
 */
void
heddle_lane_store_sum (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                       HeddleLaneSum *sum)
{
  Cursor cursor;
  HeddleLaneSum before, after;
  HeddleLane *it;

  g_return_if_fail (self != NULL && sum != NULL);

  *sum = (HeddleLaneSum) { 0 };
  if (begin >= end)
    return;
  cursor_init (&cursor);
  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  if (it != NULL)
    {
      sum_until (it, &cursor, begin, &before, &self->touched);
      sum_until (it, &cursor, end, &after, &self->touched);
      subtract (&after, &before, end - begin, sum);
    }
  heddle_lane_store_unlock (self);
}

/* What the sum of tasks of a lane further on will need. */
static void
prefetch_tasks (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end, HeddleTrackDepth depth)
{
  HeddleLane *it = heddle_lane_store_get_lane_locked (self, lane);

  if (it == NULL)
    return;
  heddle_track_prefetch (it->tracks[HEDDLE_FOLD_BUSY], begin, depth);
  if (depth != HEDDLE_TRACK_BEGINS)
    heddle_track_prefetch (it->tracks[HEDDLE_FOLD_BUSY], end, depth);
}

/**
 * heddle_lane_store_sum_tasks:
 * @lane: number of a lane; of one that is not there the sum is nothing
 * @begin: nanoseconds
 * @end: nanoseconds, after @begin
 * @n_failed: (out): tasks that ended in that time, and not well
 *
 * The part of heddle_lane_store_sum() that is of tasks alone, at a fraction of its cost. Cheapest
 * where it is asked for one lane after the other: what was not read lately comes from memory before
 * it is needed. Any thread, not inside a batch.
 *
 * Returns: how long the lane was busy, nanoseconds
 */
gint64
heddle_lane_store_sum_tasks (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                             guint64 *n_failed)
{
  Cursor cursor;
  HeddleLaneSum before, after, sum = { 0 };
  HeddleLane *it;

  g_return_val_if_fail (self != NULL && begin < end, 0);

  cursor_init (&cursor);
  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  if (it != NULL)
    {
      prefetch_tasks (self, lane + 3 * AHEAD, begin, end, HEDDLE_TRACK_BEGINS);
      prefetch_tasks (self, lane + 2 * AHEAD, begin, end, HEDDLE_TRACK_CHUNKS);
      prefetch_tasks (self, lane + AHEAD, begin, end, HEDDLE_TRACK_BLOCKS);
      sum_kinds_until (it, &cursor, 1, begin, &before, &self->touched);
      sum_kinds_until (it, &cursor, 1, end, &after, &self->touched);
      subtract (&after, &before, end - begin, &sum);
    }
  heddle_lane_store_unlock (self);
  *n_failed = sum.n_failed;
  return sum.busy_ns;
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
 * counts as busy from its begin until now. Any thread, not inside a batch.
 */
void
heddle_lane_store_get_cells (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                             HeddleLaneCell *cells, guint n_cells)
{
  Cursor cursor;
  HeddleLaneSum before, after;
  gint64 from = begin;
  HeddleLane *it;

  g_return_if_fail (self != NULL);
  g_return_if_fail (cells != NULL || n_cells == 0);

  if (n_cells == 0)
    return;
  cursor_init (&cursor);
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

/* The numbers of the stretches that are finished, kept and at least partly in the range. */
static void
find_range (const HeddleTrack *track, gint64 begin, gint64 end, guint64 *first, guint64 *last)
{
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

  *span = (HeddleSpan) { .begin = lane->begin, .end = MAX (lane->begin, now), .id = lane->id,
                         .state = HEDDLE_TASK_RUNNING, .queued = lane->queued };
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
      find_range (it->tracks[HEDDLE_FOLD_BUSY], begin, end, &first, &last);
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
      find_range (it->tracks[HEDDLE_FOLD_BUSY], begin, end, &first, &last);
      n = heddle_track_copy (it->tracks[HEDDLE_FOLD_BUSY], first, last, spans, max_spans);
      if (n < max_spans && open_is_in (it, begin, end))
        copy_open (it, &spans[n++]);
    }
  heddle_lane_store_unlock (self);
  return n;
}

/**
 * heddle_lane_store_count_stretches:
 * @lane: number of a lane
 * @kind: of what
 * @begin: nanoseconds
 * @end: nanoseconds
 *
 * Returns: how many stretches of that kind that are kept, but for the open task, lie at least
 * partly in the range. Any thread.
 */
guint
heddle_lane_store_count_stretches (HeddleLaneStore *self, guint lane, HeddleFoldKind kind,
                                   gint64 begin, gint64 end)
{
  guint64 first = 0, last = 0;
  HeddleLane *it;

  g_return_val_if_fail (self != NULL && kind < HEDDLE_N_FOLDS, 0);

  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  if (it != NULL && begin < end)
    find_range (it->tracks[kind], begin, end, &first, &last);
  heddle_lane_store_unlock (self);
  return (guint) MIN (last - first, G_MAXUINT);
}

/**
 * heddle_lane_store_get_stretches:
 * @lane: number of a lane
 * @kind: of what
 * @begin: nanoseconds
 * @end: nanoseconds
 * @stretches: (out) (array length=max_stretches): stretches, in the order of time
 * @max_stretches: how many at most
 *
 * Copies those that heddle_lane_store_count_stretches() counts, not clipped to the range, the first
 * ones where there are more than @max_stretches. Any thread.
 *
 * Returns: how many were copied
 */
guint
heddle_lane_store_get_stretches (HeddleLaneStore *self, guint lane, HeddleFoldKind kind,
                                 gint64 begin, gint64 end, HeddleSpan *stretches,
                                 guint max_stretches)
{
  guint64 first, last;
  HeddleLane *it;
  guint n = 0;

  g_return_val_if_fail (self != NULL && kind < HEDDLE_N_FOLDS, 0);
  g_return_val_if_fail (stretches != NULL || max_stretches == 0, 0);

  heddle_lane_store_lock (self);
  it = heddle_lane_store_get_lane_locked (self, lane);
  if (it != NULL && begin < end)
    {
      find_range (it->tracks[kind], begin, end, &first, &last);
      n = heddle_track_copy (it->tracks[kind], first, last, stretches, max_stretches);
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
      const HeddleTrack *track = it->tracks[HEDDLE_FOLD_BUSY];
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
      info->settled = it->open ? it->begin : it->tracks[HEDDLE_FOLD_BUSY]->end;
      /* states come later than the tasks that they are of */
      if (it->tracks[HEDDLE_FOLD_KNOWN]->n > 0)
        info->settled = MIN (info->settled, it->tracks[HEDDLE_FOLD_KNOWN]->end);
      info->busy_ns = it->tracks[HEDDLE_FOLD_BUSY]->covered;
      info->n_spans = it->tracks[HEDDLE_FOLD_BUSY]->n;
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
