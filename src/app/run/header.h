/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* The head of a run page: what it runs, and the buttons Start, Pause and Stop (which activate the
 * page's actions). */
#define HEDDLE_TYPE_RUN_HEADER (heddle_run_header_get_type ())
G_DECLARE_FINAL_TYPE (HeddleRunHeader, heddle_run_header, HEDDLE, RUN_HEADER, HeddleContainer)

void heddle_run_header_set_workload (HeddleRunHeader *self, const HeddleWorkload *workload);
void heddle_run_header_set_state (HeddleRunHeader *self, HeddleRunState state);

G_END_DECLS
