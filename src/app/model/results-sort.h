/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/results-filter.h"

G_BEGIN_DECLS

/* By what rows of results can be sorted. */
typedef enum {
  HEDDLE_RESULTS_KEY_NONE, /* as the tasks ended */
  HEDDLE_RESULTS_KEY_ID,
  HEDDLE_RESULTS_KEY_LABEL,
  HEDDLE_RESULTS_KEY_RESULT, /* of tasks that did not end well what the table shows in its place */
  HEDDLE_RESULTS_KEY_WORKER,
  HEDDLE_RESULTS_KEY_WAITED,
  HEDDLE_RESULTS_KEY_RAN,
  HEDDLE_RESULTS_KEY_ON_CPU,
  HEDDLE_RESULTS_KEY_READY,
  HEDDLE_RESULTS_KEY_BLOCKED,
} HeddleResultsKey;

/* Those of a run's rows that a filter wants, in the order of one of their columns: found and sorted
 * by a thread of its own. Main loop. */
typedef struct _HeddleResultsSort HeddleResultsSort;

HeddleResultsSort *heddle_results_sort_new (HeddleResults *results, gboolean errors,
                                            HeddleResultsKey key, gboolean descending,
                                            const HeddleResultsFilter *filter);
void heddle_results_sort_free (HeddleResultsSort *self);
guint heddle_results_sort_drop (HeddleResultsSort *self);
gboolean heddle_results_sort_update (HeddleResultsSort *self, gboolean *pending, guint *added);
guint heddle_results_sort_length (HeddleResultsSort *self);
guint64 heddle_results_sort_get (HeddleResultsSort *self, guint position);
gboolean heddle_results_sort_find (HeddleResultsSort *self, guint64 number, guint *position);
void heddle_results_sort_count (HeddleResults *results, gboolean errors, guint64 *first,
                                guint64 *end);
int heddle_results_sort_compare_texts (const char *a, const char *b);

G_END_DECLS
