/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/types.h"

G_BEGIN_DECLS

/*
 * Scheduling states: of a task's span, how long it was on a CPU, how long it was ready (wanted a
 * CPU and had none), and, which is what is left, how long it was blocked. There are several sources
 * of that, which differ in what they need and in what they can show; a larger value is the better
 * one.
 */

/* Where a run knows the states of its tasks from. */
typedef enum {
  HEDDLE_STATES_NONE,
  HEDDLE_STATES_COUNTED, /* totals a task, read from the thread's own counters: no privilege */
  HEDDLE_STATES_EXACT,   /* every switch with its time, from the kernel's events */
} HeddleStatesSource;

#define HEDDLE_N_STATES_SOURCES 3

/* What a task's span is made of. The rest of the span is the time for which it was blocked. Of a
 * command with several threads or processes only the time on CPUs is known, which all of them have
 * together and which may be longer than the span: ready_ns is -1 then, and nobody knows what the
 * rest was. */
struct _HeddleTaskTimes {
  gint64 on_cpu_ns;
  gint64 ready_ns;   /* -1: not known */
  guint32 switches;  /* how often it left a CPU */
  guint32 preempted; /* how often of these it wanted to go on */
  gboolean known;    /* FALSE: the other fields say nothing */
  guint64 cpus;      /* those it was on, as heddle_cpu_bit(); 0: not known */
};

/* What tasks whose times are known add up to. */
typedef struct {
  guint64 n_tasks; /* attempts at them */
  gint64 span_ns;
  gint64 on_cpu_ns;  /* these two: of the spans */
  gint64 ready_ns;
  gint64 untold_ns;  /* of the spans: it may have been time ready or blocked */
  guint64 switches;
  guint64 preempted;
} HeddleTimesTotals;

/* How many bytes times take at most when they are packed. */
#define HEDDLE_TASK_TIMES_PACKED 40

const char *heddle_states_source_name (HeddleStatesSource source);
gboolean heddle_states_source_parse (const char *name, HeddleStatesSource *source, GError **error);

void heddle_times_totals_add (HeddleTimesTotals *self, const HeddleTaskTimes *times,
                              gint64 span_ns);
guint64 heddle_cpu_bit (guint cpu);
void heddle_task_times_fit (HeddleTaskTimes *times, gint64 span_ns);
gint64 heddle_task_times_get_blocked (const HeddleTaskTimes *times, gint64 span_ns);
gint64 heddle_times_totals_get_blocked (const HeddleTimesTotals *self);
gsize heddle_task_times_pack (const HeddleTaskTimes *times, char *bytes);
gsize heddle_task_times_unpack (HeddleTaskTimes *times, const char *bytes);

G_END_DECLS
