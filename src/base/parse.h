/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What users and files write: numbers, the same in every locale, and values that are refused. Any
 * thread. */
gboolean heddle_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean heddle_number_parse (const char *text, double *number);
char *heddle_number_dup (double number);
gboolean heddle_option_parse_count (const char *option, const char *text, guint min, guint max,
                                    guint *count, GError **error);

G_END_DECLS
