/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/app-settings.h"
#include "app/run/stop-dialog.h"
#include "app/window-private.h"

static void
save_size (HeddleWindow *self)
{
  int width, height;
  gboolean maximized = gtk_window_is_maximized (GTK_WINDOW (self));

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_boolean (heddle_app_settings_get (), "window-maximized", maximized);
  if (width > 0 && height > 0)
    {
      g_settings_set_int (heddle_app_settings_get (), "window-width", width);
      g_settings_set_int (heddle_app_settings_get (), "window-height", height);
    }
  /* Folded away for want of room is not the user's wish. */
  if (!adw_flap_get_folded (self->flap))
    g_settings_set_boolean (heddle_app_settings_get (), "sidebar-shown",
                            adw_flap_get_reveal_flap (self->flap));
}

static void
all_stopped (gpointer data)
{
  gtk_window_destroy (GTK_WINDOW (data));
}

static GPtrArray *
list_runs (HeddleWindow *self)
{
  GPtrArray *runs = g_ptr_array_new ();

  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    g_ptr_array_add (runs, heddle_run_page_get_run (heddle_window_get_nth_page (self, i)));
  return runs;
}

static void
close_confirmed (gpointer data)
{
  HeddleWindow *self = HEDDLE_WINDOW (data);
  g_autoptr (GPtrArray) runs = NULL;

  if (self->closing || self->tabs == NULL)
    return;
  self->closing = TRUE;
  runs = list_runs (self);
  /* The user is done with it; that the workers take a moment to end need not be watched. */
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  heddle_stop_dialog_stop_runs (NULL, runs, TRUE, all_stopped, g_object_ref (self), g_object_unref);
}

/**
 * heddle_window_close_request:
 * @window: a window that the user wants to close
 *
 * Asks if runs are going on; then stops them, and destroys the window when they have ended. Does
 * not wait.
 *
 * Returns: whether the window stays for now
 */
gboolean
heddle_window_close_request (GtkWindow *window)
{
  HeddleWindow *self = HEDDLE_WINDOW (window);
  guint n_active = heddle_window_count_active (self);
  g_autoptr (GPtrArray) runs = NULL;

  if (self->closing)
    return GDK_EVENT_STOP;
  save_size (self);
  if (n_active == 0)
    return GDK_EVENT_PROPAGATE;
  /* the last tab, whose run the user need not be asked about any more */
  if (self->leaving != NULL && n_active == 1)
    {
      close_confirmed (self);
      return GDK_EVENT_STOP;
    }
  runs = list_runs (self);
  heddle_stop_dialog_ask_to_close (window, runs, close_confirmed, g_object_ref (self),
                                   g_object_unref);
  return GDK_EVENT_STOP;
}
