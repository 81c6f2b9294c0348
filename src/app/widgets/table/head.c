/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/widgets/a11y/accessible.h"
#include "app/widgets/table/head.h"

#define GRIP 5   /* pixels to either side of a border in which it can be taken */
#define ARROW 16 /* pixels */
#define LEAST_WIDTH 240

struct _HeddleTableHead {
  HeddleContainer parent_instance;

  HeddleTableColumns *columns; /* the table's */

  GtkWidget *cells[HEDDLE_TABLE_MAX_COLUMNS];
  GtkWidget *arrow; /* beside the title of the column that the table is sorted by */
  GtkGesture *drag; /* borrowed */
  int dragged;      /* the column whose right border is moved, or -1 */
  double moved;     /* how far */
  gboolean on_border; /* the button went down there, wherever it is by the time it comes up */
};

enum { RESIZED, SORTED, LEFT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HeddleTableHead, heddle_table_head, HEDDLE_TYPE_CONTAINER)

static gboolean
is_mirrored (HeddleTableHead *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

/* Titles are measured when the font is known, and again when it is another one. */
static void
heddle_table_head_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleTableHead *self = HEDDLE_TABLE_HEAD (widget);

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      gtk_widget_measure (self->cells[0], orientation, -1, minimum, natural, NULL, NULL);
      *minimum = *natural = MAX (*minimum, ARROW);
      return;
    }
  *minimum = LEAST_WIDTH;
  *natural = 0;
  for (guint i = 0; i < self->columns->n_columns; i++)
    {
      const HeddleTableColumn *column = &self->columns->columns[i];
      g_autoptr (PangoLayout) layout =
          gtk_widget_create_pango_layout (self->cells[i], _(column->title));

      pango_layout_get_pixel_size (layout, &self->columns->title[i], NULL);
      self->columns->title[i] += (column->flags & HEDDLE_COLUMN_SORTS) != 0 ? ARROW + 2 : 2;
      if (column->width > 0)
        *natural += MAX (column->width, self->columns->title[i]) + HEDDLE_TABLE_SPACING;
    }
  *natural = MAX (*natural, *minimum);
}

static void
place (GtkWidget *child, int x, int width, int height)
{
  int child_height;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, -1, &child_height, NULL, NULL, NULL);
  child_height = MIN (child_height, height);
  heddle_container_place (child, x, (height - child_height) / 2, width, child_height);
}

static void
heddle_table_head_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleTableHead *self = HEDDLE_TABLE_HEAD (widget);
  int widths[HEDDLE_TABLE_MAX_COLUMNS], x = 0;

  heddle_table_columns_share (self->columns, width, widths);
  gtk_widget_set_child_visible (self->arrow, FALSE);
  for (guint i = 0; i < self->columns->n_columns; i++)
    {
      gboolean number = (self->columns->columns[i].flags & HEDDLE_COLUMN_NUMBER) != 0;
      int arrow = self->columns->sorted == (int) i && widths[i] > 2 * ARROW ? ARROW : 0;

      if (gtk_widget_get_child_visible (self->cells[i]) != (widths[i] > 0))
        {
          gtk_widget_set_child_visible (self->cells[i], widths[i] > 0);
          gtk_accessible_update_state (GTK_ACCESSIBLE (self->cells[i]), GTK_ACCESSIBLE_STATE_HIDDEN,
                                       widths[i] == 0, -1);
        }
      if (widths[i] == 0)
        continue;
      if (arrow > 0)
        {
          /* behind the title, and in front of one that stands at the right */
          int title = self->columns->title[i];
          int at = number ? widths[i] - title : MIN (title, widths[i]) - ARROW;

          gtk_widget_set_child_visible (self->arrow, TRUE);
          place (self->arrow, x + MAX (at, 0), ARROW, height);
        }
      place (self->cells[i], x + (number ? arrow : 0), widths[i] - arrow, height);
      x += widths[i] + HEDDLE_TABLE_SPACING;
    }
}

/* The column behind which there is a border at @x, or -1. */
static int
border_at (HeddleTableHead *self, double x)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), widths[HEDDLE_TABLE_MAX_COLUMNS], end = 0,
      last = -1;

  heddle_table_columns_share (self->columns, width, widths);
  if (is_mirrored (self))
    x = width - x;
  for (guint i = 0; i < self->columns->n_columns; i++)
    if (widths[i] > 0)
      {
        if (last >= 0 && x >= end + HEDDLE_TABLE_SPACING / 2 - GRIP - 1
            && x <= end + HEDDLE_TABLE_SPACING / 2 + GRIP + 1)
          return last;
        end += widths[i] + (last >= 0 ? HEDDLE_TABLE_SPACING : 0);
        last = (int) i;
      }
  return -1;
}

static int
column_at (HeddleTableHead *self, double x)
{
  for (guint i = 0; i < self->columns->n_columns; i++)
    {
      graphene_rect_t cell;

      if (gtk_widget_get_child_visible (self->cells[i])
          && gtk_widget_compute_bounds (self->cells[i], GTK_WIDGET (self), &cell)
          && x >= cell.origin.x - ARROW && x < cell.origin.x + cell.size.width + ARROW
          && border_at (self, x) < 0)
        return (int) i;
    }
  return -1;
}

