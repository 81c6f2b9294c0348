/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/recent.h"

#include "measure/histogram.h"

G_STATIC_ASSERT (HEDDLE_PULSE_HISTORY <= HEDDLE_HISTOGRAM_FEW);

/**
 * heddle_recent_add:
 * @value: nanoseconds
 *
 * Adds the newest one; the oldest goes where there is no room.
 */
void
heddle_recent_add (HeddleRecent *self, gint64 value)
{
  self->values[self->next] = value;
  self->next = (self->next + 1) % HEDDLE_PULSE_HISTORY;
  self->n = MIN (self->n + 1, HEDDLE_PULSE_HISTORY);
  self->last = value;
  self->max = MAX (self->max, value);
  self->count++;
}

/**
 * heddle_recent_copy:
 * @values: (out): room for HEDDLE_PULSE_HISTORY of them, oldest first
 *
 * Returns: how many there are
 */
guint
heddle_recent_copy (const HeddleRecent *self, gint64 *values)
{
  guint first = (self->next + HEDDLE_PULSE_HISTORY - self->n) % HEDDLE_PULSE_HISTORY;

  for (guint i = 0; i < self->n; i++)
    values[i] = self->values[(first + i) % HEDDLE_PULSE_HISTORY];
  return self->n;
}

/**
 * heddle_recent_p99:
 * @values: (array length=n): in any order
 * @n: how many, HEDDLE_PULSE_HISTORY at most
 *
 * Returns: the 99th percentile: the value of nearest rank; 0 where there are none
 */
gint64
heddle_recent_p99 (const gint64 *values, guint n)
{
  return n > 0 ? heddle_histogram_pick (values, n, (n * 99 + 99) / 100) : 0;
}
