/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of a table: rows of one height over a list model of any length.
 *
 * Why not GtkColumnView: the one of GTK 4.8 keeps about 200 rows alive whatever is visible. With
 * six columns and a hundred thousand tasks that end between two updates, following the newest
 * cost 3.4 ms an update at best and 150 ms where it rebuilt the rows. This one has as many rows as
 * fit, uses them again, and asks the model for nothing else: an update costs the rows in sight,
 * with a thousand items as with a thousand million. tests/ui/test-table says what an update costs,
 * GTK 4.8.3. Before a later GTK is required, measure its GtkColumnView.
 *
 * What is in sight stays in sight when the model changes above it, except at the top, which shows
 * what comes in there, and at the end where follow-end is set.
 *
 * A wish for another layout is lost where it is made in the middle of one: GTK marks the ancestors,
 * whose marks go when their allocation ends, and draws what lies between no more ("without a
 * current allocation"). So whatever may lead to one waits until the layout is over
 * (heddle_table_body_settle()): rows that are missing, the adjustment, with which a scrollbar comes
 * or goes, widths of columns, and the keyboard's place. The rows are in the right place all the
 * time, since they go by this widget's own value.
 */
#include "config.h"

#include <math.h>

#include "app/widgets/table/body-private.h"

#define MAX_BEHIND 1.25 /* times as long as the adjustment believes */

enum { PROP_0, PROP_HADJUSTMENT, PROP_VADJUSTMENT, PROP_HSCROLL_POLICY, PROP_VSCROLL_POLICY };

guint heddle_table_body_signals[HEDDLE_TABLE_BODY_N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (HeddleTableBody, heddle_table_body, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static double
get_page (HeddleTableBody *self)
{
  return gtk_widget_get_height (GTK_WIDGET (self));
}

static double
get_upper (HeddleTableBody *self)
{
  return MAX (get_page (self), self->n_items * self->row_height);
}

/* Changes what is seen first, within bounds. The adjustment is told later. */
static void
take_value (HeddleTableBody *self, double value)
{
  double last = get_upper (self) - get_page (self);

  self->value = self->follow_end && self->at_end ? last : CLAMP (value, 0, last);
  if (self->value < 1) /* it has become so short that the top is seen */
    self->at_top = TRUE;
}

static void
tell_adjustment (HeddleTableBody *self)
{
  double page = get_page (self);

  self->pending.untold = self->pending.behind = FALSE;
  if (self->vadjustment == NULL)
    return;
  self->pending.telling = TRUE;
  gtk_adjustment_configure (self->vadjustment, self->value, 0, get_upper (self), self->row_height,
                            MAX (page - self->row_height, self->row_height), page);
  self->pending.telling = FALSE;
}

/*
 * Whether the bar would look the same if it were told how long the table is now. Telling it is a
 * layout of the whole window, four times a second; who moves the bar or the cursor has it told
 * before.
 */
static gboolean
looks_the_same (HeddleTableBody *self)
{
  double page = get_page (self), upper = get_upper (self), told;

  if (self->vadjustment == NULL || self->row_height <= 0
      || self->value != gtk_adjustment_get_value (self->vadjustment)
      || (self->follow_end && self->at_end))
    return FALSE;
  told = gtk_adjustment_get_upper (self->vadjustment);
  return page == gtk_adjustment_get_page_size (self->vadjustment)
         && (upper == told
             || (upper > told && told > page && upper < told * MAX_BEHIND
                 && page / told - page / upper < 1 / page));
}

static void
fill_row (HeddleTableBody *self, HeddleTableRow *row, GObject *item)
{
  self->owner.fill (row, item, self->owner.data);
  heddle_table_row_name_by_cells (row);
}

/* Not by gtk_widget_set_visible(), which asks for a layout. Screen readers would find a row that is
 * only not drawn. */
static void
set_row_shown (HeddleTableRow *row, gboolean shown)
{
  if (gtk_widget_get_child_visible (GTK_WIDGET (row)) == shown)
    return;
  gtk_widget_set_child_visible (GTK_WIDGET (row), shown);
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_HIDDEN, !shown, -1);
}

static void
show_row (HeddleTableBody *self, HeddleTableRow *row, guint position)
{
  g_autoptr (GObject) item = NULL;

  if (position < self->n_items)
    item = g_list_model_get_item (self->model, position);
  set_row_shown (row, item != NULL);
  if (item == NULL)
    {
      heddle_table_row_set_item (row, NULL);
      return;
    }
  if (heddle_table_row_get_item (row) != item)
    {
      heddle_table_row_set_item (row, item);
      fill_row (self, row, item);
    }
  heddle_table_row_set_position (row, position, self->n_items,
                                 heddle_table_selection_has (&self->selection, position));
}

static void
make_rows (HeddleTableBody *self, guint n_rows)
{
  while (self->rows->len < n_rows)
    {
      GtkWidget *row = heddle_table_row_new (self->columns);

      set_row_shown (HEDDLE_TABLE_ROW (row), FALSE);
      gtk_widget_set_parent (row, GTK_WIDGET (self));
      g_ptr_array_add (self->rows, row);
    }
}

static gboolean
settle (gpointer data)
{
  HeddleTableBody *self = data;

  self->pending.source = 0;
  make_rows (self, self->n_wanted);
  if (self->pending.untold && get_page (self) > 0)
    tell_adjustment (self);
  if (!self->pending.unfilled && heddle_table_columns_apply (self->columns))
    g_signal_emit (self, heddle_table_body_signals[HEDDLE_TABLE_BODY_WIDTHS], 0);
  heddle_table_body_place_focus (self);
  return G_SOURCE_REMOVE;
}

/* Does what must not be done in the middle of a layout, before the next frame. */
void
heddle_table_body_settle (HeddleTableBody *self)
{
  if (self->pending.source != 0)
    return;
  self->pending.source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, settle, self, NULL);
  g_source_set_name_by_id (self->pending.source, "[heddle] table");
}

/* Shows other rows; at any moment. */
void
heddle_table_body_scroll_to (HeddleTableBody *self, double value)
{
  take_value (self, value);
  self->pending.untold = TRUE;
  heddle_table_body_settle (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* The row that shows @position, or NULL where it is out of sight. */
HeddleTableRow *
heddle_table_body_get_row (HeddleTableBody *self, guint position)
{
  HeddleTableRow *row;

  if (self->rows->len == 0 || position >= self->n_items)
    return NULL;
  row = g_ptr_array_index (self->rows, position % self->rows->len);
  if (heddle_table_row_get_item (row) == NULL || heddle_table_row_get_position (row) != position)
    return NULL;
  return row;
}

/* Row heights come from the style, so they are asked for again at each layout. */
static void
measure_row (HeddleTableBody *self)
{
  int height;

  gtk_widget_measure (g_ptr_array_index (self->rows, 0), GTK_ORIENTATION_VERTICAL, -1, &height,
                      NULL, NULL, NULL);
  if (height > 0)
    self->row_height = height;
}

static void
heddle_table_body_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);
  double old_height = self->row_height;
  guint first;

  measure_row (self);
  take_value (self, old_height > 0 ? self->value / old_height * self->row_height : self->value);
  if (self->cursor.unseen)
    heddle_table_body_show_cursor (self);
  self->n_wanted = (guint) ceil (height / self->row_height) + 1;
  first = (guint) (self->value / self->row_height);
  for (guint i = 0; i < self->rows->len; i++)
    {
      guint position = first + i;
      GtkWidget *row = g_ptr_array_index (self->rows, position % self->rows->len);
      GtkAllocation place = { 0, (int) floor (position * self->row_height - self->value), width,
                              (int) self->row_height };

      show_row (self, HEDDLE_TABLE_ROW (row), position);
      if (gtk_widget_get_child_visible (row))
        gtk_widget_size_allocate (row, &place, -1);
    }
  self->pending.unfilled = FALSE;
  self->pending.untold = self->pending.untold || self->pending.behind || !looks_the_same (self);
  heddle_table_body_settle (self);
}

static void
heddle_table_body_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);

  measure_row (self);
  *minimum_baseline = *natural_baseline = -1;
  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  *minimum = (int) self->row_height;
  *natural = (int) self->row_height * 10;
}

