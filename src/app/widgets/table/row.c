/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row of a table: one line of texts in columns.
 *
 * The cells are inscriptions, which never ask for another size when their text changes, and the row
 * places them itself, so that filling a row costs a few microseconds and no layout pass.
 */
#include "config.h"

#include "app/widgets/a11y/accessible.h"
#include "app/widgets/table/row.h"

#define LONGEST 400 /* bytes of a text that are worth laying out */
#define LEAST_HEIGHT 18

struct _HeddleTableRow {
  GtkWidget parent_instance;

  HeddleTableColumns *columns; /* the table's */

  GtkWidget *cells[HEDDLE_TABLE_MAX_COLUMNS];
  HeddleCellLook looks[HEDDLE_TABLE_MAX_COLUMNS];
  /* there from the beginning: rows are filled in the middle of a layout, when nothing may ask for
   * another */
  GtkWidget *icons[2];
  guint icon_column;
  int icon;            /* the one that is shown, or -1 */

  GObject *item; /* owned */
  char *name;    /* owned: what screen readers call it */
  gboolean named; /* by heddle_table_row_set_name() */
  guint position;
  gboolean selected;
};

G_DEFINE_FINAL_TYPE (HeddleTableRow, heddle_table_row, GTK_TYPE_WIDGET)

static void
heddle_table_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleTableRow *self = HEDDLE_TABLE_ROW (widget);

  *minimum_baseline = *natural_baseline = -1;
  *minimum = *natural = 0; /* as wide as the head */
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      gtk_widget_measure (self->cells[0], orientation, -1, minimum, natural, NULL, NULL);
      *minimum = *natural = MAX (*minimum, LEAST_HEIGHT);
    }
}

static void
place (GtkWidget *child, gboolean mirrored, int row_width, int x, int y, int width, int height)
{
  GtkAllocation allocation = { mirrored ? row_width - x - width : x, y, width, height };

  gtk_widget_size_allocate (child, &allocation, -1);
}

/* A cell that is not there, and one without a text, which would be called by the name of its
 * type. */
static void
tell_hidden (GtkWidget *cell)
{
  const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (cell));

  gtk_accessible_update_state (
      GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_STATE_HIDDEN,
      !gtk_widget_get_child_visible (cell) || text == NULL || *text == '\0', -1);
}

static void
heddle_table_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleTableRow *self = HEDDLE_TABLE_ROW (widget);
  int widths[HEDDLE_TABLE_MAX_COLUMNS];
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int x = 0;

  heddle_table_columns_share (self->columns, width, widths);
  for (guint i = 0; i < self->columns->n_columns; i++)
    {
      int indent =
          self->icon >= 0 && self->icon_column == i ? MIN (HEDDLE_TABLE_ICON_ROOM, widths[i]) : 0;
      int cell_height;

      if (gtk_widget_get_child_visible (self->cells[i]) != (widths[i] > 0))
        {
          gtk_widget_set_child_visible (self->cells[i], widths[i] > 0);
          tell_hidden (self->cells[i]);
        }
      if (widths[i] == 0)
        continue;
      gtk_widget_measure (self->cells[i], GTK_ORIENTATION_VERTICAL, -1, &cell_height, NULL, NULL,
                          NULL);
      cell_height = MIN (cell_height, height);
      if (indent > 0)
        place (self->icons[self->icon], mirrored, width, x, (height - 16) / 2, 16, 16);
      place (self->cells[i], mirrored, width, x + indent, (height - cell_height) / 2,
             widths[i] - indent, cell_height);
      x += widths[i] + HEDDLE_TABLE_SPACING;
    }
}

/* What does not fit stands in the tip. */
static gboolean
heddle_table_row_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                                GtkTooltip *tooltip)
{
  HeddleTableRow *self = HEDDLE_TABLE_ROW (widget);

  for (guint i = 0; i < self->columns->n_columns && !keyboard; i++)
    {
      const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (self->cells[i]));
      graphene_rect_t cell;
      int needed;

      if (text == NULL || !gtk_widget_get_child_visible (self->cells[i])
          || !gtk_widget_compute_bounds (self->cells[i], widget, &cell) || x < cell.origin.x
          || x >= cell.origin.x + cell.size.width)
        continue;
      {
        g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (self->cells[i], text);

        pango_layout_get_pixel_size (layout, &needed, NULL);
      }
      if ((float) needed <= cell.size.width)
        return FALSE;
      gtk_tooltip_set_text (tooltip, text);
      gtk_tooltip_set_tip_area (tooltip,
                                &(GdkRectangle) { (int) cell.origin.x, 0, (int) cell.size.width,
                                                 gtk_widget_get_height (widget) });
      return TRUE;
    }
  return FALSE;
}

