/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "measure/histogram.h"

static void
test_buckets (void)
{
  gint64 value = 0;

  for (guint i = 0;
       i + 1 < HEDDLE_HISTOGRAM_BUCKETS && heddle_histogram_bucket_begin (i + 1) < G_MAXINT64; i++)
    {
      gint64 begin = heddle_histogram_bucket_begin (i);
      gint64 end = heddle_histogram_bucket_begin (i + 1);

      g_assert_cmpint (begin, ==, value);
      g_assert_cmpint (end, >, begin);
      g_assert_cmpint (end - begin, <=, MAX (begin / 16, 1));
      g_assert_cmpuint (heddle_histogram_bucket_of (begin), ==, i);
      g_assert_cmpuint (heddle_histogram_bucket_of (end - 1), ==, i);
      value = end;
    }
  g_assert_cmpuint (heddle_histogram_bucket_of (G_MAXINT64), <, HEDDLE_HISTOGRAM_BUCKETS);
  g_assert_cmpuint (heddle_histogram_bucket_of (-5), ==, 0);
  g_assert_cmpint (heddle_histogram_bucket_begin (HEDDLE_HISTOGRAM_BUCKETS), ==, G_MAXINT64);
}

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
test_quantiles (void)
{
  static const double qs[] = { 0.001, 0.1, 0.5, 0.9, 0.99, 0.999 };
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);
  gint64 values[3000];

  for (guint round = 0; round < 20; round++)
    {
      guint n = (guint) g_test_rand_int_range (1, G_N_ELEMENTS (values));
      double sum = 0;

      heddle_histogram_clear (histogram);
      for (guint i = 0; i < n; i++)
        {
          values[i] = (gint64) exp (g_test_rand_double_range (0, 30));
          sum += (double) values[i];
          heddle_histogram_add (histogram, values[i]);
        }
      qsort (values, n, sizeof *values, compare);
      for (guint i = 0; i < G_N_ELEMENTS (qs); i++)
        {
          double expected = (double) values[(guint) ceil (qs[i] * n) - 1];
          double got = (double) heddle_histogram_quantile (histogram, qs[i]);

          g_assert_cmpfloat_with_epsilon (got, expected, expected / 16 + 1);
        }
      g_assert_cmpint (heddle_histogram_quantile (histogram, 0), ==, values[0]);
      g_assert_cmpint (heddle_histogram_quantile (histogram, 1), ==, values[n - 1]);
      g_assert_cmpfloat_with_epsilon (histogram->sum / sum, 1, 1e-9);
    }
}

/* As many as are kept one by one: what a sorted list of them says, to the nanosecond. */
static void
test_few_are_exact (void)
{
  static const guint percents[] = { 1, 25, 50, 75, 90, 95, 99 };
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);
  gint64 values[HEDDLE_HISTOGRAM_FEW];

  for (guint n = 1; n <= HEDDLE_HISTOGRAM_FEW; n++)
    {
      guint split = (guint) g_test_rand_int_range (0, (gint32) n + 1);

      heddle_histogram_clear (histogram);
      for (guint i = 0; i < n; i++)
        values[i] = (gint64) exp (g_test_rand_double_range (0, 42));
      heddle_histogram_add_many (histogram, values, split);
      heddle_histogram_add_many (histogram, values + split, n - split);
      qsort (values, n, sizeof *values, compare);
      for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
        {
          guint rank = (n * percents[i] + 99) / 100;

          g_assert_cmpint (heddle_histogram_quantile (histogram, percents[i] / 100.0), ==,
                           values[rank - 1]);
        }
    }
}

/* Five tasks, of which one took 1.3 s: that is the slowest of a hundred, too. */
static void
test_known_tasks (void)
{
  static const gint64 ms[] = { 400, 1300, 500, 450, 480 };
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);

  for (guint i = 0; i < G_N_ELEMENTS (ms); i++)
    heddle_histogram_add (histogram, ms[i] * 1000000);
  g_assert_cmpint (heddle_histogram_quantile (histogram, 0.5), ==, 480000000);
  g_assert_cmpint (heddle_histogram_quantile (histogram, 0.99), ==, 1300000000);
}

/*
 * However many there are, no quantile lies outside of what was measured, and they come in their
 * order.
 */
static void
test_never_outside (void)
{
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);

  for (guint round = 0; round < 200; round++)
    {
      double low = g_test_rand_double_range (0, 40), high = low + g_test_rand_double_range (0, 0.2);
      guint n = (guint) g_test_rand_int_range (HEDDLE_HISTOGRAM_FEW + 1, 1000);
      gint64 before = 0;

      heddle_histogram_clear (histogram);
      for (guint i = 0; i < n; i++)
        heddle_histogram_add (histogram, (gint64) exp (g_test_rand_double_range (low,
                                                                                 high + 1e-9)));
      for (guint percent = 0; percent <= 100; percent++)
        {
          gint64 value = heddle_histogram_quantile (histogram, percent / 100.0);

          g_assert_cmpint (value, >=, MAX (before, histogram->min));
          g_assert_cmpint (value, <=, histogram->max);
          before = value;
        }
    }
}

static void
test_empty (void)
{
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);
  gint64 bounds[2];
  guint64 counts[1];

  g_assert_cmpint (heddle_histogram_quantile (histogram, 0.5), ==, 0);
  g_assert_cmpuint (heddle_histogram_bars (histogram, 1, bounds, counts), ==, 0);
}

