/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/membarrier.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

gboolean heddle_membarrier_works;

/* Asking for them takes milliseconds as soon as there is a second thread. The thread sanitizer
 * cannot see them. */
__attribute__ ((constructor)) static void
ask_for_barriers (void)
{
#ifndef __SANITIZE_THREAD__
  heddle_membarrier_works =
    syscall (SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
#endif
}

/**
 * heddle_membarrier:
 *
 * Between a store and a load of the caller's: has every thread of the process pass a barrier, in
 * about a microsecond. Any thread, where heddle_membarrier_works.
 *
 * Returns: FALSE if the kernel could not
 */
gboolean
heddle_membarrier (void)
{
  /* the second takes milliseconds, and no memory */
  return syscall (SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0
    || syscall (SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0;
}
