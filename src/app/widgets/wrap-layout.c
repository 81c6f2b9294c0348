/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Children side by side like words of a line, each as wide as it wants to be, wrapped where the
 * line is full. GtkFlowBox would put them into columns of one width, which tears controls of
 * different kinds apart. In right-to-left languages lines start at the right. Where the widget
 * stands at the end of its place (halign) its lines end there.
 *
 * In a narrow place all but the first line may be folded away behind a button, which stands at the
 * end of that line. That makes a narrow widget lower than a wide one, and GTK takes for granted
 * that none is: it does not ask again between two widths with one height. So the width that was
 * allocated only tells that something is to be folded away or shown, and the next turn of the main
 * loop does it.
 */
#include "config.h"

#include "app/widgets/wrap-layout.h"

#define SPACING 6

struct _HeddleWrapLayout {
  GtkLayoutManager parent_instance;

  int spacing;           /* between children and between lines, pixels */
  /* borrowed, the last child: shows what is folded away; NULL: nothing ever is */
  GtkToggleButton *more;
  int narrow;            /* pixels: where less is there, there is one line, and the button */
  gboolean folds;        /* less was there */
  guint source;          /* it is to be looked at anew; 0: nothing is */
};

G_DEFINE_FINAL_TYPE (HeddleWrapLayout, heddle_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

static int
child_width (GtkWidget *child, int for_width)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return MAX (minimum, MIN (natural, for_width));
}

/* The children that would have a place if there were room for all; the button is none of them. */
static GPtrArray *
collect (HeddleWrapLayout *self, GtkWidget *widget)
{
  GPtrArray *children = g_ptr_array_new ();

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child) && child != GTK_WIDGET (self->more))
      g_ptr_array_add (children, child);
  return children;
}

/* How many of @children, from @first on, stand in one line with the button. */
static guint
count_beside (HeddleWrapLayout *self, GPtrArray *children, guint first, int width)
{
  int x = child_width (GTK_WIDGET (self->more), width);
  guint n = 0;

  for (guint i = first; i < children->len; i++, n++)
    {
      x += child_width (g_ptr_array_index (children, i), width) + self->spacing;
      if (x > width)
        break;
    }
  return n;
}

/*
 * Takes from @children what is folded away at this width, and adds the button where something is
 * or was.
 */
static void
fold (HeddleWrapLayout *self, GPtrArray *children, int width)
{
  int x = 0;
  guint n;

  if (self->more == NULL || !self->folds)
    return;
  for (guint i = 0; i < children->len; i++)
    x += child_width (g_ptr_array_index (children, i), width) + self->spacing;
  if (x - self->spacing <= width)
    return;
  n = count_beside (self, children, 0, width);
  if (n == 0) /* what comes first fills the line: the button begins another one */
    n = 1 + count_beside (self, children, 1, width);
  if (!gtk_toggle_button_get_active (self->more))
    g_ptr_array_set_size (children, (int) n);
  g_ptr_array_add (children, self->more);
}

/* One line from @first on: the child after its last one, and how high it is. */
static guint
end_of_line (HeddleWrapLayout *self, GPtrArray *children, guint first, int width, int *height)
{
  int x = 0;
  guint i;

  *height = 0;
  for (i = first; i < children->len; i++)
    {
      GtkWidget *child = g_ptr_array_index (children, i);
      int w = child_width (child, width), child_height;

      if (i > first && x + w > width)
        break;
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, w, NULL, &child_height, NULL, NULL);
      *height = MAX (*height, child_height);
      x += w + self->spacing;
    }
  return i;
}

/* Where the line begins, pixels: lines of a widget that stands at the end of its place do, too. */
static int
begin_of_line (HeddleWrapLayout *self, GtkWidget *widget, GPtrArray *children, guint first,
               guint end, int width)
{
  int left = width + self->spacing;

  if (gtk_widget_get_halign (widget) != GTK_ALIGN_END)
    return 0;
  for (guint i = first; i < end; i++)
    left -= child_width (g_ptr_array_index (children, i), width) + self->spacing;
  return MAX (left, 0);
}

