/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The timeline as a widget: its rows stand below each other, and what keys and selections do. */
#include "config.h"

#include "base/format.h"
#include "charts/lanes-chart-private.h"
#include "charts/timeline-private.h"
#include "pixels.h"
#include "sample-data.h"
#include "trace/clock.h"

#define WIDTH 800
#define HEIGHT 300
#define BEGIN (100 * HEDDLE_S)

typedef struct {
  GtkWidget *widget;
  HeddleTimeline *timeline;
  HeddleTimeWindow *window;
  HeddleLaneStore *store;
  HeddleSeries *series;
  gint64 begin, end; /* told last */
  guint64 task;
  guint n_selections;
} Stage;

static void
selection_changed (HeddleTimeline *timeline, gint64 begin, gint64 end, Stage *self)
{
  self->begin = begin;
  self->end = end;
  self->n_selections++;
}

static void
task_selected (HeddleTimeline *timeline, guint64 id, Stage *self)
{
  self->task = id;
}

static char *
write_value (double value, double maximum, char *buffer, gsize size)
{
  g_snprintf (buffer, size, "%.0f", value);
  return buffer;
}

/* GTK draws no child that is not on a screen, so each is asked. */
static void
draw_all (Stage *self)
{
  GskRenderNode *node = sample_snapshot (self->widget, WIDTH, HEIGHT);

  g_clear_pointer (&node, gsk_render_node_unref);
  for (GtkWidget *child = gtk_widget_get_first_child (self->widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      GTK_WIDGET_GET_CLASS (child)->snapshot (child, snapshot);
      node = gtk_snapshot_free_to_node (snapshot);
      g_clear_pointer (&node, gsk_render_node_unref);
    }
}

/* A run of ten seconds that is over: two workers with a task each second, and a series. */
static void
stage_init (Stage *self)
{
  self->store = heddle_lane_store_new (16 << 20);
  for (guint lane = 0; lane < 2; lane++)
    {
      heddle_lane_store_add_lane (self->store, lane == 0 ? "Thread 1" : "Thread 2");
      heddle_lane_store_lock (self->store);
      heddle_lane_store_born_locked (self->store, lane, BEGIN);
      for (guint i = 0; i < 10; i++)
        heddle_lane_store_span_locked (self->store, lane, BEGIN + i * HEDDLE_S,
                                       BEGIN + i * HEDDLE_S + 500 * HEDDLE_MS, 10 * lane + i + 1,
                                       HEDDLE_TASK_DONE, NULL);
      heddle_lane_store_unlock (self->store);
    }
  self->series = heddle_series_new ("Queue depth", "tasks", 1024);
  for (guint i = 0; i <= 100; i++)
    heddle_series_add (self->series, BEGIN + i * 100 * HEDDLE_MS, i);
  self->widget = g_object_ref_sink (g_object_new (HEDDLE_TYPE_TIMELINE, NULL));
  self->timeline = HEDDLE_TIMELINE (self->widget);
  self->window = heddle_timeline_get_window (self->timeline);
  heddle_timeline_add_row (self->timeline, "Queue", "queue", write_value);
  heddle_timeline_add_row (self->timeline, "Memory", "memory", write_value);
  heddle_area_chart_set_series (heddle_timeline_get_row (self->timeline, 0), self->series);
  heddle_time_window_set_extent (self->window, BEGIN, BEGIN + 10 * HEDDLE_S);
  heddle_lanes_chart_set_store (heddle_timeline_get_lanes (self->timeline), self->store);
  g_signal_connect (self->timeline, "selection-changed", G_CALLBACK (selection_changed), self);
  g_signal_connect (self->timeline, "task-selected", G_CALLBACK (task_selected), self);
  draw_all (self);
}

static void
stage_clear (Stage *self)
{
  g_assert_finalize_object (self->widget);
  heddle_lane_store_unref (self->store);
  heddle_series_unref (self->series);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stage, stage_clear)

static gboolean
press (Stage *self, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (self->widget);
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &handled);
    }
  draw_all (self);
  return handled;
}

