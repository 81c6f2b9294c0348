/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "charts/area-line.h"
#include "charts/axis.h"
#include "charts/draw-budget.h"
#include "charts/lane-blocks.h"
#include "charts/pulse-layout.h"

static void
test_rows (void)
{
  HeddleLaneLayout layout;
  guint first;

  for (guint n = 1; n <= 1024; n *= 2)
    for (int height = 1; height < 900; height += 37)
      for (int scroll = 0; scroll < 300; scroll += 23)
        {
          heddle_lane_layout_init (&layout, n, height);
          g_assert_cmpint (layout.pitch, >=, HEDDLE_LANE_PITCH_MIN);
          g_assert_cmpint (layout.pitch, <=, HEDDLE_LANE_PITCH_MAX);
          g_assert_cmpint (layout.block, >=, 9);
          g_assert_cmpint (layout.inset + layout.block, <=, layout.pitch);

          /* what is hit is what is drawn there, and lies among the visible rows */
          for (int y = -2; y < height + 2; y++)
            {
              int lane = heddle_lane_layout_lane_at (&layout, y, scroll);
              guint n_visible = heddle_lane_layout_visible (&layout, scroll, &first);

              if (lane < 0)
                continue;
              g_assert_cmpint (y, >=, heddle_lane_layout_row_y (&layout, (guint) lane, scroll));
              g_assert_cmpint (
                y, <, heddle_lane_layout_row_y (&layout, (guint) lane, scroll) + layout.pitch);
              g_assert_cmpuint ((guint) lane, >=, first);
              g_assert_cmpuint ((guint) lane, <, first + n_visible);
            }
        }
}

static void
test_row_heights (void)
{
  HeddleLaneLayout layout;
  guint first;

  heddle_lane_layout_init (&layout, 4, 400);
  g_assert_cmpint (layout.pitch, ==, HEDDLE_LANE_PITCH_MAX);
  g_assert_cmpint (heddle_lane_layout_lane_at (&layout, 4 * HEDDLE_LANE_PITCH_MAX, 0), ==, -1);
  heddle_lane_layout_init (&layout, 1000, 400);
  g_assert_cmpint (layout.pitch, ==, HEDDLE_LANE_PITCH_MIN);
  g_assert_cmpint (layout.content_height, ==, 1000 * HEDDLE_LANE_PITCH_MIN);
  g_assert_cmpuint (heddle_lane_layout_visible (&layout, 0, &first), <=,
                    400 / HEDDLE_LANE_PITCH_MIN + 1);
  heddle_lane_layout_init (&layout, 0, 400);
  g_assert_cmpuint (heddle_lane_layout_visible (&layout, 0, &first), ==, 0);
  g_assert_cmpint (heddle_lane_layout_natural_height (1000), ==,
                   heddle_lane_layout_natural_height (8));
}

static void
test_shades (void)
{
  /* however many workers share the tasks, a lane's neighbours differ often enough */
  for (guint workers = 1; workers < 40; workers++)
    {
      guint same = 0;

      for (guint64 id = 1; id < 3000; id += workers)
        same += heddle_lane_shade (id) == heddle_lane_shade (id + workers);
      g_assert_cmpuint (same, <, 3000 / workers / 2);
    }
}

static HeddleSpan
span (gint64          begin,
      gint64          end,
      HeddleTaskState state)
{
  return (HeddleSpan) { .begin = begin, .end = end, .id = 1, .state = state };
}

