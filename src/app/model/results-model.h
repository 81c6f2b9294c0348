/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "app/model/results-sort.h"

G_BEGIN_DECLS

/* Which rows, and in which order. */
typedef enum {
  HEDDLE_RESULTS_NEWEST_FIRST, /* every row, the task that ended last on top */
  /* in the order of the tasks' ids, as map() gives them, from the first whose row is kept on */
  HEDDLE_RESULTS_BY_ID,
  HEDDLE_RESULTS_ERRORS,       /* failed and lost tasks only, newest on top */
} HeddleResultsOrder;

#define HEDDLE_TYPE_RESULT_ROW (heddle_result_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddleResultRow, heddle_result_row, HEDDLE, RESULT_ROW, GObject)

const HeddleRow    *heddle_result_row_get         (HeddleResultRow    *self);
gboolean            heddle_result_row_is_known    (HeddleResultRow    *self);
gboolean            heddle_result_row_has_ended   (HeddleResultRow    *self);

#define HEDDLE_TYPE_RESULTS_MODEL (heddle_results_model_get_type ())
G_DECLARE_FINAL_TYPE (HeddleResultsModel, heddle_results_model, HEDDLE, RESULTS_MODEL, GObject)

HeddleResultsModel *heddle_results_model_new          (HeddleResults      *results,
                                                       HeddleResultsOrder  order);
HeddleResultsModel *heddle_results_model_new_sorted   (HeddleResults      *results,
                                                       gboolean            errors,
                                                       HeddleResultsKey    key,
                                                       gboolean            descending,
                                                       const HeddleResultsFilter *filter);
gboolean            heddle_results_model_update       (HeddleResultsModel *self);
gboolean            heddle_results_model_has_rows     (HeddleResultsModel *self);
gboolean            heddle_results_model_is_complete  (HeddleResultsModel *self);
guint64             heddle_results_model_get_length   (HeddleResultsModel *self);
gboolean            heddle_results_model_find_id      (HeddleResultsModel *self,
                                                       guint64             id,
                                                       guint              *position);
guint64             heddle_results_model_get_given_up (HeddleResultsModel *self);
guint64             heddle_results_model_get_first_id (HeddleResultsModel *self);
gboolean            heddle_results_model_find         (GListModel         *model,
                                                       GObject            *item,
                                                       guint              *position);

guint64             heddle_results_model_get_key      (HeddleResultsModel *self,
                                                       guint               position);
HeddleResultsOrder  heddle_results_model_get_order    (HeddleResultsModel *self);
gboolean            heddle_results_fetch              (HeddleResults      *results,
                                                       HeddleResultsOrder  order,
                                                       guint64             key,
                                                       HeddleRow          *row);

G_END_DECLS
