/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What belongs to a window goes with it; needs a display, and is skipped where there is none. */
#include "config.h"

#include <adwaita.h>

#include "app/run/settings/param-row.h"
#include "app/shortcuts.h"

/* The list of keys is a window of its own. */
static void
test_goes_with_its_window (void)
{
  g_autoptr (GtkApplication) application =
    gtk_application_new ("org.heddle.Heddle.Test", G_APPLICATION_NON_UNIQUE);
  g_autoptr (GError) error = NULL;
  guint n_before;

  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  n_before = g_list_model_get_n_items (gtk_window_get_toplevels ());
  for (guint i = 0; i < 3; i++)
    {
      GtkWidget *window = gtk_application_window_new (application);
      GtkShortcutsWindow *list;

      heddle_shortcuts_add (GTK_APPLICATION_WINDOW (window));
      list = gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window));
      g_assert_nonnull (list);
      g_object_add_weak_pointer (G_OBJECT (list), (gpointer *) &list);
      gtk_window_present (GTK_WINDOW (window));
      gtk_window_destroy (GTK_WINDOW (window));
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_null (list);
    }
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, n_before);
}

static GtkWindow *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        return window;
    }
  return NULL;
}

/* A folder on another machine has no path here, and the workers read by path: that is said, and the
 * folder before stays. */
static void
test_folder_without_a_path (void)
{
  static const HeddleParam param = {
    .name = "folder", .label = "Folder", .type = HEDDLE_PARAM_FOLDER, .initial = "/usr/share"
  };
  GtkWidget *row = heddle_param_row_new (&param);
  GtkWidget *window = gtk_window_new ();
  g_autoptr (GFile) away = g_file_new_for_uri ("sftp://example.org/share");
  g_autoptr (GFile) here = g_file_new_for_path ("/tmp");
  g_autofree char *kept = NULL;
  g_autofree char *chosen = NULL;
  GtkWindow *dialog;

  gtk_window_set_child (GTK_WINDOW (window), row);
  heddle_param_row_choose_folder (HEDDLE_PARAM_ROW (row), away);
  kept = heddle_param_row_dup_value (HEDDLE_PARAM_ROW (row));
  g_assert_cmpstr (kept, ==, "/usr/share");
  dialog = find_dialog ();
  g_assert_nonnull (dialog);
  g_assert_nonnull (
    strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), "sftp://example.org/share"));
  gtk_window_destroy (dialog);

  heddle_param_row_choose_folder (HEDDLE_PARAM_ROW (row), here);
  chosen = heddle_param_row_dup_value (HEDDLE_PARAM_ROW (row));
  g_assert_cmpstr (chosen, ==, "/tmp");
  g_assert_null (find_dialog ());
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/shortcuts/go-with-their-window", test_goes_with_its_window);
  g_test_add_func ("/folder/one-without-a-path-is-refused-in-words", test_folder_without_a_path);
  return g_test_run ();
}