static void
heddle_table_row_dispose (GObject *object)
{
  HeddleTableRow *self = HEDDLE_TABLE_ROW (object);

  for (guint i = 0; i < HEDDLE_TABLE_MAX_COLUMNS; i++)
    g_clear_pointer (&self->cells[i], gtk_widget_unparent);
  for (guint i = 0; i < G_N_ELEMENTS (self->icons); i++)
    g_clear_pointer (&self->icons[i], gtk_widget_unparent);
  g_clear_object (&self->item);
  g_clear_pointer (&self->name, g_free);
  G_OBJECT_CLASS (heddle_table_row_parent_class)->dispose (object);
}

static void
heddle_table_row_class_init (HeddleTableRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_table_row_dispose;
  widget_class->measure = heddle_table_row_measure;
  widget_class->size_allocate = heddle_table_row_size_allocate;
  widget_class->query_tooltip = heddle_table_row_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "tablerow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ROW);
}

static void
heddle_table_row_init (HeddleTableRow *self)
{
  self->position = GTK_INVALID_LIST_POSITION;
  self->icon = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

static const char *const icon_names[] = { "dialog-error-symbolic", "dialog-warning-symbolic" };

static void
make_icons (HeddleTableRow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (icon_names); i++)
    {
      self->icons[i] =
        g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                      "icon-name", icon_names[i], NULL);
      gtk_widget_set_child_visible (self->icons[i], FALSE);
      gtk_widget_set_parent (self->icons[i], GTK_WIDGET (self));
    }
  gtk_widget_add_css_class (self->icons[0], "error");
}

static GtkWidget *
make_cell (const HeddleTableColumn *column)
{
  gboolean number = (column->flags & HEDDLE_COLUMN_NUMBER) != 0;
  GtkWidget *cell = g_object_new (
      GTK_TYPE_INSCRIPTION, "accessible-role", GTK_ACCESSIBLE_ROLE_GRID_CELL, "text-overflow",
      column->overflow != 0 ? column->overflow : GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END,
      "min-lines", 1, "nat-lines", 1, "min-chars", 1, "xalign", number ? 1.0f : 0.0f, "yalign",
      0.5f, NULL);

  if (number)
    gtk_widget_add_css_class (cell, "numeric");
  gtk_accessible_update_state (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  return cell;
}

/**
 * heddle_table_row_new:
 * @columns: the table's; outlive the row
 *
 * Returns: (transfer floating): an empty row. Main loop, as everything here.
 */
GtkWidget *
heddle_table_row_new (HeddleTableColumns *columns)
{
  HeddleTableRow *self = g_object_new (HEDDLE_TYPE_TABLE_ROW, NULL);

  self->columns = columns;
  for (guint i = 0; i < columns->n_columns; i++)
    {
      self->cells[i] = make_cell (&columns->columns[i]);
      gtk_widget_set_parent (self->cells[i], GTK_WIDGET (self));
    }
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
};

/* File names need not be UTF-8, results may have many lines or thousands of letters: NULL if @text
 * is shown as it is. */
static char *
make_fit (const char *text)
{
  gsize line = strcspn (text, "\n"), length = MIN (line, LONGEST);
  g_autofree char *fit = NULL;

  if (text[line] == '\0' && line <= LONGEST && g_utf8_validate (text, (gssize) line, NULL))
    return NULL;
  while (length < line && length > 0
         && ((guchar) text[length] & 0xc0) == 0x80) /* in the middle of a character */
    length--;
  fit = g_utf8_make_valid (text, (gssize) length);
  return text[length] == '\0' ? g_steal_pointer (&fit) : g_strconcat (fit, "…", NULL);
}

static void
take_text (GtkInscription *cell, const char *text)
{
  const char *before = gtk_inscription_get_text (cell);
  gboolean empty = text == NULL || *text == '\0', was_empty = before == NULL || *before == '\0';

  if (g_strcmp0 (before, text) == 0)
    return;
  gtk_inscription_set_text (cell, text);
  if (empty != was_empty)
    tell_hidden (GTK_WIDGET (cell));
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
heddle_table_row_set_text (HeddleTableRow *self, guint column, const char *text,
                           HeddleCellLook look)
{
  GtkInscription *cell;
  g_autofree char *fit = NULL;

  g_return_if_fail (HEDDLE_IS_TABLE_ROW (self) && column < self->columns->n_columns);

  cell = GTK_INSCRIPTION (self->cells[column]);
  fit = text != NULL ? make_fit (text) : NULL;
  if (fit != NULL)
    text = fit;
  for (guint i = 0; i < G_N_ELEMENTS (looks) && self->looks[column] != look; i++)
    if ((look & looks[i].look) != 0)
      gtk_widget_add_css_class (GTK_WIDGET (cell), looks[i].css_class);
    else if ((self->looks[column] & looks[i].look) != 0)
      gtk_widget_remove_css_class (GTK_WIDGET (cell), looks[i].css_class);
  self->looks[column] = look;
  if (text != NULL && heddle_table_columns_shows (self->columns, column))
    heddle_table_columns_measure (
        self->columns, column, text,
        self->icon >= 0 && self->icon_column == column ? HEDDLE_TABLE_ICON_ROOM : 0,
        GTK_WIDGET (cell));
  take_text (cell, text);
}

/**
 * heddle_table_row_set_icon:
 * @column: in front of which cell's text
 * @icon_name: (nullable): "dialog-error-symbolic" or "dialog-warning-symbolic", %NULL: none
 *
 * A row has one icon at most. To be set before the text beside it, so that the column is wide
 * enough for both.
 */
void
heddle_table_row_set_icon (HeddleTableRow *self, guint column, const char *icon_name)
{
  int icon = -1;

  g_return_if_fail (HEDDLE_IS_TABLE_ROW (self) && column < self->columns->n_columns);

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

static void
take_name (HeddleTableRow *self, const char *name)
{
  if (g_strcmp0 (self->name, name) == 0)
    return;
  g_free (self->name);
  self->name = g_utf8_make_valid (name, -1);
  heddle_accessible_set_name (GTK_WIDGET (self), self->name);
}

/**
 * heddle_table_row_set_name:
 * @name: what screen readers call it: "Task 17, doc/a.txt, done, 12 words, 0.3 ms, Thread 2"
 */
void
heddle_table_row_set_name (HeddleTableRow *self, const char *name)
{
  g_return_if_fail (HEDDLE_IS_TABLE_ROW (self) && name != NULL);

  self->named = TRUE;
  take_name (self, name);
}

/**
 * heddle_table_row_name_by_cells:
 *
 * Lets screen readers call the row by what its cells say, unless who fills it gives it a name.
 */
void
heddle_table_row_name_by_cells (HeddleTableRow *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (HEDDLE_IS_TABLE_ROW (self));

  if (self->named)
    return;
  text = heddle_table_row_dup_text (self, ", ");
  take_name (self, text);
}

/**
 * heddle_table_row_set_position:
 * @position: of its item in the model
 * @n_items: how many there are
 * @selected: whether the cursor is on it
 */
void
heddle_table_row_set_position (HeddleTableRow *self, guint position, guint n_items,
                               gboolean selected)
{
  g_return_if_fail (HEDDLE_IS_TABLE_ROW (self));

  if (selected != self->selected || self->position == GTK_INVALID_LIST_POSITION)
    {
      self->selected = selected;
      if (selected)
        gtk_widget_set_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED, FALSE);
      else
        gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED);
      gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, selected,
                                   -1);
    }
  if (self->position == position)
    return;
  self->position = position;
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_ROW_INDEX,
                                  (int) MIN (position, G_MAXINT - 1) + 1, -1);
}

