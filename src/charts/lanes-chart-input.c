/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/format.h"
#include "charts/axis.h"
#include "charts/lanes-chart-private.h"

static gint64
time_at (HeddleLanesChart *self, double x)
{
  return heddle_time_scale_time_at (&self->chart.scale, (int) x - self->plot_x);
}

static gboolean
in_plot (HeddleLanesChart *self, double x)
{
  return x >= self->plot_x && x < self->plot_x + self->plot_width;
}

/* Which span lies below the pointer: half a pixel to either side counts, so that a short one can be
 * hit. */
static int
find_hover (HeddleLanesChart *self, HeddleSpan *span)
{
  int row = heddle_lane_layout_lane_at (&self->layout, (int) self->pointer.y,
                                        heddle_lanes_chart_scrolled (self));
  int lane = row >= 0 ? heddle_lanes_chart_lane_of_row (self, (guint) row) : -1;
  gint64 begin = time_at (self, self->pointer.x), end = time_at (self, self->pointer.x + 1);
  HeddleLaneInfo info;

  if (lane < 0 || self->store == NULL || !in_plot (self, self->pointer.x)
      || self->chart.content == NULL)
    return -1;

  if (heddle_lane_store_find_span (self->store, (guint) lane, (begin + end) / 2, span)
      || heddle_lane_store_get_spans (self->store, (guint) lane, begin, end, span, 1) > 0)
    return lane;

  if (heddle_lane_store_get_info (self->store, (guint) lane, &info) && info.open
      && end > info.current.begin && begin < heddle_lanes_chart_last_moment (self))
    {
      *span = info.current;
      span->state = HEDDLE_TASK_RUNNING;
      return lane;
    }

  return -1;
}

static void
update_hover (HeddleLanesChart *self)
{
  HeddleSpan span = { 0 };
  int lane = self->pointer.inside ? find_hover (self, &span) : -1;
  gboolean same = lane == self->pointer.lane
    && (lane < 0
        || (span.begin == self->pointer.span.begin && span.state == self->pointer.span.state));

  /* also where it is the same task: it may have ended since */
  self->pointer.lane = lane;
  self->pointer.span = span;
  if (!same)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The chart moves below a pointer that rests: the frame goes with the task that the tooltip tells
 * of, until the pointer moves. */
void
heddle_lanes_chart_update_pointer (HeddleLanesChart *self)
{
  HeddleLaneInfo info;
  HeddleSpan span;

  if (self->pointer.lane < 0 || self->store == NULL)
    return;

  /* it may have ended by now, and have been given up since */
  if (self->pointer.span.state == HEDDLE_TASK_RUNNING
      && heddle_lane_store_find_span (self->store, (guint) self->pointer.lane,
                                      self->pointer.span.begin, &span)
      && span.id == self->pointer.span.id)
    self->pointer.span = span;
  else if (self->pointer.span.state == HEDDLE_TASK_RUNNING
           && (!heddle_lane_store_get_info (self->store, (guint) self->pointer.lane, &info)
               || !info.open || info.current.id != self->pointer.span.id))
    self->pointer.lane = -1;
  if (self->pointer.span.state != HEDDLE_TASK_RUNNING
      && self->pointer.span.end < heddle_time_scale_begin (&self->chart.scale))
    self->pointer.lane = -1;
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, HeddleLanesChart *self)
{
  self->pointer.inside = TRUE;
  self->pointer.x = x;
  self->pointer.y = y;
  update_hover (self);
}

static void
pointer_left (GtkEventControllerMotion *motion, HeddleLanesChart *self)
{
  self->pointer.inside = FALSE;
  update_hover (self);
  if (self->order.by != HEDDLE_SORT_LANES_NUMBER) /* it may have been in the way of that */
    heddle_chart_invalidate (&self->chart);
}

/*
 * A tip may come without the pointer ever having come: the chart was put, or moved, below a pointer
 * that rests. Then nobody says that the pointer has left, but the tip goes.
 */
static void
tip_gone (HeddleLanesChart *self)
{
  if (!gtk_event_controller_motion_contains_pointer (self->pointer.motion))
    pointer_left (self->pointer.motion, self);
}

/* Many tasks in one pixel: their sum is told instead of one of them picked by chance. */
static char *
dense_text (HeddleLanesChart *self, guint lane, gint64 begin, gint64 end, guint n_spans)
{
  char count[HEDDLE_FORMAT_SIZE], bad[HEDDLE_FORMAT_SIZE], length[HEDDLE_FORMAT_SIZE];
  HeddleLaneCell cell;

  heddle_lane_store_get_cells (self->store, lane, begin, end, &cell, 1);
  heddle_format_count (n_spans, count, sizeof count);
  heddle_format_count (cell.n_failed, bad, sizeof bad);
  heddle_format_duration (end - begin, length, sizeof length);
  /* Translators: "1 204 tasks in 10 ms, occupied 93 %, 2 did not end well" */
  return g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%s task in %s\noccupied %d %% · %s unsuccessful",
                 "%s tasks in %s\noccupied %d %% · %s unsuccessful", n_spans),
    count, length, (int) lround (100 * CLAMP ((double) cell.busy, 0, 1)), bad);
}

/* What a task is called beyond its number; empty: nothing. */
static char *
dup_label (HeddleLanesChart *self, guint64 id)
{
  char label[256] = "";

  if (self->teller.funcs.label != NULL)
    self->teller.funcs.label (id, label, sizeof label, self->teller.data);
  return g_strdup (label);
}

/* Of a label such as "task 6, which crashes" what follows the number, of any other all. */
static const char *
beyond_number (const char *label, guint64 id)
{
  /* Translators: as it begins the names of tasks that have none of their own */
  g_autofree char *number = g_strdup_printf (_("task %" PRIu64), id);

  return g_str_has_prefix (label, number) && !g_ascii_isdigit (label[strlen (number)])
    ? label + strlen (number)
    : label;
}

