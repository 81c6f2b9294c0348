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

/* The rows in sight look as they are selected. */
static void
show_selection (HeddleTableBody *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      HeddleTableRow *row = g_ptr_array_index (self->rows, i);
      guint position = heddle_table_row_get_position (row);

      if (heddle_table_row_get_item (row) != NULL)
        heddle_table_row_set_position (row, position, self->n_items,
                                       heddle_table_selection_has (&self->selection, position));
    }
}

static void
take_cursor (HeddleTableBody *self, guint position)
{
  self->cursor.position = position;
  g_clear_object (&self->cursor.item);
  if (position < self->n_items)
    self->cursor.item = g_list_model_get_item (self->model, position);
}

/* No row is the current one. */
void
heddle_table_body_clear_cursor (HeddleTableBody *self)
{
  self->cursor.position = GTK_INVALID_LIST_POSITION;
  self->cursor.unseen = FALSE;
  g_clear_object (&self->cursor.item);
  heddle_table_selection_clear (&self->selection);
}

/* Scrolls as far as it takes to see the row of the cursor. */
void
heddle_table_body_show_cursor (HeddleTableBody *self)
{
  double page = gtk_widget_get_height (GTK_WIDGET (self));
  double value = self->value, top = self->cursor.position * self->row_height;

  self->cursor.unseen = self->row_height <= 0 || page <= 0;
  if (self->cursor.unseen || self->cursor.position >= self->n_items)
    return;
  if (top < value)
    value = top;
  else if (top + self->row_height > value + page)
    value = top + self->row_height - page;
  self->at_top = value < 1;
  self->at_end = value + page > self->n_items * self->row_height - 1;
  heddle_table_body_scroll_to (self, value);
}

/* What else is selected when the cursor goes to a row. */
typedef enum {
  ALONE,  /* nothing */
  EXTEND, /* what lies between */
  TOGGLE, /* what is; the row itself is selected no more if it was */
} Choice;

/* Puts the cursor on a row and brings it into sight, now or as soon as the table has its place. */
static void
set_cursor (HeddleTableBody *self, gint64 position, Choice choice)
{
  guint at;

  if (self->n_items == 0)
    return;
  at = (guint) CLAMP (position, 0, (gint64) self->n_items - 1);
  if (choice == EXTEND && heddle_table_selection_count (&self->selection) > 0)
    heddle_table_selection_extend (&self->selection, at);
  else if (choice == TOGGLE)
    heddle_table_selection_toggle (&self->selection, at);
  else
    heddle_table_selection_set (&self->selection, at, at + 1);
  take_cursor (self, at);
  show_selection (self);
  heddle_table_body_show_cursor (self);
}

/* The user does. */
static void
choose (HeddleTableBody *self, gint64 position, Choice choice)
{
  set_cursor (self, position, choice);
  if (self->cursor.position < self->n_items)
    g_signal_emit (self, heddle_table_body_signals[HEDDLE_TABLE_BODY_CHOSEN], 0,
                   self->cursor.position);
}

/* The model has changed: @removed items at @position are @added others. */
void
heddle_table_body_shift_cursor (HeddleTableBody *self, guint position, guint removed, guint added)
{
  guint cursor = self->cursor.position;
  gboolean several = heddle_table_selection_count (&self->selection) > 1;

  heddle_table_selection_shift (&self->selection, position, removed, added);
  if (cursor == GTK_INVALID_LIST_POSITION || position > cursor)
    return;
  if (self->n_items == 0)
    {
      heddle_table_body_clear_cursor (self);
      return;
    }
  if (position + removed <= cursor)
    cursor = cursor - removed + added;
  else if (self->owner.find == NULL || self->cursor.item == NULL
           || !self->owner.find (self->model, self->cursor.item, &cursor))
    cursor = MIN (cursor, position + added);
  take_cursor (self, MIN (cursor, self->n_items - 1));
  /* the cursor's row is selected wherever it has gone */
  if (!several || heddle_table_selection_count (&self->selection) == 0)
    heddle_table_selection_set (&self->selection, self->cursor.position,
                                self->cursor.position + 1);
  show_selection (self);
}

/* Arrow and page keys: by rows (unit 0), by pages (1), to the ends (2). Up from the first row is
 * out of the body. */
static gboolean
move_cursor (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);
  double row_height = MAX (self->row_height, 1); /* 0 before the first layout */
  gint64 page = MAX (1, (gint64) (gtk_widget_get_height (widget) / row_height) - 1);
  int unit, direction, extend;
  gint64 from = self->cursor.position;
  Choice choice;

  g_variant_get (args, "(iii)", &unit, &direction, &extend);
  choice = extend != 0 ? EXTEND : ALONE;
  if (self->cursor.position == GTK_INVALID_LIST_POSITION)
    from = (gint64) (self->value / row_height) - direction;
  if (unit == 0 && direction < 0 && self->cursor.position == 0 && choice == ALONE)
    g_signal_emit (self, heddle_table_body_signals[HEDDLE_TABLE_BODY_LEFT], 0);
  else if (unit == 2)
    choose (self, direction < 0 ? 0 : (gint64) self->n_items - 1, choice);
  else
    choose (self, from + direction * (unit == 1 ? page : 1), choice);
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
copy (GtkWidget *widget, GVariant *args, gpointer data)
{
  heddle_table_body_copy (HEDDLE_TABLE_BODY (widget));
  return GDK_EVENT_STOP;
}

static gboolean
select_all (GtkWidget *widget, GVariant *args, gpointer data)
{
  heddle_table_body_select_all (HEDDLE_TABLE_BODY (widget));
  return GDK_EVENT_STOP;
}

