/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GtkStack draws one page at a time, but GTK 4.8 tells screen readers of all of them as if they
 * were on the screen: the results while the log is in front, and each at a place where something
 * else is. Here a stack tells them that the pages behind are hidden.
 */
#include "config.h"

#include "app/widgets/a11y/stack-pages.h"

static void
tell (GtkStack *stack)
{
  GtkWidget *front = gtk_stack_get_visible_child (stack);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stack)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_accessible_update_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN,
                                 child != front, -1);
}

/**
 * heddle_stack_pages_track:
 * @stack: a stack without transitions
 *
 * Lets @stack tell screen readers of the page in front only, from now on. Called once. Main loop.
 */
void
heddle_stack_pages_track (GtkStack *stack)
{
  GtkSelectionModel *pages;

  g_return_if_fail (GTK_IS_STACK (stack));

  pages = gtk_stack_get_pages (stack);
  g_signal_connect (stack, "notify::visible-child", G_CALLBACK (tell), NULL);
  g_signal_connect_object (pages, "items-changed", G_CALLBACK (tell), stack, G_CONNECT_SWAPPED);
  /* the stack itself does not keep the list of its pages */
  g_object_set_data_full (G_OBJECT (stack), "heddle-pages", pages, g_object_unref);
  tell (stack);
}
