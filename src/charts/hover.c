/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/hover.h"

static void
set (HeddleHover *self, int at)
{
  if (self->at == at)
    return;
  self->at = at;
  gtk_widget_queue_draw (self->widget);
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, HeddleHover *self)
{
  set (self, self->find (self->widget, x, y));
}

static void
pointer_left (GtkEventControllerMotion *motion, HeddleHover *self)
{
  set (self, -1);
}

/**
 * heddle_hover_init:
 * @self: part of @widget, which it lives as long as
 * @widget: a chart
 * @find: says what is where
 *
 * Follows the pointer over @widget, which is drawn again when it comes to rest on something else. Switches the tooltip on.
 */
void
heddle_hover_init (HeddleHover *self, GtkWidget *widget, HeddleHoverFind find)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  *self = (HeddleHover) { .widget = widget, .find = find, .at = -1 };
  heddle_tip_init (&self->tip, widget);
  g_signal_connect (motion, "enter", G_CALLBACK (pointer_moved), self);
  g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
  g_signal_connect (motion, "leave", G_CALLBACK (pointer_left), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_set_has_tooltip (widget, TRUE);
}
