/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The area chart: a number over time, filled down to 0. Where a column is of several values the
 * line stands at their mean, and behind it is shown faintly from where to where they reach.
 *
 * Drawn without paths into a raster: a rectangle a column for the line, joined from step to step,
 * and one a level for the filling. The line's edges lie between pixels where the value does, which
 * smooths slopes.
 */
#include "config.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "charts/area-line.h"
#include "charts/axis.h"
#include "charts/charts.h"
#include "charts/hover.h"
#include "charts/lane-layout.h"
#include "charts/palette.h"
#include "charts/raster.h"
#include "charts/redraw.h"
#include "charts/text-cache.h"

#define LINE 2.0f
#define NEIGHBOUR_CELLS 64
#define NEIGHBOUR_REACH (2 * HEDDLE_S) /* how far beside the shown stretch a value is looked for, at least */
#define LABEL_ROOM_WIDTH 110
#define LABEL_ROOM_HEIGHT 48

struct _HeddleAreaChart {
  GtkWidget parent_instance;

  /* from the caller, a reference each */
  HeddleSeries *series;
  HeddleTimeWindow *window;
  gulong window_handler;
  double maximum;       /* 0: as the data wants */

  /* what was drawn last; NULL content: it must be drawn anew */
  GskRenderNode *content;
  HeddleTimeScale scale;
  gint64 origin;
  gint64 drawn_begin, drawn_end;
  guint64 drawn_serial;
  double top;           /* of the value axis */
  int head;             /* pixels above it, for the label that says what it stands for */
  gint64 described;

  /* one a pixel */
  HeddleSeriesCell *cells;
  HeddleAreaColumn *columns;
  guint n_columns;

  HeddleHover hover; /* column below the pointer */
  HeddleTextCache texts;
  HeddleRedraw redraw;
};

G_DEFINE_FINAL_TYPE (HeddleAreaChart, heddle_area_chart, GTK_TYPE_WIDGET)

static void
invalidate (HeddleAreaChart *self)
{
  g_clear_pointer (&self->content, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static char *
format_value (HeddleAreaChart *self,
              double           value,
              char            *buffer,
              gsize            size)
{
  const char *unit = self->series != NULL ? heddle_series_get_unit (self->series) : NULL;
  char number[HEDDLE_AXIS_TEXT];

  if (self->maximum == 1) /* a share */
    g_snprintf (buffer, size, "%d\302\240%%", (int) lround (100 * value));
  else
    {
      heddle_axis_format_value (value, number, sizeof number);
      g_snprintf (buffer, size, unit != NULL && unit[0] != '\0' ? "%s\302\240%s" : "%s", number, unit != NULL && unit[0] != '\0' ? _(unit) : "");
    }

  return buffer;
}

/* The nearest value in a stretch beside the shown one. */
static HeddleAreaNeighbour
neighbour (HeddleAreaChart *self,
           gint64           begin,
           gint64           end,
           gboolean         last)
{
  HeddleSeriesCell cells[NEIGHBOUR_CELLS];
  double length = (double) (end - begin) / NEIGHBOUR_CELLS;

  heddle_series_get_cells (self->series, begin, end, cells, NEIGHBOUR_CELLS);
  for (guint i = 0; i < NEIGHBOUR_CELLS; i++)
    {
      guint k = last ? NEIGHBOUR_CELLS - 1 - i : i;
      double time = (double) (begin - heddle_time_scale_begin (&self->scale)) + ((double) k + 0.5) * length;

      if (cells[k].n_samples > 0)
        return (HeddleAreaNeighbour) { time / self->scale.ns, cells[k].mean, TRUE };
    }

  return (HeddleAreaNeighbour) { 0 };
}

static void
update_scale (HeddleAreaChart *self,
              gint64           now)
{
  int width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1);
  gint64 begin = now - 10 * HEDDLE_S, end = now;

  self->origin = now;
  if (self->window != NULL)
    {
      heddle_time_window_get_range (self->window, now, &begin, &end);
      self->origin = heddle_time_window_get_origin (self->window, now);
    }
  self->drawn_begin = begin;
  self->drawn_end = end;
  heddle_time_scale_init (&self->scale, begin, end, width);

  if ((guint) width > self->n_columns)
    {
      self->cells = g_renew (HeddleSeriesCell, self->cells, width);
      self->columns = g_renew (HeddleAreaColumn, self->columns, width);
    }
  self->n_columns = (guint) width;
}

/* The line of samples, which goes from one to the next. */
static void
update_line (HeddleAreaChart *self, gint64 begin, gint64 end, gint64 last_time, gboolean hold)
{
  gint64 reach = MAX (end - begin, NEIGHBOUR_REACH);
  HeddleAreaNeighbour before = neighbour (self, begin - reach, begin, TRUE), after = { 0 };

  if (last_time >= end)
    after = neighbour (self, end, end + reach, FALSE);
  heddle_area_line (self->cells, self->n_columns, &before, &after, hold, self->columns);
}

static void
update_columns (HeddleAreaChart *self)
{
  gint64 begin = heddle_time_scale_begin (&self->scale), end = heddle_time_scale_end (&self->scale);
  double low, high = 0;
  gint64 last_time;
  gboolean hold;

  for (guint i = 0; i < self->n_columns; i++)
    self->columns[i] = (HeddleAreaColumn) { 0 };
  if (self->series == NULL || heddle_series_get_length (self->series) == 0)
    return;

  self->drawn_serial = heddle_series_get_serial (self->series);
  last_time = heddle_series_get_known_until (self->series);
  heddle_series_get_cells (self->series, begin, end, self->cells, self->n_columns);
  hold = self->redraw.live && last_time < end && end - last_time < NEIGHBOUR_REACH;
  if (heddle_series_is_of_stretches (self->series))
    heddle_area_steps (self->cells, self->n_columns, hold, self->columns);
  else
    update_line (self, begin, end, last_time, hold);

  if (!heddle_series_get_range (self->series, begin, end, &low, &high))
    high = 0;
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].known)
      high = MAX (high, (double) self->columns[i].high);
  self->top = self->maximum > 0 ? self->maximum : heddle_axis_value_ceiling (high, heddle_axis_value_step (high, 4));
}

