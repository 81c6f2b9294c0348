/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/tip.h"

#define ASK_MS 200 /* a text that changes faster cannot be read */
#define CHARS 80

static void
forget (HeddleTip *self)
{
  self->shown = FALSE;
  g_clear_handle_id (&self->source, g_source_remove);
}

static void
clear (HeddleTip *self)
{
  forget (self);
  if (self->label != NULL) /* the tip's window may keep it for a while */
    g_signal_handlers_disconnect_by_data (self->label, self);
  g_clear_object (&self->label);
}

static gboolean
ask (gpointer data)
{
  HeddleTip *self = data;
  gboolean shown = FALSE;

  self->source = 0;
  g_signal_emit_by_name (self->widget, "query-tooltip", self->x, self->y, FALSE, NULL, &shown);
  if (shown)
    return G_SOURCE_REMOVE;
  /* there is nothing to tell of any more: now it may go */
  forget (self);
  gtk_widget_trigger_tooltip_query (self->widget);
  return G_SOURCE_REMOVE;
}

/**
 * heddle_tip_init:
 * @self: part of @widget's owner, which it lives as long as
 * @widget: a chart with a tooltip
 */
void
heddle_tip_init (HeddleTip *self, GtkWidget *widget)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  *self = (HeddleTip) { .widget = widget };
  self->label = g_object_ref_sink (
    g_object_new (GTK_TYPE_LABEL, "wrap", TRUE, "max-width-chars", CHARS, "xalign", 0.0f, NULL));
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (forget), self);
  /* the pointer may never have come, where the widget has come below it: then it does not leave */
  g_signal_connect_swapped (self->label, "unmap", G_CALLBACK (forget), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect_swapped (widget, "unmap", G_CALLBACK (forget), self);
  g_signal_connect_swapped (widget, "destroy", G_CALLBACK (clear), self);
}

/**
 * heddle_tip_show:
 * @tooltip: (nullable): as the widget was asked with
 * @x: where
 * @y: where
 * @text: (nullable): what to tell; %NULL: nothing
 * @area: (nullable): what the tip is of, in the widget
 *
 * Returns: what the widget is to answer
 */
gboolean
heddle_tip_show (HeddleTip *self, GtkTooltip *tooltip, int x, int y, const char *text,
                 const GdkRectangle *area)
{
  self->shown = text != NULL && self->label != NULL;
  if (!self->shown)
    return FALSE;
  self->x = x;
  self->y = y;
  gtk_label_set_label (GTK_LABEL (self->label), text);
  if (tooltip == NULL)
    return TRUE;
  gtk_tooltip_set_custom (tooltip, self->label);
  if (area != NULL)
    gtk_tooltip_set_tip_area (tooltip, area);
  return TRUE;
}

/**
 * heddle_tip_changed:
 *
 * What the chart shows is another thing than before. The widget is asked what to tell now, soon and
 * not in here: this may be called while the chart is drawn.
 */
void
heddle_tip_changed (HeddleTip *self)
{
  if (!self->shown || self->source != 0)
    return;
  self->source = g_timeout_add (ASK_MS, ask, self);
  g_source_set_name_by_id (self->source, "[heddle] tip");
}
