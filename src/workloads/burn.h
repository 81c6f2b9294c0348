/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"

G_BEGIN_DECLS

/* Work that keeps a processor busy for a given time, for workloads that need tasks of a known
 * weight. */
gboolean heddle_burn (HeddleTask *task, gint64 cpu_ns, gint64 *longest_gap);

G_END_DECLS
