/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"
#include "engine/sync/shared.h"

G_BEGIN_DECLS

/* The measurements of the workload "costs". */
typedef enum {
  HEDDLE_COST_THREAD,
  HEDDLE_COST_PROCESS,
  HEDDLE_COST_PROGRAM,
  HEDDLE_COST_THREAD_MEMORY,
  HEDDLE_COST_PROCESS_MEMORY,
  HEDDLE_COST_THREAD_SWITCH,
  HEDDLE_COST_PROCESS_SWITCH,
  HEDDLE_COST_LOCK_FREE,
  HEDDLE_COST_LOCK_CONTENDED,
  HEDDLE_COST_QUEUE,
  HEDDLE_COST_PIPE,
  HEDDLE_COST_PIPE_SWITCH,
  HEDDLE_COST_SHARED_MEMORY,
  HEDDLE_COST_MANAGER,
  HEDDLE_N_COSTS
} HeddleCost;

/* What the measurements of one workload share. */
typedef struct {
  HeddleChannel *queue;
  HeddlePipe *pipe;
  HeddleManager *manager;
  gpointer memory; /* at least 4096 bytes */
} HeddleCostProbes;

/* Measures once. Returns nanoseconds (bytes for memory) of one operation, negative with errno set
 * if it could not be done. */
double heddle_cost_measure (HeddleCost cost, const HeddleCostProbes *probes, HeddleTask *task);

G_END_DECLS
