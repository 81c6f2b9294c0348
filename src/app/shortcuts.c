/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/shortcuts.h"
#include "app/widgets/a11y/accessible.h"

/*
 * GTK writes keys as they are called in its tables, "Page_Down", and names the buttons below that
 * lead to the pages "_1", "_2". It makes both when the window is shown for the first time.
 */
static void
name_parts (GtkWidget *above)
{
  for (GtkWidget *child = gtk_widget_get_first_child (above); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LABEL (child) && g_str_has_prefix (gtk_label_get_label (GTK_LABEL (child)), "Page_"))
      {
        g_autofree char *text =
          g_strdelimit (g_strdup (gtk_label_get_label (GTK_LABEL (child))), "_", ' ');

        gtk_label_set_label (GTK_LABEL (child), text);
      }
    else if (GTK_IS_STACK_SWITCHER (gtk_widget_get_parent (child)) && GTK_IS_TOGGLE_BUTTON (child))
      {
        GtkWidget *label = gtk_button_get_child (GTK_BUTTON (child));
        g_autofree char *name = NULL;

        if (!GTK_IS_LABEL (label))
          continue;
        /* Translators: %s is the number of a page of the list of keys */
        name = g_strdup_printf (_("Page %s"), gtk_label_get_text (GTK_LABEL (label)));
        heddle_accessible_set_name (child, name);
      }
    else
      name_parts (child);
}

/**
 * heddle_shortcuts_add:
 * @window: a window, with which the list goes
 *
 * Gives @window the list of keys; the action win.show-help-overlay shows it.
 */
void
heddle_shortcuts_add (GtkApplicationWindow *window)
{
  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_resource ("/org/heddle/Heddle/ui/shortcuts.ui");
  GObject *list = gtk_builder_get_object (builder, "shortcuts");

  gtk_application_window_set_help_overlay (window, GTK_SHORTCUTS_WINDOW (list));
  g_signal_connect_after (list, "map", G_CALLBACK (name_parts), NULL);
}
