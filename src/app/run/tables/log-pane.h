/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* What tasks printed and what happened to workers. */
#define HEDDLE_TYPE_LOG_PANE (heddle_log_pane_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLogPane, heddle_log_pane, HEDDLE, LOG_PANE, HeddleContainer)

void heddle_log_pane_set_run (HeddleLogPane *self,
                              HeddleRun     *run);
void heddle_log_pane_update  (HeddleLogPane *self,
                              gint64         started_ns);
void heddle_log_pane_show_line (HeddleLogPane *self,
                                guint64        line);

G_END_DECLS
