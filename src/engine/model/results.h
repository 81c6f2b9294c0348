/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/types.h"
#include "trace/states.h"

G_BEGIN_DECLS

/*
 * What came out: a row a task, in the order of finishing, in chunks. Memory has a budget; the
 * oldest rows go first and heddle_results_get_first() says how many are gone. Rows keep their index
 * for ever. Any thread; one short lock inside.
 */
struct _HeddleRow {
  guint64 id;
  HeddleTaskState state;
  guint attempt;
  guint worker;      /* worker's number, from 1; 0: it never started */
  gint64 queued_ns;  /* CLOCK_MONOTONIC */
  gint64 started_ns; /* 0: never started */
  gint64 finished_ns;
  HeddleTaskTimes times; /* what its last attempt's span is made of, where that is known */
  char *label;  /* owned by the row: heddle_row_clear() */
  char *result; /* NULL: none */
  char *error;  /* NULL: none */
  const char *input; /* the input, if the label differs (no UTF-8, too long); only in hooks */
};

void heddle_row_clear (HeddleRow *row);

HeddleResults *heddle_results_new (gsize budget_bytes);
HeddleResults *heddle_results_ref (HeddleResults *self);
void heddle_results_unref (HeddleResults *self);
void heddle_results_add (HeddleResults *self, const HeddleRow *row);
guint64 heddle_results_get_first (HeddleResults *self);
guint64 heddle_results_get_length (HeddleResults *self);
gboolean heddle_results_get (HeddleResults *self, guint64 index, HeddleRow *row);
guint64 heddle_results_get_n_errors (HeddleResults *self);
guint64 heddle_results_get_first_error (HeddleResults *self);
gboolean heddle_results_get_error (HeddleResults *self, guint64 nth, HeddleRow *row);
gboolean heddle_results_find_id (HeddleResults *self, guint64 id, guint64 *index);
gint64 heddle_results_get_queued (HeddleResults *self, guint64 id, gint64 started_ns);
gboolean heddle_results_find_error (HeddleResults *self, guint64 id, guint64 *nth);
void heddle_results_get_ids (HeddleResults *self, guint64 *first, guint64 *last);
gboolean heddle_results_has_ended (HeddleResults *self, guint64 id);
gboolean heddle_results_visit (HeddleResults *self, gboolean errors, guint64 *next, guint max,
                               void (*visit) (guint64 number, const HeddleRow *row, gpointer data),
                               gpointer data);
gboolean heddle_row_touches (const HeddleRow *row, gint64 begin, gint64 end);
void heddle_results_skip (HeddleResults *self, gboolean errors, guint64 *next, gint64 begin,
                          gint64 end);
gsize heddle_results_get_bytes (HeddleResults *self);

G_END_DECLS
