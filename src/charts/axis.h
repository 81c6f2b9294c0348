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

/* What the ticks of an axis of time say: all in one unit. Where a label would need too many digits,
 * they count from a moment that is told once. */
typedef struct {
  gint64 step;  /* distance of ticks */
  gint64 base;  /* that they count from, an offset as theirs; 0: from the origin */
  gint64 grain; /* of which @base is a multiple */
  gint64 reach; /* the largest offset from @base */
} HeddleAxisLabels;

void heddle_axis_labels_init (HeddleAxisLabels *self, gint64 begin, gint64 end, gint64 step);
char *heddle_axis_labels_format (const HeddleAxisLabels *self, gint64 offset, char *buffer,
                                 gsize size);
char *heddle_axis_labels_format_base (const HeddleAxisLabels *self, char *buffer, gsize size);

guint heddle_axis_round_times (gint64 from, gint64 to, guint max, gint64 *times, gint64 *step);

double heddle_axis_value_step (double maximum, guint max_ticks);
double heddle_axis_value_ceiling (double maximum, double step);

G_END_DECLS
