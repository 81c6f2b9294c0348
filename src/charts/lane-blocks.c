/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "charts/lane-blocks.h"

#define MIN_BUSY 0.02f /* share of a pixel */
#define GAP_FROM 4 /* narrower blocks stand side by side: gaps would say that the worker was idle */

/* What a stretch of a lane was made of: the time of each state, in any unit. */
typedef struct {
  double parts[HEDDLE_N_STATES];
} Parts;

/* A column that is still being filled. */
typedef struct {
  GArray *blocks;
  GArray *marks;
  int pixel;    /* -1: none */
  double busy;  /* in pixels */
  double longest; /* nanoseconds: of the tasks in it */
  guint64 id;   /* of the last task in it */
  guint8 kind;  /* of all of them; 0: several */
  guint8 mark;  /* worst end in it, 0: all ended well */
  guint n, n_bad;
  int next;     /* first pixel that no block covers */
} Column;

/**
 * heddle_lane_tone:
 * @ns: how long a task took, nanoseconds
 *
 * Returns: 0 to %HEDDLE_LANE_TONES - 1: a step for each power of ten, 0 below ten microseconds
 */
guint
heddle_lane_tone (double ns)
{
  return (guint) CLAMP ((int) floor (log10 (MAX (ns, 1)) - 3), 0, HEDDLE_LANE_TONES - 1);
}

static const HeddleLaneState wait_states[HEDDLE_N_WAITS] = {
  [HEDDLE_FOLD_SLEEP - HEDDLE_FOLD_SLEEP] = HEDDLE_STATE_SLEEP,
  [HEDDLE_FOLD_SHARED - HEDDLE_FOLD_SLEEP] = HEDDLE_STATE_SHARED,
  [HEDDLE_FOLD_IO - HEDDLE_FOLD_SLEEP] = HEDDLE_STATE_IO,
};

/* Time on a CPU and ready is known, or is not; the rest of what is known was blocked, for the
 * reasons that are known. Waits are recorded with what it took to begin and end them, so they may
 * be longer than the time blocked. */
static void
parts_of_cell (const HeddleLaneCell *cell, Parts *parts)
{
  double known = cell->known, blocked = MAX (known - cell->on_cpu - cell->ready, 0);
  double rest = MAX (cell->busy - cell->on_cpu - cell->ready, 0);
  double fit = cell->waiting > rest ? rest / cell->waiting : 1;
  double waited = cell->waiting * fit;

  parts->parts[HEDDLE_STATE_ON_CPU] = cell->on_cpu;
  parts->parts[HEDDLE_STATE_READY] = cell->ready;
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    parts->parts[wait_states[i]] = cell->waits[i] * fit;
  parts->parts[HEDDLE_STATE_BLOCKED] = MAX (blocked - waited, 0);
  parts->parts[HEDDLE_STATE_UNKNOWN] =
    MAX (cell->busy - known - MAX (waited - blocked, 0), 0);
}

/* Heights of layers, in whole units: their sum is rounded, not each of them. Where there is
 * anything there is a unit at least. @unit: how much time is a whole block. */
static void
fill_layers (const Parts *parts, double unit, guint8 *layers)
{
  double sum = 0;
  guint before = 0, highest = 0;

  for (guint i = 0; i < HEDDLE_N_STATES; i++)
    {
      guint until;

      sum += parts->parts[i];
      until = (guint) MIN (sum / unit * HEDDLE_LAYERS_FULL + 0.5, HEDDLE_LAYERS_FULL);
      layers[i] = (guint8) (until - before);
      before = until;
      if (parts->parts[i] > parts->parts[highest])
        highest = i;
    }
  if (before == 0 && sum > 0)
    layers[highest] = 1;
}

/* Whether the layers say more than that there was a task. */
static gboolean
says_something (const HeddleLaneCell *cell)
{
  return cell->known > 0 || cell->waiting > 0;
}

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
      && last->tone == block.tone && last->kind == block.kind
      && memcmp (last->layers, block.layers, sizeof block.layers) == 0
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
    .tone = (guint8) heddle_lane_tone (self->longest), .kind = self->kind,
  };
  append_column (self->blocks, block);
  if (self->mark != 0)
    append_mark (self->marks, self->pixel, self->mark, self->n_bad, self->n);

  self->next = self->pixel + 1;
  self->pixel = -1;
  self->busy = 0;
  self->longest = 0;
  self->mark = 0;
  self->n = self->n_bad = 0;
}

