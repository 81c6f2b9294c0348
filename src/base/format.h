/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbers as people read them, in the window and in the terminal: translated, with the decimal
 * point of the locale. What programs read (JSON, traces) is written elsewhere and depends on no
 * locale. Every function writes into the caller's buffer and returns it. Any thread. */

#define HEDDLE_FORMAT_SIZE 64 /* bytes that are enough for any of these texts */

#define HEDDLE_US G_GINT64_CONSTANT (1000)
#define HEDDLE_MS G_GINT64_CONSTANT (1000000)
#define HEDDLE_S G_GINT64_CONSTANT (1000000000)
#define HEDDLE_MIN (60 * HEDDLE_S)
#define HEDDLE_H (60 * HEDDLE_MIN)

typedef enum {
  HEDDLE_TIME_NS,
  HEDDLE_TIME_US,
  HEDDLE_TIME_MS,
  HEDDLE_TIME_S,
  HEDDLE_TIME_MIN,
  HEDDLE_TIME_H,
  HEDDLE_N_TIME_UNITS
} HeddleTimeUnit;

gint64 heddle_time_unit_get_ns (HeddleTimeUnit unit);

char *heddle_format_count (guint64 count, char *buffer, gsize size);
char *heddle_format_signed (gint64 value, char *buffer, gsize size);
char *heddle_format_value (double value, char *buffer, gsize size);
char *heddle_format_percent (double share, char *buffer, gsize size);
char *heddle_format_rate_value (double per_second, char *buffer, gsize size);
char *heddle_format_rate (double per_second, char *buffer, gsize size);
char *heddle_format_bytes (gint64 bytes, char *buffer, gsize size);

char *heddle_format_in_unit (const char *number, HeddleTimeUnit unit, char *buffer, gsize size);
char *heddle_format_measured (double amount, gboolean bytes, char *buffer, gsize size);
char *heddle_format_duration (gint64 ns, char *buffer, gsize size);
char *heddle_format_duration_range (gint64 from, gint64 to, char *buffer, gsize size);
char *heddle_format_time_left (gint64 least, gint64 most, char *buffer, gsize size);
char *heddle_format_clock (gint64 ns, char *buffer, gsize size);

G_END_DECLS
