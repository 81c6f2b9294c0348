/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/lane-order.h"

#include <math.h>

/* What a comparison needs to know. */
typedef struct {
  HeddleSortLanes by;
  const HeddleLaneKey *keys; /* by number of lane */
} Order;

/**
 * heddle_lane_get_percent:
 * @key: of a lane
 *
 * Returns: its busy share as it is written, in whole percent
 */
guint
heddle_lane_get_percent (const HeddleLaneKey *key)
{
  return key->busy > 0 ? (guint) lroundf (100 * key->busy) : 0;
}

/* Greater than 0 where @b has more. */
static int
compare_keys (const Order *order, const HeddleLaneKey *a, const HeddleLaneKey *b)
{
  guint percent_a = heddle_lane_get_percent (a), percent_b = heddle_lane_get_percent (b);

  switch (order->by)
    {
    case HEDDLE_SORT_LANES_BUSY:
      return (percent_b > percent_a) - (percent_b < percent_a);
    case HEDDLE_SORT_LANES_FAILURES:
      return (b->n_failed > a->n_failed) - (b->n_failed < a->n_failed);
    case HEDDLE_SORT_LANES_NUMBER:
    default:
      return 0;
    }
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const Order *order = data;
  guint lane_a = *(const guint *) a, lane_b = *(const guint *) b;
  int less = compare_keys (order, &order->keys[lane_a], &order->keys[lane_b]);

  return less != 0 ? less : (lane_a > lane_b) - (lane_a < lane_b);
}

/**
 * heddle_lane_order_sort:
 * @lanes: (array length=n): numbers of lanes, in any order
 * @n: how many
 * @by: what comes first
 * @keys: of every lane, by its number
 *
 * Busy shares are compared as they are written, in whole percent. Lanes that are alike stand by
 * number. Any thread.
 */
void
heddle_lane_order_sort (guint *lanes, guint n, HeddleSortLanes by, const HeddleLaneKey *keys)
{
  Order order = { by, keys };

  if (n > 1)
    g_qsort_with_data (lanes, (int) n, sizeof *lanes, compare, &order);
}

/**
 * heddle_lane_order_holds:
 * @lanes: (array length=n): as they were sorted last
 * @n: how many
 * @by: by what they were
 * @keys: of every lane, as they are now
 *
 * While a run goes on its figures move all the time, and rows that change their places with each
 * percent could not be read. Any thread.
 *
 * Returns: whether the order is still good enough: no lane has more failures than one above it, nor
 *   is busier by %HEDDLE_LANE_ORDER_MARGIN
 */
gboolean
heddle_lane_order_holds (const guint *lanes, guint n, HeddleSortLanes by, const HeddleLaneKey *keys)
{
  guint64 least = G_MAXUINT64;

  if (by == HEDDLE_SORT_LANES_NUMBER)
    return TRUE;
  for (guint i = 0; i < n; i++)
    {
      const HeddleLaneKey *key = &keys[lanes[i]];
      gboolean busy = by == HEDDLE_SORT_LANES_BUSY;
      guint64 value = busy ? heddle_lane_get_percent (key) : key->n_failed;

      if (value > least && value - least >= (busy ? HEDDLE_LANE_ORDER_MARGIN : 1))
        return FALSE;
      least = MIN (least, value);
    }
  return TRUE;
}
