/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/app-settings.h"
#include "app/run/page-private.h"
#include "engine/model/backend.h"
#include "engine/model/command.h"

#define MIB (1024 * 1024)
#define NO_FRAME_MS 1000 /* so long no frame came: the window is not on the screen */

/* Tells at the place of the work why it did not start, and what to do. */
static void
say_error (HeddleRunPage *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE))
    text = g_strdup_printf (_("The run was not started: %s. Change the value and try again."),
                            error->message);
  else
    text = g_strdup_printf (_("The run could not be started: %s"), error->message);
  heddle_message_bar_show (self->message, TRUE, text, FALSE);
}

/* Starts what the controls show. */
static void
start_now (HeddleRunPage *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleSettings) settings = NULL;
  g_autoptr (HeddleRunObject) run = NULL;
  HeddleRunOptions options;

  heddle_message_bar_hide (self->message);
  settings = heddle_run_controls_dup_settings (self->controls, &error);
  if (settings == NULL)
    {
      say_error (self, error);
      return;
    }
  heddle_run_controls_get_options (self->controls, &options);
  options.lane_budget =
    (gsize) g_settings_get_uint (heddle_app_settings_get (), "lane-budget") * MIB;
  options.result_budget =
    (gsize) g_settings_get_uint (heddle_app_settings_get (), "result-budget") * MIB;

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

static gboolean
start_blocking (gpointer data)
{
  HeddleRunPage *self = data;

  heddle_run_page_cancel_start (self);
  gdk_display_flush (gtk_widget_get_display (GTK_WIDGET (self)));
  start_now (self);
  self->warned = FALSE;
  return G_SOURCE_REMOVE;
}

/* The frame that says it has been drawn. The loop goes round once more, so that it is also sent. */
static void
painted_cb (GdkFrameClock *clock, HeddleRunPage *self)
{
  g_signal_handlers_disconnect_by_func (clock, painted_cb, self);
  self->frame_clock = NULL;
  g_clear_handle_id (&self->starting, g_source_remove);
  self->starting = g_idle_add (start_blocking, self);
  g_source_set_name_by_id (self->starting, "[heddle] blocking start");
}

/*
 * Says what comes, and starts once that is on the screen: as soon as the run has begun the main
 * loop draws nothing. A window that is not on the screen draws no frames, so it is not waited for
 * for ever.
 */
static void
announce_and_start (HeddleRunPage *self)
{
  self->frame_clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));
  heddle_message_bar_show (
    self->message, FALSE,
    _("The window does not answer until the last task of the run has ended."), FALSE);
  heddle_run_progress_show_text (self->progress, _("The run blocks the window until it ends"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.start", FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.announce-stall", "b", TRUE);
  self->starting = g_timeout_add (NO_FRAME_MS, start_blocking, self);
  g_source_set_name_by_id (self->starting, "[heddle] blocking start");
  if (self->frame_clock == NULL)
    return;
  g_signal_connect_object (self->frame_clock, "after-paint", G_CALLBACK (painted_cb), self, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * heddle_run_page_cancel_start:
 *
 * A run that was going to start as soon as the window has said so does not start.
 */
void
heddle_run_page_cancel_start (HeddleRunPage *self)
{
  if (self->frame_clock != NULL)
    g_signal_handlers_disconnect_by_func (self->frame_clock, painted_cb, self);
  self->frame_clock = NULL;
  g_clear_handle_id (&self->starting, g_source_remove);
}

/**
 * heddle_run_page_start:
 *
 * Starts a new run with what the controls show, unless one is going on. Main loop; does not wait.
 */
void
heddle_run_page_start (HeddleRunPage *self)
{
  g_assert (HEDDLE_IS_RUN_PAGE (self));

  if (heddle_run_page_is_active (self) || self->starting != 0)
    return;
  if (heddle_backend_get_info (heddle_run_controls_get_backend (self->controls))->is_blocking)
    announce_and_start (self);
  else
    start_now (self);
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

/* What is copied is what Start would run now. */
static void
copy_command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleRunPage *self = HEDDLE_RUN_PAGE (widget);
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleSettings) settings = heddle_run_controls_dup_settings (self->controls, &error);
  g_autofree char *command = NULL;
  HeddleRunOptions options;

  if (settings == NULL)
    {
      g_autofree char *text =
        g_strdup_printf (_("There is no command to copy: %s. Change the value and try again."),
                         error->message);

      heddle_message_bar_show (self->message, TRUE, text, FALSE);
      return;
    }
  heddle_run_controls_get_options (self->controls, &options);
  command = heddle_command_dup_run (settings, &options);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), command);
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
  gtk_widget_class_install_action (widget_class, "run.copy-command", NULL, copy_command_action);
  gtk_widget_class_install_property_action (widget_class, "run.about-workload", "about-shown");
}

/**
 * heddle_run_page_update_actions:
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
