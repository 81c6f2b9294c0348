/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/card.h"

#define SPACING 10
#define WIDE 840 /* pixels from which all cards stand side by side */

/* Cards of one width: all side by side where there is room, two abreast where there is not; never three and one. */
struct _HeddleCardGrid {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (HeddleCardGrid, heddle_card_grid, GTK_TYPE_WIDGET)

static guint
count_children (GtkWidget *widget)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n++;
  return MAX (n, 1);
}

static GtkSizeRequestMode
heddle_card_grid_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_children (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural)
{
  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, orientation, for_size, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

static void
heddle_card_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  int n = (int) count_children (widget);

  *minimum_baseline = *natural_baseline = -1;
  measure_children (widget, orientation, -1, minimum, natural);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = *minimum * 2 + SPACING;
      *natural = *natural * n + SPACING * (n - 1);
    }
  else
    {
      int lines = for_size < 0 || for_size >= WIDE ? 1 : (n + 1) / 2;

      *minimum = *minimum * lines + SPACING * (lines - 1);
      *natural = *natural * lines + SPACING * (lines - 1);
    }
}

static void
heddle_card_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  int n = (int) count_children (widget);
  int columns = width >= WIDE ? n : MIN (n, 2);
  int lines = (n + columns - 1) / columns;
  int line_height = (height - SPACING * (lines - 1)) / lines;
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int i = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child), i++)
    {
      int column = mirrored ? columns - 1 - i % columns : i % columns;
      int x = (width + SPACING) * column / columns;
      int end = (width + SPACING) * (column + 1) / columns - SPACING;
      GtkAllocation place = { x, (i / columns) * (line_height + SPACING), end - x, line_height };

      gtk_widget_size_allocate (child, &place, -1);
    }
}

static void
heddle_card_grid_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (heddle_card_grid_parent_class)->dispose (object);
}

static void
heddle_card_grid_class_init (HeddleCardGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_card_grid_dispose;
  widget_class->get_request_mode = heddle_card_grid_get_request_mode;
  widget_class->measure = heddle_card_grid_measure;
  widget_class->size_allocate = heddle_card_grid_size_allocate;
}

static void
heddle_card_grid_init (HeddleCardGrid *self)
{
}
