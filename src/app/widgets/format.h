/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers as the window writes them. */
char *heddle_format_count (guint64 count);
char *heddle_format_rate (double per_second);
char *heddle_format_time_left (gint64 least, gint64 most);
char *heddle_format_duration (gint64 nanoseconds);

G_END_DECLS
