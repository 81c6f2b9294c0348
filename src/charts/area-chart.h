/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/chart.h"
#include "measure/series.h"

G_BEGIN_DECLS

/* A number over time: a row of a timeline, with its name and its value in a column at the left. The
 * value is that of the moment which is pointed at, otherwise the latest one in sight. Colour: by
 * CSS (the widget's `color`), style classes "queue", "cpus", "throughput", "memory". */
#define HEDDLE_TYPE_AREA_CHART (heddle_area_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleAreaChart, heddle_area_chart, HEDDLE, AREA_CHART, HeddleChart)

/* Writes a value with its unit; @maximum: the greatest that is possible, 0: there is none */
typedef char *(*HeddleValueFunc) (double value, double maximum, char *buffer, gsize size);

void heddle_area_chart_set_name (HeddleAreaChart *self, const char *name, HeddleValueFunc func);
void heddle_area_chart_set_unit (HeddleAreaChart *self, double unit);
void heddle_area_chart_set_plot (HeddleAreaChart *self, int x, int width);
void heddle_area_chart_set_cross (HeddleAreaChart *self, int pixel);
gboolean heddle_area_chart_get_value (HeddleAreaChart *self, char *buffer, gsize size);
void heddle_area_chart_set_series (HeddleAreaChart *self, HeddleSeries *series);
void heddle_area_chart_set_maximum (HeddleAreaChart *self, double maximum);

G_END_DECLS
