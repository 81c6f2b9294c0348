/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "base/format.h"
#include "charts/area-chart-private.h"
#include "charts/axis.h"

G_DEFINE_FINAL_TYPE (HeddleAreaChart, heddle_area_chart, HEDDLE_TYPE_CHART)

char *
heddle_area_chart_format (HeddleAreaChart *self, double value, char *buffer, gsize size)
{
  const char *unit = self->series != NULL ? heddle_series_get_unit (self->series) : NULL;
  char number[HEDDLE_FORMAT_SIZE];

  if (self->maximum == 1) /* a share */
    heddle_format_percent (value, buffer, size);
  else
    {
      heddle_format_value (value, number, sizeof number);
      g_snprintf (buffer, size, unit != NULL && unit[0] != '\0' ? "%s\302\240%s" : "%s", number,
                  unit != NULL && unit[0] != '\0' ? _(unit) : "");
    }

  return buffer;
}

static char *
dup_tip (HeddleChart *chart, int x, int y, GdkRectangle *area)
{
  HeddleAreaChart *self = HEDDLE_AREA_CHART (chart);
  char value[64], low[64], high[64], moment[HEDDLE_FORMAT_SIZE];
  const HeddleAreaColumn *column;
  gint64 offset;

  if (chart->content == NULL || x < 0 || x >= (int) self->n_columns || !self->columns[x].known)
    return NULL;

  *area = (GdkRectangle) { x - 4, 0, 8, gtk_widget_get_height (GTK_WIDGET (self)) };
  column = &self->columns[x];
  offset = heddle_time_scale_time_at (&chart->scale, x) - chart->origin;
  heddle_axis_time_label (offset, MAX (heddle_axis_time_step (ABS (offset), 200), 1), offset,
                          moment, sizeof moment);
  heddle_area_chart_format (self, (double) column->value, value, sizeof value);
  heddle_area_chart_format (self, (double) column->low, low, sizeof low);
  heddle_area_chart_format (self, (double) column->high, high, sizeof high);
  /* Translators: a value, as "93 %", and its moment on the axis, as "-3.2 s" */
  return g_str_equal (low, high) ? g_strdup_printf (_("%s at %s"), value, moment)
       /* Translators: the mean of several values, their moment, the least and the greatest */
       : g_strdup_printf (_("%s on average at %s, from %s to %s"), value, moment, low, high);
}

static int
find_column (HeddleChart *chart, double x, double y)
{
  return (int) x;
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
    return g_strdup (_("nothing measured yet"));
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].known)
      high = MAX (high, (double) self->columns[i].high);
  /* Translators: values with units, as "93 %" */
  return g_strdup_printf (_("last %s, at most %s in the shown time range"),
                          heddle_area_chart_format (self, value, last, sizeof last),
                          heddle_area_chart_format (self, high, most, sizeof most));
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
  chart_class->find = find_column;
  chart_class->dup_tip = dup_tip;
  chart_class->describe = describe;
  chart_class->get_serial = get_serial;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "areachart");
}

static void
heddle_area_chart_init (HeddleAreaChart *self)
{
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
  if (series != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _(heddle_series_get_name (series)), -1);
  heddle_chart_invalidate (&self->chart);
}

/**
 * heddle_area_chart_set_maximum:
 * @maximum: the top of the value axis; 1: values are shares, written in percent; 0: a round number
 * above the data
 */
void
heddle_area_chart_set_maximum (HeddleAreaChart *self, double maximum)
{
  g_return_if_fail (HEDDLE_IS_AREA_CHART (self));

  self->maximum = MAX (maximum, 0);
  heddle_chart_invalidate (&self->chart);
}
