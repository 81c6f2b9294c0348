/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/results-model.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/*
 * Rows that a user has chosen, in the order in which they stood: by their numbers, so that a
 * million of them are eight megabytes, made in milliseconds. Made by the main loop; then one thread
 * at a time may read it.
 */
typedef struct _HeddleRowList HeddleRowList;

HeddleRowList *heddle_row_list_new (HeddleRun *run, HeddleResultsModel *model);
void heddle_row_list_free (HeddleRowList *self);
void heddle_row_list_add (HeddleRowList *self, HeddleResultsModel *model, guint begin, guint end);
gsize heddle_row_list_get_length (const HeddleRowList *self);
guint64 *heddle_row_list_dup_ids (const HeddleRowList *self, gsize *n);
char *heddle_row_list_dup_text (const HeddleRowList *self, gboolean with_states);

G_END_DECLS
