/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions before a run is stopped: by Escape, which may be pressed by mistake, or because its
 * tab or window is closed.
 *
 * When the user agrees, the runs are stopped and the caller goes on once all have ended. The main
 * loop does not wait for that: each run notifies of its state, and the last one calls back. Where
 * a task does not react within DEADLINE_MS, the user is asked once more: to wait, which ends by
 * itself when the run does, or to close anyway.
 */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/run/stop-dialog.h"
#include "app/widgets/a11y/accessible.h"

/* A worker process gets a second before it is killed; this leaves it time enough. */
#define DEADLINE_MS 3000

typedef struct {
  HeddleStopDialogFunc func;
  gpointer data;
  GDestroyNotify destroy;
  GPtrArray *runs; /* of HeddleRunObject, owned; those that have not ended */
  guint deadline;
  GtkWindow *parent; /* whom to ask when the time is over, or NULL; weak */
  GtkWidget *dialog; /* the question that is on the screen, or NULL; weak */
} StopDialog;

static void
stop_dialog_free (StopDialog *self)
{
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_weak_pointer (&self->parent);
  if (self->dialog != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->dialog, self);
      gtk_window_destroy (GTK_WINDOW (self->dialog));
      g_clear_weak_pointer (&self->dialog);
    }
  if (self->runs != NULL)
    for (guint i = 0; i < self->runs->len; i++)
      g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->runs, i), self);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

static void
stop_dialog_finish (StopDialog *self)
{
  self->func (self->data);
  stop_dialog_free (self);
}

/* The dialog has been answered and goes by itself. */
static void
forget_dialog (StopDialog *self)
{
  g_signal_handlers_disconnect_by_data (self->dialog, self);
  g_clear_weak_pointer (&self->dialog);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, StopDialog *self)
{
  forget_dialog (self);
  if (g_str_equal (response, "stop"))
    stop_dialog_finish (self);
  else
    stop_dialog_free (self);
}

/* Returns: whether @run has ended, and is no longer among the runs. */
static gboolean
forget_ended (StopDialog *self, HeddleRunObject *run)
{
  if (heddle_run_object_is_active (run))
    return FALSE;
  g_signal_handlers_disconnect_by_data (run, self);
  g_ptr_array_remove_fast (self->runs, run);
  return TRUE;
}

static void
state_cb (HeddleRunObject *run, StopDialog *self)
{
  if (forget_ended (self, run) && self->runs->len == 0)
    stop_dialog_finish (self);
}

/* To wait needs nothing: the runs tell when they have ended. */
static void
late_response_cb (AdwMessageDialog *dialog, const char *response, StopDialog *self)
{
  forget_dialog (self);
  if (g_str_equal (response, "close"))
    stop_dialog_finish (self);
}

/* Shows a question with two answers: @safe is also that of Return and Escape. The texts have
 * mnemonics. */
static void
present (GtkWidget *dialog, const char *safe, const char *safe_text, const char *destructive,
         const char *destructive_text)
{
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_responses (message, safe, safe_text, destructive, destructive_text, NULL);
  adw_message_dialog_set_response_appearance (message, destructive, ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (message, safe);
  adw_message_dialog_set_close_response (message, safe);
  heddle_accessible_drop_mnemonics (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* A thread cannot be ended from outside, and what is a process has been killed by now. */
static void
ask_whether_to_wait (StopDialog *self)
{
  GtkWidget *dialog = adw_message_dialog_new (self->parent, _("A Task Does Not End"), NULL);

  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _("The task was asked to end and goes on. Heddle could kill a process, but cannot end a thread without ending itself.\n\nIf you "
                                 "wait, the tab closes as soon as the task has ended. If you close it now, the thread goes on in the background until it ends by itself or you quit Heddle."));
  g_signal_connect (dialog, "response", G_CALLBACK (late_response_cb), self);
  g_set_weak_pointer (&self->dialog, dialog);
  present (dialog, "wait", _("_Wait"), "close", _("_Close Anyway"));
}

static gboolean
deadline_cb (gpointer data)
{
  StopDialog *self = data;

  g_message ("%u runs did not end in time", self->runs->len);
  self->deadline = 0;
  if (self->parent != NULL)
    ask_whether_to_wait (self);
  else
    stop_dialog_finish (self);
  return G_SOURCE_REMOVE;
}

static StopDialog *
stop_dialog_new (HeddleStopDialogFunc func, gpointer data, GDestroyNotify destroy)
{
  StopDialog *self = g_new0 (StopDialog, 1);

  self->func = func;
  self->data = data;
  self->destroy = destroy;
  return self;
}

/* Takes those of @runs that have not ended, and has their states told. */
static void
stop_dialog_take_active (StopDialog *self, GPtrArray *runs, GCallback state_changed)
{
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < runs->len; i++)
    {
      HeddleRunObject *run = g_ptr_array_index (runs, i);

      if (!heddle_run_object_is_active (run))
        continue;
      g_ptr_array_add (self->runs, g_object_ref (run));
      g_signal_connect (run, "state-changed", state_changed, self);
    }
}

static void
set_heading (StopDialog *self)
{
  guint n_runs = self->runs->len;
  g_autofree char *heading = NULL;

  if (n_runs == 1)
    heading = g_strdup (_("Stop the Run and Close?"));
  else
    heading = g_strdup_printf (ngettext ("Stop %u Run and Close?", "Stop %u Runs and Close?",
                                         n_runs), n_runs);
  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (self->dialog), heading);
}

