/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which lanes have a row, and where it lies.
 *
 * A lane is there for as long as its run, its worker is not: where the number of workers was made
 * smaller, or each task has a worker of its own, most rows would be empty and push those that are
 * not out of sight. So lanes whose worker was gone before what is shown begins share one row. That
 * holds while the chart follows the run; who looks at what was finds every lane in its place.
 */
#include "config.h"

#include "charts/lanes-chart-private.h"

#define FOLD_MIN 2 /* one alone would win nothing */

static gboolean
is_gone (HeddleLanesChart *self, guint lane, gint64 begin)
{
  HeddleLaneInfo info;

  return heddle_lane_store_get_info (self->store, lane, &info)
         && !info.open && info.died != 0 && info.died < begin;
}

/* From when on is shown, or G_MININT64 where every lane has its row. */
static gint64
shown_begin (HeddleLanesChart *self, gint64 now)
{
  gint64 begin, end;

  if (self->store == NULL || self->chart.window == NULL
      || !heddle_time_window_get_following (self->chart.window))
    return G_MININT64;
  heddle_time_window_get_range (self->chart.window, now, &begin, &end);
  return begin;
}

/* Frees the picture of the rows: it shows others, or is no longer wanted. */
void
heddle_lanes_chart_forget_rows (HeddleLanesChart *self)
{
  heddle_raster_clear (&self->rows.raster);
  g_clear_pointer (&self->rows.settled, g_free);
  self->rows.n_lanes = 0;
}

/**
 * heddle_lanes_chart_fold:
 * @now: the moment to draw
 *
 * Decides anew which lanes have a row. Only where that has changed is the chart laid out again:
 * when workers have been gone for as long as what is shown, or come.
 */
void
heddle_lanes_chart_fold (HeddleLanesChart *self, gint64 now)
{
  gint64 begin = shown_begin (self, now);
  g_autoptr (GArray) rows = g_array_sized_new (FALSE, FALSE, sizeof (guint), self->names->len);

  for (guint lane = 0; lane < self->names->len; lane++)
    if (begin == G_MININT64 || !is_gone (self, lane, begin))
      g_array_append_val (rows, lane);
  if (self->names->len - rows->len < FOLD_MIN)
    {
      g_array_set_size (rows, 0);
      for (guint lane = 0; lane < self->names->len; lane++)
        g_array_append_val (rows, lane);
    }
  heddle_lanes_chart_place_rows (self, rows);
  if (rows->len == self->row_lanes->len && self->n_gone == self->names->len - rows->len
      && (rows->len == 0
          || memcmp (rows->data, self->row_lanes->data, rows->len * sizeof (guint)) == 0))
    return;

  self->n_gone = self->names->len - rows->len;
  g_array_set_size (self->row_lanes, 0);
  g_array_append_vals (self->row_lanes, rows->data, rows->len);
  self->pointer.lane = -1;
  heddle_lanes_chart_forget_rows (self);
  heddle_chart_invalidate (&self->chart);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

guint
heddle_lanes_chart_count_rows (HeddleLanesChart *self)
{
  return self->row_lanes->len + (self->n_gone > 0 ? 1 : 0);
}

/* How many pixels of the rows are out of sight above. */
int
heddle_lanes_chart_scrolled (HeddleLanesChart *self)
{
  return (int) gtk_adjustment_get_value (self->scroll);
}

/**
 * heddle_lanes_chart_lane_of_row:
 * @row: one of its rows
 *
 * Returns: the lane that it shows, or -1 for the one of all that are gone
 */
int
heddle_lanes_chart_lane_of_row (HeddleLanesChart *self, guint row)
{
  return row < self->row_lanes->len ? (int) g_array_index (self->row_lanes, guint, row) : -1;
}

/**
 * heddle_lanes_chart_lane_y:
 * @lane: one of its lanes
 *
 * Returns: where its row begins, or the one of all that are gone, in pixels
 */
int
heddle_lanes_chart_lane_y (HeddleLanesChart *self, guint lane)
{
  guint row = MIN (self->order.rows[lane], self->row_lanes->len);

  return heddle_lane_layout_row_y (&self->layout, row, heddle_lanes_chart_scrolled (self));
}

/* How far the lanes have got: open tasks of a run that is over end with it. */
gint64
heddle_lanes_chart_last_moment (HeddleLanesChart *self)
{
  if (self->chart.redraw.live)
    return heddle_redraw_now (&self->chart.redraw);
  return self->store != NULL ? heddle_lane_store_get_totals (self->store).end : 0;
}
