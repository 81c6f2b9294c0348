/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files are written by threads, so that the window goes on whatever the disk does; how it went is
 * said where the user has asked for it. One at a time. */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/tables/save-bar.h"
#include "app/widgets/a11y/accessible.h"

#define DONE_S 8 /* for which a success is told */

/* What is to be written, from the question for its place on. */
typedef struct {
  HeddleSaveWrite write;
  gpointer data; /* owned */
  GDestroyNotify data_free;
  char *path;    /* owned: NULL while it is asked for */
} Job;

struct _HeddleSaveBar {
  HeddleContainer parent_instance;

  GtkWidget *text;   /* child */
  GtkWidget *button; /* child: Cancel, or Close */

  GCancellable *cancellable; /* owned: of what is being written; NULL: nothing is */
  guint done;                /* source that hides a success; 0: none */
};

G_DEFINE_FINAL_TYPE (HeddleSaveBar, heddle_save_bar, HEDDLE_TYPE_CONTAINER)

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->data_free != NULL)
    job->data_free (job->data);
  g_free (job->path);
  g_free (job);
}

static void
say (HeddleSaveBar *self, const char *text, gboolean is_error)
{
  g_clear_handle_id (&self->done, g_source_remove);
  gtk_label_set_label (GTK_LABEL (self->text), text);
  if (is_error)
    gtk_widget_add_css_class (self->text, "error");
  else
    gtk_widget_remove_css_class (self->text, "error");
  gtk_button_set_label (GTK_BUTTON (self->button),
                        self->cancellable != NULL ? _("Cancel") : _("Close"));
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static gboolean
hide (gpointer data)
{
  HeddleSaveBar *self = data;

  self->done = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_clicked (HeddleSaveBar *self)
{
  g_clear_handle_id (&self->done, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
write_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;

  if (job->write (job->data, job->path, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  HeddleSaveBar *self = HEDDLE_SAVE_BAR (source);
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_filename_display_name (job->path);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_clear_object (&self->cancellable);
  if (self->text == NULL) /* the tab was closed meanwhile */
    return;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      /* Translators: the name of a file */
      text = g_strdup_printf (_("Saved as %s"), name);
      say (self, text, FALSE);
      self->done = g_timeout_add_seconds (DONE_S, hide, self);
      g_source_set_name_by_id (self->done, "[heddle] saved");
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    hide (self);
  else
    say (self, error->message, TRUE);
}

static void
on_chosen (HeddleSaveBar *self, int response, GtkNativeDialog *chooser)
{
  GTask *task = g_object_steal_data (G_OBJECT (chooser), "heddle-save");
  g_autoptr (GFile) file = NULL;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  Job *job = g_task_get_task_data (task);

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  job->path = file != NULL ? g_file_get_path (file) : NULL;
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
  if (job->path == NULL || self->text == NULL)
    {
      if (self->text != NULL && file != NULL)
        say (self, _("Only files of this computer can be saved to. Choose another folder."), TRUE);
      g_clear_object (&self->cancellable);
      g_object_unref (task);
      return;
    }
  name = g_path_get_basename (job->path);
  /* Translators: the name of a file */
  text = g_strdup_printf (_("Saving %s …"), name);
  say (self, text, FALSE);
  g_task_run_in_thread (task, write_file);
  g_object_unref (task);
}

static void
heddle_save_bar_dispose (GObject *object)
{
  HeddleSaveBar *self = HEDDLE_SAVE_BAR (object);

  /* what is being written is half of what was wanted */
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->done, g_source_remove);
  self->text = NULL;
  G_OBJECT_CLASS (heddle_save_bar_parent_class)->dispose (object);
}

static void
heddle_save_bar_class_init (HeddleSaveBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_save_bar_dispose;
  gtk_widget_class_set_css_name (widget_class, "savebar");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
heddle_save_bar_init (HeddleSaveBar *self)
{
  self->text = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "hexpand", TRUE, "wrap", TRUE,
                             "wrap-mode", PANGO_WRAP_WORD_CHAR, NULL);
  gtk_widget_set_parent (self->text, GTK_WIDGET (self));
  self->button = gtk_button_new ();
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->button, "flat");
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * heddle_save_bar_begin:
 * @title: of the question for a file; translated
 * @file_name: what it is called unless the user says otherwise
 * @write: writes it
 * @data: (transfer full): for @write
 * @data_free: frees @data
 *
 * Main loop. Does nothing while something is being written.
 */
void
heddle_save_bar_begin (HeddleSaveBar *self, const char *title, const char *file_name,
                       HeddleSaveWrite write, gpointer data, GDestroyNotify data_free)
{
  Job *job;
  GTask *task;
  GtkFileChooserNative *chooser;

  g_return_if_fail (HEDDLE_IS_SAVE_BAR (self));

  job = g_new0 (Job, 1);
  job->write = write;
  job->data = data;
  job->data_free = data_free;
  if (self->cancellable != NULL)
    {
      job_free (job);
      return;
    }
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, on_written, NULL);
  g_task_set_task_data (task, job, job_free);
  chooser = gtk_file_chooser_native_new (title,
                                         GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                         GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), file_name);
  g_object_set_data_full (G_OBJECT (chooser), "heddle-save", task, g_object_unref);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
