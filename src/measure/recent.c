/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/recent.h"

#include <stdlib.h>
#include <string.h>

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

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
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
  gint64 sorted[HEDDLE_PULSE_HISTORY];

  if (n == 0)
    return 0;
  memcpy (sorted, values, n * sizeof *sorted);
  qsort (sorted, n, sizeof *sorted, compare);
  return sorted[(n * 99 + 99) / 100 - 1];
}
