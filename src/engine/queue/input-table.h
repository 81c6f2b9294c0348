/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/queue/queue.h"

G_BEGIN_DECLS

/*
 * The input texts of tasks that have not ended yet, by task id. The producer adds, the collector
 * looks up and drops; a worker reads through the pointer in its item, between the two. No lock: a
 * directory of chunks, each slot written before the task is queued.
 */

HeddleInputTable *heddle_input_table_new (void);
void heddle_input_table_free (HeddleInputTable *self);
const HeddleInput *heddle_input_table_add (HeddleInputTable *self, guint64 id, const char *text,
                                           gsize length);
const HeddleInput *heddle_input_table_get (HeddleInputTable *self, guint64 id);
gboolean heddle_input_table_is_used (HeddleInputTable *self);
void heddle_input_table_drop (HeddleInputTable *self, guint64 id);

G_END_DECLS
