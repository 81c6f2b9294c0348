/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What blocks of lanes say of the states of their tasks, without GTK. */
#include "config.h"

#include "charts/lane-blocks.h"

#define N 100
#define FULL HEDDLE_LAYERS_FULL

typedef struct {
  GArray *blocks;
  GArray *marks;
  HeddleTimeScale scale; /* 100 pixels of 10 ns */
  HeddleLaneCell cells[N];
} Lane;

static void
lane_init (Lane *self)
{
  *self = (Lane){ .blocks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock)),
                  .marks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock)) };
  heddle_time_scale_init (&self->scale, 0, 1000, N);
}

static void
lane_clear (Lane *self)
{
  g_array_unref (self->blocks);
  g_array_unref (self->marks);
}

static void
add_task (Lane *self, gint64 begin, gint64 end, gboolean totals)
{
  HeddleSpan task = { .begin = begin, .end = end, .id = 1, .state = HEDDLE_TASK_DONE,
                      .times = { .known = totals } };

  heddle_lane_blocks_add_spans (self->blocks, self->marks, &self->scale, &task, NULL, 1);
}

static const HeddleLaneBlock *
block_at (const Lane *self, int x)
{
  for (guint i = 0; i < self->blocks->len; i++)
    {
      const HeddleLaneBlock *block = &g_array_index (self->blocks, HeddleLaneBlock, i);

      if (block->x <= x && x < block->x + block->width)
        return block;
    }
  return NULL;
}

static guint
sum_of (const HeddleLaneBlock *block)
{
  guint sum = 0;

  for (guint i = 0; i < HEDDLE_N_STATES; i++)
    sum += block->layers[i];
  return sum;
}

/* Two tasks that waited all the time are two blocks, with their gap between; the third waited for a
 * while, and no more is known of it. */
static void
test_waits (void)
{
  const HeddleLaneBlock *block;
  Lane lane;

  lane_init (&lane);
  for (guint i = 0; i < 90; i++)
    {
      gboolean waits = i < 60 || (i >= 70 && i < 80);

      lane.cells[i] = (HeddleLaneCell) { .busy = 1, .waiting = waits };
      lane.cells[i].waits[i < 30 ? 0 : i < 60 ? 1 : 2] = waits;
    }
  add_task (&lane, 0, 300, FALSE);
  add_task (&lane, 300, 600, FALSE);
  add_task (&lane, 600, 900, FALSE);
  heddle_lane_blocks_add_states (lane.blocks, lane.cells, N);

  g_assert_cmpuint (lane.blocks->len, ==, 5);
  block = block_at (&lane, 0);
  g_assert_cmpint (block->width, ==, 29);
  g_assert_cmpint (block->layers[HEDDLE_STATE_SLEEP], ==, FULL);
  g_assert_null (block_at (&lane, 29));
  block = block_at (&lane, 30);
  g_assert_cmpint (block->width, ==, 29);
  g_assert_cmpint (block->layers[HEDDLE_STATE_SHARED], ==, FULL);
  g_assert_cmpint (block_at (&lane, 60)->layers[HEDDLE_STATE_UNKNOWN], ==, FULL);
  block = block_at (&lane, 70);
  g_assert_cmpint (block->width, ==, 10);
  g_assert_cmpint (block->layers[HEDDLE_STATE_IO], ==, FULL);
  g_assert_cmpint (block_at (&lane, 85)->layers[HEDDLE_STATE_UNKNOWN], ==, FULL);
  lane_clear (&lane);
}

/* Where nothing is known, a block stays as it is. */
static void
test_unknown (void)
{
  Lane lane;

  lane_init (&lane);
  for (guint i = 0; i < N; i++)
    lane.cells[i].busy = 1;
  add_task (&lane, 0, 500, FALSE);
  heddle_lane_blocks_add_states (lane.blocks, lane.cells, N);
  g_assert_cmpuint (lane.blocks->len, ==, 1);
  g_assert_cmpint (block_at (&lane, 3)->flags, ==, HEDDLE_BLOCK_WHOLE);
  lane_clear (&lane);
}

