/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/results.h"

G_BEGIN_DECLS

/* Which rows of a run's results are wanted. All zero: every one. */
typedef struct {
  char *text;       /* owned: folded, so that small and capital letters are alike; NULL: any */
  gboolean is_ascii; /* the text is */
  guint64 id;       /* the task that the text names, whatever its texts are; 0: it names none */
  guint states;     /* bits 1 << HeddleTaskState; 0: any */
  guint worker;     /* its number; 0: any */
  gint64 begin_ns;  /* CLOCK_MONOTONIC: tasks that were going on in this stretch of time, ... */
  gint64 end_ns;    /* ... which ends before this; 0: at any time */
} HeddleResultsFilter;

void heddle_results_filter_set_text (HeddleResultsFilter *self, const char *text);
void heddle_results_filter_copy (const HeddleResultsFilter *self, HeddleResultsFilter *copy);
void heddle_results_filter_clear (HeddleResultsFilter *self);
gboolean heddle_results_filter_is_empty (const HeddleResultsFilter *self);
gboolean heddle_results_filter_is_equal (const HeddleResultsFilter *self,
                                         const HeddleResultsFilter *other);
gboolean heddle_results_filter_matches (const HeddleResultsFilter *self, const HeddleRow *row);
guint64 heddle_results_filter_parse_id (const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HeddleResultsFilter, heddle_results_filter_clear)

G_END_DECLS
