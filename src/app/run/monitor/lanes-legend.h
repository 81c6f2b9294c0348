/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/task-kinds.h"
#include "app/widgets/container/container.h"
#include "charts/lanes-chart.h"

G_BEGIN_DECLS

/*
 * What the colours of the lanes mean, whatever they are coloured by. Where that is the states, it
 * is the filter, too: a state whose button is out is a shadow. Main loop only.
 */
#define HEDDLE_TYPE_LANES_LEGEND (heddle_lanes_legend_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLanesLegend, heddle_lanes_legend, HEDDLE, LANES_LEGEND,
                      HeddleContainer)

void heddle_lanes_legend_set_lanes (HeddleLanesLegend *self, HeddleLanesChart *lanes);
void heddle_lanes_legend_set_kinds (HeddleLanesLegend *self, HeddleTaskKinds *kinds,
                                    gboolean has_locks);
void heddle_lanes_legend_set_has_line (HeddleLanesLegend *self, gboolean has_line);
void heddle_lanes_legend_update (HeddleLanesLegend *self, gboolean has_states, gboolean has_lost);

G_END_DECLS
