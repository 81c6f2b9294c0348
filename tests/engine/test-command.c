/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of a run: heddle-cli, given its words by a shell, would start the very same
 * run. */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "cli/options.h"
#include "engine/model/backend.h"
#include "engine/model/command.h"
#include "workloads/list.h"

/* The words as a shell reads them: every one is printed behind the other, with a NUL, and all that
 * in base64, as an output is a text to GLib. No GSubprocess: its thread has locks that the thread
 * sanitizer does not see. */
static char **
split_by_shell (const char *command)
{
  g_autofree char *script = g_strdup_printf ("printf '%%s\\0' %s | base64", command);
  char *arguments[] = { (char *) "bash", (char *) "--norc", (char *) "-c", script, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  int status;
  gsize size;

  g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  text = (char *) g_base64_decode (out, &size);
  for (gsize at = 0; at < size; at += strlen (text + at) + 1)
    g_strv_builder_add (words, text + at);
  return g_strv_builder_end (words);
}

static char **
split (const char *command)
{
  g_autoptr (GError) error = NULL;
  char **words;

  g_assert_true (g_utf8_validate (command, -1, NULL));
  if (strstr (command, "$'") != NULL)
    return split_by_shell (command);
  g_shell_parse_argv (command, NULL, &words, &error);
  g_assert_no_error (error);
  return words;
}

/* Says the run on a command line, and takes it from there. */
static void
check (const HeddleSettings *settings, const HeddleRunOptions *options)
{
  g_autofree char *command = heddle_command_dup_run (settings, options);
  g_auto (GStrv) words = split (command);
  g_auto (GStrv) said = heddle_settings_to_argv (settings);
  g_auto (GStrv) taken = NULL;
  g_autoptr (GError) error = NULL;
  HeddleCliRun run;

  g_test_message ("%s", command);
  g_assert_cmpstr (words[0], ==, "heddle-cli");
  heddle_cli_run_parse (&run, (int) g_strv_length (words) - 1, words + 1, &error);
  g_assert_no_error (error);
  g_assert_true (heddle_settings_get_workload (run.settings)
                 == heddle_settings_get_workload (settings));
  taken = heddle_settings_to_argv (run.settings);
  g_assert_true (g_strv_equal ((const char *const *) said, (const char *const *) taken));
  g_assert_cmpint (run.options.backend, ==, options->backend);
  g_assert_cmpuint (run.options.workers, ==, options->workers);
  g_assert_cmpuint (run.options.queue, ==, options->queue);
  g_assert_cmpuint (run.options.prefetch, ==, options->prefetch);
  for (guint i = 0; heddle_policy_names[i] != NULL; i++)
    {
      g_autofree char *ours = heddle_policy_dup (options, heddle_policy_names[i]);
      g_autofree char *theirs = heddle_policy_dup (&run.options, heddle_policy_names[i]);

      g_assert_cmpstr (ours, ==, theirs);
    }
  heddle_cli_run_clear (&run);
}

static void
test_every_workload_on_every_backend (void)
{
  const HeddleWorkload *const *all = heddle_workloads_get_all (NULL);

  for (guint i = 0; all[i] != NULL; i++)
    for (guint backend = 0; backend < HEDDLE_N_BACKENDS; backend++)
      {
        g_autoptr (HeddleSettings) settings = heddle_settings_new (all[i]);
        HeddleRunOptions options;

        if ((all[i]->backends & HEDDLE_BACKEND_BIT (backend)) == 0)
          continue;
        heddle_run_options_init (&options, all[i]);
        options.backend = backend;
        check (settings, &options);
        options.workers = options.workers % HEDDLE_MAX_WORKERS + 1;
        options.queue = 12345;
        options.prefetch = 1;
        check (settings, &options);
      }
}

/* Another value than the default, as a user may choose one. */
static char *
other_value (const HeddleParam *param)
{
  switch (param->type)
    {
    case HEDDLE_PARAM_NUMBER: return g_strdup_printf ("%.0f", param->max);
    case HEDDLE_PARAM_SWITCH: return g_strdup (g_str_equal (param->initial, "on") ? "off" : "on");
    case HEDDLE_PARAM_CHOICE:
      return g_strdup (param->choices[g_str_equal (param->initial, param->choices[0]) ? 1 : 0]);
    case HEDDLE_PARAM_FOLDER:
    case HEDDLE_PARAM_TEXT:
    default: return g_strdup ("it's \"two\" words; $HOME `ls` \\ * ~ #!");
    }
}

static void
test_every_parameter (void)
{
  const HeddleWorkload *const *all = heddle_workloads_get_all (NULL);
  guint n_set = 0;

  for (guint i = 0; all[i] != NULL; i++)
    {
      g_autoptr (HeddleSettings) settings = heddle_settings_new (all[i]);
      HeddleRunOptions options;

      heddle_run_options_init (&options, all[i]);
      for (guint n = 0; n < all[i]->n_params; n++)
        {
          g_autofree char *value = other_value (&all[i]->params[n]);

          n_set += heddle_settings_set (settings, all[i]->params[n].name, value, NULL);
          check (settings, &options);
        }
    }
  g_assert_cmpuint (n_set, >, 30);
}

static void
test_every_policy (void)
{
  static const char *const values[][3] = {
    { "retries", "3", "processes" },        { "timeout", "0.125", "processes" },
    { "halt", "soon,fail=3", "processes" }, { "halt", "now,fail=10%", "threads" },
    { "recycle", "7", "processes" },        { "nice", "19", "threads" },
    { "nice", "idle", "processes" },        { "affinity", "spread", "threads" },
    { "affinity", "0", "processes" },
  };
  const HeddleWorkload *squares = heddle_workloads_find ("squares");
  g_autoptr (HeddleSettings) settings = heddle_settings_new (squares);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;
      HeddleRunOptions options;

      heddle_run_options_init (&options, squares);
      heddle_backend_parse (values[i][2], squares, &options.backend, &error);
      g_assert_no_error (error);
      heddle_policy_set (&options, values[i][0], values[i][1], &error);
      g_assert_no_error (error);
      check (settings, &options);
    }
}

static void
test_any_folder (void)
{
  static const char *const folders[] = {
    "/tmp/two words", "/tmp/it's",      "/tmp/\xc3\xa4\xe2\x82\xac", "/tmp/\xff\xfe 1",
    "/tmp/a\nb",      "/tmp/\x1b[31m9", "/tmp/\\n",                  "/tmp/-\x01" "7'\\",
    "/tmp/$'x'",      "/tmp/%s%%",      "-rf",                       "/tmp/\t'",
  };
  const HeddleWorkload *checksums = heddle_workloads_find ("checksum-files");
  g_autofree char *bash = g_find_program_in_path ("bash");
  HeddleRunOptions options;

  if (bash == NULL)
    {
      g_test_skip ("bash is not here");
      return;
    }
  heddle_run_options_init (&options, checksums);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autoptr (HeddleSettings) settings = heddle_settings_new (checksums);
      g_autoptr (GError) error = NULL;

      heddle_settings_set (settings, "folder", folders[i], &error);
      g_assert_no_error (error);
      check (settings, &options);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/every-workload-on-every-backend",
                   test_every_workload_on_every_backend);
  g_test_add_func ("/command/every-parameter", test_every_parameter);
  g_test_add_func ("/command/every-policy", test_every_policy);
  g_test_add_func ("/command/any-folder", test_any_folder);
  return g_test_run ();
}
