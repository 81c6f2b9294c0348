/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs that end while their window is not in front: the desktop tells of them, with the outcome,
 * where they took long enough for the user to have turned to something else. What it tells is
 * withdrawn as soon as the window is in front again, where the run is seen.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/app-settings.h"
#include "app/run/progress.h"
#include "app/window-private.h"
#include "base/format.h"

#define LONG_NS (10 * HEDDLE_S)

/* Returns: (transfer full): what the desktop calls it; one a run. */
static char *
dup_id (guint number)
{
  return g_strdup_printf ("run-%u", number);
}

/* In front: the window, or a dialog of it. */
static gboolean
is_in_front (HeddleWindow *self)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  gboolean found = FALSE;

  for (guint i = 0; !found && i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (toplevels, i);

      found = gtk_window_is_active (window)
              && (window == GTK_WINDOW (self)
                  || gtk_window_get_transient_for (window) == GTK_WINDOW (self));
    }
  return found;
}

static char *
dup_title (HeddleRunPage *page, const HeddleRunSnapshot *snapshot)
{
  const char *name = _(heddle_run_page_get_workload (page)->name);

  if (snapshot->failed_to_start)
    /* Translators: title of a notification; %s is the name of a workload */
    return g_strdup_printf (_("%s could not be started"), name);
  if (snapshot->halted)
    /* Translators: title of a notification; %s is the name of a workload */
    return g_strdup_printf (_("%s was halted by its policy"), name);
  if (snapshot->cancelled > 0)
    /* Translators: title of a notification; %s is the name of a workload */
    return g_strdup_printf (_("%s was stopped"), name);
  if (snapshot->failed > 0 || snapshot->lost > 0)
    /* Translators: title of a notification; %s is the name of a workload */
    return g_strdup_printf (_("%s has finished with errors"), name);
  /* Translators: title of a notification; %s is the name of a workload */
  return g_strdup_printf (_("%s has finished"), name);
}

static void
tell_desktop (HeddleWindow *self, HeddleRunPage *page)
{
  HeddleRunObject *run = heddle_run_page_get_run (page);
  const HeddleRunSnapshot *snapshot = heddle_run_object_get_snapshot (run);
  guint number = heddle_run_object_get_number (run);
  g_autofree char *id = dup_id (number);
  g_autofree char *title = dup_title (page, snapshot);
  g_autofree char *body =
    heddle_run_progress_describe (snapshot, heddle_run_object_get_planned (run));
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-run", "u", number);
  g_application_send_notification (
    G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))), id, notification);
  g_array_append_val (self->notified, number);
}

/**
 * heddle_window_run_ended_cb:
 * @page: whose run has just ended
 */
void
heddle_window_run_ended_cb (HeddleWindow *self, HeddleRunPage *page)
{
  const HeddleRunSnapshot *snapshot =
    heddle_run_object_get_snapshot (heddle_run_page_get_run (page));

  if (snapshot->elapsed_ns < LONG_NS || self->closing || is_in_front (self)
      || gtk_window_get_application (GTK_WINDOW (self)) == NULL
      || !g_settings_get_boolean (heddle_app_settings_get (), "notify-finished"))
    return;
  tell_desktop (self, page);
}

/**
 * heddle_window_withdraw_notifications:
 *
 * The user looks at the window, or it closes.
 */
void
heddle_window_withdraw_notifications (HeddleWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  for (guint i = 0; application != NULL && i < self->notified->len; i++)
    {
      g_autofree char *id = dup_id (g_array_index (self->notified, guint, i));

      g_application_withdraw_notification (G_APPLICATION (application), id);
    }
  g_array_set_size (self->notified, 0);
}

/**
 * heddle_window_show_run:
 * @number: of a run, as heddle_run_object_get_number() says
 *
 * Brings the tab that shows it to the front of the window.
 *
 * Returns: whether there is one
 */
gboolean
heddle_window_show_run (HeddleWindow *self, guint number)
{
  if (self->tabs == NULL)
    return FALSE;
  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    {
      HeddleRunPage *page = heddle_window_get_nth_page (self, i);

      if (heddle_run_object_get_number (heddle_run_page_get_run (page)) != number)
        continue;
      adw_tab_view_set_selected_page (self->tabs,
                                      adw_tab_view_get_page (self->tabs, GTK_WIDGET (page)));
      return TRUE;
    }
  return FALSE;
}