static void
test_blocks (void)
{
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock));
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock));
  HeddleTimeScale scale;
  const HeddleSpan spans[] = {
    /* two blocks with a gap, the first cut at the left */
    span (-50, 105, HEDDLE_TASK_DONE), span (105, 205, HEDDLE_TASK_DONE),
    /* one column */
    span (310, 312, HEDDLE_TASK_DONE), span (313, 314, HEDDLE_TASK_FAILED),
    span (315, 316, HEDDLE_TASK_DONE), span (950, 2000, HEDDLE_TASK_LOST),
    span (990, 2000, HEDDLE_TASK_RUNNING), /* drawn by add_open */
  };
  HeddleLaneBlock *block;

  heddle_time_scale_init (&scale, 0, 1000, 100);
  heddle_lane_blocks_add_spans (blocks, marks, &scale, spans, NULL, G_N_ELEMENTS (spans));

  g_assert_cmpuint (blocks->len, ==, 3);
  block = &g_array_index (blocks, HeddleLaneBlock, 0);
  g_assert_cmpint (block->x, ==, 0);
  g_assert_cmpint (block->width, ==, 9);
  block = &g_array_index (blocks, HeddleLaneBlock, 1);
  g_assert_cmpint (block->x, ==, 10);
  g_assert_cmpint (block->width, ==, 9);
  block = &g_array_index (blocks, HeddleLaneBlock, 2);
  g_assert_cmpint (block->x, ==, 31);
  g_assert_cmpint (block->width, ==, 1);
  g_assert_cmpint (block->level, ==, 4); /* 4 of 10 ns */

  g_assert_cmpuint (marks->len, ==, 2);
  block = &g_array_index (marks, HeddleLaneBlock, 0);
  g_assert_cmpint (block->x, ==, 31);
  g_assert_cmpint (block->state, ==, HEDDLE_TASK_FAILED);
  g_assert_cmpint (block->level, <, HEDDLE_BLOCK_LEVELS);
  block = &g_array_index (marks, HeddleLaneBlock, 1);
  g_assert_cmpint (block->x, ==, 95);
  g_assert_cmpint (block->x + block->width, ==, 100);
  g_assert_cmpint (block->state, ==, HEDDLE_TASK_LOST);
}

static void
test_open_block (void)
{
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock));
  HeddleSpan open = span (505, 0, HEDDLE_TASK_RUNNING);
  HeddleTimeScale scale;
  HeddleLaneBlock *block;

  heddle_time_scale_init (&scale, 0, 1000, 100);
  heddle_lane_blocks_add_open (blocks, &scale, &open, 0, 705);
  heddle_lane_blocks_add_open (blocks, &scale, &open, 0, 5000);
  heddle_lane_blocks_add_open (blocks, &scale, &open, 0, 400); /* not yet */
  g_assert_cmpuint (blocks->len, ==, 2);
  block = &g_array_index (blocks, HeddleLaneBlock, 0);
  g_assert_cmpint (block->x, ==, 50);
  g_assert_cmpint (block->x + block->width, ==, 71);
  block = &g_array_index (blocks, HeddleLaneBlock, 1);
  g_assert_cmpint (block->x + block->width, ==, 100);
}

static void
test_cells (void)
{
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock));
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock));
  HeddleLaneCell cells[100] = { { 0 } };

  for (guint i = 20; i < 60; i++)
    cells[i] = (HeddleLaneCell) { .busy = 0.5f, .n_done = 1000 };
  cells[40].n_failed = 1;
  heddle_lane_blocks_add_cells (blocks, marks, -1, 1e6, cells, 100, NULL);

  /* forty cells alike are one block */
  g_assert_cmpuint (blocks->len, ==, 1);
  g_assert_cmpint (g_array_index (blocks, HeddleLaneBlock, 0).x, ==, 39);
  g_assert_cmpint (g_array_index (blocks, HeddleLaneBlock, 0).width, ==, 80);
  g_assert_cmpint (g_array_index (blocks, HeddleLaneBlock, 0).level, ==, 4);
  g_assert_cmpuint (marks->len, ==, 1);
  g_assert_cmpint (g_array_index (marks, HeddleLaneBlock, 0).x, ==, 79);
  g_assert_cmpint (g_array_index (marks, HeddleLaneBlock, 0).level, <, HEDDLE_BLOCK_LEVELS / 2);
}

