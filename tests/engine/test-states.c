/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scheduling states from made-up switches. */
#include "config.h"

#include "engine/collect/states.h"

/* What was handed out, as text: "C10-20" on CPU, "R" ready, "K" known. */
static void
write_down (gpointer data, HeddleFoldKind kind, gint64 begin, gint64 end)
{
  g_string_append_printf (data, "%c%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT " ",
                          kind == HEDDLE_FOLD_ON_CPU  ? 'C'
                            : kind == HEDDLE_FOLD_READY ? 'R'
                                                        : 'K',
                          begin, end);
}

static void
take (HeddleStates *states, guint32 tid, HeddleSwitchKind kind, gint64 time)
{
  const HeddleSwitch change = { .time_ns = time, .tid = tid, .kind = (guint8) kind };

  heddle_states_take (states, &change);
}

static void
expect_totals (HeddleThreadStates *thread, gint64 at, gint64 on_cpu, gint64 ready)
{
  HeddleStatesTotals totals;

  g_assert_true (heddle_thread_states_get_totals (thread, at, &totals));
  g_assert_cmpint (totals.on_cpu_ns, ==, on_cpu);
  g_assert_cmpint (totals.ready_ns, ==, ready);
}

static void
expect_stretches (HeddleThreadStates *thread, gint64 until, const char *text)
{
  g_autoptr (GString) all = g_string_new (NULL);

  heddle_thread_states_show (thread, until, write_down, all);
  g_assert_cmpstr (all->str, ==, text);
}

static void
test_states (void)
{
  HeddleStates *states = heddle_states_new (NULL);
  HeddleThreadStates *thread;
  HeddleStatesTotals totals;

  take (states, 7, HEDDLE_SWITCH_BORN, 100);
  take (states, 7, HEDDLE_SWITCH_IN, 110);
  take (states, 7, HEDDLE_SWITCH_PREEMPTED, 150);
  take (states, 7, HEDDLE_SWITCH_IN, 160);
  take (states, 8, HEDDLE_SWITCH_IN, 165); /* somebody else */
  take (states, 7, HEDDLE_SWITCH_OUT, 180);
  take (states, 7, HEDDLE_SWITCH_IN, 200);
  thread = heddle_states_join (states, 7);
  expect_stretches (thread, 120, "R100-110 C110-120 K100-120 ");
  expect_totals (thread, 120, 10, 10);
  expect_stretches (thread, 170, "C120-150 R150-160 C160-170 K120-170 ");
  expect_totals (thread, 170, 50, 20);
  expect_stretches (thread, 190, "C170-180 K170-190 ");
  expect_stretches (thread, 210, "C200-210 K190-210 ");
  expect_totals (thread, 210, 70, 20);
  heddle_thread_states_get_totals (thread, 210, &totals);
  g_assert_cmpuint (totals.switches, ==, 2);
  g_assert_cmpuint (totals.preempted, ==, 1);
  heddle_states_leave (states, thread);
  heddle_states_free (states);
}

static void
take_on (HeddleStates *states, HeddleSwitchKind kind, gint64 time, guint16 cpu)
{
  const HeddleSwitch change = { .time_ns = time, .tid = 7, .cpu = cpu, .kind = (guint8) kind };

  heddle_states_take (states, &change);
}

static void
expect_cpus (HeddleThreadStates *thread, gint64 at, guint64 cpus)
{
  HeddleStatesTotals totals;

  heddle_thread_states_pass (thread, at, NULL, NULL);
  heddle_thread_states_get_totals (thread, at, &totals);
  g_assert_cmpuint (totals.cpus, ==, cpus);
}

