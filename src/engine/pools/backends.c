/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* All backends, a row each; they are offered in the order of their numbers.
 * docs/adding-a-backend.md */

#include "engine/model/backend.h"
#include "engine/pools/pool.h"

extern const HeddlePoolClass heddle_thread_pool_class;
extern const HeddlePoolClass heddle_process_pool_class;
extern const HeddlePoolClass heddle_loop_pool_class;
extern const HeddlePoolClass heddle_blocking_loop_pool_class;
extern const HeddlePoolClass heddle_thread_per_task_class;
extern const HeddlePoolClass heddle_process_per_task_class;
extern const HeddlePoolClass heddle_command_pool_class;

const HeddleBackendInfo *const heddle_backends[HEDDLE_N_BACKENDS] = {
  [HEDDLE_BACKEND_THREADS] = &heddle_thread_pool_class.info,
  [HEDDLE_BACKEND_PROCESSES] = &heddle_process_pool_class.info,
  [HEDDLE_BACKEND_MAIN_LOOP] = &heddle_loop_pool_class.info,
  [HEDDLE_BACKEND_MAIN_LOOP_BLOCKING] = &heddle_blocking_loop_pool_class.info,
  [HEDDLE_BACKEND_THREAD_PER_TASK] = &heddle_thread_per_task_class.info,
  [HEDDLE_BACKEND_PROCESS_PER_TASK] = &heddle_process_per_task_class.info,
  [HEDDLE_BACKEND_COMMANDS] = &heddle_command_pool_class.info,
};
