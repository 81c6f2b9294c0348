/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanes that are sorted: when they change their rows, and when they keep them. */
#include "config.h"

#include "charts/axis.h"
#include "charts/lanes-chart-private.h"
#include "pixels.h"
#include "trace/clock.h"

#define WIDTH 600
#define HEIGHT 200
#define N_LANES 4

typedef struct {
  HeddleLaneStore *store;
  HeddleTimeWindow *window;
  HeddleLanesChart *chart;
  guint64 id;
} Sorted;

static void
sorted_init (Sorted *self)
{
  *self = (Sorted){ .store = heddle_lane_store_new (1 << 20),
                    .window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL) };
  for (guint lane = 0; lane < N_LANES; lane++)
    heddle_lane_store_add_lane (self->store, "Thread");
  self->chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_LANES_CHART, NULL));
  heddle_chart_set_window (HEDDLE_CHART (self->chart), self->window);
  heddle_lanes_chart_set_store (self->chart, self->store);
}

static void
sorted_clear (Sorted *self)
{
  g_assert_finalize_object (self->chart);
  g_assert_finalize_object (self->window);
  heddle_lane_store_unref (self->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sorted, sorted_clear)

static void
work (Sorted *self, guint lane, gint64 begin, gint64 length, HeddleTaskState state)
{
  heddle_lane_store_lock (self->store);
  heddle_lane_store_span_locked (self->store, lane, begin, begin + length, ++self->id, state, NULL);
  heddle_lane_store_unlock (self->store);
}

/* Draws, and compares which lanes stand from the top. */
static void
assert_rows (Sorted *self, gint64 end, const int *lanes)
{
  g_auto (Pixels) pixels = { 0 };

  heddle_time_window_set_extent (self->window, HEDDLE_S, end);
  pixels = draw (GTK_WIDGET (self->chart), WIDTH, HEIGHT);
  for (guint row = 0; row < N_LANES; row++)
    {
      g_assert_cmpint (heddle_lanes_chart_lane_of_row (self->chart, row), ==, lanes[row]);
      g_assert_cmpint (heddle_lanes_chart_lane_y (self->chart, (guint) lanes[row]), ==,
                       heddle_lane_layout_row_y (&self->chart->layout, row, 0));
    }
}

static void
test_sorted (void)
{
  g_auto (Sorted) sorted = { 0 };
  HeddleLanesChart *chart;

  sorted_init (&sorted);
  chart = sorted.chart;
  work (&sorted, 0, HEDDLE_S, HEDDLE_S / 10, HEDDLE_TASK_DONE);
  work (&sorted, 1, HEDDLE_S, HEDDLE_S / 2, HEDDLE_TASK_DONE);
  work (&sorted, 2, HEDDLE_S, HEDDLE_S / 4, HEDDLE_TASK_FAILED);
  assert_rows (&sorted, 2 * HEDDLE_S, (const int[]) { 0, 1, 2, 3 });
  heddle_lanes_chart_set_sort_lanes (chart, HEDDLE_SORT_LANES_BUSY);
  assert_rows (&sorted, 2 * HEDDLE_S, (const int[]) { 1, 2, 0, 3 });
  heddle_lanes_chart_set_sort_lanes (chart, HEDDLE_SORT_LANES_FAILURES);
  assert_rows (&sorted, 2 * HEDDLE_S, (const int[]) { 2, 0, 1, 3 });
  heddle_lanes_chart_set_sort_lanes (chart, HEDDLE_SORT_LANES_NUMBER);
  assert_rows (&sorted, 2 * HEDDLE_S, (const int[]) { 0, 1, 2, 3 });
}

/* Rows stay where they are below the pointer, and follow when it has left. */
static void
test_pointed_at (void)
{
  g_auto (Sorted) sorted = { 0 };
  HeddleLanesChart *chart;

  sorted_init (&sorted);
  chart = sorted.chart;
  work (&sorted, 1, HEDDLE_S, HEDDLE_S / 2, HEDDLE_TASK_DONE);
  heddle_lanes_chart_set_sort_lanes (chart, HEDDLE_SORT_LANES_BUSY);
  assert_rows (&sorted, 2 * HEDDLE_S, (const int[]) { 1, 0, 2, 3 });

  g_signal_emit_by_name (chart->pointer.motion, "enter", 10.0, 10.0);
  work (&sorted, 3, 2 * HEDDLE_S, HEDDLE_S, HEDDLE_TASK_DONE);
  assert_rows (&sorted, 3 * HEDDLE_S, (const int[]) { 1, 0, 2, 3 });
  g_signal_emit_by_name (chart->pointer.motion, "leave");
  assert_rows (&sorted, 3 * HEDDLE_S, (const int[]) { 3, 1, 0, 2 });
}

/* While the run goes on: not before a second is over, and not for a trifle. */
static void
test_live (void)
{
  g_auto (Sorted) sorted = { 0 };
  HeddleLanesChart *chart;
  gint64 sorted_at;

  sorted_init (&sorted);
  chart = sorted.chart;
  chart->chart.redraw.live = TRUE;
  work (&sorted, 1, HEDDLE_S, HEDDLE_S / 2, HEDDLE_TASK_DONE);
  heddle_lanes_chart_set_sort_lanes (chart, HEDDLE_SORT_LANES_BUSY);
  assert_rows (&sorted, 2 * HEDDLE_S, (const int[]) { 1, 0, 2, 3 });

  sorted_at = chart->order.sorted_at;
  chart->order.keys[0].busy = chart->order.keys[1].busy + 0.02f;
  heddle_lanes_chart_sort (chart, sorted_at + 10 * HEDDLE_S);
  g_assert_cmpint (heddle_lanes_chart_lane_of_row (chart, 0), ==, 1);
  chart->order.keys[0].busy = chart->order.keys[1].busy + 0.1f;
  heddle_lanes_chart_sort (chart, sorted_at + HEDDLE_S / 2);
  g_assert_cmpint (heddle_lanes_chart_lane_of_row (chart, 0), ==, 1);
  heddle_lanes_chart_sort (chart, sorted_at + 2 * HEDDLE_S);
  g_assert_cmpint (heddle_lanes_chart_lane_of_row (chart, 0), ==, 0);
  chart->chart.redraw.live = FALSE;
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  heddle_clock_init ();
  g_test_add_func ("/lanes-sorted/by-what-the-user-asks-for", test_sorted);
  g_test_add_func ("/lanes-sorted/not-below-the-pointer", test_pointed_at);
  g_test_add_func ("/lanes-sorted/calmly", test_live);
  return g_test_run ();
}
