/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The row that the keyboard is on.
 *
 * Rows on screen are used again for other items, so the cursor is a position and the item that
 * stands there. It goes with its item where others come and go above it, stays where its item is
 * replaced (a task that ended has another row), and goes to the next row where its own is taken
 * away. While the keyboard is in the table the row that shows the cursor has the focus, which is
 * what screen readers follow; the body has it while that row is out of sight.
 */
#include "config.h"

#include <math.h>

#include "app/widgets/table/body-private.h"

/* Gives the focus to the row of the cursor, if the keyboard is here. Not in the middle of a
 * layout. */
void
heddle_table_body_place_focus (HeddleTableBody *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  HeddleTableRow *row = heddle_table_body_get_row (self, self->cursor.position);
  GtkWidget *place = GTK_WIDGET (self);

  if (row != NULL && gtk_widget_get_mapped (GTK_WIDGET (row)))
    place = GTK_WIDGET (row);
  if (self->cursor.focused && root != NULL && gtk_root_get_focus (root) != place)
    gtk_widget_grab_focus (place);
}

static void
take_cursor (HeddleTableBody *self, guint position)
{
  self->cursor.position = position;
  g_clear_object (&self->cursor.item);
  if (position < self->n_items)
    self->cursor.item = g_list_model_get_item (self->model, position);
  for (guint i = 0; i < self->rows->len; i++)
    {
      HeddleTableRow *row = g_ptr_array_index (self->rows, i);

      if (heddle_table_row_get_item (row) != NULL)
        heddle_table_row_set_position (row, heddle_table_row_get_position (row), self->n_items,
                                       heddle_table_row_get_position (row) == position);
    }
}

/* No row is the current one. */
void
heddle_table_body_clear_cursor (HeddleTableBody *self)
{
  self->cursor.position = GTK_INVALID_LIST_POSITION;
  g_clear_object (&self->cursor.item);
}

/* Puts the cursor on a row and brings it into sight. */
static void
set_cursor (HeddleTableBody *self, gint64 position)
{
  double page = gtk_widget_get_height (GTK_WIDGET (self));
  double value = self->value, top;

  if (self->n_items == 0)
    return;
  take_cursor (self, (guint) CLAMP (position, 0, (gint64) self->n_items - 1));
  top = self->cursor.position * self->row_height;
  if (top < value)
    value = top;
  else if (top + self->row_height > value + page)
    value = top + self->row_height - page;
  self->at_top = value < 1;
  self->at_end = value + page > self->n_items * self->row_height - 1;
  heddle_table_body_scroll_to (self, value);
}

/* The model has changed: @removed items at @position are @added others. */
void
heddle_table_body_shift_cursor (HeddleTableBody *self, guint position, guint removed, guint added)
{
  guint cursor = self->cursor.position;

  if (cursor == GTK_INVALID_LIST_POSITION || position > cursor)
    return;
  if (self->n_items == 0)
    {
      heddle_table_body_clear_cursor (self);
      return;
    }
  if (position + removed <= cursor)
    cursor = cursor - removed + added;
  else if (self->find == NULL || self->cursor.item == NULL
           || !self->find (self->model, self->cursor.item, &cursor))
    cursor = MIN (cursor, position + added);
  take_cursor (self, MIN (cursor, self->n_items - 1));
}

/* Arrow and page keys: by rows (unit 0), by pages (1), to the ends (2). Up from the first row is
 * out of the body. */
static gboolean
move_cursor (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);
  double row_height = MAX (self->row_height, 1); /* 0 before the first layout */
  gint64 page = MAX (1, (gint64) (gtk_widget_get_height (widget) / row_height) - 1);
  int unit, direction;
  gint64 from = self->cursor.position;

  g_variant_get (args, "(ii)", &unit, &direction);
  if (self->cursor.position == GTK_INVALID_LIST_POSITION)
    from = (gint64) (self->value / row_height) - direction;
  if (unit == 0 && direction < 0 && self->cursor.position == 0)
    g_signal_emit (self, heddle_table_body_signals[HEDDLE_TABLE_BODY_LEFT], 0);
  else if (unit == 2)
    set_cursor (self, direction < 0 ? 0 : (gint64) self->n_items - 1);
  else
    set_cursor (self, from + direction * (unit == 1 ? page : 1));
  return GDK_EVENT_STOP;
}

