/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"

G_BEGIN_DECLS

/* The one list of workloads, in the order of the catalogue. */
const HeddleWorkload *const *heddle_workloads_get_all (guint *n_workloads);
const HeddleWorkload *heddle_workloads_find (const char *id);
const HeddleWorkload *heddle_workloads_find_for_worker (const char *id);

/* Each in the file of its name. "pool-work" is not in the catalogue: the worker program knows it,
 * since the pools that other workloads make compute it. */
extern const HeddleWorkload heddle_workload_adder_and_remover;
extern const HeddleWorkload heddle_workload_barrier;
extern const HeddleWorkload heddle_workload_checksum_files;
extern const HeddleWorkload heddle_workload_condition;
extern const HeddleWorkload heddle_workload_costs;
extern const HeddleWorkload heddle_workload_counter_race;
extern const HeddleWorkload heddle_workload_crash_a_worker;
extern const HeddleWorkload heddle_workload_deadlock;
extern const HeddleWorkload heddle_workload_event;
extern const HeddleWorkload heddle_workload_exceptions_in_tasks;
extern const HeddleWorkload heddle_workload_factorials;
extern const HeddleWorkload heddle_workload_handle_requests;
extern const HeddleWorkload heddle_workload_hang;
extern const HeddleWorkload heddle_workload_lock;
extern const HeddleWorkload heddle_workload_manager;
extern const HeddleWorkload heddle_workload_numbers_and_letters;
extern const HeddleWorkload heddle_workload_one_big_lock;
extern const HeddleWorkload heddle_workload_pipe;
extern const HeddleWorkload heddle_workload_pool_sizes;
extern const HeddleWorkload heddle_workload_pool_work;
extern const HeddleWorkload heddle_workload_preemptive_or_cooperative;
extern const HeddleWorkload heddle_workload_queue;
extern const HeddleWorkload heddle_workload_readers_and_writers;
extern const HeddleWorkload heddle_workload_recursive_lock;
extern const HeddleWorkload heddle_workload_results_through_a_queue;
extern const HeddleWorkload heddle_workload_reuse_or_not;
extern const HeddleWorkload heddle_workload_semaphore;
extern const HeddleWorkload heddle_workload_shared_memory;
extern const HeddleWorkload heddle_workload_square_and_cube;
extern const HeddleWorkload heddle_workload_squares;
extern const HeddleWorkload heddle_workload_start_and_join;
extern const HeddleWorkload heddle_workload_starvation;
extern const HeddleWorkload heddle_workload_ways_to_submit;

G_END_DECLS
