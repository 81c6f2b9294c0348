/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/run/tables/results-pane.h"
#include "app/run/tables/save-bar.h"

G_BEGIN_DECLS

/* What the menu of the tables saves: "csv", "jsonl" or "trace" of a run, "png" or "svg" of a
 * widget. Main loop. */
void heddle_tables_save_run (HeddleSaveBar *bar, HeddleRun *run, const char *format,
                             HeddleRowList *selected, const HeddleResultsFilter *filter,
                             gboolean only_errors);
void heddle_tables_save_picture (HeddleSaveBar *bar, GtkWidget *widget, HeddleRun *run,
                                 const char *format);

G_END_DECLS
