/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/workload.h"

G_BEGIN_DECLS

/* Each in the file of its name. */
extern const HeddleWorkload heddle_workload_checksum_files;
extern const HeddleWorkload heddle_workload_factorials;
extern const HeddleWorkload heddle_workload_handle_requests;
extern const HeddleWorkload heddle_workload_numbers_and_letters;
extern const HeddleWorkload heddle_workload_squares;

/* The one list of workloads, in the order of the catalogue. */
const HeddleWorkload *const *heddle_workloads_get_all (guint *n_workloads);
const HeddleWorkload *heddle_workloads_find (const char *id);

G_END_DECLS
