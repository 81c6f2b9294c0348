/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row of a table: one line of texts in columns.
 *
 * The cells are inscriptions, which never ask for another size when their text changes, and the row places them itself, so
 * that filling a row costs a few microseconds and no layout pass.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/table-row.h"

#define SPACING 12
#define ICON_ROOM 22
#define LONGEST 400 /* bytes of a text that are worth laying out */

struct _HeddleTableRow {
  GtkWidget parent_instance;

  const HeddleTableColumn *columns; /* static */
  guint n_columns;
  gboolean header;

  GtkWidget *cells[HEDDLE_TABLE_MAX_COLUMNS];
  HeddleCellLook looks[HEDDLE_TABLE_MAX_COLUMNS];
  GtkWidget *icons[2]; /* there from the beginning: rows are filled in the middle of a layout, when nothing may ask for another */
  guint icon_column;
  int icon;            /* the one that is shown, or -1 */

  GObject *item; /* owned */
  guint position;
};

G_DEFINE_FINAL_TYPE (HeddleTableRow, heddle_table_row, GTK_TYPE_WIDGET)

static guint
count_columns (HeddleTableRow *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_columns; i++)
    n += self->columns[i].width > 0;
  return n;
}

/* Widths: what each column wants; what is left over goes to the weights, what is missing is taken from all alike. */
static void
share_width (HeddleTableRow *self, int width, int *widths)
{
  int wanted = 0;
  guint weights = 0;
  int room = width - SPACING * ((int) count_columns (self) - 1);

  for (guint i = 0; i < self->n_columns; i++)
    {
      wanted += self->columns[i].width;
      weights += self->columns[i].weight;
    }
  for (guint i = 0; i < self->n_columns; i++)
    {
      widths[i] = self->columns[i].width;
      if (room < wanted)
        widths[i] = MAX (0, (int) ((gint64) room * widths[i] / wanted));
      else if (weights > 0)
        widths[i] += (int) ((gint64) (room - wanted) * self->columns[i].weight / weights);
    }
}

static void
heddle_table_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  HeddleTableRow *self = HEDDLE_TABLE_ROW (widget);

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      gtk_widget_measure (self->cells[0], orientation, -1, minimum, natural, NULL, NULL);
      *minimum = *natural = MAX (*minimum, 18);
      return;
    }
  *minimum = 40 * (int) count_columns (self);
  *natural = SPACING * ((int) count_columns (self) - 1);
  for (guint i = 0; i < self->n_columns; i++)
    *natural += self->columns[i].width;
}

static void
place (GtkWidget *child, gboolean mirrored, int row_width, int x, int y, int width, int height)
{
  GtkAllocation allocation = { mirrored ? row_width - x - width : x, y, width, height };

  gtk_widget_size_allocate (child, &allocation, -1);
}

static void
heddle_table_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleTableRow *self = HEDDLE_TABLE_ROW (widget);
  int widths[HEDDLE_TABLE_MAX_COLUMNS];
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int x = 0;

  share_width (self, width, widths);
  for (guint i = 0; i < self->n_columns; i++)
    {
      int indent = self->icon >= 0 && self->icon_column == i ? MIN (ICON_ROOM, widths[i]) : 0;
      int cell_height;

      gtk_widget_set_child_visible (self->cells[i], self->columns[i].width > 0);
      if (self->columns[i].width == 0)
        continue;
      gtk_widget_measure (self->cells[i], GTK_ORIENTATION_VERTICAL, -1, &cell_height, NULL, NULL, NULL);
      cell_height = MIN (cell_height, height);
      if (indent > 0)
        place (self->icons[self->icon], mirrored, width, x, (height - 16) / 2, 16, 16);
      place (self->cells[i], mirrored, width, x + indent, (height - cell_height) / 2, widths[i] - indent, cell_height);
      x += widths[i] + SPACING;
    }
}

