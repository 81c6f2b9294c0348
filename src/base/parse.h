/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers as users and files write them: the same in every locale. Any thread. */
gboolean heddle_number_parse (const char *text, double *number);
char *heddle_number_dup (double number);
gboolean heddle_option_parse_count (const char *option, const char *text, guint min, guint max,
                                    guint *count, GError **error);

G_END_DECLS
