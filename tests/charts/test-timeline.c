/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The maths of the timeline: which time is shown, where it lies, and what its axes say. */
#include "config.h"

#include "charts/axis.h"
#include "charts/lane-layout.h"
#include "charts/time-window.h"
#include "charts/timeline-layout.h"
#include "charts/value-scale.h"
#include "trace/clock.h"

static void
test_scale (void)
{
  static const gint64 spans[] = { 997, 1000, HEDDLE_MS, 10 * HEDDLE_S + 7, HEDDLE_H,
                                  7 * 24 * HEDDLE_H };
  gint64 base = G_GINT64_CONSTANT (900000) * HEDDLE_S;
  HeddleTimeScale scale;

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      heddle_time_scale_init (&scale, base - spans[i], base, 997);
      for (int pixel = 0; pixel < 997; pixel++)
        {
          g_assert_cmpint (
            heddle_time_scale_pixel_of (&scale, heddle_time_scale_time_at (&scale, pixel)), ==,
            pixel);
          g_assert_cmpint (heddle_time_scale_time_at (&scale, pixel), <,
                           heddle_time_scale_time_at (&scale, pixel + 1));
        }
      g_assert_cmpint (heddle_time_scale_pixel_of (&scale, heddle_time_scale_begin (&scale) - 1),
                       ==, -1);
      g_assert_cmpint (heddle_time_scale_pixel_of (&scale, heddle_time_scale_end (&scale)), ==,
                       997);
    }
}

/* A block that moves with time keeps its width: pixels are fixed in time. */
static void
test_scale_moves_whole_pixels (void)
{
  gint64 base = G_GINT64_CONSTANT (900000) * HEDDLE_S, begin = base - 3 * HEDDLE_S,
         end = begin + 123456789;
  HeddleTimeScale scale;
  int width = -1;

  for (gint64 now = base; now < base + HEDDLE_S; now += 7 * HEDDLE_MS + 13)
    {
      int w;

      heddle_time_scale_init (&scale, now - 10 * HEDDLE_S, now, 1003);
      w = heddle_time_scale_pixel_of (&scale, end) - heddle_time_scale_pixel_of (&scale, begin);
      if (width >= 0)
        g_assert_cmpint (w, ==, width);
      width = w;
    }
}

static void
count (gpointer object, guint *n)
{
  (*n)++;
}

static void
test_time_window (void)
{
  g_autoptr (HeddleTimeWindow) window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  gint64 begin, end, t = 1000 * HEDDLE_S;
  guint n_changed = 0;

  g_signal_connect (window, "changed", G_CALLBACK (count), &n_changed);
  heddle_time_window_set_extent (window, t, t + 100 * HEDDLE_S);
  heddle_time_window_set_span (window, 5 * HEDDLE_S);
  g_assert_cmpuint (n_changed, ==, 2);
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (end, ==, t + 100 * HEDDLE_S);
  g_assert_cmpint (begin, ==, t + 95 * HEDDLE_S);
  g_assert_cmpint (heddle_time_window_get_origin (window, t), ==, t);

  heddle_time_window_pan (window, -20 * HEDDLE_S);
  g_assert_false (heddle_time_window_get_following (window));
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (begin, ==, t + 75 * HEDDLE_S);
  g_assert_cmpint (end, ==, t + 80 * HEDDLE_S);
  g_assert_cmpint (heddle_time_window_get_origin (window, t), ==, t);

  /* the moment below the pointer stays there */
  heddle_time_window_zoom (window, 2, t + 76 * HEDDLE_S);
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (end - begin, ==, 2500 * HEDDLE_MS);
  g_assert_cmpint (t + 76 * HEDDLE_S - begin, ==, 500 * HEDDLE_MS);

  /* no further than the run, no nearer than a microsecond */
  heddle_time_window_pan (window, -1000 * HEDDLE_S);
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (begin, ==, t);
  heddle_time_window_zoom (window, 1e12, t + HEDDLE_S);
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (end - begin, ==, 1000);
  heddle_time_window_zoom (window, 1e-15, t);
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (begin, ==, t);
  g_assert_cmpint (end, ==, t + 100 * HEDDLE_S);

  heddle_time_window_zoom (window, 4, t);
  heddle_time_window_pan (window, 1000 * HEDDLE_S);
  g_assert_true (heddle_time_window_get_following (window));
  g_assert_cmpint (heddle_time_window_get_span (window), ==, 25 * HEDDLE_S);
}

