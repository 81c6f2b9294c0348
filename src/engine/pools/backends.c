/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Which pool each backend is: the one place that knows all of them. */

#include "engine/model/workload.h"
#include "engine/pools/pool.h"

extern const HeddlePoolClass heddle_thread_pool_class;
extern const HeddlePoolClass heddle_process_pool_class;
extern const HeddlePoolClass heddle_loop_pool_class;          /* both main-loop backends */
extern const HeddlePoolClass heddle_thread_per_task_class;
extern const HeddlePoolClass heddle_process_per_task_class;
extern const HeddlePoolClass
  heddle_isolated_pool_class; /* threads of one child process, for dangerous workloads */

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
 * Returns: (transfer full): a pool that is not started. Supervisor's thread.
 */
HeddlePool *
heddle_pool_new (HeddleBackend backend, const HeddlePoolHost *host)
{
  const HeddlePoolClass *klass;
  HeddlePool *self;

  g_return_val_if_fail ((guint) backend < HEDDLE_N_BACKENDS, NULL);

  klass = host->workload->dangerous && backend == HEDDLE_BACKEND_THREADS
    ? &heddle_isolated_pool_class
    : classes[backend];
  self = g_malloc0 (klass->instance_size);
  self->klass = klass;
  self->host = *host;
  return self;
}
