/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a screen reader is told of the tabs above the pages.
 *
 * libadwaita 1.2 gives the keyboard to a frame around each tab that has neither role nor name nor
 * the state of being selected. They are given to it here. Frames and tabs are found by walking
 * through the bar, since libadwaita does not hand them out; where another version is built in
 * another way, nothing is found.
 */
#include "config.h"

#include "app/widgets/a11y/tab-names.h"

#define WAITING "heddle-tab-names"

/* Buttons by their tips, which are then not told once more; and the pictures, in buttons and
 * elsewhere, not at all: they say what is told otherwise. */
static void
name_parts (GtkWidget *above)
{
  for (GtkWidget *child = gtk_widget_get_first_child (above); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_IMAGE (child))
        gtk_accessible_update_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
      else if (GTK_IS_BUTTON (child) && gtk_widget_get_tooltip_text (child) != NULL)
        gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                        gtk_widget_get_tooltip_text (child),
                                        GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "", -1);
      name_parts (child);
    }
}

static void
name_tab (GtkWidget *tab)
{
  GtkWidget *frame = gtk_widget_get_parent (tab);
  g_autoptr (AdwTabPage) page = NULL;

  g_object_get (tab, "page", &page, NULL);
  if (page == NULL)
    return;
  if (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (frame)) != GTK_ACCESSIBLE_ROLE_TAB)
    g_object_set (frame, "accessible-role", GTK_ACCESSIBLE_ROLE_TAB, NULL);
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL, adw_tab_page_get_title (page),
    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, adw_tab_page_get_indicator_tooltip (page), -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_STATE_SELECTED,
                               adw_tab_page_get_selected (page), -1);
  name_parts (tab);
}

static void
walk (GtkWidget *above)
{
  for (GtkWidget *child = gtk_widget_get_first_child (above); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (g_str_equal (G_OBJECT_TYPE_NAME (child), "AdwTab")
        && g_object_class_find_property (G_OBJECT_GET_CLASS (child), "page") != NULL)
      name_tab (child);
    else
      walk (child);
}

static gboolean
update_cb (gpointer data)
{
  g_object_set_data (data, WAITING, NULL);
  walk (data);
  return G_SOURCE_REMOVE;
}

/**
 * heddle_tab_names_update:
 * @bar: the tabs of a window
 *
 * A tab has come or gone, has another title, or another one is shown. Main loop; the names follow
 * in an idle moment, when the bar has its tabs.
 */
void
heddle_tab_names_update (AdwTabBar *bar)
{
  guint source;

  g_return_if_fail (ADW_IS_TAB_BAR (bar));

  if (g_object_get_data (G_OBJECT (bar), WAITING) != NULL)
    return;
  source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, update_cb, g_object_ref (bar), g_object_unref);
  g_source_set_name_by_id (source, "[heddle] names of tabs");
  g_object_set_data (G_OBJECT (bar), WAITING, GUINT_TO_POINTER (source));
}