static void
test_area_line (void)
{
  HeddleSeriesCell cells[10] = { { 0 } };
  HeddleAreaColumn columns[10];
  HeddleAreaNeighbour none = { 0 }, before = { -2, 10, TRUE };

  heddle_area_line (cells, 10, &none, &none, TRUE, columns);
  for (guint i = 0; i < 10; i++)
    g_assert_false (columns[i].known);

  cells[2] = (HeddleSeriesCell) { 20, 20, 20, 1 };
  cells[6] = (HeddleSeriesCell) { 0, 100, 40, 9 }; /* a spike */
  heddle_area_line (cells, 10, &none, &none, FALSE, columns);
  g_assert_false (columns[1].known);
  g_assert_cmpfloat (columns[4].high, ==, 30);
  g_assert_cmpfloat (columns[6].value, ==, 40); /* where the line stands */
  g_assert_cmpfloat (columns[6].low, ==, 0);
  g_assert_cmpfloat (columns[6].high, ==, 100);
  g_assert_false (columns[7].known);

  heddle_area_line (cells, 10, &before, &none, TRUE, columns);
  g_assert_cmpfloat (columns[0].high, ==, 15);
  g_assert_cmpfloat (columns[9].high, ==, 40);
}

/* Of stretches every column has what they say of its time, and none comes from between two. */
static void
test_area_steps (void)
{
  HeddleSeries *series = heddle_series_new_of_stretches ("Throughput", "tasks/s", 64);
  HeddleSeriesCell cells[8];
  HeddleAreaColumn columns[8];

  heddle_series_add_stretch (series, 20, 40, 10);
  heddle_series_add_stretch (series, 40, 55, 30);
  heddle_series_get_cells (series, 0, 80, cells, 8);
  heddle_area_steps (cells, 8, FALSE, columns);
  g_assert_false (columns[1].known);
  g_assert_cmpfloat (columns[2].value, ==, 10);
  g_assert_cmpfloat (columns[3].value, ==, 10); /* and not half of the way to 30 */
  g_assert_cmpfloat (columns[4].value, ==, 30);
  g_assert_cmpfloat (columns[5].value, ==, 30);
  g_assert_false (columns[6].known);
  heddle_series_get_cells (series, 7, 87, cells, 8);
  heddle_area_steps (cells, 8, FALSE, columns);
  g_assert_cmpfloat (columns[3].value, ==, 30); /* 37 to 47: most of it is of the second one */
  heddle_series_get_cells (series, 3, 83, cells, 8);
  heddle_area_steps (cells, 8, FALSE, columns);
  g_assert_cmpfloat (columns[3].value, ==, 10); /* 33 to 43 */
  heddle_series_get_cells (series, 0, 80, cells, 8);
  heddle_area_steps (cells, 8, TRUE, columns);
  g_assert_cmpfloat (columns[7].value, ==, 30);
  g_assert_false (columns[1].known);
  for (guint i = 2; i < 8; i++)
    g_assert_cmpfloat (columns[i].low, ==, columns[i].high); /* single values are no range */
  heddle_series_unref (series);
}

/* 32 tasks a second are now 20, now 40 in a tenth of one: the line stands at 32 at any zoom. */
static void
test_area_level (void)
{
  HeddleSeries *series = heddle_series_new_of_stretches ("Throughput", "tasks/s", 4096);
  HeddleSeriesCell cells[100];
  HeddleAreaColumn columns[100];
  double owed = 0;

  for (guint i = 0; i < 6000; i++)
    {
      double ends = floor (owed += 3.2);

      owed -= ends;
      heddle_series_add_stretch (series, i * HEDDLE_S / 10, (i + 1) * HEDDLE_S / 10, ends * 10);
    }
  for (guint minutes = 1; minutes <= 10; minutes++)
    {
      heddle_series_get_cells (series, 0, minutes * 60 * HEDDLE_S, cells, minutes * 10);
      heddle_area_steps (cells, minutes * 10, FALSE, columns);
      for (guint i = 0; i < minutes * 10; i++)
        {
          g_assert_cmpfloat_with_epsilon ((double) columns[i].value, 32, 0.2);
          g_assert_cmpfloat (columns[i].low, ==, 30);
          g_assert_cmpfloat (columns[i].high, ==, 40);
        }
    }
  heddle_series_unref (series);
}

