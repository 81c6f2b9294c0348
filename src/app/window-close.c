/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/app-settings.h"
#include "app/run/stop-dialog.h"
#include "app/window-private.h"

/* What the next window begins with. */
static void
save_page (HeddleWindow *self)
{
  HeddleRunPage *page = heddle_window_get_page (self);

  if (page == NULL)
    return;
  g_settings_set_string (heddle_app_settings_get (), "last-workload",
                         heddle_run_page_get_workload (page)->id);
  g_settings_set_string (heddle_app_settings_get (), "tables-page",
                         heddle_run_page_get_table (page));
}

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
  save_page (self);
  heddle_window_withdraw_notifications (self);
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

/* A tab that the user wants to close, on its way from the question to the end of its run. */
typedef struct {
  HeddleWindow *window; /* owned */
  HeddleRunPage *page;  /* owned */
} Closing;

static void
closing_free (gpointer data)
{
  Closing *closing = data;

  g_object_unref (closing->page);
  g_object_unref (closing->window);
  g_free (closing);
}

static Closing *
closing_new (HeddleWindow *window, HeddleRunPage *page)
{
  Closing *closing = g_new0 (Closing, 1);

  closing->window = g_object_ref (window);
  closing->page = g_object_ref (page);
  return closing;
}

static void
page_stopped (gpointer data)
{
  Closing *closing = data;
  HeddleWindow *self = closing->window;

  /* The window may have been closed meanwhile. */
  if (self->tabs == NULL || gtk_widget_get_parent (GTK_WIDGET (closing->page)) == NULL)
    return;
  self->leaving = closing->page;
  adw_tab_view_close_page (self->tabs,
                           adw_tab_view_get_page (self->tabs, GTK_WIDGET (closing->page)));
  self->leaving = NULL;
}

static GPtrArray *
make_list (HeddleRunPage *page)
{
  GPtrArray *runs = g_ptr_array_new ();

  g_ptr_array_add (runs, heddle_run_page_get_run (page));
  return runs;
}

/* Of a page whose run the user has agreed to stop, and waits for. */
#define WAITS "heddle-waits-to-close"

static void
page_close_confirmed (gpointer data)
{
  Closing *closing = data;
  g_autoptr (GPtrArray) runs = make_list (closing->page);

  heddle_stop_dialog_stop_runs (
    GTK_WINDOW (closing->window), runs, g_object_get_data (G_OBJECT (closing->page), WAITS) == NULL,
    page_stopped, closing_new (closing->window, closing->page), closing_free);
  g_object_set_data (G_OBJECT (closing->page), WAITS, closing->page);
}

static void
ask_to_close (HeddleWindow *self, HeddleRunPage *page)
{
  g_autoptr (GPtrArray) runs = make_list (page);

  heddle_stop_dialog_ask_to_close (GTK_WINDOW (self), runs, page_close_confirmed,
                                   closing_new (self, page), closing_free);
}

/**
 * heddle_window_close_page_cb:
 * @tab: the tab that the user wants to close
 *
 * A tab whose run goes on stays until the user has agreed and the run has ended, or until the user
 * does not want to wait for that any more; then it is closed for good by another call. The last tab
 * takes the window with it.
 *
 * Returns: %GDK_EVENT_STOP: it is dealt with
 */
gboolean
heddle_window_close_page_cb (HeddleWindow *self, AdwTabPage *tab)
{
  HeddleRunPage *page = HEDDLE_RUN_PAGE (adw_tab_page_get_child (tab));
  gboolean last = adw_tab_view_get_n_pages (self->tabs) == 1;
  gboolean active = heddle_run_page_is_active (page);

  /* a page may get another run while it waits for its end */
  if (!active)
    g_object_set_data (G_OBJECT (page), WAITS, NULL);
  if (!active && !last && self->leaving != page)
    heddle_run_page_cache_run (page);
  adw_tab_view_close_page_finish (self->tabs, tab, (!active || self->leaving == page) && !last);
  if (last)
    gtk_window_close (GTK_WINDOW (self));
  else if (active && self->leaving != page && g_object_get_data (G_OBJECT (page), WAITS) != NULL)
    page_close_confirmed (&(Closing) { self, page });
  else if (active && self->leaving != page)
    ask_to_close (self, page);
  return GDK_EVENT_STOP;
}
