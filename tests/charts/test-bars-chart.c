/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chart of figures, drawn for real. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "charts/bars-chart.h"
#include "pixels.h"

#define WIDTH 1000
#define HEIGHT 200

/* The length of the bar in the row at this height: purple pixels. */
static int
bar_length (const Pixels *pixels,
            int           y)
{
  int n = 0;

  for (int x = 0; x < pixels->width; x++)
    n += is_purple (pixel (pixels, x, y));
  return n;
}

static void
test_bars (void)
{
  static const HeddleFigureGroup groups[] = { { "Create and end", "“slower”" }, { NULL, NULL } };
  static const guint numbers[] = { 0, 1, HEDDLE_MAX_FIGURES };
  HeddleFigure figures[HEDDLE_MAX_FIGURES];

  memset (figures, 0, sizeof figures);
  for (guint i = 0; i < HEDDLE_MAX_FIGURES; i++)
    {
      figures[i].value = 10 * pow (1.3, i);
      g_snprintf (figures[i].name, sizeof figures[i].name, "thing %u", i);
    }
  figures[0].low = 9;
  figures[0].high = 12;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      GtkWidget *chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_BARS_CHART, NULL));
      g_auto (Pixels) pixels = { 0 };
      g_autofree char *mismatch = NULL;
      int height;

      heddle_bars_chart_set_figures (HEDDLE_BARS_CHART (chart), figures, numbers[i], groups);
      gtk_widget_measure (chart, GTK_ORIENTATION_VERTICAL, WIDTH, &height, NULL, NULL, NULL);
      pixels = draw (chart, WIDTH, MAX (height, 20));
      g_assert_cmpuint (count_pixels (&pixels, is_orange), ==, 0);
      if (numbers[i] == 0)
        g_assert_cmpuint (count_pixels (&pixels, is_purple), ==, 0);
      else
        g_assert_cmpint (bar_length (&pixels, 21 + 6), >, 20);
      for (guint row = 1; row < numbers[i];
           row++) /* rows of 21 pixels below the heading; each bar is longer than the one before */
        g_assert_cmpint (bar_length (&pixels, 21 + 21 * (int) row + 6), >,
                         bar_length (&pixels, 21 + 21 * ((int) row - 1) + 6));
      mismatch = gtk_test_accessible_check_property (
        GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        numbers[i] == 0 ? "nothing measured yet"
          : numbers[i] == 1
          ? "Create and end: thing 0: 10 ns (four out of five measurements: 9 ns to 12 ns)"
          : NULL);
      if (numbers[i] <= 1)
        g_assert_cmpstr (mismatch, ==, NULL);
      g_assert_finalize_object (chart);
    }
}

/* What the notes print is marked in the bar and in front of their words; a figure that takes no
 * time has no bar. */
static void
test_bars_claim (void)
{
  static const HeddleFigureGroup groups[] = { { "The first map", "“0.0019 seconds”" },
                                              { NULL, NULL } };
  GtkWidget *chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_BARS_CHART, NULL));
  HeddleFigure figures[] = { { .value = 1e6, .claim = 1.9e6, .name = "2 workers" },
                             { .value = 0, .name = "none" } };
  g_auto (Pixels) pixels = { 0 };
  g_autofree char *mismatch = NULL;

  heddle_bars_chart_set_figures (HEDDLE_BARS_CHART (chart), figures, 2, groups);
  pixels = draw (chart, WIDTH, HEIGHT);
  g_assert_cmpuint (count_pixels (&pixels, is_orange), >, 3 * 21);
  g_assert_cmpint (bar_length (&pixels, 21 + 6), >, 100);
  g_assert_cmpint (bar_length (&pixels, 21 + 21 + 6), ==, 0);
  mismatch = gtk_test_accessible_check_property (
    GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
    "The first map: 2 workers: 1 ms; lecture notes say 1.90 ms, none: 0 ns");
  g_assert_cmpstr (mismatch, ==, NULL);
  g_assert_finalize_object (chart);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bars/zero-one-and-many-figures", test_bars);
  g_test_add_func ("/bars/claims-are-marked", test_bars_claim);
  return g_test_run ();
}
