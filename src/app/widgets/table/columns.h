/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HEDDLE_TABLE_MAX_COLUMNS 16
#define HEDDLE_TABLE_SPACING 12
#define HEDDLE_TABLE_ICON_ROOM 22

typedef enum
{
  HEDDLE_COLUMN_TEXT = 0,
  HEDDLE_COLUMN_NUMBER = 1 << 0, /* at the right, with digits of one width */
  HEDDLE_COLUMN_SORTS = 1 << 1,  /* a click on its head sorts by it */
  HEDDLE_COLUMN_SPARE =
      1 << 2, /* left out where there is no room for all, the last of these first */
} HeddleColumnFlags;

/* What a table has columns for. A column without a weight is as wide as what it holds; those with
 * one share what is left over. */
typedef struct {
  const char *title;   /* N_ */
  int width;           /* pixels that a column with a weight asks for; 0: the column is not there */
  guint weight;        /* share of the room that is left over */
  GtkInscriptionOverflow overflow; /* where a text that does not fit is cut; 0: at its end */
  HeddleColumnFlags flags;
} HeddleTableColumn;

/* How wide the columns of one table are, and by which it is sorted: shared by its head and its
 * rows. Main loop. */
typedef struct {
  const HeddleTableColumn *columns; /* borrowed */
  guint n_columns;
  int title[HEDDLE_TABLE_MAX_COLUMNS];      /* pixels of the head */
  int content[HEDDLE_TABLE_MAX_COLUMNS];    /* pixels of the longest text so far */
  guint longest[HEDDLE_TABLE_MAX_COLUMNS];  /* characters of the longest text without an icon */
  guint longest_beside[HEDDLE_TABLE_MAX_COLUMNS]; /* and with one */
  int measured[HEDDLE_TABLE_MAX_COLUMNS];   /* becomes content at the next
                                               heddle_table_columns_apply() */
  int chosen[HEDDLE_TABLE_MAX_COLUMNS];     /* set by the user; 0: not */
  int sorted;                               /* column, or -1 */
  gboolean descending;
} HeddleTableColumns;

void     heddle_table_columns_init    (HeddleTableColumns      *self,
                                       const HeddleTableColumn *columns,
                                       guint                    n_columns);
gboolean heddle_table_columns_shows   (const HeddleTableColumns *self,
                                       guint                    column);
void     heddle_table_columns_measure (HeddleTableColumns      *self,
                                       guint                    column,
                                       const char              *text,
                                       int                      beside,
                                       GtkWidget               *cell);
gboolean heddle_table_columns_apply   (HeddleTableColumns      *self);
void     heddle_table_columns_forget  (HeddleTableColumns      *self);
void     heddle_table_columns_share   (const HeddleTableColumns *self,
                                       int                      width,
                                       int                     *widths);
void     heddle_table_columns_freeze  (HeddleTableColumns      *self,
                                       int                      width);
void     heddle_table_columns_move    (HeddleTableColumns      *self,
                                       guint                    column,
                                       int                      by);
void     heddle_table_columns_append_titles (const HeddleTableColumns *self,
                                              GString             *text);
void     heddle_table_columns_unfreeze (HeddleTableColumns     *self);

G_END_DECLS
