/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/table/row.h"
#include "app/widgets/table/selection.h"

G_BEGIN_DECLS

/* Fills the cells of a row from an item of the model. */
typedef void (*HeddleTableFill) (HeddleTableRow *row, GObject *item, gpointer data);

/* Where an item of the model stands now; FALSE: no longer there. Asked when items that the cursor
 * is among are replaced by others. */
typedef gboolean (*HeddleTableFind) (GListModel *model, GObject *item, guint *position);

/* Puts the selected rows of a table into the clipboard. */
typedef void (*HeddleTableCopy) (const HeddleTableSelection *selection, gpointer data);

#define HEDDLE_TYPE_TABLE_BODY (heddle_table_body_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTableBody, heddle_table_body, HEDDLE, TABLE_BODY, GtkWidget)

GtkWidget  *heddle_table_body_new            (HeddleTableColumns      *columns,
                                              HeddleTableFill          fill,
                                              gpointer                 data);
void        heddle_table_body_set_model      (HeddleTableBody         *self,
                                              GListModel              *model);
void        heddle_table_body_set_find       (HeddleTableBody         *self,
                                              HeddleTableFind          find);
void        heddle_table_body_set_follow_end (HeddleTableBody         *self,
                                              gboolean                 follow_end);
void        heddle_table_body_refresh        (HeddleTableBody         *self);
void        heddle_table_body_place_rows     (HeddleTableBody         *self);
void        heddle_table_body_select         (HeddleTableBody         *self,
                                              guint                    position);
guint       heddle_table_body_get_selected   (HeddleTableBody         *self);
void        heddle_table_body_set_copy       (HeddleTableBody         *self,
                                              HeddleTableCopy          copy);
void        heddle_table_body_copy           (HeddleTableBody         *self);
void        heddle_table_body_select_all     (HeddleTableBody         *self);
const HeddleTableSelection *heddle_table_body_get_selection (HeddleTableBody *self);
HeddleTableRow *heddle_table_body_find_row   (HeddleTableBody         *self,
                                              double                   y);
double      heddle_table_body_get_row_height (HeddleTableBody         *self);

G_END_DECLS
