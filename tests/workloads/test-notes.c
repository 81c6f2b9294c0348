/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fake-task.h"
#include "workloads/list.h"

/* The four workloads that come from programs of the lecture notes. */

static void
produce (const HeddleWorkload *workload, gpointer data, guint64 n_expected)
{
  HeddleProducer producer;
  g_autoptr (GError) error = NULL;

  fake_producer_init (&producer);
  g_assert_true (workload->produce (data, &producer, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (producer.inputs->len, ==, 0);
  g_assert_cmpuint (producer.n_range, ==, n_expected);
  g_assert_cmpuint (producer.total, ==, n_expected);
  fake_producer_clear (&producer);
}

static void
assert_sentence (const HeddleWorkload *workload, gpointer data, guint64 id, const char *result,
                 const char *expected_label, const char *expected)
{
  char label[64];
  g_autofree char *sentence = NULL;

  workload->label (data, id, label, sizeof label);
  g_assert_cmpstr (label, ==, expected_label);
  sentence = workload->sentence (data, id, label, result);
  g_assert_cmpstr (sentence, ==, expected);
}

static void
squares_are_right (void)
{
  static const guint64 ids[] = { 1, 2, 3, 10, 65536, 4294967, 999999999, 1000000000 };
  static const char *const results[] = { "1",
                                         "4",
                                         "9",
                                         "100",
                                         "4294967296",
                                         "18446741531089",
                                         "999999998000000001",
                                         "1000000000000000000" };
  const HeddleWorkload *workload = &heddle_workload_squares;
  HeddleSettings *settings;
  gpointer data = fake_open (workload, &settings, (const char *const[]) { "n=1000000000", NULL });

  g_assert_true (workload->ordered);
  produce (workload, data, 1000000000);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      HeddleTask task;

      fake_task_init (&task, ids[i], NULL);
      workload->execute (data, &task);
      g_assert_cmpstr (task.result, ==, results[i]);
      fake_task_clear (&task);
    }
  assert_sentence (workload, data, 3, "9", "the square of 3", "The square of 3 is 9");
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

/* Decimal numbers, nine digits a limb, the lowest first: a second way to the same factorials. */
static void
multiply (GArray *limbs, guint factor)
{
  guint64 carry = 0;

  for (guint i = 0; i < limbs->len; i++)
    {
      guint32 *limb = &g_array_index (limbs, guint32, i);

      carry += (guint64) *limb * factor;
      *limb = (guint32) (carry % 1000000000);
      carry /= 1000000000;
    }
  if (carry > 0)
    {
      guint32 limb = (guint32) carry;

      g_array_append_val (limbs, limb);
    }
}

static char *
to_text (GArray *limbs)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%u", g_array_index (limbs, guint32, limbs->len - 1));
  for (guint i = limbs->len - 1; i > 0; i--)
    g_string_append_printf (text, "%09u", g_array_index (limbs, guint32, i - 1));
  return g_string_free (text, FALSE);
}

static void
factorials_are_right (void)
{
  const HeddleWorkload *workload = &heddle_workload_factorials;
  HeddleSettings *settings;
  gpointer data = fake_open (workload, &settings, (const char *const[]) { "n=5000", NULL });
  g_autoptr (GArray) limbs = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 one = 1;

  g_assert_true (workload->ordered);
  produce (workload, data, 5000);
  g_array_append_val (limbs, one);
  for (guint n = 1; n <= 5000; n++)
    {
      HeddleTask task;
      g_autofree char *expected = NULL;

      multiply (limbs, n);
      if (n > 200 && n % 480 != 200)
        continue;
      fake_task_init (&task, n, NULL);
      workload->execute (data, &task);
      expected = to_text (limbs);
      g_assert_cmpstr (task.result, ==, expected);
      g_assert_cmpuint (task.result_length, ==, strlen (expected));
      g_assert_true (n != 5 || g_str_equal (expected, "120"));
      g_assert_true (n != 5000 || strlen (expected) == 16326);
      fake_task_clear (&task);
    }
  assert_sentence (workload, data, 5, "120", "the factorial of 5", "The factorial of 5 is 120");
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

static void
rounds_begin_again (void)
{
  static const char *const results[] = {
    "1", "2", "6", "1", "2", "6", "1", "2", "6", "1", "2", "6"
  };
  const HeddleWorkload *workload = &heddle_workload_factorials;
  HeddleSettings *settings;
  gpointer data = fake_open (workload, &settings, (const char *const[]) { "n=3", "rounds=4", NULL });

  produce (workload, data, G_N_ELEMENTS (results));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      HeddleTask task;

      fake_task_init (&task, i + 1, NULL);
      workload->execute (data, &task);
      g_assert_cmpstr (task.result, ==, results[i]);
      fake_task_clear (&task);
    }
  assert_sentence (workload, data, 12, "6", "the factorial of 3", "The factorial of 3 is 6");
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

static void
most_rounds_do_not_overflow (void)
{
  const HeddleWorkload *workload = &heddle_workload_factorials;
  HeddleSettings *settings;
  gpointer data =
    fake_open (workload, &settings, (const char *const[]) { "n=5000", "rounds=1000000", NULL });

  produce (workload, data, G_GUINT64_CONSTANT (5000000000));
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

static void
requests_wait_between_two_lines (void)
{
  const HeddleWorkload *workload = &heddle_workload_handle_requests;
  HeddleSettings *settings;
  gpointer data =
    fake_open (workload, &settings, (const char *const[]) { "requests=3", "seconds=0.1", NULL });
  HeddleTask task;

  produce (workload, data, 3);
  fake_task_init (&task, 1, NULL);
  workload->execute (data, &task);
  g_assert_cmpstr (task.printed->str, ==, "Handling request 1\nFinished request 1\n");
  g_assert_cmpuint (task.sleeps->len, ==, 1);
  g_assert_cmpint (g_array_index (task.sleeps, gint64, 0), ==, 100000000);
  g_assert_true (g_str_has_prefix (
    task.result, "waited 0.0")); /* the fake does not sleep, and the result is measured */
  g_assert_null (task.error);
  assert_sentence (workload, data, 2, "waited 0.100 s", "request 2", "Request 2 waited 0.100 s");
  fake_task_clear (&task);
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

static void
cancelled_request_is_not_finished (void)
{
  const HeddleWorkload *workload = &heddle_workload_handle_requests;
  HeddleSettings *settings;
  gpointer data = fake_open (workload, &settings, (const char *const[]) { NULL });
  HeddleTask task;

  fake_task_init (&task, 5, NULL);
  task.cancel_at_sleep = 1;
  workload->execute (data, &task);
  g_assert_cmpint (g_array_index (task.sleeps, gint64, 0), ==, 2000000000);
  g_assert_cmpstr (task.printed->str, ==, "Handling request 5\n");
  g_assert_null (task.result);
  g_assert_null (task.error);
  fake_task_clear (&task);
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

static void
numbers_and_letters_are_printed (void)
{
  static const char *const printed[] = {
    "Number: 1\nNumber: 2\nNumber: 3\nNumber: 4\nNumber: 5\n",
    "Letter: a\nLetter: b\nLetter: c\nLetter: d\nLetter: e\n",
  };
  static const char *const labels[] = { "numbers", "letters" };
  static const char *const sentences[] = { "Numbers printed: 5", "Letters printed: 5" };
  const HeddleWorkload *workload = &heddle_workload_numbers_and_letters;
  HeddleSettings *settings;
  gpointer data = fake_open (workload, &settings, (const char *const[]) { NULL });

  produce (workload, data, 2);
  for (guint i = 0; i < 2; i++)
    {
      HeddleTask task;

      fake_task_init (&task, i + 1, NULL);
      workload->execute (data, &task);
      g_assert_cmpstr (task.printed->str, ==, printed[i]);
      g_assert_cmpuint (task.sleeps->len, ==, 5);
      for (guint j = 0; j < 5; j++)
        g_assert_cmpint (g_array_index (task.sleeps, gint64, j), ==, 1000000000);
      g_assert_cmpuint (task.progress->len, ==, 5);
      g_assert_cmpfloat (g_array_index (task.progress, double, 0), ==, 0.2);
      g_assert_cmpfloat (g_array_index (task.progress, double, 4), ==, 1);
      g_assert_cmpstr (task.result, ==, "5");
      fake_task_clear (&task);
      assert_sentence (workload, data, i + 1, "5", labels[i], sentences[i]);
    }
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

static void
the_alphabet_ends_at_z (void)
{
  const HeddleWorkload *workload = &heddle_workload_numbers_and_letters;
  HeddleSettings *settings;
  gpointer data =
    fake_open (workload, &settings, (const char *const[]) { "letters=26", "seconds=0", NULL });
  HeddleTask task;

  fake_task_init (&task, 2, NULL);
  workload->execute (data, &task);
  g_assert_true (g_str_has_suffix (task.printed->str, "\nLetter: y\nLetter: z\n"));
  g_assert_cmpstr (task.result, ==, "26");
  fake_task_clear (&task);
  g_assert_false (heddle_settings_parse (settings, "letters=27", NULL));
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

static void
cancelled_printer_stops_at_once (void)
{
  const HeddleWorkload *workload = &heddle_workload_numbers_and_letters;
  HeddleSettings *settings;
  gpointer data = fake_open (workload, &settings, (const char *const[]) { NULL });
  HeddleTask task;

  fake_task_init (&task, 1, NULL);
  task.cancel_at_sleep = 2;
  workload->execute (data, &task);
  g_assert_cmpstr (task.printed->str, ==, "Number: 1\nNumber: 2\n");
  g_assert_null (task.result);
  g_assert_null (task.error);
  fake_task_clear (&task);
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/squares/are-right", squares_are_right);
  g_test_add_func ("/factorials/are-right", factorials_are_right);
  g_test_add_func ("/factorials/rounds-begin-again", rounds_begin_again);
  g_test_add_func ("/factorials/most-rounds-do-not-overflow", most_rounds_do_not_overflow);
  g_test_add_func ("/handle-requests/wait-between-two-lines", requests_wait_between_two_lines);
  g_test_add_func ("/handle-requests/cancelled-is-not-finished", cancelled_request_is_not_finished);
  g_test_add_func ("/numbers-and-letters/are-printed", numbers_and_letters_are_printed);
  g_test_add_func ("/numbers-and-letters/the-alphabet-ends-at-z", the_alphabet_ends_at_z);
  g_test_add_func ("/numbers-and-letters/cancelled-stops-at-once", cancelled_printer_stops_at_once);
  return g_test_run ();
}
