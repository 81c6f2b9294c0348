/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void heddle_shell_word_append (GString *to, const char *value, gsize length, gboolean bare);
void heddle_shell_words_append (GString *to, char *const *words);
GStrv heddle_plain_words_split (const char *line);

G_END_DECLS