static GtkSizeRequestMode
heddle_wrap_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_width (HeddleWrapLayout *self, GPtrArray *children, int *minimum, int *natural)
{
  int more = 0;

  for (guint i = 0; i < children->len; i++)
    {
      int child_minimum, child_natural;

      gtk_widget_measure (g_ptr_array_index (children, i), GTK_ORIENTATION_HORIZONTAL, -1,
                          &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural += child_natural + (i > 0 ? self->spacing : 0);
    }
  if (self->more != NULL)
    gtk_widget_measure (GTK_WIDGET (self->more), GTK_ORIENTATION_HORIZONTAL, -1, &more, NULL, NULL,
                        NULL);
  *minimum = MAX (*minimum, more);
  *natural = MAX (*natural, *minimum);
}

static void
heddle_wrap_layout_measure (GtkLayoutManager *manager, GtkWidget *widget,
                            GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  HeddleWrapLayout *self = HEDDLE_WRAP_LAYOUT (manager);
  g_autoptr (GPtrArray) children = collect (self, widget);
  int width = for_size < 0 ? G_MAXINT / 2 : for_size, height;

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (self, children, minimum, natural);
      return;
    }

  fold (self, children, width);
  for (guint i = 0; i < children->len; *natural += height + (*natural > 0 ? self->spacing : 0))
    i = end_of_line (self, children, i, width, &height);
  *minimum = *natural;
}

/* Unmaps what has no place, also for screen readers, and maps what has one. */
static void
show_placed (GtkWidget *widget, GPtrArray *placed)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_visible (child))
      {
        gboolean is_placed = g_ptr_array_find (placed, child, NULL);

        gtk_widget_set_child_visible (child, is_placed);
        gtk_accessible_update_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN,
                                     !is_placed, -1);
      }
}

static gboolean
turn (gpointer data)
{
  HeddleWrapLayout *self = data;

  self->source = 0;
  self->folds = !self->folds;
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
  return G_SOURCE_REMOVE;
}

/* The widget has got this width. */
static void
note_width (HeddleWrapLayout *self, int width)
{
  gboolean folds = width < self->narrow;

  if (folds == self->folds)
    g_clear_handle_id (&self->source, g_source_remove);
  else if (self->source == 0)
    {
      self->source = g_idle_add_full (GTK_PRIORITY_RESIZE, turn, self, NULL);
      g_source_set_name_by_id (self->source, "[heddle] fold");
    }
}

static void
heddle_wrap_layout_dispose (GObject *object)
{
  g_clear_handle_id (&HEDDLE_WRAP_LAYOUT (object)->source, g_source_remove);
  G_OBJECT_CLASS (heddle_wrap_layout_parent_class)->dispose (object);
}

static void
heddle_wrap_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height,
                             int baseline)
{
  HeddleWrapLayout *self = HEDDLE_WRAP_LAYOUT (manager);
  g_autoptr (GPtrArray) children = collect (self, widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int y = 0, line_height;

  fold (self, children, width);
  if (self->more != NULL)
    {
      note_width (self, width);
      show_placed (widget, children);
    }
  for (guint first = 0, end; first < children->len; first = end, y += line_height + self->spacing)
    {
      int x;

      end = end_of_line (self, children, first, width, &line_height);
      x = begin_of_line (self, widget, children, first, end, width);
      for (guint i = first; i < end; i++)
        {
          GtkWidget *child = g_ptr_array_index (children, i);
          int w = child_width (child, width);

          gtk_widget_size_allocate (child,
                                    &(GtkAllocation) { mirrored ? width - x - w : x,
                                                       y, w, line_height }, -1);
          x += w + self->spacing;
        }
    }
}

static void
heddle_wrap_layout_class_init (HeddleWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_wrap_layout_dispose;
  manager_class->get_request_mode = heddle_wrap_layout_get_request_mode;
  manager_class->measure = heddle_wrap_layout_measure;
  manager_class->allocate = heddle_wrap_layout_allocate;
}

static void
heddle_wrap_layout_init (HeddleWrapLayout *self)
{
  self->spacing = SPACING;
}

/**
 * heddle_wrap_layout_new:
 * @spacing: between children and between lines, in pixels
 *
 * Returns: (transfer full): a layout that wraps
 */
GtkLayoutManager *
heddle_wrap_layout_new (guint spacing)
{
  HeddleWrapLayout *self = g_object_new (HEDDLE_TYPE_WRAP_LAYOUT, NULL);

  self->spacing = spacing;
  return GTK_LAYOUT_MANAGER (self);
}

/**
 * heddle_wrap_layout_set_more:
 * @more: the last child of the widget that is laid out: while it is not pressed, what does not fit
 *   into one line is folded away
 * @narrow: from this width on, in pixels, nothing is, and the button is not there
 */
void
heddle_wrap_layout_set_more (HeddleWrapLayout *self, GtkToggleButton *more, guint narrow)
{
  g_return_if_fail (HEDDLE_IS_WRAP_LAYOUT (self));
  g_return_if_fail (GTK_IS_TOGGLE_BUTTON (more));

  self->more = more;
  self->narrow = (int) narrow;
  g_signal_connect_object (more, "toggled", G_CALLBACK (gtk_layout_manager_layout_changed), self,
                           G_CONNECT_SWAPPED);
}
