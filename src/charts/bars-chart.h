/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/chart.h"
#include "engine/model/figure.h"

G_BEGIN_DECLS

/* Figures of a workload as bars, in groups. */
#define HEDDLE_TYPE_BARS_CHART (heddle_bars_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleBarsChart, heddle_bars_chart, HEDDLE, BARS_CHART, HeddleChart)

void heddle_bars_chart_set_figures (HeddleBarsChart *self, const HeddleFigure *figures,
                                    guint n_figures, const HeddleFigureGroup *groups);

G_END_DECLS
