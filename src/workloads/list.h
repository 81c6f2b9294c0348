/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/workload.h"

G_BEGIN_DECLS

/* The one list of workloads, in the order of the catalogue. */
const HeddleWorkload *const *heddle_workloads_get_all (guint *n_workloads);
const HeddleWorkload *heddle_workloads_find (const char *id);

G_END_DECLS
