/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/run-private.h"

/**
 * heddle_run_get_memory:
 * @memory: (out): what it holds now
 *
 * Any thread; a few short locks. What workers hold, and the shared objects of a run, is not in it.
 */
void
heddle_run_get_memory (HeddleRun *self, HeddleRunMemory *memory)
{
  gsize rest = sizeof *self + sizeof *self->collector + heddle_queue_get_bytes (self->queue);

  for (guint i = 0; i < HEDDLE_N_SERIES; i++)
    rest += heddle_series_get_bytes (self->stores.series[i]);
  pthread_mutex_lock (&self->public.lock);
  rest += self->public.published->bytes_on_the_way;
  /* the other one is as large, or will be */
  rest += 2 * self->public.published->n_alloc * sizeof (HeddleWorkerInfo);
  pthread_mutex_unlock (&self->public.lock);
  *memory = (HeddleRunMemory) {
    .lanes = heddle_lane_store_get_totals (self->stores.lanes).bytes,
    .results = self->stores.results != NULL ? heddle_results_get_bytes (self->stores.results) : 0,
    .log = heddle_log_get_bytes (self->stores.log),
    .rest = rest,
  };
}
