/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/ruler.h"
#include "charts/timeline-layout.h"
#include "charts/timeline.h"

G_BEGIN_DECLS

#define HEDDLE_TIMELINE_ZOOM 1.25 /* of one step of the wheel or of a key */
#define HEDDLE_TIMELINE_MAX_ROWS 8

typedef enum {
  HEDDLE_DRAG_NONE,   /* a click so far, or a trembling hand */
  HEDDLE_DRAG_SELECT,
  HEDDLE_DRAG_PAN,
} HeddleTimelineDrag;

/* What the user does with the pointer. */
typedef struct {
  double x, y;        /* where it is; x below 0: outside */
  HeddleTimelineDrag drag;
  gboolean pans;      /* what the drag will be, once it is one */
  double dragged;     /* of a pan: so far, pixels */
  gint64 anchor;      /* of a selection: where it began, CLOCK_MONOTONIC ns */
  double scale;       /* of two fingers, so far */
} HeddleTimelinePointer;

struct _HeddleTimeline {
  GtkWidget parent_instance;

  /* children, owned */
  HeddleRuler *ruler;
  HeddleLanesChart *lanes;
  HeddleAreaChart *rows[HEDDLE_TIMELINE_MAX_ROWS];
  guint n_rows;

  HeddleTimeWindow *window; /* owned; shared with the charts */
  HeddleTimelineLayout layout;
  HeddleTimelinePointer pointer;

  struct {
    HeddleTimelinePausesFunc func;
    gpointer data;
    GDestroyNotify destroy;
  } pauses;

  /* the selected stretch, CLOCK_MONOTONIC ns; the same: none */
  gint64 begin, end;
};

/* timeline.c */
gint64 heddle_timeline_time_at (HeddleTimeline *self, double x);
gboolean heddle_timeline_in_plot (HeddleTimeline *self, double x);
void heddle_timeline_set_cross (HeddleTimeline *self, double x, double y);
void heddle_timeline_choose_task (HeddleTimeline *self, int lane, const HeddleSpan *span);
void heddle_timeline_describe (HeddleTimeline *self);
void heddle_timeline_set_stretch (HeddleTimeline *self, gint64 begin, gint64 end);

/* timeline-draw.c */
void heddle_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

/* timeline-input.c */
void heddle_timeline_init_input (HeddleTimeline *self);

G_END_DECLS
