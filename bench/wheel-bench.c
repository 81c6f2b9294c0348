/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What a step of the wheel costs the program that shows a timeline, against how many spans there
 * are, for the same amount drawn, as one line of JSON.
 *
 *   wheel-bench [LANES] [ROUNDS] [SPANS]...     256 lanes, 15 rounds, 1 024 and 10 million
 *
 * Each history has a window with a timeline, lanes and three rows, and is shown where there are as
 * many spans in sight as the smallest has in all. A round zooms in and out and pans, a frame a
 * step, as the wheel does; the histories take turns, and the large ones are shown elsewhere in each
 * round. Counted is processor time of the whole program, user and system, so all that GTK does is
 * in it; page faults; and what was drawn, which says whether equal amounts are compared.
 * Needs a display: tests/charts/with-display.py runs it on one of its own.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "../tests/charts/sample-data.h"
#include "bench-spans.h"
#include "charts/raster.h"
#include "charts/timeline.h"
#include "trace/clock.h"

#define WIDTH 1200
#define HEIGHT 700
#define ZOOM 1.25 /* a step, as with the wheel */
#define PAN 0.1
#define DEPTH 12
#define SIDEWAYS 4
#define STEPS (2 * DEPTH + 2 * SIDEWAYS)
#define POINTS 1000 /* of each row */
#define MOST 8

typedef struct {
  double ms, user_ms; /* all of it a step */
  double faults;
  double rectangles, pixels;
} Cost;

typedef struct {
  guint64 n_spans, n_slots; /* as many in each lane */
  HeddleLaneStore *store;
  HeddleTimeline *timeline;
  HeddleTimeWindow *window;
  GtkWidget *toplevel;
  gboolean painted;
  Cost *rounds;
} History;

static char *
write_value (double value, double maximum, char *buffer, gsize size)
{
  g_snprintf (buffer, size, "%.0f", value);
  return buffer;
}

static void
after_paint (GdkFrameClock *clock, History *self)
{
  self->painted = TRUE;
}

/* As many points in what is shown, wherever that is. */
static void
set_series (const History *self, gint64 begin, gint64 end)
{
  HeddleSeries *series[] = { sample_queue (begin, end, POINTS),
                             sample_utilisation (begin, end, POINTS),
                             sample_throughput (begin, end, POINTS) };

  for (guint row = 0; row < G_N_ELEMENTS (series); row++)
    {
      heddle_area_chart_set_series (heddle_timeline_get_row (self->timeline, row), series[row]);
      heddle_series_unref (series[row]);
    }
}

static void
history_init (History *self, guint n_lanes, guint64 n_spans, guint n_rounds)
{
  HeddleTimeline *timeline = g_object_new (HEDDLE_TYPE_TIMELINE, NULL);

  self->timeline = timeline;
  self->n_slots = MAX (n_spans / n_lanes, 1);
  self->n_spans = self->n_slots * n_lanes;
  self->store = bench_spans_new (n_lanes, n_spans);
  self->rounds = g_new0 (Cost, n_rounds);
  self->window = heddle_timeline_get_window (timeline);
  heddle_timeline_add_row (timeline, "Queue", "queue", write_value);
  heddle_timeline_add_row (timeline, "CPUs", "cpus", write_value);
  heddle_timeline_add_row (timeline, "Throughput", "throughput", write_value);
  heddle_time_window_set_extent (self->window, BENCH_SPANS_BEGIN,
                                 BENCH_SPANS_BEGIN + BENCH_SPANS_LENGTH);
  heddle_lanes_chart_set_store (heddle_timeline_get_lanes (timeline), self->store);
  self->toplevel = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (self->toplevel), WIDTH, HEIGHT);
  gtk_window_set_child (GTK_WINDOW (self->toplevel), GTK_WIDGET (timeline));
  gtk_window_present (GTK_WINDOW (self->toplevel));
  g_signal_connect (gtk_widget_get_frame_clock (self->toplevel), "after-paint",
                    G_CALLBACK (after_paint), self);
}

static void
history_clear (History *self)
{
  gtk_window_destroy (GTK_WINDOW (self->toplevel));
  heddle_lane_store_unref (self->store);
  g_free (self->rounds);
}

/* One step, and all that follows from it until its frame is drawn. */
static void
show (History *self, gint64 begin, gint64 width)
{
  self->painted = FALSE;
  heddle_time_window_show (self->window, begin, begin + width);
  while (!self->painted)
    g_main_context_iteration (NULL, TRUE);
}

