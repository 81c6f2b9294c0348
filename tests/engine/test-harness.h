/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/run.h"
#include "test-wait.h"

G_BEGIN_DECLS

/* A run of one of the tests' workloads, with what its rows said. Ends with checks that hold for
 * every run. */
typedef struct {
  HeddleRun *run;
  HeddleRunOptions options;
  guint n_files;   /* open before it */
  guint64 n;       /* tasks */
  guint8 *n_ends;  /* rows with this id; filled by the collector's thread, read after the end */
  guint8 *states;
  guint8 *attempts;
  GHashTable *results; /* set of results as text */
  guint64 n_rows;
  guint64 result_sum;
  gint64 last_finished_ns; /* CLOCK_MONOTONIC: the latest end that a row told; 0: none */
  gint64 busy_ns;          /* what the rows say that tasks took, all together */
  GArray *task_times;      /* gint64: what the rows say that tasks took which were done or failed */
  char *last_error; /* of a row */
} TestRun;

TestRun *test_run_new (const char *workload, guint64 n, const char *const *assignments);
TestRun *test_run_start_on (const char *workload, guint64 n, gconstpointer backend,
                            const char *assignment);
void test_run_start (TestRun *self);
void test_run_finish (TestRun *self);
void test_run_free (TestRun *self);
HeddleRunSnapshot test_run_snapshot (TestRun *self);
gboolean test_run_log_has (TestRun *self, const char *words);
gboolean test_run_find_worker (TestRun *self, guint64 task, HeddleWorkerInfo *info);
gboolean test_signal_child (int pid, int signal_number);

/* A test that runs on threads and on worker processes: its data is the backend. */
typedef struct {
  const char *name;
  GTestDataFunc function;
} TestOnBoth;

void test_add_on_both (const char *topic, const TestOnBoth *tests, guint n);

/*
 * Waits until all of @condition, which speaks of @snapshot, holds in one snapshot. What was waited
 * for in one need not hold any more in the next, and what was not waited for is as it happens to
 * be: so a test says here all that it wants of a moment.
 */
#define test_run_wait_for(run, snapshot, condition)                                                \
  test_wait_until (((snapshot) = test_run_snapshot (run), (condition)))

G_END_DECLS