static void
heddle_table_row_dispose (GObject *object)
{
  HeddleTableRow *self = HEDDLE_TABLE_ROW (object);

  for (guint i = 0; i < self->n_columns; i++)
    g_clear_pointer (&self->cells[i], gtk_widget_unparent);
  for (guint i = 0; i < G_N_ELEMENTS (self->icons); i++)
    g_clear_pointer (&self->icons[i], gtk_widget_unparent);
  g_clear_object (&self->item);
  self->n_columns = 0;
  G_OBJECT_CLASS (heddle_table_row_parent_class)->dispose (object);
}

static void
heddle_table_row_class_init (HeddleTableRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_table_row_dispose;
  widget_class->measure = heddle_table_row_measure;
  widget_class->size_allocate = heddle_table_row_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "tablerow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ROW);
}

static void
heddle_table_row_init (HeddleTableRow *self)
{
  self->position = GTK_INVALID_LIST_POSITION;
  self->icon = -1;
}

static const char *const icon_names[] = { "dialog-error-symbolic", "dialog-warning-symbolic" };

static void
make_icons (HeddleTableRow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (icon_names); i++)
    {
      self->icons[i] = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                     "icon-name", icon_names[i], NULL);
      gtk_widget_set_child_visible (self->icons[i], FALSE);
      gtk_widget_set_parent (self->icons[i], GTK_WIDGET (self));
    }
  gtk_widget_add_css_class (self->icons[0], "error");
}

static GtkWidget *
make_cell (const HeddleTableColumn *column, gboolean header)
{
  GtkWidget *cell = g_object_new (GTK_TYPE_INSCRIPTION,
                                  "accessible-role", header ? GTK_ACCESSIBLE_ROLE_COLUMN_HEADER : GTK_ACCESSIBLE_ROLE_GRID_CELL,
                                  "text-overflow", column->overflow != 0 && !header ? column->overflow : GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END,
                                  "min-lines", 1, "nat-lines", 1, "min-chars", 1,
                                  "xalign", 0.0f, "yalign", 0.5f, NULL);

  if (header)
    gtk_inscription_set_text (GTK_INSCRIPTION (cell), _(column->title));
  return cell;
}

/**
 * heddle_table_row_new:
 * @columns: (array length=n_columns): static
 * @header: whether it shows the titles of the columns
 *
 * Returns: (transfer floating): an empty row. Main loop, as everything here.
 */
GtkWidget *
heddle_table_row_new (const HeddleTableColumn *columns, guint n_columns, gboolean header)
{
  HeddleTableRow *self;

  g_return_val_if_fail (n_columns > 0 && n_columns <= HEDDLE_TABLE_MAX_COLUMNS, NULL);

  self = g_object_new (HEDDLE_TYPE_TABLE_ROW, NULL);
  self->columns = columns;
  self->n_columns = n_columns;
  self->header = header;
  for (guint i = 0; i < n_columns; i++)
    {
      self->cells[i] = make_cell (&columns[i], header);
      gtk_widget_set_parent (self->cells[i], GTK_WIDGET (self));
    }
  if (header)
    gtk_widget_add_css_class (GTK_WIDGET (self), "header");
  else
    make_icons (self);
  return GTK_WIDGET (self);
}

static const struct {
  HeddleCellLook look;
  const char *css_class;
} looks[] = {
  { HEDDLE_CELL_MONOSPACE, "monospace" },
  { HEDDLE_CELL_DIM, "dim-label" },
  { HEDDLE_CELL_ERROR, "error" },
  { HEDDLE_CELL_WARNING, "warning" },
};

/* File names need not be UTF-8, results may have many lines or thousands of letters: NULL if @text is shown as it is. */
static char *
make_fit (const char *text)
{
  gsize length = strcspn (text, "\n");
  g_autofree char *cut = NULL;

  if (text[length] == '\0' && length <= LONGEST && g_utf8_validate (text, (gssize) length, NULL))
    return NULL;
  cut = g_utf8_make_valid (text, (gssize) MIN (length, LONGEST));
  return text[MIN (length, LONGEST)] == '\0' ? g_steal_pointer (&cut) : g_strconcat (cut, "…", NULL);
}

/**
 * heddle_table_row_set_text:
 * @column: which cell
 * @text: (nullable): one line; a longer text is cut at its first line's end
 * @look: flags
 *
 * Fills a cell. Costs nothing where the text is the same.
 */
