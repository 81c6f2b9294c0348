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
#include <string.h>

#include "charts/area-chart-private.h"
#include "charts/axis.h"
#include "charts/raster.h"

#define LINE 2.0f
#define NEIGHBOUR_CELLS 64
#define NEIGHBOUR_REACH (2 * HEDDLE_S) /* beside the shown stretch, where a value is looked for */
#define GAP 3    /* above a row, if it has a name */
#define TWO_LINES 30 /* of this height on the value stands below the name */

/* The nearest value in a stretch beside the shown one. */
static HeddleAreaNeighbour
neighbour (HeddleAreaChart *self, gint64 begin, gint64 end, gboolean last)
{
  HeddleSeriesCell cells[NEIGHBOUR_CELLS];
  double length = (double) (end - begin) / NEIGHBOUR_CELLS;

  heddle_series_get_cells (self->series, begin, end, cells, NEIGHBOUR_CELLS);
  for (guint i = 0; i < NEIGHBOUR_CELLS; i++)
    {
      guint k = last ? NEIGHBOUR_CELLS - 1 - i : i;
      double time = (double) (begin - heddle_time_scale_begin (&self->chart.scale))
                    + ((double) k + 0.5) * length;

      if (cells[k].n_samples > 0)
        return (HeddleAreaNeighbour) { time / self->chart.scale.ns, cells[k].mean, TRUE };
    }

  return (HeddleAreaNeighbour) { 0 };
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
update_columns (HeddleAreaChart *self, int width, gint64 now)
{
  gint64 begin = heddle_time_scale_begin (&self->chart.scale),
         end = heddle_time_scale_end (&self->chart.scale);
  double low, high = 0;
  gint64 last_time;
  gboolean hold;

  if ((guint) width > self->n_columns)
    {
      self->cells = g_renew (HeddleSeriesCell, self->cells, width);
      self->columns = g_renew (HeddleAreaColumn, self->columns, width);
    }
  self->n_columns = (guint) width;
  self->top = 0;
  memset (self->columns, 0, self->n_columns * sizeof *self->columns);
  if (self->series == NULL || heddle_series_get_length (self->series) == 0)
    return;

  last_time = heddle_series_get_known_until (self->series);
  heddle_series_get_cells (self->series, begin, end, self->cells, self->n_columns);
  hold = self->chart.redraw.live && last_time < end && end - last_time < NEIGHBOUR_REACH;
  if (heddle_series_is_of_stretches (self->series))
    heddle_area_steps (self->cells, self->n_columns, hold, self->columns);
  else
    update_line (self, begin, end, last_time, hold);
  if (hold && now < end) /* a young run has room for what is to come */
    for (int i = heddle_time_scale_pixel_of (&self->chart.scale, now) + 1; i < width; i++)
      self->columns[MAX (i, 0)].known = FALSE;

  if (!heddle_series_get_range (self->series, begin, end, &low, &high))
    high = 0;
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].known)
      high = MAX (high, (double) self->columns[i].high);
  self->top = self->unit
    * heddle_value_scale_update (&self->value_scale, high / self->unit, end - begin, now);
  if (self->maximum > 0) /* what is possible, as far as it was known beforehand */
    self->top = high > self->maximum ? self->top : self->maximum;
}

/* Where a value stands: its distance from the top. Room is left for the line's thickness. */
static float
y_of (HeddleAreaChart *self, float value, int height)
{
  float share = CLAMP (value / (float) self->top, 0, 1);

  int gap = self->name != NULL ? GAP : 0;

  return (float) gap + ((float) (height - gap) - LINE) * (1 - share);
}

/* Where the filling of a column begins: below the line. */
static float
filling_y (HeddleAreaChart *self, guint i, int height)
{
  return ceilf (y_of (self, self->columns[i].value, height) + LINE / 2);
}

