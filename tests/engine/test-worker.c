/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/worker-main.h"
#include "test-workloads.h"

int
main (int argc, char **argv)
{
  test_in_worker = TRUE;
  return heddle_worker_main (argc, argv, test_workload_find);
}
