/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "charts/axis.h"


static void
test_time_step (void)
{
  static const struct { gint64 length; guint max; gint64 step; } rows[] = {
    { 10 * HEDDLE_S, 12, HEDDLE_S },
    { 10 * HEDDLE_S, 10, HEDDLE_S },
    { 10 * HEDDLE_S, 9, 2 * HEDDLE_S },
    { 10 * HEDDLE_S, 4, 5 * HEDDLE_S },
    { 10 * HEDDLE_S, 1, 10 * HEDDLE_S },
    { 11 * HEDDLE_S, 1, 20 * HEDDLE_S },
    { 60 * HEDDLE_S, 5, 20 * HEDDLE_S },
    { 60 * HEDDLE_S, 2, 30 * HEDDLE_S },
    { 600 * HEDDLE_S, 5, 120 * HEDDLE_S },
    { 3 * 3600 * HEDDLE_S, 3, 3600 * HEDDLE_S },
    { HEDDLE_MS, 10, 100 * HEDDLE_US },
    { 3 * HEDDLE_MS, 10, 500 * HEDDLE_US },
    { HEDDLE_US, 10, 100 },
    { 7, 10, 1 },
    { 0, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (heddle_axis_time_step (rows[i].length, rows[i].max), ==, rows[i].step);

  /* whatever the length: no more ticks than fit, and no far coarser step than needed */
  for (gint64 length = 1; length < G_GINT64_CONSTANT (100) * 3600 * HEDDLE_S;
       length += length / 3 + 1)
    for (guint max = 1; max < 20; max++)
      {
        gint64 step = heddle_axis_time_step (length, max);

        g_assert_cmpint ((length - 1) / step, <, max);
        g_assert_true (step == 1 || step <= 3 * (length / max + 1));
      }
}

static void
test_round_times (void)
{
  gint64 times[32], step;

  g_assert_cmpuint (heddle_axis_round_times (HEDDLE_MS, 100 * HEDDLE_MS, 9, times, &step), ==, 7);
  g_assert_cmpint (step, ==, 0);
  g_assert_cmpint (times[0], ==, HEDDLE_MS);
  g_assert_cmpint (times[1], ==, 2 * HEDDLE_MS);
  g_assert_cmpint (times[6], ==, 100 * HEDDLE_MS);
  g_assert_cmpuint (heddle_axis_round_times (20 * HEDDLE_S, 700 * HEDDLE_S, 9, times, &step), ==,
                    6);
  g_assert_cmpint (times[2], ==, 60 * HEDDLE_S);
  g_assert_cmpint (times[5], ==, 600 * HEDDLE_S);

  /* a narrow one has equal steps */
  g_assert_cmpuint (heddle_axis_round_times (1610 * HEDDLE_MS, 2690 * HEDDLE_MS, 5, times, &step),
                    ==, 2);
  g_assert_cmpint (step, ==, 500 * HEDDLE_MS);
  g_assert_cmpint (times[0], ==, 2000 * HEDDLE_MS);

  for (guint round = 0; round < 2000; round++)
    {
      guint max = (guint) g_test_rand_int_range (1, 32), n;
      gint64 from = (gint64) exp (g_test_rand_double_range (0, 40));
      gint64 to = from + (gint64) exp (g_test_rand_double_range (0, 40));

      n = heddle_axis_round_times (from, to, max, times, &step);
      g_assert_cmpuint (n, <=, max);
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpint (times[i], >=, from);
          g_assert_cmpint (times[i], <=, to);
          g_assert_true (i == 0 || times[i] > times[i - 1]);
        }
      /* where the axis is long there are some; a narrow one may lie between two round times */
      g_assert_true (n > 0 || to / 10 < from || to > G_GINT64_CONSTANT (50) * 3600 * HEDDLE_S);
    }
  g_assert_cmpuint (heddle_axis_round_times (0, 20, 9, times, &step), ==, 5);
}

static void
test_time_ticks (void)
{
  gint64 times[8];

  g_assert_cmpuint (heddle_axis_time_ticks (100, 200, 200, 25, times, 8), ==, 5);
  g_assert_cmpint (times[0], ==, 100);
  g_assert_cmpint (times[4], ==, 200);
  /* the origin lies outside, on either side */
  g_assert_cmpuint (heddle_axis_time_ticks (103, 160, 0, 50, times, 8), ==, 1);
  g_assert_cmpint (times[0], ==, 150);
  g_assert_cmpuint (heddle_axis_time_ticks (103, 160, 1000, 50, times, 8), ==, 1);
  g_assert_cmpint (times[0], ==, 150);
  /* room is respected */
  g_assert_cmpuint (heddle_axis_time_ticks (0, 1000, 0, 1, times, 8), ==, 8);
}

static void
test_time_label (void)
{
  static const struct { gint64 offset, step, reach; const char *text; } rows[] = {
    { -10 * HEDDLE_S, HEDDLE_S, -10 * HEDDLE_S, "-10 s" },
    { 0, HEDDLE_S, -10 * HEDDLE_S, "0" },
    { 3 * HEDDLE_S, HEDDLE_S, 4 * HEDDLE_S, "3 s" },
    { -2500 * HEDDLE_MS, 500 * HEDDLE_MS, -3 * HEDDLE_S, "-2.5 s" },
    { -500 * HEDDLE_MS, 500 * HEDDLE_MS, -3 * HEDDLE_S, "-0.5 s" },
    { -20 * HEDDLE_MS, 5 * HEDDLE_MS, -30 * HEDDLE_MS, "-20 ms" },
    { 2500 * HEDDLE_US, 500 * HEDDLE_US, 5 * HEDDLE_MS, "2.5 ms" },
    { 200 * HEDDLE_US, 100 * HEDDLE_US, 700 * HEDDLE_US, "200 µs" },
    { 40, 20, 100, "40 ns" },
    { 3 * HEDDLE_S + 20 * HEDDLE_MS, 20 * HEDDLE_MS, 4 * HEDDLE_S, "3.02 s" },
    { 90 * HEDDLE_S, 30 * HEDDLE_S, 120 * HEDDLE_S, "90 s" },
    { 120 * HEDDLE_S, 60 * HEDDLE_S, 300 * HEDDLE_S, "2 min" },
    { 7200 * HEDDLE_S, 3600 * HEDDLE_S, 9000 * HEDDLE_S, "2 h" },
  };
  char buffer[HEDDLE_FORMAT_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (
      heddle_axis_time_label (rows[i].offset, rows[i].step, rows[i].reach, buffer, sizeof buffer),
      ==, rows[i].text);
}

static void
test_values (void)
{
  static const struct { double maximum; guint max; double step, ceiling; } rows[] = {
    { 64, 4, 20, 80 }, { 1, 4, 0.25, 1 }, { 4180, 4, 2000, 6000 }, { 100, 4, 25, 100 }, { 3, 4, 1, 3 },
    { 0.07, 4, 0.02, 0.08 }, { 1000001, 4, 500000, 1500000 }, { 0, 4, 1, 1 }, { -3, 4, 1, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double step = heddle_axis_value_step (rows[i].maximum, rows[i].max);

      g_assert_cmpfloat_with_epsilon (step, rows[i].step, 1e-9);
      g_assert_cmpfloat_with_epsilon (heddle_axis_value_ceiling (rows[i].maximum, step),
                                      rows[i].ceiling, 1e-9);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axis/steps-are-round-and-fit", test_time_step);
  g_test_add_func ("/axis/round-times-fit-a-logarithmic-axis", test_round_times);
  g_test_add_func ("/axis/ticks-stand-at-multiples-from-origin", test_time_ticks);
  g_test_add_func ("/axis/labels-share-a-unit", test_time_label);
  g_test_add_func ("/axis/values-have-round-steps-and-top", test_values);
  return g_test_run ();
}
