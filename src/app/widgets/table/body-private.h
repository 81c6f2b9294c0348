/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/table/body.h"

G_BEGIN_DECLS

struct _HeddleTableBody {
  GtkWidget parent_instance;

  HeddleTableColumns *columns; /* the table's */
  /* what it asks whoever has items in it */
  struct {
    HeddleTableFill fill;
    HeddleTableCopy copy; /* NULL: what the rows show */
    HeddleTableFind find; /* NULL: items stay where they are, but for those that come and go */
    gpointer data;        /* for fill and copy */
  } owner;

  GListModel *model;  /* owned */
  guint n_items;
  GPtrArray *rows;    /* children, at least one; the row of position p is p modulo length */
  guint n_wanted;     /* rows that would fill the height */
  double row_height;
  double value;       /* pixels above the first that is seen; the adjustment follows it */
  gboolean follow_end;
  gboolean at_top;
  gboolean at_end;

  struct {
    guint position;   /* or GTK_INVALID_LIST_POSITION */
    GObject *item;    /* owned: what stood there when the cursor was put there or moved with it;
                         NULL: nothing */
    gboolean focused; /* the keyboard is here, or in a row */
    gboolean unseen;  /* it was put there before the table had its place, and is to be shown */
  } cursor;

  HeddleTableSelection selection; /* the cursor's row and others */

  /* what waits for the end of the layout */
  struct {
    guint source;      /* or 0 */
    gboolean untold;   /* the adjustment does not know what it has to */
    gboolean behind;   /* it does not know how long the table is by now, and would look the same
                          if it did */
    gboolean unfilled; /* no row has been filled from this model yet */
    gboolean telling;  /* the adjustment is being set from here */
  } pending;

  GtkAdjustment *hadjustment; /* owned */
  GtkAdjustment *vadjustment; /* owned */
  GtkScrollablePolicy hpolicy, vpolicy;
};

enum
{
  HEDDLE_TABLE_BODY_ACTIVATE,
  HEDDLE_TABLE_BODY_CHOSEN,
  HEDDLE_TABLE_BODY_LEFT,
  HEDDLE_TABLE_BODY_MENU,
  HEDDLE_TABLE_BODY_WIDTHS,
  HEDDLE_TABLE_BODY_N_SIGNALS
};
extern guint heddle_table_body_signals[HEDDLE_TABLE_BODY_N_SIGNALS];

/* body.c */
void heddle_table_body_scroll_to (HeddleTableBody *self, double value);
void heddle_table_body_settle    (HeddleTableBody *self);
HeddleTableRow *heddle_table_body_get_row (HeddleTableBody *self, guint position);

/* cursor.c */
void heddle_table_body_shift_cursor (HeddleTableBody *self, guint position, guint removed,
                                     guint added);
void heddle_table_body_clear_cursor   (HeddleTableBody *self);
void heddle_table_body_show_cursor    (HeddleTableBody *self);
void heddle_table_body_place_focus    (HeddleTableBody *self);
void heddle_table_body_add_keys       (GtkWidgetClass  *klass);
void heddle_table_body_add_controllers (HeddleTableBody *self);

G_END_DECLS