static void
test_many_at_once (void)
{
  g_autofree HeddleHistogram *singly = g_new0 (HeddleHistogram, 1);
  g_autofree HeddleHistogram *at_once = g_new0 (HeddleHistogram, 1);
  gint64 values[50];

  heddle_histogram_add_many (at_once, values, 0);
  g_assert_cmpmem (at_once, sizeof *at_once, singly, sizeof *singly);
  for (guint i = 0; i < 100; i++)
    {
      guint n = (guint) g_test_rand_int_range (1, G_N_ELEMENTS (values) + 1);

      for (guint j = 0; j < n; j++)
        {
          values[j] = g_test_rand_int_range (-10, 1000000000) >> g_test_rand_int_range (0, 30);
          heddle_histogram_add (singly, values[j]);
        }
      heddle_histogram_add_many (at_once, values, n);
    }
  g_assert_cmpmem (at_once->buckets, sizeof at_once->buckets, singly->buckets,
                   sizeof singly->buckets);
  g_assert_cmpint (at_once->min, ==, singly->min);
  g_assert_cmpint (at_once->max, ==, singly->max);
  g_assert_cmpuint (at_once->count, ==, singly->count);
  g_assert_cmpfloat (at_once->sum, ==, singly->sum); /* whole numbers: exact in any order */
}

/* What any picture has to be: bars side by side, every value counted once, in the bar it belongs
 * to. */
static void
check_bars (const HeddleHistogram *histogram, guint max_bars)
{
  g_autofree gint64 *bounds = g_new (gint64, max_bars + 1);
  g_autofree guint64 *counts = g_new (guint64, max_bars);
  guint n = heddle_histogram_bars (histogram, max_bars, bounds, counts);
  guint64 sum = 0;

  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <=, max_bars);
  g_assert_cmpint (bounds[0], <=, histogram->min);
  g_assert_cmpint (bounds[n], >=, histogram->max);
  for (guint i = 0; i < n; i++)
    {
      guint64 expected = 0;

      g_assert_cmpint (bounds[i + 1], >, bounds[i]);
      for (guint k = 0;
           k < HEDDLE_HISTOGRAM_BUCKETS && heddle_histogram_bucket_begin (k) < G_MAXINT64; k++)
        if (heddle_histogram_bucket_begin (k) >= bounds[i]
            && heddle_histogram_bucket_begin (k) < bounds[i + 1])
          expected += histogram->buckets[k];
      g_assert_cmpuint (counts[i], ==, expected);
      sum += counts[i];
    }
  g_assert_cmpuint (sum, ==, histogram->count);
}

static void
test_bars (void)
{
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);

  for (guint round = 0; round < 300; round++)
    {
      guint n = (guint) g_test_rand_int_range (1, 500);
      double low = g_test_rand_double_range (0, 42);
      double high = low + g_test_rand_double_range (0, 43 - low);

      heddle_histogram_clear (histogram);
      for (guint i = 0; i < n; i++)
        heddle_histogram_add (histogram,
                              (gint64) exp (g_test_rand_double_range (low, high + 1e-6)));
      check_bars (histogram, (guint) g_test_rand_int_range (1, 60));
    }
}

static void
test_extremes (void)
{
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);

  heddle_histogram_add (histogram, 0);
  check_bars (histogram, 24);
  heddle_histogram_add (histogram, G_MAXINT64 - 1);
  check_bars (histogram, 24);
  heddle_histogram_clear (histogram);
  heddle_histogram_add (histogram, G_MAXINT64 - 1);
  check_bars (histogram, 1);
  check_bars (histogram, 24);
}

/* Ten thousand tasks of about a millisecond and one of a minute: the many still fill most of the
 * picture. */
static void
test_straggler (void)
{
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);
  gint64 bounds[25];
  guint64 counts[24];
  guint n, filled = 0;

  for (guint i = 0; i < 10000; i++)
    heddle_histogram_add (histogram, g_test_rand_int_range (500000, 2000000));
  heddle_histogram_add (histogram, G_GINT64_CONSTANT (60000000000));
  check_bars (histogram, 24);
  n = heddle_histogram_bars (histogram, 24, bounds, counts);
  for (guint i = 0; i < n; i++)
    filled += counts[i] > 0;
  g_assert_cmpuint (filled * 3, >, n * 2);
  g_assert_cmpuint (counts[n - 1], >=, 1);
}

/* Tasks that all take the same time are one bar among empty ones, not a block that fills the
 * picture. */
static void
test_narrow (void)
{
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);
  gint64 bounds[25];
  guint64 counts[24];
  guint n, filled = 0;

  for (guint i = 0; i < 10; i++)
    heddle_histogram_add (histogram, G_GINT64_CONSTANT (2000000000));
  n = heddle_histogram_bars (histogram, 24, bounds, counts);
  for (guint i = 0; i < n; i++)
    filled += counts[i] > 0;
  g_assert_cmpuint (filled, ==, 1);
  g_assert_cmpuint (n, >=, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/buckets-cover-all-values", test_buckets);
  g_test_add_func ("/histogram/quantiles-are-close", test_quantiles);
  g_test_add_func ("/histogram/few-are-exact", test_few_are_exact);
  g_test_add_func ("/histogram/slowest-of-five-is-the-99th-percentile", test_known_tasks);
  g_test_add_func ("/histogram/quantiles-are-never-outside-of-what-was-measured",
                   test_never_outside);
  g_test_add_func ("/histogram/empty-is-zero", test_empty);
  g_test_add_func ("/histogram/many-at-once-equal-as-many-singly", test_many_at_once);
  g_test_add_func ("/histogram/bars-count-every-value", test_bars);
  g_test_add_func ("/histogram/bars-of-extreme-values", test_extremes);
  g_test_add_func ("/histogram/straggler-does-not-squeeze-the-rest", test_straggler);
  g_test_add_func ("/histogram/equal-values-are-one-bar", test_narrow);
  return g_test_run ();
}
