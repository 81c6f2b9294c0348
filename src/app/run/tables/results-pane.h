/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/row-list.h"
#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* The rows of a run's results as a table; with only-errors those of failed and lost tasks. Signal
 * "task-selected" (uint64): the user has put the cursor on the row of that task. Signal "counted":
 * there may be another number of rows. */
#define HEDDLE_TYPE_RESULTS_PANE (heddle_results_pane_get_type ())
G_DECLARE_FINAL_TYPE (HeddleResultsPane, heddle_results_pane, HEDDLE, RESULTS_PANE, HeddleContainer)

void     heddle_results_pane_set_run   (HeddleResultsPane *self,
                                        HeddleRun         *run);
void     heddle_results_pane_update    (HeddleResultsPane *self);
gboolean heddle_results_pane_has_order (HeddleResultsPane *self);
void     heddle_results_pane_set_filter (HeddleResultsPane         *self,
                                         const HeddleResultsFilter *filter);
void     heddle_results_pane_set_with_states (HeddleResultsPane *self,
                                              gboolean           with_states);
HeddleRowList *heddle_results_pane_dup_selected (HeddleResultsPane *self);
char    *heddle_results_pane_dup_count (HeddleResultsPane *self);
gboolean heddle_results_pane_select_task (HeddleResultsPane *self,
                                          guint64            id);

G_END_DECLS
