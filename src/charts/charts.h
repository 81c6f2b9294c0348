/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/types.h"
#include "charts/time-window.h"
#include "engine/figure.h"
#include "measure/histogram.h"
#include "measure/pulse.h"
#include "measure/series.h"
#include "trace/lane-store.h"

G_BEGIN_DECLS

/*
 * The charts: widgets that know series, lanes and figures only. Main loop only. Each redraws itself from its tick callback while it is
 * mapped, only if its data changed or time goes on (live), and never more often than is worth it (they share one budget of drawing time).
 *
 * Style. CSS nodes: laneschart, areachart (classes utilisation, throughput, queue), barschart, histogramchart, pulsestrip. `color` is that of the
 * lanes' names, of an area, of the bars. The lanes and the strip look these named colours up at each redraw; @define-color changes them:
 *   heddle_busy_color (accent_bg_color), heddle_blocked_color, heddle_cancelled_color, heddle_failed_color (red_3),
 *   heddle_lost_color (red_5), heddle_pulse_color (green_4), heddle_pulse_slow_color (yellow_5), heddle_pulse_stalled_color (red_3);
 *   view_fg_color and view_bg_color give small print, grid and shades.
 * The lanes chart scrolls its rows itself and keeps its axis in sight: put it straight into a box, not into a scrolled window.
 */
#define HEDDLE_TYPE_LANES_CHART (heddle_lanes_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLanesChart, heddle_lanes_chart, HEDDLE, LANES_CHART, GtkWidget)

/* Tells what a task is called, for the tooltip and screen readers. */
typedef void (*HeddleTaskLabelFunc) (guint64 id, char *buffer, gsize size, gpointer data);

GtkWidget *heddle_lanes_chart_new (void);
void heddle_lanes_chart_set_store (HeddleLanesChart *self, HeddleLaneStore *store);
void heddle_lanes_chart_set_window (HeddleLanesChart *self, HeddleTimeWindow *window);
void heddle_lanes_chart_set_label_func (HeddleLanesChart *self, HeddleTaskLabelFunc func, gpointer data, GDestroyNotify destroy);
void heddle_lanes_chart_set_live (HeddleLanesChart *self, gboolean live); /* time goes on */

#define HEDDLE_TYPE_AREA_CHART (heddle_area_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleAreaChart, heddle_area_chart, HEDDLE, AREA_CHART, GtkWidget)

GtkWidget *heddle_area_chart_new (void);
void heddle_area_chart_set_series (HeddleAreaChart *self, HeddleSeries *series);
void heddle_area_chart_set_window (HeddleAreaChart *self, HeddleTimeWindow *window);
void heddle_area_chart_set_maximum (HeddleAreaChart *self, double maximum); /* 0: as the data wants */
void heddle_area_chart_set_live (HeddleAreaChart *self, gboolean live);
/* Colour: by CSS (the widget's `color`), style classes "utilisation", "throughput", "queue". */

#define HEDDLE_TYPE_HISTOGRAM_CHART (heddle_histogram_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleHistogramChart, heddle_histogram_chart, HEDDLE, HISTOGRAM_CHART, GtkWidget)

GtkWidget *heddle_histogram_chart_new (void);
void heddle_histogram_chart_set_histogram (HeddleHistogramChart *self, const HeddleHistogram *histogram); /* copies it */

#define HEDDLE_TYPE_BARS_CHART (heddle_bars_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleBarsChart, heddle_bars_chart, HEDDLE, BARS_CHART, GtkWidget)

GtkWidget *heddle_bars_chart_new (void);
void heddle_bars_chart_set_figures (HeddleBarsChart *self, const HeddleFigure *figures, guint n_figures, const HeddleFigureGroup *groups);

#define HEDDLE_TYPE_PULSE_STRIP (heddle_pulse_strip_get_type ())
G_DECLARE_FINAL_TYPE (HeddlePulseStrip, heddle_pulse_strip, HEDDLE, PULSE_STRIP, GtkWidget)

GtkWidget *heddle_pulse_strip_new (void);
void heddle_pulse_strip_set_reading (HeddlePulseStrip *self, const HeddlePulseReading *reading); /* copies it */

G_END_DECLS
