/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Area charts and histograms, drawn. */
#include "config.h"

#include <math.h>

#include "charts/area-chart.h"
#include "charts/axis.h"
#include "charts/histogram-chart.h"
#include "pixels.h"
#include "sample-data.h"
#include "trace/clock.h"

static void
test_area (void)
{
  static const guint n_samples[] = { 0, 1, 100, 1000000 };

  for (guint i = 0; i < G_N_ELEMENTS (n_samples); i++)
    {
      GtkWidget *chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_AREA_CHART, NULL));
      g_autoptr (HeddleTimeWindow) window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
      HeddleSeries *series = sample_throughput (HEDDLE_S, 11 * HEDDLE_S, n_samples[i]);
      g_autoptr (GskRenderNode) node = NULL;
      g_auto (Pixels) pixels = { 0 };
      guint n_other = 0, n_green = 0;

      gtk_widget_add_css_class (chart, "throughput");
      heddle_time_window_set_extent (window, HEDDLE_S, 11 * HEDDLE_S);
      heddle_chart_set_window (HEDDLE_CHART (chart), window);
      heddle_area_chart_set_series (HEDDLE_AREA_CHART (chart), series);
      pixels = draw (chart, 300, 100);
      node = sample_snapshot (chart, 300, 100);
      g_assert_cmpuint (sample_count_nodes (node, &n_other), <=, 10);
      g_assert_cmpuint (n_other, ==, 0);

      for (int x = 0; x < 300; x++)
        n_green += pixel (&pixels, x, 90).green > pixel (&pixels, x, 90).red + 0.1f;
      if (n_samples[i] == 0)
        g_assert_cmpuint (n_green, ==, 0);
      else if (n_samples[i] == 1)
        g_assert_cmpuint (n_green, ==, 1);
      else
        g_assert_cmpuint (n_green, >=, 298);

      heddle_series_unref (series);
      g_assert_finalize_object (chart);
    }
}

static gboolean
is_faint (GdkRGBA c)
{
  return c.red > 0.6f && c.red < 0.95f && c.blue > 0.9f;
}

/* One sample far above many others is faintly seen up to the top; the line stands at the mean. */
static void
test_area_spike (void)
{
  GtkWidget *chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_AREA_CHART, NULL));
  g_autoptr (HeddleTimeWindow) window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  HeddleSeries *series = heddle_series_new ("Queue depth", "tasks", 1024);
  g_auto (Pixels) pixels = { 0 };
  guint n_top = 0;

  for (guint i = 0; i < 200000; i++)
    heddle_series_add (series, HEDDLE_S + i * 50 * HEDDLE_US, i == 120000 ? 100 : 10);
  heddle_time_window_set_extent (window, HEDDLE_S, 11 * HEDDLE_S);
  heddle_chart_set_window (HEDDLE_CHART (chart), window);
  heddle_area_chart_set_series (HEDDLE_AREA_CHART (chart), series);
  pixels = draw (chart, 300, 40);
  for (int x = 0; x < 300; x++)
    {
      guint n_line = 0;

      n_top += is_faint (pixel (&pixels, x, 5));
      for (int y = 0; y < 30; y++)
        n_line += is_blue (pixel (&pixels, x, y));
      g_assert_cmpuint (n_line, ==, 0); /* 10 of 100 stands below */
      g_assert_true (is_blue (pixel (&pixels, x, 35)));
    }
  g_assert_cmpuint (n_top, >=, 1);
  g_assert_cmpuint (n_top, <=, 4);

  heddle_series_unref (series);
  g_assert_finalize_object (chart);
}

static char *
write_value (double value, double maximum, char *buffer, gsize size)
{
  g_snprintf (buffer, size, "%.0f of %.0f", value, maximum);
  return buffer;
}

/* A row: nothing of the curve is in the column with its name, and the value is that of the moment
 * which is pointed at, or the last one. */
static void
test_area_row (void)
{
  GtkWidget *chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_AREA_CHART, NULL));
  HeddleAreaChart *row = HEDDLE_AREA_CHART (chart);
  g_autoptr (HeddleTimeWindow) window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  HeddleSeries *series = heddle_series_new ("Queue depth", "tasks", 1024);
  g_auto (Pixels) pixels = { 0 };
  g_autofree char *tip = NULL;
  GdkRectangle area;
  char value[64];
  guint n_blue = 0;

  for (guint i = 0; i < 200; i++)
    heddle_series_add (series, HEDDLE_S + i * 50 * HEDDLE_MS, i < 100 ? 40 : 64);
  heddle_time_window_set_extent (window, HEDDLE_S, 11 * HEDDLE_S);
  heddle_chart_set_window (HEDDLE_CHART (chart), window);
  heddle_area_chart_set_name (row, "Queue", write_value);
  heddle_area_chart_set_maximum (row, 64);
  heddle_area_chart_set_plot (row, 100, 180);
  heddle_area_chart_set_series (row, series);
  pixels = draw (chart, 300, 36);
  for (int y = 0; y < 36; y++)
    {
      for (int x = 0; x < 100; x++)
        g_assert_false (is_blue (pixel (&pixels, x, y)));
      for (int x = 281; x < 300; x++)
        g_assert_false (is_blue (pixel (&pixels, x, y)));
      n_blue += is_blue (pixel (&pixels, 250, y)) && !is_blue (pixel (&pixels, 150, y));
    }
  g_assert_cmpuint (n_blue, >=, 1); /* the line stands elsewhere in its second half */

  g_assert_true (heddle_area_chart_get_value (row, value, sizeof value));
  g_assert_cmpstr (value, ==, "64 of 64");
  heddle_area_chart_set_cross (row, 20);
  g_assert_true (heddle_area_chart_get_value (row, value, sizeof value));
  g_assert_cmpstr (value, ==, "40 of 64");
  tip = HEDDLE_CHART_GET_CLASS (chart)->dup_tip (HEDDLE_CHART (chart), 120, 10, &area);
  g_test_message ("%s", tip);
  g_assert_true (g_str_has_prefix (tip, "Queue\n40 of 64 at "));
  heddle_area_chart_set_cross (row, -1);
  g_assert_true (heddle_area_chart_get_value (row, value, sizeof value));
  g_assert_cmpstr (value, ==, "64 of 64");

  heddle_series_unref (series);
  g_assert_finalize_object (chart);
}

