/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* The workers of a run, as they are now. */
#define HEDDLE_TYPE_WORKERS_PANE (heddle_workers_pane_get_type ())
G_DECLARE_FINAL_TYPE (HeddleWorkersPane, heddle_workers_pane, HEDDLE, WORKERS_PANE, HeddleContainer)

void heddle_workers_pane_set_run (HeddleWorkersPane *self,
                                  HeddleRun         *run);
void heddle_workers_pane_update  (HeddleWorkersPane *self);

G_END_DECLS