/* The rows show other items where they are; no layout, unless one that had none gets an item. */
static void
show_rows (HeddleTableBody *self)
{
  guint first = (guint) (self->value / self->row_height);

  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, (first + i) % self->rows->len);
      gboolean seen = gtk_widget_get_child_visible (row);

      show_row (self, HEDDLE_TABLE_ROW (row), first + i);
      if (!seen && gtk_widget_get_child_visible (row))
        gtk_widget_queue_allocate (GTK_WIDGET (self));
    }
  heddle_table_body_settle (self);
}

static void
on_value_changed (HeddleTableBody *self, GtkAdjustment *adjustment)
{
  double value = gtk_adjustment_get_value (adjustment);

  if (self->pending.telling)
    return;
  self->at_top = value < 1;
  self->at_end =
      value + gtk_adjustment_get_page_size (adjustment) > gtk_adjustment_get_upper (adjustment) - 1;
  take_value (self, value);
  if (self->pending.behind)
    {
      self->pending.untold = TRUE;
      heddle_table_body_settle (self);
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
on_items_changed (HeddleTableBody *self, guint position, guint removed, guint added,
                  GListModel *model)
{
  double value = self->value;
  guint first = self->row_height > 0 ? (guint) (value / self->row_height) : 0;

  self->n_items = g_list_model_get_n_items (model);
  if (!self->at_top && position + removed <= first)
    value += ((double) added - (double) removed) * self->row_height;
  else if (!self->at_top && position < first && added != removed)
    value = position * self->row_height;
  heddle_table_body_shift_cursor (self, position, removed, added);
  take_value (self, value);
  if (looks_the_same (self))
    {
      self->pending.behind = TRUE;
      show_rows (self);
    }
  else
    {
      heddle_table_body_scroll_to (self, self->value);
    }
  if (removed != added)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_ROW_COUNT,
                                    (int) MIN (self->n_items, G_MAXINT), -1);
}

static void
set_adjustment (HeddleTableBody *self, GtkAdjustment **place, GtkAdjustment *adjustment)
{
  if (*place != NULL)
    g_signal_handlers_disconnect_by_data (*place, self);
  g_set_object (place, adjustment);
  if (place != &self->vadjustment || adjustment == NULL)
    return;
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_value_changed), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
heddle_table_body_get_property (GObject *object, guint property_id, GValue *value,
                                GParamSpec *pspec)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (object);

  switch (property_id)
    {
    case PROP_HADJUSTMENT: g_value_set_object (value, self->hadjustment); break;
    case PROP_VADJUSTMENT: g_value_set_object (value, self->vadjustment); break;
    case PROP_HSCROLL_POLICY: g_value_set_enum (value, self->hpolicy); break;
    case PROP_VSCROLL_POLICY: g_value_set_enum (value, self->vpolicy); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
heddle_table_body_set_property (GObject *object, guint property_id, const GValue *value,
                                GParamSpec *pspec)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (object);

  switch (property_id)
    {
    case PROP_HADJUSTMENT:
      set_adjustment (self, &self->hadjustment, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      set_adjustment (self, &self->vadjustment, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY: self->hpolicy = g_value_get_enum (value); break;
    case PROP_VSCROLL_POLICY: self->vpolicy = g_value_get_enum (value); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
heddle_table_body_dispose (GObject *object)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (object);

  heddle_table_body_set_model (self, NULL);
  g_clear_handle_id (&self->pending.source, g_source_remove);
  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_unparent (g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  set_adjustment (self, &self->hadjustment, NULL);
  set_adjustment (self, &self->vadjustment, NULL);
  G_OBJECT_CLASS (heddle_table_body_parent_class)->dispose (object);
}

static void
heddle_table_body_finalize (GObject *object)
{
  g_ptr_array_unref (HEDDLE_TABLE_BODY (object)->rows);
  heddle_table_selection_free (&HEDDLE_TABLE_BODY (object)->selection);
  G_OBJECT_CLASS (heddle_table_body_parent_class)->finalize (object);
}

static void
heddle_table_body_class_init (HeddleTableBodyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = heddle_table_body_dispose;
  object_class->finalize = heddle_table_body_finalize;
  object_class->get_property = heddle_table_body_get_property;
  object_class->set_property = heddle_table_body_set_property;
  widget_class->measure = heddle_table_body_measure;
  widget_class->size_allocate = heddle_table_body_size_allocate;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  /**
   * HeddleTableBody::activate:
   * @position: of the item in the model
   *
   * Enter, or a double click on a row.
   */
  heddle_table_body_signals[HEDDLE_TABLE_BODY_ACTIVATE] = g_signal_new (
      "activate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  /* The user has put the cursor on a row: its position in the model. */
  heddle_table_body_signals[HEDDLE_TABLE_BODY_CHOSEN] = g_signal_new (
      "chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  /* The cursor goes up from the first row: to the heads. */
  heddle_table_body_signals[HEDDLE_TABLE_BODY_LEFT] =
      g_signal_new ("left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* A menu of the cursor's row is wanted, at a place of the body: its x and y. */
  heddle_table_body_signals[HEDDLE_TABLE_BODY_MENU] =
      g_signal_new ("menu", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  /* The columns have other widths from now on. */
  heddle_table_body_signals[HEDDLE_TABLE_BODY_WIDTHS] =
      g_signal_new ("widths", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "tablebody");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ROW_GROUP);
  heddle_table_body_add_keys (widget_class);
}

static void
heddle_table_body_init (HeddleTableBody *self)
{
  self->rows = g_ptr_array_new ();
  self->cursor.position = GTK_INVALID_LIST_POSITION;
  self->at_top = self->at_end = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  heddle_table_body_add_controllers (self);
}

/**
 * heddle_table_body_new:
 * @columns: the table's; outlive the body
 * @fill: fills a row; called for the rows that are seen
 *
 * Returns: (transfer floating): a body without a model. To be put into a scrolled window. Main
 * loop, as everything here.
 */
GtkWidget *
heddle_table_body_new (HeddleTableColumns *columns, HeddleTableFill fill, gpointer data)
{
  HeddleTableBody *self = g_object_new (HEDDLE_TYPE_TABLE_BODY, NULL);

  self->columns = columns;
  self->owner.fill = fill;
  self->owner.data = data;
  make_rows (self, 1);
  return GTK_WIDGET (self);
}

/**
 * heddle_table_body_set_model:
 * @model: (nullable): what to show
 *
 * A row is filled when its item is another one than before; heddle_table_body_refresh() fills those
 * in sight again.
 */
void
heddle_table_body_set_model (HeddleTableBody *self, GListModel *model)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, on_items_changed, self);
  g_set_object (&self->model, model);
  self->n_items = model != NULL ? g_list_model_get_n_items (model) : 0;
  self->at_top = self->at_end = TRUE;
  heddle_table_body_clear_cursor (self);
  heddle_table_columns_forget (self->columns);
  self->pending.unfilled = TRUE;
  if (model != NULL)
    g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self,
                             G_CONNECT_SWAPPED);
  heddle_table_body_scroll_to (self, 0);
}

/**
 * heddle_table_body_set_find:
 * @find: (nullable): where the model's items move about
 */
void
heddle_table_body_set_find (HeddleTableBody *self, HeddleTableFind find)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));
  self->owner.find = find;
}

/**
 * heddle_table_body_set_copy:
 * @copy: (nullable): where the rows have more to copy than they show
 */
void
heddle_table_body_set_copy (HeddleTableBody *self, HeddleTableCopy copy)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));
  self->owner.copy = copy;
}

