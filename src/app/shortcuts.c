/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/shortcuts.h"

/**
 * heddle_shortcuts_new:
 *
 * Returns: (transfer full): the list of keys, to be given to a window with gtk_application_window_set_help_overlay()
 */
GtkShortcutsWindow *
heddle_shortcuts_new (void)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/heddle/Heddle/ui/shortcuts.ui");

  return g_object_ref (GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "shortcuts")));
}
