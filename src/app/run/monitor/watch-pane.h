/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_WATCH_PANE (heddle_watch_pane_get_type ())
G_DECLARE_FINAL_TYPE (HeddleWatchPane, heddle_watch_pane, HEDDLE, WATCH_PANE, HeddleContainer)

void       heddle_watch_pane_set_run (HeddleWatchPane *self,
                                      HeddleRun       *run);
guint      heddle_watch_pane_update  (HeddleWatchPane *self,
                                      gboolean         at_once);

G_END_DECLS
