/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "sample-data.h"

#define MS G_GINT64_CONSTANT (1000000)

/* A wait of some kind; who has waited for a lock holds it for a while. */
static void
add_waits (HeddleLaneStore *store, GRand *rand, guint lane, gint64 begin, gint64 end)
{
  HeddleFoldKind kind =
    (HeddleFoldKind) g_rand_int_range (rand, HEDDLE_FOLD_SLEEP, HEDDLE_FOLD_IO + 1);
  gint64 length = end - begin, until = end - length / 8;

  if (g_rand_double (rand) >= 0.3)
    return;
  if (kind == HEDDLE_FOLD_SHARED)
    until = begin + length / 2;
  heddle_lane_store_stretch_locked (store, lane, kind, begin + length / 4, until, 1);
  if (kind == HEDDLE_FOLD_SHARED)
    heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_HOLDING, until, end, 1);
}

/* Of the first of three lanes nothing more is known, of the second totals, of the third every
 * switch. */
static void
add_totals (GRand *rand, guint lane, gint64 length, HeddleTaskTimes *times)
{
  *times = (HeddleTaskTimes) { .known = lane % 3 == 1 };
  if (!times->known)
    return;
  times->on_cpu_ns = (gint64) (0.4 * g_rand_double (rand) * (double) length);
  times->ready_ns = (gint64) (0.5 * g_rand_double (rand) * (double) length);
}

static void
add_switches (HeddleLaneStore *store, GRand *rand, guint lane, gint64 begin, gint64 end)
{
  gint64 time = begin;

  if (lane % 3 != 2)
    return;
  heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_KNOWN, begin, end, 0);
  for (guint i = 0; i < 3; i++)
    {
      gint64 on = time + (gint64) (0.3 * g_rand_double (rand) * (double) (end - time));
      gint64 ready = on + (gint64) (0.4 * g_rand_double (rand) * (double) (end - on));

      heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_ON_CPU, time, on, 0);
      heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_READY, on, ready, 0);
      time = ready;
    }
}

/* One lane: tasks of uneven length from @begin to @end, a few of which go wrong, some of which
 * wait; the last stays open. */
static void
fill_lane (HeddleLaneStore *store,
           GRand           *rand,
           guint            lane,
           guint            n_spans,
           gint64           begin,
           gint64           end)
{
  gint64 slot = (end - begin) / MAX (n_spans, 1), time = begin;

  heddle_lane_store_born_locked (store, lane, begin);
  for (guint i = 0; i < n_spans; i++)
    {
      gint64 stop = i + 1 == n_spans
        ? end
        : begin + slot * (i + 1) - (gint64) (g_rand_double (rand) * 0.7 * (double) slot);
      gboolean idle = g_rand_double (rand) < 0.06;
      double fate = g_rand_double (rand);
      HeddleTaskTimes times;

      if (idle || stop <= time + 1)
        {
          time = MAX (time, stop);
          continue;
        }
      heddle_lane_store_open_locked (store, lane, (guint64) i * 7 + lane + 1, time, 0);
      add_waits (store, rand, lane, time, stop);
      if (i + 1 < n_spans)
        {
          add_totals (rand, lane, stop - time, &times);
          heddle_lane_store_close_locked (store, lane, stop,
                                          fate < 0.015  ? HEDDLE_TASK_FAILED
                                            : fate < 0.02 ? HEDDLE_TASK_LOST
                                            : fate < 0.03 ? HEDDLE_TASK_CANCELLED
                                                          : HEDDLE_TASK_DONE,
                                          &times);
          add_switches (store, rand, lane, time, stop);
        }
      time = stop;
    }
}

HeddleLaneStore *
sample_lanes (guint  n_lanes,
              guint  n_spans,
              gint64 begin,
              gint64 end,
              gsize  budget)
{
  HeddleLaneStore *store = heddle_lane_store_new (budget);
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);

  for (guint lane = 0; lane < n_lanes; lane++)
    {
      g_autofree char *name = g_strdup_printf ("Thread %u", lane + 1);

      heddle_lane_store_add_lane (store, name);
    }
  heddle_lane_store_lock (store);
  for (guint lane = 0; lane < n_lanes; lane++)
    fill_lane (store, rand, lane, n_spans, begin, end);
  heddle_lane_store_unlock (store);

  return store;
}

HeddleSeries *
sample_utilisation (gint64 begin,
                    gint64 end,
                    guint  n)
{
  HeddleSeries *series = heddle_series_new ("Pool utilisation", "", 4096);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < n; i++)
    heddle_series_add (series, begin + (gint64) ((double) (end - begin) * i / MAX (n - 1, 1)),
                       MIN (0.93, 0.93 * i / (0.06 * n))
                         + g_rand_double_range (rand, -0.02, 0.02) * (i > 0.06 * n));
  return series;
}

