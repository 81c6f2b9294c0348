/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "engine/model/affinity.h"
#include "engine/model/policy.h"
#include "engine/queue/retry.h"
#include "engine/run/run.h"

static const HeddleWorkload workload = { .id = "none",
                                         .name = "None",
                                         .backends = HEDDLE_BACKENDS_ALL };

/* Every value comes back as it was given, and what is refused changes nothing. */
static void
test_texts (void)
{
  static const struct {
    const char *name, *value;
  } good[] = {
    { "retries", "0" }, { "retries", "200" }, { "timeout", "0" }, { "timeout", "0.25" }, { "halt", "never" }, { "halt", "soon,fail=1" },
    { "halt", "now,fail=1000000000" }, { "halt", "soon,fail=1%" }, { "halt", "now,fail=100%" }, { "recycle", "0" }, { "recycle", "7" },
    { "nice", "19" }, { "nice", "idle" }, { "affinity", "" }, { "affinity", "spread" },
  }, bad[] = {
    { "retries", "201" }, { "retries", "-1" }, { "retries", "" }, { "timeout", "soon" }, { "timeout", "-1" }, { "timeout", "nan" },
    { "timeout", "1e9" }, { "timeout", "1s" }, { "timeout", "0x10" }, { "timeout", " 1" },
    { "timeout", "1 " }, { "timeout", "+1" }, { "timeout", "" }, { "timeout", "." }, { "timeout", "1e" }, { "timeout", "inf" }, { "retries", "+1" }, { "halt", "" }, { "halt", "now" }, { "halt", "later,fail=1" }, { "halt", "now,fail=0" },
    { "halt", "now,fail=" }, { "halt", "now,fail=%" }, { "halt", "soon,fail=101%" }, { "halt", "soon,fail=1%%" }, { "halt", "soon,fail=-1" },
    { "halt", "soon,done=1" }, { "halt", "soon, fail=1" }, { "halt", "so,fail=1" }, { "halt", ",fail=1" }, { "halt", "Never" },
    { "recycle", "many" }, { "nice", "20" }, { "affinity", "all" }, { "affinity", "0-" }, { "affinity", ",0" }, { "affinity", "0,," },
    { "affinity", "1-0" }, { "affinity", " 0" }, { "affinity", "1023" }, { "affinity", "99999999999" }, { "affinity", "-1" },
  };
  HeddleRunOptions options;

  heddle_run_options_init (&options, &workload);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *value = NULL;

      g_assert_true (heddle_policy_set (&options, good[i].name, good[i].value, &error));
      g_assert_no_error (error);
      value = heddle_policy_dup (&options, good[i].name);
      g_assert_cmpstr (value, ==, good[i].value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *before = heddle_policy_dup (&options, bad[i].name);
      g_autofree char *after = NULL;

      if (heddle_policy_set (&options, bad[i].name, bad[i].value, &error))
        g_error ("--%s “%s” was accepted", bad[i].name, bad[i].value);
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
      g_assert_nonnull (
        strstr (error->message, g_str_equal (bad[i].name, "affinity") ? "CPU" : bad[i].name));
      after = heddle_policy_dup (&options, bad[i].name);
      g_assert_cmpstr (after, ==, before);
    }
}

