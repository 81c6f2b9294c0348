/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a screen reader is told of a drop-down.
 *
 * GTK 4.8 gives the name of a GtkDropDown to a widget that never has the focus: a button inside has
 * it, and while the list is open a row of that. Both are nameless. So the button is given the role,
 * and the name and what is chosen as one text, since GTK tells no value of it; the list is given
 * the name; and each row is given its string, when GTK's own factory has bound it.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/widgets/a11y/drop-down.h"

#define NAME "heddle-drop-down-name"

/* A drop-down is a button and a popover. */
static GtkWidget *
get_button (GtkDropDown *drop_down)
{
  return gtk_widget_get_first_child (GTK_WIDGET (drop_down));
}

static GtkWidget *
find_list (GtkWidget *above)
{
  for (GtkWidget *child = gtk_widget_get_first_child (above); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *list = GTK_IS_LIST_VIEW (child) ? child : find_list (child);

      if (list != NULL)
        return list;
    }
  return NULL;
}

static void
tell_chosen (GtkDropDown *drop_down)
{
  const char *name = g_object_get_data (G_OBJECT (drop_down), NAME);
  gpointer item = gtk_drop_down_get_selected_item (drop_down);
  g_autofree char *text = NULL;

  if (item == NULL)
    text = g_strdup (name);
  else
    /* Translators: what a control is called, and what is chosen in it: "Pool: Threads" */
    text = g_strdup_printf (_("%s: %s"), name, gtk_string_object_get_string (item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (get_button (drop_down)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/* After GTK's own factory has shown the string in @item's child, whose parent is the row. */
static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *child = gtk_list_item_get_child (item);
  GtkWidget *row = child != NULL ? gtk_widget_get_parent (child) : NULL;
  gpointer string = gtk_list_item_get_item (item);

  if (row != NULL && GTK_IS_STRING_OBJECT (string))
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    gtk_string_object_get_string (string), -1);
}

/**
 * heddle_drop_down_set_name:
 * @drop_down: one whose model is a #GtkStringList
 * @name: what it is called, translated
 *
 * Has a screen reader say @name and what is chosen, and the strings of the list. May be called
 * again.
 */
void
heddle_drop_down_set_name (GtkDropDown *drop_down, const char *name)
{
  GtkListItemFactory *factory;
  GtkWidget *list;
  gboolean first;

  g_return_if_fail (GTK_IS_DROP_DOWN (drop_down));
  g_return_if_fail (name != NULL);

  factory = gtk_drop_down_get_factory (drop_down);
  list = find_list (GTK_WIDGET (drop_down));
  first = g_object_get_data (G_OBJECT (drop_down), NAME) == NULL;
  g_object_set_data_full (G_OBJECT (drop_down), NAME, g_strdup (name), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  if (first)
    g_object_set (get_button (drop_down), "accessible-role", GTK_ACCESSIBLE_ROLE_COMBO_BOX, NULL);
  if (list != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  tell_chosen (drop_down);
  if (!first)
    return;
  g_signal_connect (drop_down, "notify::selected-item", G_CALLBACK (tell_chosen), NULL);
  if (!GTK_IS_SIGNAL_LIST_ITEM_FACTORY (factory))
    return;
  g_signal_connect_after (factory, "bind", G_CALLBACK (bind_cb), NULL);
  /* what was bound before is bound anew */
  g_object_ref (factory);
  gtk_drop_down_set_factory (drop_down, NULL);
  gtk_drop_down_set_factory (drop_down, factory);
  g_object_unref (factory);
}

/**
 * heddle_drop_down_set_description:
 * @drop_down: a drop-down
 * @description: what more there is to say of it, translated
 */
void
heddle_drop_down_set_description (GtkDropDown *drop_down, const char *description)
{
  g_return_if_fail (GTK_IS_DROP_DOWN (drop_down));
  g_return_if_fail (description != NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (get_button (drop_down)),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}
