/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "trace/states.h"

static void
names_are_parsed_back (void)
{
  for (guint i = 0; i < HEDDLE_N_STATES_SOURCES; i++)
    {
      g_autoptr (GError) error = NULL;
      HeddleStatesSource source = HEDDLE_N_STATES_SOURCES;

      g_assert_true (heddle_states_source_parse (heddle_states_source_name ((HeddleStatesSource) i),
                                                 &source, &error));
      g_assert_no_error (error);
      g_assert_cmpint (source, ==, i);
    }
  g_assert_cmpstr (heddle_states_source_name ((HeddleStatesSource) 200), ==, "unknown");
}

static void
other_names_are_refused (void)
{
  static const char *const wrong[] = { "", "Exact", "exact ", "unknown", "sampled" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      HeddleStatesSource source = HEDDLE_STATES_EXACT;

      g_assert_false (heddle_states_source_parse (wrong[i], &source, &error));
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, "exact, counted or none"));
      g_assert_cmpint (source, ==, HEDDLE_STATES_EXACT);
    }
}

static void
blocked_is_the_rest_of_the_span (void)
{
  HeddleTaskTimes times = { .on_cpu_ns = 30, .ready_ns = 50, .known = TRUE };

  g_assert_cmpint (heddle_task_times_get_blocked (&times, 100), ==, 20);
  g_assert_cmpint (heddle_task_times_get_blocked (&times, 79), ==, 0);
}

/* Several processes have been on CPUs for longer than their task, and nobody knows the rest. */
static void
some_know_their_time_on_cpus_alone (void)
{
  HeddleTaskTimes known = { .on_cpu_ns = 30, .ready_ns = 50, .known = TRUE };
  HeddleTaskTimes some = { .on_cpu_ns = 60, .ready_ns = -1, .known = TRUE };
  HeddleTaskTimes many = { .on_cpu_ns = 250, .ready_ns = -1, .known = TRUE };
  HeddleTimesTotals totals = { 0 };

  heddle_task_times_fit (&many, 100);
  g_assert_cmpint (many.on_cpu_ns, ==, 250);
  g_assert_cmpint (many.ready_ns, ==, -1);
  g_assert_cmpint (heddle_task_times_get_blocked (&many, 100), ==, -1);

  heddle_times_totals_add (&totals, &known, 100);
  g_assert_cmpint (heddle_times_totals_get_blocked (&totals), ==, 20);
  heddle_times_totals_add (&totals, &some, 100);
  heddle_times_totals_add (&totals, &many, 100);
  g_assert_cmpuint (totals.n_tasks, ==, 3);
  g_assert_cmpint (totals.span_ns, ==, 300);
  g_assert_cmpint (totals.on_cpu_ns, ==, 30 + 60 + 100);
  g_assert_cmpint (totals.ready_ns, ==, 50);
  g_assert_cmpint (totals.untold_ns, ==, 40);
  g_assert_cmpint (heddle_times_totals_get_blocked (&totals), ==, 20);
}

static void
assert_packs (HeddleTaskTimes times, gsize most)
{
  char bytes[HEDDLE_TASK_TIMES_PACKED];
  HeddleTaskTimes back;
  gsize n = heddle_task_times_pack (&times, bytes);

  g_assert_cmpuint (n, <=, most);
  g_assert_cmpuint (heddle_task_times_unpack (&back, bytes), ==, n);
  g_assert_true (back.known);
  g_assert_cmpint (back.on_cpu_ns, ==, times.on_cpu_ns);
  g_assert_cmpint (back.ready_ns, ==, times.ready_ns);
  g_assert_cmpuint (back.switches, ==, times.switches);
  g_assert_cmpuint (back.preempted, ==, times.preempted);
  g_assert_cmpuint (back.cpus, ==, times.cpus);
}

static void
packing_loses_nothing (void)
{
  assert_packs ((HeddleTaskTimes) { 0, 0, 0, 0, TRUE, 0 }, 5);
  assert_packs ((HeddleTaskTimes) { 10000000, 120000, 3, 1, TRUE, 3 }, 10);
  assert_packs ((HeddleTaskTimes) { 127, 128, 16383, 16384, TRUE, 127 }, 9);
  assert_packs ((HeddleTaskTimes) { 10000000, -1, 3, 1, TRUE, 0 }, 8);
  assert_packs ((HeddleTaskTimes) { G_MAXINT64, G_MAXINT64, G_MAXUINT32, G_MAXUINT32, TRUE,
                                    G_MAXUINT64 },
                HEDDLE_TASK_TIMES_PACKED);
  for (guint i = 0; i < 63; i++)
    assert_packs ((HeddleTaskTimes) { G_GINT64_CONSTANT (1) << i, (G_GINT64_CONSTANT (1) << i) - 1,
                                      1u << i % 32, (1u << i % 32) - 1, TRUE,
                                      heddle_cpu_bit (i) },
                  HEDDLE_TASK_TIMES_PACKED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/states/names-are-parsed-back", names_are_parsed_back);
  g_test_add_func ("/states/other-names-are-refused", other_names_are_refused);
  g_test_add_func ("/states/blocked-is-the-rest-of-the-span", blocked_is_the_rest_of_the_span);
  g_test_add_func ("/states/some-know-their-time-on-cpus-alone",
                   some_know_their_time_on_cpus_alone);
  g_test_add_func ("/states/packing-loses-nothing", packing_loses_nothing);
  return g_test_run ();
}
