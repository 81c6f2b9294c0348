/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <sched.h>

#include "engine/task/task.h"
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

#define SECOND G_GINT64_CONSTANT (1000000000)
#define HOUR (3600 * SECOND)
#define BASE_TICKS G_GUINT64_CONSTANT (50000000000000)
#define BASE_NS (7 * SECOND)

/* A counter that counts nanoseconds, by which a machine is told of that is not this one. */
static void
begin_told_clock (HeddleClock *own)
{
  HeddleClock told = { FALSE, BASE_TICKS, BASE_NS, G_GUINT64_CONSTANT (1) << 32 };

  *own = heddle_clock;
  heddle_clock_adopt (&told);
  g_assert_false (
    heddle_clock_check_pair (BASE_TICKS + SECOND, BASE_NS + SECOND, BASE_TICKS + SECOND + 50));
}

static void
assert_moment (guint64 ticks, gint64 ns)
{
  g_assert_cmpint (heddle_clock_to_ns (ticks), ==, ns);
}

/* The machine sleeps for an hour, 1.5 seconds after the beginning, and its counter does not. That
 * is noticed at 2 seconds. */
static void
test_counter_goes_on (void)
{
  HeddleClock own;

  begin_told_clock (&own);
  g_assert_true (heddle_clock_check_pair (BASE_TICKS + HOUR + 2 * SECOND, BASE_NS + 2 * SECOND,
                                          BASE_TICKS + HOUR + 2 * SECOND));
  g_assert_false (heddle_clock_check_pair (BASE_TICKS + HOUR + 3 * SECOND, BASE_NS + 3 * SECOND,
                                           BASE_TICKS + HOUR + 3 * SECOND + 9));
  assert_moment (BASE_TICKS + SECOND / 2, BASE_NS + SECOND / 2);
  assert_moment (BASE_TICKS + SECOND * 3 / 2, BASE_NS + SECOND * 3 / 2);
  assert_moment (BASE_TICKS + HOUR + SECOND * 7 / 4, BASE_NS + SECOND * 7 / 4);
  assert_moment (BASE_TICKS + HOUR + 5 * SECOND, BASE_NS + 5 * SECOND);
  /* nonsense has a time, too */
  g_assert_cmpint (heddle_clock_to_ns (G_MAXINT64), >, BASE_NS + HOUR);
  heddle_clock_adopt (&own);
}

/* The same, and the counter begins at 0 again. What tells of the time before can still come. */
static void
test_counter_starts_anew (void)
{
  HeddleClock own;

  begin_told_clock (&own);
  g_assert_true (heddle_clock_check_pair (SECOND / 2, BASE_NS + 2 * SECOND, SECOND / 2));
  g_assert_false (heddle_clock_check_pair (SECOND, BASE_NS + SECOND * 5 / 2, SECOND + 9));
  assert_moment (BASE_TICKS + SECOND / 2, BASE_NS + SECOND / 2);
  assert_moment (BASE_TICKS + SECOND * 3 / 2, BASE_NS + SECOND * 3 / 2);
  assert_moment (SECOND / 4, BASE_NS + SECOND * 7 / 4);
  assert_moment (9 * SECOND, BASE_NS + SECOND * 21 / 2);
  g_assert_cmpuint (heddle_clock_get_first (), ==, 0);
  heddle_clock_adopt (&own);
}

/* More often than mappings are kept: the newest ones are, and what is older has some time that is
 * not after them. */
static void
test_sleeps_often (void)
{
  HeddleClock own;

  begin_told_clock (&own);
  for (guint64 i = 1; i <= 300; i++)
    {
      g_assert_true (heddle_clock_check_pair (BASE_TICKS + i * (HOUR + SECOND),
                                              BASE_NS + (gint64) i * SECOND,
                                              BASE_TICKS + i * (HOUR + SECOND)));
      for (guint64 j = i > 50 ? i - 50 : 1; j <= i; j++)
        assert_moment (BASE_TICKS + j * (HOUR + SECOND) + SECOND / 3,
                       BASE_NS + (gint64) j * SECOND + SECOND / 3);
    }
  g_assert_cmpuint (atomic_load (&heddle_clock_n_maps), ==, 300);
  heddle_clock_to_ns (BASE_TICKS + HOUR + SECOND);
  heddle_clock_adopt (&own);
}

/* The clock is made to run a ten-thousandth faster: a new rate, found once, holds. */
static void
test_drift (void)
{
  HeddleClock own;

  begin_told_clock (&own);
  for (gint64 i = 2; i < 36000; i++)
    {
      gint64 ns = BASE_NS + i * SECOND + i * SECOND / 10000;
      gint64 told;

      heddle_clock_check_pair (BASE_TICKS + i * SECOND, ns, BASE_TICKS + i * SECOND + 40);
      told = heddle_clock_to_ns (BASE_TICKS + i * SECOND);
      g_assert_cmpint (told, >=, ns - 1200000);
      g_assert_cmpint (told, <=, ns + 1200000);
    }
  g_assert_cmpuint (atomic_load (&heddle_clock_n_maps), >=, 1);
  g_assert_cmpuint (atomic_load (&heddle_clock_n_maps), <=, 12);
  heddle_clock_adopt (&own);
}

/* A thread that was away between its looks at the two has seen no gap. */
static void
test_away_is_no_gap (void)
{
  HeddleClock own;

  begin_told_clock (&own);
  g_assert_false (heddle_clock_check_pair (BASE_TICKS + 2 * SECOND, BASE_NS + 3 * SECOND,
                                           BASE_TICKS + 9 * SECOND));
  g_assert_false (heddle_clock_check_pair (BASE_TICKS + 10 * SECOND, BASE_NS + 10 * SECOND + 900000,
                                           BASE_TICKS + 10 * SECOND));
  g_assert_cmpuint (atomic_load (&heddle_clock_n_maps), ==, 0);
  heddle_clock_adopt (&own);
}

static void *
read_moments (void *data)
{
  atomic_bool *over = data;

  /* of the time between two sleeps, by whatever mapping holds now */
  while (!atomic_load (over))
    assert_moment (BASE_TICKS + SECOND / 3, BASE_NS + SECOND / 3);
  return NULL;
}

static void
test_read_while_mapped_anew (void)
{
  pthread_t threads[N_THREADS];
  atomic_bool over = FALSE;
  HeddleClock own;

  begin_told_clock (&own);
  for (guint i = 0; i < N_THREADS; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, read_moments, &over), ==, 0);
  for (guint64 i = 1; i <= 60; i++)
    {
      g_assert_true (heddle_clock_check_pair (BASE_TICKS + i * (HOUR + SECOND),
                                              BASE_NS + (gint64) i * SECOND,
                                              BASE_TICKS + i * (HOUR + SECOND)));
      sched_yield ();
    }
  atomic_store (&over, TRUE);
  for (guint i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
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
  g_test_add_func ("/clock/counter-goes-on-while-the-machine-sleeps", test_counter_goes_on);
  g_test_add_func ("/clock/counter-starts-anew-after-sleep", test_counter_starts_anew);
  g_test_add_func ("/clock/sleeps-often", test_sleeps_often);
  g_test_add_func ("/clock/drift-is-followed", test_drift);
  g_test_add_func ("/clock/away-is-no-gap", test_away_is_no_gap);
  g_test_add_func ("/clock/read-while-mapped-anew", test_read_while_mapped_anew);
  g_test_add_func ("/task-state/any-value-has-a-name", test_state_names);
  return g_test_run ();
}
