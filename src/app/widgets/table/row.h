/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/table/columns.h"

G_BEGIN_DECLS

/* How a cell looks; the meaning is always in the text (or the icon) as well. */
typedef enum {
  HEDDLE_CELL_PLAIN = 0,
  HEDDLE_CELL_MONOSPACE = 1 << 0,
  HEDDLE_CELL_DIM = 1 << 1,
  HEDDLE_CELL_ERROR = 1 << 2,
} HeddleCellLook;

#define HEDDLE_TYPE_TABLE_ROW (heddle_table_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTableRow, heddle_table_row, HEDDLE, TABLE_ROW, GtkWidget)

GtkWidget *heddle_table_row_new          (HeddleTableColumns      *columns);
void       heddle_table_row_set_text     (HeddleTableRow          *self,
                                          guint                    column,
                                          const char              *text,
                                          HeddleCellLook           look);
void       heddle_table_row_set_icon     (HeddleTableRow          *self,
                                          guint                    column,
                                          const char              *icon_name);
void       heddle_table_row_set_position (HeddleTableRow          *self,
                                          guint                    position,
                                          guint                    n_items,
                                          gboolean                 selected);
void       heddle_table_row_set_name     (HeddleTableRow          *self,
                                          const char              *name);
void       heddle_table_row_name_by_cells (HeddleTableRow        *self);
char      *heddle_table_row_dup_text     (HeddleTableRow          *self,
                                          const char              *separator);
char      *heddle_table_row_dup_cell     (HeddleTableRow          *self,
                                          double                   x);
GObject   *heddle_table_row_get_item     (HeddleTableRow          *self);
void       heddle_table_row_set_item     (HeddleTableRow          *self,
                                          GObject                 *item);
guint      heddle_table_row_get_position (HeddleTableRow          *self);

G_END_DECLS
