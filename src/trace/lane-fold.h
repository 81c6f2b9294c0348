/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/track.h"

G_BEGIN_DECLS

/*
 * A fold: what is left of the part of a lane's history that was given up: sums in time buckets,
 * guarded by the lane store's lock.
 *
 * Memory is bounded: when the buckets no longer reach far enough, each pair becomes one of twice
 * the width. A kind of which nothing was given up takes none, so that the fold of a lane is 16 KiB
 * where there are tasks alone, and at most 72 KiB where there is something of everything. Totals of
 * tasks are added to the sums of the states whose stretches are known.
 */
#define HEDDLE_FOLD_BUCKETS 1024
#define HEDDLE_FOLD_FINEST 20 /* a bucket is at first 2^20 ns wide, about a millisecond */

typedef struct {
  guint32 n_done;   /* tasks that ended well in it */
  guint32 n_failed;
} HeddleFoldEnds;

typedef struct {
  HeddleFoldEnds *ends;             /* NULL: the fold has not begun */
  gint64 *covered[HEDDLE_N_FOLDS];  /* nanoseconds; NULL: none of that kind */
  guint allocated;                  /* buckets, in each of these */
  guint n;
  guint shift;                      /* a bucket is 2^shift ns wide */
  gint64 base;                      /* the first bucket is that of this time */
  gint64 end[HEDDLE_N_FOLDS];       /* where what was folded ends */
} HeddleLaneFold;

/* A walk over the buckets with time; all zero to begin with. */
typedef struct {
  gboolean walking;
  guint index;                   /* buckets before this one are in the sums */
  gint64 covered[HEDDLE_N_FOLDS];
  guint64 n_done;
  guint64 n_failed;
} HeddleFoldWalk;

void heddle_lane_fold_clear (HeddleLaneFold *self);
gsize heddle_lane_fold_get_bytes (const HeddleLaneFold *self);
void heddle_lane_fold_begin (HeddleLaneFold *self, gint64 base);
void heddle_lane_fold_add (HeddleLaneFold *self, HeddleFoldKind kind, const HeddleSpan *stretch);
gint64 heddle_lane_fold_get_bucket_end (const HeddleLaneFold *self, gint64 time);
void heddle_lane_fold_add_sum (HeddleLaneFold *self, HeddleFoldKind kind, gint64 end,
                               const HeddleTrackSum *sum);
void heddle_lane_fold_walk (const HeddleLaneFold *self, HeddleFoldWalk *walk, gint64 time,
                            HeddleFoldWalk *sums, guint64 *touched);

G_END_DECLS
