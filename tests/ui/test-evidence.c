/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which stretch of the queue is shown as evidence. */
#include "config.h"

#include "app/run/monitor/evidence.h"

#define N 8

static void
fill (HeddleSeriesCell *cells, const double *values)
{
  for (guint i = 0; i < N; i++)
    cells[i] = (HeddleSeriesCell){ .min = values[i], .max = 64, .mean = 32, .n_samples = 1,
                                   .known = values[i] >= 0 };
}

static void
assert_longest (const double *values, gboolean stocked, guint first, guint n)
{
  HeddleSeriesCell cells[N];
  guint has_first;

  fill (cells, values);
  g_assert_cmpuint (heddle_evidence_find_longest (cells, N, 4, stocked, &has_first), ==, n);
  g_assert_cmpuint (has_first, ==, first);
}

static void
test_longest (void)
{
  static const double values[N] = { 0, 64, 64, 3, 0, 2, 4, 64 };

  assert_longest (values, FALSE, 3, 3);
  assert_longest (values, TRUE, 1, 2); /* of two that are as long, the first */
}

/* Nothing is known of what is below 0. */
static void
test_unknown (void)
{
  static const double values[N] = { 0, 0, -1, 0, 0, -1, 64, -1 };
  static const double nothing[N] = { -1, -1, -1, -1, -1, -1, -1, -1 };

  assert_longest (values, FALSE, 0, 2);
  assert_longest (values, TRUE, 6, 1);
  assert_longest (nothing, FALSE, 0, 0);
  assert_longest (nothing, TRUE, 0, 0);
}

static void
test_all (void)
{
  static const double values[N] = { 4, 4, 4, 4, 4, 4, 4, 4 };

  assert_longest (values, TRUE, 0, N);
  assert_longest (values, FALSE, 0, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evidence/longest-stretch-of-the-queue", test_longest);
  g_test_add_func ("/evidence/unknown-belongs-to-neither", test_unknown);
  g_test_add_func ("/evidence/all-of-it", test_all);
  return g_test_run ();
}
