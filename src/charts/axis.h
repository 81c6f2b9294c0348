/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Axis maths without GTK: where ticks stand, what they say, and how durations and counts are written.
 * All times are nanoseconds. Texts are translated and follow the locale's decimal point.
 */

#define HEDDLE_AXIS_MAX_TICKS 64
#define HEDDLE_AXIS_TEXT 40

#define HEDDLE_US G_GINT64_CONSTANT (1000)
#define HEDDLE_MS G_GINT64_CONSTANT (1000000)
#define HEDDLE_S G_GINT64_CONSTANT (1000000000)

gint64 heddle_axis_time_step (gint64 length, guint max_ticks);
guint heddle_axis_time_ticks (gint64 begin, gint64 end, gint64 origin, gint64 step, gint64 *times, guint max_ticks);
char *heddle_axis_time_label (gint64 offset, gint64 step, gint64 reach, char *buffer, gsize size);

guint heddle_axis_round_times (gint64 from, gint64 to, guint max, gint64 *times, gint64 *step);

double heddle_axis_value_step (double maximum, guint max_ticks);
double heddle_axis_value_ceiling (double maximum, double step);

char *heddle_axis_format_duration (gint64 ns, char *buffer, gsize size);
char *heddle_axis_format_duration_range (gint64 from, gint64 to, char *buffer, gsize size);
char *heddle_axis_format_count (guint64 count, char *buffer, gsize size);
char *heddle_axis_format_value (double value, char *buffer, gsize size);

G_END_DECLS
