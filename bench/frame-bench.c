/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What a frame of the lanes costs, against how many spans they have, as one line of JSON.
 *
 *   frame-bench [LANES] [FRAMES] [SPANS]...     256 lanes, 40 frames, 1 000, 100 000 and 10 million
 *
 * Each frame shows another stretch of time, as while somebody pans or zooms, so nothing of the last
 * one is of use: the chart is drawn anew, and into memory, as GTK's cairo renderer does it.
 * Counted is processor time, and what was drawn, in rectangles. There are three views: all of the
 * history; stretches in which as many spans are as the smallest history has in all, which is the
 * same amount of things to be drawn; and from the one to the other, step by step. The histories
 * take turns with frames of the same view, so that each finds the caches as such frames leave them.
 * Needs a display: tests/charts/with-display.py runs it on one of its own.
 */

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../tests/charts/sample-data.h"
#include "bench-spans.h"
#include "charts/axis.h"
#include "charts/lanes-chart.h"
#include "charts/raster.h"
#include "trace/clock.h"

#define WIDTH 1100
#define HEIGHT 640
#define BEGIN BENCH_SPANS_BEGIN
#define LENGTH BENCH_SPANS_LENGTH
#define MOST 8
#define KEPT (1 << 29) /* bytes */

enum { ALL, ZOOMED, STEPS, N_VIEWS };

static const char *const view_names[N_VIEWS] = { "all", "zoomed", "steps" };

typedef struct {
  guint64 n_spans; /* as many in each lane */
  guint64 n_slots; /* these */
  HeddleLaneStore *store;
  HeddleTimeWindow *window;
  GtkWidget *chart;
  double *costs[N_VIEWS]; /* ms */
  double n_rectangles[N_VIEWS]; /* a frame, mean */
} History;

static void
history_init (History *self, guint n_lanes, guint64 n_spans, guint n_frames)
{
  self->n_slots = MAX (n_spans / n_lanes, 1);
  self->n_spans = self->n_slots * n_lanes;
  self->store = bench_spans_new (n_lanes, n_spans);
  self->window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  heddle_time_window_set_extent (self->window, BEGIN, BEGIN + LENGTH);
  self->chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_LANES_CHART, NULL));
  heddle_chart_set_window (HEDDLE_CHART (self->chart), self->window);
  heddle_lanes_chart_set_store (HEDDLE_LANES_CHART (self->chart), self->store);
  for (guint view = 0; view < N_VIEWS; view++)
    {
      self->costs[view] = g_new (double, n_frames);
      self->n_rectangles[view] = 0;
    }
}

static void
history_clear (History *self)
{
  g_object_unref (self->chart);
  g_object_unref (self->window);
  heddle_lane_store_unref (self->store);
  for (guint view = 0; view < N_VIEWS; view++)
    g_free (self->costs[view]);
}

/* Milliseconds of processor time. */
static double
draw (const History *self, cairo_t *cr, gint64 begin, gint64 width)
{
  gint64 began = heddle_clock_thread_cpu_ns ();
  g_autoptr (GskRenderNode) node = NULL;

  heddle_time_window_show (self->window, begin, begin + width);
  heddle_chart_invalidate (HEDDLE_CHART (self->chart));
  node = sample_snapshot (self->chart, WIDTH, HEIGHT);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  gsk_render_node_draw (node, cr);
  return (double) (heddle_clock_thread_cpu_ns () - began) / 1e6;
}

/* @at: 0 to 1: which of the frames. Returns the time that is shown in it. */
static gint64
choose_begin (const History *self, guint view, double least, double at, gint64 *width)
{
  double share = least / (double) self->n_spans;
  gint64 slot = LENGTH / (gint64) self->n_slots;

  switch (view)
    {
    case ALL:
      /* by some pixels each, to the left: nothing of the last picture is of use */
      *width = LENGTH;
      return BEGIN - (gint64) (0.1 * at * (double) LENGTH);
    case ZOOMED:
      /* from slot to slot: no task is cut, which would be one more to be drawn */
      *width = slot * (gint64) round (share * (double) self->n_slots);
      return BEGIN + (gint64) (at * (double) ((LENGTH - *width) / slot)) * slot;
    case STEPS:
    default:
      *width = (gint64) (pow (share, at) * (double) LENGTH);
      return BEGIN + (LENGTH - *width) / 3;
    }
}

static void
draw_view (History *self, cairo_t *cr, guint view, double least, guint frame, guint n_frames)
{
  gint64 width, begin = choose_begin (self, view, least, (double) frame / n_frames, &width);
  guint64 before = heddle_raster_get_drawn ().n_rectangles;

  self->costs[view][frame] = draw (self, cr, begin, width);
  self->n_rectangles[view] +=
    (double) (heddle_raster_get_drawn ().n_rectangles - before) / n_frames;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *numbers, guint n)
{
  qsort (numbers, n, sizeof *numbers, compare);
  return numbers[n / 2];
}

int
main (int argc, char **argv)
{
  guint64 n_spans[MOST] = { 1000, 100000, 10000000 };
  guint n_lanes = argc > 1 ? (guint) atoi (argv[1]) : 256;
  guint n_frames = argc > 2 ? (guint) atoi (argv[2]) : 40, n = 3;
  History histories[MOST];
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);

  if (argc > 3)
    for (n = 0; (int) n + 3 < argc && n < MOST; n++)
      n_spans[n] = g_ascii_strtoull (argv[n + 3], NULL, 10);
  /* The window's heap keeps the memory of a picture for the next one. Here there is little else in
   * it, and each frame would fetch its pages from the kernel anew, which takes longer than to draw
   * it. */
  mallopt (M_MMAP_THRESHOLD, KEPT);
  mallopt (M_TRIM_THRESHOLD, KEPT);
  gtk_init ();
  heddle_clock_init ();
  for (guint i = 0; i < n; i++)
    history_init (&histories[i], n_lanes, n_spans[i], n_frames);
  for (guint view = 0; view < N_VIEWS; view++)
    for (guint frame = 0; frame < n_frames; frame++)
      for (guint i = 0; i < n; i++)
        draw_view (&histories[i], cr, view, (double) histories[0].n_spans, frame, n_frames);
  printf ("{");
  for (guint i = 0; i < n; i++)
    for (guint view = 0; view < N_VIEWS; view++)
      printf ("\"%s_%" G_GUINT64_FORMAT "\": %.2f, \"%s_%" G_GUINT64_FORMAT
              "_rectangles\": %.0f%s",
              view_names[view], n_spans[i], median (histories[i].costs[view], n_frames),
              view_names[view], n_spans[i], histories[i].n_rectangles[view],
              i + 1 == n && view + 1 == N_VIEWS ? "}\n" : ", ");
  for (guint i = 0; i < n; i++)
    history_clear (&histories[i]);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return 0;
}