static void
test_what_a_backend_cannot_keep (void)
{
  static const struct {
    HeddleBackend backend;
    const char *name, *value, *words;
  } cases[] = {
    { HEDDLE_BACKEND_THREADS, "recycle", "5", "processes" },
    { HEDDLE_BACKEND_MAIN_LOOP, "recycle", "5", "processes" },
    { HEDDLE_BACKEND_THREAD_PER_TASK, "recycle", "1", "processes" },
    { HEDDLE_BACKEND_MAIN_LOOP, "affinity", "spread", "main loop" },
    { HEDDLE_BACKEND_MAIN_LOOP_BLOCKING, "affinity", "spread", "main loop" },
    { HEDDLE_BACKEND_PROCESSES, "recycle", "5", NULL },
    { HEDDLE_BACKEND_PROCESS_PER_TASK, "recycle", "5", NULL },
    { HEDDLE_BACKEND_THREADS, "affinity", "spread", NULL },
    { HEDDLE_BACKEND_PROCESSES, "affinity", "spread", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      HeddleRunOptions options;

      heddle_run_options_init (&options, &workload);
      options.backend = cases[i].backend;
      g_assert_true (heddle_policy_set (&options, cases[i].name, cases[i].value, &error));
      g_assert_cmpint (heddle_policy_check (&options, &error), ==, cases[i].words == NULL);
      if (cases[i].words != NULL)
        g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

static void
test_values_that_were_not_parsed_are_checked (void)
{
  HeddleRunOptions options;
  GError *error = NULL;

  heddle_run_options_init (&options, &workload);
  g_assert_true (heddle_policy_check (&options, &error));
  options.retries = HEDDLE_MAX_RETRIES + 1;
  g_assert_false (heddle_policy_check (&options, &error));
  g_clear_error (&error);
  options.retries = 0;
  options.halt = (HeddleHalt) { .when = HEDDLE_HALT_SOON, .fail = 0 };
  g_assert_false (heddle_policy_check (&options, &error));
  g_clear_error (&error);
  options.halt.when = HEDDLE_HALT_NEVER;
  options.retry_delay = -1;
  g_assert_false (heddle_policy_check (&options, &error));
  g_clear_error (&error);
  options.retry_delay = 0;
  options.nice = -1;
  g_assert_false (heddle_policy_check (&options, &error));
  g_clear_error (&error);
}

static void
test_halt_is_reached (void)
{
  static const struct {
    const char *policy;
    guint64 ended, failed;
    gboolean reached;
  } cases[] = {
    { "never", 1000, 1000, FALSE },
    { "soon,fail=1", 5, 0, FALSE }, { "soon,fail=1", 1, 1, TRUE }, { "now,fail=3", 100, 2, FALSE }, { "now,fail=3", 3, 3, TRUE },
    { "now,fail=3", 100, 4, TRUE },
    /* per cent of a few tasks count for nothing */
    { "now,fail=50%", 9, 9, FALSE }, { "now,fail=50%", 10, 5, TRUE }, { "now,fail=50%", 11, 5, FALSE }, { "now,fail=50%", 10, 4, FALSE },
    { "soon,fail=100%", 10, 10, TRUE }, { "soon,fail=1%", 100, 1, TRUE }, { "soon,fail=1%", 101, 1, FALSE }, { "soon,fail=1%", 1000, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HeddleHalt halt;

      g_assert_true (heddle_halt_parse (&halt, cases[i].policy, NULL));
      if (heddle_halt_is_reached (&halt, cases[i].ended, cases[i].failed) != cases[i].reached)
        g_error ("%s, %u of %u: wrong", cases[i].policy, (guint) cases[i].failed,
                 (guint) cases[i].ended);
    }
}

static void
test_delays_double_up_to_a_cap (void)
{
  gint64 second = G_GINT64_CONSTANT (1000000000);

  g_assert_cmpint (heddle_retry_delay_ns (0.125, 1), ==, second / 8);
  g_assert_cmpint (heddle_retry_delay_ns (0.125, 2), ==, second / 4);
  g_assert_cmpint (heddle_retry_delay_ns (0.125, 5), ==, 2 * second);
  g_assert_cmpint (heddle_retry_delay_ns (0.125, 7), ==, 8 * second);
  g_assert_cmpint (heddle_retry_delay_ns (0.125, 8), ==, 10 * second);
  g_assert_cmpint (heddle_retry_delay_ns (0.125, 200), ==, 10 * second);
  g_assert_cmpint (heddle_retry_delay_ns (0, 200), ==, 0);
  g_assert_cmpint (heddle_retry_delay_ns (60, 1), ==, 60 * second);
  g_assert_cmpint (heddle_retry_delay_ns (60, 9), ==, 60 * second);
}

/* Whatever comes in whatever order: the next one due goes first, and of two the first to come. */
static void
test_retries_come_in_their_order (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  HeddleRetries *retries = heddle_retries_new ();
  gint64 due[1001];
  gint64 last = 0;
  guint64 last_id = 0;
  HeddleItem item = { .count = 1, .attempt = 2 };

  g_assert_cmpint (heddle_retries_get_due (retries), ==, G_MAXINT64);
  g_assert_false (heddle_retries_take (retries, G_MAXINT64, &item));
  for (guint i = 1; i <= 1000; i++)
    {
      item.id = i;
      due[i] = g_rand_int_range (rand, 1, 200);
      heddle_retries_add (retries, &item, due[i]);
    }
  g_assert_cmpuint (heddle_retries_get_length (retries), ==, 1000);
  for (gint64 now = 0; now < 200; now++)
    while (heddle_retries_take (retries, now, &item))
      {
        g_assert_cmpint (due[item.id], ==, now);
        g_assert_cmpint (due[item.id], >=, last);
        if (due[item.id] == last)
          g_assert_cmpuint (item.id, >, last_id);
        last = due[item.id];
        last_id = item.id;
      }
  g_assert_cmpuint (heddle_retries_get_length (retries), ==, 0);
  heddle_retries_free (retries);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/texts", test_texts);
  g_test_add_func ("/policy/what-a-backend-cannot-keep", test_what_a_backend_cannot_keep);
  g_test_add_func ("/policy/values-that-were-not-parsed-are-checked",
                   test_values_that_were_not_parsed_are_checked);
  g_test_add_func ("/policy/halt-is-reached", test_halt_is_reached);
  g_test_add_func ("/policy/delays-double-up-to-a-cap", test_delays_double_up_to_a_cap);
  g_test_add_func ("/policy/retries-come-in-their-order", test_retries_come_in_their_order);
  return g_test_run ();
}
