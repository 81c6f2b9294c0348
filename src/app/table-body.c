/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of a table: rows of one height over a list model of any length.
 *
 * Why not GtkColumnView: the one of GTK 4.8 keeps about 200 rows alive whatever is visible. With six columns and a hundred thousand
 * tasks that end between two updates, following the newest cost 3.4 ms an update at best and 150 ms where it rebuilt the
 * rows. This one has as many rows as fit, uses them again, and asks the model for nothing else: an update costs the rows in
 * sight, with a thousand items as with a thousand million.
 *
 * What is in sight stays in sight when the model changes above it, except at the top, which shows what comes in there,
 * and at the end where follow-end is set.
 */
#include "config.h"

#include <math.h>

#include "app/table.h"

struct _HeddleTableBody {
  GtkWidget parent_instance;

  const HeddleTableColumn *columns; /* static */
  guint n_columns;
  HeddleTableFill fill;
  gpointer data;

  GListModel *model;  /* owned */
  guint n_items;
  GPtrArray *rows;    /* children, at least one; the row of position p is p modulo length */
  guint n_wanted;     /* rows that would fill the height */
  guint making;       /* source that makes them, or 0 */
  double row_height;
  guint cursor;       /* position, or GTK_INVALID_LIST_POSITION */
  gboolean follow_end;
  gboolean at_top;
  gboolean at_end;
  gboolean moving;    /* the adjustment is being set from here */
  gboolean behind;    /* the adjustment was not told how long the table is by now */

  GtkAdjustment *hadjustment; /* owned */
  GtkAdjustment *vadjustment; /* owned */
  GtkScrollablePolicy hpolicy, vpolicy;
};

#define MAX_BEHIND 1.25 /* times as long as the adjustment believes */

