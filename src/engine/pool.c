/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/pool.h"
#include "engine/workload.h"

static const HeddlePoolClass *const classes[HEDDLE_N_BACKENDS] = {
  [HEDDLE_BACKEND_THREADS] = &heddle_thread_pool_class,
  [HEDDLE_BACKEND_PROCESSES] = &heddle_process_pool_class,
  [HEDDLE_BACKEND_MAIN_LOOP] = &heddle_loop_pool_class,
  [HEDDLE_BACKEND_MAIN_LOOP_BLOCKING] = &heddle_loop_pool_class,
  [HEDDLE_BACKEND_THREAD_PER_TASK] = &heddle_thread_per_task_class,
  [HEDDLE_BACKEND_PROCESS_PER_TASK] = &heddle_process_per_task_class,
};

/**
 * heddle_pool_new:
 * @host: what the run gives; copied
 *
 * Returns: (transfer full): a pool that is not started. Collector's thread.
 */
HeddlePool *
heddle_pool_new (HeddleBackend backend, const HeddlePoolHost *host)
{
  const HeddlePoolClass *klass;
  HeddlePool *self;

  g_return_val_if_fail ((guint) backend < HEDDLE_N_BACKENDS, NULL);

  klass = host->workload->dangerous && backend == HEDDLE_BACKEND_THREADS ? &heddle_hosted_pool_class : classes[backend];
  self = g_malloc0 (klass->instance_size);
  self->klass = klass;
  self->host = *host;
  return self;
}

/**
 * heddle_pool_free:
 *
 * Frees a pool that was joined or never started. Collector's thread.
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
 * Returns: slots of a worker's ring: 65 536 (1 MiB) for a few workers, less for many, so that all together stay near 32 MiB
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
 * Returns: with how many workers at least the tasks do not wait for each other without end; 0: any number. Any thread of the pool.
 */
guint
heddle_pool_count_parties (HeddlePool *self)
{
  const HeddleWorkload *workload = self->host.workload;

  return workload->parties != NULL ? MIN (workload->parties (self->host.data), HEDDLE_MAX_WORKERS) : 0;
}
