/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/pools/command/guard.h"
#include "engine/worker/main.h"
#include "workloads/list.h"

int
main (int argc, char **argv)
{
  if (heddle_guard_is_meant (argc, argv))
    return heddle_guard_main ();
  return heddle_worker_main (argc, argv, heddle_workloads_find_for_worker);
}