static void
test_budget (void)
{
  HeddleDrawBudget budget = { 0 };
  gint64 now = HEDDLE_S, begun = now;
  guint64 round, last;
  guint n = 0;

  last = heddle_draw_budget_round (&budget, now);
  g_assert_cmpuint (last, ==, 1);
  /* another window's frame */
  g_assert_cmpuint (heddle_draw_budget_round (&budget, now + HEDDLE_MS), ==, 1);
  g_assert_cmpuint (heddle_draw_budget_round (&budget, now + 20 * HEDDLE_MS), ==, 0);

  /* cheap rounds: 20 a second; dear ones: 3 % of the time; ruinous ones: one a second */
  for (int kind = 0; kind < 3; kind++)
    {
      gint64 cost = kind == 0 ? HEDDLE_MS : kind == 1 ? 6 * HEDDLE_MS : 100 * HEDDLE_MS;

      for (guint i = 0; i < 60; i++) /* let the average settle */
        heddle_draw_budget_charge (
          &budget, heddle_draw_budget_round (&budget, now += HEDDLE_S) != 0 ? cost : 0);
      for (begun = now, n = 0, last = 0; now < begun + 10 * HEDDLE_S; now += 16 * HEDDLE_MS)
        if ((round = heddle_draw_budget_round (&budget, now)) != 0 && round != last)
          {
            last = round;
            heddle_draw_budget_charge (&budget, cost);
            n++;
          }
      g_assert_cmpuint (n, <=, kind == 0 ? 200 : kind == 1 ? 51 : 11);
      g_assert_cmpuint (n, >=, kind == 0 ? 150 : kind == 1 ? 42 : 9);
    }
}

static void
assert_interval (double cost, double fill, double ms)
{
  g_assert_cmpfloat_with_epsilon ((double) heddle_draw_interval (cost, fill), ms * HEDDLE_MS, 1e3);
}

static void
test_budget_rule (void)
{
  /* the cost: 3 % of a core, within the bounds */
  g_assert_cmpint (heddle_draw_interval (0, 0), ==, HEDDLE_DRAW_INTERVAL_MIN);
  g_assert_cmpint (heddle_draw_interval (1e6, 0), ==, HEDDLE_DRAW_INTERVAL_MIN);
  g_assert_cmpint (heddle_draw_interval (10e6, 0), ==, 330 * HEDDLE_MS);
  g_assert_cmpint (heddle_draw_interval (1e9, 0), ==, HEDDLE_DRAW_INTERVAL_MAX);
  /* the rings: nothing up to a half, rarer from there on, rarest before any is full */
  g_assert_cmpint (heddle_draw_interval (0, 0.5), ==, HEDDLE_DRAW_INTERVAL_MIN);
  assert_interval (0, 0.7, 525);
  g_assert_cmpint (heddle_draw_interval (0, 0.9), ==, HEDDLE_DRAW_INTERVAL_MAX);
  g_assert_cmpint (heddle_draw_interval (0, 1), ==, HEDDLE_DRAW_INTERVAL_MAX);
  /* the rarer of the two */
  assert_interval (20e6, 0.7, 660);
  assert_interval (10e6, 0.7, 525);
  for (double fill = 0, last = 0; fill <= 1; fill += 0.01)
    {
      double interval = (double) heddle_draw_interval (2e6, fill);

      g_assert_cmpfloat (interval, >=, last);
      last = interval;
    }
}

/* Workers that fill their rings faster than these are read make the same rounds rarer. */
static void
test_budget_gives_way (void)
{
  HeddleDrawBudget budget = { 0 };
  gint64 now = HEDDLE_S;

  g_assert_cmpuint (heddle_draw_budget_round (&budget, now), ==, 1);
  heddle_draw_budget_charge (&budget, HEDDLE_MS);
  heddle_draw_budget_set_fill (&budget, 0.95);
  g_assert_cmpuint (heddle_draw_budget_round (&budget, now + 900 * HEDDLE_MS), ==, 0);
  heddle_draw_budget_set_fill (&budget, 0.1);
  g_assert_cmpuint (heddle_draw_budget_round (&budget, now + 901 * HEDDLE_MS), ==, 2);
}

