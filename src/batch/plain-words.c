/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Command lines that need no shell. Starting one takes longer than many a command, so a line of
 * plain words is split here, where every POSIX shell would split it in the same way and execute the
 * same program. In doubt it is the shell's.
 */

#include <stdlib.h>
#include <string.h>

#include "batch/shell-word.h"

/* What a shell does itself, or reads as its own language, and so may do in another way than a
 * program of that name, or without one. Sorted. */
static const char *const own[] = {
  ".",      ":",        "[",       "alias",     "bg",       "bind",     "break",  "builtin",
  "caller", "case",     "cd",      "chdir",     "command",  "continue", "coproc", "declare",
  "dirs",   "disown",   "do",      "done",      "echo",     "elif",     "else",   "enable",
  "esac",   "eval",     "exec",    "exit",      "export",   "fc",       "fg",     "fi",
  "for",    "function", "getopts", "hash",      "help",     "history",  "if",     "in",
  "jobs",   "kill",     "let",     "local",     "logout",   "mapfile",  "popd",   "printf",
  "pushd",  "pwd",      "read",    "readarray", "readonly", "return",   "select", "set",
  "shift",  "shopt",    "source",  "suspend",   "test",     "then",     "time",   "times",
  "trap",   "type",     "typeset", "ulimit",    "umask",    "unalias",  "unset",  "until",
  "wait",   "while",
};

static int
compare (const void *key, const void *element)
{
  return strcmp (key, *(const char *const *) element);
}

static gboolean
is_own (const char *word)
{
  return bsearch (word, own, G_N_ELEMENTS (own), sizeof own[0], compare) != NULL;
}

/* Stands for itself in a word, wherever it is. No shell expands these, nor ends a word at them. */
static gboolean
is_itself (char byte)
{
  return g_ascii_isalnum (byte) || strchr ("-_.+/,:@%", byte) != NULL;
}

/* Appends what a quote holds, @at behind which it begins. Returns: behind its end; NULL: it is not
 * as simple. Within single quotes everything is; within double ones a few bytes are not. */
static const char *
take_quote (const char *at, char quote, GString *word)
{
  const char *end = strchr (at, quote);

  if (end == NULL)
    return NULL;
  if (quote == '"' && strcspn (at, "$`\\!") < (gsize) (end - at))
    return NULL;
  g_string_append_len (word, at, end - at);
  return end + 1;
}

/* Appends one word. Returns: behind it, or NULL. */
static const char *
take_word (const char *at, GString *word, gboolean first)
{
  while (*at != '\0' && *at != ' ' && *at != '\t')
    {
      if (*at == '\'' || *at == '"')
        {
          if ((at = take_quote (at + 1, *at, word)) == NULL)
            return NULL;
        }
      else if (is_itself (*at) || (*at == '=' && !first))
        g_string_append_c (word, *at++);
      else
        return NULL;
    }
  return at;
}

/**
 * heddle_plain_words_split:
 * @line: for a POSIX shell
 *
 * Returns: (transfer full) (nullable): the words of the command; NULL: a shell has to read @line.
 *   Any thread.
 */
GStrv
heddle_plain_words_split (const char *line)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) word = g_string_new (NULL);
  const char *at = line;

  for (;;)
    {
      at += strspn (at, " \t");
      if (*at == '\0')
        break;
      g_string_truncate (word, 0);
      if ((at = take_word (at, word, words->len == 0)) == NULL)
        return NULL;
      g_ptr_array_add (words, g_strndup (word->str, word->len));
    }
  if (words->len == 0 || *(const char *) words->pdata[0] == '\0' || is_own (words->pdata[0]))
    return NULL;
  g_ptr_array_add (words, NULL);
  g_ptr_array_set_free_func (words, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}
