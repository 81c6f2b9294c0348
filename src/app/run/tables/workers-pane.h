/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* The workers of a run, as they are now, or what they did in a stretch of its time. */
#define HEDDLE_TYPE_WORKERS_PANE (heddle_workers_pane_get_type ())
G_DECLARE_FINAL_TYPE (HeddleWorkersPane, heddle_workers_pane, HEDDLE, WORKERS_PANE, HeddleContainer)

void heddle_workers_pane_set_run (HeddleWorkersPane *self,
                                  HeddleRun         *run);
void heddle_workers_pane_set_stretch (HeddleWorkersPane *self,
                                      gint64             begin_ns,
                                      gint64             end_ns);
void heddle_workers_pane_set_with_states (HeddleWorkersPane *self,
                                          gboolean           with_states);
void heddle_workers_pane_update  (HeddleWorkersPane *self);

G_END_DECLS
