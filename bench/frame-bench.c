/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What a frame of the lanes costs, against how many spans they have, as one line of JSON.
 *
 *   frame-bench [LANES] [FRAMES] [SPANS]...     256 lanes, 40 frames, 1 000, 100 000 and 10 million
 *
 * Each frame shows another stretch of time, as while somebody pans or zooms, so nothing of the last
 * one is of use: the chart is drawn anew, and into memory, as GTK's cairo renderer does it.
 * Counted is processor time. Of each number of spans three views alternate with those of the
 * others: all of the history; stretches in which as many spans are as the smallest history has in
 * all, which is the same amount of things to be drawn; and from the one to the other, step by step.
 * Needs a display: tests/charts/with-display.py runs it on one of its own.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../tests/charts/sample-data.h"
#include "charts/axis.h"
#include "charts/lanes-chart.h"
#include "trace/clock.h"

#define WIDTH 1100
#define HEIGHT 640
#define BEGIN HEDDLE_S
#define LENGTH (1000 * HEDDLE_S)
#define MOST 8

enum { ALL, ZOOMED, STEPS, N_VIEWS };

static const char *const view_names[N_VIEWS] = { "all", "zoomed", "steps" };

typedef struct {
  guint64 n_spans; /* as many in each lane */
  guint64 n_slots; /* these */
  HeddleLaneStore *store;
  HeddleTimeWindow *window;
  GtkWidget *chart;
  double *costs[N_VIEWS]; /* ms */
} History;

/* Of three lanes one knows totals of its tasks, one every switch, and one nothing; tasks wait now
 * and then. */
static void
add_task (HeddleLaneStore *store, guint lane, guint64 id, gint64 begin, gint64 end, guint random,
          gboolean fails)
{
  gint64 part = (end - begin) / 8;
  HeddleTaskTimes times = { .known = lane % 3 == 0, .on_cpu_ns = (1 + random % 4) * part,
                            .ready_ns = part };

  heddle_lane_store_open_locked (store, lane, id, begin, 0);
  if (random % 5 == 0)
    heddle_lane_store_stretch_locked (store, lane,
                                      random % 2 == 0 ? HEDDLE_FOLD_SLEEP : HEDDLE_FOLD_SHARED,
                                      begin + 5 * part, begin + 7 * part, 1);
  heddle_lane_store_close_locked (store, lane, end,
                                  fails ? HEDDLE_TASK_FAILED : HEDDLE_TASK_DONE,
                                  &times);
  if (lane % 3 != 1)
    return;
  heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_KNOWN, begin, end, 0);
  heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_ON_CPU, begin,
                                    begin + (1 + random % 4) * part, 0);
  heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_READY, begin + 4 * part,
                                    begin + 5 * part, 0);
}

/* Tasks of all lanes begin in the same slots of time, one a slot, and one of sixteen fails. */
static HeddleLaneStore *
fill (guint n_lanes, guint64 n_spans)
{
  HeddleLaneStore *store = heddle_lane_store_new ((gsize) 1 << 36);
  guint64 n = MAX (n_spans / n_lanes, 1);
  GRand *random = g_rand_new_with_seed (1);

  for (guint lane = 0; lane < n_lanes; lane++)
    {
      g_autofree char *name = g_strdup_printf ("Thread %u", lane + 1);

      heddle_lane_store_add_lane (store, name);
    }
  heddle_lane_store_lock (store);
  for (guint lane = 0; lane < n_lanes; lane++)
    for (guint64 i = 0; i < n; i++)
      {
        gint64 slot = LENGTH / (gint64) n, begin = BEGIN + (gint64) i * slot;
        guint number = g_rand_int (random);

        add_task (store, lane, i * n_lanes + lane, begin + slot * (number >> 8 & 15) / 32,
                  begin + slot * (17 + (number >> 12 & 15)) / 32, number >> 16,
                  (number >> 28 & 15) == 0);
      }
  heddle_lane_store_unlock (store);
  g_rand_free (random);
  return store;
}

static void
history_init (History *self, guint n_lanes, guint64 n_spans, guint n_frames)
{
  self->n_slots = MAX (n_spans / n_lanes, 1);
  self->n_spans = self->n_slots * n_lanes;
  self->store = fill (n_lanes, n_spans);
  self->window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  heddle_time_window_set_extent (self->window, BEGIN, BEGIN + LENGTH);
  self->chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_LANES_CHART, NULL));
  heddle_chart_set_window (HEDDLE_CHART (self->chart), self->window);
  heddle_lanes_chart_set_store (HEDDLE_LANES_CHART (self->chart), self->store);
  for (guint view = 0; view < N_VIEWS; view++)
    self->costs[view] = g_new (double, n_frames);
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

/* @at: 0 to 1: which of the frames */
static void
draw_views (const History *self, cairo_t *cr, double least, double at, guint frame)
{
  double share = least / (double) self->n_spans, step = pow (share, at);
  gint64 slot = LENGTH / (gint64) self->n_slots, width = (gint64) (step * (double) LENGTH);
  gint64 zoomed = slot * (gint64) round (share * (double) self->n_slots);

  self->costs[ALL][frame] = draw (self, cr, BEGIN - (gint64) (0.01 * at * (double) LENGTH), LENGTH);
  /* from slot to slot: no task is cut, which would be one more to be drawn */
  self->costs[ZOOMED][frame] =
    draw (self, cr, BEGIN + (gint64) (at * (double) ((LENGTH - zoomed) / slot)) * slot, zoomed);
  self->costs[STEPS][frame] = draw (self, cr, BEGIN + (LENGTH - width) / 3, width);
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
  gtk_init ();
  heddle_clock_init ();
  for (guint i = 0; i < n; i++)
    history_init (&histories[i], n_lanes, n_spans[i], n_frames);
  for (guint frame = 0; frame < n_frames; frame++)
    for (guint i = 0; i < n; i++)
      draw_views (&histories[i], cr, (double) histories[0].n_spans, (double) frame / n_frames,
                  frame);
  printf ("{");
  for (guint i = 0; i < n; i++)
    for (guint view = 0; view < N_VIEWS; view++)
      printf ("\"%s_%" G_GUINT64_FORMAT "\": %.2f%s", view_names[view], n_spans[i],
              median (histories[i].costs[view], n_frames),
              i + 1 == n && view + 1 == N_VIEWS ? "}\n" : ", ");
  for (guint i = 0; i < n; i++)
    history_clear (&histories[i]);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return 0;
}
