/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/app-settings.h"
#include "app/shortcuts.h"
#include "app/widgets/a11y/stack-pages.h"
#include "app/widgets/cached-bin.h"
#include "app/window-private.h"
#include "workloads/list.h"

/* The catalogue folds away where less than this would be left for the page. */
#define CONTENT_WIDTH 620

#define MIB (1024 * 1024)

G_DEFINE_FINAL_TYPE (HeddleWindow, heddle_window, ADW_TYPE_APPLICATION_WINDOW)

static void
chosen_cb (HeddleWindow *self, const HeddleWorkload *workload)
{
  heddle_window_show_workload (self, workload);
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
  /* What was chosen is the next thing to be used: Space there must not press the catalogue's
   * row. */
  gtk_widget_grab_focus (GTK_WIDGET (heddle_window_get_page (self)));
}

/* The flap folds by its content's natural width: the page's own would be that of its widest
 * table. */
static void
measure_content (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                 int *natural, int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, CONTENT_WIDTH);
}

static void
allocate_content (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (gtk_widget_get_first_child (widget), width, height, baseline, NULL);
}

static GtkSizeRequestMode
content_request_mode (GtkWidget *widget)
{
  return gtk_widget_get_request_mode (gtk_widget_get_first_child (widget));
}

static void
restore_size (HeddleWindow *self)
{
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (heddle_app_settings_get (), "window-width"),
                               g_settings_get_int (heddle_app_settings_get (), "window-height"));
  if (g_settings_get_boolean (heddle_app_settings_get (), "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  adw_flap_set_reveal_flap (self->flap,
                            g_settings_get_boolean (heddle_app_settings_get (), "sidebar-shown"));
}

/*
 * The pulse starts to count with the first frame of the first window: what building it took was no
 * stall of a window, since there was none yet.
 */
static void
first_frame_cb (GdkFrameClock *clock, HeddleWindow *self)
{
  HeddleApplication *application =
    HEDDLE_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));

  g_signal_handlers_disconnect_by_func (clock, first_frame_cb, self);
  if (application != NULL
      && g_list_length (gtk_application_get_windows (GTK_APPLICATION (application))) == 1)
    heddle_pulse_reset (heddle_application_get_pulse (application));
}

static void
heddle_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (heddle_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_widget_get_frame_clock (widget), "after-paint",
                           G_CALLBACK (first_frame_cb), widget, 0);
}

static void
heddle_window_dispose (GObject *object)
{
  HeddleWindow *self = HEDDLE_WINDOW (object);

  /* The children are disposed of before the window is: handlers of their signals would ask children
   * that are half gone. */
  if (self->tabs != NULL)
    g_signal_handlers_disconnect_by_data (self->tabs, self);
  self->tabs = NULL;
  g_clear_object (&self->cache);
  g_clear_pointer (&self->notified, g_array_unref);

  G_OBJECT_CLASS (heddle_window_parent_class)->dispose (object);
}

static void
heddle_window_class_init (HeddleWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_window_dispose;
  widget_class->realize = heddle_window_realize;
  GTK_WINDOW_CLASS (klass)->close_request = heddle_window_close_request;

  g_type_ensure (HEDDLE_TYPE_CATALOGUE);
  g_type_ensure (HEDDLE_TYPE_PULSE_BAR);
  g_type_ensure (HEDDLE_TYPE_CACHED_BIN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/heddle/Heddle/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleWindow, title);
  gtk_widget_class_bind_template_child (widget_class, HeddleWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, HeddleWindow, content);
  gtk_widget_class_bind_template_child (widget_class, HeddleWindow, catalogue);
  gtk_widget_class_bind_template_child (widget_class, HeddleWindow, tabs);
  gtk_widget_class_bind_template_child (widget_class, HeddleWindow, tab_bar);
  gtk_widget_class_bind_template_child (widget_class, HeddleWindow, pulse_bar);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, heddle_window_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, heddle_window_close_page_cb);
  heddle_window_install_actions (widget_class);
}

/* The tab view keeps its pages in a stack; screen readers are to find the one in front only. */
static void
tell_tabs_behind (HeddleWindow *self)
{
  GtkWidget *stack = gtk_widget_get_first_child (GTK_WIDGET (self->tabs));

  if (GTK_IS_STACK (stack))
    heddle_stack_pages_track (GTK_STACK (stack));
}

