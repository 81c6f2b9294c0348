/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the bars of figures stand: scale, ticks and rows, without a display. */
#include "config.h"

#include <math.h>

#include "charts/bars-layout.h"

#define CLOSE(a, b) g_assert_cmpfloat_with_epsilon ((a), (b), 1e-9)

static HeddleFigure
figure (HeddleFigureUnit unit, guint group, double value)
{
  return (HeddleFigure) { .unit = unit, .group = group, .value = value };
}

static void
test_scale_spans_all (void)
{
  HeddleFigure figures[] = {
    figure (HEDDLE_FIGURE_NANOSECONDS, 0, 24),
    figure (HEDDLE_FIGURE_NANOSECONDS, 0, 4e5),
    figure (HEDDLE_FIGURE_BYTES, 0, 1e12),
  };
  HeddleBarsScale scale;

  figures[0].low = 15;
  figures[0].claim = 3e6;
  heddle_bars_scale_init (&scale, HEDDLE_FIGURE_NANOSECONDS, figures, G_N_ELEMENTS (figures));
  g_assert_true (scale.logarithmic);
  CLOSE (scale.low, 5);    /* 15 is too near to 10 for a bar that begins there */
  CLOSE (scale.high, 5e6); /* what the notes say has its place, too; other units have not */
  CLOSE (heddle_bars_scale_place (&scale, 5), 0);
  CLOSE (heddle_bars_scale_place (&scale, 5e6), 1);
  CLOSE (heddle_bars_scale_place (&scale, 5000), 0.5);
  CLOSE (heddle_bars_scale_place (&scale, 0), 0); /* no logarithm of it */
  CLOSE (heddle_bars_scale_place (&scale, 1e9), 1);
}

/* What is not far apart is compared by length: a bar that is twice as long stands for twice as
 * much. */
static void
test_scale_begins_at_zero (void)
{
  HeddleFigure figures[] = { figure (HEDDLE_FIGURE_NANOSECONDS, 0, 105e6),
                             figure (HEDDLE_FIGURE_NANOSECONDS, 1, 210e6),
                             figure (HEDDLE_FIGURE_NANOSECONDS, 0, 9e6) };
  double ticks[HEDDLE_BARS_MAX_TICKS];
  HeddleBarsScale scale;

  heddle_bars_scale_init (&scale, HEDDLE_FIGURE_NANOSECONDS, figures, 3);
  g_assert_false (scale.logarithmic);
  CLOSE (heddle_bars_scale_place (&scale, 0), 0);
  CLOSE (heddle_bars_scale_place (&scale, 210e6), 2 * heddle_bars_scale_place (&scale, 105e6));
  g_assert_cmpuint (heddle_bars_scale_ticks (&scale, ticks), ==, 6);
  CLOSE (ticks[0], 0);
  CLOSE (ticks[1], 50e6);
  CLOSE (ticks[5], 250e6);

  figures[2].value = 8e6; /* more than 25 times less than the largest */
  heddle_bars_scale_init (&scale, HEDDLE_FIGURE_NANOSECONDS, figures, 3);
  g_assert_true (scale.logarithmic);
  CLOSE (scale.low, 5e6);
  CLOSE (scale.high, 500e6);
  g_assert_cmpuint (heddle_bars_scale_ticks (&scale, ticks), ==, 2);
  CLOSE (ticks[0], 10e6);
  CLOSE (ticks[1], 100e6);
}

static void
test_scale_of_one (void)
{
  HeddleFigure one = figure (HEDDLE_FIGURE_BYTES, 0, 4096),
               none = figure (HEDDLE_FIGURE_BYTES, 0, 0);
  double ticks[HEDDLE_BARS_MAX_TICKS];
  HeddleBarsScale scale;

  heddle_bars_scale_init (&scale, HEDDLE_FIGURE_BYTES, &one, 1);
  g_assert_false (scale.logarithmic);
  CLOSE (scale.low, 0);
  CLOSE (scale.high, 4096);
  g_assert_cmpuint (heddle_bars_scale_ticks (&scale, ticks), ==, 5);
  CLOSE (ticks[1], 1024);

  heddle_bars_scale_init (&scale, HEDDLE_FIGURE_BYTES, &none, 1);
  g_assert_cmpuint (heddle_bars_scale_ticks (&scale, ticks), ==, 0);
  CLOSE (heddle_bars_scale_place (&scale, 5), 0);
}