/**
 * heddle_table_body_find_row:
 * @y: pixels from the body's top
 *
 * Returns: (transfer none) (nullable): the row that is seen there
 */
HeddleTableRow *
heddle_table_body_find_row (HeddleTableBody *self, double y)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE_BODY (self), NULL);
  if (self->row_height <= 0 || y < 0)
    return NULL;
  return heddle_table_body_get_row (self, (guint) ((self->value + y) / self->row_height));
}

/**
 * heddle_table_body_set_follow_end:
 * @follow_end: whether the end stays in sight when the model grows there, as long as the user did
 * not scroll away from it
 */
void
heddle_table_body_set_follow_end (HeddleTableBody *self, gboolean follow_end)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));
  self->follow_end = follow_end;
}

/**
 * heddle_table_body_refresh:
 *
 * Fills the rows in sight again: their items have changed.
 */
void
heddle_table_body_refresh (HeddleTableBody *self)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));

  for (guint i = 0; i < self->rows->len; i++)
    {
      HeddleTableRow *row = g_ptr_array_index (self->rows, i);
      GObject *item = heddle_table_row_get_item (row);

      if (item != NULL)
        fill_row (self, row, item);
    }
  heddle_table_body_settle (self);
}

/**
 * heddle_table_body_get_row_height:
 *
 * Returns: pixels, 0 before the first layout
 *
 * Only tests use it.
 */
double
heddle_table_body_get_row_height (HeddleTableBody *self)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE_BODY (self), 0);
  return self->row_height;
}

/**
 * heddle_table_body_place_rows:
 *
 * Places the cells of the rows anew: columns have other widths. No other widget is laid out.
 */
void
heddle_table_body_place_rows (HeddleTableBody *self)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));

  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_queue_allocate (g_ptr_array_index (self->rows, i));
}