/* Says by which column the table is sorted. */
void
heddle_table_head_show_order (HeddleTableHead *self)
{
  for (guint i = 0; i < self->columns->n_columns; i++)
    if ((self->columns->columns[i].flags & HEDDLE_COLUMN_SORTS) != 0)
      {
        const char *text = _("Column header; Space sorts by this column");
        GtkAccessibleSort sort = GTK_ACCESSIBLE_SORT_NONE;

        if (self->columns->sorted == (int) i && self->columns->descending)
          {
            text = _("Sorted, largest first");
            sort = GTK_ACCESSIBLE_SORT_DESCENDING;
          }
        else if (self->columns->sorted == (int) i)
          {
            text = _("Sorted, smallest first");
            sort = GTK_ACCESSIBLE_SORT_ASCENDING;
          }
        gtk_accessible_update_property (GTK_ACCESSIBLE (self->cells[i]),
                                        GTK_ACCESSIBLE_PROPERTY_SORT, sort,
                                        GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
      }
  gtk_image_set_from_icon_name (
      GTK_IMAGE (self->arrow), self->columns->descending ? "pan-down-symbolic" : "pan-up-symbolic");
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* Smallest first, largest first, as they come. */
static void
sort_by (HeddleTableHead *self, int column)
{
  HeddleTableColumns *columns = self->columns;

  if (column < 0 || (columns->columns[column].flags & HEDDLE_COLUMN_SORTS) == 0)
    return;
  if (columns->sorted != column)
    {
      columns->sorted = column;
      columns->descending = FALSE;
    }
  else if (!columns->descending)
    columns->descending = TRUE;
  else
    columns->sorted = -1;
  heddle_table_head_show_order (self);
  g_signal_emit (self, signals[SORTED], 0);
}

static void
on_released (HeddleTableHead *self, int n_press, double x, double y, GtkGesture *click)
{
  if (self->on_border)
    return;
  sort_by (self, column_at (self, x));
}

static void
on_pressed (HeddleTableHead *self, int n_press, double x, double y, GtkGesture *click)
{
  self->on_border = border_at (self, x) >= 0;
  if (n_press != 2 || !self->on_border)
    return;
  heddle_table_columns_unfreeze (self->columns);
  g_signal_emit (self, signals[RESIZED], 0);
}

static void
on_drag_begin (HeddleTableHead *self, double x, double y, GtkGesture *drag)
{
  self->dragged = border_at (self, x);
  self->moved = 0;
  if (self->dragged < 0)
    gtk_gesture_set_state (drag, GTK_EVENT_SEQUENCE_DENIED);
}

static void
on_drag_update (HeddleTableHead *self, double x, double y, GtkGesture *drag)
{
  if (self->dragged < 0 || (int) x == (int) self->moved)
    return;
  if (self->moved == 0)
    heddle_table_columns_freeze (self->columns, gtk_widget_get_width (GTK_WIDGET (self)));
  heddle_table_columns_move (self->columns, (guint) self->dragged,
                             (is_mirrored (self) ? -1 : 1) * ((int) x - (int) self->moved));
  self->moved = (int) x;
  g_signal_emit (self, signals[RESIZED], 0);
}

static void
on_drag_end (HeddleTableHead *self, double x, double y, GtkGesture *drag)
{
  self->dragged = -1;
}

static void
on_motion (HeddleTableHead *self, double x, double y, GtkEventController *motion)
{
  gboolean border = self->dragged >= 0 || border_at (self, x) >= 0;
  int column = column_at (self, x);
  gboolean sorts = column >= 0 && (self->columns->columns[column].flags & HEDDLE_COLUMN_SORTS) != 0;

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self),
                                   border ? "col-resize" : sorts ? "pointer" : NULL);
}

static gboolean
query_tooltip_cb (HeddleTableHead *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  int column = column_at (self, x);
  const HeddleTableColumn *info = column >= 0 ? &self->columns->columns[column] : NULL;
  graphene_rect_t cell;

  if (keyboard || info == NULL
      || !gtk_widget_compute_bounds (self->cells[column], GTK_WIDGET (self), &cell)
      || self->columns->title[column] - ((info->flags & HEDDLE_COLUMN_SORTS) != 0 ? ARROW : 0)
             <= (int) cell.size.width)
    return FALSE;
  gtk_tooltip_set_text (tooltip, _(info->title));
  return TRUE;
}

/* The next head in this direction that can be used, from @from on, or -1. */
static int
next_head (HeddleTableHead *self, int from, int step)
{
  for (int i = from; i >= 0 && i < (int) self->columns->n_columns; i += step)
    if (gtk_widget_get_child_visible (self->cells[i])
        && (self->columns->columns[i].flags & HEDDLE_COLUMN_SORTS) != 0)
      return i;
  return -1;
}

static int
focused_head (HeddleTableHead *self)
{
  for (guint i = 0; i < self->columns->n_columns; i++)
    if (gtk_widget_has_focus (self->cells[i]))
      return (int) i;
  return -1;
}