/* AdwFlap does not draw a catalogue that is folded away, but screen readers would still find it. */
static void
tell_sidebar (AdwFlap *flap)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (adw_flap_get_flap (flap)),
                               GTK_ACCESSIBLE_STATE_HIDDEN, !adw_flap_get_reveal_flap (flap), -1);
}

static void
active_cb (HeddleWindow *self)
{
  if (gtk_window_is_active (GTK_WINDOW (self)) && self->notified != NULL)
    heddle_window_withdraw_notifications (self);
}

static void
heddle_window_init (HeddleWindow *self)
{
  self->notified = g_array_new (FALSE, FALSE, sizeof (guint));
  self->cache =
    heddle_run_cache_new (((gsize) g_settings_get_uint (heddle_app_settings_get (), "lane-budget")
                           + g_settings_get_uint (heddle_app_settings_get (), "result-budget"))
                          * MIB);
  gtk_widget_init_template (GTK_WIDGET (self));
  tell_tabs_behind (self);
  g_signal_connect (self->flap, "notify::reveal-flap", G_CALLBACK (tell_sidebar), NULL);
  tell_sidebar (self->flap);
  gtk_widget_set_layout_manager (
    self->content, gtk_custom_layout_new (content_request_mode, measure_content, allocate_content));
  heddle_shortcuts_add (GTK_APPLICATION_WINDOW (self));
  heddle_window_add_keys (self);
  heddle_window_add_drop (self);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (active_cb), NULL);
  restore_size (self);
}

/**
 * heddle_window_new:
 * @application: the application
 *
 * Returns: (transfer none): a window with one page, of the workload that was looked at last, with
 * the table that was
 */
HeddleWindow *
heddle_window_new (HeddleApplication *application)
{
  HeddleWindow *self;
  g_autofree char *id = g_settings_get_string (heddle_app_settings_get (), "last-workload");
  g_autofree char *table = g_settings_get_string (heddle_app_settings_get (), "tables-page");
  const HeddleWorkload *workload = heddle_workloads_find (id);

  g_return_val_if_fail (HEDDLE_IS_APPLICATION (application), NULL);

  if (workload == NULL)
    workload = heddle_workloads_get_all (NULL)[0];
  self = g_object_new (HEDDLE_TYPE_WINDOW, "application", application, NULL);
  heddle_pulse_bar_set_pulse (self->pulse_bar, heddle_application_get_pulse (application));
  heddle_run_page_set_table (heddle_window_add_page (self, workload), table);
  return self;
}

/* Whether it is about a run to come, rather than about a workload to look at. */
static gboolean
asks_for_run (const HeddleLaunch *launch)
{
  return launch->start || launch->named->len > 0 || launch->has_backend || launch->workers > 0
         || launch->queue > 0;
}

/**
 * heddle_window_launch:
 * @launch: what the command line asks for
 *
 * Does as it asks, in the tab that is shown unless a run is going on there. Who only names a
 * workload wants to see it where it is.
 */
void
heddle_window_launch (HeddleWindow *self, const HeddleLaunch *launch)
{
  HeddleRunPage *page;

  g_return_if_fail (HEDDLE_IS_WINDOW (self));
  g_return_if_fail (launch != NULL);

  page = heddle_window_get_page (self);
  if (launch->settings != NULL)
    {
      const HeddleWorkload *workload = heddle_settings_get_workload (launch->settings);

      page = asks_for_run (launch) ? heddle_window_show_workload_here (self, workload)
                                   : heddle_window_show_workload (self, workload);
    }
  else if (launch->start && heddle_run_page_is_active (page))
    page = heddle_window_add_page (self, heddle_run_page_get_workload (page));
  if (!heddle_run_page_is_active (page))
    heddle_run_page_launch (page, launch);
}

/**
 * heddle_window_is_closing:
 *
 * Returns: whether it is only there until its runs have ended
 */
gboolean
heddle_window_is_closing (HeddleWindow *self)
{
  g_return_val_if_fail (HEDDLE_IS_WINDOW (self), FALSE);

  return self->closing;
}