enum { PROP_0, PROP_HADJUSTMENT, PROP_VADJUSTMENT, PROP_HSCROLL_POLICY, PROP_VSCROLL_POLICY };
enum { ACTIVATE, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (HeddleTableBody, heddle_table_body, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static double
get_value (HeddleTableBody *self)
{
  return self->vadjustment != NULL ? gtk_adjustment_get_value (self->vadjustment) : 0;
}

/* Tells the adjustment how long the table is now, and where in it we are. */
static void
set_value (HeddleTableBody *self, double value)
{
  double page = gtk_widget_get_height (GTK_WIDGET (self));
  double upper = MAX (page, self->n_items * self->row_height);

  if (self->vadjustment == NULL)
    return;
  if (self->follow_end && self->at_end)
    value = upper - page;
  self->behind = FALSE;
  self->moving = TRUE;
  gtk_adjustment_configure (self->vadjustment, CLAMP (value, 0, upper - page), 0, upper, self->row_height, MAX (page - self->row_height, self->row_height), page);
  self->moving = FALSE;
  if (gtk_adjustment_get_value (self->vadjustment) < 1) /* it has become so short that the top is seen */
    self->at_top = TRUE;
}

/*
 * Whether the bar would look the same if it were told how long the table is now. Telling it is a layout of the whole window, four times a
 * second; who moves the bar or the cursor has it told before.
 */
static gboolean
looks_the_same (HeddleTableBody *self, double value)
{
  double page = gtk_widget_get_height (GTK_WIDGET (self));
  double upper = MAX (page, self->n_items * self->row_height), told;

  if (self->vadjustment == NULL || self->row_height <= 0 || value != gtk_adjustment_get_value (self->vadjustment) || (self->follow_end && self->at_end))
    return FALSE;
  told = gtk_adjustment_get_upper (self->vadjustment);
  return upper == told || (upper > told && told > page && upper < told * MAX_BEHIND && page / told - page / upper < 1 / page);
}

static void
show_row (HeddleTableBody *self, HeddleTableRow *row, guint position)
{
  g_autoptr (GObject) item = NULL;

  if (position < self->n_items)
    item = g_list_model_get_item (self->model, position);
  gtk_widget_set_child_visible (GTK_WIDGET (row), item != NULL);
  if (item == NULL)
    {
      heddle_table_row_set_item (row, NULL);
      return;
    }
  if (heddle_table_row_get_item (row) != item)
    {
      heddle_table_row_set_item (row, item);
      self->fill (row, item, self->data);
    }
  heddle_table_row_set_position (row, position, self->n_items, position == self->cursor);
}

static void
make_rows (HeddleTableBody *self, guint n_rows)
{
  while (self->rows->len < n_rows)
    {
      GtkWidget *row = heddle_table_row_new (self->columns, self->n_columns, FALSE);

      gtk_widget_set_parent (row, GTK_WIDGET (self));
      g_ptr_array_add (self->rows, row);
    }
}

static gboolean
make_wanted_rows (gpointer data)
{
  HeddleTableBody *self = data;

  self->making = 0;
  make_rows (self, self->n_wanted);
  return G_SOURCE_REMOVE;
}

/*
 * A widget that gets a child asks for a new layout, and GTK loses that wish in the middle of one: the ancestors would stay
 * without an allocation and be drawn no more. So rows that are missing are made after the layout, before the next frame.
 */
static void
want_rows (HeddleTableBody *self, guint n_rows)
{
  self->n_wanted = n_rows;
  if (self->rows->len >= n_rows || self->making != 0)
    return;
  self->making = g_idle_add_full (G_PRIORITY_HIGH_IDLE, make_wanted_rows, self, NULL);
  g_source_set_name_by_id (self->making, "[heddle] table rows");
}

/* Row heights come from the style, so they are asked for again at each layout. */
static void
measure_row (HeddleTableBody *self)
{
  int height;

  gtk_widget_measure (g_ptr_array_index (self->rows, 0), GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  if (height > 0)
    self->row_height = height;
}

static void
heddle_table_body_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);
  double old_height = self->row_height;
  double value = get_value (self);
  guint first;

  measure_row (self);
  set_value (self, old_height > 0 ? value / old_height * self->row_height : value);
  value = get_value (self);
  want_rows (self, (guint) ceil (height / self->row_height) + 1);
  first = (guint) (value / self->row_height);
  for (guint i = 0; i < self->rows->len; i++)
    {
      guint position = first + i;
      GtkWidget *row = g_ptr_array_index (self->rows, position % self->rows->len);
      GtkAllocation place = { 0, (int) floor (position * self->row_height - value), width, (int) self->row_height };

      show_row (self, HEDDLE_TABLE_ROW (row), position);
      if (gtk_widget_get_child_visible (row))
        gtk_widget_size_allocate (row, &place, -1);
    }
}

static void
heddle_table_body_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);

  measure_row (self);
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (g_ptr_array_index (self->rows, 0), orientation, -1, minimum, natural, NULL, NULL);
      return;
    }
  *minimum = (int) self->row_height;
  *natural = (int) self->row_height * 10;
}

/* The rows show other items where they are; no layout, unless one that had none gets an item. */
static void
show_rows (HeddleTableBody *self)
{
  guint first = (guint) (get_value (self) / self->row_height);

  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, (first + i) % self->rows->len);
      gboolean seen = gtk_widget_get_child_visible (row);

      show_row (self, HEDDLE_TABLE_ROW (row), first + i);
      if (!seen && gtk_widget_get_child_visible (row))
        gtk_widget_queue_allocate (GTK_WIDGET (self));
    }
}

