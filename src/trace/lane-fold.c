/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trace/lane-fold.h"

#include <string.h>

#define FIRST_ALLOCATION 64

/**
 * heddle_lane_fold_clear:
 *
 * Frees what the fold holds, not @self, and leaves it empty.
 */
void
heddle_lane_fold_clear (HeddleLaneFold *self)
{
  g_free (self->ends);
  for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
    g_free (self->covered[kind]);
  memset (self, 0, sizeof *self);
}

/**
 * heddle_lane_fold_get_bytes:
 *
 * Returns: memory held, bytes
 */
gsize
heddle_lane_fold_get_bytes (const HeddleLaneFold *self)
{
  gsize bucket = sizeof *self->ends;

  for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
    if (self->covered[kind] != NULL)
      bucket += sizeof *self->covered[kind];
  return self->allocated * bucket;
}

/**
 * heddle_lane_fold_begin:
 * @self: a fold, all zero
 * @base: nanoseconds, not negative: nothing that is to be added begins before
 */
void
heddle_lane_fold_begin (HeddleLaneFold *self, gint64 base)
{
  g_assert (base >= 0);

  self->base = base;
  self->shift = HEDDLE_FOLD_FINEST;
  self->allocated = FIRST_ALLOCATION;
  self->ends = g_new0 (HeddleFoldEnds, self->allocated);
}

static guint64
index_of (const HeddleLaneFold *self, gint64 time)
{
  return (guint64) (time >> self->shift) - (guint64) (self->base >> self->shift);
}

static gint64
begin_of (const HeddleLaneFold *self, guint index)
{
  return ((self->base >> self->shift) + index) << self->shift;
}

/* Bucket @from becomes one with bucket @to, which is not behind it. */
static void
merge_into (HeddleLaneFold *self, guint to, guint from)
{
  if (to == from)
    return;
  self->ends[to].n_done += self->ends[from].n_done;
  self->ends[to].n_failed += self->ends[from].n_failed;
  self->ends[from] = (HeddleFoldEnds) { 0 };
  for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
    if (self->covered[kind] != NULL)
      {
        self->covered[kind][to] += self->covered[kind][from];
        self->covered[kind][from] = 0;
      }
}

static void
merge_pairs (HeddleLaneFold *self)
{
  guint odd = (guint) ((self->base >> self->shift) & 1);

  for (guint i = 0; i < self->n; i++)
    merge_into (self, (i + odd) / 2, i);
  self->n = (self->n + odd + 1) / 2;
  self->shift++;
}

static gpointer
grow (gpointer column, gsize item, guint before, guint after)
{
  column = g_realloc_n (column, after, item);
  memset ((char *) column + before * item, 0, (after - before) * item);
  return column;
}

/* Makes the buckets reach as far as @time. */
static void
reach (HeddleLaneFold *self, gint64 time)
{
  guint64 index;

  while ((index = index_of (self, time)) >= HEDDLE_FOLD_BUCKETS)
    merge_pairs (self);
  if (index >= self->allocated)
    {
      guint allocated = self->allocated;

      while (index >= allocated)
        allocated *= 2;
      self->ends = grow (self->ends, sizeof *self->ends, self->allocated, allocated);
      for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
        if (self->covered[kind] != NULL)
          self->covered[kind] = grow (self->covered[kind], sizeof *self->covered[kind],
                                      self->allocated, allocated);
      self->allocated = allocated;
    }
  self->n = MAX (self->n, (guint) index + 1);
}

static void
add_covered (HeddleLaneFold *self, HeddleFoldKind kind, guint index, gint64 ns)
{
  if (ns == 0)
    return;
  if (self->covered[kind] == NULL)
    self->covered[kind] = g_new0 (gint64, self->allocated);
  self->covered[kind][index] += ns;
}

static void
note_end (HeddleLaneFold *self, HeddleFoldKind kind, gint64 end)
{
  self->end[kind] = MAX (self->end[kind], end);
}

/* Adds the shares of a task's totals that fall on a part of it. */
static void
add_times (HeddleLaneFold *self, guint index, const HeddleSpan *task, gint64 from, gint64 to)
{
  const HeddleTaskTimes *times = &task->times;
  gint64 length = task->end - task->begin;

  from -= task->begin;
  to -= task->begin;
  add_covered (self, HEDDLE_FOLD_ON_CPU, index,
               heddle_track_share (times->on_cpu_ns, to, length)
                 - heddle_track_share (times->on_cpu_ns, from, length));
  add_covered (self, HEDDLE_FOLD_READY, index,
               heddle_track_share (times->ready_ns, to, length)
                 - heddle_track_share (times->ready_ns, from, length));
  add_covered (self, HEDDLE_FOLD_KNOWN, index, to - from);
}

static void
note_times_end (HeddleLaneFold *self, gint64 end)
{
  note_end (self, HEDDLE_FOLD_ON_CPU, end);
  note_end (self, HEDDLE_FOLD_READY, end);
  note_end (self, HEDDLE_FOLD_KNOWN, end);
}

