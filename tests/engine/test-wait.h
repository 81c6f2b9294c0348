/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/run.h"

G_BEGIN_DECLS

/* Polls a condition; fails the test when it does not come true within so many seconds: a bound
 * against hanging, not a measure. */
#define TEST_PATIENCE 120
#define test_wait_until(condition)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline = g_get_monotonic_time () + TEST_PATIENCE * G_USEC_PER_SEC;                    \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > deadline)                                                    \
          g_error ("%s:%d: did not come true in %d s: %s", __FILE__, __LINE__, TEST_PATIENCE,      \
                   #condition);                                                                    \
        g_usleep (1000);                                                                           \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* Waits for whole passes over all rings from here on, so that what a worker has told by now is
 * published. The first that comes may have begun before. */
static inline void
test_wait_for_passes (HeddleRun *run)
{
  HeddleRunSnapshot before, now;

  heddle_run_get_snapshot (run, &before);
  test_wait_until ((heddle_run_get_snapshot (run, &now), now.serial >= before.serial + 3));
}

G_END_DECLS