/**
 * heddle_table_row_dup_text:
 * @separator: between the cells
 *
 * Returns: (transfer full): what the row shows, for the clipboard
 */
char *
heddle_table_row_dup_text (HeddleTableRow *self, const char *separator)
{
  GString *text = g_string_new (NULL);
  gboolean first = TRUE;

  g_return_val_if_fail (HEDDLE_IS_TABLE_ROW (self), NULL);

  for (guint i = 0; i < self->columns->n_columns; i++)
    {
      const char *cell = gtk_inscription_get_text (GTK_INSCRIPTION (self->cells[i]));

      if (!heddle_table_columns_shows (self->columns, i))
        continue;
      if (!first)
        g_string_append (text, separator);
      first = FALSE;
      if (cell != NULL)
        g_string_append (text, cell);
    }
  return g_string_free (text, FALSE);
}

/**
 * heddle_table_row_dup_cell:
 * @x: pixels from the row's left
 *
 * Returns: (transfer full) (nullable): what the cell there shows, for the clipboard
 */
char *
heddle_table_row_dup_cell (HeddleTableRow *self, double x)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE_ROW (self), NULL);

  for (guint i = 0; i < self->columns->n_columns; i++)
    {
      graphene_rect_t cell;

      if (gtk_widget_get_child_visible (self->cells[i])
          && gtk_widget_compute_bounds (self->cells[i], GTK_WIDGET (self), &cell)
          && x >= cell.origin.x - HEDDLE_TABLE_SPACING / 2
          && x < cell.origin.x + cell.size.width + HEDDLE_TABLE_SPACING / 2)
        return g_strdup (gtk_inscription_get_text (GTK_INSCRIPTION (self->cells[i])));
    }
  return NULL;
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
