/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/area-chart.h"
#include "charts/area-line.h"
#include "charts/value-scale.h"

G_BEGIN_DECLS

struct _HeddleAreaChart {
  HeddleChart chart;

  HeddleSeries *series; /* owned by reference */
  double maximum;       /* 0: as the data wants */
  char *name;           /* owned; NULL: there is no column at the left */
  double unit;          /* the top is a round number of these */
  HeddleValueFunc func; /* NULL: values are written as numbers with the series' unit */

  /* from the timeline */
  int plot_x;           /* the column is left of it */
  int plot_width;       /* 0: all there is */
  int cross;            /* the pixel of the plot that is pointed at; -1: none */

  /* what was drawn last */
  HeddleValueScale value_scale;
  double top;           /* of the value axis; 0: nothing is known */

  /* one a pixel */
  HeddleSeriesCell *cells;
  HeddleAreaColumn *columns;
  guint n_columns;
};

/* area-chart.c */
char *heddle_area_chart_format (HeddleAreaChart *self, double value, double maximum, char *buffer,
                                gsize size);
int heddle_area_chart_get_plot_width (HeddleAreaChart *self);
const HeddleAreaColumn *heddle_area_chart_get_told (HeddleAreaChart *self);

/* area-chart-draw.c */
void heddle_area_chart_draw (HeddleChart *chart, GtkSnapshot *snapshot,
                             const HeddlePalette *palette, gint64 now);
void heddle_area_chart_draw_over (HeddleChart *chart, GtkSnapshot *snapshot);

G_END_DECLS
