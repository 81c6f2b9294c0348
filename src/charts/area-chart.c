/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "base/format.h"
#include "charts/area-chart-private.h"
#include "charts/axis.h"

G_DEFINE_FINAL_TYPE (HeddleAreaChart, heddle_area_chart, HEDDLE_TYPE_CHART)

char *
heddle_area_chart_format (HeddleAreaChart *self, double value, double maximum, char *buffer,
                          gsize size)
{
  const char *unit = self->series != NULL ? heddle_series_get_unit (self->series) : NULL;
  char number[HEDDLE_FORMAT_SIZE];

  if (self->func != NULL)
    return self->func (value, maximum, buffer, size);
  heddle_format_value (value, number, sizeof number);
  g_snprintf (buffer, size, unit != NULL && unit[0] != '\0' ? "%s\302\240%s" : "%s", number,
              unit != NULL && unit[0] != '\0' ? _ (unit) : "");
  return buffer;
}

/* How many pixels stand for time. */
int
heddle_area_chart_get_plot_width (HeddleAreaChart *self)
{
  int room = gtk_widget_get_width (GTK_WIDGET (self)) - self->plot_x;

  return MAX (self->plot_width > 0 ? MIN (self->plot_width, room) : room, 1);
}

/* The column whose value is told in words: the one that is pointed at, otherwise the last one that
 * is known. NULL: there is none. */
const HeddleAreaColumn *
heddle_area_chart_get_told (HeddleAreaChart *self)
{
  if (self->cross >= 0 && self->cross < (int) self->n_columns)
    return self->columns[self->cross].known ? &self->columns[self->cross] : NULL;
  for (guint i = self->n_columns; i > 0; i--)
    if (self->columns[i - 1].known)
      return &self->columns[i - 1];
  return NULL;
}

static char *
dup_tip (HeddleChart *chart, int x, int y, GdkRectangle *area)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (chart);
  char value[64], low[64], high[64], moment[HEDDLE_FORMAT_SIZE];
  g_autofree char *text = NULL;
  const HeddleAreaColumn *column;
  gint64 offset;
  int at = x - self->plot_x;

  if (chart->content == NULL || at < 0 || at >= (int) self->n_columns || !self->columns[at].known)
    return NULL;

  *area = (GdkRectangle){ x - 4, 0, 8, gtk_widget_get_height (GTK_WIDGET (self)) };
  column = &self->columns[at];
  offset = heddle_time_scale_time_at (&chart->scale, at) - chart->origin;
  heddle_axis_time_label (offset, MAX (heddle_axis_time_step (ABS (offset), 200), 1), offset,
                          moment, sizeof moment);
  heddle_area_chart_format (self, (double) column->value, self->maximum, value, sizeof value);
  heddle_area_chart_format (self, (double) column->low, 0, low, sizeof low);
  heddle_area_chart_format (self, (double) column->high, 0, high, sizeof high);
  /* Translators: a value, as "4 180", and its moment on the axis, as "3.2 s" */
  text = g_str_equal (low, high)
    ? g_strdup_printf (_ ("%s at %s"), value, moment)
    /* Translators: the mean of several values, their moment, the least and the greatest */
    : g_strdup_printf (_ ("%s on average at %s, from %s to %s"), value, moment, low, high);
  return self->name != NULL ? g_strconcat (self->name, "\n", text, NULL) : g_steal_pointer (&text);
}

static guint64
get_serial (HeddleChart *chart)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (chart);

  return self->series != NULL ? heddle_series_get_serial (self->series) : 0;
}

static char *
describe (HeddleChart *chart)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (chart);
  char last[64], most[64];
  double value = 0, high = 0;
  gint64 time;

  if (self->series == NULL || !heddle_series_get_last (self->series, &time, &value))
    return g_strdup (_ ("nothing measured yet"));
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].known)
      high = MAX (high, (double) self->columns[i].high);
  /* Translators: values with units, as "93 %" */
  return g_strdup_printf (_ ("last %s, at most %s in the shown time range"),
                          heddle_area_chart_format (self, value, 0, last, sizeof last),
                          heddle_area_chart_format (self, high, 0, most, sizeof most));
}

static void
heddle_area_chart_dispose (GObject *object)
{
  heddle_area_chart_set_series (HEDDLE_AREA_CHART (object), NULL);
  G_OBJECT_CLASS (heddle_area_chart_parent_class)->dispose (object);
}

