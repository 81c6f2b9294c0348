/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The charts as widgets, drawn for real: rendered to pixels that are looked at, and mapped on an X
 * server. */
#include "config.h"

#include "charts/axis.h"
#include "charts/lanes-chart-private.h"
#include "charts/pulse-strip.h"
#include "pixels.h"
#include "sample-data.h"
#include "trace/clock.h"

#define WIDTH 1000
#define HEIGHT 200
#define BUDGET (256 << 20)

typedef struct {
  GtkWidget *widget;
  HeddleLanesChart *chart;
  HeddleLaneStore *store;
  HeddleTimeWindow *window;
  gint64 begin, end;
} Lanes;

/* A chart of a run of ten seconds that is over. */
static void
lanes_init (Lanes           *self,
            HeddleLaneStore *store,
            gint64           begin)
{
  self->begin = begin;
  self->end = begin + 10 * HEDDLE_S;
  self->store = store;
  self->widget = g_object_ref_sink (g_object_new (HEDDLE_TYPE_LANES_CHART, NULL));
  self->chart = HEDDLE_LANES_CHART (self->widget);
  self->window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  heddle_time_window_set_extent (self->window, self->begin, self->end);
  heddle_chart_set_window (HEDDLE_CHART (self->chart), self->window);
  heddle_lanes_chart_set_store (self->chart, store);
}

