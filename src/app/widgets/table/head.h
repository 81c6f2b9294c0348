/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "app/widgets/table/columns.h"

G_BEGIN_DECLS

/*
 * The heads of a table's columns. Borders between them can be dragged; a double click on one lets
 * all columns be as wide as what they hold again. Emits "resized", "sorted" when the user has
 * chosen another order, and "left" when the keyboard goes back to the rows.
 */
#define HEDDLE_TYPE_TABLE_HEAD (heddle_table_head_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTableHead, heddle_table_head, HEDDLE, TABLE_HEAD, HeddleContainer)

GtkWidget *heddle_table_head_new        (HeddleTableColumns *columns);
void       heddle_table_head_show_order (HeddleTableHead    *self);
gboolean   heddle_table_head_take_focus (HeddleTableHead    *self);

G_END_DECLS
