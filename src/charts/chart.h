/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/lane-layout.h"
#include "charts/palette.h"
#include "charts/redraw.h"
#include "charts/text-cache.h"
#include "charts/time-window.h"
#include "charts/tip.h"

G_BEGIN_DECLS

/*
 * What all charts have in common: they are pictures to a screen reader, draw with the colours and
 * the font that hold now, tell with a tooltip what lies below the pointer, and draw within the
 * budget that all of them share (redraw.h). Main loop only.
 *
 * There are two kinds. A chart over time has draw_over: its picture is kept as a render node, drawn
 * anew by a tick callback while time goes on, and what follows the pointer is drawn over it. Any
 * other is drawn as a whole, when it is given other data.
 *
 * Style. CSS nodes: laneschart, areachart (classes utilisation, throughput, queue), barschart,
 * histogramchart, pulsestrip. `color` is that of the lanes' names, of an area, of the bars. The
 * lanes and the strip look these named colours up at each redraw; @define-color changes them:
 *   heddle_busy_color (accent_bg_color), heddle_cancelled_color, heddle_state_on_cpu_color and
 *   the like (state-colours.h), heddle_high_contrast_color (where it is there, contrast is high),
 *   heddle_failed_color (red_3), heddle_lost_color (red_5), heddle_pulse_color (green_4),
 *   heddle_pulse_slow_color (yellow_5), heddle_pulse_stalled_color (red_3);
 *   view_fg_color and view_bg_color give small print, grid and shades.
 */
#define HEDDLE_TYPE_CHART (heddle_chart_get_type ())
#define HEDDLE_CHART(object) (G_TYPE_CHECK_INSTANCE_CAST ((object), HEDDLE_TYPE_CHART, HeddleChart))
#define HEDDLE_IS_CHART(object) (G_TYPE_CHECK_INSTANCE_TYPE ((object), HEDDLE_TYPE_CHART))
#define HEDDLE_CHART_CLASS(klass)                                                                  \
  (G_TYPE_CHECK_CLASS_CAST ((klass), HEDDLE_TYPE_CHART, HeddleChartClass))
#define HEDDLE_CHART_GET_CLASS(object)                                                             \
  (G_TYPE_INSTANCE_GET_CLASS ((object), HEDDLE_TYPE_CHART, HeddleChartClass))

GType heddle_chart_get_type (void);

typedef struct _HeddleChart HeddleChart;

/* For the charts only, which read all and write what says so. */
struct _HeddleChart {
  GtkWidget parent_instance;

  HeddleTextCache texts;
  HeddleRedraw redraw;
  HeddleTip tip;
  int hover;              /* what lies below the pointer, as find() has it; -1: nothing */
  gint64 described;       /* when screen readers were told last; 0: not yet */

  /* over time */
  HeddleTimeWindow *window; /* owned; NULL: the last ten seconds */
  gulong window_handler;
  GskRenderNode *content;   /* what was drawn last; NULL: it must be drawn anew */
  HeddleTimeScale scale;
  gint64 origin;            /* the axis counts from there */
  gint64 drawn_begin, drawn_end;
  gint64 drawn_now;         /* when that was: what is open reaches to there */
  guint64 drawn_serial;
};

typedef struct {
  GtkWidgetClass parent_class;

  /* Draws all but what follows the pointer, or all where there is no draw_over. @now: the moment to
   * draw, CLOCK_MONOTONIC ns */
  void (*draw) (HeddleChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette, gint64 now);
  /* Draws what follows the pointer, and children, over what was drawn last. */
  void (*draw_over) (HeddleChart *self, GtkSnapshot *snapshot);
  /* Which of the things that it draws lies at this place, or -1. NULL: the chart follows the
   * pointer itself, or not at all. */
  int (*find) (HeddleChart *self, double x, double y);
  /* Returns: (transfer full) (nullable): the tip for the pointer at this place; may set the area
   * that it is of */
  char *(*dup_tip) (HeddleChart *self, int x, int y, GdkRectangle *area);
  /* Returns: (transfer full): what a screen reader says of the data */
  char *(*describe) (HeddleChart *self);
  /* Measures what stands in letters, which may be larger or smaller than before. May be NULL. */
  void (*measure_texts) (HeddleChart *self);
  /* Over time: takes over what has come in, before it is asked whether that would look different.
   * May be NULL. */
  void (*refresh) (HeddleChart *self, gint64 now);
  /* Over time: a number that is another one when the data is. */
  guint64 (*get_serial) (HeddleChart *self);
} HeddleChartClass;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleChart, g_object_unref)

void heddle_chart_set_window (HeddleChart *self, HeddleTimeWindow *window);
void heddle_chart_set_live (HeddleChart *self, gboolean live);

/* For the charts. */
void heddle_chart_invalidate (HeddleChart *self);
void heddle_chart_show_data (HeddleChart *self);
void heddle_chart_update_scale (HeddleChart *self, gint64 now, int width);
void heddle_chart_describe (HeddleChart *self, gboolean at_once);
void heddle_chart_fill (GtkSnapshot *snapshot, int x, int y, int width, int height,
                        const GdkRGBA *colour);

G_END_DECLS