static void
lanes_clear (Lanes *self)
{
  g_assert_finalize_object (self->widget);
  g_assert_finalize_object (self->window);
  heddle_lane_store_unref (self->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lanes, lanes_clear)

static void
add_span (HeddleLaneStore *store,
          guint            lane,
          guint64          id,
          gint64           begin,
          gint64           end,
          HeddleTaskState  state)
{
  heddle_lane_store_lock (store);
  heddle_lane_store_open_locked (store, lane, id, begin, 0);
  if (state != HEDDLE_TASK_RUNNING)
    heddle_lane_store_close_locked (store, lane, end, state, NULL);
  heddle_lane_store_unlock (store);
}

static HeddleLaneStore *
one_lane (gint64 born)
{
  HeddleLaneStore *store = heddle_lane_store_new (BUDGET);

  heddle_lane_store_add_lane (store, "Thread 1");
  heddle_lane_store_lock (store);
  heddle_lane_store_born_locked (store, 0, born);
  heddle_lane_store_unlock (store);
  return store;
}

static void
test_lanes_empty (void)
{
  g_auto (Lanes) lanes = { 0 };
  g_auto (Pixels) none = { 0 }, idle = { 0 };
  HeddleLaneStore *store = one_lane (HEDDLE_S);

  lanes_init (&lanes, heddle_lane_store_new (BUDGET), HEDDLE_S);
  none = draw (lanes.widget, WIDTH, HEIGHT);
  g_assert_cmpuint (count_pixels (&none, is_blue), ==, 0);

  /* an idle worker has a name and nothing else */
  heddle_lanes_chart_set_store (lanes.chart, store);
  heddle_lane_store_unref (lanes.store);
  lanes.store = store;
  idle = draw (lanes.widget, WIDTH, HEIGHT);
  g_assert_cmpuint (count_pixels (&idle, is_blue), ==, 0);
  g_assert_cmpuint (count_pixels (&idle, is_red), ==, 0);
  g_assert_cmpuint (count_pixels (&idle, is_grey), >, count_pixels (&none, is_grey));
}

static void
test_lanes_one (void)
{
  g_auto (Lanes) lanes = { 0 };
  g_auto (Pixels) pixels = { 0 };
  int from, to, y;

  lanes_init (&lanes, one_lane (HEDDLE_S), HEDDLE_S);
  add_span (lanes.store, 0, 1, lanes.begin + 2 * HEDDLE_S, lanes.begin + 7 * HEDDLE_S,
            HEDDLE_TASK_DONE);
  pixels = draw (lanes.widget, WIDTH, HEIGHT);
  y = lanes.chart->layout.inset + lanes.chart->layout.block / 2;
  from = lanes.chart->plot_x + lanes.chart->plot_width * 2 / 10;
  to = lanes.chart->plot_x + lanes.chart->plot_width * 7 / 10;
  for (int x = lanes.chart->plot_x; x < WIDTH; x++)
    if (x > from + 1 && x < to - 2)
      g_assert_true (is_blue (pixel (&pixels, x, y)));
    else if (x < from - 1 || x > to + 1)
      g_assert_false (is_blue (pixel (&pixels, x, y)));
}

/* A microsecond of failure in ten seconds of idleness, and among a million tasks that ended
 * well. */
static void
test_lanes_short_failure (void)
{
  g_auto (Lanes) lanes = { 0 }, crowded = { 0 };
  g_auto (Pixels) pixels = { 0 }, crowd = { 0 };
  HeddleLaneStore *store = one_lane (HEDDLE_S);

  lanes_init (&lanes, one_lane (HEDDLE_S), HEDDLE_S);
  add_span (lanes.store, 0, 1, lanes.begin + 5 * HEDDLE_S, lanes.begin + 5 * HEDDLE_S + HEDDLE_US,
            HEDDLE_TASK_FAILED);
  pixels = draw (lanes.widget, WIDTH, HEIGHT);
  g_assert_cmpuint (count_pixels (&pixels, is_red), >=, (guint) lanes.chart->layout.block);

  heddle_lane_store_lock (store);
  for (guint i = 0; i < 1000000; i++)
    {
      heddle_lane_store_open_locked (store, 0, i, HEDDLE_S + i * 10 * HEDDLE_US, 0);
      heddle_lane_store_close_locked (store, 0, HEDDLE_S + i * 10 * HEDDLE_US + 9 * HEDDLE_US,
                                      i == 500000 ? HEDDLE_TASK_FAILED : HEDDLE_TASK_DONE, NULL);
    }
  heddle_lane_store_unlock (store);
  lanes_init (&crowded, store, HEDDLE_S);
  crowd = draw (crowded.widget, WIDTH, HEIGHT);
  g_assert_cmpuint (count_pixels (&crowd, is_red), >=, 8);
  g_assert_cmpuint (count_pixels (&crowd, is_red), <, 100);
  g_assert_cmpuint (count_pixels (&crowd, is_blue), >,
                    (guint) (crowded.chart->plot_width * crowded.chart->layout.block * 9 / 10));
}

static void
test_lanes_ends_differ (void)
{
  static const HeddleTaskState states[] = { HEDDLE_TASK_DONE, HEDDLE_TASK_FAILED,
                                            HEDDLE_TASK_CANCELLED, HEDDLE_TASK_LOST };
  g_auto (Lanes) lanes = { 0 };
  g_auto (Pixels) pixels = { 0 };
  guint cut[G_N_ELEMENTS (states)] = { 0 }, changes[G_N_ELEMENTS (states)] = { 0 };
  float brightest[G_N_ELEMENTS (states)] = { 0 };

  lanes_init (&lanes, one_lane (HEDDLE_S), HEDDLE_S);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    add_span (lanes.store, 0, 1, lanes.begin + 2 * i * HEDDLE_S,
              lanes.begin + (2 * i + 1) * HEDDLE_S, states[i]);
  pixels = draw (lanes.widget, WIDTH, HEIGHT);

  /* told apart in shades of grey: a line cut off the top of what failed or was lost, a cut through
   * cancelled, bright stripes in lost, dark lines across in failed; nothing in the lane above */
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      int left = lanes.chart->plot_x + lanes.chart->plot_width * (int) i / 5,
          x = left + lanes.chart->plot_width / 20;
      int top = lanes.chart->layout.inset, middle = top + lanes.chart->layout.block / 2;

      for (int y = 0; y < top; y++)
        g_assert_cmpfloat (pixel (&pixels, x, y).green, >, 0.9f);
      g_assert_cmpfloat (pixel (&pixels, x, top + 1).green, <, 0.9f);
      cut[i] = pixel (&pixels, x, top + 4).green > 0.9f;
      changes[i] += pixel (&pixels, x, middle).green > 0.9f;
      for (int k = 4; k < lanes.chart->plot_width / 11; k++)
        {
          GdkRGBA here = pixel (&pixels, left + k, middle - 6),
                  next = pixel (&pixels, left + k + 1, middle - 6);

          changes[i] += ABS (here.green - next.green) > 0.1f || ABS (here.red - next.red) > 0.1f;
          brightest[i] = MAX (brightest[i], here.green);
        }
    }
  g_assert_cmpuint (cut[0], ==, 0);
  g_assert_cmpuint (changes[0], ==, 0);
  g_assert_cmpuint (cut[1], ==, 1);
  g_assert_cmpuint (changes[1], >, 10);
  g_assert_cmpuint (cut[2], ==, 0);
  g_assert_cmpuint (changes[2], ==, 1);
  g_assert_cmpuint (cut[3], ==, 1);
  g_assert_cmpuint (changes[3], >, 10);
  g_assert_cmpfloat (brightest[3], >, brightest[1] + 0.2f);
}

