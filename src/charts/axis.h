/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/format.h"

G_BEGIN_DECLS

/* Axis maths without GTK: where ticks stand, and what they say. All times are nanoseconds. */

#define HEDDLE_AXIS_MAX_TICKS 64

gint64 heddle_axis_time_step (gint64 length, guint max_ticks);
guint heddle_axis_time_ticks (gint64 begin, gint64 end, gint64 origin, gint64 step, gint64 *times,
                              guint max_ticks);
char *heddle_axis_time_label (gint64 offset, gint64 step, gint64 reach, char *buffer, gsize size);

guint heddle_axis_round_times (gint64 from, gint64 to, guint max, gint64 *times, gint64 *step);

double heddle_axis_value_step (double maximum, guint max_ticks);
double heddle_axis_value_ceiling (double maximum, double step);

G_END_DECLS