/* What the top stands for is written above it, where there is room: below, the line would go
 * through it. */
static gboolean
has_label (HeddleAreaChart *self,
           int              width,
           int              height)
{
  return self->top > 0 && self->maximum == 0 && width >= LABEL_ROOM_WIDTH
         && height >= LABEL_ROOM_HEIGHT;
}

static void
update_head (HeddleAreaChart *self,
             int              width,
             int              height)
{
  char top[64];

  self->head = 0;
  if (has_label (self, width, height))
    heddle_text_cache_get (&self->texts, HEDDLE_TEXT_SMALL,
                           format_value (self, self->top, top, sizeof top), NULL, &self->head);
}

/* Where a value stands: its distance from the top. Room is left for the line's thickness. */
static float
y_of (HeddleAreaChart *self,
      float            value,
      int              height)
{
  float share = CLAMP (value / (float) self->top, 0, 1);

  return (float) self->head + ((float) (height - self->head) - LINE) * (1 - share);
}

static void
draw_grid (HeddleAreaChart     *self,
           HeddleRaster        *raster,
           const HeddlePalette *palette,
           int                  width,
           int                  height)
{
  double step = heddle_axis_value_step (self->top, 4);

  for (double value = step; value <= self->top * 1.0001; value += step)
    heddle_raster_rect (raster, 0, floorf (y_of (self, (float) value, height)), (float) width, 1, &palette->grid);
}

/* Where the filling of a column begins: below the line. */
static float
filling_y (HeddleAreaChart *self,
           guint            i,
           int              height)
{
  return ceilf (y_of (self, self->columns[i].value, height) + LINE / 2);
}

/* The filling: neighbours of one height are one rectangle. */
static void
draw_filling (HeddleAreaChart *self,
              HeddleRaster    *raster,
              const GdkRGBA   *colour,
              int              height)
{
  guint i = 0;

  while (i < self->n_columns)
    {
      float y = filling_y (self, i, height);
      guint from = i;

      if (!self->columns[i++].known)
        continue;
      while (i < self->n_columns && self->columns[i].known && filling_y (self, i, height) == y)
        i++;
      heddle_raster_rect (raster, (float) from, y, (float) (i - from), (float) height - y, colour);
    }
}

/* From where to where the values reach, behind the line: the same colour, but only just seen. */
static void
draw_envelope (HeddleAreaChart *self,
               HeddleRaster    *raster,
               const GdkRGBA   *colour,
               int              height)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      const HeddleAreaColumn *column = &self->columns[i];
      float top = floorf (y_of (self, column->high, height));
      float bottom = ceilf (y_of (self, column->low, height) + LINE);

      if (column->known && column->high > column->low)
        heddle_raster_rect (raster, (float) i, top, 1, bottom - top, colour);
    }
}

