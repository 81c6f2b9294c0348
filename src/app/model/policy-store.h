/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/run.h"

G_BEGIN_DECLS

/* The policies that the user has chosen for a workload, kept in the settings. Main loop only. */
void heddle_policy_store_init_options (HeddleRunOptions *options, const HeddleWorkload *workload);
void heddle_policy_store_load (const HeddleWorkload *workload, HeddleRunOptions *options);
void heddle_policy_store_save (const HeddleWorkload *workload, const HeddleRunOptions *options);

G_END_DECLS
