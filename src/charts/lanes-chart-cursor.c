/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the keys are in the lanes chart, and which task is selected: a lane, and in it a task. The
 * cursor moves from lane to lane and from task to task and says in words where it is.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/format.h"
#include "charts/lanes-chart-private.h"

#define LOOK_AT 256 /* tasks at once, to find the last one before a moment */

/**
 * heddle_lanes_chart_scroll_rows:
 * @rows: how many rows to go down; less than 0: up
 *
 * Returns: whether there is anything to scroll
 */
gboolean
heddle_lanes_chart_scroll_rows (HeddleLanesChart *self, double rows)
{
  g_return_val_if_fail (HEDDLE_IS_LANES_CHART (self), FALSE);

  if (self->layout.content_height <= self->layout.view_height)
    return FALSE;
  gtk_adjustment_set_value (self->scroll, gtk_adjustment_get_value (self->scroll)
                                            + rows * self->layout.pitch);
  return TRUE;
}

/**
 * heddle_lanes_chart_get_plot:
 * @x: (out): where time begins, pixels from the left
 * @width: (out): pixels
 *
 * Valid once the chart has been allocated.
 */
void
heddle_lanes_chart_get_plot (HeddleLanesChart *self, int *x, int *width)
{
  g_return_if_fail (HEDDLE_IS_LANES_CHART (self));
  *x = self->plot_x;
  *width = self->plot_width;
}

/**
 * heddle_lanes_chart_select:
 * @lane: the lane of the selected task; -1: none is selected
 * @span: (nullable): that task
 */
