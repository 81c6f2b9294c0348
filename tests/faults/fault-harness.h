/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-harness.h"

G_BEGIN_DECLS

/* From HEDDLE_TEST_SEED, or another one each time; printed, so that what failed can be repeated. */
guint64 fault_seed (void);

/* How often to do something again: HEDDLE_TEST_ROUNDS, or @usual, or a quarter of it where a
 * sanitizer makes everything slow. */
guint fault_rounds (guint usual);

/* A workload of fault-workloads.h on a backend, and what it is told to do. */
typedef struct {
  const char *workload;
  HeddleBackend backend;
  guint what;
} FaultCase;

TestRun *fault_start (const FaultCase *it, guint64 n, guint retries);

gboolean fault_log_says (TestRun *run, const char *text);
void fault_show (TestRun *run);

G_END_DECLS
