/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of a stretch of time, beside a count of the tasks one by one. */
#include "config.h"

#include "base/format.h"
#include "engine/run/stretch.h"

#define LANES 5
#define TASKS 7000 /* a lane: several batches */

typedef struct {
  HeddleLaneStore *store;
  HeddleSpan spans[LANES][TASKS];
} Plan;

/* Tasks of a nanosecond to a millisecond, some without a length at all, with and without gaps. */
static Plan *
make_plan (void)
{
  Plan *plan = g_new0 (Plan, 1);

  plan->store = heddle_lane_store_new (64 << 20);
  for (guint lane = 0; lane < LANES; lane++)
    {
      gint64 time = HEDDLE_S;

      heddle_lane_store_add_lane (plan->store, "Thread");
      heddle_lane_store_lock (plan->store);
      for (guint i = 0; i < TASKS; i++)
        {
          HeddleSpan *span = &plan->spans[lane][i];

          time += g_test_rand_bit () ? g_test_rand_int_range (0, 1000) : 0;
          span->begin = time;
          time += g_test_rand_int_range (0, 4) == 0 ? 0 : g_test_rand_int_range (1, 1000000);
          span->end = time;
          span->id = lane * TASKS + i + 1;
          span->state = (HeddleTaskState) g_test_rand_int_range (HEDDLE_TASK_DONE,
                                                                 HEDDLE_N_TASK_STATES);
          heddle_lane_store_span_locked (plan->store, lane, span->begin, span->end, span->id,
                                         span->state, NULL);
        }
      heddle_lane_store_unlock (plan->store);
    }
  return plan;
}

static void
free_plan (Plan *plan)
{
  heddle_lane_store_unref (plan->store);
  g_free (plan);
}

static void
check (const Plan *plan, gint64 begin, gint64 end)
{
  g_autoptr (HeddleStretch) stretch = heddle_stretch_sum (plan->store, begin, end, NULL);
  guint64 n_by_state[HEDDLE_N_TASK_STATES] = { 0 }, n = 0, n_timed = 0;
  gint64 busy = 0, longest = 0;

  for (guint lane = 0; lane < LANES; lane++)
    for (guint i = 0; i < TASKS; i++)
      {
        const HeddleSpan *span = &plan->spans[lane][i];

        busy += MAX (MIN (span->end, end) - MAX (span->begin, begin), 0);
        if (span->end < begin || span->end >= end)
          continue;
        n++;
        n_by_state[span->state]++;
        if (span->state > HEDDLE_TASK_FAILED)
          continue;
        n_timed++;
        longest = MAX (longest, span->end - span->begin);
      }
  g_assert_cmpint (stretch->sum.busy_ns, ==, busy);
  /* without a length and right at the begin: in no stretch's spans, but for the sums */
  g_assert_cmpuint (n - stretch->n_kept, <=, 2 * LANES);
  for (guint state = 0; state < HEDDLE_N_TASK_STATES; state++)
    g_assert_cmpuint (n_by_state[state] - stretch->n_by_state[state], <=, 2 * LANES);
  g_assert_cmpuint (n_timed - stretch->times.count, <=, 2 * LANES);
  if (stretch->times.count > 0)
    g_assert_cmpint (stretch->times.max, ==, longest);
}

static void
test_stretches (void)
{
  Plan *plan = make_plan ();
  gint64 end = heddle_lane_store_get_totals (plan->store).end;

  check (plan, 0, end + 1);
  for (guint i = 0; i < 40; i++)
    {
      gint64 from = HEDDLE_S + (gint64) (g_test_rand_double () * (double) (end - HEDDLE_S));
      gint64 to = from + (gint64) (g_test_rand_double () * (double) (end - from));

      check (plan, from, to);
    }
  free_plan (plan);
}

/* All tasks are found, each once, also where several are of the same nanosecond. */
static void
test_same_moment (void)
{
  HeddleLaneStore *store = heddle_lane_store_new (64 << 20);
  g_autoptr (HeddleStretch) stretch = NULL;
  guint n = 3 * 2048 + 5;

  heddle_lane_store_add_lane (store, "Thread 1");
  heddle_lane_store_lock (store);
  for (guint i = 0; i < n; i++) /* three of each moment */
    heddle_lane_store_span_locked (store, 0, HEDDLE_S + i / 3, HEDDLE_S + (i + 1) / 3, i + 1,
                                   HEDDLE_TASK_DONE, NULL);
  heddle_lane_store_unlock (store);
  stretch = heddle_stretch_sum (store, 0, 2 * HEDDLE_S, NULL);
  g_assert_cmpuint (stretch->n_kept, ==, n);
  g_assert_cmpuint (stretch->times.count, ==, n);
  g_assert_cmpuint (stretch->sum.n_done, ==, n);
  heddle_lane_store_unref (store);
}

static void
test_cancel (void)
{
  Plan *plan = make_plan ();
  atomic_bool cancelled = TRUE;

  g_assert_null (heddle_stretch_sum (plan->store, 0, G_MAXINT64 / 2, &cancelled));
  free_plan (plan);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stretch/is-what-its-tasks-are-one-by-one", test_stretches);
  g_test_add_func ("/stretch/tasks-of-one-moment-count-once-each", test_same_moment);
  g_test_add_func ("/stretch/ends-early-when-cancelled", test_cancel);
  return g_test_run ();
}
