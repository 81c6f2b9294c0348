/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pace on a clock of the test's own: what is known of the run is compared with what it says. */
#include "config.h"

#include <math.h>

#include "measure/pace.h"

#define S G_GINT64_CONSTANT (1000000000)
#define LOOK (S / 10)

/* A run at a known rate, looked at ten times a second. */
typedef struct {
  HeddlePace pace;
  gint64 time;
  double ended;
} Run;

static void
run_init (Run *run, guint workers)
{
  heddle_pace_init (&run->pace, workers);
  run->time = 0;
  run->ended = 0;
}

static void
go_on (Run *run, double rate, gint64 length)
{
  for (gint64 end = run->time + length; run->time < end;)
    {
      run->time += LOOK;
      run->ended += rate / 10;
      heddle_pace_add (&run->pace, run->time, (guint64) (run->ended + 1e-6));
    }
}

static void
assert_close (double value, double expected, double share)
{
  g_assert_cmpfloat (value, >=, expected * (1 - share));
  g_assert_cmpfloat (value, <=, expected * (1 + share));
}

static void
assert_left (Run *run, guint64 n, double least, double most)
{
  gint64 got_least = 0, got_most = 0;

  g_assert_true (heddle_pace_estimate (&run->pace, n, &got_least, &got_most));
  assert_close ((double) got_least / S, least, 0.1);
  assert_close ((double) got_most / S, most, 0.1);
}

static void
test_steady (void)
{
  Run run;
  gint64 least, most;

  run_init (&run, 4);
  g_assert_false (heddle_pace_estimate (&run.pace, 10, &least, &most));
  g_assert_cmpfloat (heddle_pace_get_rate (&run.pace), ==, 0);
  go_on (&run, 10, 10 * S);
  assert_close (heddle_pace_get_rate (&run.pace), 10, 0.05);
  assert_left (&run, 50, 5, 5);
  assert_left (&run, 0, 0, 0);
}

/* The mean since the start would still say 10 a second; what is shown is of now. */
static void
test_recent (void)
{
  Run run;

  run_init (&run, 4);
  go_on (&run, 100, 60 * S);
  go_on (&run, 10, 10 * S);
  assert_close (heddle_pace_get_rate (&run.pace), 10, 0.05);
  assert_left (&run, 100, 10, 10);
}

/* The clock stands still in a pause, so a pause of any length changes nothing. */
static void
test_pause (void)
{
  Run run;

  run_init (&run, 4);
  go_on (&run, 20, 10 * S);
  heddle_pace_add (&run.pace, run.time, (guint64) run.ended);
  go_on (&run, 20, S);
  assert_close (heddle_pace_get_rate (&run.pace), 20, 0.05);
  assert_left (&run, 100, 5, 5);
}

/* Right after the number of workers was changed both guesses are told, and then what is seen. */
static void
test_workers (void)
{
  Run run;

  run_init (&run, 4);
  go_on (&run, 10, 10 * S);
  heddle_pace_set_workers (&run.pace, 1);
  assert_close (heddle_pace_get_rate (&run.pace), 10, 0.05);
  assert_left (&run, 100, 10, 40);
  go_on (&run, 2.5, S);
  assert_left (&run, 100, 22.6, 40); /* 2 have ended: it is no more than 4.4 a second */
  go_on (&run, 2.5, 20 * S);
  assert_close (heddle_pace_get_rate (&run.pace), 2.5, 0.05);
  assert_left (&run, 100, 40, 40);

  /* as quickly as a button is pressed: what was seen last stays what is compared with */
  for (guint n = 2; n <= 8; n++)
    heddle_pace_set_workers (&run.pace, n);
  assert_left (&run, 100, 5, 40);
  heddle_pace_set_workers (&run.pace, 1);
  assert_left (&run, 100, 40, 40);
}

/* One every two seconds: too few at first, then a range that holds the truth, then sure. */
static void
test_slow (void)
{
  gint64 least, most;
  Run run;

  run_init (&run, 1);
  go_on (&run, 0.5, 4 * S);
  g_assert_false (heddle_pace_estimate (&run.pace, 10, &least, &most));
  go_on (&run, 0.5, 4 * S);
  g_assert_true (heddle_pace_estimate (&run.pace, 10, &least, &most));
  g_assert_cmpint (least, <, 16 * S);
  g_assert_cmpint (most, >, 24 * S);
  go_on (&run, 0.5, 60 * S);
  assert_left (&run, 10, 20, 20);
}

/* Where nothing ends any more the rest takes ever longer. */
static void
test_standing (void)
{
  gint64 least, most, before;
  Run run;

  run_init (&run, 2);
  go_on (&run, 10, 5 * S);
  g_assert_true (heddle_pace_estimate (&run.pace, 10, &least, &before));
  go_on (&run, 0, 60 * S);
  g_assert_true (heddle_pace_estimate (&run.pace, 10, &least, &most));
  g_assert_cmpint (most, >, 10 * before);
  heddle_pace_set_workers (&run.pace, 4);
  go_on (&run, 0, 600 * S);
  g_assert_true (heddle_pace_estimate (&run.pace, 10, &least, &most));
  g_assert_cmpint (most, >=, least);
  g_assert_cmpint (least, >, 1000 * S);
}

/* Two halves that differ leave open which of them goes on. */
static void
test_changing (void)
{
  gint64 least, most;
  Run run;

  run_init (&run, 2);
  go_on (&run, 60, 10 * S);
  go_on (&run, 20, S + S / 2);
  g_assert_true (heddle_pace_estimate (&run.pace, 600, &least, &most));
  g_assert_cmpint (least, <=, 11 * S);
  g_assert_cmpint (most, >=, 27 * S);
}

static void
test_anything (void)
{
  for (guint round = 0; round < 200; round++)
    {
      HeddlePace pace;
      gint64 time = 0;
      guint64 count = 0;

      heddle_pace_init (&pace, 1);
      for (guint i = 0; i < 300; i++)
        {
          gint64 least = -1, most = -1;

          time += g_test_rand_int_range (0, 3) == 0 ? 0 : g_test_rand_int_range (0, G_MAXINT);
          count += g_test_rand_int_range (0, 2) == 0 ? 0 : (guint64) g_test_rand_int_range (0,
                                                                                            1000);
          heddle_pace_add (&pace, time, count);
          if (g_test_rand_int_range (0, 20) == 0)
            heddle_pace_set_workers (&pace, (guint) g_test_rand_int_range (0, 20));
          g_assert_true (isfinite (heddle_pace_get_rate (&pace)));
          g_assert_cmpfloat (heddle_pace_get_rate (&pace), >=, 0);
          if (!heddle_pace_estimate (&pace, (guint64) g_test_rand_int_range (0, 1000000), &least,
                                     &most))
            continue;
          g_assert_cmpint (least, >=, 0);
          g_assert_cmpint (most, >=, least);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pace/steady-is-sure", test_steady);
  g_test_add_func ("/pace/is-of-now-and-not-since-the-start", test_recent);
  g_test_add_func ("/pace/pauses-do-not-count", test_pause);
  g_test_add_func ("/pace/changed-workers-are-a-range-at-first", test_workers);
  g_test_add_func ("/pace/few-ends-are-a-range", test_slow);
  g_test_add_func ("/pace/nothing-ends-any-more", test_standing);
  g_test_add_func ("/pace/changing-rate-is-a-range", test_changing);
  g_test_add_func ("/pace/any-history-makes-sense", test_anything);
  return g_test_run ();
}
