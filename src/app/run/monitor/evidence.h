/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/run/monitor/timeline-card.h"
#include "engine/run/diagnosis.h"
#include "measure/series.h"

G_BEGIN_DECLS

/*
 * Where in the timeline it is seen what a verdict says. Main loop; costs a look at some hundred
 * cells of a series.
 */
guint heddle_evidence_find_longest (const HeddleSeriesCell *cells, guint n_cells, guint n_workers,
                                    gboolean stocked, guint *first);
gboolean heddle_evidence_find (HeddleRun *run, const HeddleRunSnapshot *snapshot,
                               const HeddleVerdict *verdict, HeddleTimelineView *view);
gboolean heddle_evidence_find_task (HeddleRun *run, guint64 id, guint *lane, HeddleSpan *span);
const char *heddle_evidence_describe (const HeddleVerdict *verdict, HeddleStatesSource states);

G_END_DECLS