static void
test_time_window_live (void)
{
  g_autoptr (HeddleTimeWindow) window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  gint64 begin, end, t = 1000 * HEDDLE_S;

  heddle_time_window_set_extent (window, t, 0);
  heddle_time_window_set_span (window, 10 * HEDDLE_S);
  heddle_time_window_get_range (window, t + 3 * HEDDLE_S, &begin, &end);
  g_assert_cmpint (begin, ==, t); /* a young run has room for what is to come */
  g_assert_cmpint (end, ==, t + 10 * HEDDLE_S);
  heddle_time_window_get_range (window, t + 13 * HEDDLE_S, &begin, &end);
  g_assert_cmpint (begin, ==, t + 3 * HEDDLE_S);
  g_assert_cmpint (end, ==, t + 13 * HEDDLE_S);
  heddle_time_window_set_extent (window, t, t + 4 * HEDDLE_S);
  heddle_time_window_get_range (window, t + 50 * HEDDLE_S, &begin, &end);
  g_assert_cmpint (begin, ==, t); /* and is shown whole once it is over */
  g_assert_cmpint (end, ==, t + 4 * HEDDLE_S);

  /* all of a run that goes on: with room, so that it stands still for a while */
  heddle_time_window_set_extent (window, 2 * t, 0);
  heddle_time_window_set_span (window, 0);
  heddle_time_window_get_range (window, 2 * t + 11 * HEDDLE_S, &begin, &end);
  g_assert_cmpint (begin, ==, 2 * t);
  g_assert_cmpint (end, ==, 2 * t + 12500 * HEDDLE_MS);
  heddle_time_window_get_range (window, 2 * t + 12 * HEDDLE_S, &begin, &end);
  g_assert_cmpint (end, ==, 2 * t + 12500 * HEDDLE_MS);

  heddle_time_window_set_extent (window, 2 * t, 2 * t + 1); /* never empty */
  heddle_time_window_get_range (window, 2 * t, &begin, &end);
  g_assert_cmpint (end - begin, ==, 1000);
}

static void
test_time_window_holds (void)
{
  g_autoptr (HeddleTimeWindow) window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  gint64 begin, end, t = heddle_clock_monotonic_ns () - 100 * HEDDLE_S, held, week;

  heddle_time_window_set_extent (window, t, 0);
  heddle_time_window_hold (window);
  g_assert_false (heddle_time_window_get_following (window));
  heddle_time_window_get_range (window, t + 100 * HEDDLE_S, &held, &end);
  heddle_time_window_get_range (window, t + 400 * HEDDLE_S, &begin, &end);
  g_assert_cmpint (begin, ==, held);
  g_assert_cmpint (end - begin, ==, 10 * HEDDLE_S);

  /* a stretch, to the nanosecond; a short one with what lies around it */
  heddle_time_window_show (window, t + 12345678901, t + 23456789012);
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (begin, ==, t + 12345678901);
  g_assert_cmpint (end, ==, t + 23456789012);
  heddle_time_window_show (window, t + 5000, t + 5200);
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (begin, ==, t + 4600);
  g_assert_cmpint (end, ==, t + 5600);
  heddle_time_window_follow (window);
  heddle_time_window_get_range (window, t + 400 * HEDDLE_S, &begin, &end);
  g_assert_cmpint (end, ==, t + 400 * HEDDLE_S);

  /* a week, and a microsecond at its end */
  week = 7 * 24 * HEDDLE_H;
  heddle_time_window_set_extent (window, t, t + week);
  heddle_time_window_zoom (window, 1e-18, t + week / 2);
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (end - begin, ==, week);
  heddle_time_window_show (window, t + week - 1000, t + week);
  heddle_time_window_get_range (window, t, &begin, &end);
  g_assert_cmpint (begin, ==, t + week - 1000);
  g_assert_cmpint (end, ==, t + week);
}

/* Edges are the exact ratios, rounded up: also deep in a run and long after the machine started. */
static void
test_scale_is_exact (void)
{
  gint64 base = 400 * 24 * HEDDLE_H + 123456789;
  HeddleTimeScale scale;

  heddle_time_scale_init (&scale, base - 1000, base, 300);
  g_assert_cmpint (scale.n, ==, 300);
  for (int pixel = 0; pixel < 300; pixel++)
    {
      gint64 time = heddle_time_scale_time_at (&scale, pixel);

      /* 3 pixels are 10 ns: the edges of every third one are whole */
      g_assert_cmpint (heddle_time_scale_time_at (&scale, pixel + 3) - time, ==, 10);
      g_assert_cmpint (heddle_time_scale_pixel_of (&scale, time), ==, pixel);
      g_assert_cmpint (heddle_time_scale_pixel_of (&scale, time - 1), ==, pixel - 1);
    }
  heddle_time_scale_init (&scale, -1000, 0, 10);
  g_assert_cmpint (heddle_time_scale_begin (&scale), ==, -1000);
  g_assert_cmpint (heddle_time_scale_end (&scale), ==, 0);
}

