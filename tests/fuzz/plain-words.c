/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines that may need no shell: what is split is split again once its words are quoted. */
#include "config.h"

#include "batch/shell-word.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *line = g_strndup (length > 0 ? (const char *) bytes : "", length);
  g_auto (GStrv) words = heddle_plain_words_split (line);
  g_auto (GStrv) again = NULL;
  g_autoptr (GString) quoted = g_string_new (NULL);

  if (words == NULL)
    return 0;
  heddle_shell_words_append (quoted, words);
  again = heddle_plain_words_split (quoted->str);
  g_assert_nonnull (again);
  g_assert_true (g_strv_equal ((const char *const *) words, (const char *const *) again));
  return 0;
}
