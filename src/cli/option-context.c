/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "cli/option-context.h"

/**
 * heddle_cli_context_new:
 * @arguments: (nullable): what follows the options, for the usage line
 * @entries: the options; --help is one of them
 * @summary: what the command does
 *
 * Returns: (transfer full): a context that knows these options
 */
GOptionContext *
heddle_cli_context_new (const char *arguments, const GOptionEntry *entries, const char *summary)
{
  GOptionContext *context = g_option_context_new (arguments);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  return context;
}

static gboolean
takes_value (const GOptionEntry *entry)
{
  return entry->arg != G_OPTION_ARG_NONE;
}

static const GOptionEntry *
find_short (const GOptionEntry *entries, char letter)
{
  for (; entries->long_name != NULL; entries++)
    if (entries->short_name == letter && letter != '\0')
      return entries;
  return NULL;
}

/* Whether the word that follows belongs to a long option that is written without "=". */
static gboolean
wants_word (const GOptionEntry *entries, const char *word)
{
  for (; entries->long_name != NULL; entries++)
    if (entries->long_name[0] != '\0' && g_str_equal (word, entries->long_name))
      return takes_value (entries);
  return FALSE;
}

/* Adds short options, the value of the last one as a word of its own. Returns whether the next word
 * is its value. */
static gboolean
split_short (const GOptionEntry *entries, const char *word, GStrvBuilder *to)
{
  for (gsize i = 1; word[i] != '\0'; i++)
    {
      const GOptionEntry *entry = find_short (entries, word[i]);
      g_autofree char *before = NULL;

      if (entry == NULL || !takes_value (entry))
        continue;
      before = g_strndup (word, i + 1);
      g_strv_builder_add (to, before);
      if (word[i + 1] != '\0')
        g_strv_builder_add (to, word + i + 1);
      return word[i + 1] == '\0';
    }
  g_strv_builder_add (to, word);
  return FALSE;
}

/**
 * heddle_cli_split_short_options:
 * @entries: the options
 * @argv: the command's arguments, the command's name first
 *
 * GOption does not know "-n2", which every other program of this kind does: it becomes "-n" and
 * "2". What stands behind the first word that is no option is left alone.
 *
 * Returns: (transfer full): the arguments
 */
GStrv
heddle_cli_split_short_options (const GOptionEntry *entries, int argc, char **argv)
{
  g_autoptr (GStrvBuilder) split = g_strv_builder_new ();
  gboolean is_value = TRUE; /* as little an option as the command's name */
  int i = 0;

  for (; i < argc; i++)
    {
      const char *word = argv[i];

      if (is_value)
        {
          g_strv_builder_add (split, word);
          is_value = FALSE;
          continue;
        }
      if (word[0] != '-' || word[1] == '\0' || g_str_equal (word, "--"))
        break;
      if (word[1] != '-')
        {
          is_value = split_short (entries, word, split);
          continue;
        }
      g_strv_builder_add (split, word);
      is_value = wants_word (entries, word + 2);
    }
  for (; i < argc; i++)
    g_strv_builder_add (split, argv[i]);
  return g_strv_builder_end (split);
}

/**
 * heddle_cli_context_parse:
 * @argv: the command's arguments, the command's name first; not changed
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE, in UTF-8 whatever was written
 */
gboolean
heddle_cli_context_parse (GOptionContext *context, int argc, char **argv, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) copy = g_new0 (char *, argc + 1);
  int n = argc;
  char **rest;
  gboolean ok;

  for (int i = 0; i < argc; i++)
    copy[i] = g_strdup (argv[i]);
  /* the parser takes entries out of the array */
  rest = g_memdup2 (copy, sizeof (char *) * (argc + 1));
  ok = g_option_context_parse (context, &n, &rest, &local);
  g_free (rest);
  if (!ok)
    {
      g_autofree char *shown = g_utf8_make_valid (local->message, -1);

      g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE, shown);
    }
  return ok;
}

/**
 * heddle_cli_context_help:
 * @command: its name
 *
 * Returns: (transfer full): the help of the command
 */
char *
heddle_cli_context_help (GOptionContext *context, const char *command)
{
  g_autofree char *program = g_strdup (g_get_prgname ());
  g_autofree char *name = g_strconcat ("heddle-cli ", command, NULL);
  char *text;

  g_set_prgname (name); /* the usage line takes it from there */
  text = g_option_context_get_help (context, TRUE, NULL);
  g_set_prgname (program);
  return text;
}