HeddleSeries *
sample_throughput (gint64 begin,
                   gint64 end,
                   guint  n)
{
  HeddleSeries *series = heddle_series_new ("Throughput", "tasks/s", 4096);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  for (guint i = 0; i < n; i++)
    heddle_series_add (series, begin + (gint64) ((double) (end - begin) * i / MAX (n - 1, 1)),
                       3200 + 1100 * sin (7.0 * i / n + 0.4)
                         + g_rand_double_range (rand, -220, 220));
  return series;
}

HeddleSeries *
sample_queue (gint64 begin,
              gint64 end,
              guint  n)
{
  HeddleSeries *series = heddle_series_new ("Queue depth", "tasks", 4096);

  for (guint i = 0; i < n; i++)
    {
      double at = (double) i / n;

      heddle_series_add (series, begin + (gint64) ((double) (end - begin) * i / MAX (n - 1, 1)),
                         at < 0.12 ? 64 * at / 0.12 : at > 0.37 && at < 0.47 ? 48 : 64);
    }
  return series;
}

void
sample_histogram (HeddleHistogram *histogram,
                  guint            n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  heddle_histogram_clear (histogram);
  for (guint i = 0; i < n; i++)
    {
      double sum = 0;

      for (guint k = 0; k < 6; k++)
        sum += g_rand_double (rand);
      heddle_histogram_add (histogram, (gint64) ((double) MS * 0.8 * exp ((sum - 3) * 1.1)));
    }
}

void
sample_reading (HeddlePulseReading *reading)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);

  *reading = (HeddlePulseReading){
    .answer_ns = MS / 5, .answer_p99_ns = 2 * MS, .n_pings = 500, .n_stalls = 1
  };
  reading->n_history = HEDDLE_PULSE_HISTORY;
  for (guint i = 0; i < reading->n_history; i++)
    reading->history[i] =
      (gint64) ((double) MS * g_rand_double_range (rand, 0.1, 0.4)) * (i % 37 == 5 ? 12 : 1);
  reading->history[180] = 22 * MS;
  reading->history[220] = 140 * MS;
}

/* Draws @chart at a size, as its parent would. The caller keeps @chart; it needs neither a window
 * nor to be mapped. */
GskRenderNode *
sample_snapshot (GtkWidget *chart,
                 int        width,
                 int        height)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gtk_widget_measure (chart, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_measure (chart, GTK_ORIENTATION_VERTICAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_allocate (chart, width, height, -1, NULL);
  GTK_WIDGET_GET_CLASS (chart)->snapshot (chart, snapshot);
  return gtk_snapshot_free_to_node (snapshot);
}

GdkTexture *
sample_render (GskRenderNode *node,
               int            width,
               int            height,
               const GdkRGBA *background)
{
  GskRenderer *renderer = gsk_cairo_renderer_new ();
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) all = NULL;
  g_autoptr (GError) error = NULL;
  GdkTexture *texture;

  gtk_snapshot_append_color (snapshot, background,
                             &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (node != NULL)
    gtk_snapshot_append_node (snapshot, node);
  all = gtk_snapshot_free_to_node (snapshot);

  if (!gsk_renderer_realize (renderer, NULL, &error))
    g_error ("the cairo renderer does not start: %s", error->message);
  texture = gsk_renderer_render_texture (renderer, all,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gsk_renderer_unrealize (renderer);
  g_object_unref (renderer);

  return texture;
}

/* Counts nodes; @n_other counts those that are neither colours nor text nor what holds them: paths,
 * masks, shadows ... */
guint
sample_count_nodes (GskRenderNode *node,
                    guint         *n_other)
{
  guint n = 1;

  if (node == NULL)
    return 0;

  switch (gsk_render_node_get_node_type (node))
    {
    case GSK_CONTAINER_NODE:
      for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
        n += sample_count_nodes (gsk_container_node_get_child (node, i), n_other);
      return n;
    case GSK_CLIP_NODE:
      return n + sample_count_nodes (gsk_clip_node_get_child (node), n_other);
    case GSK_TRANSFORM_NODE:
      return n + sample_count_nodes (gsk_transform_node_get_child (node), n_other);
    case GSK_DEBUG_NODE:
      return n + sample_count_nodes (gsk_debug_node_get_child (node), n_other);
    case GSK_COLOR_NODE:
    case GSK_TEXT_NODE:
    case GSK_CAIRO_NODE: /* one image: see charts/raster.h */
      return n;
    default:
      (*n_other)++;
      return n;
    }
}
