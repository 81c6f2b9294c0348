/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/chart.h"
#include "measure/histogram.h"

G_BEGIN_DECLS

/* How long tasks took, as bars on a logarithmic axis. */
#define HEDDLE_TYPE_HISTOGRAM_CHART (heddle_histogram_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleHistogramChart, heddle_histogram_chart, HEDDLE, HISTOGRAM_CHART,
                      HeddleChart)

void heddle_histogram_chart_set_histogram (HeddleHistogramChart *self,
                                           const HeddleHistogram *histogram); /* copies it */

G_END_DECLS
