/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "charts/lane-blocks.h"

#define GAP_FROM 4 /* narrower blocks stand side by side: gaps would say that the worker was idle */

/* A column that is still being filled. */
typedef struct {
  GArray *blocks;
  GArray *marks;
  int pixel;    /* -1: none */
  double busy;  /* in pixels */
  guint64 id;   /* of the last task in it */
  guint8 mark;  /* worst end in it, 0: all ended well */
  guint n, n_bad;
  int next;     /* first pixel that no block covers */
} Column;

static guint8
level_of (double busy)
{
  return (guint8) CLAMP ((int) ceil (busy * HEDDLE_BLOCK_LEVELS - 0.01), 1, HEDDLE_BLOCK_LEVELS);
}

static gboolean
ended_badly (guint8 state)
{
  return state == HEDDLE_TASK_FAILED || state == HEDDLE_TASK_LOST || state == HEDDLE_TASK_CANCELLED;
}

/* Lost outweighs failed, failed outweighs cancelled. */
static guint8
worse (guint8 a, guint8 b)
{
  static const guint8 weight[HEDDLE_N_TASK_STATES] = {
    [HEDDLE_TASK_CANCELLED] = 1, [HEDDLE_TASK_FAILED] = 2, [HEDDLE_TASK_LOST] = 3,
  };

  return weight[b] > weight[a] ? b : a;
}

/* Appends a column; one like the last is joined to it. */
static void
append_column (GArray *blocks, HeddleLaneBlock block)
{
  HeddleLaneBlock *last =
    blocks->len > 0 ? &g_array_index (blocks, HeddleLaneBlock, blocks->len - 1) : NULL;

  if (last != NULL && last->x + last->width == block.x && last->state == block.state
      && last->shade == block.shade && last->level == block.level && last->flags == block.flags
      && (block.flags & HEDDLE_BLOCK_WHOLE) == 0)
    last->width += block.width;
  else
    g_array_append_val (blocks, block);
}

/*
 * A mark is as high as the share of tasks in its column that ended so, with a root between: one of
 * a hundred is seen well and yet differs from all of them.
 */
static void
append_mark (GArray *marks, int pixel, guint8 state, guint n_bad, guint n)
{
  HeddleLaneBlock *last =
    marks->len > 0 ? &g_array_index (marks, HeddleLaneBlock, marks->len - 1) : NULL;
  HeddleLaneBlock mark = { .x = (gint16) pixel, .width = 2, .state = state };

  mark.level = MAX (level_of (sqrt ((double) n_bad / MAX (n, 1))), 2);
  if (last != NULL && last->state == state && last->level == mark.level
      && last->x + last->width >= pixel)
    last->width = (gint16) (pixel + 2 - last->x);
  else
    g_array_append_val (marks, mark);
}

static void
flush_column (Column *self)
{
  HeddleLaneBlock block;

  if (self->pixel < 0)
    return;

  block = (HeddleLaneBlock) {
    .x = (gint16) self->pixel, .width = 1, .state = HEDDLE_TASK_DONE,
    .shade = (guint8) heddle_lane_shade (self->id), .level = level_of (MIN (self->busy, 1)),
  };
  append_column (self->blocks, block);
  if (self->mark != 0)
    append_mark (self->marks, self->pixel, self->mark, self->n_bad, self->n);

  self->next = self->pixel + 1;
  self->pixel = -1;
  self->busy = 0;
  self->mark = 0;
  self->n = self->n_bad = 0;
}

static void
add_span (Column *self, const HeddleTimeScale *scale, const HeddleSpan *span)
{
  int from = MAX (heddle_time_scale_pixel_of (scale, span->begin), 0);
  int to = heddle_time_scale_pixel_of (scale, span->end);
  HeddleLaneBlock block;

  if (to < 0 || from >= scale->n)
    return;

  if (to - from < 2)
    {
      if (self->pixel >= 0 && self->pixel != from)
        flush_column (self);
      self->pixel = from = MAX (from, self->next);
      if (from >= scale->n)
        {
          self->pixel = -1;
          return;
        }
      self->busy += (double) (span->end - span->begin) / scale->ns;
      self->id = span->id;
      self->n++;
      if (ended_badly (span->state))
        {
          self->mark = worse (self->mark, span->state);
          self->n_bad++;
        }
      return;
    }

  flush_column (self);
  from = MAX (from, self->next);
  block = (HeddleLaneBlock){
    .x = (gint16) from,
    .width = (gint16) to - from - (to - from >= GAP_FROM && to < scale->n ? 1 : 0),
    .state = span->state,
    .shade = (guint8) heddle_lane_shade (span->id),
    .level = HEDDLE_BLOCK_LEVELS,
    .flags = HEDDLE_BLOCK_WHOLE,
  };
  g_array_append_val (ended_badly (span->state) ? self->marks : self->blocks, block);
  self->next = MAX (to, from + 1);
}

/**
 * heddle_lane_blocks_add_spans:
 * @blocks: (element-type HeddleLaneBlock): what is to be drawn, in this order
 * @marks: (element-type HeddleLaneBlock): what is to be drawn over all that: tasks that did not end
 * well
 * @scale: time to pixel
 * @spans: in the order of time; open ones are left out
 * @n_spans: how many
 */
