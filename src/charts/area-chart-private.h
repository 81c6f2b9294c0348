/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/area-chart.h"
#include "charts/area-line.h"

G_BEGIN_DECLS

struct _HeddleAreaChart {
  HeddleChart chart;

  HeddleSeries *series; /* owned by reference */
  double maximum;       /* 0: as the data wants */

  /* what was drawn last */
  double top;           /* of the value axis */
  int head;             /* pixels above it, for the label that says what it stands for */

  /* one a pixel */
  HeddleSeriesCell *cells;
  HeddleAreaColumn *columns;
  guint n_columns;
};

/* area-chart.c */
char *heddle_area_chart_format (HeddleAreaChart *self, double value, char *buffer, gsize size);

/* area-chart-draw.c */
void heddle_area_chart_draw (HeddleChart *chart, GtkSnapshot *snapshot,
                             const HeddlePalette *palette, gint64 now);
void heddle_area_chart_draw_over (HeddleChart *chart, GtkSnapshot *snapshot);

G_END_DECLS
