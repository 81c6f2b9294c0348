/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"

G_BEGIN_DECLS

/* N tasks that spin, sleep or do nothing. */
extern const HeddleWorkload bench_workload;

void bench_work (gint64 work_ns);
const HeddleWorkload *bench_find_workload (const char *id);

G_END_DECLS
