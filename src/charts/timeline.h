/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/area-chart.h"
#include "charts/lanes-chart.h"

G_BEGIN_DECLS

/*
 * A run on one axis of time: a ruler, a lane for every worker, and below them a row for each
 * series. A cross follows the pointer through all of them. Dragging selects a stretch of time; the
 * ruler, Shift and the middle button move the time that is shown; Ctrl with the wheel, two fingers
 * and keys zoom. Main loop only.
 *
 * Signals: "selection-changed" (gint64 begin, gint64 end): the selected stretch in nanoseconds of
 * the run, both 0 where none is; "task-selected" (guint64 id): the user chose a task, 0: no longer.
 */
#define HEDDLE_TYPE_TIMELINE (heddle_timeline_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTimeline, heddle_timeline, HEDDLE, TIMELINE, GtkWidget)

/* When nothing was done since the run was paused, CLOCK_MONOTONIC ns. */
typedef struct {
  gint64 begin;
  gint64 end; /* 0: until now */
} HeddleTimelinePause;

/* Writes into @pauses, which has room for @max_pauses, those that lie between @begin and @end at
 * least in part. Returns how many. */
typedef guint (*HeddleTimelinePausesFunc) (gpointer data, gint64 begin, gint64 end,
                                           HeddleTimelinePause *pauses, guint max_pauses);

HeddleLanesChart *heddle_timeline_get_lanes (HeddleTimeline *self);
HeddleTimeWindow *heddle_timeline_get_window (HeddleTimeline *self);
guint heddle_timeline_add_row (HeddleTimeline *self, const char *name, const char *style,
                               HeddleValueFunc func);
HeddleAreaChart *heddle_timeline_get_row (HeddleTimeline *self, guint row);
void heddle_timeline_set_row_shown (HeddleTimeline *self, guint row, gboolean shown);
void heddle_timeline_set_pauses_func (HeddleTimeline *self, HeddleTimelinePausesFunc func,
                                      gpointer data, GDestroyNotify destroy);
void heddle_timeline_set_live (HeddleTimeline *self, gboolean live);
void heddle_timeline_reset (HeddleTimeline *self);

void heddle_timeline_zoom (HeddleTimeline *self, double factor);
void heddle_timeline_show_all (HeddleTimeline *self);
gboolean heddle_timeline_show_selection (HeddleTimeline *self);
gboolean heddle_timeline_show_task (HeddleTimeline *self);
void heddle_timeline_select (HeddleTimeline *self, gint64 begin, gint64 end);
gboolean heddle_timeline_get_selection (HeddleTimeline *self, gint64 *begin, gint64 *end);
void heddle_timeline_select_task (HeddleTimeline *self, guint lane, const HeddleSpan *span);

G_END_DECLS
