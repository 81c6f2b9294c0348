/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "charts/timeline.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* What somebody else wants to be seen in the timeline. */
typedef struct {
  guint states;      /* a bit (1 << a #HeddleLaneState) for each that is shown */
  gint64 begin, end; /* CLOCK_MONOTONIC ns; selected, or zoomed to; both 0: all of the run */
  gboolean zoom;     /* to that time, rather than to select it */
  gboolean queue;    /* the row of the queue is shown */
  gboolean has_task; /* selected and zoomed to */
  guint lane;
  HeddleSpan task;
} HeddleTimelineView;

/*
 * A run on a time axis, with a legend and what moves the time that is shown. Signal "view-ended":
 * the user has had enough of what heddle_timeline_card_show_view() shows.
 */
#define HEDDLE_TYPE_TIMELINE_CARD (heddle_timeline_card_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTimelineCard, heddle_timeline_card, HEDDLE, TIMELINE_CARD,
                      HeddleContainer)

HeddleTimeline *heddle_timeline_card_get_timeline (HeddleTimelineCard *self);
void heddle_timeline_card_set_run (HeddleTimelineCard *self, HeddleRun *run);
void heddle_timeline_card_set_has_line (HeddleTimelineCard *self, gboolean has_line);
void heddle_timeline_card_select_task (HeddleTimelineCard *self, guint lane,
                                       const HeddleSpan *span);
void heddle_timeline_card_show_view (HeddleTimelineCard *self, const HeddleTimelineView *view);
void heddle_timeline_card_end_view (HeddleTimelineCard *self);
void heddle_timeline_card_update (HeddleTimelineCard *self, const HeddleRunSnapshot *snapshot);

G_END_DECLS
