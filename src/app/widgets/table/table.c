/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/widgets/a11y/accessible.h"
#include "app/widgets/table/head.h"
#include "app/widgets/table/table.h"

struct _HeddleTable {
  HeddleContainer parent_instance;

  HeddleTableColumns columns; /* of head and rows */
  GtkWidget *head;       /* child */
  HeddleTableBody *body; /* in a child that scrolls */
  GtkWidget *menu;       /* child: of a row, while it is open; NULL: none */
  char *cell;            /* owned: what its Copy Cell copies */
};

static guint sorted_signal;

G_DEFINE_FINAL_TYPE (HeddleTable, heddle_table, HEDDLE_TYPE_CONTAINER)

static void
place_anew (HeddleTable *self)
{
  gtk_widget_queue_allocate (self->head);
  heddle_table_body_place_rows (self->body);
}

static void
on_sorted (HeddleTable *self)
{
  g_signal_emit (self, sorted_signal, 0);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  heddle_table_body_copy (HEDDLE_TABLE (widget)->body);
}

static void
copy_cell_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleTable *self = HEDDLE_TABLE (widget);

  if (self->cell != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->cell);
}

static void
select_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  heddle_table_body_select_all (HEDDLE_TABLE (widget)->body);
}

/* Not in the middle of its own signal, after which its actions are run. */
static gboolean
drop_menu (gpointer data)
{
  gtk_widget_unparent (GTK_WIDGET (data));
  return G_SOURCE_REMOVE;
}

static void
on_menu_closed (HeddleTable *self)
{
  guint source;

  if (self->menu == NULL)
    return;
  source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, drop_menu, g_object_ref (self->menu),
                            g_object_unref);
  g_source_set_name_by_id (source, "[heddle] menu of a row");
  self->menu = NULL;
}

static GMenuModel *
make_menu (HeddleTable *self)
{
  guint n = heddle_table_selection_count (heddle_table_body_get_selection (self->body));
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, ngettext ("_Copy Row", "_Copy Rows", n), "table.copy");
  if (self->cell != NULL && *self->cell != '\0')
    g_menu_append (menu, _("Copy C_ell"), "table.copy-cell");
  g_menu_append (menu, _("Select _All"), "table.select-all");
  return G_MENU_MODEL (menu);
}

static void
open_menu (HeddleTable *self, double x, double y)
{
  HeddleTableRow *row = heddle_table_body_find_row (self->body, y);
  g_autoptr (GMenuModel) menu = NULL;
  graphene_point_t place;

  if (self->menu != NULL || row == NULL
      || !gtk_widget_compute_point (GTK_WIDGET (self->body), GTK_WIDGET (self),
                                    &GRAPHENE_POINT_INIT ((float) x, (float) y), &place))
    return;
  g_free (self->cell);
  self->cell = heddle_table_row_dup_cell (row, x);
  menu = make_menu (self);
  self->menu = gtk_popover_menu_new_from_model (menu);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) place.x, (int) place.y, 1, 1 });
  g_signal_connect_object (self->menu, "closed", G_CALLBACK (on_menu_closed), self,
                           G_CONNECT_SWAPPED);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
focus_head (HeddleTable *self)
{
  heddle_table_head_take_focus (HEDDLE_TABLE_HEAD (self->head));
}

static void
focus_body (HeddleTable *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->body));
}

/* A table is one stop of the Tab key, whatever in it the keyboard is on; the arrow keys are its
 * own. */
static gboolean
heddle_table_focus (GtkWidget *widget, GtkDirectionType direction)
{
  HeddleTable *self = HEDDLE_TABLE (widget);

  return gtk_widget_get_focus_child (widget) == NULL
         && gtk_widget_grab_focus (GTK_WIDGET (self->body));
}

static void
heddle_table_dispose (GObject *object)
{
  HeddleTable *self = HEDDLE_TABLE (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->cell, g_free);
  G_OBJECT_CLASS (heddle_table_parent_class)->dispose (object);
}

static void
heddle_table_class_init (HeddleTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_table_dispose;
  gtk_widget_class_install_action (widget_class, "table.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "table.copy-cell", NULL, copy_cell_action);
  gtk_widget_class_install_action (widget_class, "table.select-all", NULL, select_all_action);
  widget_class->focus = heddle_table_focus;
  /**
   * HeddleTable::sorted:
   *
   * The user wants another order: heddle_table_get_order().
   */
  sorted_signal = g_signal_new ("sorted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "table");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
}

static void
heddle_table_init (HeddleTable *self)
{
  gtk_orientable_set_orientation (
    GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
}

/**
 * heddle_table_new:
 * @columns: (array length=n_columns): outlive the table; where one comes or goes,
 * heddle_table_columns_changed() is called
 * @label: what screen readers call it; translated
 * @fill: fills a row; called for the rows that are seen
 *
 * Returns: (transfer floating): an empty table. Main loop.
 */
GtkWidget *
heddle_table_new (const HeddleTableColumn *columns, guint n_columns, const char *label,
                  HeddleTableFill fill, gpointer data)
{
  HeddleTable *self = g_object_new (HEDDLE_TYPE_TABLE, NULL);
  GtkWidget *scrolled;

  heddle_table_columns_init (&self->columns, columns, n_columns);
  self->head = heddle_table_head_new (&self->columns);
  gtk_widget_set_parent (self->head, GTK_WIDGET (self));
  self->body = HEDDLE_TABLE_BODY (heddle_table_body_new (&self->columns, fill, data));
  scrolled = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy", GTK_POLICY_NEVER, "child",
                           self->body, "focusable", FALSE, "vexpand", TRUE, NULL);
  gtk_widget_set_parent (scrolled, GTK_WIDGET (self));
  heddle_accessible_set_name (GTK_WIDGET (self), label);
  heddle_accessible_set_name (GTK_WIDGET (self->body), label);
  g_signal_connect_object (self->head, "resized", G_CALLBACK (place_anew), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->head, "sorted", G_CALLBACK (on_sorted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->head, "left", G_CALLBACK (focus_body), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "widths", G_CALLBACK (place_anew), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "menu", G_CALLBACK (open_menu), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->body, "left", G_CALLBACK (focus_head), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * heddle_table_get_body:
 *
 * Returns: (transfer none): the part that shows the rows; it emits "activate" with a position
 */
HeddleTableBody *
heddle_table_get_body (HeddleTable *self)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE (self), NULL);
  return self->body;
}

/**
 * heddle_table_columns_changed:
 *
 * Lays the rows out anew: a column has come or gone, or wants another width.
 */
void
heddle_table_columns_changed (HeddleTable *self)
{
  g_return_if_fail (HEDDLE_IS_TABLE (self));

  heddle_table_columns_unfreeze (&self->columns);
  place_anew (self);
}

/**
 * heddle_table_clear_order:
 *
 * Rows stand as they come again; "sorted" is not emitted.
 */
void
heddle_table_clear_order (HeddleTable *self)
{
  g_return_if_fail (HEDDLE_IS_TABLE (self));

  self->columns.sorted = -1;
  heddle_table_head_show_order (HEDDLE_TABLE_HEAD (self->head));
}

/**
 * heddle_table_get_order:
 * @column: (out): by which the rows are sorted
 * @descending: (out): whether the largest come first
 *
 * Returns: %FALSE where the rows stand as they come
 */
gboolean
heddle_table_get_order (HeddleTable *self, guint *column, gboolean *descending)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE (self), FALSE);

  if (self->columns.sorted < 0)
    return FALSE;
  *column = (guint) self->columns.sorted;
  *descending = self->columns.descending;
  return TRUE;
}