/* Which CPUs a task was on: the one it began on, too; one that nobody told of is not made up. */
static void
test_cpus (void)
{
  HeddleStates *states = heddle_states_new (NULL);
  HeddleThreadStates *thread = heddle_states_join (states, 7);

  heddle_thread_states_pass (thread, 90, NULL, NULL); /* it was there before: on which one? */
  heddle_thread_states_mark_cpus (thread);
  expect_cpus (thread, 95, 0);
  take_on (states, HEDDLE_SWITCH_OUT, 100, 3); /* on that */
  take_on (states, HEDDLE_SWITCH_IN, 110, 1);
  expect_cpus (thread, 120, 1 << 3 | 1 << 1);
  heddle_thread_states_mark_cpus (thread);
  expect_cpus (thread, 130, 1 << 1);
  take_on (states, HEDDLE_SWITCH_PREEMPTED, 140, 1);
  take_on (states, HEDDLE_SWITCH_IN, 150, 0);
  take_on (states, HEDDLE_SWITCH_OUT, 160, 0);
  take_on (states, HEDDLE_SWITCH_IN, 170, 200); /* there are not so many bits */
  expect_cpus (thread, 180, G_GUINT64_CONSTANT (1) << 63 | 1 << 1 | 1 << 0);
  heddle_states_leave (states, thread);
  heddle_states_free (states);
}

/* Rings of several CPUs are read one after the other. */
static void
test_out_of_order (void)
{
  HeddleStates *states = heddle_states_new (NULL);
  HeddleThreadStates *thread = heddle_states_join (states, 7);

  take (states, 7, HEDDLE_SWITCH_IN, 10);
  take (states, 7, HEDDLE_SWITCH_IN, 50);
  take (states, 7, HEDDLE_SWITCH_OUT, 60);
  take (states, 7, HEDDLE_SWITCH_PREEMPTED, 20);
  take (states, 7, HEDDLE_SWITCH_IN, 30);
  take (states, 7, HEDDLE_SWITCH_OUT, 40);
  expect_stretches (thread, 70, "C10-20 R20-30 C30-40 C50-60 K10-70 ");
  expect_totals (thread, 70, 30, 10);
  heddle_states_free (states);
}

/* One that comes after it was passed holds from there on. */
static void
test_too_late (void)
{
  HeddleStates *states = heddle_states_new (NULL);
  HeddleThreadStates *thread = heddle_states_join (states, 7);

  take (states, 7, HEDDLE_SWITCH_IN, 10);
  expect_stretches (thread, 30, "C10-30 K10-30 ");
  take (states, 7, HEDDLE_SWITCH_OUT, 20);
  expect_stretches (thread, 50, "K30-50 ");
  expect_totals (thread, 50, 20, 0);
  heddle_states_free (states);
}

/* A worker that writes an event down and loses its CPU before it tells. */
static void
test_told_late (void)
{
  HeddleStates *states = heddle_states_new (NULL);
  HeddleThreadStates *thread = heddle_states_join (states, 7);
  HeddleStatesTotals totals;

  take (states, 7, HEDDLE_SWITCH_IN, 10000);
  take (states, 7, HEDDLE_SWITCH_PREEMPTED, 20000);
  heddle_thread_states_pass (thread, 50000, NULL, NULL);
  expect_totals (thread, 50000, 10000, 30000);
  expect_totals (thread, 20000, 10000, 0);
  /* before the switch nobody knows any more */
  g_assert_false (heddle_thread_states_get_totals (thread, 15000, &totals));
  heddle_states_free (states);
}

static void
test_losses (void)
{
  HeddleStates *states = heddle_states_new (NULL);
  HeddleThreadStates *thread = heddle_states_join (states, 7);
  HeddleStatesTotals before, totals;

  take (states, 7, HEDDLE_SWITCH_IN, 10);
  heddle_states_settle (states, 20);
  heddle_thread_states_pass (thread, 15, NULL, NULL);
  g_assert_true (heddle_thread_states_get_totals (thread, 15, &before));
  take (states, 7, HEDDLE_SWITCH_OUT, 30);
  take (states, 0, HEDDLE_SWITCH_LOST, 40);
  take (states, 7, HEDDLE_SWITCH_IN, 50); /* what was between? */
  heddle_states_settle (states, 60);
  expect_stretches (thread, 55, "C10-30 K10-40 ");
  g_assert_false (heddle_thread_states_get_totals (thread, 55, &totals));
  /* an event from within the time of the losses says nothing of their end */
  heddle_thread_states_pass (thread, 60, NULL, NULL);
  g_assert_false (heddle_thread_states_get_totals (thread, 60, &totals));
  /* one from after it does: it was on a CPU when it wrote that down */
  heddle_thread_states_pass (thread, 70, NULL, NULL);
  g_assert_true (heddle_thread_states_get_totals (thread, 70, &totals));
  g_assert_cmpint (totals.unknown_ns - before.unknown_ns, ==, 30);
  expect_stretches (thread, 80, "C70-80 K70-80 ");
  heddle_states_free (states);
}

