/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/about.h"
#include "app/application.h"
#include "app/model/app-settings.h"
#include "app/model/launch.h"
#include "app/preferences.h"
#include "app/tips.h"
#include "app/window.h"

#define EXIT_USAGE 2
#define PULSE_INTERVAL_MS 50

struct _HeddleApplication {
  AdwApplication parent_instance;

  HeddlePulse *pulse; /* owned; while the program has a display */
  gboolean parsed;    /* the command line is made of options that there are */
};

G_DEFINE_FINAL_TYPE (HeddleApplication, heddle_application, ADW_TYPE_APPLICATION)

static GtkWindow *
get_parent (HeddleApplication *self)
{
  return gtk_application_get_active_window (GTK_APPLICATION (self));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  heddle_about_present (get_parent (data));
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (
    g_object_new (HEDDLE_TYPE_PREFERENCES, "transient-for", get_parent (data), NULL));
}

/* Every window asks for itself if it has runs going; when the last is gone the program ends. */
static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (data)));

  for (GList *l = windows; l != NULL; l = l->next)
    if (HEDDLE_IS_WINDOW (l->data))
      gtk_window_close (l->data);
}

static void
new_window_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (GTK_WINDOW (heddle_window_new (data)));
}

static HeddleWindow *
find_window (HeddleApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (HEDDLE_IS_WINDOW (l->data) && !heddle_window_is_closing (l->data))
      return l->data;
  return NULL;
}

/* What a notification leads to: the window that shows the run, or, where none does any more, the
 * one that was used last. */
static void
show_run_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (data));

  for (GList *l = windows; l != NULL; l = l->next)
    if (HEDDLE_IS_WINDOW (l->data) && !heddle_window_is_closing (l->data)
        && heddle_window_show_run (l->data, g_variant_get_uint32 (parameter)))
      {
        gtk_window_present (l->data);
        return;
      }
  g_application_activate (G_APPLICATION (data));
}

/* As if these had been dropped on the window. */
static void
open_paths_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree const char **paths = g_variant_get_bytestring_array (parameter, NULL);
  GSList *files = NULL;

  g_application_activate (G_APPLICATION (data));
  for (guint i = 0; paths[i] != NULL; i++)
    files = g_slist_append (files, g_file_new_for_path (paths[i]));
  heddle_window_take_files (find_window (data), files);
  g_slist_free_full (files, g_object_unref);
}

static const GActionEntry actions[] = {
  { "about", about_action },
  { "preferences", preferences_action },
  { "new-window", new_window_action },
  { "quit", quit_action },
  { "show-run", show_run_action, "u" },
  { "open-paths", open_paths_action, "aay" },
};

static void
heddle_application_activate (GApplication *application)
{
  HeddleApplication *self = HEDDLE_APPLICATION (application);
  HeddleWindow *window = find_window (self);

  if (window == NULL)
    window = heddle_window_new (self);
  gtk_window_present (GTK_WINDOW (window));
}

/* The process that the user has started: tells about bad values there, where they were typed. */
static int
heddle_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  g_autoptr (GError) error = NULL;

  HEDDLE_APPLICATION (application)->parsed = TRUE;
  if (!heddle_launch_make_absolute (options, &error))
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      return EXIT_USAGE;
    }
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("heddle %s\n", HEDDLE_VERSION);
      return 0;
    }
  if (heddle_app_settings_open (&error))
    return -1;
  g_printerr ("%s: %s\n", g_get_prgname (), error->message);
  return EXIT_FAILURE;
}

/* GApplication ends with 1 where it could not parse the options; that is bad usage as much as a bad
 * value. */
static gboolean
heddle_application_local_command_line (GApplication *application, char ***arguments,
                                       int *exit_status)
{
  gboolean handled = G_APPLICATION_CLASS (heddle_application_parent_class)
                       ->local_command_line (application, arguments, exit_status);

  if (handled && *exit_status == EXIT_FAILURE && !HEDDLE_APPLICATION (application)->parsed)
    *exit_status = EXIT_USAGE;
  return handled;
}

static int
heddle_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  HeddleApplication *self = HEDDLE_APPLICATION (application);
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleLaunch) launch =
    heddle_launch_new (g_application_command_line_get_options_dict (command_line), &error);
  HeddleWindow *window;

  if (launch == NULL)
    {
      g_application_command_line_printerr (command_line, "%s: %s\n", g_get_prgname (),
                                           error->message);
      return EXIT_USAGE;
    }

  window = launch->new_window ? NULL : find_window (self);
  if (window == NULL)
    window = heddle_window_new (self);
  gtk_window_present (GTK_WINDOW (window));
  heddle_window_launch (window, launch);
  return 0;
}

static void
heddle_application_startup (GApplication *application)
{
  HeddleApplication *self = HEDDLE_APPLICATION (application);
  GtkApplication *gtk_application = GTK_APPLICATION (application);

  G_APPLICATION_CLASS (heddle_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name ("org.heddle.Heddle");
  /* texts to be read can be copied, but nobody has chosen them when the keyboard comes by */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  heddle_tips_init ();
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (gtk_application, "app.quit",
                                         (const char *[]) { "<Control>q", NULL });
  gtk_application_set_accels_for_action (gtk_application, "app.new-window",
                                         (const char *[]) { "<Control>n", NULL });
  gtk_application_set_accels_for_action (gtk_application, "app.preferences",
                                         (const char *[]) { "<Control>comma", NULL });
  gtk_application_set_accels_for_action (gtk_application, "win.show-help-overlay",
                                         (const char *[]) { "<Control>question", NULL });

  self->pulse = heddle_pulse_new (NULL, PULSE_INTERVAL_MS);
}

static void
heddle_application_shutdown (GApplication *application)
{
  HeddleApplication *self = HEDDLE_APPLICATION (application);

  G_APPLICATION_CLASS (heddle_application_parent_class)->shutdown (application);
  g_clear_pointer (&self->pulse, heddle_pulse_free);
}

static void
heddle_application_class_init (HeddleApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = heddle_application_activate;
  application_class->handle_local_options = heddle_application_handle_local_options;
  application_class->local_command_line = heddle_application_local_command_line;
  application_class->command_line = heddle_application_command_line;
  application_class->startup = heddle_application_startup;
  application_class->shutdown = heddle_application_shutdown;
}

static void
heddle_application_init (HeddleApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), heddle_launch_entries);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _("Run work on threads and processes and watch it"));
}

/**
 * heddle_application_new:
 *
 * Returns: (transfer full): the application
 */
HeddleApplication *
heddle_application_new (void)
{
  /* The base path does not follow the id: builds for development have another id and the same
   * resources. `./dev run` gives each start an id of its own (--gapplication-app-id), so that no
   * older build that runs already executes its command line. */
  return g_object_new (HEDDLE_TYPE_APPLICATION,
                       "application-id", HEDDLE_APPLICATION_ID,
                       "resource-base-path", "/org/heddle/Heddle",
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_CAN_OVERRIDE_APP_ID,
                       NULL);
}

/**
 * heddle_application_get_pulse:
 *
 * Returns: (transfer none): the measure of its main loop's responsiveness, shared by all windows
 */
HeddlePulse *
heddle_application_get_pulse (HeddleApplication *self)
{
  g_return_val_if_fail (HEDDLE_IS_APPLICATION (self), NULL);

  return self->pulse;
}
