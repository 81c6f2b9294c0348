/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In which order lanes are drawn, without GTK. */
typedef enum {
  HEDDLE_SORT_LANES_NUMBER,
  HEDDLE_SORT_LANES_BUSY,     /* those whose workers had tasks for the most of the time first */
  HEDDLE_SORT_LANES_FAILURES, /* those with the most tasks that did not end well first */
} HeddleSortLanes;

/* What a lane is sorted by. */
typedef struct {
  float busy;       /* share of the shown time, 0 to 1; below 0: no time is shown */
  guint64 n_failed; /* tasks in it that did not end well */
} HeddleLaneKey;

#define HEDDLE_LANE_ORDER_MARGIN 3 /* percent */

guint heddle_lane_get_percent (const HeddleLaneKey *key);
void heddle_lane_order_sort (guint *lanes, guint n, HeddleSortLanes by, const HeddleLaneKey *keys);
gboolean heddle_lane_order_holds (const guint *lanes, guint n, HeddleSortLanes by,
                                  const HeddleLaneKey *keys);

G_END_DECLS
