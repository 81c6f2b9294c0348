/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/table.h"

/* A table: titles of columns above a body that scrolls. */
struct _HeddleTable {
  GtkWidget parent_instance;

  GtkWidget *header;   /* child */
  GtkWidget *scrolled; /* child */
  HeddleTableBody *body;
};

G_DEFINE_FINAL_TYPE (HeddleTable, heddle_table, GTK_TYPE_WIDGET)

static void
heddle_table_dispose (GObject *object)
{
  HeddleTable *self = HEDDLE_TABLE (object);

  g_clear_pointer (&self->header, gtk_widget_unparent);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  self->body = NULL;
  G_OBJECT_CLASS (heddle_table_parent_class)->dispose (object);
}

static void
heddle_table_class_init (HeddleTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_table_dispose;
  gtk_widget_class_set_css_name (widget_class, "table");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
heddle_table_init (HeddleTable *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
}

/**
 * heddle_table_new:
 * @columns: (array length=n_columns): outlive the table; where their widths change, heddle_table_columns_changed() is called
 * @label: what screen readers call it; translated
 * @fill: fills a row; called for the rows that are seen
 *
 * Returns: (transfer floating): an empty table. Main loop.
 */
GtkWidget *
heddle_table_new (const HeddleTableColumn *columns, guint n_columns, const char *label, HeddleTableFill fill, gpointer data)
{
  HeddleTable *self = g_object_new (HEDDLE_TYPE_TABLE, NULL);

  self->header = heddle_table_row_new (columns, n_columns, TRUE);
  gtk_widget_set_parent (self->header, GTK_WIDGET (self));
  self->body = HEDDLE_TABLE_BODY (heddle_table_body_new (columns, n_columns, fill, data));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->body), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  self->scrolled = g_object_new (GTK_TYPE_SCROLLED_WINDOW,
                                 "hscrollbar-policy", GTK_POLICY_NEVER,
                                 "child", self->body,
                                 "vexpand", TRUE, NULL);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
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
 * Lays the rows out anew after the widths of the columns have changed; a column of no width is not there.
 */
void
heddle_table_columns_changed (HeddleTable *self)
{
  g_return_if_fail (HEDDLE_IS_TABLE (self));

  gtk_widget_queue_resize (self->header);
  heddle_table_body_columns_changed (self->body);
}