/* The menu key: below the cursor's row. */
static gboolean
open_menu (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTableBody *self = HEDDLE_TABLE_BODY (widget);

  if (heddle_table_body_get_row (self, self->cursor.position) == NULL)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, heddle_table_body_signals[HEDDLE_TABLE_BODY_MENU], 0, self->row_height,
                 (self->cursor.position + 0.5) * self->row_height - self->value);
  return GDK_EVENT_STOP;
}

static Choice
read_choice (GtkGesture *gesture)
{
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if ((state & GDK_SHIFT_MASK) != 0)
    return EXTEND;
  return (state & GDK_CONTROL_MASK) != 0 ? TOGGLE : ALONE;
}

static void
on_pressed (HeddleTableBody *self, int n_press, double x, double y, GtkGesture *gesture)
{
  double position = self->row_height > 0 ? (self->value + y) / self->row_height : -1;
  Choice choice = read_choice (gesture);

  if (position >= 0 && position < self->n_items)
    choose (self, (gint64) position, choice);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  heddle_table_body_place_focus (self);
  if (n_press == 2 && choice == ALONE && position >= 0 && position < self->n_items)
    activate_cursor (GTK_WIDGET (self), NULL, NULL);
}

/* The other button: what is selected stays so, if the row below the pointer is. */
static void
on_menu_pressed (HeddleTableBody *self, int n_press, double x, double y)
{
  double position = self->row_height > 0 ? (self->value + y) / self->row_height : -1;

  if (position < 0 || position >= self->n_items)
    return;
  if (!heddle_table_selection_has (&self->selection, (guint) position))
    choose (self, (gint64) position, ALONE);
  g_signal_emit (self, heddle_table_body_signals[HEDDLE_TABLE_BODY_MENU], 0, x, y);
}

/* Who comes by keyboard sees where the keys will lead from. */
static void
on_focus_enter (HeddleTableBody *self)
{
  self->cursor.focused = TRUE;
  if (self->cursor.position == GTK_INVALID_LIST_POSITION && self->row_height > 0)
    set_cursor (self, (gint64) ceil (self->value / self->row_height), ALONE);
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
      gtk_widget_class_add_binding (klass, keys[i].key, 0, move_cursor, "(iii)", keys[i].unit,
                                    keys[i].direction, 0);
      gtk_widget_class_add_binding (klass, keys[i].keypad, 0, move_cursor, "(iii)", keys[i].unit,
                                    keys[i].direction, 0);
      gtk_widget_class_add_binding (klass, keys[i].key, GDK_SHIFT_MASK, move_cursor, "(iii)",
                                    keys[i].unit, keys[i].direction, 1);
    }
  gtk_widget_class_add_binding (klass, GDK_KEY_Left, 0, stay, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Right, 0, stay, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, activate_cursor, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, activate_cursor, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_c, GDK_CONTROL_MASK, copy, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_a, GDK_CONTROL_MASK, select_all, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Menu, 0, open_menu, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_F10, GDK_SHIFT_MASK, open_menu, NULL);
}

/* Sets up what a body listens to. */
void
heddle_table_body_add_controllers (HeddleTableBody *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *menu = gtk_gesture_click_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (menu, "pressed", G_CALLBACK (on_menu_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (menu));

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
  set_cursor (self, position, ALONE);
}

/* What rows show, one a line, with the titles above where there are several. Costs a row to be
 * filled for each. */
static char *
dup_shown (HeddleTableBody *self)
{
  HeddleTableRow *row =
    HEDDLE_TABLE_ROW (g_object_ref_sink (heddle_table_row_new (self->columns)));
  GString *text = g_string_new (NULL);

  if (heddle_table_selection_count (&self->selection) > 1)
    heddle_table_columns_append_titles (self->columns, text);
  for (guint i = 0; i < self->selection.ranges->len; i++)
    {
      HeddleTableRange range = g_array_index (self->selection.ranges, HeddleTableRange, i);

      for (guint at = range.begin; at < range.end && at < self->n_items; at++)
        {
          g_autoptr (GObject) item = g_list_model_get_item (self->model, at);
          g_autofree char *line = NULL;

          self->owner.fill (row, item, self->owner.data);
          line = heddle_table_row_dup_text (row, "\t");
          g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
        }
    }
  g_object_unref (row);
  return g_string_free (text, FALSE);
}

/**
 * heddle_table_body_copy:
 *
 * Puts the selected rows into the clipboard.
 */
void
heddle_table_body_copy (HeddleTableBody *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));

  if (heddle_table_selection_count (&self->selection) == 0)
    return;
  if (self->owner.copy != NULL)
    {
      self->owner.copy (&self->selection, self->owner.data);
      return;
    }
  text = dup_shown (self);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

/**
 * heddle_table_body_select_all:
 *
 * Selects every row that there is; the cursor stays where it is.
 */
void
heddle_table_body_select_all (HeddleTableBody *self)
{
  g_return_if_fail (HEDDLE_IS_TABLE_BODY (self));

  heddle_table_selection_set (&self->selection, 0, self->n_items);
  show_selection (self);
}

/**
 * heddle_table_body_get_selection:
 *
 * Returns: (transfer none): which rows are selected; the cursor's is among them unless the user has
 * let it go
 */
const HeddleTableSelection *
heddle_table_body_get_selection (HeddleTableBody *self)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE_BODY (self), NULL);
  return &self->selection;
}

/**
 * heddle_table_body_get_selected:
 *
 * Returns: the position of the cursor, or %GTK_INVALID_LIST_POSITION
 */
guint
heddle_table_body_get_selected (HeddleTableBody *self)
{
  g_return_val_if_fail (HEDDLE_IS_TABLE_BODY (self), GTK_INVALID_LIST_POSITION);
  return self->cursor.position;
}
