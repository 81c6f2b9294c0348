/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "charts/time-window.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* The workers of a run on a time axis, with a legend and a choice of how much is shown. */
#define HEDDLE_TYPE_LANES_CARD (heddle_lanes_card_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLanesCard, heddle_lanes_card, HEDDLE, LANES_CARD, HeddleContainer)

HeddleTimeWindow *heddle_lanes_card_get_window (HeddleLanesCard         *self);
void              heddle_lanes_card_set_run    (HeddleLanesCard         *self,
                                                HeddleRun               *run);
void              heddle_lanes_card_update     (HeddleLanesCard         *self,
                                                const HeddleRunSnapshot *snapshot);

G_END_DECLS
