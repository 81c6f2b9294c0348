/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A popover is a child of the widget that opens it. So GTK shows the tip of a menu button also
 * while the pointer is on its open menu, and shows it where the menu's first item is. Here every
 * kind of widget that opens a popover shows no tip while the popover is open.
 */
#include "config.h"

#include "app/run/settings/param-row.h"
#include "app/tips.h"
#include "app/widgets/labelled-control.h"

static gboolean
has_open_popover (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child) ? gtk_widget_get_visible (child) : has_open_popover (child))
      return TRUE;
  return FALSE;
}

static gboolean
query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gboolean shown = FALSE;

  if (has_open_popover (widget))
    return FALSE;
  g_signal_chain_from_overridden_handler (widget, x, y, keyboard, tooltip, &shown);
  return shown;
}

/**
 * heddle_tips_init:
 *
 * Called once, before the first window is made. Main loop.
 */
void
heddle_tips_init (void)
{
  const GType types[] = { GTK_TYPE_MENU_BUTTON, GTK_TYPE_DROP_DOWN, GTK_TYPE_ENTRY,
                          HEDDLE_TYPE_LABELLED_CONTROL, HEDDLE_TYPE_PARAM_ROW };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_type_class_unref (g_type_class_ref (types[i])); /* signals come with their class */
      g_signal_override_class_handler ("query-tooltip", types[i], G_CALLBACK (query_tooltip));
    }
}