/* Workers that were gone before what is shown began share a line, until somebody looks at what
 * was. */
static void
test_lanes_fold (void)
{
  g_auto (Lanes) lanes = { 0 };
  g_auto (Pixels) pixels = { 0 }, earlier = { 0 };
  HeddleLaneStore *store = heddle_lane_store_new (1 << 20);

  for (guint lane = 0; lane < 6; lane++)
    {
      heddle_lane_store_add_lane (store, "Thread");
      heddle_lane_store_lock (store);
      heddle_lane_store_born_locked (store, lane, HEDDLE_S);
      heddle_lane_store_unlock (store);
      add_span (store, lane, lane, 2 * HEDDLE_S, 3 * HEDDLE_S, HEDDLE_TASK_DONE);
      heddle_lane_store_lock (store);
      if (lane % 3 != 0)
        heddle_lane_store_died_locked (store, lane, 4 * HEDDLE_S);
      heddle_lane_store_unlock (store);
    }
  lanes_init (&lanes, store, HEDDLE_S);
  /* all are in what is shown */
  g_assert_cmpuint (heddle_lanes_chart_count_rows (lanes.chart), ==, 6);

  heddle_time_window_set_extent (lanes.window, HEDDLE_S, 31 * HEDDLE_S);
  pixels = draw (lanes.widget, WIDTH, HEIGHT);
  g_assert_cmpuint (heddle_lanes_chart_count_rows (lanes.chart), ==, 3);
  g_assert_cmpint (heddle_lanes_chart_lane_of_row (lanes.chart, 0), ==, 0);
  g_assert_cmpint (heddle_lanes_chart_lane_of_row (lanes.chart, 1), ==, 3);
  g_assert_cmpint (heddle_lanes_chart_lane_of_row (lanes.chart, 2), ==, -1);
  g_assert_cmpint (heddle_lanes_chart_lane_y (lanes.chart, 3), ==, lanes.chart->layout.pitch);

  heddle_time_window_show_begin (lanes.window);
  earlier = draw (lanes.widget, WIDTH, HEIGHT);
  g_assert_cmpuint (heddle_lanes_chart_count_rows (lanes.chart), ==, 6);
  for (int lane = 0; lane < 6; lane++)
    g_assert_true (is_blue (pixel (&earlier, lanes.chart->plot_x + lanes.chart->plot_width * 3 / 20,
                                   heddle_lanes_chart_lane_y (lanes.chart, (guint) lane)
                                     + lanes.chart->layout.inset + lanes.chart->layout.block / 2)));
}

static void
test_lanes_open (void)
{
  g_auto (Lanes) lanes = { 0 };
  g_auto (Pixels) pixels = { 0 };
  gint64 now = heddle_clock_monotonic_ns ();
  int y;

  lanes_init (&lanes, one_lane (now - 8 * HEDDLE_S), now - 10 * HEDDLE_S);
  heddle_time_window_set_extent (lanes.window, lanes.begin, 0);
  heddle_chart_set_live (HEDDLE_CHART (lanes.chart), TRUE);
  add_span (lanes.store, 0, 1, now - 3 * HEDDLE_S, 0, HEDDLE_TASK_RUNNING);
  pixels = draw (lanes.widget, WIDTH, HEIGHT);
  y = lanes.chart->layout.inset + lanes.chart->layout.block / 2;
  g_assert_true (is_blue (pixel (&pixels, WIDTH - 1, y)));
  g_assert_true (is_blue (pixel (&pixels, WIDTH - 50, y)));
  g_assert_false (is_blue (pixel (&pixels, lanes.chart->plot_x + 5, y)));
}

