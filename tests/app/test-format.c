/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as the window writes them. */
#include "config.h"

#include "app/widgets/format.h"

#define GAP "\xe2\x80\xaf"

static void
assert_taken (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_counts_in_groups (void)
{
  assert_taken (heddle_format_count (0), "0");
  assert_taken (heddle_format_count (4180), "4180");
  assert_taken (heddle_format_count (42830), "42" GAP "830");
  assert_taken (heddle_format_count (1000000), "1" GAP "000" GAP "000");
  assert_taken (heddle_format_count (G_MAXUINT64), "18" GAP "446" GAP "744" GAP "073" GAP "709" GAP "551" GAP "615");
}

static void
test_rates (void)
{
  assert_taken (heddle_format_rate (0), "0/s");
  assert_taken (heddle_format_rate (-1), "0/s");
  assert_taken (heddle_format_rate (0.0 / 0.0), "0/s");
  assert_taken (heddle_format_rate (2.5), "2.5/s");
  assert_taken (heddle_format_rate (13384.4), "13" GAP "384/s");
}

#define S G_GINT64_CONSTANT (1000000000)

/* What is unsure is told as a range, and no finer than it is known. */
static void
test_time_left (void)
{
  assert_taken (heddle_format_time_left (0, 0), "0 s left");
  assert_taken (heddle_format_time_left (1, 1), "1 s left");
  assert_taken (heddle_format_time_left (12 * S, 12 * S), "12 s left");
  assert_taken (heddle_format_time_left (12 * S, 12 * S + 1), "13 s left"); /* nearly the same */
  assert_taken (heddle_format_time_left (124 * S, 124 * S), "2 min 10 s left");
  assert_taken (heddle_format_time_left (120 * S, 120 * S), "2 min left");
  assert_taken (heddle_format_time_left (3237 * S, 3237 * S), "54 min left");
  assert_taken (heddle_format_time_left (3840 * S, 3840 * S), "1 h 10 min left");
  assert_taken (heddle_format_time_left (12 * S + 1, 30 * S - 1), "12 to 30 s left");
  assert_taken (heddle_format_time_left (40 * S, 95 * S), "40 s to 2 min left");
  assert_taken (heddle_format_time_left (124 * S, 310 * S), "2 to 6 min left");
  assert_taken (heddle_format_time_left (1800 * S, 9000 * S), "30 min to 3 h left");
  assert_taken (heddle_format_time_left (7200 * S, 18000 * S), "2 to 5 h left");
  assert_taken (heddle_format_time_left (10 * S, 20000 * S), "1 min to 6 h left");
}

/* At each border the smaller unit must not round up to a whole of the larger. */
static void
test_durations_in_the_unit_that_suits (void)
{
  assert_taken (heddle_format_duration (-5), "0 ns");
  assert_taken (heddle_format_duration (999), "999 ns");
  assert_taken (heddle_format_duration (1500), "1.5 µs");
  assert_taken (heddle_format_duration (14900000), "14.9 ms");
  assert_taken (heddle_format_duration (999960000), "1.0 s");
  assert_taken (heddle_format_duration (3200000000), "3.2 s");
  assert_taken (heddle_format_duration (G_GINT64_CONSTANT (59960000000)), "1 min 0 s");
  assert_taken (heddle_format_duration (G_GINT64_CONSTANT (125000000000)), "2 min 5 s");
  assert_taken (heddle_format_duration (G_GINT64_CONSTANT (3840000000000)), "1 h 4 min");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/counts-in-groups", test_counts_in_groups);
  g_test_add_func ("/format/time-left-is-a-range-where-it-is-unsure", test_time_left);
  g_test_add_func ("/format/rates", test_rates);
  g_test_add_func ("/format/durations-in-the-unit-that-suits", test_durations_in_the_unit_that_suits);
  return g_test_run ();
}
