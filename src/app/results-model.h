/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/results.h"

G_BEGIN_DECLS

/* Which rows, and in which order. */
typedef enum {
  HEDDLE_RESULTS_NEWEST_FIRST, /* every row, the task that ended last on top */
  HEDDLE_RESULTS_BY_ID,        /* every row, in the order of the tasks' ids, as map() gives them */
  HEDDLE_RESULTS_ERRORS,       /* failed and lost tasks only, newest on top */
} HeddleResultsOrder;

#define HEDDLE_TYPE_RESULT_ROW (heddle_result_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddleResultRow, heddle_result_row, HEDDLE, RESULT_ROW, GObject)

const HeddleRow    *heddle_result_row_get         (HeddleResultRow    *self);
gboolean            heddle_result_row_is_known    (HeddleResultRow    *self);

#define HEDDLE_TYPE_RESULTS_MODEL (heddle_results_model_get_type ())
G_DECLARE_FINAL_TYPE (HeddleResultsModel, heddle_results_model, HEDDLE, RESULTS_MODEL, GObject)

HeddleResultsModel *heddle_results_model_new          (HeddleResults      *results,
                                                       HeddleResultsOrder  order);
gboolean            heddle_results_model_update       (HeddleResultsModel *self);
guint64             heddle_results_model_get_given_up (HeddleResultsModel *self);

G_END_DECLS
