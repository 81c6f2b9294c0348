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

/* No command is needed for a task to run on the slots of a pool of commands. */
#define TEST_BACKENDS (HEDDLE_BACKENDS_ALL | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_COMMANDS))

/* What most of them begin with, where "params" is the table of the file and Data its data. */
#define TEST_WORKLOAD(Data)                                                                        \
  .params = params, .n_params = G_N_ELEMENTS (params),                                             \
  .default_backend = HEDDLE_BACKEND_PROCESSES, .data_size = sizeof (Data)

/* Those of other files, each list ended by one without an id. */
extern const HeddleWorkload test_command_workloads[];
extern const HeddleWorkload test_fault_workloads[];
extern const HeddleWorkload test_link_workloads[];
extern const HeddleWorkload test_own_times_workloads[];
extern const HeddleWorkload test_states_workloads[];
extern const HeddleWorkload test_step_workloads[];
extern const HeddleWorkload test_stuck_workloads[];
extern const HeddleWorkload test_sync_workloads[];

G_END_DECLS