/* However far the figures lie apart: lines that increase, and from one end to near the other. */
static void
test_ticks_bounded (void)
{
  for (double high = 10; high < 1e300; high *= 1e7)
    {
      HeddleFigure figures[] = { figure (HEDDLE_FIGURE_NANOSECONDS, 0, 1),
                                 figure (HEDDLE_FIGURE_NANOSECONDS, 0, high) };
      double ticks[HEDDLE_BARS_MAX_TICKS];
      HeddleBarsScale scale;
      guint n;

      heddle_bars_scale_init (&scale, HEDDLE_FIGURE_NANOSECONDS, figures, 2);
      n = heddle_bars_scale_ticks (&scale, ticks);
      g_assert_cmpuint (n, >=, 2);
      g_assert_cmpuint (n, <=, HEDDLE_BARS_MAX_TICKS);
      g_assert_cmpfloat (ticks[0], >=, scale.low);
      g_assert_cmpfloat (ticks[n - 1], <=, scale.high * (1 + 1e-9));
      for (guint i = 1; i < n; i++)
        g_assert_cmpfloat (ticks[i], >, ticks[i - 1]);
      g_assert_cmpfloat (heddle_bars_scale_place (&scale, ticks[n - 1]), >, 0.7);
    }
}

/* Figures come in the order in which they were measured and stand group by group, each unit with an
 * axis of its own. */
static void
test_rows (void)
{
  HeddleFigure figures[] = {
    figure (HEDDLE_FIGURE_BYTES, 1, 5),
    figure (HEDDLE_FIGURE_NANOSECONDS, 2, 1),
    figure (HEDDLE_FIGURE_NANOSECONDS, 0, 2),
    figure (HEDDLE_FIGURE_NANOSECONDS, 2, 3),
  };
  static const struct {
    HeddleBarsRowKind kind;
    guint index;
  } wanted[] = {
    { HEDDLE_BARS_HEADING, 0 }, { HEDDLE_BARS_BAR, 2 }, { HEDDLE_BARS_HEADING, 2 }, { HEDDLE_BARS_BAR, 1 }, { HEDDLE_BARS_BAR, 3 },
    { HEDDLE_BARS_AXIS, HEDDLE_FIGURE_NANOSECONDS }, { HEDDLE_BARS_HEADING, 1 }, { HEDDLE_BARS_BAR, 0 }, { HEDDLE_BARS_AXIS, HEDDLE_FIGURE_BYTES },
  };
  HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS];
  guint n = heddle_bars_layout (figures, G_N_ELEMENTS (figures), 20, 12, rows);

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpint (rows[i].kind, ==, wanted[i].kind);
      g_assert_cmpuint (rows[i].index, ==, wanted[i].index);
      if (i > 0)
        g_assert_cmpint (rows[i].y, >=, rows[i - 1].y + rows[i - 1].height);
      g_assert_cmpint (heddle_bars_row_at (rows, n, rows[i].y), ==, (int) i);
      g_assert_cmpint (heddle_bars_row_at (rows, n, rows[i].y + rows[i].height - 0.5), ==, (int) i);
    }
  /* the gap above a heading */
  g_assert_cmpint (heddle_bars_row_at (rows, n, rows[2].y - 1), ==, -1);
  g_assert_cmpint (heddle_bars_row_at (rows, n, heddle_bars_height (rows, n)), ==, -1);
}

/* Large letters are not cut: every row has room for a line of them. */
static void
test_rows_are_as_high_as_their_letters (void)
{
  HeddleFigure figures[] = { figure (HEDDLE_FIGURE_NANOSECONDS, 0, 1),
                             figure (HEDDLE_FIGURE_BYTES, 1, 5) };
  HeddleBarsRow small[HEDDLE_BARS_MAX_ROWS], large[HEDDLE_BARS_MAX_ROWS];
  guint n = heddle_bars_layout (figures, G_N_ELEMENTS (figures), 21, 12, small);

  g_assert_cmpuint (heddle_bars_layout (figures, G_N_ELEMENTS (figures), 40, 35, large), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpint (small[i].height, >=, 20); /* small ones have air */
      g_assert_cmpint (large[i].height, >=, 35);
    }
}

static void
test_rows_none_and_most (void)
{
  HeddleFigure figures[HEDDLE_MAX_FIGURES];
  HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS];

  g_assert_cmpuint (heddle_bars_layout (NULL, 0, 20, 12, rows), ==, 0);
  g_assert_cmpint (heddle_bars_height (rows, 0), ==, 0);
  for (guint i = 0; i < HEDDLE_MAX_FIGURES; i++)
    figures[i] = figure (i % HEDDLE_N_FIGURE_UNITS, i, i + 1);
  g_assert_cmpuint (heddle_bars_layout (figures, HEDDLE_MAX_FIGURES, 20, 12, rows), ==,
                    HEDDLE_BARS_MAX_ROWS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bars/scale-has-room-for-all-of-its-unit", test_scale_spans_all);
  g_test_add_func ("/bars/scale-begins-at-zero-where-it-can", test_scale_begins_at_zero);
  g_test_add_func ("/bars/scale-of-one-and-of-nothing", test_scale_of_one);
  g_test_add_func ("/bars/lines-are-bounded", test_ticks_bounded);
  g_test_add_func ("/bars/rows-stand-by-unit-and-group", test_rows);
  g_test_add_func ("/bars/rows-are-as-high-as-their-letters",
                   test_rows_are_as_high_as_their_letters);
  g_test_add_func ("/bars/none-and-as-many-as-there-can-be", test_rows_none_and_most);
  return g_test_run ();
}