static void
on_value_changed (HeddleTableBody *self, GtkAdjustment *adjustment)
{
  double value = gtk_adjustment_get_value (adjustment);

  if (!self->moving)
    {
      if (self->behind)
        set_value (self, value);
      self->at_top = value < 1;
      self->at_end = value + gtk_adjustment_get_page_size (adjustment) > gtk_adjustment_get_upper (adjustment) - 1;
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
on_items_changed (HeddleTableBody *self, guint position, guint removed, guint added, GListModel *model)
{
  double value = get_value (self);
  guint first = self->row_height > 0 ? (guint) (value / self->row_height) : 0;

  self->n_items = g_list_model_get_n_items (model);
  if (!self->at_top && position + removed <= first)
    value += ((double) added - (double) removed) * self->row_height;
  else if (!self->at_top && position < first)
    value = position * self->row_height;
  if (self->cursor != GTK_INVALID_LIST_POSITION && position <= self->cursor)
    self->cursor = position + removed <= self->cursor ? self->cursor - removed + added : GTK_INVALID_LIST_POSITION;
  if (looks_the_same (self, value))
    {
      self->behind = TRUE;
      show_rows (self);
    }
  else
    {
      set_value (self, value);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
    }
  if (removed != added)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_ROW_COUNT, (int) MIN (self->n_items, G_MAXINT), -1);
}

/* Says what the cursor is on; the rows themselves come and go, so the body has the focus and tells. */
static void
tell_cursor (HeddleTableBody *self)
{
  g_autofree char *text = NULL;

  if (self->rows->len == 0 || self->cursor >= self->n_items)
    return;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  for (guint i = 0; i < self->rows->len && text == NULL; i++)
    {
      HeddleTableRow *row = g_ptr_array_index (self->rows, i);

      if (heddle_table_row_get_item (row) != NULL && heddle_table_row_get_position (row) == self->cursor)
        text = heddle_table_row_dup_text (row, ", ");
    }
  if (text != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static void
set_cursor (HeddleTableBody *self, gint64 position)
{
  double page = gtk_widget_get_height (GTK_WIDGET (self));
  double value = get_value (self);

  if (self->n_items == 0)
    return;
  if (self->behind)
    set_value (self, value);
  self->cursor = (guint) CLAMP (position, 0, (gint64) self->n_items - 1);
  if (self->cursor * self->row_height < value)
    gtk_adjustment_set_value (self->vadjustment, self->cursor * self->row_height);
  else if ((self->cursor + 1) * self->row_height > value + page)
    gtk_adjustment_set_value (self->vadjustment, (self->cursor + 1) * self->row_height - page);
  for (guint i = 0; i < self->rows->len; i++)
    {
      HeddleTableRow *row = g_ptr_array_index (self->rows, i);

      heddle_table_row_set_position (row, heddle_table_row_get_position (row), self->n_items,
                                     heddle_table_row_get_position (row) == self->cursor);
    }
  tell_cursor (self);
}

/* Arrow and page keys: by rows (unit 0), by pages (1), to the ends (2). */
static gboolean
move_cursor (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);
  gint64 page = MAX (1, (gint64) (gtk_widget_get_height (widget) / self->row_height) - 1);
  int unit, direction;
  gint64 from = self->cursor;

  g_variant_get (args, "(ii)", &unit, &direction);
  if (self->cursor == GTK_INVALID_LIST_POSITION)
    from = (gint64) (get_value (self) / self->row_height) - direction;
  if (unit == 2)
    set_cursor (self, direction < 0 ? 0 : (gint64) self->n_items - 1);
  else
    set_cursor (self, from + direction * (unit == 1 ? page : 1));
  return GDK_EVENT_STOP;
}

static gboolean
activate_cursor (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);

  if (self->cursor >= self->n_items)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, signals[ACTIVATE], 0, self->cursor);
  return GDK_EVENT_STOP;
}

static gboolean
copy_cursor (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);

  for (guint i = 0; i < self->rows->len; i++)
    {
      HeddleTableRow *row = g_ptr_array_index (self->rows, i);

      if (heddle_table_row_get_item (row) != NULL && heddle_table_row_get_position (row) == self->cursor)
        {
          g_autofree char *text = heddle_table_row_dup_text (row, "\t");

          gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
          return GDK_EVENT_STOP;
        }
    }
  return GDK_EVENT_PROPAGATE;
}

static void
on_pressed (HeddleTableBody *self, int n_press, double x, double y, GtkGesture *gesture)
{
  double position = (get_value (self) + y) / self->row_height;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (position < 0 || position >= self->n_items)
    return;
  set_cursor (self, (gint64) position);
  if (n_press == 2)
    activate_cursor (GTK_WIDGET (self), NULL, NULL);
}

/* Who comes by keyboard sees where the keys will lead from. */
static void
on_focus_enter (HeddleTableBody *self)
{
  if (self->cursor == GTK_INVALID_LIST_POSITION && self->row_height > 0)
    set_cursor (self, (gint64) ceil (get_value (self) / self->row_height));
}

