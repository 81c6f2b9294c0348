/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A check box that only Space, Return and clicks tick.
 *
 * In GTK 4.8 the arrow keys go from one button of a group to the next and tick it; a check button
 * of no group is its own next one, so they tick and untick it. Here they move the keyboard on.
 */
#include "config.h"

#include "app/widgets/check-box.h"

struct _HeddleCheckBox {
  GtkCheckButton parent_instance;
};

G_DEFINE_FINAL_TYPE (HeddleCheckBox, heddle_check_box, GTK_TYPE_CHECK_BUTTON)

static gboolean
heddle_check_box_focus (GtkWidget *widget, GtkDirectionType direction)
{
  return !gtk_widget_is_focus (widget) && gtk_widget_grab_focus (widget);
}

static void
heddle_check_box_class_init (HeddleCheckBoxClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = heddle_check_box_focus;
}

static void
heddle_check_box_init (HeddleCheckBox *self)
{
}
