/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

#include "measure/series.h"

static void
test_basics (void)
{
  HeddleSeries *series = heddle_series_new ("Queue", "tasks", 16);
  double value, min, max;
  HeddleSeriesCell cell;
  gint64 time;
  guint64 serial = heddle_series_get_serial (series);

  g_assert_cmpstr (heddle_series_get_name (series), ==, "Queue");
  g_assert_cmpstr (heddle_series_get_unit (series), ==, "tasks");
  g_assert_false (heddle_series_get_last (series, &time, &value));
  g_assert_false (heddle_series_get_range (series, 0, 100, &min, &max));
  heddle_series_get_cells (series, 0, 100, &cell, 1);
  g_assert_cmpuint (cell.n_samples, ==, 0);

  heddle_series_add (series, 10, 4);
  heddle_series_add (series, 20, 8);
  heddle_series_add (series, 25, NAN);
  heddle_series_add (series, 15, 2); /* late: counts from 20 on */
  g_assert_cmpuint (heddle_series_get_length (series), ==, 3);
  g_assert_cmpuint (heddle_series_get_serial (series), ==, serial + 3);
  g_assert_true (heddle_series_get_last (series, &time, &value));
  g_assert_cmpint (time, ==, 20);
  g_assert_cmpfloat (value, ==, 2);
  g_assert_true (heddle_series_get_range (series, 15, 21, &min, &max));
  g_assert_cmpfloat (min, ==, 2);
  g_assert_cmpfloat (max, ==, 8);
  g_assert_false (heddle_series_get_range (series, 11, 20, &min, &max));
  heddle_series_unref (series);
}

static void
test_cells (void)
{
  HeddleSeries *series = heddle_series_new ("x", "", 16);
  HeddleSeriesCell cells[5];

  /* 2 for 3 ns, 6 for 1 ns, then 4 */
  heddle_series_add (series, 0, 2);
  heddle_series_add (series, 3, 6);
  heddle_series_add (series, 4, 4);
  heddle_series_add (series, 20, 4);
  heddle_series_get_cells (series, 0, 20, cells, 5);
  g_assert_cmpuint (cells[0].n_samples, ==, 2);
  g_assert_cmpfloat (cells[0].min, ==, 2);
  g_assert_cmpfloat (cells[0].max, ==, 6);
  g_assert_cmpfloat (cells[0].mean, ==, 3);
  g_assert_cmpuint (cells[1].n_samples, ==, 1);
  g_assert_cmpfloat (cells[1].mean, ==, 4);
  g_assert_cmpuint (cells[2].n_samples, ==, 0);
  g_assert_cmpuint (cells[4].n_samples, ==, 0); /* 20 is excluded */
  heddle_series_unref (series);
}

/* A hundred thousand samples through 256 entries: nothing of the extremes or of the mean is lost. */
static void
test_halving (void)
{
  HeddleSeries *series = heddle_series_new ("x", "", 256);
  const gint64 spike = 54321;
  const guint n = 100000;
  double area = 0, value = 0;
  HeddleSeriesCell cells[100];
  gint64 time = 0;

  for (guint i = 0; i < n; i++)
    {
      gint64 step = g_test_rand_int_range (1, 20);

      if (i > 0)
        {
          area += value * (double) step;
          time += step;
        }
      value = i == spike ? 1000 : i == spike + 7 ? -1000 : g_test_rand_double ();
      heddle_series_add (series, time, value);
    }
  g_assert_cmpuint (heddle_series_get_length (series), <=, 256);
  g_assert_cmpuint (heddle_series_get_length (series), >=, 128);

  heddle_series_get_cells (series, 0, time + 1, cells, 1);
  g_assert_cmpuint (cells[0].n_samples, ==, n);
  g_assert_cmpfloat (cells[0].max, ==, 1000);
  g_assert_cmpfloat (cells[0].min, ==, -1000);
  g_assert_cmpfloat_with_epsilon (cells[0].mean, area / (double) time, 1e-3);

  for (guint n_cells = 2; n_cells <= 100; n_cells++)
    {
      gboolean up = FALSE, down = FALSE;

      heddle_series_get_cells (series, 0, time + 1, cells, n_cells);
      for (guint i = 0; i < n_cells; i++)
        {
          g_assert_cmpuint (cells[i].n_samples, >, 0);
          g_assert_cmpfloat (cells[i].min, <=, cells[i].mean);
          g_assert_cmpfloat (cells[i].mean, <=, cells[i].max);
          up |= cells[i].max == 1000;
          down |= cells[i].min == -1000;
        }
      g_assert_true (up && down);
    }
  heddle_series_unref (series);
}

static void
test_odd_capacity (void)
{
  for (guint capacity = 0; capacity < 20; capacity++)
    {
      HeddleSeries *series = heddle_series_new ("x", "", capacity);
      HeddleSeriesCell cell;

      for (guint i = 0; i < 1000; i++)
        {
          heddle_series_add (series, i, i);
          heddle_series_get_cells (series, 0, 2000, &cell, 1);
          g_assert_cmpuint (cell.n_samples, ==, i + 1);
          g_assert_cmpfloat (cell.min, ==, 0);
          g_assert_cmpfloat (cell.max, ==, i);
          g_assert_cmpuint (heddle_series_get_length (series), <=, MAX (capacity, 4));
        }
      heddle_series_unref (series);
    }
}

typedef struct {
  HeddleSeries *series;
  _Atomic gboolean done;
} Reading;

static gpointer
read_all_the_time (gpointer data)
{
  Reading *reading = data;
  HeddleSeriesCell cells[32];
  double min, max;

  do
    {
      heddle_series_get_cells (reading->series, 0, 20000, cells, 32);
      if (heddle_series_get_range (reading->series, 0, 20000, &min, &max))
        g_assert_cmpfloat (min, <=, max);
      heddle_series_get_serial (reading->series);
    }
  while (!atomic_load (&reading->done));
  heddle_series_unref (reading->series);
  return NULL;
}

static void
test_threads (void)
{
  Reading reading = { heddle_series_new ("x", "", 64), FALSE };
  pthread_t thread;

  heddle_series_ref (reading.series);
  g_assert_cmpint (pthread_create (&thread, NULL, read_all_the_time, &reading), ==, 0);
  for (guint i = 0; i < 20000; i++)
    heddle_series_add (reading.series, i, i % 100);
  atomic_store (&reading.done, TRUE);
  pthread_join (thread, NULL);
  heddle_series_unref (reading.series);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series/samples-in-order-of-time", test_basics);
  g_test_add_func ("/series/mean-is-weighted-by-time", test_cells);
  g_test_add_func ("/series/halving-keeps-extremes-and-mean", test_halving);
  g_test_add_func ("/series/any-capacity-keeps-all", test_odd_capacity);
  g_test_add_func ("/series/thread-reads-while-one-writes", test_threads);
  return g_test_run ();
}