static void
test_labels (void)
{
  static const struct {
    gint64 begin, end, step, offset;
    const char *text, *base;
  } rows[] = {
    { 12 * HEDDLE_S, 17 * HEDDLE_S, 500 * HEDDLE_MS, 12 * HEDDLE_S, "12.0 s", NULL },
    { 12 * HEDDLE_S, 17 * HEDDLE_S, 500 * HEDDLE_MS, 12500 * HEDDLE_MS, "12.5 s", NULL },
    { 0, 10 * HEDDLE_MIN, HEDDLE_MIN, 3 * HEDDLE_MIN, "3 min", NULL },
    { 0, 168 * HEDDLE_H, 20 * HEDDLE_H, 160 * HEDDLE_H, "160 h", NULL },
    { 0, 1000, 200, 400, "0.4 µs", NULL },
    { 0, 900, 200, 400, "400 ns", NULL },
    { 12 * HEDDLE_S + 345600000, 12 * HEDDLE_S + 345601000, 200, 12 * HEDDLE_S + 345600400,
      "+0.4 µs", "12.345600 s" },
    { 12 * HEDDLE_S, 12 * HEDDLE_S + 900000, 100000, 12 * HEDDLE_S, "+0", "12.000 s" },
    { 168 * HEDDLE_H - 100, 168 * HEDDLE_H + 700, 200, 168 * HEDDLE_H + 200, "+1.2 µs",
      "604799.999999 s" },
  };
  char buffer[HEDDLE_FORMAT_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      HeddleAxisLabels labels;

      heddle_axis_labels_init (&labels, rows[i].begin, rows[i].end, rows[i].step);
      g_assert_cmpstr (
        heddle_axis_labels_format (&labels, rows[i].offset, buffer, sizeof buffer), ==,
        rows[i].text);
      g_assert_cmpint (labels.base != 0, ==, rows[i].base != NULL);
      if (rows[i].base != NULL)
        g_assert_cmpstr (heddle_axis_labels_format_base (&labels, buffer, sizeof buffer), ==,
                         rows[i].base);
    }
}

static void
test_value_scale (void)
{
  HeddleValueScale scale = { 0 };
  gint64 now = 1000 * HEDDLE_S, length = 10 * HEDDLE_S;

  g_assert_cmpfloat (heddle_value_scale_update (&scale, 64, length, now), ==, 80);
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 70, length, now), ==, 80);
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 90, length, now), ==, 100);

  /* lower values: it stays put for a while, and takes then what was needed meanwhile */
  now += HEDDLE_S;
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 10, length, now), ==, 100);
  now += HEDDLE_S;
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 40, length, now), ==, 100);
  now += 2 * HEDDLE_S;
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 10, length, now), ==, 40);

  /* a value that needs it all starts the wait anew */
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 10, length, now), ==, 40);
  now += 2 * HEDDLE_S;
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 39, length, now), ==, 40);
  now += 2 * HEDDLE_S;
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 10, length, now), ==, 40);

  /* zoomed: at once */
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 10, length / 2, now), ==, 10);
  g_assert_cmpfloat (heddle_value_scale_update (&scale, 0, length, now), >, 0);
}

static void
test_rows (void)
{
  HeddleTimelineLayout layout;

  heddle_timeline_layout_init (
    &layout, 20, 48, 224, 4, heddle_timeline_layout_natural_height (20, 224, 4));
  g_assert_cmpint (layout.lanes, ==, 224);
  g_assert_cmpint (layout.row, ==, HEDDLE_SERIES_ROW_HEIGHT);
  g_assert_cmpint (heddle_timeline_layout_row_y (&layout, 1), ==,
                   20 + 224 + HEDDLE_SERIES_ROW_HEIGHT);

  for (int height = heddle_timeline_layout_least_height (20, 48, 4); height < 800; height++)
    {
      heddle_timeline_layout_init (&layout, 20, 48, 224, 4, height);
      g_assert_cmpint (layout.lanes, >=, 48);
      g_assert_cmpint (layout.row, >=, HEDDLE_SERIES_ROW_HEIGHT_MIN);
      g_assert_cmpint (layout.row, <=, HEDDLE_SERIES_ROW_HEIGHT);
      g_assert_cmpint (heddle_timeline_layout_row_y (&layout, 4), ==, height);
    }
  heddle_timeline_layout_init (&layout, 20, 48, 224, 0, 244);
  g_assert_cmpint (layout.lanes, ==, 224);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layout/pixels-and-times-agree", test_scale);
  g_test_add_func ("/layout/blocks-keep-their-width-while-moving", test_scale_moves_whole_pixels);
  g_test_add_func ("/time-scale/edges-are-exact-to-the-nanosecond", test_scale_is_exact);
  g_test_add_func ("/time-window/zooms-and-pans-within-the-run", test_time_window);
  g_test_add_func ("/time-window/follows-a-run-and-shows-it-whole", test_time_window_live);
  g_test_add_func ("/time-window/holds-and-shows-a-stretch", test_time_window_holds);
  g_test_add_func ("/axis/labels-of-a-long-run-count-from-a-base", test_labels);
  g_test_add_func ("/value-scale/stays-put-while-it-can", test_value_scale);
  g_test_add_func ("/timeline-layout/rows-give-way-first", test_rows);
  return g_test_run ();
}
