/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tip of the lanes says, and that it does not stay behind what it tells of. */
#include "config.h"

#include "charts/axis.h"
#include "charts/lanes-chart-private.h"
#include "sample-data.h"
#include "trace/clock.h"

#define WIDTH 1000
#define HEIGHT 200
#define BUDGET (16 << 20)

typedef struct {
  GtkWidget *widget;
  HeddleLanesChart *chart;
  HeddleLaneStore *store;
  HeddleTimeWindow *window;
  gint64 begin;
  int x, y; /* a place of the newest moment */
} Stage;

static void
draw (Stage *self)
{
  GskRenderNode *node;

  heddle_chart_invalidate (HEDDLE_CHART (self->chart));
  node = sample_snapshot (self->widget, WIDTH, HEIGHT);
  g_clear_pointer (&node, gsk_render_node_unref);
}

/* A run that goes on, with a task that began three seconds ago. */
static void
stage_init (Stage *self)
{
  gint64 now = heddle_clock_monotonic_ns ();

  self->begin = now - 10 * HEDDLE_S;
  self->store = heddle_lane_store_new (BUDGET);
  heddle_lane_store_add_lane (self->store, "Thread 1");
  heddle_lane_store_lock (self->store);
  heddle_lane_store_born_locked (self->store, 0, self->begin);
  heddle_lane_store_open_locked (self->store, 0, 1, now - 3 * HEDDLE_S, 0);
  heddle_lane_store_unlock (self->store);
  self->widget = g_object_ref_sink (g_object_new (HEDDLE_TYPE_LANES_CHART, NULL));
  self->chart = HEDDLE_LANES_CHART (self->widget);
  self->window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  heddle_time_window_set_extent (self->window, self->begin, 0);
  heddle_chart_set_window (HEDDLE_CHART (self->chart), self->window);
  heddle_lanes_chart_set_store (self->chart, self->store);
  heddle_chart_set_live (HEDDLE_CHART (self->chart), TRUE);
  draw (self);
  self->x = self->chart->plot_x + self->chart->plot_width - 20;
  self->y = self->chart->layout.inset + self->chart->layout.block / 2;
}

static void
stage_clear (Stage *self)
{
  g_assert_finalize_object (self->widget);
  g_assert_finalize_object (self->window);
  heddle_lane_store_unref (self->store);
}

static void
end_task (Stage *self, gint64 end)
{
  heddle_lane_store_lock (self->store);
  heddle_lane_store_close_locked (self->store, 0, end, HEDDLE_TASK_DONE, NULL);
  heddle_lane_store_unlock (self->store);
}

/* Lets the chart's picture grow old: it is drawn a few times a second. */
static void
let_time_pass (gint64 ns)
{
  gint64 until = heddle_clock_monotonic_ns () + ns;

  while (heddle_clock_monotonic_ns () < until)
    g_usleep (1000);
}

/* When a task began does not change while it runs: it is told from the begin of the run. */
static void
test_begin_stays (void)
{
  Stage stage;
  g_autofree char *text = NULL;

  stage_init (&stage);
  let_time_pass (600 * HEDDLE_MS);
  draw (&stage);
  text = heddle_lanes_chart_dup_tip (stage.chart, stage.x, stage.y);
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, "running"));
  g_assert_nonnull (strstr (text, "began at 7.000 s\n"));
  g_assert_nonnull (strstr (text, "not known yet"));
  stage_clear (&stage);
}

static void
test_state_changes (void)
{
  Stage stage;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gint64 now = heddle_clock_monotonic_ns ();

  stage_init (&stage);
  before = heddle_lanes_chart_dup_tip (stage.chart, stage.x, stage.y);
  g_assert_true (heddle_tip_show (&stage.chart->chart.tip, NULL, stage.x, stage.y, before, NULL));
  g_assert_nonnull (strstr (before, "running"));

  /* the task ends; the pointer rests, and the chart is drawn anew: the tip is asked for again, and
   * tells of the same task */
  end_task (&stage, now - HEDDLE_S);
  g_assert_cmpuint (stage.chart->chart.tip.source, ==, 0);
  draw (&stage);
  g_assert_cmpuint (stage.chart->chart.tip.source, !=, 0);
  after = heddle_lanes_chart_dup_tip (stage.chart, stage.x, stage.y);
  g_assert_nonnull (after);
  g_assert_nonnull (strstr (after, "Task 1"));
  g_assert_nonnull (strstr (after, " · done"));
  stage_clear (&stage);
}

/* Nobody is asked while there is no tip on the screen. */
static void
test_no_tip (void)
{
  Stage stage;

  stage_init (&stage);
  draw (&stage);
  g_assert_cmpuint (stage.chart->chart.tip.source, ==, 0);
  stage_clear (&stage);
}

static void
wait_mapped (GtkWidget *widget, gboolean mapped)
{
  while (gtk_widget_get_mapped (widget) != mapped)
    g_main_context_iteration (NULL, TRUE);
}

/* The chart was put below a pointer that rests, so its tip came without the pointer having come,
 * and the pointer does not leave: when the tip goes, the frame around the task goes with it. */
static void
test_frame_goes_with_the_tip (void)
{
  Stage stage;
  GtkWidget *place = gtk_window_new (); /* where GTK shows the tip */
  GtkWidget *label;
  g_autofree char *text = NULL;

  stage_init (&stage);
  label = stage.chart->chart.tip.label;
  gtk_window_set_child (GTK_WINDOW (place), label);
  text = heddle_lanes_chart_dup_tip (stage.chart, stage.x, stage.y);
  g_assert_true (heddle_tip_show (&stage.chart->chart.tip, NULL, stage.x, stage.y, text, NULL));
  g_assert_cmpint (stage.chart->pointer.lane, ==, 0);
  gtk_window_present (GTK_WINDOW (place));
  wait_mapped (label, TRUE);
  g_assert_cmpint (stage.chart->pointer.lane, ==, 0);
  gtk_widget_set_visible (place, FALSE);
  wait_mapped (label, FALSE);
  g_assert_cmpint (stage.chart->pointer.lane, ==, -1);
  draw (&stage);
  g_assert_cmpuint (stage.chart->chart.tip.source, ==, 0); /* nobody is asked any more */

  /* a tip that stays longer than its chart */
  gtk_window_present (GTK_WINDOW (place));
  wait_mapped (label, TRUE);
  stage_clear (&stage);
  gtk_window_destroy (GTK_WINDOW (place));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tips/a-running-task-began-when-it-did", test_begin_stays);
  g_test_add_func ("/tips/asked-again-when-the-task-has-ended", test_state_changes);
  g_test_add_func ("/tips/none-is-asked-for-where-none-is-shown", test_no_tip);
  g_test_add_func ("/tips/the-frame-goes-with-the-tip", test_frame_goes_with_the_tip);
  return g_test_run ();
}