/* The line: each column reaches to where the one before it ended, so steps are joined. */
static void
draw_line (HeddleAreaChart *self,
           HeddleRaster    *raster,
           const GdkRGBA   *colour,
           int              height)
{
  float run_from = 0, run_top = -1, run_bottom = -1, last_top = -1, last_bottom = -1;

  for (guint i = 0; i <= self->n_columns; i++)
    {
      gboolean known = i < self->n_columns && self->columns[i].known;
      float top = -1, bottom = -1;

      if (known)
        {
          float own_top = y_of (self, self->columns[i].value, height), own_bottom = own_top + LINE;

          top = last_top >= 0 && last_bottom < own_top + LINE ? MIN (last_bottom - LINE, own_top) : own_top;
          bottom = last_top >= 0 && last_top > own_bottom - LINE ? MAX (last_top + LINE, own_bottom) : own_bottom;
          last_top = own_top;
          last_bottom = own_bottom;
        }
      if (fabsf (top - run_top) < 0.02f && fabsf (bottom - run_bottom) < 0.02f)
        continue;
      if (run_top >= 0)
        heddle_raster_rect (raster, run_from, run_top, (float) i - run_from, run_bottom - run_top, colour);
      run_from = (float) i;
      run_top = top;
      run_bottom = bottom;
    }
}

/* The baseline below what is known, and where it ends: the current point. */
static void
draw_frame (HeddleAreaChart *self,
            HeddleRaster    *raster,
            const GdkRGBA   *colour,
            int              height)
{
  int first = -1, last = -1;

  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].known)
      {
        first = first < 0 ? (int) i : first;
        last = (int) i;
      }
  if (first < 0)
    return;

  heddle_raster_rect (raster, (float) first, (float) height - 1, (float) (last + 1 - first), 1, colour);
  heddle_raster_rect (raster, (float) last, y_of (self, self->columns[last].value, height), 1,
                      (float) height, colour);
}

static void
describe (HeddleAreaChart *self,
          gint64           now)
{
  char last[64], most[64];
  g_autofree char *text = NULL;
  double value = 0, high = 0;
  gint64 time;

  if (self->redraw.live && now >= self->described && now - self->described < HEDDLE_S)
    return;

  self->described = now;
  if (self->series == NULL || !heddle_series_get_last (self->series, &time, &value))
    text = g_strdup (_("nothing measured yet"));
  else
    {
      for (guint i = 0; i < self->n_columns; i++)
        if (self->columns[i].known)
          high = MAX (high, (double) self->columns[i].high);
      /* Translators: values with units, as "93 %" */
      text = g_strdup_printf (_("last %s, at most %s in the shown stretch"), format_value (self, value, last, sizeof last),
                              format_value (self, high, most, sizeof most));
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
build (HeddleAreaChart *self,
       gint64           now)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  HeddlePalette palette;
  HeddleRaster raster;
  GdkRGBA filling, envelope;
  char top[64];

  heddle_palette_init (&palette, GTK_WIDGET (self));
  filling = heddle_palette_fade (&palette.text, 0.24f);
  envelope = heddle_palette_fade (&palette.text, 0.16f);
  update_scale (self, now);
  self->top = 0;
  self->drawn_serial = self->series != NULL ? heddle_series_get_serial (self->series) : 0;
  update_columns (self);
  update_head (self, width, height);

  heddle_raster_begin (&raster, 0, 0, width, height, gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  heddle_raster_rect (&raster, 0, (float) height - 1, (float) width, 1, &palette.grid);
  if (self->top > 0 && height > 4)
    {
      draw_grid (self, &raster, &palette, width, height);
      draw_filling (self, &raster, &filling, height);
      draw_envelope (self, &raster, &envelope, height);
      draw_frame (self, &raster, &palette.text, height);
      draw_line (self, &raster, &palette.text, height);
    }
  heddle_raster_end (&raster, snapshot);
  if (has_label (self, width, height))
    heddle_text_cache_draw (&self->texts, snapshot, HEDDLE_TEXT_SMALL,
                            format_value (self, self->top, top, sizeof top), 2, 0, &palette.dim);
  describe (self, now);

  g_clear_pointer (&self->content, gsk_render_node_unref);
  self->content = heddle_redraw_take (&self->redraw, snapshot);
  heddle_tip_changed (&self->hover.tip);
}

static void
heddle_area_chart_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (widget);

  if (self->content == NULL)
    {
      heddle_redraw_begin (&self->redraw);
      build (self, heddle_redraw_now (&self->redraw));
      heddle_redraw_end (&self->redraw);
    }
  if (self->content != NULL)
    gtk_snapshot_append_node (snapshot, self->content);

  if (self->hover.at >= 0 && self->hover.at < (int) self->n_columns && self->columns[self->hover.at].known)
    {
      HeddlePalette palette;
      int height = gtk_widget_get_height (widget);
      float y = y_of (self, self->columns[self->hover.at].value, height);

      heddle_palette_init (&palette, widget);
      gtk_snapshot_append_color (snapshot, &palette.dim, &GRAPHENE_RECT_INIT ((float) self->hover.at, 0, 1, (float) height));
      gtk_snapshot_append_color (snapshot, &palette.text, &GRAPHENE_RECT_INIT ((float) self->hover.at - 2, y - 1, 5, 5));
    }
}

static gboolean
stale (GtkWidget *widget,
       gint64     now)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (widget);
  gint64 begin = self->drawn_begin, end = self->drawn_end;
  gboolean moved;

  if (self->window != NULL)
    heddle_time_window_get_range (self->window, now, &begin, &end);
  moved = fabs ((double) (end - self->drawn_end)) >= self->scale.ns || fabs ((double) (begin - self->drawn_begin)) >= self->scale.ns;
  if (self->content != NULL && !moved && (self->series == NULL || heddle_series_get_serial (self->series) == self->drawn_serial))
    return FALSE;

  g_clear_pointer (&self->content, gsk_render_node_unref);
  return TRUE;
}