void
heddle_table_row_set_text (HeddleTableRow *self, guint column, const char *text, HeddleCellLook look)
{
  GtkInscription *cell;
  g_autofree char *fit = NULL;

  g_return_if_fail (HEDDLE_IS_TABLE_ROW (self) && column < self->n_columns);

  cell = GTK_INSCRIPTION (self->cells[column]);
  fit = text != NULL ? make_fit (text) : NULL;
  if (fit != NULL)
    text = fit;
  if (g_strcmp0 (gtk_inscription_get_text (cell), text) != 0)
    gtk_inscription_set_text (cell, text);
  if (self->looks[column] == look)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if ((look & looks[i].look) != 0)
      gtk_widget_add_css_class (GTK_WIDGET (cell), looks[i].css_class);
    else if ((self->looks[column] & looks[i].look) != 0)
      gtk_widget_remove_css_class (GTK_WIDGET (cell), looks[i].css_class);
  self->looks[column] = look;
}

/**
 * heddle_table_row_set_icon:
 * @column: in front of which cell's text
 * @icon_name: (nullable): "dialog-error-symbolic" or "dialog-warning-symbolic", %NULL: none
 *
 * A row has one icon at most; the header has none.
 */
void
heddle_table_row_set_icon (HeddleTableRow *self, guint column, const char *icon_name)
{
  int icon = -1;

  g_return_if_fail (HEDDLE_IS_TABLE_ROW (self) && column < self->n_columns && !self->header);

  for (guint i = 0; i < G_N_ELEMENTS (icon_names); i++)
    if (g_strcmp0 (icon_name, icon_names[i]) == 0)
      icon = (int) i;
  if (icon == self->icon && (icon < 0 || column == self->icon_column))
    return;
  self->icon = icon;
  self->icon_column = column;
  for (guint i = 0; i < G_N_ELEMENTS (self->icons); i++)
    gtk_widget_set_child_visible (self->icons[i], icon == (int) i);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/**
 * heddle_table_row_set_position:
 * @position: of its item in the model
 * @n_items: how many there are
 * @selected: whether the cursor is on it
 */
void
heddle_table_row_set_position (HeddleTableRow *self, guint position, guint n_items, gboolean selected)
{
  g_return_if_fail (HEDDLE_IS_TABLE_ROW (self));

  if (selected)
    gtk_widget_set_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED, FALSE);
  else
    gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED);
  if (self->position == position)
    return;
  self->position = position;
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_ROW_INDEX, (int) MIN (position, G_MAXINT - 1) + 1, -1);
}

/**
 * heddle_table_row_dup_text:
 * @separator: between the cells
 *
 * Returns: (transfer full): what the row shows, for the clipboard and for screen readers
 */
char *
heddle_table_row_dup_text (HeddleTableRow *self, const char *separator)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (HEDDLE_IS_TABLE_ROW (self), NULL);

  for (guint i = 0; i < self->n_columns; i++)
    {
      const char *cell = gtk_inscription_get_text (GTK_INSCRIPTION (self->cells[i]));

      if (self->columns[i].width == 0)
        continue;
      if (i > 0)
        g_string_append (text, separator);
      if (cell != NULL)
        g_string_append (text, cell);
    }
  return g_string_free (text, FALSE);
}

/**
 * heddle_table_row_get_item:
 *
 * Returns: (transfer none) (nullable): what it shows
 */
GObject *
heddle_table_row_get_item (HeddleTableRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE_ROW (self), NULL);
  return self->item;
}

/**
 * heddle_table_row_set_item:
 * @item: (nullable): what it shows from now on; the caller fills the cells
 */
void
heddle_table_row_set_item (HeddleTableRow *self, GObject *item)
{
  g_return_if_fail (HEDDLE_IS_TABLE_ROW (self));
  g_set_object (&self->item, item);
}

/**
 * heddle_table_row_get_position:
 *
 * Returns: where its item stands in the model
 */
guint
heddle_table_row_get_position (HeddleTableRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE_ROW (self), GTK_INVALID_LIST_POSITION);
  return self->position;
}
