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

/* A hundred thousand samples through 256 entries: nothing of the extremes or of the mean is
 * lost. */
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

/* The area below what cells tell, of those that are covered whole. */
static double
area_of (HeddleSeries *series, gint64 begin, gint64 end, guint n_cells)
{
  g_autofree HeddleSeriesCell *cells = g_new (HeddleSeriesCell, n_cells);
  double area = 0;

  heddle_series_get_cells (series, begin, end, cells, n_cells);
  for (guint i = 0; i < n_cells; i++)
    area += cells[i].known ? cells[i].mean * (double) (end - begin) / n_cells : 0;
  return area;
}

static void
test_stretches (void)
{
  HeddleSeries *series = heddle_series_new_of_stretches ("Throughput", "tasks/s", 16);
  HeddleSeriesCell cells[4];
  double min, max;

  g_assert_true (heddle_series_is_of_stretches (series));
  g_assert_cmpint (heddle_series_get_known_until (series), ==, 0);
  heddle_series_add_stretch (series, 100, 200, 4);
  heddle_series_add_stretch (series, 230, 250, 9); /* it begins where the last one ended: 200 */
  heddle_series_add_stretch (series, 250, 250, 7); /* of no length */
  heddle_series_add_stretch (series, 250, 300, NAN);
  g_assert_cmpuint (heddle_series_get_length (series), ==, 2);
  g_assert_cmpint (heddle_series_get_known_until (series), ==, 250);

  /* 120 to 160: in the middle of the first one, where nothing begins */
  heddle_series_get_cells (series, 120, 280, cells, 4);
  g_assert_true (cells[0].known && cells[0].n_samples == 0);
  g_assert_cmpfloat (cells[0].mean, ==, 4);
  g_assert_true (cells[2].known && cells[2].n_samples == 1);
  g_assert_cmpfloat (cells[2].mean, ==, 9); /* 200 to 240 */
  g_assert_cmpfloat (cells[3].mean, ==, 9); /* 240 to 280, known until 250 */
  heddle_series_get_cells (series, 180, 220, cells, 1);
  g_assert_cmpfloat (cells[0].mean, ==, 6.5);
  g_assert_cmpfloat (cells[0].min, ==, 4);
  g_assert_cmpfloat (cells[0].max, ==, 9);
  heddle_series_get_cells (series, 250, 290, cells, 1);
  g_assert_false (cells[0].known);
  heddle_series_get_cells (series, 0, 100, cells, 1);
  g_assert_false (cells[0].known);
  g_assert_true (heddle_series_get_range (series, 150, 170, &min, &max));
  g_assert_cmpfloat (max, ==, 4);
  heddle_series_unref (series);
}

/* What is known better later replaces it, whatever of it has been told already. */
static void
test_replaced (void)
{
  for (guint n = 1; n < 60; n++)
    {
      HeddleSeries *series = heddle_series_new_of_stretches ("x", "", 4);
      double min, max;

      for (guint i = 0; i < n; i++)
        heddle_series_add_stretch (series, i * 10, (i + 1) * 10, i + 1 < n ? 2 : 1000);
      heddle_series_replace_last_stretch (series, n * 10 + 5, 3);
      g_assert_cmpint (heddle_series_get_known_until (series), ==, n * 10 + 5);
      g_assert_true (heddle_series_get_range (series, 0, 10000, &min, &max));
      g_assert_cmpfloat (max, ==, 3);
      g_assert_cmpfloat (min, ==, n > 1 ? 2 : 3);
      g_assert_cmpfloat_with_epsilon (area_of (series, 0, n * 10 + 5, 1), 20 * (n - 1) + 45, 1e-9);
      heddle_series_add_stretch (series, n * 10 + 5, n * 10 + 10, 1);
      g_assert_cmpfloat_with_epsilon (area_of (series, 0, n * 10 + 10, 1), 20 * (n - 1) + 50, 1e-9);
      heddle_series_unref (series);
    }
}

/*
 * Ends of any number in stretches of any length: at any zoom, and however often it has halved
 * itself, each is there once.
 */
static void
test_every_end_once (void)
{
  for (guint round = 0; round < 50; round++)
    {
      HeddleSeries *series = heddle_series_new_of_stretches ("x", "", 32);
      guint n = (guint) g_test_rand_int_range (1, 500);
      gint64 time = 1000;
      double ended = 0;

      for (guint i = 0; i < n; i++)
        {
          gint64 length = g_test_rand_int_range (1, 100);
          double ends = g_test_rand_int_range (0, 50);

          heddle_series_add_stretch (series, time, time + length, ends / (double) length);
          time += length;
          ended += ends;
        }
      g_assert_cmpfloat_with_epsilon (area_of (series, 1000, time, 1), ended, 1e-6);
      g_assert_cmpfloat_with_epsilon (area_of (series, 1000, time, (guint) (time - 1000)), ended,
                                      1e-6);
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
  g_test_add_func ("/series/stretches-are-known-all-along", test_stretches);
  g_test_add_func ("/series/last-stretch-is-replaced", test_replaced);
  g_test_add_func ("/series/every-end-is-in-the-stretches-once", test_every_end_once);
  g_test_add_func ("/series/thread-reads-while-one-writes", test_threads);
  return g_test_run ();
}
