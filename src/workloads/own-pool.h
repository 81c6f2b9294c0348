/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"
#include "engine/run/run.h"
#include "engine/sync/shared.h"
#include "workloads/common.h"

G_BEGIN_DECLS

/*
 * A pool of a task's own, for workloads that measure pools: a whole run inside a task, with its own
 * workers, which execute the tasks of pool-work.c. Only the task that made it, its caller, uses it;
 * the caller's lane shows when it waits for an answer.
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

#define HEDDLE_MAX_CALLERS 16

/* What workloads have in common all of whose tasks are such callers; first in their data. */
typedef struct {
  HeddleRange tasks; /* first */
  HeddleFlag *news[HEDDLE_MAX_CALLERS];
} HeddleCallers;

void heddle_callers_share (HeddleCallers *self, HeddleShared *shared, guint n);
char *heddle_own_pool_dup_answers (HeddleOwnPool *self, guint64 first, guint n);

/* The parameter `pool` of those workloads; its choices are the first backends, in their order. */
extern const char *const heddle_own_pool_kinds[];
extern const char *const heddle_own_pool_kind_names[];

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleOwnPool, heddle_own_pool_free)

G_END_DECLS
