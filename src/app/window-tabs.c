/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/app-settings.h"
#include "app/widgets/a11y/tab-names.h"
#include "app/window-private.h"

static AdwTabPage *
get_tab (HeddleWindow *self, HeddleRunPage *page)
{
  return adw_tab_view_get_page (self->tabs, GTK_WIDGET (page));
}

/* On a tab: the workload that its number is for, and the number. Both stay for as long as the tab
 * offers that workload. */
#define NUMBERED "heddle-numbered"
#define NUMBER "heddle-number"

static gboolean
is_taken (HeddleWindow *self, const HeddleWorkload *workload, guint number)
{
  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    {
      GObject *tab = G_OBJECT (adw_tab_view_get_nth_page (self->tabs, i));

      if (g_object_get_data (tab, NUMBERED) == workload
          && GPOINTER_TO_UINT (g_object_get_data (tab, NUMBER)) == number)
        return TRUE;
    }
  return FALSE;
}

/* Returns: (transfer full): the name of the workload; where other tabs have it, too, with a number
 * that no other has. */
static char *
dup_title (HeddleWindow *self, AdwTabPage *tab, const HeddleWorkload *workload)
{
  guint number = 1;

  if (g_object_get_data (G_OBJECT (tab), NUMBERED) != workload)
    {
      g_object_set_data (G_OBJECT (tab), NUMBERED, NULL);
      while (is_taken (self, workload, number))
        number++;
      g_object_set_data (G_OBJECT (tab), NUMBERED, (gpointer) workload);
      g_object_set_data (G_OBJECT (tab), NUMBER, GUINT_TO_POINTER (number));
    }
  number = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (tab), NUMBER));
  /* Translators: title of a tab: name of a workload, and which of the tabs of that workload it
   * is */
  return number > 1 ? g_strdup_printf (_("%s (%u)"), _(workload->name), number)
                    : g_strdup (_(workload->name));
}

/* A symbol rather than a spinner: it says the same, and nothing has to be drawn anew for it. */
static void
update_tab (HeddleWindow *self, HeddleRunPage *page)
{
  AdwTabPage *tab = get_tab (self, page);
  HeddleRunState state = heddle_run_object_get_state (heddle_run_page_get_run (page));
  gboolean active = heddle_run_page_is_active (page);
  g_autofree char *title = dup_title (self, tab, heddle_run_page_get_workload (page));
  const char *name = heddle_run_page_get_state_name (page);
  const char *icon_name = "media-playback-start-symbolic";
  g_autoptr (GIcon) icon = NULL;

  if (state == HEDDLE_RUN_PAUSED)
    icon_name = "media-playback-pause-symbolic";
  else if (state == HEDDLE_RUN_STOPPING)
    icon_name = "media-playback-stop-symbolic";
  icon = active ? g_themed_icon_new (icon_name) : NULL;
  adw_tab_page_set_title (tab, title);
  adw_tab_page_set_indicator_icon (tab, icon);
  adw_tab_page_set_indicator_tooltip (tab, name);
  adw_tab_page_set_needs_attention (
    tab, state == HEDDLE_RUN_FINISHED && !adw_tab_page_get_selected (tab));
  heddle_tab_names_update (self->tab_bar);
}

/* Lets the user do what the page that is shown allows. */
static void
update_actions (HeddleWindow *self)
{
  HeddleRunPage *page = heddle_window_get_page (self);
  HeddleRunState state = heddle_run_object_get_state (heddle_run_page_get_run (page));
  gboolean active = heddle_run_page_is_active (page);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.start", !active);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.pause",
                                 active
                                   && (state == HEDDLE_RUN_RUNNING || state == HEDDLE_RUN_PAUSED));
}

/* Makes title, catalogue and actions follow the page that is shown. */
static void
sync_with_page (HeddleWindow *self)
{
  HeddleRunPage *page = heddle_window_get_page (self);
  guint n_active;
  g_autofree char *subtitle = NULL;

  if (page == NULL)
    return;
  n_active = heddle_window_count_active (self);
  if (n_active > 0)
    subtitle =
      g_strdup_printf (ngettext ("%u run in progress", "%u runs in progress", n_active), n_active);
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle : "");
  adw_tab_page_set_needs_attention (get_tab (self, page), FALSE);
  heddle_catalogue_select (self->catalogue, heddle_run_page_get_workload (page));
  update_actions (self);
  heddle_tab_names_update (self->tab_bar);
}

static void
page_changed_cb (HeddleWindow *self, HeddleRunPage *page)
{
  if (self->tabs == NULL)
    return;
  update_tab (self, page);
  sync_with_page (self);
}

/**
 * heddle_window_selected_cb:
 * @self: a window, another tab of which is shown
 *
 * The keyboard goes with the page, unless it is elsewhere in the window, as on the tabs themselves.
 */
void
heddle_window_selected_cb (HeddleWindow *self)
{
  HeddleRunPage *page = heddle_window_get_page (self);
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  sync_with_page (self);
  if (page == NULL || (focus != NULL && !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->tabs))))
    return;
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (page)))
    gtk_widget_grab_focus (GTK_WIDGET (page));
}

/**
 * heddle_window_get_page:
 *
 * Returns: (transfer none) (nullable): the page that is shown
 */
HeddleRunPage *
heddle_window_get_page (HeddleWindow *self)
{
  AdwTabPage *tab = self->tabs != NULL ? adw_tab_view_get_selected_page (self->tabs) : NULL;

  return tab != NULL ? HEDDLE_RUN_PAGE (adw_tab_page_get_child (tab)) : NULL;
}

