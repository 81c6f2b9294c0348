/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void heddle_shell_word_append (GString *to, const char *value, gsize length, gboolean bare);

G_END_DECLS
