/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timeline: charts over time, one below the other, with one time window. The charts draw
 * themselves, each when its own data changed. Cross and selection are drawn over them by the
 * timeline, so that neither asks any of them to draw anything anew.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/format.h"
#include "charts/timeline-private.h"

enum { SIGNAL_SELECTION_CHANGED, SIGNAL_TASK_SELECTED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HeddleTimeline, heddle_timeline, GTK_TYPE_WIDGET)

static guint
count_shown (HeddleTimeline *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_rows; i++)
    n += gtk_widget_get_visible (GTK_WIDGET (self->rows[i]));
  return n;
}

/* The heights that ruler and lanes ask for. */
static void
measure_lanes (HeddleTimeline *self, int *ruler, int *minimum, int *natural)
{
  gtk_widget_measure (GTK_WIDGET (self->ruler), GTK_ORIENTATION_VERTICAL, -1, ruler, NULL, NULL,
                      NULL);
  gtk_widget_measure (GTK_WIDGET (self->lanes), GTK_ORIENTATION_VERTICAL, -1, minimum, natural,
                      NULL, NULL);
}

static void
heddle_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleTimeline *self = HEDDLE_TIMELINE (widget);
  int ruler, least, wanted;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (GTK_WIDGET (self->lanes), orientation, -1, minimum, natural, NULL, NULL);
      for (guint i = 0; i < self->n_rows; i++) /* GTK wants to be asked before it allocates */
        gtk_widget_measure (GTK_WIDGET (self->rows[i]), orientation, -1, &least, &wanted, NULL,
                            NULL);
      return;
    }
  measure_lanes (self, &ruler, &least, &wanted);
  *minimum = heddle_timeline_layout_least_height (ruler, least, count_shown (self));
  *natural = heddle_timeline_layout_natural_height (ruler, wanted, count_shown (self));
}

static void
allocate (GtkWidget *child, int y, int width, int height)
{
  gtk_widget_allocate (child, width, height, -1,
                       gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT (0, (float) y)));
}

static void
heddle_timeline_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleTimeline *self = HEDDLE_TIMELINE (widget);
  int ruler, least, wanted, x, plot_width;
  guint shown = 0;

  measure_lanes (self, &ruler, &least, &wanted);
  heddle_timeline_layout_init (&self->layout, ruler, least, wanted, count_shown (self), height);
  allocate (GTK_WIDGET (self->lanes), ruler, width, self->layout.lanes);
  heddle_lanes_chart_get_plot (self->lanes, &x, &plot_width);
  heddle_ruler_set_plot (self->ruler, x, plot_width);
  allocate (GTK_WIDGET (self->ruler), 0, width, ruler);
  for (guint i = 0; i < self->n_rows; i++)
    {
      GtkWidget *row = GTK_WIDGET (self->rows[i]);

      if (!gtk_widget_get_visible (row))
        continue;
      heddle_area_chart_set_plot (self->rows[i], x, plot_width);
      allocate (row, heddle_timeline_layout_row_y (&self->layout, shown++), width,
                MAX (self->layout.row, 0));
    }
}

static gboolean
heddle_timeline_focus (GtkWidget *widget, GtkDirectionType direction)
{
  /* its children are reached by its own keys */
  if (gtk_widget_is_focus (widget))
    return FALSE;
  return gtk_widget_grab_focus (widget);
}

static void
heddle_timeline_dispose (GObject *object)
{
  HeddleTimeline *self = HEDDLE_TIMELINE (object);

  heddle_timeline_set_pauses_func (self, NULL, NULL, NULL);
  for (guint i = 0; i < self->n_rows; i++)
    gtk_widget_unparent (GTK_WIDGET (self->rows[i]));
  self->n_rows = 0;
  g_clear_pointer ((GtkWidget **) &self->lanes, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->ruler, gtk_widget_unparent);
  g_clear_object (&self->window);
  G_OBJECT_CLASS (heddle_timeline_parent_class)->dispose (object);
}

