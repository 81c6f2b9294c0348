/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 16
#define STEP_BITS 4
#define USED_BUCKETS (STEPS + STEPS * (63 - STEP_BITS))
#define FEWEST_BARS 12

G_STATIC_ASSERT (USED_BUCKETS <= HEDDLE_HISTOGRAM_BUCKETS);

/**
 * heddle_histogram_clear:
 * @self: a histogram, of any content
 *
 * Makes it an empty one.
 */
void
heddle_histogram_clear (HeddleHistogram *self)
{
  g_return_if_fail (self != NULL);

  memset (self, 0, sizeof *self);
}

/* Inline, since a block of tasks asks for it a million times a second; a public function is never
 * inlined where code may be moved (-fPIC). */
static inline guint
bucket_of (gint64 value)
{
  guint exponent;

  if (value < STEPS)
    return (guint) MAX (value, 0);
  exponent = 63 - (guint) __builtin_clzll ((guint64) value);
  return (exponent - STEP_BITS + 1) * STEPS + (guint) (value >> (exponent - STEP_BITS)) - STEPS;
}

/**
 * heddle_histogram_bucket_of:
 * @value: nanoseconds; a negative one counts as 0
 *
 * Returns: the number of the bucket that @value falls into: below 16 the value itself, above 16
 * steps in each power of two
 */
guint
heddle_histogram_bucket_of (gint64 value)
{
  return bucket_of (value);
}

/**
 * heddle_histogram_bucket_begin:
 * @bucket: number of a bucket, or one more than the last
 *
 * Returns: the least value that falls into it; the greatest there is for buckets that no value
 * falls into
 */
gint64
heddle_histogram_bucket_begin (guint bucket)
{
  guint exponent;

  if (bucket < STEPS)
    return bucket;
  if (bucket >= USED_BUCKETS)
    return G_MAXINT64;
  exponent = bucket / STEPS - 1;
  return (gint64) (STEPS + bucket % STEPS) << exponent;
}

/* As long as all fit, before they are counted. */
static void
keep_few (HeddleHistogram *self, const gint64 *values, guint64 n)
{
  if (self->count + n > HEDDLE_HISTOGRAM_FEW)
    return;
  for (guint64 i = 0; i < n; i++)
    self->few[self->count + i] = MAX (values[i], 0);
}

/**
 * heddle_histogram_add:
 * @value: nanoseconds; a negative one counts as 0
 */
void
heddle_histogram_add (HeddleHistogram *self, gint64 value)
{
  value = MAX (value, 0);
  keep_few (self, &value, 1);
  self->min = self->count == 0 ? value : MIN (self->min, value);
  self->max = MAX (self->max, value);
  self->count++;
  self->sum += (double) value;
  self->buckets[bucket_of (value)]++;
}

/**
 * heddle_histogram_add_many:
 * @values: (array length=n): nanoseconds; a negative one counts as 0
 * @n: how many
 *
 * The same as so many times heddle_histogram_add(), at a fraction of the cost.
 */
void
heddle_histogram_add_many (HeddleHistogram *self, const gint64 *values, guint n)
{
  gint64 min = self->count == 0 ? G_MAXINT64 : self->min;
  gint64 max = self->max;
  double sum = 0;

  if (n == 0)
    return;
  keep_few (self, values, n);
  for (guint i = 0; i < n; i++)
    {
      gint64 value = MAX (values[i], 0);

      min = MIN (min, value);
      max = MAX (max, value);
      sum += (double) value;
      self->buckets[bucket_of (value)]++;
    }
  self->min = min;
  self->max = max;
  self->sum += sum;
  self->count += n;
}

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/**
 * heddle_histogram_pick:
 * @values: (array length=n): in any order
 * @n: how many, HEDDLE_HISTOGRAM_FEW at most
 * @rank: from 1 to @n
 *
 * Returns: the value that has this rank among them, the least one having the first
 */
gint64
heddle_histogram_pick (const gint64 *values, guint n, guint rank)
{
  gint64 sorted[HEDDLE_HISTOGRAM_FEW];

  memcpy (sorted, values, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, compare);
  return sorted[rank - 1];
}

/* The value of rank @nth of the @n in the bucket: these are taken as spread evenly over what of the
 * bucket lies between the least and the greatest value. */