static void
test_lanes_waiting (void)
{
  g_auto (Lanes) lanes = { 0 };
  g_auto (Pixels) pixels = { 0 };
  int x, y;

  lanes_init (&lanes, one_lane (HEDDLE_S), HEDDLE_S);
  heddle_lane_store_lock (lanes.store);
  heddle_lane_store_open_locked (lanes.store, 0, 1, lanes.begin, 0);
  heddle_lane_store_stretch_locked (lanes.store, 0, HEDDLE_FOLD_SLEEP, lanes.begin + 4 * HEDDLE_S,
                                    lanes.begin + 6 * HEDDLE_S, 0);
  heddle_lane_store_close_locked (lanes.store, 0, lanes.end, HEDDLE_TASK_DONE, NULL);
  heddle_lane_store_unlock (lanes.store);
  pixels = draw (lanes.widget, WIDTH, HEIGHT);
  x = lanes.chart->plot_x + lanes.chart->plot_width / 2;
  y = lanes.chart->layout.inset + lanes.chart->layout.block / 2;
  g_assert_true (is_grey (pixel (&pixels, x, y)));
  g_assert_true (is_blue (pixel (&pixels, x - lanes.chart->plot_width / 4, y)));
}

/* The cost of drawing: one picture and texts, however many spans come. */
static void
test_lanes_bounded (void)
{
  static const guint n_spans[] = { 0, 1, 100, 1000, 4000, 250000 };

  for (guint i = 0; i < G_N_ELEMENTS (n_spans); i++)
    {
      g_auto (Lanes) lanes = { 0 };
      g_autoptr (GskRenderNode) node = NULL;
      HeddleRedraw *redraw;
      guint n, n_other = 0;

      lanes_init (&lanes, sample_lanes (4, n_spans[i], HEDDLE_S, 11 * HEDDLE_S, BUDGET), HEDDLE_S);
      node = sample_snapshot (lanes.widget, WIDTH, HEIGHT);
      n = sample_count_nodes (node, &n_other);
      g_assert_cmpuint (n_other, ==, 0);
      g_assert_cmpuint (n, <=, 60);

      redraw = &HEDDLE_CHART (lanes.widget)->redraw;
      heddle_chart_invalidate (HEDDLE_CHART (lanes.chart));
      g_clear_pointer (&node, gsk_render_node_unref);
      node = sample_snapshot (lanes.widget, WIDTH, HEIGHT);
      g_test_message ("4 lanes of %u spans: %u nodes, %.2f ms a drawing", n_spans[i], n,
                      (double) redraw->cost / (double) redraw->n_draws / 1e6);
    }
}

static void
test_lanes_many (void)
{
  g_auto (Lanes) lanes = { 0 };
  g_autoptr (GskRenderNode) node = NULL;
  guint n, n_other = 0;

  /* only rows that are seen are drawn */
  lanes_init (&lanes, sample_lanes (1000, 50, HEDDLE_S, 11 * HEDDLE_S, BUDGET), HEDDLE_S);
  node = sample_snapshot (lanes.widget, WIDTH, HEIGHT);
  n = sample_count_nodes (node, &n_other);
  g_assert_cmpuint (n, >, 16); /* at least its name */
  g_assert_cmpuint (n, <, 100);
}

