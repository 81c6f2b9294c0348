/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Closing what still runs, a tab or a window: ask, stop, and go on once every run has ended. The main loop does not wait
 * for that: the runs' own notifications count down, and a deadline ends it where a task does not listen.
 */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/closer.h"

/* A worker process gets a second before it is killed; this leaves it time enough. */
#define DEADLINE_MS 3000

typedef struct {
  HeddleCloserFunc func;
  gpointer data;
  GDestroyNotify destroy;
  GPtrArray *runs; /* of HeddleRunObject, owned; those that have not ended */
  guint deadline;
} Closer;

static void
closer_free (Closer *self)
{
  g_clear_handle_id (&self->deadline, g_source_remove);
  if (self->runs != NULL)
    for (guint i = 0; i < self->runs->len; i++)
      g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->runs, i), self);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

static void
closer_finish (Closer *self)
{
  self->func (self->data);
  closer_free (self);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, Closer *self)
{
  if (g_str_equal (response, "stop"))
    closer_finish (self);
  else
    closer_free (self);
}

static void
state_cb (HeddleRunObject *run, GParamSpec *pspec, Closer *self)
{
  if (heddle_run_object_is_active (run))
    return;
  g_signal_handlers_disconnect_by_data (run, self);
  g_ptr_array_remove_fast (self->runs, run);
  if (self->runs->len == 0)
    closer_finish (self);
}

static gboolean
deadline_cb (gpointer data)
{
  Closer *self = data;

  g_message ("%u runs did not end in time", self->runs->len);
  self->deadline = 0;
  closer_finish (self);
  return G_SOURCE_REMOVE;
}

static Closer *
closer_new (HeddleCloserFunc func, gpointer data, GDestroyNotify destroy)
{
  Closer *self = g_new0 (Closer, 1);

  self->func = func;
  self->data = data;
  self->destroy = destroy;
  return self;
}

/**
 * heddle_closer_ask:
 * @parent: the window that shall be closed, or lose a tab
 * @n_runs: how many runs that would stop, 1 or more
 * @confirmed: (scope notified): called if the user says yes
 * @data: for @confirmed
 * @destroy: (nullable): for @data, whatever the answer
 *
 * Asks whether to stop the runs.
 */
void
heddle_closer_ask (GtkWindow *parent, guint n_runs, HeddleCloserFunc confirmed, gpointer data, GDestroyNotify destroy)
{
  g_autofree char *heading = NULL;
  GtkWidget *dialog;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (n_runs > 0 && confirmed != NULL);

  heading = n_runs == 1 ? g_strdup (_("Stop the Run and Close?"))
                        : g_strdup_printf (ngettext ("Stop %u Run and Close?", "Stop %u Runs and Close?", n_runs), n_runs);
  dialog = adw_message_dialog_new (parent, heading, _("Tasks that have not ended are cancelled. What has come out so far is lost."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "stop", _("_Stop and Close"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), closer_new (confirmed, data, destroy));
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * heddle_closer_stop:
 * @runs: (element-type HeddleRunObject): runs, ended or not
 * @done: (scope notified): called once: when all have ended, or after three seconds; maybe before this function returns
 * @data: for @done
 * @destroy: (nullable): for @data
 *
 * Stops @runs, worker processes by force if they do not listen.
 */
void
heddle_closer_stop (GPtrArray *runs, HeddleCloserFunc done, gpointer data, GDestroyNotify destroy)
{
  Closer *self;

  g_return_if_fail (runs != NULL && done != NULL);

  self = closer_new (done, data, destroy);
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < runs->len; i++)
    {
      HeddleRunObject *run = g_ptr_array_index (runs, i);

      if (!heddle_run_object_is_active (run))
        continue;
      g_ptr_array_add (self->runs, g_object_ref (run));
      g_signal_connect (run, "notify::state", G_CALLBACK (state_cb), self);
      heddle_run_stop (heddle_run_object_get_run (run), HEDDLE_STOP_KILL);
    }
  if (self->runs->len == 0)
    {
      closer_finish (self);
      return;
    }
  self->deadline = g_timeout_add (DEADLINE_MS, deadline_cb, self);
  g_source_set_name_by_id (self->deadline, "[heddle] deadline of closing");
}