static int
find_column (GtkWidget *widget, double x, double y)
{
  return (int) x;
}

static gboolean
heddle_area_chart_query_tooltip (GtkWidget  *widget,
                                 int         x,
                                 int         y,
                                 gboolean    keyboard,
                                 GtkTooltip *tooltip)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (widget);
  char value[64], low[64], high[64], moment[HEDDLE_AXIS_TEXT];
  g_autofree char *text = NULL;
  const HeddleAreaColumn *column;
  gint64 offset;

  if (keyboard || self->content == NULL || x < 0 || x >= (int) self->n_columns || !self->columns[x].known)
    return FALSE;

  column = &self->columns[x];
  offset = heddle_time_scale_time_at (&self->scale, x) - self->origin;
  heddle_axis_time_label (offset, MAX (heddle_axis_time_step (ABS (offset), 200), 1), offset, moment, sizeof moment);
  format_value (self, (double) column->value, value, sizeof value);
  format_value (self, (double) column->low, low, sizeof low);
  format_value (self, (double) column->high, high, sizeof high);
  /* Translators: a value, as "93 %", and its moment on the axis, as "-3.2 s" */
  text = g_str_equal (low, high) ? g_strdup_printf (_("%s at %s"), value, moment)
         /* Translators: the mean of several values, their moment, the least and the greatest */
         : g_strdup_printf (_("%s on average at %s, from %s to %s"), value, moment, low, high);
  return heddle_tip_tell (&self->hover.tip, tooltip, x, y, text, &(GdkRectangle) { x - 4, 0, 8, gtk_widget_get_height (widget) });
}

static void
heddle_area_chart_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : 32;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 92;
}

static void
heddle_area_chart_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  g_clear_pointer (&HEDDLE_AREA_CHART (widget)->content, gsk_render_node_unref);
}

static void
heddle_area_chart_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (heddle_area_chart_parent_class)->map (widget);
  invalidate (HEDDLE_AREA_CHART (widget));
  heddle_redraw_set_mapped (&HEDDLE_AREA_CHART (widget)->redraw, TRUE);
}

static void
heddle_area_chart_unmap (GtkWidget *widget)
{
  heddle_redraw_set_mapped (&HEDDLE_AREA_CHART (widget)->redraw, FALSE);
  GTK_WIDGET_CLASS (heddle_area_chart_parent_class)->unmap (widget);
}

