/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/states.h"

G_BEGIN_DECLS

/*
 * The counted source: what the kernel counts of every thread, read by the thread itself at two
 * moments, gives what was between them. It needs no privilege. What one reading costs is system
 * calls, a few microseconds; see executor.c for where that is little.
 */

/* A line of /proc/PID/task/TID/schedstat. */
typedef struct {
  gint64 cpu_ns;   /* on a CPU; up to the last time that the kernel looked, not up to now */
  gint64 delay_ns; /* ready, and waiting for a CPU */
  guint64 runs;    /* how often it was given one: so often, less one, it has left one */
} HeddleSchedstat;

/* What the calling thread has come to. */
typedef struct {
  gint64 cpu_ns;
  gint64 delay_ns;
  guint64 runs;
  guint64 preempted; /* how often a CPU was taken from it */
} HeddleThreadTimes;

typedef struct {
  int fd;                 /* the thread's schedstat; -1: not open */
  guint64 last_runs;      /* what it was when preempted was read; 0: never */
  guint64 last_preempted;
} HeddleThreadCounters;

gboolean heddle_schedstat_parse (const char *text, gsize length, HeddleSchedstat *stat);

void heddle_thread_counters_init (HeddleThreadCounters *self);
void heddle_thread_counters_clear (HeddleThreadCounters *self);
gboolean heddle_thread_counters_read (HeddleThreadCounters *self, HeddleThreadTimes *times);
gboolean heddle_thread_counters_are_there (void);

HeddleTaskTimes heddle_thread_times_between (const HeddleThreadTimes *begin,
                                             const HeddleThreadTimes *end);

G_END_DECLS
