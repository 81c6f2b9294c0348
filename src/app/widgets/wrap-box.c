/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/wrap-box.h"
#include "app/widgets/wrap-layout.h"

#define SPACING 6

struct _HeddleWrapBox {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (HeddleWrapBox, heddle_wrap_box, GTK_TYPE_WIDGET)

static void
heddle_wrap_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (heddle_wrap_box_parent_class)->dispose (object);
}

static void
heddle_wrap_box_class_init (HeddleWrapBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = heddle_wrap_box_dispose;
}

static void
heddle_wrap_box_init (HeddleWrapBox *self)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (self), heddle_wrap_layout_new (SPACING));
}
