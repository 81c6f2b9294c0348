/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* The rows of a run's results as a table; with only-errors those of failed and lost tasks. */
#define HEDDLE_TYPE_RESULTS_PANE (heddle_results_pane_get_type ())
G_DECLARE_FINAL_TYPE (HeddleResultsPane, heddle_results_pane, HEDDLE, RESULTS_PANE, HeddleContainer)

void     heddle_results_pane_set_run   (HeddleResultsPane *self,
                                        HeddleRun         *run);
void     heddle_results_pane_update    (HeddleResultsPane *self);
gboolean heddle_results_pane_has_order (HeddleResultsPane *self);

G_END_DECLS
