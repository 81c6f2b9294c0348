/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers, times and texts as a person reads them in a terminal. Any thread. */

/* Text is fitted into columns at one of these ends. */
typedef enum {
  HEDDLE_CUT_END,   /* "a long na…" */
  HEDDLE_CUT_START, /* "…share/doc/a.txt": the end of a path tells more */
} HeddleCut;

void heddle_append_count (GString *string, guint64 number);
void heddle_append_duration (GString *string, gint64 nanoseconds);
void heddle_append_time_left (GString *string, gint64 least, gint64 most);
void heddle_append_rate (GString *string, double per_second);
void heddle_append_percent (GString *string, double share);

guint heddle_format_width (const char *text);
guint heddle_format_fitted (GString *string, const char *text, guint columns, HeddleCut cut,
                            gboolean ascii);
void heddle_format_safe (GString *string, const char *text);
gboolean heddle_format_name (GString *string, const char *name);
void heddle_format_sum (GString *string, const char *sum, const char *name);

G_END_DECLS
