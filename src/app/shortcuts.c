/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/shortcuts.h"

/**
 * heddle_shortcuts_add:
 * @window: a window, with which the list goes
 *
 * Gives @window the list of keys; the action win.show-help-overlay shows it.
 */
void
heddle_shortcuts_add (GtkApplicationWindow *window)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/heddle/Heddle/ui/shortcuts.ui");

  gtk_application_window_set_help_overlay (window, GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "shortcuts")));
}