static void
heddle_timeline_class_init (HeddleTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_timeline_dispose;
  widget_class->measure = heddle_timeline_measure;
  widget_class->size_allocate = heddle_timeline_size_allocate;
  widget_class->snapshot = heddle_timeline_snapshot;
  widget_class->focus = heddle_timeline_focus;
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[SIGNAL_SELECTION_CHANGED] =
    g_signal_new ("selection-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
  signals[SIGNAL_TASK_SELECTED] =
    g_signal_new ("task-selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
heddle_timeline_init (HeddleTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->pointer.x = -1;
  self->window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  self->ruler = g_object_new (HEDDLE_TYPE_RULER, NULL);
  heddle_chart_set_window (HEDDLE_CHART (self->ruler), self->window);
  gtk_widget_set_parent (GTK_WIDGET (self->ruler), widget);
  self->lanes = g_object_new (HEDDLE_TYPE_LANES_CHART, NULL);
  heddle_chart_set_window (HEDDLE_CHART (self->lanes), self->window);
  gtk_widget_set_parent (GTK_WIDGET (self->lanes), widget);
  /* the selection moves with the window */
  g_signal_connect_object (self->window, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR); /* time keeps its direction */
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Run over time"), -1);
  heddle_timeline_init_input (self);
}

/* The moment that lies at @x, CLOCK_MONOTONIC ns. */
gint64
heddle_timeline_time_at (HeddleTimeline *self, double x)
{
  const HeddleChart *chart = HEDDLE_CHART (self->lanes);
  int left, width;

  heddle_lanes_chart_get_plot (self->lanes, &left, &width);
  return heddle_time_scale_time_at (&chart->scale, (int) CLAMP (x - left, 0, width));
}

gboolean
heddle_timeline_in_plot (HeddleTimeline *self, double x)
{
  int left, width;

  heddle_lanes_chart_get_plot (self->lanes, &left, &width);
  return x >= left && x < left + width;
}

/* The pointer is there: all rows tell their value at that moment. x below 0: it has left. */
void
heddle_timeline_set_cross (HeddleTimeline *self, double x, double y)
{
  int left, width, pixel = -1;

  heddle_lanes_chart_get_plot (self->lanes, &left, &width);
  if (x >= left && x < left + width)
    pixel = (int) x - left;
  self->pointer.x = x;
  self->pointer.y = y;
  for (guint i = 0; i < self->n_rows; i++)
    heddle_area_chart_set_cross (self->rows[i], pixel);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Tells screen readers where the keys are, what is selected, and what the rows say. */
void
heddle_timeline_describe (HeddleTimeline *self)
{
  g_autofree char *words = heddle_lanes_chart_dup_cursor_words (self->lanes);
  char length[HEDDLE_FORMAT_SIZE];
  GString *text = g_string_new (words);

  if (self->end > self->begin)
    {
      heddle_format_duration (self->end - self->begin, length, sizeof length);
      if (text->len > 0)
        g_string_append (text, ", ");
      /* Translators: a length of time, as "1.5 s" */
      g_string_append_printf (text, _("%s selected"), length);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text->str, -1);
  g_string_free (text, TRUE);
}

/* The user chose a task, or none: -1. */
void
heddle_timeline_choose_task (HeddleTimeline *self, int lane, const HeddleSpan *span)
{
  HeddleSpan before;
  gboolean had = heddle_lanes_chart_get_selected (self->lanes, &before);

  heddle_lanes_chart_select (self->lanes, lane, span);
  if (span != NULL || had)
    g_signal_emit (self, signals[SIGNAL_TASK_SELECTED], 0, span != NULL ? span->id : (guint64) 0);
}

/* CLOCK_MONOTONIC ns; the same: none. */
void
heddle_timeline_set_stretch (HeddleTimeline *self, gint64 begin, gint64 end)
{
  gint64 origin = heddle_time_window_get_origin (self->window, 0);

  begin = MAX (begin, origin);
  if (end <= begin)
    begin = end = 0;
  if (self->begin == begin && self->end == end)
    return;
  self->begin = begin;
  self->end = end;
  heddle_timeline_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0, end > begin ? begin - origin : 0,
                 end > begin ? end - origin : 0);
}

/**
 * heddle_timeline_get_lanes:
 *
 * Returns: (transfer none): the lanes
 */
HeddleLanesChart *
heddle_timeline_get_lanes (HeddleTimeline *self)
{
  g_return_val_if_fail (HEDDLE_IS_TIMELINE (self), NULL);
  return self->lanes;
}

/**
 * heddle_timeline_get_window:
 *
 * Returns: (transfer none): which time is shown
 */
HeddleTimeWindow *
heddle_timeline_get_window (HeddleTimeline *self)
{
  g_return_val_if_fail (HEDDLE_IS_TIMELINE (self), NULL);
  return self->window;
}

/**
 * heddle_timeline_add_row:
 * @name: what stands at its left
 * @style: a style class, which gives it its colour
 * @func: writes its values
 *
 * Adds a row below the others, of which there may be %HEDDLE_TIMELINE_MAX_ROWS.
 *
 * Returns: its number, from 0
 */
guint
heddle_timeline_add_row (HeddleTimeline *self, const char *name, const char *style,
                         HeddleValueFunc func)
{
  HeddleAreaChart *row;

  g_return_val_if_fail (HEDDLE_IS_TIMELINE (self), 0);
  g_return_val_if_fail (self->n_rows < HEDDLE_TIMELINE_MAX_ROWS, 0);

  row = g_object_new (HEDDLE_TYPE_AREA_CHART, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (row), style);
  heddle_area_chart_set_name (row, name, func);
  heddle_chart_set_window (HEDDLE_CHART (row), self->window);
  gtk_widget_set_parent (GTK_WIDGET (row), GTK_WIDGET (self));
  self->rows[self->n_rows] = row;
  return self->n_rows++;
}

HeddleAreaChart *
heddle_timeline_get_row (HeddleTimeline *self, guint row)
{
  g_return_val_if_fail (HEDDLE_IS_TIMELINE (self), NULL);
  g_return_val_if_fail (row < self->n_rows, NULL);
  return self->rows[row];
}

void
heddle_timeline_set_row_shown (HeddleTimeline *self, guint row, gboolean shown)
{
  g_return_if_fail (HEDDLE_IS_TIMELINE (self));
  g_return_if_fail (row < self->n_rows);
  gtk_widget_set_visible (GTK_WIDGET (self->rows[row]), shown);
}

/**
 * heddle_timeline_set_pauses_func:
 * @func: (nullable): tells when the run was paused
 * @data: for @func
 * @destroy: (nullable): frees @data
 */
void
heddle_timeline_set_pauses_func (HeddleTimeline *self, HeddleTimelinePausesFunc func, gpointer data,
                                 GDestroyNotify destroy)
{
  g_return_if_fail (HEDDLE_IS_TIMELINE (self));

  if (self->pauses.destroy != NULL)
    self->pauses.destroy (self->pauses.data);
  self->pauses.func = func;
  self->pauses.data = data;
  self->pauses.destroy = destroy;
}

/**
 * heddle_timeline_set_live:
 * @live: whether time goes on
 */
void
heddle_timeline_set_live (HeddleTimeline *self, gboolean live)
{
  g_return_if_fail (HEDDLE_IS_TIMELINE (self));

  heddle_chart_set_live (HEDDLE_CHART (self->ruler), live);
  heddle_chart_set_live (HEDDLE_CHART (self->lanes), live);
  for (guint i = 0; i < self->n_rows; i++)
    heddle_chart_set_live (HEDDLE_CHART (self->rows[i]), live);
}

/**
 * heddle_timeline_reset:
 *
 * Forgets what was selected, and follows: another run is shown.
 */
void
heddle_timeline_reset (HeddleTimeline *self)
{
  g_return_if_fail (HEDDLE_IS_TIMELINE (self));

  heddle_timeline_set_stretch (self, 0, 0);
  heddle_timeline_choose_task (self, -1, NULL);
  heddle_lanes_chart_clear_cursor (self->lanes);
  heddle_time_window_follow (self->window);
}

/**
 * heddle_timeline_zoom:
 * @factor: more than 1 shows less time
 *
 * Zooms around the middle of what is shown, or around the end while that is followed.
 */
void
heddle_timeline_zoom (HeddleTimeline *self, double factor)
{
  const HeddleChart *chart;

  g_return_if_fail (HEDDLE_IS_TIMELINE (self));

  chart = HEDDLE_CHART (self->lanes);
  heddle_time_window_zoom (self->window, factor,
                           heddle_time_window_get_following (self->window)
                             ? G_MAXINT64
                             : chart->drawn_begin + (chart->drawn_end - chart->drawn_begin) / 2);
}

void
heddle_timeline_show_all (HeddleTimeline *self)
{
  g_return_if_fail (HEDDLE_IS_TIMELINE (self));
  heddle_time_window_set_span (self->window, 0);
}

/* Returns: whether a stretch is selected, which is shown now. */
gboolean
heddle_timeline_show_selection (HeddleTimeline *self)
{
  g_return_val_if_fail (HEDDLE_IS_TIMELINE (self), FALSE);

  if (self->end <= self->begin)
    return FALSE;
  heddle_time_window_show (self->window, self->begin, self->end);
  return TRUE;
}

/* Returns: whether a task is selected, which is shown now, with a little of what is around it. */
gboolean
heddle_timeline_show_task (HeddleTimeline *self)
{
  HeddleSpan span;
  gint64 end, margin;

  g_return_val_if_fail (HEDDLE_IS_TIMELINE (self), FALSE);

  if (!heddle_lanes_chart_get_selected (self->lanes, &span))
    return FALSE;
  end = span.state == HEDDLE_TASK_RUNNING ? HEDDLE_CHART (self->lanes)->drawn_now : span.end;
  margin = MAX ((end - span.begin) / 8, 1);
  heddle_time_window_show (self->window, span.begin - margin, MAX (end, span.begin) + margin);
  return TRUE;
}

/**
 * heddle_timeline_select:
 * @begin: nanoseconds of the run
 * @end: nanoseconds of the run; not after @begin: nothing
 *
 * Selects a stretch of time, as if the user had.
 */
void
heddle_timeline_select (HeddleTimeline *self, gint64 begin, gint64 end)
{
  gint64 origin;

  g_return_if_fail (HEDDLE_IS_TIMELINE (self));

  origin = heddle_time_window_get_origin (self->window, 0);
  heddle_timeline_set_stretch (self, origin + begin, origin + end);
}

/**
 * heddle_timeline_get_selection:
 * @begin: (out): nanoseconds of the run
 * @end: (out): nanoseconds of the run
 *
 * Returns: whether a stretch is selected
 */
gboolean
heddle_timeline_get_selection (HeddleTimeline *self, gint64 *begin, gint64 *end)
{
  gint64 origin;

  g_return_val_if_fail (HEDDLE_IS_TIMELINE (self), FALSE);

  origin = heddle_time_window_get_origin (self->window, 0);
  *begin = self->end > self->begin ? self->begin - origin : 0;
  *end = self->end > self->begin ? self->end - origin : 0;
  return self->end > self->begin;
}

/**
 * heddle_timeline_select_task:
 * @lane: the lane of its worker
 * @span: (nullable): the task; NULL: none
 *
 * Marks a task that was chosen elsewhere, and brings it into sight where it is not.
 */
void
heddle_timeline_select_task (HeddleTimeline *self, guint lane, const HeddleSpan *span)
{
  const HeddleChart *chart;
  gint64 length;

  g_return_if_fail (HEDDLE_IS_TIMELINE (self));

  heddle_lanes_chart_select (self->lanes, span != NULL ? (int) lane : -1, span);
  chart = HEDDLE_CHART (self->lanes);
  if (span == NULL || (span->end > chart->drawn_begin && span->begin < chart->drawn_end))
    return;
  length = chart->drawn_end - chart->drawn_begin;
  heddle_time_window_show (self->window, span->begin - length / 2,
                           span->begin - length / 2 + length);
}