/**
 * heddle_lane_fold_add:
 * @self: a fold that has begun
 * @kind: what the stretch's time counts as; a task's end and its totals count as well where it is
 * %HEDDLE_FOLD_BUSY
 * @stretch: later than all of its kind before
 */
void
heddle_lane_fold_add (HeddleLaneFold *self, HeddleFoldKind kind, const HeddleSpan *stretch)
{
  gint64 begin = MAX (stretch->begin, self->base);
  gint64 end = MAX (stretch->end, begin);
  guint last;

  reach (self, end);
  last = (guint) index_of (self, end);
  for (guint i = (guint) index_of (self, begin); i <= last; i++)
    {
      gint64 from = MAX (begin, begin_of (self, i));
      gint64 to = i < last ? begin_of (self, i + 1) : end;

      add_covered (self, kind, i, to - from);
      if (stretch->times.known)
        add_times (self, i, stretch, from, to);
    }
  note_end (self, kind, end);
  if (stretch->times.known)
    note_times_end (self, end);
  if (kind != HEDDLE_FOLD_BUSY)
    return;
  self->ends[last].n_done += stretch->state == HEDDLE_TASK_DONE;
  self->ends[last].n_failed += stretch->state != HEDDLE_TASK_DONE;
}

/**
 * heddle_lane_fold_get_bucket_end:
 * @self: a fold that has begun
 * @time: nanoseconds
 *
 * Returns: where the bucket of that time ends, as far as the fold reaches now
 */
gint64
heddle_lane_fold_get_bucket_end (const HeddleLaneFold *self, gint64 time)
{
  return ((MAX (time, self->base) >> self->shift) + 1) << self->shift;
}

/**
 * heddle_lane_fold_add_sum:
 * @self: a fold that has begun
 * @kind: as in heddle_lane_fold_add()
 * @end: the end of the last of them
 * @sum: stretches, later than all of their kind before, that begin and end in one bucket
 *
 * Adds many stretches at the cost of one.
 */
void
heddle_lane_fold_add_sum (HeddleLaneFold *self, HeddleFoldKind kind, gint64 end,
                          const HeddleTrackSum *sum)
{
  guint index;

  end = MAX (end, self->base);
  reach (self, end);
  index = (guint) index_of (self, end);
  add_covered (self, kind, index, sum->covered);
  note_end (self, kind, end);
  if (kind != HEDDLE_FOLD_BUSY)
    return;
  self->ends[index].n_done += (guint32) (sum->n - sum->n_failed);
  self->ends[index].n_failed += (guint32) sum->n_failed;
  if (sum->times.known == 0)
    return;
  add_covered (self, HEDDLE_FOLD_ON_CPU, index, sum->times.on_cpu);
  add_covered (self, HEDDLE_FOLD_READY, index, sum->times.ready);
  add_covered (self, HEDDLE_FOLD_KNOWN, index, sum->times.known);
  note_times_end (self, end);
}

/* The share of a bucket's sums of one kind that lies before @time. */
static double
get_share (const HeddleLaneFold *self, guint index, HeddleFoldKind kind, gint64 time)
{
  gint64 begin = MAX (begin_of (self, index), self->base);
  gint64 end = MIN (begin_of (self, index + 1), self->end[kind]);

  if (time <= begin)
    return 0;
  if (time >= end)
    return 1;
  return (double) (time - begin) / (double) (end - begin);
}

/**
 * heddle_lane_fold_walk:
 * @walk: (inout): where the walk stands; its times must not go back
 * @time: nanoseconds
 * @sums: (out): what lies before @time and not before the first bucket of the walk, taken as spread
 * evenly inside a bucket
 * @touched: (inout): grows by the number of buckets looked at
 */
void
heddle_lane_fold_walk (const HeddleLaneFold *self, HeddleFoldWalk *walk, gint64 time,
                       HeddleFoldWalk *sums, guint64 *touched)
{
  guint64 index = time > self->base ? index_of (self, time) : 0;
  guint until = (guint) MIN (index, self->n);

  if (!walk->walking)
    {
      walk->walking = TRUE;
      walk->index = until;
    }
  for (; walk->index < until; walk->index++, (*touched)++)
    {
      for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
        if (self->covered[kind] != NULL)
          walk->covered[kind] += self->covered[kind][walk->index];
      walk->n_done += self->ends[walk->index].n_done;
      walk->n_failed += self->ends[walk->index].n_failed;
    }
  *sums = *walk;
  if (until < self->n)
    {
      double share = get_share (self, until, HEDDLE_FOLD_BUSY, time);

      for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
        if (self->covered[kind] != NULL)
          sums->covered[kind] += (gint64) ((double) self->covered[kind][until]
                                           * get_share (self, until, kind, time));
      sums->n_done += (guint64) (self->ends[until].n_done * share);
      sums->n_failed += (guint64) (self->ends[until].n_failed * share);
      (*touched)++;
    }
}
