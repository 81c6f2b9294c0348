/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/run-object.h"
#include "app/run/tables/tables-card.h"
#include "app/widgets/container/container.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_RUN_MONITOR (heddle_run_monitor_get_type ())
G_DECLARE_FINAL_TYPE (HeddleRunMonitor, heddle_run_monitor, HEDDLE, RUN_MONITOR, HeddleContainer)

void       heddle_run_monitor_set_run (HeddleRunMonitor *self,
                                       HeddleRunObject  *run);
void       heddle_run_monitor_show_log (HeddleRunMonitor *self,
                                        guint64           line);
HeddleTablesCard *heddle_run_monitor_get_tables (HeddleRunMonitor *self);

G_END_DECLS