/* Collects what is known of a task. All of it is of one moment, or a task that runs would have
 * begun at another time before now than it has taken. */
static void
collect_facts (HeddleLanesChart *self, guint lane, const HeddleSpan *span, gint64 now,
               HeddleTaskFacts *facts)
{
  HeddleSpan until_now = *span;
  HeddleLaneSum sum;

  if (span->state == HEDDLE_TASK_RUNNING)
    until_now.end = now;
  heddle_lane_store_sum (self->store, lane, until_now.begin, until_now.end, &sum);
  heddle_task_facts_init (facts, &until_now, &sum);
  if (self->teller.funcs.add_facts != NULL)
    self->teller.funcs.add_facts (span, facts, self->teller.data);
}

static char *
span_text (HeddleLanesChart *self, guint lane, const HeddleSpan *span)
{
  g_autofree char *label = dup_label (self, span->id);
  g_autofree char *told = NULL;
  const char *beyond = beyond_number (label, span->id);
  gint64 now = MAX (heddle_lanes_chart_last_moment (self), span->begin);
  /* not as it was drawn last: that may have been before the run began */
  gint64 origin = self->chart.window != NULL
    ? heddle_time_window_get_origin (self->chart.window, now)
    : self->chart.origin;
  gint64 offset = span->begin - origin;
  char began[HEDDLE_FORMAT_SIZE];
  HeddleTaskFacts facts;

  collect_facts (self, lane, span, now, &facts);
  told = heddle_task_facts_describe (&facts, " · ", "\n");
  heddle_axis_time_label (offset, MAX (heddle_axis_time_step (ABS (offset), 10000), 1), offset,
                          began, sizeof began);
  /* Translators: number and name of a task; its worker, when it began ("3.2 s"); what is known of
   * it, in several lines */
  return g_strdup_printf (_("Task %" PRIu64 "%s%s\n%s · began at %s\n%s"), span->id,
                          beyond == label && label[0] != '\0' ? " · " : "", beyond,
                          (const char *) g_ptr_array_index (self->names, lane), began, told);
}

/* The same in words, for those who hear it: of one task of that lane. */
char *
heddle_lanes_chart_dup_words (HeddleLanesChart *self, guint lane, const HeddleSpan *span)
{
  g_autofree char *label = dup_label (self, span->id);
  g_autofree char *told = NULL;
  const char *beyond = beyond_number (label, span->id);
  HeddleTaskFacts facts;

  collect_facts (self, lane, span, MAX (heddle_lanes_chart_last_moment (self), span->begin),
                 &facts);
  told = heddle_task_facts_describe (&facts, ", ", ", ");
  /* Translators: a worker, the number and the name of its task, what is known of that: "Thread 3,
   * task 7, gimp.png, ran 5.6 ms, done" */
  return g_strdup_printf (_("%s, task %" PRIu64 "%s%s, %s"),
                          (const char *) g_ptr_array_index (self->names, lane), span->id,
                          beyond == label && label[0] != '\0' ? ", " : "", beyond, told);
}

/**
 * heddle_lanes_chart_pick:
 * @x: of the widget
 * @y: of the widget
 * @lane: (out): the lane whose row is there
 * @span: (out): the task there
 *
 * Returns: whether a task lies there
 */
gboolean
heddle_lanes_chart_pick (HeddleLanesChart *self, double x, double y, guint *lane, HeddleSpan *span)
{
  int found;

  g_return_val_if_fail (HEDDLE_IS_LANES_CHART (self), FALSE);

  self->pointer.x = x;
  self->pointer.y = y;
  found = find_hover (self, span);
  *lane = (guint) MAX (found, 0);
  return found >= 0;
}

/* What the tip says with the pointer at this place, or NULL. While it rests there, it is of the
 * task that it was of before, wherever that is drawn. */
char *
heddle_lanes_chart_dup_tip (HeddleLanesChart *self, int x, int y)
{
  gboolean rests = x == self->chart.tip.x && y == self->chart.tip.y && self->chart.tip.shown;
  gint64 begin = 0, end = 0;
  guint n_spans = 0;

  if (self->store == NULL || self->chart.content == NULL)
    return NULL;

  self->pointer.x = x;
  self->pointer.y = y;
  self->pointer.inside = TRUE;
  heddle_lanes_chart_update_pointer (self);
  if (!rests || self->pointer.tip_is_sum || self->pointer.lane < 0)
    {
      update_hover (self);
      if (self->pointer.lane < 0)
        return NULL;
      begin = time_at (self, x);
      end = time_at (self, x + 1.0);
      n_spans = heddle_lane_store_count_spans (self->store, (guint) self->pointer.lane, begin, end);
    }
  self->pointer.tip_is_sum = n_spans > 2;
  return self->pointer.tip_is_sum
    ? dense_text (self, (guint) self->pointer.lane, begin, end, n_spans)
    : span_text (self, (guint) self->pointer.lane, &self->pointer.span);
}

void
heddle_lanes_chart_init_input (HeddleLanesChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *controller;

  g_signal_connect_object (self->chart.tip.label, "unmap", G_CALLBACK (tip_gone), self,
                           G_CONNECT_SWAPPED);
  controller = gtk_event_controller_motion_new ();
  self->pointer.motion = GTK_EVENT_CONTROLLER_MOTION (controller);
  g_signal_connect (controller, "enter", G_CALLBACK (pointer_moved), self);
  g_signal_connect (controller, "motion", G_CALLBACK (pointer_moved), self);
  g_signal_connect (controller, "leave", G_CALLBACK (pointer_left), self);
  gtk_widget_add_controller (widget, controller);
}
