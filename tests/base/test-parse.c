/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as users and files write them. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"

static void
numbers_have_one_form (void)
{
  static const char *const good[] = { "5", "0.25", "-1", "1e-3", "-0", "1E3", ".5", "00012" };
  static const char *const bad[] = { "",         " 5", "5 ",    "+5",  "0x10", "nan", "inf",
                                     "infinity", "1e", "1e999", "1,5", "--1",  "e5",  "5 6" };
  double number;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (heddle_number_parse (good[i], &number));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (heddle_number_parse (bad[i], &number));
}

static void
numbers_are_read_back_as_the_same (void)
{
  static const struct {
    double number;
    const char *text;
  } rows[] = { { 0.1, "0.1" }, { 5, "5" }, { -2.5, "-2.5" }, { 1e21, "1e+21" } };
  double number;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = heddle_number_dup (rows[i].number);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
  for (guint i = 0; i < 1000; i++)
    {
      double some = g_test_rand_double_range (-1, 1) * pow (10, g_test_rand_int_range (-30, 30));
      g_autofree char *text = heddle_number_dup (some);

      g_assert_true (heddle_number_parse (text, &number));
      g_assert_true (number == some);
    }
}

static void
counts_are_digits_in_a_range (void)
{
  static const char *const bad[] = { "",    "0",  "9",   "-1",  "+2",
                                     " 2",  "2 ", "2.0", "0x2", "99999999999999999999",
                                     "\xff" };
  guint count = 77;

  g_assert_true (heddle_option_parse_count ("workers", "1", 1, 8, &count, NULL));
  g_assert_cmpuint (count, ==, 1);
  g_assert_true (heddle_option_parse_count ("workers", "8", 1, 8, &count, NULL));
  g_assert_cmpuint (count, ==, 8);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (heddle_option_parse_count ("workers", bad[i], 1, 8, &count, &error));
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, "--workers"));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpuint (count, ==, 8);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parse/numbers-have-one-form", numbers_have_one_form);
  g_test_add_func ("/parse/numbers-are-read-back-as-the-same", numbers_are_read_back_as_the_same);
  g_test_add_func ("/parse/counts-are-digits-in-a-range", counts_are_digits_in_a_range);
  return g_test_run ();
}
