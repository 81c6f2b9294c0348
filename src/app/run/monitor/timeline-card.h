/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "charts/timeline.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* A run on a time axis, with a legend and what moves the time that is shown. */
#define HEDDLE_TYPE_TIMELINE_CARD (heddle_timeline_card_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTimelineCard, heddle_timeline_card, HEDDLE, TIMELINE_CARD,
                      HeddleContainer)

HeddleTimeline *heddle_timeline_card_get_timeline (HeddleTimelineCard *self);
void heddle_timeline_card_set_run (HeddleTimelineCard *self, HeddleRun *run);
void heddle_timeline_card_set_has_line (HeddleTimelineCard *self, gboolean has_line);
void heddle_timeline_card_update (HeddleTimelineCard *self, const HeddleRunSnapshot *snapshot);

G_END_DECLS
