/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/results-sort.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* What is told of a row of results, in the order of the table's columns. */
typedef enum {
  HEDDLE_ROW_TASK,
  HEDDLE_ROW_INPUT,
  HEDDLE_ROW_RESULT, /* of a task that did not end well, what became of it */
  HEDDLE_ROW_WORKER,
  HEDDLE_ROW_WAITED,
  HEDDLE_ROW_RAN,
  HEDDLE_ROW_ON_CPU, /* this and what follows only where the run knows states */
  HEDDLE_ROW_READY,
  HEDDLE_ROW_BLOCKED,
  HEDDLE_N_ROW_TEXTS
} HeddleRowText;

const char *heddle_row_text_get_title (HeddleRowText what);
HeddleResultsKey heddle_row_text_get_key (HeddleRowText what);
const char *heddle_row_text_get (HeddleRun *run, const HeddleRow *row, HeddleRowText what,
                                 char *buffer, gsize size);
const char *heddle_row_text_get_state (HeddleTaskState state);
void heddle_row_text_append_cell (GString *text, const char *cell);

G_END_DECLS
