/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many workers were wanted when: the time that there was for tasks, used or not.
 *
 * One entry a change. Where there are very many, every second one goes; between two entries the
 * number of workers is then the mean of what it was.
 */
#include "config.h"

#include "trace/lane-store-private.h"

#define MOST_ENTRIES 1024

static HeddleLaneSlots *
get_entry (HeddleLaneStore *self, guint at)
{
  return &g_array_index (self->slots, HeddleLaneSlots, at);
}

/* All but the first one and the last one may go. */
static void
thin_out (HeddleLaneStore *self)
{
  guint n = 0;

  for (guint i = 0; i < self->slots->len; i++)
    if (i % 2 == 0 || i + 1 == self->slots->len)
      *get_entry (self, n++) = *get_entry (self, i);
  g_array_set_size (self->slots, n);
}

/* Worker time until @time; @time is not before the entry. */
static gint64
sum_from (HeddleLaneStore *self, guint at, gint64 time)
{
  const HeddleLaneSlots *entry = get_entry (self, at);
  const HeddleLaneSlots *next = at + 1 < self->slots->len ? entry + 1 : NULL;
  double share;

  if (next == NULL)
    return entry->sum + (time - entry->time) * entry->n;
  share = (double) (time - entry->time) / (double) (next->time - entry->time);
  return entry->sum + (gint64) ((double) (next->sum - entry->sum) * share);
}

/* Worker time until @time, from the first entry on. */
static gint64
sum_until (HeddleLaneStore *self, gint64 time)
{
  guint low = 0, high = self->slots->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (get_entry (self, middle)->time <= time)
        low = middle + 1;
      else
        high = middle;
    }
  return low > 0 ? sum_from (self, low - 1, time) : 0;
}

/**
 * heddle_lane_store_set_slots_locked:
 * @n: how many workers are wanted
 * @time: from when on, nanoseconds; not before the last change, taken as that if it is
 *
 * The first call says when the time of the workers begins to count.
 */
void
heddle_lane_store_set_slots_locked (HeddleLaneStore *self, guint n, gint64 time)
{
  HeddleLaneSlots entry = { time, n, 0 };

  g_return_if_fail (self != NULL);

  if (self->slots->len > 0)
    {
      guint last = self->slots->len - 1;

      entry.time = MAX (time, get_entry (self, last)->time);
      entry.sum = sum_from (self, last, entry.time);
      if (entry.time == get_entry (self, last)->time)
        g_array_set_size (self->slots, last);
    }
  if (self->slots->len >= MOST_ENTRIES)
    thin_out (self);
  g_array_append_val (self->slots, entry);
  self->changed = TRUE;
}

/**
 * heddle_lane_store_count_slots:
 * @begin: (inout): nanoseconds; moved to where the time of the workers begins, if it is before that
 * @end: nanoseconds
 *
 * How much time of workers there was for tasks: for how long so many were wanted, times their
 * number. Where nobody has said how many, as many are taken as there are lanes. Any thread, not
 * inside a batch.
 *
 * Returns: nanoseconds, 0 where @end is not after @begin
 */
gint64
heddle_lane_store_count_slots (HeddleLaneStore *self, gint64 *begin, gint64 end)
{
  gint64 sum = 0;

  g_return_val_if_fail (self != NULL && begin != NULL, 0);

  heddle_lane_store_lock (self);
  if (self->slots->len > 0)
    *begin = MAX (*begin, get_entry (self, 0)->time);
  if (end > *begin && self->slots->len > 0)
    sum = sum_until (self, end) - sum_until (self, *begin);
  else if (end > *begin)
    sum = (end - *begin) * self->lanes->len;
  heddle_lane_store_unlock (self);
  return sum;
}