static gint64
interpolate (const HeddleHistogram *self, guint bucket, guint64 nth, guint64 n)
{
  gint64 begin = MAX (heddle_histogram_bucket_begin (bucket), self->min);
  gint64 end = MIN (heddle_histogram_bucket_begin (bucket + 1) - 1, self->max);

  return begin + (gint64) ((double) (end - begin) * ((double) nth - 0.5) / (double) n);
}

/**
 * heddle_histogram_quantile:
 * @q: 0 to 1: 0.5 for the median
 *
 * The value of nearest rank: the least one that a share of @q of all values do not exceed. Exact
 * while there are no more than %HEDDLE_HISTOGRAM_FEW values, and for 0 and 1; beyond that
 * interpolated in its bucket, which is off by at most one sixteenth. Never less than the least and
 * never more than the greatest value.
 *
 * Returns: nanoseconds, 0 where the histogram is empty
 */
gint64
heddle_histogram_quantile (const HeddleHistogram *self, double q)
{
  guint64 rank, before = 0;

  g_return_val_if_fail (self != NULL, 0);

  if (self->count == 0)
    return 0;
  if (!(q > 0))
    return self->min;
  if (q >= 1)
    return self->max;
  /* 0.99 is a little more than 99 of 100 in binary: that makes no rank of its own */
  rank = CLAMP ((guint64) ceil (q * (double) self->count * (1 - 1e-12)), 1, self->count);
  if (self->count <= HEDDLE_HISTOGRAM_FEW)
    return heddle_histogram_pick (self->few, (guint) self->count, (guint) rank);
  for (guint i = heddle_histogram_bucket_of (self->min); i < USED_BUCKETS; i++)
    {
      guint64 n = self->buckets[i];

      if (before + n >= rank)
        return interpolate (self, i, rank - before, n);
      before += n;
    }
  return self->max;
}

/* The buckets that the bars span. A few stragglers far out would press all the rest into a corner:
 * where the last one in a thousand would take more than a third of the width, the bars end before
 * them. A narrow range gets empty bars beside it. */
static void
choose_range (const HeddleHistogram *self, guint max_bars, guint *first, guint *last)
{
  guint end = heddle_histogram_bucket_of (self->max);
  guint mostly = heddle_histogram_bucket_of (heddle_histogram_quantile (self, 0.999));
  guint fewest = MIN (FEWEST_BARS, max_bars);

  *first = heddle_histogram_bucket_of (self->min);
  *last = end - mostly > (end - *first) / 3 ? mostly : end;
  while (*last - *first + 1 < fewest)
    {
      if (*first > 0)
        (*first)--;
      if (*last - *first + 1 < fewest && *last + 1 < USED_BUCKETS)
        (*last)++;
    }
}

/**
 * heddle_histogram_bars:
 * @max_bars: how many bars there is room for
 * @bounds: (out) (array): room for @max_bars + 1 values; bar i goes from bounds[i] to bounds[i +
 * 1], nanoseconds
 * @counts: (out) (array length=max_bars): how many values fall into each bar
 *
 * Makes a picture of the histogram: bars from the least value to the greatest, each of as many
 * buckets as the others. Buckets are even steps in each power of two, so a chart has to place the
 * bars by their bounds. Every value is counted: where few values lie far above all others, the last
 * bar holds them, and its upper bound is that of the greatest one.
 *
 * Returns: how many bars there are, 0 where the histogram is empty
 */
guint
heddle_histogram_bars (const HeddleHistogram *self, guint max_bars, gint64 *bounds, guint64 *counts)
{
  guint first, last, per_bar, n_bars;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (max_bars == 0 || (bounds != NULL && counts != NULL), 0);

  if (self->count == 0 || max_bars == 0)
    return 0;
  choose_range (self, max_bars, &first, &last);
  per_bar = (last - first) / max_bars + 1;
  n_bars = (last - first) / per_bar + 1;
  memset (counts, 0, n_bars * sizeof *counts);
  for (guint i = 0; i < n_bars; i++)
    bounds[i] = heddle_histogram_bucket_begin (first + i * per_bar);
  bounds[n_bars] = MAX (heddle_histogram_bucket_begin (first + n_bars * per_bar),
                        heddle_histogram_bucket_begin (heddle_histogram_bucket_of (self->max) + 1));
  for (guint i = first; i < USED_BUCKETS; i++)
    counts[MIN ((i - first) / per_bar, n_bars - 1)] += self->buckets[i];
  return n_bars;
}
