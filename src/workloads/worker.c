/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/worker/main.h"
#include "workloads/list.h"

int
main (int argc, char **argv)
{
  return heddle_worker_main (argc, argv, heddle_workloads_find_for_worker);
}