/* Left and Right go from head to head, Down back to the rows, Space and Enter sort. */
static gboolean
move_focus (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTableHead *self = HEDDLE_TABLE_HEAD (widget);
  int step = (is_mirrored (self) ? -1 : 1) * g_variant_get_int32 (args);
  int next = next_head (self, focused_head (self) + step, step);

  if (next >= 0)
    gtk_widget_grab_focus (self->cells[next]);
  return GDK_EVENT_STOP;
}

static gboolean
leave (GtkWidget *widget, GVariant *args, gpointer data)
{
  g_signal_emit (widget, signals[LEFT], 0);
  return GDK_EVENT_STOP;
}

static gboolean
sort_by_focused (GtkWidget *widget, GVariant *args, gpointer data)
{
  sort_by (HEDDLE_TABLE_HEAD (widget), focused_head (HEDDLE_TABLE_HEAD (widget)));
  return GDK_EVENT_STOP;
}

static void
add_keys (GtkWidgetClass *klass)
{
  static const guint sorting[] = { GDK_KEY_space, GDK_KEY_KP_Space, GDK_KEY_Return,
                                   GDK_KEY_KP_Enter };

  for (guint i = 0; i < G_N_ELEMENTS (sorting); i++)
    gtk_widget_class_add_binding (klass, sorting[i], 0, sort_by_focused, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Left, 0, move_focus, "i", -1);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Left, 0, move_focus, "i", -1);
  gtk_widget_class_add_binding (klass, GDK_KEY_Right, 0, move_focus, "i", 1);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Right, 0, move_focus, "i", 1);
  gtk_widget_class_add_binding (klass, GDK_KEY_Down, 0, leave, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Down, 0, leave, NULL);
}

static void
heddle_table_head_class_init (HeddleTableHeadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = heddle_table_head_measure;
  widget_class->size_allocate = heddle_table_head_size_allocate;
  signals[RESIZED] = g_signal_new ("resized", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[SORTED] = g_signal_new ("sorted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[LEFT] = g_signal_new ("left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "tablehead");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ROW);
  add_keys (widget_class);
}

static void
heddle_table_head_init (HeddleTableHead *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->dragged = -1;
  self->drag = gtk_gesture_drag_new ();
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect_swapped (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (self->drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (self->drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (self->drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (self->drag));
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), self);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

/* GTK before 4.10 tells screen readers of a column header as of a thing without a meaning. */
static GtkAccessibleRole
role_of (const HeddleTableColumn *column)
{
  if (gtk_get_major_version () > 4 || gtk_get_minor_version () >= 10)
    return GTK_ACCESSIBLE_ROLE_COLUMN_HEADER;
  return (column->flags & HEDDLE_COLUMN_SORTS) != 0 ? GTK_ACCESSIBLE_ROLE_BUTTON
                                                    : GTK_ACCESSIBLE_ROLE_HEADING;
}

static GtkWidget *
make_cell (const HeddleTableColumn *column)
{
  gboolean number = (column->flags & HEDDLE_COLUMN_NUMBER) != 0;

  return g_object_new (GTK_TYPE_INSCRIPTION, "accessible-role", role_of (column), "text",
                       _(column->title), "text-overflow", GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END,
                       "min-lines", 1, "nat-lines", 1, "min-chars", 1, "xalign",
                       number ? 1.0f : 0.0f, "yalign", 0.5f, "focusable",
                       (column->flags & HEDDLE_COLUMN_SORTS) != 0, NULL);
}

/**
 * heddle_table_head_new:
 * @columns: the table's; outlive the head
 *
 * Returns: (transfer floating): the heads of @columns. Main loop, as everything here.
 */
GtkWidget *
heddle_table_head_new (HeddleTableColumns *columns)
{
  HeddleTableHead *self = g_object_new (HEDDLE_TYPE_TABLE_HEAD, NULL);

  heddle_accessible_set_name (GTK_WIDGET (self), _("Column headers"));
  self->columns = columns;
  for (guint i = 0; i < columns->n_columns; i++)
    {
      self->cells[i] = make_cell (&columns->columns[i]);
      gtk_widget_set_parent (self->cells[i], GTK_WIDGET (self));
      heddle_accessible_set_name (self->cells[i], _(columns->columns[i].title));
    }
  self->arrow =
      g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_set_child_visible (self->arrow, FALSE);
  gtk_widget_set_parent (self->arrow, GTK_WIDGET (self));
  heddle_table_head_show_order (self);
  return GTK_WIDGET (self);
}

/**
 * heddle_table_head_take_focus:
 *
 * Puts the keyboard on a head: that of the column that the table is sorted by, or the first.
 *
 * Returns: %FALSE where none can be used
 */
gboolean
heddle_table_head_take_focus (HeddleTableHead *self)
{
  int head;

  g_return_val_if_fail (HEDDLE_IS_TABLE_HEAD (self), FALSE);

  head = self->columns->sorted >= 0 ? self->columns->sorted : next_head (self, 0, 1);
  return head >= 0 && gtk_widget_grab_focus (self->cells[head]);
}
