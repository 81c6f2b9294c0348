/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/lanes-chart.h"

G_BEGIN_DECLS

/* Tells of the tasks of the run that it is given as data. Main loop. */
extern const HeddleTaskTeller heddle_task_teller;

G_END_DECLS
