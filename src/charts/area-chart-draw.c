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
#define LABEL_ROOM_WIDTH 110
#define LABEL_ROOM_HEIGHT 48

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
update_columns (HeddleAreaChart *self, int width)
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

  if (!heddle_series_get_range (self->series, begin, end, &low, &high))
    high = 0;
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].known)
      high = MAX (high, (double) self->columns[i].high);
  self->top = self->maximum > 0
                  ? self->maximum
                  : heddle_axis_value_ceiling (high, heddle_axis_value_step (high, 4));
}

/* What the top stands for is written above it, where there is room: below, the line would go
 * through it. */
static gboolean
has_label (HeddleAreaChart *self, int width, int height)
{
  return self->top > 0 && self->maximum == 0 && width >= LABEL_ROOM_WIDTH
         && height >= LABEL_ROOM_HEIGHT;
}

static void
update_head (HeddleAreaChart *self, int width, int height)
{
  char top[64];

  self->head = 0;
  if (has_label (self, width, height))
    heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL,
                           heddle_area_chart_format (self, self->top, top, sizeof top), NULL,
                           &self->head);
}

/* Where a value stands: its distance from the top. Room is left for the line's thickness. */
static float
y_of (HeddleAreaChart *self, float value, int height)
{
  float share = CLAMP (value / (float) self->top, 0, 1);

  return (float) self->head + ((float) (height - self->head) - LINE) * (1 - share);
}

static void
draw_grid (HeddleAreaChart *self, HeddleRaster *raster, const HeddlePalette *palette, int width,
           int height)
{
  double step = heddle_axis_value_step (self->top, 4);

  for (double value = step; value <= self->top * 1.0001; value += step)
    heddle_raster_rect (raster, 0, floorf (y_of (self, (float) value, height)), (float) width, 1,
                        &palette->grid);
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

/* Draws all but what the pointer rests on. */
void
heddle_area_chart_draw (HeddleChart *chart, GtkSnapshot *snapshot, const HeddlePalette *palette,
                        gint64 now)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (chart);
  int width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1),
      height = gtk_widget_get_height (GTK_WIDGET (self));
  GdkRGBA filling = heddle_palette_fade (&palette->text, 0.24f),
          envelope = heddle_palette_fade (&palette->text, 0.16f);
  HeddleRaster raster;
  char top[64];

  heddle_chart_update_scale (chart, now, width);
  update_columns (self, width);
  update_head (self, width, height);

  heddle_raster_begin (&raster, 0, 0, width, height,
                       gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  heddle_raster_rect (&raster, 0, (float) height - 1, (float) width, 1, &palette->grid);
  if (self->top > 0 && height > 4)
    {
      draw_grid (self, &raster, palette, width, height);
      draw_filling (self, &raster, &filling, height);
      draw_envelope (self, &raster, &envelope, height);
      draw_frame (self, &raster, &palette->text, height);
      draw_line (self, &raster, &palette->text, height);
    }
  heddle_raster_end (&raster, snapshot);
  if (has_label (self, width, height))
    heddle_text_cache_draw (&chart->texts, snapshot, HEDDLE_TEXT_SMALL,
                            heddle_area_chart_format (self, self->top, top, sizeof top), 2, 0,
                            &palette->dim);
  heddle_chart_describe (chart, !chart->redraw.live);
}

/* The value that the pointer rests on. */
void
heddle_area_chart_draw_over (HeddleChart *chart, GtkSnapshot *snapshot)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (chart);
  int x = chart->hover, height = gtk_widget_get_height (GTK_WIDGET (self));
  HeddlePalette palette;
  float y;

  if (x < 0 || x >= (int) self->n_columns || !self->columns[x].known)
    return;
  y = y_of (self, self->columns[x].value, height);
  heddle_palette_init (&palette, GTK_WIDGET (self));
  gtk_snapshot_append_color (snapshot, &palette.dim,
                             &GRAPHENE_RECT_INIT ((float) x, 0, 1, (float) height));
  gtk_snapshot_append_color (snapshot, &palette.text,
                             &GRAPHENE_RECT_INIT ((float) x - 2, y - 1, 5, 5));
}