/**
 * heddle_window_get_nth_page:
 * @n: less than the number of tabs
 *
 * Returns: (transfer none): that page
 */
HeddleRunPage *
heddle_window_get_nth_page (HeddleWindow *self, guint n)
{
  return HEDDLE_RUN_PAGE (adw_tab_page_get_child (adw_tab_view_get_nth_page (self->tabs, n)));
}

/**
 * heddle_window_count_active:
 *
 * Returns: in how many tabs a run is going on
 */
guint
heddle_window_count_active (HeddleWindow *self)
{
  guint n_active = 0;

  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    if (heddle_run_page_is_active (heddle_window_get_nth_page (self, i)))
      n_active++;
  return n_active;
}

/**
 * heddle_window_add_page:
 * @workload: what the page offers to run
 *
 * Returns: (transfer none): a new page, in a tab of its own that is shown
 */
HeddleRunPage *
heddle_window_add_page (HeddleWindow *self, const HeddleWorkload *workload)
{
  HeddleRunPage *page = HEDDLE_RUN_PAGE (heddle_run_page_new (workload, self->cache));
  AdwTabPage *tab = adw_tab_view_append (self->tabs, GTK_WIDGET (page));

  g_signal_connect_object (page, "changed", G_CALLBACK (page_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "run-ended", G_CALLBACK (heddle_window_run_ended_cb), self,
                           G_CONNECT_SWAPPED);
  adw_tab_view_set_selected_page (self->tabs, tab);
  /* Neither the search nor the first button of the page: keys such as Space are then the run's. */
  gtk_widget_grab_focus (GTK_WIDGET (page));
  update_tab (self, page);
  sync_with_page (self);
  return page;
}

/* Whether @page is the one to show rather than @other: where its run goes on, else where it is in
 * front, else where its run was started later. */
static gboolean
is_better (HeddleWindow *self, HeddleRunPage *page, HeddleRunPage *other)
{
  HeddleRunPage *shown = heddle_window_get_page (self);

  if (other == NULL)
    return TRUE;
  if (heddle_run_page_is_active (page) != heddle_run_page_is_active (other))
    return heddle_run_page_is_active (page);
  if (page == shown || other == shown)
    return page == shown;
  return heddle_run_object_is_newer (heddle_run_page_get_run (page),
                                     heddle_run_page_get_run (other));
}

/* Whether its Start was pressed. */
static gboolean
has_run (HeddleRunPage *page)
{
  return heddle_run_object_get_run (heddle_run_page_get_run (page)) != NULL;
}

/* The tab in which the user looks for the run of @workload, or NULL. */
static HeddleRunPage *
find_run (HeddleWindow *self, const HeddleWorkload *workload)
{
  HeddleRunPage *found = NULL;

  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    {
      HeddleRunPage *page = heddle_window_get_nth_page (self, i);

      if (heddle_run_page_get_workload (page) == workload && has_run (page)
          && is_better (self, page, found))
        found = page;
    }
  return found;
}

/* A tab that offers @workload and has shown no run of it, or NULL. */
static HeddleRunPage *
find_unused (HeddleWindow *self, const HeddleWorkload *workload)
{
  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    {
      HeddleRunPage *page = heddle_window_get_nth_page (self, i);

      if (heddle_run_page_get_workload (page) == workload && !has_run (page))
        return page;
    }
  return NULL;
}

/**
 * heddle_window_show_workload_here:
 * @workload: what the user wants to run
 *
 * Shows @workload in the tab in front, with its last run unless another tab shows that; the run
 * that was shown is kept and comes back with its workload. A run that goes on there must neither
 * end nor be hidden, so @workload gets another tab then.
 *
 * Returns: (transfer none): its page, without an active run
 */
HeddleRunPage *
heddle_window_show_workload_here (HeddleWindow *self, const HeddleWorkload *workload)
{
  HeddleRunPage *page = heddle_window_get_page (self);

  g_settings_set_string (heddle_app_settings_get (), "last-workload", workload->id);
  if (heddle_run_page_is_active (page) && (page = find_unused (self, workload)) == NULL)
    return heddle_window_add_page (self, workload);
  heddle_run_page_set_workload (page, workload);
  adw_tab_view_set_selected_page (self->tabs, get_tab (self, page));
  return page;
}

/**
 * heddle_window_show_workload:
 * @workload: what the user has chosen
 *
 * Shows the run of @workload where it is: in its tab, first of all if it goes on there. Where no
 * tab has one, and where a later one is in the cache, heddle_window_show_workload_here() is what
 * happens. Another run beside one that goes on begins with a new tab.
 *
 * Returns: (transfer none): the page of @workload
 */
HeddleRunPage *
heddle_window_show_workload (HeddleWindow *self, const HeddleWorkload *workload)
{
  HeddleRunPage *page = find_run (self, workload);
  HeddleRunObject *kept = heddle_run_cache_peek (self->cache, workload);

  if (page == NULL
      || (kept != NULL && page != heddle_window_get_page (self) && !heddle_run_page_is_active (page)
          && heddle_run_object_is_newer (kept, heddle_run_page_get_run (page))))
    return heddle_window_show_workload_here (self, workload);
  g_settings_set_string (heddle_app_settings_get (), "last-workload", workload->id);
  adw_tab_view_set_selected_page (self->tabs, get_tab (self, page));
  return page;
}