/* Where every switch is known the stretches are sharp; a pixel of several is a pile. */
static void
test_exact (void)
{
  const HeddleLaneBlock *block;
  Lane lane;

  lane_init (&lane);
  for (guint i = 0; i < 60; i++)
    lane.cells[i] = (HeddleLaneCell) { .busy = 1, .known = 1, .on_cpu = i < 20,
                                       .ready = i >= 20 && i < 40 };
  lane.cells[59] = (HeddleLaneCell) { .busy = 0.5f, .known = 0.5f, .on_cpu = 0.25f };
  add_task (&lane, 0, 600, FALSE);
  heddle_lane_blocks_add_states (lane.blocks, lane.cells, N);
  block = block_at (&lane, 0);
  g_assert_cmpint (block->width, ==, 20);
  g_assert_cmpint (block->layers[HEDDLE_STATE_ON_CPU], ==, FULL);
  block = block_at (&lane, 20);
  g_assert_cmpint (block->width, ==, 20);
  g_assert_cmpint (block->layers[HEDDLE_STATE_READY], ==, FULL);
  g_assert_cmpint (block_at (&lane, 58)->layers[HEDDLE_STATE_BLOCKED], ==, FULL);
  lane_clear (&lane);

  /* half a pixel of a task is a whole pixel of its block */
  lane_init (&lane);
  lane.cells[0] = (HeddleLaneCell) { .busy = 0.5f, .known = 0.5f, .on_cpu = 0.25f };
  for (guint i = 1; i < 60; i++)
    lane.cells[i] = (HeddleLaneCell) { .busy = 1, .known = 1, .on_cpu = 1 };
  add_task (&lane, 5, 600, FALSE);
  heddle_lane_blocks_add_states (lane.blocks, lane.cells, N);
  block = block_at (&lane, 0);
  g_assert_cmpint (block->layers[HEDDLE_STATE_ON_CPU], ==, FULL / 2);
  g_assert_cmpint (block->layers[HEDDLE_STATE_BLOCKED], ==, FULL / 2);
  lane_clear (&lane);
}

/* Totals are shares of all of the task that was no wait; waits are where they were. */
static void
test_counted (void)
{
  const HeddleLaneBlock *block;
  Lane lane;

  lane_init (&lane);
  for (guint i = 0; i < 40; i++)
    {
      /* 40 % on a CPU, 10 % ready, 50 % asleep: the second half */
      lane.cells[i] = (HeddleLaneCell) { .busy = 1, .known = 1, .on_cpu = 0.4f, .ready = 0.1f,
                                         .waiting = i >= 20 };
      lane.cells[i].waits[0] = i >= 20;
    }
  add_task (&lane, 0, 400, TRUE);
  heddle_lane_blocks_add_states (lane.blocks, lane.cells, N);
  g_assert_cmpuint (lane.blocks->len, ==, 2);
  block = block_at (&lane, 10);
  g_assert_cmpint (block->width, ==, 20);
  /* the gap after the block takes a pixel of the wait */
  g_assert_cmpint (ABS ((int) block->layers[HEDDLE_STATE_ON_CPU] - (int) (0.8 * FULL)), <=, 1);
  g_assert_cmpint (sum_of (block), ==, FULL);
  g_assert_cmpint (block->layers[HEDDLE_STATE_SLEEP], ==, 0);
  g_assert_cmpint (block_at (&lane, 30)->layers[HEDDLE_STATE_SLEEP], ==, FULL);
  lane_clear (&lane);
}

