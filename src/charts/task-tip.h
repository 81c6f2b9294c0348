/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/lane-store.h"

G_BEGIN_DECLS

/* What is known of a task, of all that a tip may tell. */
typedef struct {
  gint64 waited_ns;      /* in the queue; below 0: not known */
  gint64 ran_ns;         /* so far, where it runs */
  HeddleTaskState state;
  guint attempt;         /* 0: not known */
  HeddleTaskTimes times; /* switches count where has_switches */
  gboolean has_switches;
  gint64 waits_ns[HEDDLE_N_WAITS]; /* by reason; 0: none */
} HeddleTaskFacts;

void heddle_task_facts_init (HeddleTaskFacts *self, const HeddleSpan *span,
                             const HeddleLaneSum *sum);
char *heddle_task_facts_describe (const HeddleTaskFacts *self, const char *comma, const char *line);

G_END_DECLS
