/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/container/container.h"

G_DEFINE_TYPE (HeddleContainer, heddle_container, GTK_TYPE_WIDGET)

static void
heddle_container_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (heddle_container_parent_class)->dispose (object);
}

static void
heddle_container_class_init (HeddleContainerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = heddle_container_dispose;
}

static void
heddle_container_init (HeddleContainer *self)
{
}

GtkSizeRequestMode
heddle_container_height_for_width (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/**
 * heddle_container_get_natural_width:
 * @child: a child, visible or not
 *
 * Returns: how wide it wants to be, 0 where it takes no room. Main loop, as everything here.
 */
int
heddle_container_get_natural_width (GtkWidget *child)
{
  int natural = 0;

  if (gtk_widget_should_layout (child))
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/**
 * heddle_container_place:
 * @child: a child of a container that is given its size now
 * @x: where it begins, from the left; in right-to-left languages from the right
 *
 * Gives @child its place.
 */
void
heddle_container_place (GtkWidget *child, int x, int y, int width, int height)
{
  GtkWidget *parent = gtk_widget_get_parent (child);
  GtkAllocation place = { x, y, width, height };

  if (gtk_widget_get_direction (parent) == GTK_TEXT_DIR_RTL)
    place.x = gtk_widget_get_width (parent) - x - width;
  gtk_widget_size_allocate (child, &place, -1);
}
