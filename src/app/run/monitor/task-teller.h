/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/task-kinds.h"
#include "charts/lanes-chart.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

typedef struct {
  HeddleRun *run;         /* owned by reference */
  HeddleTaskKinds *kinds; /* owned: those that were met while the lanes were drawn */
} HeddleTaskTellerData;

HeddleTaskTellerData *heddle_task_teller_data_new (HeddleRun *run);
void heddle_task_teller_data_free (gpointer data);

/* Tells of the tasks of a run; its data is a HeddleTaskTellerData. Main loop. */
extern const HeddleTaskTeller heddle_task_teller;

G_END_DECLS