/* The filling: neighbours of one height are one rectangle. */
static void
draw_filling (HeddleAreaChart *self, HeddleRaster *raster, const GdkRGBA *colour, int height)
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
draw_envelope (HeddleAreaChart *self, HeddleRaster *raster, const GdkRGBA *colour, int height)
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
draw_line (HeddleAreaChart *self, HeddleRaster *raster, const GdkRGBA *colour, int height)
{
  float run_from = 0, run_top = -1, run_bottom = -1, last_top = -1, last_bottom = -1;

  for (guint i = 0; i <= self->n_columns; i++)
    {
      gboolean known = i < self->n_columns && self->columns[i].known;
      float top = -1, bottom = -1;

      if (known)
        {
          float own_top = y_of (self, self->columns[i].value, height), own_bottom = own_top + LINE;

          top = own_top;
          bottom = own_bottom;
          if (last_top >= 0 && last_bottom < own_top + LINE)
            top = MIN (last_bottom - LINE, own_top);
          if (last_top >= 0 && last_top > own_bottom - LINE)
            bottom = MAX (last_top + LINE, own_bottom);
          last_top = own_top;
          last_bottom = own_bottom;
        }
      if (fabsf (top - run_top) < 0.02f && fabsf (bottom - run_bottom) < 0.02f)
        continue;
      if (run_top >= 0)
        heddle_raster_rect (raster, run_from, run_top, (float) i - run_from, run_bottom - run_top,
                            colour);
      run_from = (float) i;
      run_top = top;
      run_bottom = bottom;
    }
}

/* The baseline below what is known, and where it ends: the current point. */
static void
draw_frame (HeddleAreaChart *self, HeddleRaster *raster, const GdkRGBA *colour, int height)
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

  heddle_raster_rect (raster, (float) first, (float) height - 1, (float) (last + 1 - first), 1,
                      colour);
  heddle_raster_rect (raster, (float) last, y_of (self, self->columns[last].value, height), 1,
                      (float) height, colour);
}

/* Draws all but the value that is told. */
void
heddle_area_chart_draw (HeddleChart *chart, GtkSnapshot *snapshot, const HeddlePalette *palette,
                        gint64 now)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (chart);
  int width = heddle_area_chart_get_plot_width (self),
      height = gtk_widget_get_height (GTK_WIDGET (self));
  GdkRGBA filling = heddle_palette_fade (&palette->text, 0.24f),
          envelope = heddle_palette_fade (&palette->text, 0.16f);
  HeddleRaster raster;

  heddle_chart_update_scale (chart, now, width);
  update_columns (self, width, now);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) self->plot_x, 0));
  heddle_raster_begin (&raster, 0, 0, width, height,
                       gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  heddle_raster_rect (&raster, 0, (float) height - 1, (float) width, 1, &palette->grid);
  if (self->top > 0 && height > 4)
    {
      draw_filling (self, &raster, &filling, height);
      draw_envelope (self, &raster, &envelope, height);
      draw_frame (self, &raster, &palette->text, height);
      draw_line (self, &raster, &palette->text, height);
    }
  heddle_raster_end (&raster, snapshot);
  gtk_snapshot_restore (snapshot);
  heddle_chart_describe (chart, !chart->redraw.live);
}

/* Name and value at the left, in one line or two, and what the top of the plot stands for. */
static void
draw_column (HeddleAreaChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette, int height)
{
  char value[64] = "", top[64];
  GdkRGBA text;
  int name_height, value_width, value_height, width, y;
  gboolean two = height >= TWO_LINES;

  /* the widget's own colour is that of the curve */
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                       "view_fg_color", &text))
    text = palette->dim;
  heddle_area_chart_get_value (self, value, sizeof value);
  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_NAME, self->name, &width, &name_height);
  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, value, &value_width,
                         &value_height);
  y = two ? MAX ((height - name_height - value_height) / 2, 0) : (height - name_height) / 2;
  heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_NAME, self->name, 0, y, &text);
  heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, value,
                          two ? 0 : self->plot_x - value_width - 8,
                          two ? y + name_height : (height - value_height) / 2, &palette->dim);
  if (!two || self->maximum > 0 || !(self->top > 0))
    return;
  heddle_area_chart_format (self, self->top, 0, top, sizeof top);
  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, top, &value_width, NULL);
  if (width + value_width + 12 < self->plot_x)
    heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, top,
                            self->plot_x - value_width - 6, 0, &palette->dim);
}

/* What is told of: it may change without the curve. */
void
heddle_area_chart_draw_over (HeddleChart *chart, GtkSnapshot *snapshot)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (chart);
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  HeddlePalette palette;

  heddle_palette_init (&palette, GTK_WIDGET (self));
  if (self->name != NULL)
    draw_column (self, snapshot, &palette, height);
  if (self->cross >= 0 && self->cross < (int) self->n_columns && self->columns[self->cross].known)
    {
      float y = y_of (self, self->columns[self->cross].value, height);

      gtk_snapshot_append_color (
        snapshot, &palette.text,
        &GRAPHENE_RECT_INIT ((float) (self->plot_x + self->cross) - 2, y - 1, 5, 5));
    }
}