/* A row has one place for the keyboard: what is right and left of it must not take the keyboard out
 * of the table. */
static gboolean
stay (GtkWidget *widget, GVariant *args, gpointer data)
{
  return GDK_EVENT_STOP;
}

static gboolean
activate_cursor (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);

  if (self->cursor.position >= self->n_items)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, heddle_table_body_signals[HEDDLE_TABLE_BODY_ACTIVATE], 0,
                 self->cursor.position);
  return GDK_EVENT_STOP;
}

static gboolean
copy_cursor (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);
  HeddleTableRow *row = heddle_table_body_get_row (self, self->cursor.position);
  g_autofree char *text = NULL;

  if (row == NULL)
    return GDK_EVENT_PROPAGATE;
  text = heddle_table_row_dup_text (row, "\t");
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  return GDK_EVENT_STOP;
}

static void
on_pressed (HeddleTableBody *self, int n_press, double x, double y, GtkGesture *gesture)
{
  double position = self->row_height > 0 ? (self->value + y) / self->row_height : -1;

  if (position >= 0 && position < self->n_items)
    set_cursor (self, (gint64) position);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  heddle_table_body_place_focus (self);
  if (n_press == 2 && position >= 0 && position < self->n_items)
    activate_cursor (GTK_WIDGET (self), NULL, NULL);
}

/* Who comes by keyboard sees where the keys will lead from. */
static void
on_focus_enter (HeddleTableBody *self)
{
  self->cursor.focused = TRUE;
  if (self->cursor.position == GTK_INVALID_LIST_POSITION && self->row_height > 0)
    set_cursor (self, (gint64) ceil (self->value / self->row_height));
  heddle_table_body_settle (self);
}

static void
on_focus_leave (HeddleTableBody *self)
{
  self->cursor.focused = FALSE;
}

/* Sets up the keys of a class of bodies. */
void
heddle_table_body_add_keys (GtkWidgetClass *klass)
{
  static const struct {
    guint key, keypad;
    int unit, direction;
  } keys[] = {
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 },
    { GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, 1, -1 },
    { GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 1, 1 },
    { GDK_KEY_Home, GDK_KEY_KP_Home, 2, -1 },
    { GDK_KEY_End, GDK_KEY_KP_End, 2, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gtk_widget_class_add_binding (klass, keys[i].key, 0, move_cursor, "(ii)", keys[i].unit,
                                    keys[i].direction);
      gtk_widget_class_add_binding (klass, keys[i].keypad, 0, move_cursor, "(ii)", keys[i].unit,
                                    keys[i].direction);
    }
  gtk_widget_class_add_binding (klass, GDK_KEY_Left, 0, stay, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Right, 0, stay, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, activate_cursor, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, activate_cursor, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_c, GDK_CONTROL_MASK, copy_cursor, NULL);
}

/* Sets up what a body listens to. */
void
heddle_table_body_add_controllers (HeddleTableBody *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_focus_enter), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

/**
 * heddle_table_body_select:
 * @position: of an item
 *
 * Puts the cursor there and brings the row into sight, where it stays.
 */
void
heddle_table_body_select (HeddleTableBody *self, guint position)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));
  self->at_top = self->at_end = FALSE;
  set_cursor (self, position);
}

/**
 * heddle_table_body_get_selected:
 *
 * Returns: the position of the cursor, or %GTK_INVALID_LIST_POSITION
 *
 * Only tests use it.
 */
guint
heddle_table_body_get_selected (HeddleTableBody *self)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE_BODY (self), GTK_INVALID_LIST_POSITION);
  return self->cursor.position;
}
