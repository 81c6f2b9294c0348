/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"
#include "engine/run/producer.h"
#include "engine/sync/shared.h"
#include "engine/task/task.h"

G_BEGIN_DECLS

/* Workloads that only tests need: tasks that hold on, crash and misbehave. The test's own worker
 * program knows them too. */
extern gboolean test_in_worker; /* set by that program */

gboolean test_mixed_fails (guint64 id); /* whether that task of "mixed" is to fail */

const HeddleWorkload *test_workload_find (const char *id);
const HeddleWorkload *test_sync_workload_find (const char *id); /* sync-workloads.c */
const HeddleWorkload *test_link_workload_find (const char *id); /* link-workloads.c */
const HeddleWorkload *test_fault_workload_find (const char *id); /* fault-workloads.c */
const HeddleWorkload *test_stuck_workload_find (const char *id); /* stuck-workloads.c */
const HeddleWorkload *test_step_workload_find (const char *id); /* step-workloads.c */

G_END_DECLS
