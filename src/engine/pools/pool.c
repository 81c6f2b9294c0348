/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/workload.h"
#include "engine/pools/pool.h"

/**
 * heddle_pool_free:
 *
 * Frees a pool that was joined or never started. Supervisor's thread.
 */
void
heddle_pool_free (HeddlePool *self)
{
  if (self == NULL)
    return;
  self->klass->finalize (self);
  g_free (self);
}

/**
 * heddle_pool_ring_capacity:
 * @n_workers: how many workers share the memory
 *
 * Returns: slots of a worker's ring: 65 536 (1 MiB) for a few workers, less for many, so that all
 * together stay near 32 MiB
 */
guint
heddle_pool_ring_capacity (guint n_workers)
{
  guint capacity = 65536;

  while (capacity > 2048 && (gsize) capacity * n_workers > 2 << 20)
    capacity /= 2;
  return capacity;
}

/**
 * heddle_pool_count_parties:
 *
 * Returns: with how many workers at least the tasks do not wait for each other without end; 0: any
 * number. Any thread of the pool.
 */
guint
heddle_pool_count_parties (HeddlePool *self)
{
  const HeddleWorkload *workload = self->host.workload;

  return workload->parties != NULL ? MIN (workload->parties (self->host.data), HEDDLE_MAX_WORKERS)
                                   : 0;
}