/* @base, @whole: what is shown before the first step. A point at two thirds stays where it is. */
static void
turn_wheel (History *self, gint64 base, gint64 whole)
{
  for (int step = 1; step <= STEPS; step++)
    {
      int turned = step <= STEPS / 2 ? step : STEPS - step;
      double width = (double) whole / pow (ZOOM, MIN (turned, DEPTH));
      double begin = ((double) whole - width) * 2 / 3 + PAN * width * MAX (turned - DEPTH, 0);

      show (self, base + (gint64) MIN (begin, (double) whole - width), (gint64) width);
    }
}

static double
get_ms (const struct timeval *time)
{
  return (double) time->tv_sec * 1e3 + (double) time->tv_usec / 1e3;
}

/* @least: spans that are in sight before the first step; @at: 0 to 1: where */
static void
measure (History *self, guint64 least, double at, Cost *cost)
{
  gint64 slot = BENCH_SPANS_LENGTH / (gint64) self->n_slots;
  gint64 n_shown = (gint64) (least * self->n_slots / self->n_spans);
  gint64 first = (gint64) (at * (double) ((gint64) self->n_slots - n_shown));
  gint64 base = BENCH_SPANS_BEGIN + first * slot, whole = n_shown * slot;
  HeddleRasterDrawn before, after;
  struct rusage from, to;

  set_series (self, base, base + whole);
  show (self, base, whole - 1);
  show (self, base, whole); /* another stretch than before, or no frame would come */
  before = heddle_raster_get_drawn ();
  getrusage (RUSAGE_SELF, &from);
  turn_wheel (self, base, whole);
  getrusage (RUSAGE_SELF, &to);
  after = heddle_raster_get_drawn ();
  cost->user_ms = (get_ms (&to.ru_utime) - get_ms (&from.ru_utime)) / STEPS;
  cost->ms = cost->user_ms + (get_ms (&to.ru_stime) - get_ms (&from.ru_stime)) / STEPS;
  cost->faults = (double) (to.ru_minflt - from.ru_minflt) / STEPS;
  cost->rectangles = (double) (after.n_rectangles - before.n_rectangles) / STEPS;
  cost->pixels = (double) (after.n_pixels - before.n_pixels) / STEPS;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* @offset: of a number in a cost */
static double
median (const Cost *costs, guint n, gsize offset)
{
  g_autofree double *numbers = g_new (double, n);

  for (guint i = 0; i < n; i++)
    numbers[i] = G_STRUCT_MEMBER (double, &costs[i], offset);
  qsort (numbers, n, sizeof *numbers, compare);
  return numbers[n / 2];
}

static void
print (const History *self, guint n)
{
  printf ("\"%" G_GUINT64_FORMAT "\": {\"ms\": %.3f, \"user_ms\": %.3f, \"faults\": %.1f, "
          "\"rectangles\": %.1f, \"pixels\": %.0f}",
          self->n_spans, median (self->rounds, n, G_STRUCT_OFFSET (Cost, ms)),
          median (self->rounds, n, G_STRUCT_OFFSET (Cost, user_ms)),
          median (self->rounds, n, G_STRUCT_OFFSET (Cost, faults)),
          median (self->rounds, n, G_STRUCT_OFFSET (Cost, rectangles)),
          median (self->rounds, n, G_STRUCT_OFFSET (Cost, pixels)));
}

int
main (int argc, char **argv)
{
  guint64 n_spans[MOST] = { 1024, 10000000 };
  guint n_lanes = argc > 1 ? (guint) atoi (argv[1]) : 256;
  guint n_rounds = argc > 2 ? (guint) atoi (argv[2]) : 15, n = 2;
  History histories[MOST] = { 0 };

  if (argc > 3)
    for (n = 0; (int) n + 3 < argc && n < MOST; n++)
      n_spans[n] = g_ascii_strtoull (argv[n + 3], NULL, 10);
  gtk_init ();
  heddle_clock_init ();
  for (guint i = 0; i < n; i++)
    history_init (&histories[i], n_lanes, n_spans[i], n_rounds);
  for (guint i = 0; i < n; i++) /* what is drawn for the first time is not counted */
    measure (&histories[i], histories[0].n_spans, 0, &histories[i].rounds[0]);
  for (guint round = 0; round < n_rounds; round++)
    for (guint i = 0; i < n; i++)
      measure (&histories[i], histories[0].n_spans, (double) (round + 1) / (n_rounds + 1),
               &histories[i].rounds[round]);
  printf ("{");
  for (guint i = 0; i < n; i++)
    {
      print (&histories[i], n_rounds);
      printf (i + 1 < n ? ", " : "}\n");
    }
  for (guint i = 0; i < n; i++)
    history_clear (&histories[i]);
  return 0;
}
