/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A widget that has children: it unparents them when it is disposed of, as each widget of GTK has
 * to. Everything else is up to what derives from it. */
#define HEDDLE_TYPE_CONTAINER (heddle_container_get_type ())
G_DECLARE_DERIVABLE_TYPE (HeddleContainer, heddle_container, HEDDLE, CONTAINER, GtkWidget)

struct _HeddleContainerClass {
  GtkWidgetClass parent_class;
};

/* For the vfunc get_request_mode. */
GtkSizeRequestMode heddle_container_height_for_width (GtkWidget *widget);
int heddle_container_get_natural_width (GtkWidget *child);
void heddle_container_place (GtkWidget *child, int x, int y, int width, int height);

G_END_DECLS