static void
test_lanes_given_up (void)
{
  g_auto (Lanes) lanes = { 0 };
  g_autoptr (GskRenderNode) node = NULL;
  g_auto (Pixels) pixels = { 0 };
  HeddleLaneStore *store;
  int x, y, n_left = 0, n_right = 0;

  store = sample_lanes (1, 200000, HEDDLE_S, 11 * HEDDLE_S, 256 << 10);
  g_assert_cmpuint (heddle_lane_store_get_totals (store).n_given_up, >, 0);
  lanes_init (&lanes, store, HEDDLE_S);
  node = sample_snapshot (lanes.widget, WIDTH, HEIGHT);
  x = heddle_time_scale_pixel_of (&lanes.chart->chart.scale,
                                  heddle_lane_store_get_totals (store).begin);
  g_test_message ("history begins at pixel %d of %d", x, lanes.chart->chart.scale.n);
  g_assert_true (g_hash_table_contains (lanes.chart->chart.texts.layouts[HEDDLE_TEXT_SMALL],
                                        "older history was removed"));
  g_assert_cmpint (x, >, 0);
  g_assert_cmpint (x, <, lanes.chart->chart.scale.n);

  /* near enough for single tasks on the right; on the left only sums are known, and shown */
  heddle_time_window_zoom (lanes.window, 250, heddle_lane_store_get_totals (store).begin);
  pixels = draw (lanes.widget, WIDTH, HEIGHT);
  x = heddle_time_scale_pixel_of (&lanes.chart->chart.scale,
                                  heddle_lane_store_get_totals (store).begin);
  g_assert_cmpint (x, >, 100);
  y = lanes.chart->layout.inset + lanes.chart->layout.block / 2;
  for (int k = 0; k < x - 4; k++)
    n_left += is_blue (pixel (&pixels, lanes.chart->plot_x + k, y));
  for (int k = x + 2; k < lanes.chart->chart.scale.n; k++)
    n_right += is_blue (pixel (&pixels, lanes.chart->plot_x + k, y));
  g_assert_cmpint (n_left, >, x / 2);
  g_assert_cmpint (n_right, >, (lanes.chart->chart.scale.n - x) / 2);
}

typedef struct {
  guint frames;
  guint wanted;
} Frames;

static gboolean
count_frame (GtkWidget     *widget,
             GdkFrameClock *clock,
             gpointer       data)
{
  ((Frames *) data)->frames++;
  return G_SOURCE_CONTINUE;
}

static void
run_frames (GtkWidget *window,
            guint      n)
{
  Frames frames = { 0, n };
  guint id = gtk_widget_add_tick_callback (window, count_frame, &frames, NULL);

  while (frames.frames < frames.wanted)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_remove_tick_callback (window, id);
}

/* Runs frames until @chart was drawn more than @n times. A test that waits in vain is ended by its
 * time limit. */
static void
run_until_drawn (GtkWidget *window,
                 GtkWidget *chart,
                 guint64    n)
{
  while (HEDDLE_CHART (chart)->redraw.n_draws <= n)
    run_frames (window, 1);
}

