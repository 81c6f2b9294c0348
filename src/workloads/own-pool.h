/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"
#include "engine/run/run.h"
#include "engine/sync/shared.h"

G_BEGIN_DECLS

/*
 * A pool of a task's own, for workloads that measure pools: a whole run inside a task, with its own
 * workers. What it computes are the tasks of pool-work.c. The task that made it is its caller; it
 * alone uses it, and while it waits for an answer that is recorded in its lane.
 */
typedef struct _HeddleOwnPool HeddleOwnPool;

#define HEDDLE_OWN_POOL_MAX_TASKS 10000

HeddleOwnPool *heddle_own_pool_new (HeddleTask *caller, HeddleFlag *news, HeddleBackend backend,
                                    guint n_workers, double work_us);
gboolean heddle_own_pool_submit (HeddleOwnPool *self, const char *input, guint64 *id);
gboolean heddle_own_pool_wait (HeddleOwnPool *self, guint64 id);
gboolean heddle_own_pool_wait_all (HeddleOwnPool *self);
const char *heddle_own_pool_get_answer (HeddleOwnPool *self, guint64 id);
gint64 heddle_own_pool_get_blocked (HeddleOwnPool *self, guint *n_waits);
gboolean heddle_own_pool_end (HeddleOwnPool *self);
void heddle_own_pool_free (HeddleOwnPool *self);

/* What workloads have in common whose every task is such a caller. */
#define HEDDLE_MAX_CALLERS 16

typedef struct {
  guint n;        /* how many there are: tasks 1 to n */
  HeddleFlag *news[HEDDLE_MAX_CALLERS];
} HeddleCallers;

void heddle_callers_share (HeddleCallers *self, HeddleShared *shared, guint n);
void heddle_callers_produce (const HeddleCallers *self, HeddleProducer *producer);
char *heddle_own_pool_dup_answers (HeddleOwnPool *self, guint64 first, guint n);

/* The parameter `pool` of those workloads. */
extern const char *const heddle_own_pool_kinds[];
extern const char *const heddle_own_pool_kind_names[];
HeddleBackend heddle_own_pool_kind (guint choice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleOwnPool, heddle_own_pool_free)

G_END_DECLS
