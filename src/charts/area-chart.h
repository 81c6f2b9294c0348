/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/chart.h"
#include "measure/series.h"

G_BEGIN_DECLS

/* A number over time. Colour: by CSS (the widget's `color`), style classes "utilisation",
 * "throughput", "queue". */
#define HEDDLE_TYPE_AREA_CHART (heddle_area_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleAreaChart, heddle_area_chart, HEDDLE, AREA_CHART, HeddleChart)

void heddle_area_chart_set_series (HeddleAreaChart *self, HeddleSeries *series);
void heddle_area_chart_set_maximum (HeddleAreaChart *self, double maximum);

G_END_DECLS
