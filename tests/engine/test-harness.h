/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run.h"

G_BEGIN_DECLS

/* A run of one of the tests' workloads, with what its rows said. Ends with checks that hold for every run. */
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
  char *last_error; /* of a row */
} TestRun;

TestRun *test_run_new (const char *workload, guint64 n, const char *const *assignments);
void test_run_start (TestRun *self);
void test_run_finish (TestRun *self);
void test_run_free (TestRun *self);
HeddleRunSnapshot test_run_snapshot (TestRun *self);
gboolean test_run_log_has (TestRun *self, const char *words);
gboolean test_run_find_worker (TestRun *self, guint64 task, HeddleWorkerInfo *info);

/* Polls a condition; fails the test when it does not come true within a minute. */
#define test_wait_until(condition)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                               \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > deadline)                                                    \
          g_error ("%s:%d: did not come true within a minute: %s", __FILE__, __LINE__, #condition); \
        g_usleep (1000);                                                                           \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