static void
set_adjustment (HeddleTableBody *self, GtkAdjustment **place, GtkAdjustment *adjustment)
{
  if (*place != NULL)
    g_signal_handlers_disconnect_by_data (*place, self);
  g_set_object (place, adjustment);
  if (place != &self->vadjustment || adjustment == NULL)
    return;
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_value_changed), self, G_CONNECT_SWAPPED);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
heddle_table_body_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
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
heddle_table_body_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (object);

  switch (property_id)
    {
    case PROP_HADJUSTMENT: set_adjustment (self, &self->hadjustment, g_value_get_object (value)); break;
    case PROP_VADJUSTMENT: set_adjustment (self, &self->vadjustment, g_value_get_object (value)); break;
    case PROP_HSCROLL_POLICY: self->hpolicy = g_value_get_enum (value); break;
    case PROP_VSCROLL_POLICY: self->vpolicy = g_value_get_enum (value); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
heddle_table_body_dispose (GObject *object)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (object);

  g_clear_handle_id (&self->making, g_source_remove);
  heddle_table_body_set_model (self, NULL);
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
  G_OBJECT_CLASS (heddle_table_body_parent_class)->finalize (object);
}

static void
add_keys (GtkWidgetClass *klass)
{
  static const struct { guint key, keypad; int unit, direction; } keys[] = {
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 },
    { GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, 1, -1 },
    { GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 1, 1 },
    { GDK_KEY_Home, GDK_KEY_KP_Home, 2, -1 },
    { GDK_KEY_End, GDK_KEY_KP_End, 2, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gtk_widget_class_add_binding (klass, keys[i].key, 0, move_cursor, "(ii)", keys[i].unit, keys[i].direction);
      gtk_widget_class_add_binding (klass, keys[i].keypad, 0, move_cursor, "(ii)", keys[i].unit, keys[i].direction);
    }
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, activate_cursor, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, activate_cursor, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_c, GDK_CONTROL_MASK, copy_cursor, NULL);
}

static void
heddle_table_body_class_init (HeddleTableBodyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

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
  signals[ACTIVATE] = g_signal_new ("activate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "tablebody");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
  add_keys (widget_class);
}

static void
heddle_table_body_init (HeddleTableBody *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->rows = g_ptr_array_new ();
  self->cursor = GTK_INVALID_LIST_POSITION;
  self->at_top = self->at_end = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_focus_enter), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

/**
 * heddle_table_body_new:
 * @columns: (array length=n_columns): static
 * @fill: fills a row; called for the rows that are seen
 *
 * Returns: (transfer floating): a body without a model. To be put into a scrolled window. Main loop, as everything here.
 */
GtkWidget *
heddle_table_body_new (const HeddleTableColumn *columns, guint n_columns, HeddleTableFill fill, gpointer data)
{
  HeddleTableBody *self = g_object_new (HEDDLE_TYPE_TABLE_BODY, NULL);

  self->columns = columns;
  self->n_columns = n_columns;
  self->fill = fill;
  self->data = data;
  make_rows (self, 1);
  return GTK_WIDGET (self);
}

/**
 * heddle_table_body_set_model:
 * @model: (nullable): what to show
 *
 * A row is filled when its item is another one than before; heddle_table_body_refresh() fills those in sight again.
 */
void
heddle_table_body_set_model (HeddleTableBody *self, GListModel *model)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, on_items_changed, self);
  g_set_object (&self->model, model);
  self->n_items = model != NULL ? g_list_model_get_n_items (model) : 0;
  self->cursor = GTK_INVALID_LIST_POSITION;
  self->at_top = self->at_end = TRUE;
  if (model != NULL)
    g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);
  set_value (self, 0);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/**
 * heddle_table_body_set_follow_end:
 * @follow_end: whether the end stays in sight when the model grows there, as long as the user did not scroll away from it
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
        self->fill (row, item, self->data);
    }
}

/**
 * heddle_table_body_get_row_height:
 *
 * Returns: pixels, 0 before the first layout
 */
double
heddle_table_body_get_row_height (HeddleTableBody *self)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE_BODY (self), 0);
  return self->row_height;
}

/**
 * heddle_table_body_columns_changed:
 *
 * Lays the rows out anew after the widths of the columns have changed.
 */
void
heddle_table_body_columns_changed (HeddleTableBody *self)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));

  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_queue_resize (g_ptr_array_index (self->rows, i));
}
