/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/run-object.h"

G_BEGIN_DECLS

/*
 * The finished runs of a window that no tab shows: the last one of each workload. A tab takes the
 * run of a workload out of the cache when it shows that workload, and puts it back when it leaves
 * it. Together the runs take no more memory than one run may; beyond that the cache evicts the run
 * that was put in first. Main loop only.
 */
#define HEDDLE_TYPE_RUN_CACHE (heddle_run_cache_get_type ())
G_DECLARE_FINAL_TYPE (HeddleRunCache, heddle_run_cache, HEDDLE, RUN_CACHE, GObject)

HeddleRunCache *heddle_run_cache_new (gsize budget_bytes);
void heddle_run_cache_put (HeddleRunCache *self, HeddleRunObject *run);
HeddleRunObject *heddle_run_cache_peek (HeddleRunCache *self, const HeddleWorkload *workload);
HeddleRunObject *heddle_run_cache_take (HeddleRunCache *self, const HeddleWorkload *workload);
gboolean heddle_run_cache_has_evicted (HeddleRunCache *self, const HeddleWorkload *workload);

G_END_DECLS