static void
add_span (Column *self, const HeddleTimeScale *scale, const HeddleSpan *span, guint8 kind)
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
      self->longest = MAX (self->longest, (double) (span->end - span->begin));
      self->id = span->id;
      self->kind = self->n == 0 || self->kind == kind ? kind : 0;
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
    .flags = HEDDLE_BLOCK_WHOLE | (span->times.known ? HEDDLE_BLOCK_TOTALS : 0),
    .tone = (guint8) heddle_lane_tone ((double) (span->end - span->begin)), .kind = kind,
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
 * @kinds: (nullable): the kind of each
 * @n_spans: how many
 */
void
heddle_lane_blocks_add_spans (GArray *blocks, GArray *marks, const HeddleTimeScale *scale,
                              const HeddleSpan *spans, const guint8 *kinds, guint n_spans)
{
  Column column = { .blocks = blocks, .marks = marks, .pixel = -1 };

  for (guint i = 0; i < n_spans; i++)
    if (spans[i].state != HEDDLE_TASK_RUNNING)
      add_span (&column, scale, &spans[i], kinds != NULL ? kinds[i] : 0);
  flush_column (&column);
}

/**
 * heddle_lane_blocks_add_cells:
 * @blocks: (element-type HeddleLaneBlock): what is to be drawn, in this order
 * @marks: (element-type HeddleLaneBlock): what is to be drawn over all that: tasks that did not end
 * well
 * @x: where the first cell begins; one that begins left of 0 is cut
 * @cell_ns: how long a cell is
 * @cells: cells of %HEDDLE_CELL_PIXELS pixels each
 * @n_cells: how many
 * @ends: (nullable): the worst end in each cell as a #HeddleTaskState, where known; else each end
 * that was not good counts as a failure
 */
void
heddle_lane_blocks_add_cells (GArray *blocks, GArray *marks, int x, double cell_ns,
                              const HeddleLaneCell *cells, guint n_cells, const guint8 *ends)
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
          block.tone = (guint8) heddle_lane_tone (cell->busy * cell_ns
                                                  / MAX (cell->n_done + cell->n_failed, 1));
          if (says_something (cell))
            {
              Parts parts;

              parts_of_cell (cell, &parts);
              fill_layers (&parts, 1, block.layers);
              block.flags = HEDDLE_BLOCK_LAYERS;
            }
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
 * @kind: its kind; 0: not known
 * @now: how far it has got; past the scale's end it reaches the right edge
 */
void
heddle_lane_blocks_add_open (GArray *blocks, const HeddleTimeScale *scale, const HeddleSpan *span,
                             guint kind, gint64 now)
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
    .tone = (guint8) heddle_lane_tone ((double) (now - span->begin)), .kind = (guint8) kind,
  };
  g_array_append_val (blocks, block);
}

/* The mean of pixels from @from to before @end. */
static void
average (const HeddleLaneCell *cells, guint from, guint end, HeddleLaneCell *mean)
{
  float n = (float) (end - from);

  *mean = (HeddleLaneCell) { 0 };
  for (guint i = from; i < end; i++)
    {
      mean->busy += cells[i].busy / n;
      mean->waiting += cells[i].waiting / n;
      mean->on_cpu += cells[i].on_cpu / n;
      mean->ready += cells[i].ready / n;
      mean->known += cells[i].known / n;
      for (guint wait = 0; wait < HEDDLE_N_WAITS; wait++)
        mean->waits[wait] += cells[i].waits[wait] / n;
    }
}

/*
 * Of a task with totals it is not known where in its span it was on a CPU, but not while it waited.
 * So a pixel is what of it was a wait, and of the rest has its share of all that was none. @mean:
 * of the whole task.
 */