/* The shown time, seconds of the run. */
static void
assert_shows (Stage *self, double from, double to)
{
  gint64 begin, end;

  heddle_time_window_get_range (self->window, 0, &begin, &end);
  g_assert_cmpfloat_with_epsilon ((double) (begin - BEGIN) / 1e9, from, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) (end - BEGIN) / 1e9, to, 1e-6);
}

#define UNKNOWN ", time on CPU and ready not known"

static void
assert_says (Stage *self, const char *words)
{
  g_autofree char *mismatch = gtk_test_accessible_check_property (
    GTK_ACCESSIBLE (self->widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words);

  g_assert_cmpstr (mismatch, ==, NULL);
}

static void
test_one_axis (void)
{
  g_auto (Stage) stage = { 0 };
  const HeddleTimeScale *lanes;
  char value[64];
  int x, width;

  stage_init (&stage);
  lanes = &HEDDLE_CHART (heddle_timeline_get_lanes (stage.timeline))->scale;
  heddle_lanes_chart_get_plot (heddle_timeline_get_lanes (stage.timeline), &x, &width);
  for (guint i = 0; i < 2; i++)
    {
      HeddleAreaChart *row = heddle_timeline_get_row (stage.timeline, i);
      const HeddleTimeScale *scale = &HEDDLE_CHART (row)->scale;

      g_assert_cmpint (scale->first, ==, lanes->first);
      g_assert_cmpint (scale->length, ==, lanes->length);
      g_assert_cmpint (scale->n, ==, lanes->n);
    }

  /* what is pointed at is read from all rows: 40 after four seconds */
  heddle_timeline_set_cross (stage.timeline, x + width * 2 / 5, 20);
  g_assert_true (heddle_area_chart_get_value (heddle_timeline_get_row (stage.timeline, 0), value,
                                              sizeof value));
  g_assert_cmpint (ABS ((int) g_ascii_strtoll (value, NULL, 10) - 40), <=, 1);
  g_assert_false (heddle_area_chart_get_value (heddle_timeline_get_row (stage.timeline, 1), value,
                                               sizeof value));
}

/* Cross and selection are drawn over what stands: no chart draws its content anew. */
static void
test_drawn_over (void)
{
  g_auto (Stage) stage = { 0 };
  guint64 n;

  stage_init (&stage);
  n = HEDDLE_CHART (heddle_timeline_get_lanes (stage.timeline))->redraw.n_draws;
  for (int x = 200; x < 300; x += 10)
    {
      heddle_timeline_set_cross (stage.timeline, x, 20);
      heddle_timeline_select (stage.timeline, 0, x * HEDDLE_MS);
      draw_all (&stage);
    }
  g_assert_cmpuint (HEDDLE_CHART (heddle_timeline_get_lanes (stage.timeline))->redraw.n_draws, ==,
                    n);
}

static void
test_selection (void)
{
  g_auto (Stage) stage = { 0 };
  gint64 begin, end;

  stage_init (&stage);
  heddle_timeline_select (stage.timeline, 2 * HEDDLE_S, 3500 * HEDDLE_MS);
  g_assert_cmpuint (stage.n_selections, ==, 1);
  g_assert_cmpint (stage.begin, ==, 2 * HEDDLE_S);
  g_assert_cmpint (stage.end, ==, 3500 * HEDDLE_MS);
  assert_says (&stage, "1.5 s selected");
  heddle_timeline_select (stage.timeline, 2 * HEDDLE_S, 3500 * HEDDLE_MS);
  g_assert_cmpuint (stage.n_selections, ==, 1); /* the same: nothing is told */

  g_assert_true (heddle_timeline_show_selection (stage.timeline));
  assert_shows (&stage, 2, 3.5);
  g_assert_true (press (&stage, GDK_KEY_Escape));
  g_assert_cmpint (stage.end, ==, 0);
  g_assert_false (heddle_timeline_get_selection (stage.timeline, &begin, &end));
  g_assert_false (heddle_timeline_show_selection (stage.timeline));
  g_assert_false (press (&stage, GDK_KEY_Escape)); /* left to the window */
}

static void
test_keys (void)
{
  g_auto (Stage) stage = { 0 };

  stage_init (&stage);
  g_assert_true (press (&stage, GDK_KEY_plus));
  assert_shows (&stage, 2, 10); /* it follows, so its end stays */
  g_assert_true (press (&stage, GDK_KEY_Left));
  g_assert_false (heddle_time_window_get_following (stage.window));
  g_assert_true (press (&stage, GDK_KEY_Home));
  assert_shows (&stage, 0, 8);
  g_assert_true (press (&stage, GDK_KEY_l));
  g_assert_true (heddle_time_window_get_following (stage.window));
  assert_shows (&stage, 2, 10);
  g_assert_true (press (&stage, GDK_KEY_0));
  assert_shows (&stage, 0, 10);
  g_assert_true (press (&stage, GDK_KEY_minus));
  assert_shows (&stage, 0, 10); /* there is no more */
  g_assert_false (press (&stage, GDK_KEY_x));
}

/* Keys go from lane to lane and from task to task, and say where they are. */
static void
test_travel (void)
{
  g_auto (Stage) stage = { 0 };

  stage_init (&stage);
  g_assert_true (press (&stage, GDK_KEY_Down));
  assert_says (&stage, "Thread 1, on a task 53 % of the time, 10 tasks");
  g_assert_true (press (&stage, GDK_KEY_Right));
  assert_says (&stage, "Thread 1, task 1, ran 500 ms, done" UNKNOWN);
  g_assert_true (press (&stage, GDK_KEY_Right));
  assert_says (&stage, "Thread 1, task 2, ran 500 ms, done" UNKNOWN);
  g_assert_true (press (&stage, GDK_KEY_Down));
  assert_says (&stage, "Thread 2, task 12, ran 500 ms, done" UNKNOWN);
  g_assert_true (press (&stage, GDK_KEY_Left));
  assert_says (&stage, "Thread 2, task 11, ran 500 ms, done" UNKNOWN);
  g_assert_true (press (&stage, GDK_KEY_Left)); /* there is none before */
  assert_says (&stage, "Thread 2, task 11, ran 500 ms, done" UNKNOWN);

  g_assert_true (press (&stage, GDK_KEY_Return));
  g_assert_cmpuint (stage.task, ==, 11);
  g_assert_true (heddle_timeline_show_task (stage.timeline));
  g_assert_true (press (&stage, GDK_KEY_Escape));
  g_assert_cmpuint (stage.task, ==, 0);
}

/* A task that was chosen elsewhere comes into sight. */
static void
test_task_from_elsewhere (void)
{
  g_auto (Stage) stage = { 0 };
  const HeddleSpan span = { .begin = BEGIN + 8 * HEDDLE_S, .end = BEGIN + 8500 * HEDDLE_MS,
                            .id = 9, .state = HEDDLE_TASK_DONE };
  gint64 begin, end;

  stage_init (&stage);
  heddle_time_window_show (stage.window, BEGIN, BEGIN + 2 * HEDDLE_S);
  draw_all (&stage);
  heddle_timeline_select_task (stage.timeline, 0, &span);
  heddle_time_window_get_range (stage.window, 0, &begin, &end);
  g_assert_cmpint (begin, <, span.begin);
  g_assert_cmpint (end, >, span.end);
  g_assert_cmpint (end - begin, ==, 2 * HEDDLE_S);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  heddle_clock_init ();
  g_test_add_func ("/timeline/rows-have-one-axis-and-one-cross", test_one_axis);
  g_test_add_func ("/timeline/cross-and-selection-draw-nothing-anew", test_drawn_over);
  g_test_add_func ("/timeline/a-stretch-is-selected-shown-and-cleared", test_selection);
  g_test_add_func ("/timeline/keys-zoom-pan-and-follow", test_keys);
  g_test_add_func ("/timeline/keys-travel-between-lanes-and-tasks", test_travel);
  g_test_add_func ("/timeline/task-chosen-elsewhere-comes-into-sight", test_task_from_elsewhere);
  return g_test_run ();
}
