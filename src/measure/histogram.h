/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/types.h"

G_BEGIN_DECLS

/* A histogram of durations with buckets that grow with the value: 16 linear steps in each power of
 * two, 1 ns to 2^63 ns, in fixed memory. The first values are kept one by one beside their buckets:
 * while there are no more of them a quantile is exact, beyond that its error is at most 1/16. One
 * writer at a time; readers copy the struct under the owner's lock. */
#define HEDDLE_HISTOGRAM_BUCKETS 976
#define HEDDLE_HISTOGRAM_FEW 256

struct _HeddleHistogram {
  guint64 count;
  gint64 min;
  gint64 max;
  double sum;
  guint64 buckets[HEDDLE_HISTOGRAM_BUCKETS];
  gint64 few[HEDDLE_HISTOGRAM_FEW]; /* the values themselves, in any order, while all fit */
};

void heddle_histogram_clear (HeddleHistogram *self);
void heddle_histogram_add (HeddleHistogram *self, gint64 value);
void heddle_histogram_add_many (HeddleHistogram *self, const gint64 *values, guint n);
gint64 heddle_histogram_quantile (const HeddleHistogram *self, double q);
gint64 heddle_histogram_pick (const gint64 *values, guint n, guint rank);
guint heddle_histogram_bucket_of (gint64 value);
gint64 heddle_histogram_bucket_begin (guint bucket);
guint heddle_histogram_bars (const HeddleHistogram *self, guint max_bars, gint64 *bounds,
                             guint64 *counts);

G_END_DECLS