/*
 * The question is of the runs that go on; without one it goes, unanswered. Nothing is closed: the
 * user has not said so, and may want to see what the runs came to.
 */
static void
asked_state_cb (HeddleRunObject *run, StopDialog *self)
{
  if (!forget_ended (self, run))
    return;
  if (self->runs->len > 0)
    set_heading (self);
  else
    stop_dialog_free (self);
}

/* Its window has gone, by whatever way. */
static void
asked_destroy_cb (GtkWidget *dialog, StopDialog *self)
{
  forget_dialog (self);
  stop_dialog_free (self);
}

/**
 * heddle_stop_dialog_ask_to_close:
 * @parent: the window that shall be closed, or lose a tab
 * @runs: (element-type HeddleRunObject): runs of which one or more have not ended, which closing
 * would stop
 * @confirmed: (scope notified): called if the user says yes
 * @data: for @confirmed
 * @destroy: (nullable): for @data, whatever the answer
 *
 * Asks whether to stop the runs. The question goes with the last of them.
 */
void
heddle_stop_dialog_ask_to_close (GtkWindow *parent, GPtrArray *runs, HeddleStopDialogFunc confirmed,
                                 gpointer data, GDestroyNotify destroy)
{
  StopDialog *self;
  GtkWidget *dialog;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (runs != NULL && confirmed != NULL);

  self = stop_dialog_new (confirmed, data, destroy);
  stop_dialog_take_active (self, runs, G_CALLBACK (asked_state_cb));
  g_return_if_fail (self->runs->len > 0);
  dialog = adw_message_dialog_new (parent, NULL,
                                   _("Unfinished tasks will be cancelled, and all results will be lost."));
  g_set_weak_pointer (&self->dialog, dialog);
  set_heading (self);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), self);
  g_signal_connect (dialog, "destroy", G_CALLBACK (asked_destroy_cb), self);
  present (dialog, "cancel", _("_Cancel"), "stop", _("_Stop and Close"));
}

/* The question is no longer one. */
static void
ended_cb (HeddleRunObject *run, GtkWindow *dialog)
{
  if (!heddle_run_object_is_active (run))
    gtk_window_destroy (dialog);
}

static void
stop_response_cb (AdwMessageDialog *dialog, const char *response, HeddleRunObject *run)
{
  g_signal_handlers_disconnect_by_func (run, ended_cb, dialog);
  if (!g_str_equal (response, "stop") || !heddle_run_object_is_active (run))
    return;
  heddle_run_stop (heddle_run_object_get_run (run), HEDDLE_STOP_CANCEL);
  heddle_run_object_refresh (run);
}

/**
 * heddle_stop_dialog_ask_to_stop:
 * @parent: the window that shows the run
 * @run: a run that is going on
 *
 * Asks whether to stop the run, and does it if the user says yes. When the run ends by itself
 * meanwhile, the question goes.
 */
void
heddle_stop_dialog_ask_to_stop (GtkWindow *parent, HeddleRunObject *run)
{
  GtkWidget *dialog;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (HEDDLE_IS_RUN_OBJECT (run) && heddle_run_object_is_active (run));

  dialog = adw_message_dialog_new (parent, _("Stop the Run?"),
                                   _("Unfinished tasks will be cancelled. The results so far are kept."));
  g_signal_connect_object (dialog, "response", G_CALLBACK (stop_response_cb), run, 0);
  g_signal_connect_object (run, "state-changed", G_CALLBACK (ended_cb), dialog, 0);
  present (dialog, "cancel", _("_Keep Running"), "stop", _("_Stop"));
}

/**
 * heddle_stop_dialog_stop_runs:
 * @parent: (nullable): the window that asks the user, once, what to do where a run has not ended in
 * time; %NULL: @done is called then
 * @runs: (element-type HeddleRunObject): runs, ended or not
 * @patient: whether there are three seconds to end in; else they have been asked before
 * @done: (scope notified): called once: when all have ended, or need not be waited for; maybe
 * before this function returns
 * @data: for @done
 * @destroy: (nullable): for @data
 *
 * Stops @runs, worker processes by force if they do not listen.
 */
void
heddle_stop_dialog_stop_runs (GtkWindow *parent, GPtrArray *runs, gboolean patient,
                              HeddleStopDialogFunc done, gpointer data, GDestroyNotify destroy)
{
  StopDialog *self;

  g_return_if_fail (runs != NULL && done != NULL);

  self = stop_dialog_new (done, data, destroy);
  stop_dialog_take_active (self, runs, G_CALLBACK (state_cb));
  for (guint i = 0; i < self->runs->len; i++)
    heddle_run_stop (heddle_run_object_get_run (g_ptr_array_index (self->runs, i)),
                     HEDDLE_STOP_KILL);
  if (self->runs->len == 0)
    {
      stop_dialog_finish (self);
      return;
    }
  g_set_weak_pointer (&self->parent, parent);
  self->deadline = g_timeout_add (patient ? DEADLINE_MS : 0, deadline_cb, self);
  g_source_set_name_by_id (self->deadline, "[heddle] deadline of closing");
}
