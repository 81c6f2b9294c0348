/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Children side by side like words of a line, each as wide as it wants to be, wrapped where the line is full.
 * GtkFlowBox would put them into columns of one width, which tears controls of different kinds apart.
 * In right-to-left languages lines start at the right.
 */
#include "config.h"

#include "app/wrap-layout.h"

struct _HeddleWrapLayout {
  GtkLayoutManager parent_instance;

  int spacing; /* between children and between lines, pixels */
};

G_DEFINE_FINAL_TYPE (HeddleWrapLayout, heddle_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

/* One line: its children from first up to, without, end. */
typedef struct {
  GtkWidget *first;
  GtkWidget *end;
  int height;
} Line;

static int
child_width (GtkWidget *child, int for_width)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return MAX (minimum, MIN (natural, for_width));
}

static gboolean
next_line (HeddleWrapLayout *self, GtkWidget *first, int width, Line *line)
{
  int x = 0;

  while (first != NULL && !gtk_widget_should_layout (first))
    first = gtk_widget_get_next_sibling (first);
  if (first == NULL)
    return FALSE;

  line->first = first;
  line->height = 0;
  for (line->end = first; line->end != NULL; line->end = gtk_widget_get_next_sibling (line->end))
    {
      int w, height;

      if (!gtk_widget_should_layout (line->end))
        continue;
      w = child_width (line->end, width);
      if (line->end != first && x + w > width)
        break;
      gtk_widget_measure (line->end, GTK_ORIENTATION_VERTICAL, w, NULL, &height, NULL, NULL);
      line->height = MAX (line->height, height);
      x += w + self->spacing;
    }
  return TRUE;
}

static GtkSizeRequestMode
heddle_wrap_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
heddle_wrap_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleWrapLayout *self = HEDDLE_WRAP_LAYOUT (manager);
  Line line = { 0 };

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
        {
          int child_minimum, child_natural;

          if (!gtk_widget_should_layout (child))
            continue;
          gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
          *minimum = MAX (*minimum, child_minimum);
          *natural += child_natural + (*natural > 0 ? self->spacing : 0);
        }
      return;
    }

  for (GtkWidget *first = gtk_widget_get_first_child (widget);
       next_line (self, first, for_size < 0 ? G_MAXINT / 2 : for_size, &line);
       first = line.end)
    *natural += line.height + (*natural > 0 ? self->spacing : 0);
  *minimum = *natural;
}

static void
heddle_wrap_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  HeddleWrapLayout *self = HEDDLE_WRAP_LAYOUT (manager);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  Line line = { 0 };
  int y = 0;

  for (GtkWidget *first = gtk_widget_get_first_child (widget); next_line (self, first, width, &line); first = line.end)
    {
      int x = 0;

      for (GtkWidget *child = line.first; child != line.end; child = gtk_widget_get_next_sibling (child))
        {
          int w;

          if (!gtk_widget_should_layout (child))
            continue;
          w = child_width (child, width);
          gtk_widget_size_allocate (child, &(GtkAllocation) { mirrored ? width - x - w : x, y, w, line.height }, -1);
          x += w + self->spacing;
        }
      y += line.height + self->spacing;
    }
}

static void
heddle_wrap_layout_class_init (HeddleWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  manager_class->get_request_mode = heddle_wrap_layout_get_request_mode;
  manager_class->measure = heddle_wrap_layout_measure;
  manager_class->allocate = heddle_wrap_layout_allocate;
}

static void
heddle_wrap_layout_init (HeddleWrapLayout *self)
{
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