static void
note_round (gpointer data)
{
  (*(guint *) data)++;
}

static void
test_budget_followers (void)
{
  HeddleDrawBudget budget = { 0 };
  guint one = 0, other = 0;

  heddle_draw_budget_follow (&budget, note_round, &one);
  heddle_draw_budget_follow (&budget, note_round, &other);
  heddle_draw_budget_round (&budget, HEDDLE_S);
  heddle_draw_budget_round (&budget, HEDDLE_S + HEDDLE_MS); /* the same round */
  heddle_draw_budget_unfollow (&budget, note_round, &one);
  heddle_draw_budget_round (&budget, 2 * HEDDLE_S);
  g_assert_cmpuint (one, ==, 1);
  g_assert_cmpuint (other, ==, 2);
  heddle_draw_budget_unfollow (&budget, note_round, &other);
  heddle_draw_budget_unfollow (&budget, note_round, &other); /* not there any more */
  heddle_draw_budget_round (&budget, 3 * HEDDLE_S);
  g_assert_cmpuint (other, ==, 2);
}

/* An answer that took long takes as much of the strip as answers in time would have. */
static void
test_pulse_layout (void)
{
  g_autofree HeddlePulseReading *reading = g_new0 (HeddlePulseReading, 1);

  reading->interval_ns = 50 * HEDDLE_MS;
  reading->n_history = 4;
  reading->history[0] = HEDDLE_MS;
  reading->history[1] = 10 * HEDDLE_S;
  reading->history[2] = 120 * HEDDLE_MS;
  reading->history[3] = HEDDLE_MS;
  g_assert_cmpuint (heddle_pulse_layout_steps (reading, 0), ==, 1);
  g_assert_cmpuint (heddle_pulse_layout_steps (reading, 1), ==, 200);
  g_assert_cmpuint (heddle_pulse_layout_steps (reading, 2), ==, 2);
  g_assert_cmpint (heddle_pulse_layout_at (reading, 0), ==, 3);
  g_assert_cmpint (heddle_pulse_layout_at (reading, 1), ==, 2);
  g_assert_cmpint (heddle_pulse_layout_at (reading, 2), ==, 2);
  g_assert_cmpint (heddle_pulse_layout_at (reading, 3), ==, 1);
  g_assert_cmpint (heddle_pulse_layout_at (reading, 202), ==, 1);
  g_assert_cmpint (heddle_pulse_layout_at (reading, 203), ==, 0);
  g_assert_cmpint (heddle_pulse_layout_at (reading, 204), ==, -1);

  reading->interval_ns = 0; /* not known: one each */
  g_assert_cmpint (heddle_pulse_layout_at (reading, 2), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layout/hit-is-what-is-drawn-there", test_rows);
  g_test_add_func ("/layout/rows-shrink-then-scroll", test_row_heights);
  g_test_add_func ("/layout/neighbours-have-other-shades", test_shades);
  g_test_add_func ("/blocks/spans-become-blocks-columns-and-marks", test_blocks);
  g_test_add_func ("/blocks/open-span-reaches-now-or-the-edge", test_open_block);
  g_test_add_func ("/blocks/one-failure-of-thousands-marks-its-cell", test_cells);
  g_test_add_func ("/area/gaps-are-bridged-and-spikes-kept", test_area_line);
  g_test_add_func ("/area/stretches-are-steps", test_area_steps);
  g_test_add_func ("/area/constant-rate-is-a-level-at-any-zoom", test_area_level);
  g_test_add_func ("/budget/others-are-told-of-rounds", test_budget_followers);
  g_test_add_func ("/budget/the-rule-of-rates", test_budget_rule);
  g_test_add_func ("/budget/full-rings-come-before-drawing", test_budget_gives_way);
  g_test_add_func ("/budget/rounds-cost-three-percent-at-most", test_budget);
  g_test_add_func ("/pulse/a-stall-takes-its-length", test_pulse_layout);
  return g_test_run ();
}
