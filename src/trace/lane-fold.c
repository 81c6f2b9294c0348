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
  g_free (self->buckets);
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
  return self->allocated * sizeof *self->buckets;
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
  self->buckets = g_new0 (HeddleFoldBucket, self->allocated);
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

static void
merge_pairs (HeddleLaneFold *self)
{
  guint64 odd = (guint64) (self->base >> self->shift) & 1;
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    {
      HeddleFoldBucket bucket = self->buckets[i];
      guint to = (guint) ((i + odd) / 2);

      if (to == n)
        {
          self->buckets[n++] = bucket;
          continue;
        }
      for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
        self->buckets[to].covered[kind] += bucket.covered[kind];
      self->buckets[to].n_done += bucket.n_done;
      self->buckets[to].n_failed += bucket.n_failed;
    }
  memset (self->buckets + n, 0, (self->n - n) * sizeof *self->buckets);
  self->n = n;
  self->shift++;
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
      self->buckets = g_renew (HeddleFoldBucket, self->buckets, allocated);
      memset (self->buckets + self->allocated, 0,
              (allocated - self->allocated) * sizeof *self->buckets);
      self->allocated = allocated;
    }
  self->n = MAX (self->n, (guint) index + 1);
}

/**
 * heddle_lane_fold_add:
 * @self: a fold that has begun
 * @kind: what the stretch's time counts as; a task's end counts as well where it is
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

      self->buckets[i].covered[kind] += to - from;
    }
  if (kind == HEDDLE_FOLD_BUSY)
    {
      self->buckets[last].n_done += stretch->state == HEDDLE_TASK_DONE;
      self->buckets[last].n_failed += stretch->state != HEDDLE_TASK_DONE;
    }
  self->end[kind] = MAX (self->end[kind], end);
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
  HeddleFoldBucket *bucket;

  end = MAX (end, self->base);
  reach (self, end);
  bucket = &self->buckets[index_of (self, end)];
  bucket->covered[kind] += sum->covered;
  if (kind == HEDDLE_FOLD_BUSY)
    {
      bucket->n_done += (guint32) (sum->n - sum->n_failed);
      bucket->n_failed += (guint32) sum->n_failed;
    }
  self->end[kind] = MAX (self->end[kind], end);
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
      const HeddleFoldBucket *bucket = &self->buckets[walk->index];

      for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
        walk->covered[kind] += bucket->covered[kind];
      walk->n_done += bucket->n_done;
      walk->n_failed += bucket->n_failed;
    }
  *sums = *walk;
  if (until < self->n)
    {
      const HeddleFoldBucket *bucket = &self->buckets[until];
      double share = get_share (self, until, HEDDLE_FOLD_BUSY, time);

      for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
        sums->covered[kind] +=
          (gint64) ((double) bucket->covered[kind] * get_share (self, until, kind, time));
      sums->n_done += (guint64) (bucket->n_done * share);
      sums->n_failed += (guint64) (bucket->n_failed * share);
      (*touched)++;
    }
}
