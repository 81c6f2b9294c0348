/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "engine/pools/command/guard.h"
#include "engine/worker/main.h"
#include "fault-workloads.h"
#include "test-workloads.h"

int __real_pthread_setname_np (pthread_t thread, const char *name);
int __wrap_pthread_setname_np (pthread_t thread, const char *name);

/* The first thing that a worker thread does. The second one of a process that finds the file does
 * nothing else. */
int
__wrap_pthread_setname_np (pthread_t thread, const char *name)
{
  const char *mark = g_getenv (FAULT_UNREADY);

  if (mark != NULL && strcmp (name, "heddle-w2") == 0 && unlink (mark) == 0)
    while (TRUE)
      pause ();
  return __real_pthread_setname_np (thread, name);
}

int
main (int argc, char **argv)
{
  test_in_worker = TRUE;
  if (heddle_guard_is_meant (argc, argv))
    return heddle_guard_main ();
  return heddle_worker_main (argc, argv, test_workload_find);
}