static void
parts_of_totals (const HeddleLaneCell *cell, const HeddleLaneCell *mean, Parts *parts)
{
  double rest = MAX (cell->busy - cell->waiting, 0);
  double on_cpu = mean->on_cpu, ready = mean->ready,
         blocked = MAX (mean->known - on_cpu - ready - mean->waiting, 0);
  double all = on_cpu + ready + blocked;

  parts_of_cell (cell, parts);
  if (!(all > 0) || !(cell->known > 0))
    return;
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    parts->parts[wait_states[i]] = cell->waits[i];
  parts->parts[HEDDLE_STATE_ON_CPU] = rest * on_cpu / all;
  parts->parts[HEDDLE_STATE_READY] = rest * ready / all;
  parts->parts[HEDDLE_STATE_BLOCKED] = rest * blocked / all;
  parts->parts[HEDDLE_STATE_UNKNOWN] = 0;
}

/* Cuts one block into stretches of pixels that are made of the same. */
static void
add_states_of (GArray *blocks, guint index, const HeddleLaneCell *cells, guint n_cells)
{
  /* a copy: the array grows */
  HeddleLaneBlock block = g_array_index (blocks, HeddleLaneBlock, index);
  guint from = (guint) block.x, end = MIN ((guint) (block.x + block.width), n_cells);
  gboolean whole = (block.flags & HEDDLE_BLOCK_WHOLE) != 0, any = FALSE;
  HeddleLaneCell mean;
  guint last = index;

  for (guint i = from; i < end; i++)
    any = any || says_something (&cells[i]);
  if (!any)
    return;
  average (cells, from, end, &mean);
  for (guint i = from; i < end; i++)
    {
      HeddleLaneBlock pixel = block;
      HeddleLaneBlock *before = &g_array_index (blocks, HeddleLaneBlock, last);
      /* a pixel at the edge of a task may have next to nothing of it */
      const HeddleLaneCell *cell = whole && cells[i].busy < MIN_BUSY ? &mean : &cells[i];
      Parts parts;

      if ((block.flags & HEDDLE_BLOCK_TOTALS) != 0)
        parts_of_totals (cell, &mean, &parts);
      else
        parts_of_cell (cell, &parts);
      pixel.flags |= HEDDLE_BLOCK_LAYERS;
      pixel.x = (gint16) i;
      pixel.width = 1;
      fill_layers (&parts, whole ? MAX (cell->busy, 1e-6) : 1, pixel.layers);
      if (i == from)
        *before = pixel;
      else if (memcmp (before->layers, pixel.layers, sizeof pixel.layers) == 0)
        before->width++;
      else
        {
          last = blocks->len;
          g_array_append_val (blocks, pixel);
        }
    }
}

/**
 * heddle_lane_blocks_add_states:
 * @blocks: (element-type HeddleLaneBlock): what is to be drawn, in this order; no marks yet
 * @cells: one a pixel
 * @n_cells: how many
 *
 * Cuts the blocks up by what the time of their tasks was made of, where that is known. Stretches
 * keep to the blocks of their tasks, gaps included: at most one a pixel.
 */
void
heddle_lane_blocks_add_states (GArray *blocks, const HeddleLaneCell *cells, guint n_cells)
{
  guint n_blocks = blocks->len;

  for (guint i = 0; i < n_blocks; i++)
    if ((g_array_index (blocks, HeddleLaneBlock, i).flags & HEDDLE_BLOCK_LAYERS) == 0)
      add_states_of (blocks, i, cells, n_cells);
}

/**
 * heddle_lane_blocks_add_holding:
 * @blocks: (element-type HeddleLaneBlock): what is to be drawn, in this order
 * @x: where the first cell begins
 * @width: of a cell, pixels
 * @cells: cells
 * @n_cells: how many
 *
 * Adds lines where the lane's worker held something, however short that was.
 */
void
heddle_lane_blocks_add_holding (GArray *blocks, int x, int width, const HeddleLaneCell *cells,
                                guint n_cells)
{
  for (guint i = 0; i < n_cells; i++)
    {
      int from = MAX (x + (int) i * width, 0);
      HeddleLaneBlock line = { .x = (gint16) from,
                               .width = (gint16) (x + ((int) i + 1) * width - from),
                               .state = HEDDLE_TASK_DONE,
                               .level = 1,
                               .flags = HEDDLE_BLOCK_HOLDING };

      if (cells[i].holding > 0)
        append_column (blocks, line);
    }
}
