/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HEDDLE_TABLE_MAX_COLUMNS 12

/* How a cell looks; the meaning is always in the text (or the icon) as well. */
typedef enum {
  HEDDLE_CELL_PLAIN = 0,
  HEDDLE_CELL_MONOSPACE = 1 << 0,
  HEDDLE_CELL_DIM = 1 << 1,
  HEDDLE_CELL_ERROR = 1 << 2,
  HEDDLE_CELL_WARNING = 1 << 3,
} HeddleCellLook;

typedef struct {
  const char *title;   /* N_ */
  int width;           /* pixels; what the column wants; 0: it is not there */
  guint weight;        /* share of the room that is left, 0: keeps its width */
  GtkInscriptionOverflow overflow; /* where a text that does not fit is cut; 0: at its end */
} HeddleTableColumn;

#define HEDDLE_TYPE_TABLE_ROW (heddle_table_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTableRow, heddle_table_row, HEDDLE, TABLE_ROW, GtkWidget)

GtkWidget *heddle_table_row_new          (const HeddleTableColumn *columns,
                                          guint                    n_columns,
                                          gboolean                 header);
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
char      *heddle_table_row_dup_text     (HeddleTableRow          *self,
                                          const char              *separator);
GObject   *heddle_table_row_get_item     (HeddleTableRow          *self);
void       heddle_table_row_set_item     (HeddleTableRow          *self,
                                          GObject                 *item);
guint      heddle_table_row_get_position (HeddleTableRow          *self);

G_END_DECLS
