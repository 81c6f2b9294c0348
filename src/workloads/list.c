/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workloads/list.h"

static const HeddleWorkload *const workloads[] = {
  /* real work */
  &heddle_workload_checksum_files,
  /* basics */
  &heddle_workload_numbers_and_letters,
  &heddle_workload_handle_requests,
  &heddle_workload_start_and_join,
  &heddle_workload_square_and_cube,
  &heddle_workload_preemptive_or_cooperative,
  /* pools */
  &heddle_workload_factorials,
  &heddle_workload_squares,
  &heddle_workload_results_through_a_queue,
  &heddle_workload_ways_to_submit,
  &heddle_workload_pool_sizes,
  &heddle_workload_reuse_or_not,
  /* sharing data */
  &heddle_workload_adder_and_remover,
  &heddle_workload_counter_race,
  &heddle_workload_lock,
  &heddle_workload_recursive_lock,
  &heddle_workload_condition,
  &heddle_workload_semaphore,
  &heddle_workload_event,
  &heddle_workload_barrier,
  &heddle_workload_queue,
  &heddle_workload_readers_and_writers,
  &heddle_workload_pipe,
  &heddle_workload_shared_memory,
  &heddle_workload_manager,
  &heddle_workload_one_big_lock,
  /* failures */
  &heddle_workload_exceptions_in_tasks,
  &heddle_workload_crash_a_worker,
  &heddle_workload_deadlock,
  &heddle_workload_hang,
  &heddle_workload_starvation,
  /* costs */
  &heddle_workload_costs,
  NULL
};

/**
 * heddle_workloads_get_all:
 * @n_workloads: (out) (optional): how many there are
 *
 * Returns: (transfer none): every workload, NULL-terminated, in the order of the catalogue. Any
 * thread.
 */
const HeddleWorkload *const *
heddle_workloads_get_all (guint *n_workloads)
{
  if (n_workloads != NULL)
    *n_workloads = G_N_ELEMENTS (workloads) - 1;
  return workloads;
}

/**
 * heddle_workloads_find:
 * @id: what a workload is called on the command line
 *
 * Returns: (transfer none) (nullable): that workload. Any thread.
 */
const HeddleWorkload *
heddle_workloads_find (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; workloads[i] != NULL; i++)
    if (g_str_equal (workloads[i]->id, id))
      return workloads[i];
  return NULL;
}

/**
 * heddle_workloads_find_for_worker:
 * @id: what a workload is called
 *
 * Returns: (transfer none) (nullable): that workload, also if it is not in the catalogue. Any
 * thread.
 */
const HeddleWorkload *
heddle_workloads_find_for_worker (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);

  return g_str_equal (id, heddle_workload_pool_work.id) ? &heddle_workload_pool_work
                                                        : heddle_workloads_find (id);
}
