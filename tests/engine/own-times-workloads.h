/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a task of the workload "own-times" knows of its own time, by the clocks of its thread; its
 * result has them in this order. */
typedef struct {
  gint64 wall_ns;
  gint64 on_cpu_ns;
  gint64 ready_ns; /* by /proc */
  gint64 asleep_ns;
  gint64 locked_out_ns; /* until it had the lock */
  gint64 switches;      /* by getrusage() */
} TestOwnTimes;

#define TEST_OWN_TIMES                                                                             \
  "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT               \
  " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT

/* How many tasks of this process have said what they return; their workers write down after that
 * that they have ended. */
extern _Atomic guint test_own_times_n_ending;

G_END_DECLS
