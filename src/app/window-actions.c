/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of the window. A key that belongs to a run is handed to the page that is shown, wherever
 * the focus is. They are bindings of the window, so whatever has the focus is asked first: an entry
 * keeps Space, a search keeps Escape.
 */
#include "config.h"

#include "app/run/stop-dialog.h"
#include "app/window-private.h"

static void
new_tab_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleWindow *self = HEDDLE_WINDOW (widget);

  heddle_window_add_page (self, heddle_run_page_get_workload (heddle_window_get_page (self)));
}

static void
close_tab_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleWindow *self = HEDDLE_WINDOW (widget);

  adw_tab_view_close_page (self->tabs, adw_tab_view_get_selected_page (self->tabs));
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleWindow *self = HEDDLE_WINDOW (widget);

  adw_flap_set_reveal_flap (self->flap, TRUE);
  heddle_catalogue_focus_search (self->catalogue);
}

static void
sidebar_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleWindow *self = HEDDLE_WINDOW (widget);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

/* A run of a page is about to block the window, or has not done so. */
static void
announce_stall_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  heddle_pulse_bar_announce (HEDDLE_WINDOW (widget)->pulse_bar, g_variant_get_boolean (parameter));
}

/* An action of the page that is shown, from the menu or by a key. */
static void
page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleRunPage *page = heddle_window_get_page (HEDDLE_WINDOW (widget));
  g_autofree char *page_name = g_strconcat ("run.", name + strlen ("win."), NULL);

  if (page != NULL)
    gtk_widget_activate_action_variant (GTK_WIDGET (page), page_name, NULL);
}

/*
 * Escape leads out of things, and who presses it once too often must not lose a run by it: out of
 * the catalogue it leads to the page, and in the page it asks.
 */
static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleWindow *self = HEDDLE_WINDOW (widget);
  HeddleRunPage *page = heddle_window_get_page (self);
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  if (adw_flap_get_folded (self->flap) && adw_flap_get_reveal_flap (self->flap))
    {
      adw_flap_set_reveal_flap (self->flap, FALSE);
      return GDK_EVENT_STOP;
    }
  if (page == NULL)
    return GDK_EVENT_PROPAGATE;
  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->catalogue)))
    {
      gtk_widget_grab_focus (GTK_WIDGET (page));
      return GDK_EVENT_STOP;
    }
  if (!heddle_run_page_is_active (page))
    return GDK_EVENT_PROPAGATE;
  heddle_stop_dialog_ask_to_stop (GTK_WINDOW (self), heddle_run_page_get_run (page));
  return GDK_EVENT_STOP;
}

/* GtkWindow binds Space for itself (activate-focus), so a binding beside it would be one of two; a
 * controller comes first. */
static gboolean
key_pressed_cb (HeddleWindow *self, guint keyval, guint keycode, GdkModifierType modifiers)
{
  if ((keyval != GDK_KEY_space && keyval != GDK_KEY_KP_Space)
      || (modifiers & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  return gtk_widget_activate_action (GTK_WIDGET (self), "win.pause", NULL);
}

/**
 * heddle_window_add_keys:
 *
 * Adds what cannot be a binding of the class.
 */
void
heddle_window_add_keys (HeddleWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/**
 * heddle_window_install_actions:
 * @widget_class: the window's class
 */
void
heddle_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.new-tab", NULL, new_tab_action);
  gtk_widget_class_install_action (widget_class, "win.close-tab", NULL, close_tab_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.sidebar", NULL, sidebar_action);
  gtk_widget_class_install_action (widget_class, "win.start", NULL, page_action);
  gtk_widget_class_install_action (widget_class, "win.pause", NULL, page_action);
  gtk_widget_class_install_action (widget_class, "win.about-workload", NULL, page_action);
  gtk_widget_class_install_action (widget_class, "win.copy-command", NULL, page_action);
  gtk_widget_class_install_action (widget_class, "win.announce-stall", "b", announce_stall_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "win.start", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "win.start",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK,
                                       "win.start", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.copy-command", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F1, 0, "win.about-workload", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F9, 0, "win.sidebar", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "win.search",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_t, GDK_CONTROL_MASK, "win.new-tab",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "win.close-tab",
                                       NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
}
