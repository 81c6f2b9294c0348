/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "batch/shell-word.h"

/* Means nothing to any shell, wherever in a word it stands. */
static gboolean
is_plain (char byte)
{
  return g_ascii_isalnum (byte) || byte == '-' || byte == '_' || byte == '.' || byte == '+'
         || byte == '/';
}

static gboolean
is_all_plain (const char *value, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!is_plain (value[i]))
      return FALSE;
  return length > 0;
}

/* Within single quotes a shell knows nothing but their end. */
static void
append_quoted (GString *to, char quote, const char *value, gsize length)
{
  g_string_append_c (to, quote);
  g_string_append_len (to, value, length);
  g_string_append_c (to, quote);
}

/**
 * heddle_shell_word_append:
 * @to: where the word is appended
 * @value: bytes, no NUL among them, valid UTF-8 or not
 * @length: their number
 * @bare: whether a value that no shell would misread may stand without quotes
 *
 * Appends @value as one word of a POSIX shell: the shell makes of it the very bytes of @value.
 * Nothing is allocated but what @to needs. Any thread.
 */
void
heddle_shell_word_append (GString *to, const char *value, gsize length, gboolean bare)
{
  gsize at = 0;

  if (bare && is_all_plain (value, length))
    {
      g_string_append_len (to, value, length);
      return;
    }
  if (length == 0)
    g_string_append (to, "''");
  while (at < length)
    {
      const char *quote = memchr (value + at, '\'', length - at);
      gsize end = quote != NULL ? (gsize) (quote - value) : length;

      if (end > at)
        append_quoted (to, '\'', value + at, end - at);
      for (at = end; end < length && value[end] == '\''; end++)
        ;
      if (end > at)
        append_quoted (to, '"', value + at, end - at);
      at = end;
    }
}

/**
 * heddle_shell_words_append:
 * @words: NULL-terminated
 *
 * Appends words with blanks between them, so that a POSIX shell would read these very words. Any
 * thread.
 */
void
heddle_shell_words_append (GString *to, char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (to, ' ');
      heddle_shell_word_append (to, words[i], strlen (words[i]), TRUE);
    }
}
