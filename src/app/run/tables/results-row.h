/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/results-model.h"
#include "app/model/row-text.h"
#include "app/widgets/table/table.h"

G_BEGIN_DECLS

/* A row of the table of results. Its columns are those of HeddleRowText. */
void heddle_results_row_init_columns (HeddleTableColumn *columns, gboolean with_states);
void heddle_results_row_fill (HeddleTableRow *table_row, HeddleRun *run, HeddleResultRow *item);

G_END_DECLS