static void
heddle_area_chart_css_changed (GtkWidget         *widget,
                               GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (heddle_area_chart_parent_class)->css_changed (widget, change);
  heddle_text_cache_clear (&HEDDLE_AREA_CHART (widget)->texts);
  invalidate (HEDDLE_AREA_CHART (widget));
}

static void
heddle_area_chart_system_setting_changed (GtkWidget        *widget,
                                          GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (heddle_area_chart_parent_class)->system_setting_changed (widget, setting);
  heddle_text_cache_clear (&HEDDLE_AREA_CHART (widget)->texts);
  invalidate (HEDDLE_AREA_CHART (widget));
}

static void
heddle_area_chart_dispose (GObject *object)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (object);

  heddle_redraw_set_live (&self->redraw, FALSE);
  heddle_area_chart_set_series (self, NULL);
  heddle_area_chart_set_window (self, NULL);

  G_OBJECT_CLASS (heddle_area_chart_parent_class)->dispose (object);
}

static void
heddle_area_chart_finalize (GObject *object)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (object);

  g_clear_pointer (&self->content, gsk_render_node_unref);
  g_clear_pointer (&self->cells, g_free);
  g_clear_pointer (&self->columns, g_free);
  heddle_text_cache_clear (&self->texts);

  G_OBJECT_CLASS (heddle_area_chart_parent_class)->finalize (object);
}

static void
heddle_area_chart_class_init (HeddleAreaChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = heddle_area_chart_dispose;
  object_class->finalize = heddle_area_chart_finalize;

  widget_class->measure = heddle_area_chart_measure;
  widget_class->size_allocate = heddle_area_chart_size_allocate;
  widget_class->snapshot = heddle_area_chart_snapshot;
  widget_class->map = heddle_area_chart_map;
  widget_class->unmap = heddle_area_chart_unmap;
  widget_class->css_changed = heddle_area_chart_css_changed;
  widget_class->system_setting_changed = heddle_area_chart_system_setting_changed;
  widget_class->query_tooltip = heddle_area_chart_query_tooltip;

  gtk_widget_class_set_css_name (widget_class, "areachart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
heddle_area_chart_init (HeddleAreaChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  heddle_hover_init (&self->hover, widget, find_column);
  heddle_palette_install (widget);
  heddle_text_cache_init (&self->texts, widget);
  heddle_redraw_init (&self->redraw, widget, stale);

  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
}

/**
 * heddle_area_chart_new:
 *
 * Returns: (transfer floating): a chart that shows nothing yet
 */
GtkWidget *
heddle_area_chart_new (void)
{
  return g_object_new (HEDDLE_TYPE_AREA_CHART, NULL);
}

/**
 * heddle_area_chart_set_series:
 * @self: an area chart
 * @series: (nullable): the numbers to show, not negative; the chart takes a reference
 */
void
heddle_area_chart_set_series (HeddleAreaChart *self,
                              HeddleSeries    *series)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  if (self->series == series)
    return;

  if (series != NULL)
    heddle_series_ref (series);
  g_clear_pointer (&self->series, heddle_series_unref);
  self->series = series;
  if (series != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _(heddle_series_get_name (series)), -1);
  invalidate (self);
}

/**
 * heddle_area_chart_set_window:
 * @self: an area chart
 * @window: (nullable): which stretch of time to show; the chart takes a reference
 */
void
heddle_area_chart_set_window (HeddleAreaChart  *self,
                              HeddleTimeWindow *window)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  if (self->window == window)
    return;

  if (self->window != NULL)
    g_clear_signal_handler (&self->window_handler, self->window);
  g_set_object (&self->window, window);
  if (window != NULL)
    self->window_handler = g_signal_connect_swapped (window, "changed", G_CALLBACK (invalidate), self);
  invalidate (self);
}

/**
 * heddle_area_chart_set_maximum:
 * @self: an area chart
 * @maximum: the top of the value axis; 1: values are shares, written in percent; 0: a round number above the data
 */
void
heddle_area_chart_set_maximum (HeddleAreaChart *self,
                               double           maximum)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  self->maximum = MAX (maximum, 0);
  invalidate (self);
}

/**
 * heddle_area_chart_set_live:
 * @self: an area chart
 * @live: whether time goes on: then the chart redraws itself while it is mapped
 */
void
heddle_area_chart_set_live (HeddleAreaChart *self,
                            gboolean         live)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  if (self->redraw.live == !!live)
    return;

  heddle_redraw_set_live (&self->redraw, live);
  invalidate (self);
}
