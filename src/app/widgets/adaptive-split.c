/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page and a second widget that the user reads while using the page. The second widget stands
 * beside the page where there is room for both, and above it where there is not.
 *
 * In .ui files: <child type="side"> is the second widget, the other child is the page.
 */
#include "config.h"

#include "app/widgets/adaptive-split.h"

#define PAGE_WIDTH 600    /* pixels that the page keeps beside the other */
#define GAP 18            /* pixels of margin that both have: beside each other they share it */
#define ABOVE_SHARE 2 / 5 /* of the height, at most, where the other stands above */

struct _HeddleAdaptiveSplit {
  HeddleContainer parent_instance;

  /* children */
  GtkWidget *side;
  GtkWidget *page;
};

static GtkBuildableIface *parent_buildable_iface;

static void
heddle_adaptive_split_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child,
                        const char *type)
{
  HeddleAdaptiveSplit *self = HEDDLE_ADAPTIVE_SPLIT (buildable);

  if (!GTK_IS_WIDGET (child))
    {
      parent_buildable_iface->add_child (buildable, builder, child, type);
      return;
    }
  if (g_strcmp0 (type, "side") == 0)
    self->side = GTK_WIDGET (child);
  else
    self->page = GTK_WIDGET (child);
  gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (self));
}

static void
buildable_iface_init (GtkBuildableIface *iface)
{
  parent_buildable_iface = g_type_interface_peek_parent (iface);
  iface->add_child = heddle_adaptive_split_add_child;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HeddleAdaptiveSplit, heddle_adaptive_split, HEDDLE_TYPE_CONTAINER,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_iface_init))

static gboolean
is_side_there (HeddleAdaptiveSplit *self)
{
  return self->side != NULL && gtk_widget_should_layout (self->side);
}

/* How wide the side is where both have room in @width, or 0 where it stands above. */
static int
side_width (HeddleAdaptiveSplit *self, int width)
{
  int natural = heddle_container_get_natural_width (self->side);

  return width - natural >= PAGE_WIDTH ? natural : 0;
}

static void
heddle_adaptive_split_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                               int *minimum, int *natural, int *minimum_baseline,
                               int *natural_baseline)
{
  HeddleAdaptiveSplit *self = HEDDLE_ADAPTIVE_SPLIT (widget);
  int side_minimum, side_natural, beside, page_width;

  *minimum_baseline = *natural_baseline = -1;
  if (!is_side_there (self))
    {
      gtk_widget_measure (self->page, orientation, for_size, minimum, natural, NULL, NULL);
      return;
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (self->page, orientation, -1, minimum, natural, NULL, NULL);
      gtk_widget_measure (self->side, orientation, -1, &side_minimum, &side_natural, NULL, NULL);
      *minimum = MAX (*minimum, side_minimum);
      *natural += side_natural;
      return;
    }
  beside = for_size < 0 ? 0 : side_width (self, for_size);
  page_width = beside > 0 ? for_size - beside + GAP : for_size;
  gtk_widget_measure (self->page, orientation, page_width, minimum, natural, NULL, NULL);
  gtk_widget_measure (self->side, orientation, beside > 0 ? beside : for_size, &side_minimum,
                      &side_natural, NULL, NULL);
  *minimum = beside > 0 ? MAX (*minimum, side_minimum) : *minimum + side_minimum;
  *natural = beside > 0 ? MAX (*natural, side_natural) : *natural + side_natural;
}

static void
heddle_adaptive_split_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleAdaptiveSplit *self = HEDDLE_ADAPTIVE_SPLIT (widget);
  int beside, above, minimum, natural;

  if (!is_side_there (self))
    {
      heddle_container_place (self->page, 0, 0, width, height);
      return;
    }
  beside = side_width (self, width);
  if (beside > 0)
    {
      heddle_container_place (self->side, width - beside, 0, beside, height);
      heddle_container_place (self->page, 0, 0, width - beside + GAP, height);
      return;
    }
  gtk_widget_measure (self->side, GTK_ORIENTATION_VERTICAL, width, &minimum, &natural, NULL, NULL);
  above = CLAMP (height * ABOVE_SHARE, minimum, MAX (minimum, natural));
  heddle_container_place (self->side, 0, 0, width, above);
  heddle_container_place (self->page, 0, above, width, MAX (height - above, 0));
}

static void
heddle_adaptive_split_class_init (HeddleAdaptiveSplitClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_request_mode = heddle_container_height_for_width;
  widget_class->measure = heddle_adaptive_split_measure;
  widget_class->size_allocate = heddle_adaptive_split_size_allocate;
}

static void
heddle_adaptive_split_init (HeddleAdaptiveSplit *self)
{
}
