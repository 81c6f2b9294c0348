/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workloads/list.h"

static const HeddleWorkload *const workloads[] = {
  /* real work */
  &heddle_workload_checksum_files,
  /* basics */
  &heddle_workload_numbers_and_letters,
  &heddle_workload_handle_requests,
  /* pools */
  &heddle_workload_factorials,
  &heddle_workload_squares,
  NULL
};

/**
 * heddle_workloads_get_all:
 * @n_workloads: (out) (optional): how many there are
 *
 * Returns: (transfer none): every workload, NULL-terminated, in the order of the catalogue. Any thread.
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
