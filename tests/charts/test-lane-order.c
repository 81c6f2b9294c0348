/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In which order lanes stand, and when an order is still good enough. */
#include "config.h"

#include "charts/lane-order.h"

#define N 5

static const HeddleLaneKey keys[N] = {
  { 0.504f, 0 }, { 0.9f, 2 }, { -1, 0 }, { 0.496f, 2 }, { 0.2f, 7 },
};

static void
assert_sorted (HeddleSortLanes by, const guint *expected)
{
  guint lanes[N] = { 3, 2, 0, 4, 1 };

  heddle_lane_order_sort (lanes, N, by, keys);
  for (guint i = 0; i < N; i++)
    g_assert_cmpuint (lanes[i], ==, expected[i]);
  g_assert_true (heddle_lane_order_holds (lanes, N, by, keys));
}

static void
test_sort (void)
{
  assert_sorted (HEDDLE_SORT_LANES_NUMBER, (const guint[]) { 0, 1, 2, 3, 4 });
  /* 50.4 and 49.6 are written alike; of one that was never there nothing is known */
  assert_sorted (HEDDLE_SORT_LANES_BUSY, (const guint[]) { 1, 0, 3, 4, 2 });
  assert_sorted (HEDDLE_SORT_LANES_FAILURES, (const guint[]) { 4, 1, 3, 0, 2 });
}

static void
test_some (void)
{
  guint lanes[] = { 4, 2, 1 };
  guint none;

  heddle_lane_order_sort (lanes, 3, HEDDLE_SORT_LANES_BUSY, keys);
  g_assert_cmpuint (lanes[0], ==, 1);
  g_assert_cmpuint (lanes[1], ==, 4);
  g_assert_cmpuint (lanes[2], ==, 2);
  heddle_lane_order_sort (&none, 0, HEDDLE_SORT_LANES_BUSY, keys);
  g_assert_true (heddle_lane_order_holds (&none, 0, HEDDLE_SORT_LANES_BUSY, keys));
}

/* A lane that is a little busier than one above it has to wait; many little steps add up. */
static void
test_holds (void)
{
  const guint lanes[] = { 0, 1, 2, 3 };
  HeddleLaneKey now[] = { { 0.5f, 0 }, { 0.52f, 0 }, { 0.51f, 0 }, { 0.1f, 0 } };

  g_assert_true (heddle_lane_order_holds (lanes, 4, HEDDLE_SORT_LANES_BUSY, now));
  now[1].busy = 0.53f;
  g_assert_false (heddle_lane_order_holds (lanes, 4, HEDDLE_SORT_LANES_BUSY, now));
  now[1].busy = 0.52f;
  now[2].busy = 0.54f; /* no more than 2 above its neighbour, but 4 above the first */
  g_assert_false (heddle_lane_order_holds (lanes, 4, HEDDLE_SORT_LANES_BUSY, now));
  g_assert_true (heddle_lane_order_holds (lanes, 4, HEDDLE_SORT_LANES_FAILURES, now));
  now[3].n_failed = 1;
  g_assert_false (heddle_lane_order_holds (lanes, 4, HEDDLE_SORT_LANES_FAILURES, now));
  g_assert_true (heddle_lane_order_holds (lanes, 4, HEDDLE_SORT_LANES_NUMBER, now));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lane-order/by-percent-as-written-then-number", test_sort);
  g_test_add_func ("/lane-order/of-some-lanes-and-of-none", test_some);
  g_test_add_func ("/lane-order/holds-while-differences-are-small", test_holds);
  return g_test_run ();
}
