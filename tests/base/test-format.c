/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as people read them. */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "base/format.h"

#define GAP "\xe2\x80\xaf"
#define S HEDDLE_S

static void
counts_in_groups (void)
{
  static const struct { guint64 count; const char *text; } rows[] = {
    { 0, "0" }, { 999, "999" }, { 4180, "4180" }, { 9999, "9999" }, { 10000, "10" GAP "000" }, { 42830, "42" GAP "830" },
    { 1000000, "1" GAP "000" GAP "000" }, { G_MAXUINT64, "18" GAP "446" GAP "744" GAP "073" GAP "709" GAP "551" GAP "615" },
  };
  char buffer[HEDDLE_FORMAT_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (heddle_format_count (rows[i].count, buffer, sizeof buffer), ==, rows[i].text);
  g_assert_cmpstr (heddle_format_signed (-30412, buffer, sizeof buffer), ==, "\u221230" GAP "412");
  g_assert_cmpstr (heddle_format_signed (30412, buffer, sizeof buffer), ==, "30" GAP "412");
  g_assert_cmpstr (heddle_format_signed (G_MININT64, buffer, sizeof buffer), ==,
                   "\u22129" GAP "223" GAP "372" GAP "036" GAP "854" GAP "775" GAP "808");
}

/* Cut between characters, never inside one. */
static void
counts_without_room_stay_text (void)
{
  char buffer[HEDDLE_FORMAT_SIZE];

  for (gsize size = 1; size < 30; size++)
    {
      g_assert_true (g_utf8_validate (heddle_format_count (G_MAXUINT64, buffer, size), -1, NULL));
      g_assert_cmpuint (strlen (buffer), <, size);
    }
}

static void
values_have_three_digits_or_so (void)
{
  static const struct { double value; const char *text; } rows[] = {
    { 0, "0" }, { 0.254, "0.25" }, { 1, "1" }, { 4.21, "4.2" }, { 99.9, "99.9" }, { 99.96, "100" }, { 4180.4, "4180" },
    { 30411.6, "30" GAP "412" }, { -1, "0" }, { G_MAXDOUBLE, "1" GAP "000" GAP "000" GAP "000" GAP "000" GAP "000" GAP "000" },
  };
  char buffer[HEDDLE_FORMAT_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (heddle_format_value (rows[i].value, buffer, sizeof buffer), ==, rows[i].text);
  g_assert_cmpstr (heddle_format_value (0.0 / 0.0, buffer, sizeof buffer), ==, "0");
}

static void
rates (void)
{
  static const struct { double rate; const char *text; } rows[] = {
    { 0, "0/s" }, { -1, "0/s" }, { 0.04, "0.0/s" }, { 2.5, "2.5/s" }, { 9.94, "9.9/s" }, { 9.96, "10/s" }, { 13384.4, "13" GAP "384/s" },
  };
  char buffer[HEDDLE_FORMAT_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (heddle_format_rate (rows[i].rate, buffer, sizeof buffer), ==, rows[i].text);
  g_assert_cmpstr (heddle_format_rate (0.0 / 0.0, buffer, sizeof buffer), ==, "0/s");
}

static void
shares_and_amounts (void)
{
  char buffer[HEDDLE_FORMAT_SIZE];

  g_assert_cmpstr (heddle_format_percent (0.934, buffer, sizeof buffer), ==, "93 %");
  g_assert_cmpstr (heddle_format_percent (1.2, buffer, sizeof buffer), ==, "100 %");
  g_assert_cmpstr (heddle_format_percent (-1, buffer, sizeof buffer), ==, "0 %");
  g_assert_cmpstr (heddle_format_bytes (-1, buffer, sizeof buffer), ==, "–");
  g_assert_nonnull (strstr (heddle_format_bytes (24 * 1024 * 1024, buffer, sizeof buffer), "MiB"));
}

static void
measured_amounts_have_three_digits (void)
{
  static const struct { double amount; gboolean bytes; const char *text; } rows[] = {
    { 0, FALSE, "0 ns" }, { 9.5512, FALSE, "9.55 ns" }, { 9.996, FALSE, "10.0 ns" }, { 99.96, FALSE, "100 ns" }, { 999.4, FALSE, "999 ns" },
    { 999.6, FALSE, "1.00 µs" }, { 1e6, FALSE, "1 ms" }, { 1.9e6, FALSE, "1.90 ms" }, { 1.25e9, FALSE, "1.25 s" }, { 1e13, FALSE, "10000 s" },
    { 1, TRUE, "1 byte" }, { 128, TRUE, "128 bytes" }, { 36864, TRUE, "36 KiB" }, { 37000, TRUE, "36.1 KiB" }, { 1024 * 1024, TRUE, "1 MiB" },
    { 1.5 * 1024 * 1024 * 1024, TRUE, "1.50 GiB" },
  };
  char buffer[HEDDLE_FORMAT_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      heddle_format_measured (rows[i].amount, rows[i].bytes, buffer, sizeof buffer);
      g_assert_cmpstr (buffer, ==, rows[i].text);
    }
}

/* At each border the smaller unit must not round up to a whole of the larger. */
static void
durations_in_the_unit_that_suits (void)
{
  static const struct { gint64 ns; const char *text; } rows[] = {
    { -5, "0 ns" }, { 0, "0 ns" }, { 1, "1 ns" }, { 999, "999 ns" }, { 1000, "1.0 µs" }, { 1500, "1.5 µs" }, { 12345, "12.3 µs" },
    { 99949, "99.9 µs" }, { 99951, "100 µs" }, { 800 * HEDDLE_US, "800 µs" }, { 999499, "999 µs" }, { 999500, "1.0 ms" },
    { 14900 * HEDDLE_US, "14.9 ms" }, { 149 * HEDDLE_MS, "149 ms" }, { 999499999, "999 ms" }, { 999500000, "1.0 s" },
    { 2100 * HEDDLE_MS, "2.1 s" }, { 59949 * HEDDLE_MS, "59.9 s" }, { 59950 * HEDDLE_MS, "1 min 0 s" }, { 100 * S, "1 min 40 s" },
    { 125 * S, "2 min 5 s" }, { 125 * S + 499 * HEDDLE_MS, "2 min 5 s" }, { 125 * S + 500 * HEDDLE_MS, "2 min 6 s" },
    { 3599 * S, "59 min 59 s" }, { 3600 * S - 1, "1 h 0 min" }, { 3840 * S, "1 h 4 min" }, { 360000 * S, "100 h 0 min" },
  };
  char buffer[HEDDLE_FORMAT_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (heddle_format_duration (rows[i].ns, buffer, sizeof buffer), ==, rows[i].text);
  heddle_format_duration (G_MAXINT64, buffer, sizeof buffer);
  g_assert_cmpstr (buffer, ==, "2562047 h 47 min");
}

static void
duration_ranges_name_the_unit_once (void)
{
  static const struct { gint64 from, to; const char *text; } rows[] = {
    { 600 * HEDDLE_US, 800 * HEDDLE_US, "600 to 800 µs" }, { 850, 1200, "850 ns to 1.2 µs" }, { 0, 2100 * HEDDLE_MS, "0 to 2.1 s" },
    { 6100 * HEDDLE_US, 6130 * HEDDLE_US, "6.10 to 6.13 ms" }, { 600 * HEDDLE_MS, 2 * S, "600 ms to 2.0 s" },
    { 40 * S, 100 * S, "40.0 s to 1 min 40 s" }, { 5, 5, "5 to 5 ns" },
  };
  char buffer[2 * HEDDLE_FORMAT_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (heddle_format_duration_range (rows[i].from, rows[i].to, buffer, sizeof buffer),
                     ==, rows[i].text);
}

/* What is unsure is told as a range, and no finer than it is known. */
static void
time_left_is_a_range_where_it_is_unsure (void)
{
  static const struct { gint64 least, most; const char *text; } rows[] = {
    { 0, 0, "0 s left" }, { 1, 1, "1 s left" }, { 12 * S, 12 * S, "12 s left" },
    { 12 * S, 12 * S + 1, "13 s left" }, /* nearly the same */
    { 124 * S, 124 * S, "2 min 10 s left" }, { 120 * S, 120 * S, "2 min left" }, { 3237 * S, 3237 * S, "54 min left" },
    { 3840 * S, 3840 * S, "1 h 10 min left" }, { 12 * S + 1, 30 * S - 1, "12 to 30 s left" }, { 40 * S, 95 * S, "40 s to 2 min left" },
    { 124 * S, 310 * S, "2 to 6 min left" }, { 1800 * S, 9000 * S, "30 min to 3 h left" }, { 7200 * S, 18000 * S, "2 to 5 h left" },
    { 10 * S, 20000 * S, "1 min to 6 h left" },
  };
  char buffer[HEDDLE_FORMAT_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (heddle_format_time_left (rows[i].least, rows[i].most, buffer, sizeof buffer),
                     ==, rows[i].text);
}

static void
clock_of_a_run (void)
{
  char buffer[HEDDLE_FORMAT_SIZE];

  g_assert_cmpstr (heddle_format_clock (-1, buffer, sizeof buffer), ==, "0:00.000");
  g_assert_cmpstr (heddle_format_clock (3214 * HEDDLE_MS, buffer, sizeof buffer), ==, "0:03.214");
  g_assert_cmpstr (heddle_format_clock (3725 * S + 7 * HEDDLE_MS, buffer, sizeof buffer), ==,
                   "1:02:05.007");
}

/* Where the machine has such a locale. */
static void
decimal_point_is_that_of_the_locale (void)
{
  char buffer[HEDDLE_FORMAT_SIZE];

  if (setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("no German locale");
      return;
    }
  g_assert_cmpstr (heddle_format_duration (3200 * HEDDLE_MS, buffer, sizeof buffer), ==, "3,2 s");
  g_assert_cmpstr (heddle_format_rate (2.5, buffer, sizeof buffer), ==, "2,5/s");
  setlocale (LC_NUMERIC, "C");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/counts-in-groups", counts_in_groups);
  g_test_add_func ("/format/counts-without-room-stay-text", counts_without_room_stay_text);
  g_test_add_func ("/format/values-have-three-digits-or-so", values_have_three_digits_or_so);
  g_test_add_func ("/format/rates", rates);
  g_test_add_func ("/format/shares-and-amounts", shares_and_amounts);
  g_test_add_func ("/format/measured-amounts-have-three-digits", measured_amounts_have_three_digits);
  g_test_add_func ("/format/durations-in-the-unit-that-suits", durations_in_the_unit_that_suits);
  g_test_add_func ("/format/duration-ranges-name-the-unit-once",
                   duration_ranges_name_the_unit_once);
  g_test_add_func ("/format/time-left-is-a-range-where-it-is-unsure",
                   time_left_is_a_range_where_it_is_unsure);
  g_test_add_func ("/format/clock-of-a-run", clock_of_a_run);
  g_test_add_func ("/format/decimal-point-is-that-of-the-locale",
                   decimal_point_is_that_of_the_locale);
  return g_test_run ();
}