void
heddle_lanes_chart_select (HeddleLanesChart *self, int lane, const HeddleSpan *span)
{
  g_return_if_fail (HEDDLE_IS_LANES_CHART (self));

  self->marks.selected.lane = span != NULL && lane < (int) self->names->len ? lane : -1;
  self->marks.selected.has_span = self->marks.selected.lane >= 0;
  if (self->marks.selected.has_span)
    self->marks.selected.span = *span;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * heddle_lanes_chart_get_selected:
 * @span: (out): the selected task
 *
 * Returns: whether one is selected
 */
gboolean
heddle_lanes_chart_get_selected (HeddleLanesChart *self, HeddleSpan *span)
{
  g_return_val_if_fail (HEDDLE_IS_LANES_CHART (self), FALSE);

  if (self->marks.selected.lane >= 0)
    *span = self->marks.selected.span;
  return self->marks.selected.lane >= 0;
}

/* The row that shows @lane, or -1. */
static int
row_of (HeddleLanesChart *self, int lane)
{
  return lane >= 0 && self->order.rows[lane] != G_MAXUINT ? (int) self->order.rows[lane] : -1;
}

static void
bring_into_sight (HeddleLanesChart *self, int row)
{
  gtk_adjustment_clamp_page (self->scroll, row * self->layout.pitch,
                             (row + 1) * self->layout.pitch);
}

/* The cursor is somewhere else, for all who look or listen. */
static void
show_cursor (HeddleLanesChart *self)
{
  heddle_lanes_chart_update_items (self, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * heddle_lanes_chart_move_to_lane:
 * @rows: how many rows down; less than 0: up
 *
 * Moves the cursor, which appears in the first or the last row in sight. Where it has been on a
 * task it goes to that of the other lane at the same time, if there is one.
 *
 * Returns: whether there are lanes
 */
gboolean
heddle_lanes_chart_move_to_lane (HeddleLanesChart *self, int rows)
{
  HeddleLanesMark *cursor = &self->marks.cursor;
  int row = row_of (self, cursor->lane), last = (int) self->row_lanes->len - 1;
  guint first, n;

  if (last < 0)
    return FALSE;
  n = heddle_lane_layout_visible (&self->layout, heddle_lanes_chart_scrolled (self), &first);
  if (row < 0)
    row = rows > 0 ? (int) first : (int) (first + MAX (n, 1)) - 1;
  else
    row += rows;
  row = CLAMP (row, 0, last);
  cursor->lane = heddle_lanes_chart_lane_of_row (self, (guint) row);
  cursor->has_span = self->marks.moment != 0
    && heddle_lane_store_find_span (self->store, (guint) cursor->lane, self->marks.moment,
                                    &cursor->span);
  bring_into_sight (self, row);
  show_cursor (self);
  return TRUE;
}

/* The first task that begins at @from or later. */
static gboolean
find_next (HeddleLanesChart *self, guint lane, gint64 from, HeddleSpan *span)
{
  HeddleSpan spans[2];
  guint n = heddle_lane_store_get_spans (self->store, lane, from,
                                         heddle_lane_store_get_totals (self->store).end + 1, spans,
                                         G_N_ELEMENTS (spans));

  for (guint i = 0; i < n; i++)
    if (spans[i].begin >= from)
      {
        *span = spans[i];
        return TRUE;
      }
  return FALSE;
}

/* The last task that begins before @until. Looks at a longer time where there is none, and at a
 * shorter one where there are many. */
static gboolean
find_last (HeddleLanesChart *self, guint lane, gint64 until, HeddleSpan *span)
{
  gint64 length = MAX (self->chart.drawn_end - self->chart.drawn_begin, 1);
  gint64 begin = heddle_lane_store_get_totals (self->store).begin;
  HeddleSpan spans[LOOK_AT];
  guint n;

  while ((n = heddle_lane_store_count_spans (self->store, lane, until - length, until)) == 0
         && until - length > begin)
    length *= 8;
  while (n > LOOK_AT && length > 8)
    {
      length /= 8;
      n = heddle_lane_store_count_spans (self->store, lane, until - length, until);
    }
  n = heddle_lane_store_get_spans (self->store, lane, until - length, until, spans, LOOK_AT);
  while (n > 0 && spans[n - 1].begin >= until)
    n--;
  if (n > 0)
    *span = spans[n - 1];
  return n > 0;
}

/* Where to look for the next task from, or for the one before. */
static gint64
get_moment (HeddleLanesChart *self, gint64 otherwise)
{
  if (self->marks.cursor.has_span)
    return self->marks.cursor.span.begin;
  return self->marks.moment != 0 ? self->marks.moment : otherwise;
}

/* Lets the window stand still, with the task in sight. */
static void
show_span (HeddleLanesChart *self, const HeddleSpan *span)
{
  gint64 begin = self->chart.drawn_begin, length = self->chart.drawn_end - begin;

  if (self->chart.window == NULL)
    return;
  heddle_time_window_hold (self->chart.window);
  if (span->begin < begin || span->begin >= begin + length)
    heddle_time_window_show (self->chart.window, span->begin - length / 4,
                             span->begin - length / 4 + length);
}

/**
 * heddle_lanes_chart_move_to_span:
 * @forward: to the next task; otherwise to the one before
 *
 * Moves the cursor within its lane. The first time it goes to the first or the last task in sight.
 *
 * Returns: whether the cursor is in a lane
 */
gboolean
heddle_lanes_chart_move_to_span (HeddleLanesChart *self, gboolean forward)
{
  HeddleLanesMark *cursor = &self->marks.cursor;
  HeddleSpan span;
  gboolean found;

  if (cursor->lane < 0 || self->store == NULL)
    return FALSE;
  if (forward)
    found = find_next (self, (guint) cursor->lane,
                       get_moment (self, self->chart.drawn_begin - 1) + 1, &span);
  else
    found =
      find_last (self, (guint) cursor->lane, get_moment (self, self->chart.drawn_end), &span);
  if (found)
    {
      cursor->has_span = TRUE;
      cursor->span = span;
      self->marks.moment = span.begin;
      show_span (self, &span);
      show_cursor (self);
    }
  return TRUE;
}

gboolean
heddle_lanes_chart_has_cursor (HeddleLanesChart *self)
{
  g_return_val_if_fail (HEDDLE_IS_LANES_CHART (self), FALSE);
  return self->marks.cursor.lane >= 0;
}

/**
 * heddle_lanes_chart_get_cursor:
 * @lane: (out): the lane that the keys are in
 * @span: (out): the task
 *
 * Returns: whether they are on a task
 */
gboolean
heddle_lanes_chart_get_cursor (HeddleLanesChart *self, guint *lane, HeddleSpan *span)
{
  g_return_val_if_fail (HEDDLE_IS_LANES_CHART (self), FALSE);

  if (self->marks.cursor.lane < 0 || !self->marks.cursor.has_span)
    return FALSE;
  *lane = (guint) self->marks.cursor.lane;
  *span = self->marks.cursor.span;
  return TRUE;
}

void
heddle_lanes_chart_clear_cursor (HeddleLanesChart *self)
{
  g_return_if_fail (HEDDLE_IS_LANES_CHART (self));

  self->marks.cursor.lane = -1;
  self->marks.cursor.has_span = FALSE;
  self->marks.moment = 0;
  show_cursor (self);
}

/* Returns: (transfer full): what the worker of the lane has done, for a screen reader */
char *
heddle_lanes_chart_dup_lane_words (HeddleLanesChart *self, guint lane)
{
  HeddleLaneInfo info = { 0 };

  heddle_lane_store_get_info (self->store, lane, &info);
  /* Translators: a worker: its share of the shown time in percent, how many tasks it has done */
  return g_strdup_printf (ngettext ("on a task %d %% of the time, %u task",
                                    "on a task %d %% of the time, %u tasks", (gulong) info.n_spans),
                          (int) heddle_lane_get_percent (&self->order.keys[lane]),
                          (guint) info.n_spans);
}

/**
 * heddle_lanes_chart_dup_cursor_words:
 *
 * Returns: (transfer full) (nullable): where the cursor is, for a screen reader; NULL: nowhere
 */
char *
heddle_lanes_chart_dup_cursor_words (HeddleLanesChart *self)
{
  const HeddleLanesMark *cursor = &self->marks.cursor;
  g_autofree char *words = NULL;

  if (cursor->lane < 0 || self->store == NULL)
    return NULL;
  if (cursor->has_span)
    return heddle_lanes_chart_dup_words (self, (guint) cursor->lane, &cursor->span);
  words = heddle_lanes_chart_dup_lane_words (self, (guint) cursor->lane);
  /* Translators: the name of a worker, and what it has done */
  return g_strdup_printf (_("%s, %s"),
                          (const char *) g_ptr_array_index (self->names, (guint) cursor->lane),
                          words);
}