/* A cell of many tasks is a pile as high as they were busy, and its parts add up to that. */
static void
test_cells (void)
{
  for (guint i = 0; i < 300; i++)
    {
      double busy = g_test_rand_double (), known = busy * g_test_rand_double (),
             on_cpu = known * g_test_rand_double (),
             ready = (known - on_cpu) * g_test_rand_double ();
      HeddleLaneCell cell = { .busy = (float) busy, .known = (float) known, .n_done = 9,
                              .on_cpu = (float) on_cpu, .ready = (float) ready };
      const HeddleLaneBlock *block;
      Lane lane;

      cell.waits[1] = cell.waiting = (float) (busy * g_test_rand_double ());
      lane_init (&lane);
      heddle_lane_blocks_add_cells (lane.blocks, lane.marks, 0, 1e6, &cell, 1, NULL);
      block = block_at (&lane, 0);
      g_assert_cmpint (block->flags, ==, HEDDLE_BLOCK_LAYERS);
      g_assert_cmpint ((int) sum_of (block), >=, (int) (busy * FULL) - 1);
      g_assert_cmpint ((int) sum_of (block), <=, MAX ((int) (busy * FULL) + 1, 1));
      g_assert_cmpint (ABS ((int) block->layers[HEDDLE_STATE_ON_CPU] - (int) (on_cpu * FULL)), <=,
                       1);
      lane_clear (&lane);
    }
}

/* What the worker held is a line, however short it was. */
static void
test_holding (void)
{
  const HeddleLaneBlock *line;
  Lane lane;

  lane_init (&lane);
  for (guint i = 10; i < 20; i++)
    lane.cells[i].holding = 1;
  lane.cells[40].holding = 1e-6f;
  heddle_lane_blocks_add_holding (lane.blocks, 0, 1, lane.cells, N);
  g_assert_cmpuint (lane.blocks->len, ==, 2);
  line = block_at (&lane, 15);
  g_assert_cmpint (line->x, ==, 10);
  g_assert_cmpint (line->width, ==, 10);
  g_assert_cmpint (line->flags, ==, HEDDLE_BLOCK_HOLDING);
  g_assert_nonnull (block_at (&lane, 40));
  lane_clear (&lane);
}

static void
test_tones (void)
{
  g_assert_cmpuint (heddle_lane_tone (0), ==, 0);
  g_assert_cmpuint (heddle_lane_tone (5e3), ==, 0);
  g_assert_cmpuint (heddle_lane_tone (5e4), ==, 1);
  g_assert_cmpuint (heddle_lane_tone (5e9), ==, HEDDLE_LANE_TONES - 2);
  g_assert_cmpuint (heddle_lane_tone (5e10), ==, HEDDLE_LANE_TONES - 1);
  g_assert_cmpuint (heddle_lane_tone (1e18), ==, HEDDLE_LANE_TONES - 1);
  for (double ns = 1; ns < 1e18; ns *= 1.7)
    g_assert_cmpuint (heddle_lane_tone (ns * 1.7), >=, heddle_lane_tone (ns));
}

/* At most a block a pixel, whatever there is. */
static void
test_bounded (void)
{
  HeddleSpan tasks[1000];
  Lane lane;

  lane_init (&lane);
  for (guint i = 0; i < N; i++)
    lane.cells[i] = (HeddleLaneCell) { .busy = 1, .known = 1,
                                       .on_cpu = (float) g_test_rand_double () };
  for (gint64 i = 0; i < 1000; i++)
    tasks[i] = (HeddleSpan) { .begin = i, .end = i + 1, .state = HEDDLE_TASK_DONE,
                              .times = { .known = i % 2 } };
  heddle_lane_blocks_add_spans (lane.blocks, lane.marks, &lane.scale, tasks, NULL, 1000);
  heddle_lane_blocks_add_states (lane.blocks, lane.cells, N);
  g_assert_cmpuint (lane.blocks->len, <=, N);
  lane_clear (&lane);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lane-states/waits-keep-to-the-blocks-of-their-tasks", test_waits);
  g_test_add_func ("/lane-states/what-is-not-known-is-not-drawn", test_unknown);
  g_test_add_func ("/lane-states/exact-stretches-are-sharp", test_exact);
  g_test_add_func ("/lane-states/totals-are-shares-around-the-waits", test_counted);
  g_test_add_func ("/lane-states/cells-are-piles-that-add-up", test_cells);
  g_test_add_func ("/lane-states/short-hold-is-seen", test_holding);
  g_test_add_func ("/lane-states/tone-grows-with-the-duration", test_tones);
  g_test_add_func ("/lane-states/no-more-blocks-than-pixels", test_bounded);
  return g_test_run ();
}