static void
heddle_area_chart_finalize (GObject *object)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (object);

  g_clear_pointer (&self->cells, g_free);
  g_clear_pointer (&self->columns, g_free);
  g_clear_pointer (&self->name, g_free);
  G_OBJECT_CLASS (heddle_area_chart_parent_class)->finalize (object);
}

static void
heddle_area_chart_class_init (HeddleAreaChartClass *klass)
{
  HeddleChartClass *chart_class = HEDDLE_CHART_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_area_chart_dispose;
  G_OBJECT_CLASS (klass)->finalize = heddle_area_chart_finalize;
  chart_class->draw = heddle_area_chart_draw;
  chart_class->draw_over = heddle_area_chart_draw_over;
  chart_class->dup_tip = dup_tip;
  chart_class->describe = describe;
  chart_class->get_serial = get_serial;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "areachart");
}

static void
heddle_area_chart_init (HeddleAreaChart *self)
{
  self->cross = -1;
  self->unit = 1;
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
}

/**
 * heddle_area_chart_set_name:
 * @name: (nullable): what stands in the column at the left
 * @func: (nullable): writes values
 */
void
heddle_area_chart_set_name (HeddleAreaChart *self, const char *name, HeddleValueFunc func)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  g_free (self->name);
  self->name = g_strdup (name);
  self->func = func;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  heddle_chart_invalidate (&self->chart);
}

/**
 * heddle_area_chart_set_unit:
 * @unit: what the top of the value axis is a round number of, as 1048576 of bytes; more than 0
 */
void
heddle_area_chart_set_unit (HeddleAreaChart *self, double unit)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));
  g_return_if_fail (unit > 0);

  self->unit = unit;
  heddle_chart_invalidate (&self->chart);
}

/**
 * heddle_area_chart_set_plot:
 * @x: where time begins, pixels from the left
 * @width: pixels; 0: all there is
 *
 * Puts the plot below that of others. Called by the timeline when it is allocated.
 */
void
heddle_area_chart_set_plot (HeddleAreaChart *self, int x, int width)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  if (self->plot_x == x && self->plot_width == width)
    return;
  self->plot_x = x;
  self->plot_width = width;
  heddle_chart_invalidate (&self->chart);
}

/**
 * heddle_area_chart_set_cross:
 * @pixel: of the plot: the moment whose value is told; -1: the latest one
 */
void
heddle_area_chart_set_cross (HeddleAreaChart *self, int pixel)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  if (self->cross == pixel)
    return;
  self->cross = pixel;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * heddle_area_chart_get_value:
 * @buffer: (out): the value that stands in the column, with the greatest possible one
 * @size: room in @buffer
 *
 * Returns: whether there is one
 */
gboolean
heddle_area_chart_get_value (HeddleAreaChart *self, char *buffer, gsize size)
{
  const HeddleAreaColumn *told;

  g_return_val_if_fail (HEDDLE_IS_AREA_CHART (self), FALSE);

  told = heddle_area_chart_get_told (self);
  if (told != NULL)
    heddle_area_chart_format (self, (double) told->value, self->maximum, buffer, size);
  return told != NULL;
}

/**
 * heddle_area_chart_set_series:
 * @series: (nullable): the numbers to show, not negative; the chart takes a reference
 */
void
heddle_area_chart_set_series (HeddleAreaChart *self, HeddleSeries *series)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  if (self->series == series)
    return;

  if (series != NULL)
    heddle_series_ref (series);
  g_clear_pointer (&self->series, heddle_series_unref);
  self->series = series;
  self->value_scale = (HeddleValueScale){ 0 };
  if (series != NULL && self->name == NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ (heddle_series_get_name (series)), -1);
  heddle_chart_invalidate (&self->chart);
}

/**
 * heddle_area_chart_set_maximum:
 * @maximum: the greatest value that is possible, the top of the value axis unless the data says
 * otherwise; 0: a round number above the data
 */
void
heddle_area_chart_set_maximum (HeddleAreaChart *self, double maximum)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  maximum = MAX (maximum, 0);
  if (!(self->maximum < maximum) && !(self->maximum > maximum))
    return;
  self->maximum = maximum;
  heddle_chart_invalidate (&self->chart);
}
