/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/span.h"
#include "trace/switches.h"

G_BEGIN_DECLS

/*
 * The scheduling states of all threads of a run, from their switches. Times are those of
 * heddle_clock_to_ns(). Guarded by its owner: the collector's lock.
 *
 * A thread's changes are kept until they are passed: whoever knows what the thread did at a moment
 * passes up to that moment, and learns from the difference of two totals what the time between was
 * made of.
 */

typedef struct _HeddleStates HeddleStates;
typedef struct _HeddleThreadStates HeddleThreadStates;

/* What a thread's time was made of, up to a moment. */
typedef struct {
  gint64 on_cpu_ns;
  gint64 ready_ns;
  gint64 unknown_ns; /* nobody knows what this time was */
  guint32 switches;  /* how often it left a CPU */
  guint32 preempted; /* how often of these it could have gone on */
  guint64 cpus;      /* heddle_cpu_bit(): those it was on since heddle_thread_states_mark_cpus();
                        0: not all of them are known */
} HeddleStatesTotals;

/* Called for each stretch of HEDDLE_FOLD_ON_CPU, _READY and _KNOWN; those of one kind come in
 * order. */
typedef void (*HeddleStatesStretch) (gpointer data, HeddleFoldKind kind, gint64 begin, gint64 end);

HeddleStates *heddle_states_new (HeddleSwitches *switches);
void heddle_states_free (HeddleStates *self);
void heddle_states_drain (HeddleStates *self);
void heddle_states_take (HeddleStates *self, const HeddleSwitch *change);
void heddle_states_settle (HeddleStates *self, gint64 now);
HeddleSwitches *heddle_states_get_switches (HeddleStates *self);
gint64 heddle_states_get_horizon (const HeddleStates *self, const HeddleThreadStates *thread);

HeddleThreadStates *heddle_states_join (HeddleStates *self, guint32 tid);
void heddle_states_leave (HeddleStates *self, HeddleThreadStates *thread);
void heddle_thread_states_pass (HeddleThreadStates *thread, gint64 until,
                                HeddleStatesStretch stretch, gpointer data);
void heddle_thread_states_show (HeddleThreadStates *thread, gint64 until,
                                HeddleStatesStretch stretch, gpointer data);
void heddle_thread_states_mark_cpus (HeddleThreadStates *thread);
gboolean heddle_thread_states_get_totals (const HeddleThreadStates *thread, gint64 at,
                                          HeddleStatesTotals *totals);

G_END_DECLS
