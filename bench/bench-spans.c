/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench-spans.h"

/* Of three lanes one knows totals of its tasks, one every switch, and one nothing; tasks wait now
 * and then. */
static void
add_task (HeddleLaneStore *store, guint lane, guint64 id, gint64 begin, gint64 end, guint random,
          gboolean fails)
{
  gint64 part = (end - begin) / 8;
  HeddleTaskTimes times = { .known = lane % 3 == 0, .on_cpu_ns = (1 + random % 4) * part,
                            .ready_ns = part };

  heddle_lane_store_open_locked (store, lane, id, begin, 0);
  if (random % 5 == 0)
    heddle_lane_store_stretch_locked (store, lane,
                                      random % 2 == 0 ? HEDDLE_FOLD_SLEEP : HEDDLE_FOLD_SHARED,
                                      begin + 5 * part, begin + 7 * part, 1);
  heddle_lane_store_close_locked (store, lane, end,
                                  fails ? HEDDLE_TASK_FAILED : HEDDLE_TASK_DONE,
                                  &times);
  if (lane % 3 != 1)
    return;
  heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_KNOWN, begin, end, 0);
  heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_ON_CPU, begin,
                                    begin + (1 + random % 4) * part, 0);
  heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_READY, begin + 4 * part,
                                    begin + 5 * part, 0);
}

/**
 * bench_spans_new:
 * @n_lanes: workers
 * @n_spans: tasks of all of them together
 *
 * Tasks of all lanes begin in the same slots of time, one a slot, and one of sixteen fails. So
 * every stretch of as many slots looks the same, however many there are in all.
 *
 * Returns: (transfer full): a history that keeps them all
 */
HeddleLaneStore *
bench_spans_new (guint n_lanes, guint64 n_spans)
{
  HeddleLaneStore *store = heddle_lane_store_new ((gsize) 1 << 36);
  guint64 n = MAX (n_spans / n_lanes, 1);
  GRand *random = g_rand_new_with_seed (1);

  for (guint lane = 0; lane < n_lanes; lane++)
    {
      g_autofree char *name = g_strdup_printf ("Thread %u", lane + 1);

      heddle_lane_store_add_lane (store, name);
    }
  heddle_lane_store_lock (store);
  for (guint lane = 0; lane < n_lanes; lane++)
    for (guint64 i = 0; i < n; i++)
      {
        gint64 slot = BENCH_SPANS_LENGTH / (gint64) n;
        gint64 begin = BENCH_SPANS_BEGIN + (gint64) i * slot;
        guint number = g_rand_int (random);

        add_task (store, lane, i * n_lanes + lane, begin + slot * (number >> 8 & 15) / 32,
                  begin + slot * (17 + (number >> 12 & 15)) / 32, number >> 16,
                  (number >> 28 & 15) == 0);
      }
  heddle_lane_store_unlock (store);
  g_rand_free (random);
  return store;
}