static void
test_end (void)
{
  HeddleStates *states = heddle_states_new (NULL);
  HeddleThreadStates *thread = heddle_states_join (states, 7);
  HeddleStatesTotals totals;

  take (states, 7, HEDDLE_SWITCH_IN, 10);
  take (states, 7, HEDDLE_SWITCH_EXIT, 20);
  expect_stretches (thread, 30, "C10-20 K10-20 ");
  heddle_thread_states_pass (thread, 40, NULL, NULL);
  g_assert_false (heddle_thread_states_get_totals (thread, 40, &totals));
  /* the number is used again */
  take (states, 7, HEDDLE_SWITCH_BORN, 50);
  take (states, 7, HEDDLE_SWITCH_IN, 60);
  expect_stretches (thread, 70, "R50-60 C60-70 K50-70 ");
  heddle_states_free (states);
}

/* The worker is told of after it has begun to work. */
static void
test_joined_late (void)
{
  HeddleStates *states = heddle_states_new (NULL);
  HeddleThreadStates *thread;

  for (gint64 i = 0; i < 10000; i++)
    take (states, 7, i % 2 == 0 ? HEDDLE_SWITCH_IN : HEDDLE_SWITCH_OUT, 10 * i);
  thread = heddle_states_join (states, 7);
  heddle_thread_states_pass (thread, 99990, NULL, NULL);
  expect_totals (thread, 99990, 50000, 0);
  for (gint64 i = 10000; i < 20000; i++)
    take (states, 7, i % 2 == 0 ? HEDDLE_SWITCH_IN : HEDDLE_SWITCH_OUT, 10 * i);
  /* of a worker nothing is given up */
  expect_totals (thread, 99990, 50000, 0);
  heddle_thread_states_pass (thread, 199990, NULL, NULL);
  expect_totals (thread, 199990, 100000, 0);
  heddle_states_free (states);
}

/* Whatever comes: times are not negative and add up. */
static void
test_anything (void)
{
  for (guint round = 0; round < 300; round++)
    {
      HeddleStates *states = heddle_states_new (NULL);
      HeddleThreadStates *thread = heddle_states_join (states, 7);
      gint64 now = 0, passed = 0;

      for (guint i = 0; i < 200; i++)
        {
          HeddleStatesTotals totals;
          gint64 until;

          now += g_test_rand_int_range (0, 50);
          take (states, (guint32) g_test_rand_int_range (7, 9),
                (HeddleSwitchKind) g_test_rand_int_range (0, HEDDLE_N_SWITCH_KINDS),
                MAX (now - g_test_rand_int_range (0, 100), 0));
          if (g_test_rand_int_range (0, 4) == 0)
            heddle_states_settle (states, now);
          until = now - g_test_rand_int_range (0, 60);
          passed = MAX (passed, until);
          heddle_thread_states_pass (thread, passed, NULL, NULL);
          heddle_thread_states_get_totals (thread, passed, &totals);
          g_assert_cmpint (totals.on_cpu_ns, >=, 0);
          g_assert_cmpint (totals.ready_ns, >=, 0);
          g_assert_cmpint (totals.unknown_ns, >=, 0);
          g_assert_cmpint (totals.on_cpu_ns + totals.ready_ns + totals.unknown_ns, <=, passed);
          g_assert_cmpuint (totals.preempted, <=, totals.switches);
        }
      heddle_states_free (states);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/states/switches-make-stretches-and-totals", test_states);
  g_test_add_func ("/states/order-of-time-not-of-arrival", test_out_of_order);
  g_test_add_func ("/states/too-late-holds-from-where-it-is-known", test_too_late);
  g_test_add_func ("/states/told-late-is-taken-back", test_told_late);
  g_test_add_func ("/states/losses-are-unknown-until-an-event", test_losses);
  g_test_add_func ("/states/end-is-the-end-of-knowledge", test_end);
  g_test_add_func ("/states/worker-that-is-told-of-late", test_joined_late);
  g_test_add_func ("/states/anything-adds-up", test_anything);
  g_test_add_func ("/states/cpus-of-a-task", test_cpus);
  return g_test_run ();
}
