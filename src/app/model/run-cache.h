/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/run-object.h"

G_BEGIN_DECLS

/*
 * The finished runs of a window that no tab shows: the last one of each workload. A tab that comes to a workload takes its run from here, one
 * that leaves it puts it back. Memory is bounded: together they take as much as one run may, and the one that was put here first goes first.
 * Main loop only.
 */
#define HEDDLE_TYPE_RUN_CACHE (heddle_run_cache_get_type ())
G_DECLARE_FINAL_TYPE (HeddleRunCache, heddle_run_cache, HEDDLE, RUN_CACHE, GObject)

HeddleRunCache *heddle_run_cache_new (gsize budget_bytes);
void heddle_run_cache_put (HeddleRunCache *self, HeddleRunObject *run);
HeddleRunObject *heddle_run_cache_peek (HeddleRunCache *self, const HeddleWorkload *workload);
HeddleRunObject *heddle_run_cache_take (HeddleRunCache *self, const HeddleWorkload *workload);
gboolean heddle_run_cache_has_evicted (HeddleRunCache *self, const HeddleWorkload *workload);

G_END_DECLS