void
heddle_lane_blocks_add_spans (GArray *blocks, GArray *marks, const HeddleTimeScale *scale,
                              const HeddleSpan *spans, guint n_spans)
{
  Column column = { .blocks = blocks, .marks = marks, .pixel = -1 };

  for (guint i = 0; i < n_spans; i++)
    if (spans[i].state != HEDDLE_TASK_RUNNING)
      add_span (&column, scale, &spans[i]);
  flush_column (&column);
}

/**
 * heddle_lane_blocks_add_cells:
 * @blocks: (element-type HeddleLaneBlock): what is to be drawn, in this order
 * @marks: (element-type HeddleLaneBlock): what is to be drawn over all that: tasks that did not end
 * well
 * @x: where the first cell begins; one that begins left of 0 is cut
 * @cells: cells of %HEDDLE_CELL_PIXELS pixels each
 * @n_cells: how many
 * @ends: (nullable): the worst end in each cell as a #HeddleTaskState, where known; else each end
 * that was not good counts as a failure
 */
void
heddle_lane_blocks_add_cells (GArray *blocks, GArray *marks, int x, const HeddleLaneCell *cells,
                              guint n_cells, const guint8 *ends)
{
  for (guint i = 0; i < n_cells; i++)
    {
      const HeddleLaneCell *cell = &cells[i];
      int from = MAX (x + (int) i * HEDDLE_CELL_PIXELS, 0),
          to = x + ((int) i + 1) * HEDDLE_CELL_PIXELS;
      HeddleLaneBlock block = { .x = (gint16) from,
                                .width = (gint16) (to - from),
                                .state = HEDDLE_TASK_DONE };

      if (cell->busy > 0 || cell->n_done > 0)
        {
          /* the grain of a dense stretch is data too: it changes where the number of tasks does */
          block.shade = (guint8) heddle_lane_shade (cell->n_done);
          block.level = level_of (MIN (cell->busy, 1));
          block.flags = cell->waiting > cell->busy / 2 ? HEDDLE_BLOCK_WAITING : 0;
          append_column (blocks, block);
        }
      if (cell->n_failed > 0)
        append_mark (marks, from, ends != NULL && ends[i] != 0 ? ends[i] : HEDDLE_TASK_FAILED,
                     cell->n_failed, cell->n_failed + cell->n_done);
    }
}

/**
 * heddle_lane_blocks_add_open:
 * @blocks: (element-type HeddleLaneBlock): what is to be drawn, in this order
 * @scale: time to pixel
 * @span: the running task
 * @now: how far it has got; past the scale's end it reaches the right edge
 */
void
heddle_lane_blocks_add_open (GArray *blocks, const HeddleTimeScale *scale, const HeddleSpan *span,
                             gint64 now)
{
  int from = MAX (heddle_time_scale_pixel_of (scale, span->begin), 0);
  int to = MIN (heddle_time_scale_pixel_of (scale, now) + 1, scale->n);
  HeddleLaneBlock block;

  if (now < span->begin || from >= scale->n || to <= from)
    return;

  block = (HeddleLaneBlock){
    .x = (gint16) from,
    .width = (gint16) (to - from),
    .state = HEDDLE_TASK_RUNNING,
    .shade = (guint8) heddle_lane_shade (span->id),
    .level = HEDDLE_BLOCK_LEVELS,
    .flags = HEDDLE_BLOCK_WHOLE,
  };
  g_array_append_val (blocks, block);
}

/* The stretches of one block in which its task waited; a block that waited from end to end becomes
 * one that waits. */
static void
add_waiting_of (GArray *blocks, guint index, const HeddleLaneCell *cells, guint n_cells)
{
  /* a copy: the array grows */
  HeddleLaneBlock block = g_array_index (blocks, HeddleLaneBlock, index);
  guint end = MIN ((guint) (block.x + block.width), n_cells), i = (guint) block.x;

  while (i < end)
    {
      guint from = i;

      while (i < end && cells[i].waiting > cells[i].busy / 2)
        i++;
      if (from == (guint) block.x && i == end)
        g_array_index (blocks, HeddleLaneBlock, index).flags |= HEDDLE_BLOCK_WAITING;
      else if (i > from)
        {
          HeddleLaneBlock stretch = {
            .x = (gint16) from, .width = (gint16) (i - from), .state = HEDDLE_TASK_DONE,
            .shade = block.shade, .level = block.level, .flags = HEDDLE_BLOCK_WAITING,
          };

          g_array_append_val (blocks, stretch);
        }
      i = MAX (i, from + 1);
    }
}

/**
 * heddle_lane_blocks_add_waiting:
 * @blocks: (element-type HeddleLaneBlock): what is to be drawn, in this order; no marks yet
 * @cells: one a pixel
 * @n_cells: how many
 *
 * Adds the stretches in which a task waited. They keep to the blocks of their tasks, gaps included.
 */
void
heddle_lane_blocks_add_waiting (GArray *blocks, const HeddleLaneCell *cells, guint n_cells)
{
  guint n_blocks = blocks->len;

  for (guint i = 0; i < n_blocks; i++)
    add_waiting_of (blocks, i, cells, n_cells);
}