static void
test_histogram (void)
{
  static const guint n_samples[] = { 0, 1, 1000000 };
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);

  for (guint i = 0; i < G_N_ELEMENTS (n_samples); i++)
    {
      GtkWidget *chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_HISTOGRAM_CHART, NULL));
      g_auto (Pixels) pixels = { 0 };
      g_autofree char *mismatch = NULL;

      sample_histogram (histogram, n_samples[i]);
      if (n_samples[i] == 1000000)
        heddle_histogram_add (histogram, 60 * HEDDLE_S); /* one of a million is seen */
      heddle_histogram_chart_set_histogram (HEDDLE_HISTOGRAM_CHART (chart), histogram);
      pixels = draw (chart, 300, 100);
      if (n_samples[i] == 0)
        g_assert_cmpuint (count_pixels (&pixels, is_purple), ==, 0);
      else
        g_assert_cmpuint (count_pixels (&pixels, is_purple), >, 300);
      if (n_samples[i] == 1000000)
        {
          guint n = 0;

          for (int x = 270; x < 300; x++)
            n += is_purple (pixel (&pixels, x, 100 - 16 - 1));
          g_assert_cmpuint (n, >=, 4);
        }
      mismatch = gtk_test_accessible_check_property (GTK_ACCESSIBLE (chart),
                                                     GTK_ACCESSIBLE_PROPERTY_LABEL, "Task times");
      g_assert_cmpstr (mismatch, ==, NULL);
      g_assert_finalize_object (chart);
    }
}

/* Half as much again stands where a logarithmic axis has it, not halfway between once and twice. */
static void
test_histogram_axis (void)
{
  GtkWidget *chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_HISTOGRAM_CHART, NULL));
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);
  const double whole = log2 (2 * 17.0 / 16); /* to the end of the last bar's bucket */
  g_auto (Pixels) pixels = { 0 };
  int begins[4] = { 0 };
  guint n = 0;

  for (gint64 halves = 2; halves <= 4; halves++)
    heddle_histogram_add (histogram, halves << 29);
  heddle_histogram_chart_set_histogram (HEDDLE_HISTOGRAM_CHART (chart), histogram);
  pixels = draw (chart, 600, 100);
  for (int x = 0; x < 600 && n < 4; x++)
    if (is_purple (pixel (&pixels, x, 50)) && (x == 0 || !is_purple (pixel (&pixels, x - 1, 50))))
      begins[n++] = x;
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpint (begins[0], <=, 1);
  g_assert_cmpint (ABS (begins[1] - (int) (log2 (1.5) / whole * 600)), <=, 2);
  g_assert_cmpint (ABS (begins[2] - (int) (1 / whole * 600)), <=, 2);
  g_assert_finalize_object (chart);
}

/*
 * Five tasks of one time are a bar of usual width in the middle, and what is said of them is
 * exact.
 */
static void
test_histogram_few (void)
{
  GtkWidget *chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_HISTOGRAM_CHART, NULL));
  g_autofree HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);
  g_autofree char *mismatch = NULL;
  g_auto (Pixels) pixels = { 0 };
  guint n = 0;

  for (guint i = 0; i < 5; i++)
    heddle_histogram_add (histogram, 2 * HEDDLE_S);
  heddle_histogram_chart_set_histogram (HEDDLE_HISTOGRAM_CHART (chart), histogram);
  pixels = draw (chart, 300, 100);
  for (int x = 0; x < 300; x++)
    if (is_purple (pixel (&pixels, x, 60)))
      {
        n++;
        g_assert_cmpint (x, >, 100);
        g_assert_cmpint (x, <, 200);
      }
  g_assert_cmpuint (n, >=, 10);
  g_assert_cmpuint (n, <=, 25);
  mismatch = gtk_test_accessible_check_property (GTK_ACCESSIBLE (chart),
                                                 GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                                 "2.0 s, p50 2.0 s, p99 2.0 s, on a logarithmic axis");
  g_assert_cmpstr (mismatch, ==, NULL);
  g_assert_finalize_object (chart);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  heddle_clock_init ();
  g_test_add_func ("/area/zero-one-and-a-million-samples", test_area);
  g_test_add_func ("/area/spike-reaches-the-top", test_area_spike);
  g_test_add_func ("/histogram/zero-one-and-a-million-samples", test_histogram);
  g_test_add_func ("/area/row-tells-the-value-that-is-pointed-at", test_area_row);
  g_test_add_func ("/histogram/places-are-logarithmic", test_histogram_axis);
  g_test_add_func ("/histogram/few-equal-times-are-one-bar", test_histogram_few);
  return g_test_run ();
}
