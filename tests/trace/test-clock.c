/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>

#include "trace/clock.h"
#include "trace/types.h"

#define N_THREADS 4

static HeddleClock seen[N_THREADS];

static gpointer
init_and_look (gpointer data)
{
  heddle_clock_init ();
  *(HeddleClock *) data = heddle_clock;
  return NULL;
}

/* Has to be the first test: it is the first call of the process. */
static void
test_threads_see_one (void)
{
  pthread_t threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, init_and_look, &seen[i]), ==, 0);
  for (guint i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_assert_cmpmem (&seen[i], sizeof seen[i], &heddle_clock, sizeof heddle_clock);
  g_assert_cmpuint (heddle_clock.mult, !=, 0);
}

static void
test_agrees (void)
{
  const gint64 tolerance = 1000000;

  for (guint i = 0; i < 1000; i++)
    {
      gint64 before = heddle_clock_monotonic_ns ();
      gint64 ns = heddle_clock_to_ns (heddle_clock_ticks ());
      gint64 after = heddle_clock_monotonic_ns ();

      g_assert_cmpint (ns, >=, before - tolerance);
      g_assert_cmpint (ns, <=, after + tolerance);
    }
}

static void
test_goes_forward (void)
{
  guint64 last = heddle_clock_ticks ();

  for (guint i = 0; i < 100000; i++)
    {
      guint64 ticks = heddle_clock_ticks ();

      g_assert_cmpuint (ticks, >=, last);
      last = ticks;
    }
}

static void
test_there_and_back (void)
{
  gint64 now = heddle_clock_monotonic_ns ();

  for (guint i = 0; i < 10000; i++)
    {
      gint64 ns = now + g_test_rand_int_range (-1000000000, 1000000000) * G_GINT64_CONSTANT (1000);
      gint64 back = heddle_clock_to_ns (heddle_clock_from_ns (ns));

      /* a tick may be longer than a nanosecond */
      g_assert_cmpint (back, >=, ns);
      g_assert_cmpint (back, <=, ns + 1 + (gint64) (heddle_clock.mult >> 32));
    }
}

static void
test_nonsense (void)
{
  HeddleClock own = heddle_clock;
  HeddleClock slow = { TRUE, 0, 1000, G_GUINT64_CONSTANT (1) << 40 };

  heddle_clock_adopt (&slow);
  g_assert_cmpint (heddle_clock_to_ns (G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (heddle_clock_to_ns ((guint64) G_MAXINT64 + 1), ==, G_MININT64);
  g_assert_cmpint (heddle_clock_to_ns (0), ==, 1000);
  g_assert_cmpint (heddle_clock_to_ns (heddle_clock_from_ns (G_MAXINT64)), ==, G_MAXINT64);
  heddle_clock_adopt (&own);
}

static void
test_adopted_stays (void)
{
  HeddleClock own = heddle_clock;
  HeddleClock parent = own;

  parent.base_ns += G_GINT64_CONSTANT (3600000000000);
  heddle_clock_adopt (&parent);
  heddle_clock_init ();
  g_assert_cmpint (heddle_clock.base_ns, ==, parent.base_ns);
  heddle_clock_adopt (&own);
}

static void
test_state_names (void)
{
  g_assert_cmpstr (heddle_task_state_name (HEDDLE_TASK_QUEUED), ==, "queued");
  g_assert_cmpstr (heddle_task_state_name (HEDDLE_TASK_LOST), ==, "lost");
  g_assert_cmpstr (heddle_task_state_name ((HeddleTaskState) 200), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/all-threads-see-one-clock", test_threads_see_one);
  g_test_add_func ("/clock/agrees-with-the-kernel", test_agrees);
  g_test_add_func ("/clock/never-goes-back", test_goes_forward);
  g_test_add_func ("/clock/there-and-back-is-the-same-moment", test_there_and_back);
  g_test_add_func ("/clock/nonsense-is-limited", test_nonsense);
  g_test_add_func ("/clock/adopted-clock-stays", test_adopted_stays);
  g_test_add_func ("/task-state/any-value-has-a-name", test_state_names);
  return g_test_run ();
}
