/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A folder that is dropped on the window is taken for the workload that reads folders, as if it had
 * been chosen there; of a dropped file the folder that it is in. Whatever else is dropped is
 * answered in words, on the page in front. The action app.open-paths does the same.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/window-private.h"
#include "workloads/list.h"

#define WORKLOAD "checksum-files"
#define PARAM "folder"

static void
say_why_not (HeddleWindow *self, const char *text)
{
  HeddleRunPage *page = heddle_window_get_page (self);

  if (page != NULL)
    heddle_run_page_show_message (page, text);
}

/* Shows the workload with this folder; nothing starts. */
static void
take_folder (HeddleWindow *self, const char *path)
{
  const HeddleWorkload *workload = heddle_workloads_find (WORKLOAD);

  g_return_if_fail (workload != NULL);

  heddle_run_page_set_param (heddle_window_show_workload_here (self, workload), PARAM, path);
}

static void
looked_at (GObject *source, GAsyncResult *result, gpointer data)
{
  GFile *file = G_FILE (source);
  g_autoptr (HeddleWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (file, result, &error);
  g_autoptr (GFile) parent = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  if (self->tabs == NULL || self->closing)
    return;
  if (info == NULL)
    {
      /* Translators: %s says why */
      text = g_strdup_printf (_("What was dropped cannot be used: %s"), error->message);
      say_why_not (self, text);
      return;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_DIRECTORY)
    parent = g_file_get_parent (file);
  path = g_file_get_path (parent != NULL ? parent : file);
  if (path != NULL)
    take_folder (self, path);
}

/**
 * heddle_window_take_files:
 * @files: (element-type GFile): what was dropped
 *
 * Does not wait: what a file is is asked for, and the answer comes later.
 */
void
heddle_window_take_files (HeddleWindow *self, GSList *files)
{
  g_autofree char *path = NULL;

  if (self->closing || self->tabs == NULL)
    return;
  if (files == NULL || files->next != NULL)
    {
      say_why_not (self, files == NULL
                           ? _("What was dropped is no file. Drop a folder: its files are checksummed.")
                           : _("Several files were dropped. Drop one folder: all files below it are checksummed."));
      return;
    }
  path = g_file_get_path (files->data);
  if (path == NULL)
    {
      say_why_not (self, _("What was dropped is not on this computer. Copy it to a folder here, and drop that."));
      return;
    }
  g_file_query_info_async (files->data, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, NULL, looked_at, g_object_ref (self));
}

static gboolean
dropped_cb (HeddleWindow *self, const GValue *value)
{
  g_autoptr (GSList) files = NULL;

  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    files = gdk_file_list_get_files (g_value_get_boxed (value));
  heddle_window_take_files (self, files);
  return TRUE;
}

/**
 * heddle_window_add_drop:
 *
 * Lets files be dropped on the window; texts, too, since the user is to learn why one is of no use.
 */
void
heddle_window_add_drop (HeddleWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect_object (target, "drop", G_CALLBACK (dropped_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
