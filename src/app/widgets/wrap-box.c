/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/wrap-box.h"
#include "app/widgets/wrap-layout.h"

#define SPACING 6

struct _HeddleWrapBox {
  HeddleContainer parent_instance;
};

G_DEFINE_FINAL_TYPE (HeddleWrapBox, heddle_wrap_box, HEDDLE_TYPE_CONTAINER)

static void
heddle_wrap_box_class_init (HeddleWrapBoxClass *klass)
{
}

static void
heddle_wrap_box_init (HeddleWrapBox *self)
{
  gtk_widget_set_layout_manager (GTK_WIDGET (self), heddle_wrap_layout_new (SPACING));
}
