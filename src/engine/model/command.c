/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run is called in a terminal. */
#include "config.h"

#include "engine/model/command.h"

#include <string.h>

#include "engine/model/backend.h"
#include "engine/model/workload.h"

#define SPECIAL " \t\n'\"\\$`!*?[]{}()<>|&;~#"

/* A folder may be called by any bytes. Those that are no text, or that a terminal would obey, are
 * told by their numbers, as bash, zsh and ksh read them. */
static gboolean
is_plain_text (const char *word)
{
  if (!g_utf8_validate (word, -1, NULL))
    return FALSE;
  for (const char *c = word; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

static void
append_by_numbers (GString *command, const char *word)
{
  g_string_append (command, "$'");
  for (const char *c = word; *c != '\0'; c++)
    if (*c == '\'' || *c == '\\')
      g_string_append_printf (command, "\\%c", *c);
    else if (g_ascii_isprint (*c))
      g_string_append_c (command, *c);
    else
      /* three digits: a digit that follows does not count among them */
      g_string_append_printf (command, "\\%03o", (guchar) *c);
  g_string_append_c (command, '\'');
}

/**
 * heddle_command_append_word:
 * @command: valid UTF-8 before and afterwards
 * @word: any bytes
 *
 * Appends a space and @word, quoted for a shell where it has to be. Any thread.
 */
void
heddle_command_append_word (GString *command, const char *word)
{
  g_autofree char *quoted = NULL;

  g_string_append_c (command, ' ');
  if (!is_plain_text (word))
    {
      append_by_numbers (command, word);
      return;
    }
  if (*word == '\0' || strpbrk (word, SPECIAL) != NULL)
    word = quoted = g_shell_quote (word);
  g_string_append (command, word);
}

static void
append_count (GString *command, const char *name, guint value, guint usual)
{
  if (value != usual)
    g_string_append_printf (command, " --%s %u", name, value);
}

static void
append_policies (GString *command, const HeddleRunOptions *options, const HeddleRunOptions *usual)
{
  for (guint i = 0; heddle_policy_names[i] != NULL; i++)
    {
      g_autofree char *value = heddle_policy_dup (options, heddle_policy_names[i]);
      g_autofree char *otherwise = heddle_policy_dup (usual, heddle_policy_names[i]);

      if (g_str_equal (value, otherwise))
        continue;
      g_string_append_printf (command, " --%s", heddle_policy_names[i]);
      heddle_command_append_word (command, value);
    }
}

/**
 * heddle_command_dup_run:
 * @settings: of a workload
 * @options: for a run of it
 *
 * The command names the backend and the number of workers always, since their defaults are those of
 * a machine, and otherwise what is not the default.
 *
 * Returns: (transfer full): the command that does the same in a terminal: "heddle-cli run squares
 * --backend threads --workers 4 --set n=1000", valid UTF-8. Any thread.
 */
char *
heddle_command_dup_run (const HeddleSettings *settings, const HeddleRunOptions *options)
{
  const HeddleWorkload *workload;
  g_autoptr (HeddleSettings) usual_settings = NULL;
  HeddleRunOptions usual;
  GString *command;

  g_return_val_if_fail (settings != NULL && options != NULL, NULL);

  workload = heddle_settings_get_workload (settings);
  usual_settings = heddle_settings_new (workload);
  heddle_run_options_init (&usual, workload);
  command = g_string_new ("heddle-cli run ");
  g_string_append_printf (command, "%s --backend %s --workers %u", workload->id,
                          heddle_backend_get_info (options->backend)->id, options->workers);
  append_count (command, "queue", options->queue, usual.queue);
  append_count (command, "prefetch", options->prefetch, usual.prefetch);
  append_policies (command, options, &usual);
  for (guint i = 0; i < workload->n_params; i++)
    {
      const char *name = workload->params[i].name, *value = heddle_settings_get (settings, name);
      g_autofree char *assignment = g_strdup_printf ("%s=%s", name, value);

      if (g_str_equal (value, heddle_settings_get (usual_settings, name)))
        continue;
      g_string_append (command, " --set");
      heddle_command_append_word (command, assignment);
    }
  return g_string_free (command, FALSE);
}
