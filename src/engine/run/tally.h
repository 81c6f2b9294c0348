/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/diagnosis.h"

G_BEGIN_DECLS

#define HEDDLE_TALLY_OBJECTS 4  /* those that were waited for most */
#define HEDDLE_TALLY_WORKERS 64 /* the processor times of more are too old while the run goes on   \
                                 */

/* Something that tasks share. */
typedef struct {
  guint number;
  gboolean is_lock;
  gboolean is_mutex;
  gint64 waited_ns;
  guint n_waiters; /* workers; of more than 64, two may count as one */
  gint64 held_ns;  /* by all workers together, the least that it can have been */
  gint64 holders_ns[HEDDLE_TALLY_WORKERS]; /* of that, by the worker's number - 1 */
  char name[64];   /* in the user's language */
} HeddleTallyObject;

/* The task that is, or was at the end, in hand alone. */
typedef struct {
  guint64 task; /* 0: none */
  guint worker;
  gint64 ran_ns;
  gint64 alone_ns;
} HeddleTallyLast;

/* Where time went since the start of a run, nanoseconds; HeddleDiagnosisFacts says what each is.
 * Over 20 fields: readers copy them as a whole, and facts are differences of the same ones. */
typedef struct {
  guint n_workers;
  gboolean deadlocked;
  gint64 length_ns;
  gint64 time_ns, busy_ns;
  gboolean processor_times_known;
  gint64 cpu_ns, ready_ns; /* of the workers, in tasks and between them */
  gint64 used_ns; /* of the program and its worker processes; -1: there was another run */
  gint64 slept_ns, shared_ns;
  gint64 starved_ns, between_ns, over_ns;
  gint64 producing_ns, full_ns, stocked_ns;
  guint64 n_ended;
  guint64 n_periods, n_throttled;
  HeddleTallyLast last;
  guint n_objects;
  HeddleTallyObject objects[HEDDLE_TALLY_OBJECTS];
} HeddleRunTally;

void heddle_run_get_tally (HeddleRun *self, HeddleRunTally *tally);
void heddle_run_fill_facts (HeddleRun *self, const HeddleRunTally *from, const HeddleRunTally *to,
                            HeddleDiagnosisFacts *facts);

G_END_DECLS
