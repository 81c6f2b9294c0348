/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench-workload.h"
#include "engine/worker/main.h"

int
main (int argc, char **argv)
{
  return heddle_worker_main (argc, argv, bench_find_workload);
}
