/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/pulse.h"

G_BEGIN_DECLS

/* Durations, the last HEDDLE_PULSE_HISTORY of them. All zero: none. The owner's lock or thread
 * guards it. */
typedef struct {
  gint64 values[HEDDLE_PULSE_HISTORY];
  guint next;
  guint n;
  gint64 last;
  gint64 max;   /* since the beginning */
  guint64 count;
} HeddleRecent;

void heddle_recent_add (HeddleRecent *self, gint64 value);
guint heddle_recent_copy (const HeddleRecent *self, gint64 *values);
gint64 heddle_recent_p99 (const gint64 *values, guint n);

G_END_DECLS
