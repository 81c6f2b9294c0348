/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/tip.h"

#define ASK_MS 200 /* GTK asks the display server where the pointer is each time, and text that changes faster cannot be read */

static void
forget (HeddleTip *self)
{
  self->shown = FALSE;
  g_clear_handle_id (&self->source, g_source_remove);
}

static gboolean
ask (gpointer data)
{
  HeddleTip *self = data;

  self->source = 0;
  gtk_widget_trigger_tooltip_query (self->widget);
  return G_SOURCE_REMOVE;
}

/**
 * heddle_tip_init:
 * @self: part of @widget, which it lives as long as
 * @widget: a chart with a tooltip
 */
void
heddle_tip_init (HeddleTip *self, GtkWidget *widget)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  *self = (HeddleTip) { .widget = widget };
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (forget), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect_swapped (widget, "unmap", G_CALLBACK (forget), self);
}

/**
 * heddle_tip_told:
 * @self: a tip
 * @shown: whether there was something to tell
 *
 * To be called at the end of the widget's query_tooltip().
 *
 * Returns: @shown
 */
gboolean
heddle_tip_told (HeddleTip *self, gboolean shown)
{
  self->shown = shown;
  return shown;
}

/**
 * heddle_tip_changed:
 * @self: a tip
 *
 * What the chart shows is another thing than before. A tip that is on the screen is asked for again soon, and not in here: this may be called
 * while the chart is drawn.
 */
void
heddle_tip_changed (HeddleTip *self)
{
  if (!self->shown || self->source != 0)
    return;
  self->source = g_timeout_add (ASK_MS, ask, self);
  g_source_set_name_by_id (self->source, "[heddle] tip");
}
