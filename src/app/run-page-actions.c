/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/app-settings.h"
#include "app/run-page-private.h"

#define MIB (1024 * 1024)

/* Tells at the place of the work why it did not start, and what to do. */
static void
say_error (HeddleRunPage *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE))
    text = g_strdup_printf (_("The run was not started: %s. Change the value and start again."), error->message);
  else
    text = g_strdup_printf (_("The run could not be started: %s"), error->message);
  heddle_message_bar_say (self->message, TRUE, text, FALSE);
}

/**
 * heddle_run_page_start:
 * @self: a page
 *
 * Starts a new run with what the controls show, unless one is going on. Main loop; does not wait.
 */
void
heddle_run_page_start (HeddleRunPage *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleSettings) settings = NULL;
  g_autoptr (HeddleRunObject) run = NULL;
  HeddleRunOptions options;

  g_assert (HEDDLE_IS_RUN_PAGE (self));

  if (heddle_run_page_is_active (self))
    return;

  heddle_message_bar_hide (self->message);
  settings = heddle_run_controls_dup_settings (self->controls, &error);
  if (settings == NULL)
    {
      say_error (self, error);
      return;
    }
  heddle_run_controls_get_options (self->controls, &options);
  options.lane_budget = (gsize) heddle_app_settings_get_uint ("lane-budget") * MIB;
  options.result_budget = (gsize) heddle_app_settings_get_uint ("result-budget") * MIB;

  run = heddle_run_object_start (settings, &options, &error);
  if (run == NULL)
    {
      say_error (self, error);
      return;
    }
  heddle_run_page_set_run (self, run);
  /* So that Space pauses, rather than that it presses what had the focus. */
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  heddle_run_page_start (HEDDLE_RUN_PAGE (widget));
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleRunPage *self = HEDDLE_RUN_PAGE (widget);
  HeddleRun *run = heddle_run_object_get_run (self->run);

  if (heddle_run_get_state (run) == HEDDLE_RUN_PAUSED)
    heddle_run_resume (run);
  else
    heddle_run_pause (run);
  heddle_run_object_refresh (self->run);
}

static void
stop (HeddleRunPage *self, HeddleStopPolicy policy)
{
  heddle_run_stop (heddle_run_object_get_run (self->run), policy);
  heddle_run_object_refresh (self->run);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  stop (HEDDLE_RUN_PAGE (widget), HEDDLE_STOP_CANCEL);
}

static void
drain_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  stop (HEDDLE_RUN_PAGE (widget), HEDDLE_STOP_DRAIN);
}

static void
about_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  heddle_run_header_show_about (HEDDLE_RUN_PAGE (widget)->header);
}

/**
 * heddle_run_page_install_actions:
 * @widget_class: the page's class
 */
void
heddle_run_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "run.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "run.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "run.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "run.drain", NULL, drain_action);
  gtk_widget_class_install_action (widget_class, "run.about-workload", NULL, about_action);
}

/**
 * heddle_run_page_update_actions:
 * @self: a page
 *
 * Lets the user do what the run's state allows. A run that drains can still be cancelled.
 */
void
heddle_run_page_update_actions (HeddleRunPage *self)
{
  HeddleRunState state = heddle_run_object_get_state (self->run);
  gboolean active = heddle_run_page_is_active (self);
  gboolean going = active && (state == HEDDLE_RUN_RUNNING || state == HEDDLE_RUN_PAUSED);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.start", !active);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.pause", going);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.stop", active);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.drain", going);
}
