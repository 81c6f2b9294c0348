/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What /proc says of a process or of one thread of ours. */
typedef struct {
  /* CPU time so far, user and system, nanoseconds (as fine as the scheduler counts where it tells,
   * else clock ticks) */
  gint64 cpu_ns;
  /* time for which it could have been executed and others were; -1: not known, as for several
   * threads together */
  gint64 ready_ns;
  gint64 rss;      /* resident memory, bytes; for a thread that of its process */
  char state;      /* R, S, D, Z, T as in proc(5) */
} HeddleProcSample;

gboolean heddle_proc_sample_process (int pid, HeddleProcSample *sample);
gboolean heddle_proc_sample_thread (int pid, int tid, HeddleProcSample *sample);

G_END_DECLS