static void
test_lanes_still (void)
{
  g_auto (Lanes) lanes = { 0 };
  GtkWidget *window = gtk_window_new ();
  HeddleRedraw *redraw;
  guint64 n;

  lanes_init (&lanes, one_lane (HEDDLE_S), HEDDLE_S);
  redraw = &HEDDLE_CHART (lanes.widget)->redraw;
  heddle_chart_set_live (HEDDLE_CHART (lanes.chart), TRUE);
  g_assert_cmpuint (redraw->tick_id, ==, 0); /* not mapped: nothing ticks */
  gtk_window_set_child (GTK_WINDOW (window), lanes.widget);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (window));
  run_until_drawn (window, lanes.widget, 0);
  /* the window gets its size, and then each row in sight its item for screen readers */
  while (lanes.chart->items.lanes->len == 0)
    run_frames (window, 1);
  run_frames (window, 10);
  g_assert_cmpuint (redraw->tick_id, !=, 0);

  /* time stands, nothing happens: nothing is drawn, pointing draws no content */
  n = redraw->n_draws;
  lanes.chart->pointer.x = WIDTH / 2;
  gtk_widget_queue_draw (lanes.widget);
  run_frames (window, 40);
  g_assert_cmpuint (redraw->n_draws, ==, n);

  add_span (lanes.store, 0, 1, lanes.begin + HEDDLE_S, lanes.begin + 2 * HEDDLE_S,
            HEDDLE_TASK_DONE);
  run_until_drawn (window, lanes.widget, n);

  /* time goes on: drawn, but in no frame more often than once */
  heddle_time_window_set_extent (lanes.window, heddle_clock_monotonic_ns (), 0);
  n = redraw->n_draws;
  run_until_drawn (window, lanes.widget, n + 3);

  gtk_widget_set_visible (lanes.widget, FALSE);
  g_assert_cmpuint (redraw->tick_id, ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_lanes_follow_style (void)
{
  static const char css[] =
    "@define-color accent_bg_color #00b000; @define-color heddle_busy_color #00b000; laneschart { color: #b00000; }";
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  g_auto (Lanes) lanes = { 0 };
  g_auto (Pixels) before = { 0 }, after = { 0 };
  GtkWidget *window = gtk_window_new ();
  guint64 n;
  int x, y;

  lanes_init (&lanes, one_lane (HEDDLE_S), HEDDLE_S);
  add_span (lanes.store, 0, 1, lanes.begin, lanes.end, HEDDLE_TASK_DONE);
  gtk_window_set_child (GTK_WINDOW (window), lanes.widget);
  gtk_window_present (GTK_WINDOW (window));
  run_until_drawn (window, lanes.widget, 0);
  before = draw (lanes.widget, WIDTH, HEIGHT);
  x = WIDTH / 2;
  y = lanes.chart->layout.inset + lanes.chart->layout.block / 2;
  g_assert_true (is_blue (pixel (&before, x, y)));

  n = HEDDLE_CHART (lanes.widget)->redraw.n_draws;
  gtk_css_provider_load_from_data (provider, css, -1);
  gtk_style_context_add_provider_for_display (
    gdk_display_get_default (), GTK_STYLE_PROVIDER (provider), GTK_STYLE_PROVIDER_PRIORITY_USER);
  run_until_drawn (window, lanes.widget, n);
  after = draw (lanes.widget, WIDTH, HEIGHT);
  g_assert_false (is_blue (pixel (&after, x, y)));
  g_assert_cmpfloat (pixel (&after, x, y).green, >, 0.6f);

  gtk_style_context_remove_provider_for_display (gdk_display_get_default (),
                                                 GTK_STYLE_PROVIDER (provider));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_lanes_described (void)
{
  g_auto (Lanes) lanes = { 0 };
  g_auto (Pixels) pixels = { 0 };
  g_autofree char *mismatch = NULL;

  lanes_init (&lanes, one_lane (HEDDLE_S), HEDDLE_S);
  add_span (lanes.store, 0, 1, lanes.begin, lanes.begin + 4 * HEDDLE_S, HEDDLE_TASK_FAILED);
  add_span (lanes.store, 0, 2, lanes.begin + 5 * HEDDLE_S, lanes.begin + 10 * HEDDLE_S,
            HEDDLE_TASK_DONE);
  pixels = draw (lanes.widget, WIDTH, HEIGHT);
  g_assert_true (
    gtk_test_accessible_has_role (GTK_ACCESSIBLE (lanes.widget), GTK_ACCESSIBLE_ROLE_LIST));
  mismatch = gtk_test_accessible_check_property (GTK_ACCESSIBLE (lanes.widget),
                                                 GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                                 "1 worker, utilisation 90 %, 1 unsuccessful task");
  g_assert_cmpstr (mismatch, ==, NULL);
}

/* A worker that came late, and one that was not there yet, have not used the time before. */
static void
test_lanes_share (void)
{
  g_auto (Lanes) lanes = { 0 };
  g_auto (Pixels) pixels = { 0 };
  g_autofree char *mismatch = NULL;

  lanes_init (&lanes, one_lane (HEDDLE_S), HEDDLE_S);
  heddle_lane_store_lock (lanes.store);
  heddle_lane_store_set_slots_locked (lanes.store, 2, lanes.begin);
  heddle_lane_store_unlock (lanes.store);
  add_span (lanes.store, 0, 1, lanes.begin + 5 * HEDDLE_S, lanes.begin + 10 * HEDDLE_S,
            HEDDLE_TASK_DONE);
  pixels = draw (lanes.widget, WIDTH, HEIGHT);
  mismatch = gtk_test_accessible_check_property (GTK_ACCESSIBLE (lanes.widget),
                                                 GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                                 "1 worker, utilisation 25 %, 0 unsuccessful tasks");
  g_assert_cmpstr (mismatch, ==, NULL);
}

static void
test_pulse (void)
{
  GtkWidget *strip = g_object_ref_sink (g_object_new (HEDDLE_TYPE_PULSE_STRIP, NULL));
  HeddlePulseReading reading = { 0 };
  g_auto (Pixels) none = { 0 }, pixels = { 0 };

  none = draw (strip, 400, 20);
  g_assert_cmpuint (count_pixels (&none, is_red), ==, 0);

  sample_reading (&reading);
  /* the newest stands at the right, full height */
  reading.history[HEDDLE_PULSE_HISTORY - 1] = 300 * HEDDLE_MS;
  heddle_pulse_strip_set_reading (HEDDLE_PULSE_STRIP (strip), &reading);
  pixels = draw (strip, 400, 20);
  g_assert_true (is_red (pixel (&pixels, 399, 0)));
  g_assert_false (is_red (pixel (&pixels, 395, 19)));
  g_assert_cmpfloat (pixel (&pixels, 395, 19).green, >, pixel (&pixels, 395, 19).red + 0.2f);
  g_assert_cmpfloat (pixel (&pixels, 395, 0).red, ==, 1); /* a fast answer is a low bar */

  /* a stall of two and a half seconds is as wide as fifty answers */
  reading.interval_ns = 50 * HEDDLE_MS;
  reading.history[HEDDLE_PULSE_HISTORY - 1] = 2500 * HEDDLE_MS;
  reading.n_pings++;
  heddle_pulse_strip_set_reading (HEDDLE_PULSE_STRIP (strip), &reading);
  pixels_clear (&pixels);
  pixels = draw (strip, 400, 20);
  for (int x = 201; x < 400; x++)
    g_assert_true (is_red (pixel (&pixels, x, 10)));
  g_assert_false (is_red (pixel (&pixels, 199, 10)));
  g_assert_finalize_object (strip);
}

/* A chart outside of a window inherits no text colour; GTK's initial one is white. */
static void
give_text_colour (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (provider, "laneschart { color: #303030; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  give_text_colour ();
  heddle_clock_init ();
  g_test_add_func ("/lanes/empty-store-and-idle-worker-show-no-task", test_lanes_empty);
  g_test_add_func ("/lanes/one-task-stands-where-it-was", test_lanes_one);
  g_test_add_func ("/lanes/short-failure-stays-visible", test_lanes_short_failure);
  g_test_add_func ("/lanes/ends-differ-without-colour", test_lanes_ends_differ);
  g_test_add_func ("/lanes/gone-workers-share-a-line", test_lanes_fold);
  g_test_add_func ("/lanes/open-task-grows-to-the-right-edge", test_lanes_open);
  g_test_add_func ("/lanes/waiting-is-grey", test_lanes_waiting);
  g_test_add_func ("/lanes/nodes-are-bounded-by-pixels", test_lanes_bounded);
  g_test_add_func ("/lanes/only-visible-rows-are-drawn", test_lanes_many);
  g_test_add_func ("/lanes/given-up-history-is-said", test_lanes_given_up);
  g_test_add_func ("/lanes/unchanged-is-not-redrawn", test_lanes_still);
  g_test_add_func ("/lanes/colours-follow-the-style", test_lanes_follow_style);
  g_test_add_func ("/lanes/screen-readers-are-told", test_lanes_described);
  g_test_add_func ("/lanes/utilisation-is-of-the-workers-wanted", test_lanes_share);
  g_test_add_func ("/pulse/slow-answers-stand-out", test_pulse);
  return g_test_run ();
}
