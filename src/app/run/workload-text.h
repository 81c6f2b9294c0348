/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/model/workload.h"

G_BEGIN_DECLS

/* What there is to read about a workload: what it does and what to look for, and what the lecture
 * notes say. */
#define HEDDLE_TYPE_WORKLOAD_TEXT (heddle_workload_text_get_type ())
G_DECLARE_FINAL_TYPE (HeddleWorkloadText, heddle_workload_text, HEDDLE, WORKLOAD_TEXT,
                      HeddleContainer)

void heddle_workload_text_set_workload (HeddleWorkloadText *self, const HeddleWorkload *workload);

G_END_DECLS
