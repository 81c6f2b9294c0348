/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The blocks of the lanes chart: what the store is asked for, and how it becomes a picture. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "charts/lane-blocks.h"
#include "charts/lanes-chart-private.h"
#include "charts/raster.h"

#define DETAIL_SPANS 64 /* a cell with a bad end and up to so many spans is looked at closely */
/* of so many cells of a lane; where more went wrong, the kinds are told by zooming in */
#define DETAIL_CELLS 64
#define MIN_PATTERN 5 /* width, pixels: of a narrower block lines are no pattern */
#define HOLDING_HEIGHT 2
#define LEAD_HEIGHT 2
#define SHADOW 0.12f /* alpha of what is not shown */

static void
rect (HeddleRaster *raster, int x, int y, int width, int height, const GdkRGBA *colour)
{
  heddle_raster_rect (raster, (float) x, (float) y, (float) width, (float) height, colour);
}

static void
pattern (HeddleRaster *raster, int x, int y, int width, int height, HeddleLaneState state,
         const HeddlePalette *palette)
{
  heddle_raster_pattern (raster, (float) x, (float) y, (float) width, (float) height,
                         heddle_state_get_pattern (state), &palette->lines[state]);
}

/* Corners without clips or paths: two opaque rectangles across each other leave one pixel out at
 * each corner. */
static void
rounded (HeddleRaster *raster, int x, int y, int width, int height, const GdkRGBA *colour)
{
  if (width < 5 || height < 16)
    {
      rect (raster, x, y, width, height, colour);
      return;
    }
  rect (raster, x, y + 1, width, height - 2, colour);
  rect (raster, x + 1, y, width - 2, height, colour);
}

/*
 * Ends that were not good are told apart without colour, too: a line is cut off the top of their
 * block, failed ones are cross-hatched, lost ones have stripes, and cancelled ones are cut in half.
 * Where many tasks share a column, the mark hangs from its top, as long as their share is. All of
 * it lies within the block: a line above it would look as if it belonged to the lane above.
 */
static void
draw_bad (HeddleRaster *raster, const HeddlePalette *palette, const HeddleLaneBlock *block, int x,
          int y, int height)
{
  gboolean lost = block->state == HEDDLE_TASK_LOST,
           cancelled = block->state == HEDDLE_TASK_CANCELLED;
  const GdkRGBA *colour =
    lost ? &palette->lost : cancelled ? &palette->cancelled : &palette->failed;
  int width = block->width, line = height >= 20 ? 3 : 2, gap = height >= 20 ? 2 : 1;
  GdkRGBA stripe;

  if (cancelled && block->level >= HEDDLE_BLOCK_LEVELS)
    {
      rect (raster, x, y + height / 2 - 1, width, 2, &palette->base);
      rounded (raster, x, y, width, height / 2 - 1, colour);
      rounded (raster, x, y + height / 2 + 1, width, height - height / 2 - 1, colour);
      return;
    }

  rect (raster, x, y, MAX (width, 3), line, colour);
  rect (raster, x, y + line, MAX (width, 3), gap, &palette->base);
  y += line + gap;
  height -= line + gap;
  if (block->level < HEDDLE_BLOCK_LEVELS)
    {
      rect (raster, x, y, width, height * block->level / HEDDLE_BLOCK_LEVELS, colour);
      return;
    }

  rounded (raster, x, y, width, height, colour);
  stripe = heddle_palette_mix (colour, &palette->base, 0.45f);
  for (int at = 3; lost && at + 1 < width; at += 5)
    rect (raster, x + at, y + 1, 2, height - 2, &stripe);
  if (!lost && !cancelled && width >= MIN_PATTERN)
    pattern (raster, x + 1, y + 1, width - 2, height - 2, HEDDLE_STATE_FAILED, palette);
}

/* The colours of one redraw. */
typedef struct {
  const HeddlePalette *palette;
  HeddleColourBy by;
  guint shown;
  GdkRGBA strength[HEDDLE_BLOCK_LEVELS + 1][3]; /* of tasks of which no more is known */
  GdkRGBA tones[HEDDLE_LANE_TONES];
  GdkRGBA kinds[HEDDLE_BLOCK_LEVELS + 1][HEDDLE_N_TASK_KINDS];
  GdkRGBA states[HEDDLE_N_STATE_FILLS]; /* those that are not shown are shadows */
} Colours;

static gboolean
is_shown (const Colours *self, guint state)
{
  return (self->shown & 1u << state) != 0;
}

static void
init_colours (Colours *self, HeddleLanesChart *chart, const HeddlePalette *palette)
{
  self->palette = palette;
  self->by = chart->colours.by;
  self->shown = chart->colours.shown;
  /* half a colour for the emptiest column: one short task has to be seen */
  for (guint level = 0; level <= HEDDLE_BLOCK_LEVELS; level++)
    {
      float alpha = 0.35f + 0.65f * (float) level / HEDDLE_BLOCK_LEVELS;

      for (guint kind = 0; kind < HEDDLE_N_TASK_KINDS; kind++)
        self->kinds[level][kind] = heddle_palette_fade (&palette->kinds[kind], alpha);
      /* what the legend hides is a state */
      if (self->by == HEDDLE_COLOUR_BY_STATE && !is_shown (self, HEDDLE_STATE_UNKNOWN))
        alpha *= SHADOW;
      for (guint shade = 0; shade < 3; shade++)
        self->strength[level][shade] = heddle_palette_fade (
          self->by == HEDDLE_COLOUR_BY_OUTCOME ? &palette->good : &palette->shade[shade], alpha);
    }
  for (guint tone = 0; tone < HEDDLE_LANE_TONES; tone++)
    self->tones[tone] = heddle_palette_get_tone (palette, tone);
  for (guint state = 0; state < HEDDLE_N_STATE_FILLS; state++)
    self->states[state] =
      heddle_palette_fade (&palette->states[state], is_shown (self, state) ? 1 : SHADOW);
}

static int
layers_height (guint layers, int height)
{
  return ((int) layers * height + HEDDLE_LAYERS_FULL / 2) / HEDDLE_LAYERS_FULL;
}

/* A pile of states, on a CPU lowest. */
static void
draw_layers (HeddleRaster *raster, const Colours *colours, const HeddleLaneBlock *block, int x,
             int y, int height)
{
  guint below = 0;

  for (guint state = 0; state < HEDDLE_N_STATES; state++)
    {
      guint above = below + block->layers[state];
      int bottom = y + height - layers_height (below, height),
          top = y + height - layers_height (above, height);

      if (above == below)
        continue;
      rect (raster, x, top, block->width, bottom - top, &colours->states[state]);
      if (is_shown (colours, state))
        pattern (raster, x, top, block->width, bottom - top, (HeddleLaneState) state,
                 colours->palette);
      below = above;
    }
}

static const GdkRGBA *
get_plain_colour (const Colours *self, const HeddleLaneBlock *block)
{
  if (self->by == HEDDLE_COLOUR_BY_DURATION)
    return &self->tones[block->tone];
  if (self->by == HEDDLE_COLOUR_BY_KIND)
    return &self->kinds[block->level][block->kind];
  if (self->by == HEDDLE_COLOUR_BY_OUTCOME && block->state == HEDDLE_TASK_RUNNING)
    return &self->palette->states[HEDDLE_STATE_UNKNOWN];
  return &self->strength[block->level][block->shade];
}

/* A block of one colour: one task, or a column of several. */
static void
draw_plain (HeddleRaster *raster, const Colours *colours, const HeddleLaneBlock *block, int x,
            int y, int height)
{
  const GdkRGBA *colour = get_plain_colour (colours, block);
  int edge = MIN (1, block->width - 1);

  if (block->state == HEDDLE_TASK_RUNNING) /* open to the right */
    {
      rect (raster, x, y + 1, edge, height - 2, colour);
      rect (raster, x + edge, y, block->width - edge, height, colour);
    }
  else if ((block->flags & (HEDDLE_BLOCK_WHOLE | HEDDLE_BLOCK_LAYERS)) == HEDDLE_BLOCK_WHOLE)
    rounded (raster, x, y, block->width, height, colour);
  else
    rect (raster, x, y, block->width, height, colour);
}

/* A thin line below the blocks of the lane, or over their lower edge where there is no room. */
static void
draw_holding (HeddleLanesChart *self, HeddleRaster *raster, const Colours *colours,
              const HeddleLaneBlock *block, int x, int y)
{
  int below = self->layout.pitch - self->layout.inset - self->layout.block;
  int top = y + self->layout.block - (below >= HOLDING_HEIGHT + 1 ? 0 : HOLDING_HEIGHT);

  if (is_shown (colours, HEDDLE_STATE_HOLDING))
    rect (raster, x, top, block->width, HOLDING_HEIGHT, &colours->states[HEDDLE_STATE_HOLDING]);
}

/* A thin line from where the next task came into the queue, with a tick where that is in sight. */
static void
draw_lead (HeddleRaster *raster, const Colours *colours, const HeddleLaneBlock *block, int x, int y,
           int height)
{
  const GdkRGBA *colour = &colours->palette->dim;
  int middle = y + height / 2;

  rect (raster, x, middle - LEAD_HEIGHT / 2, block->width, LEAD_HEIGHT, colour);
  if (block->level > 0)
    rect (raster, x, middle - height / 4, 1, 2 * (height / 4), colour);
}

static gboolean
is_bad (const HeddleLaneBlock *block)
{
  return block->state == HEDDLE_TASK_FAILED || block->state == HEDDLE_TASK_LOST
    || block->state == HEDDLE_TASK_CANCELLED;
}

static void
draw_blocks (HeddleLanesChart *self, HeddleRaster *raster, const Colours *colours, int y)
{
  for (guint i = 0; i < self->buffers.blocks->len; i++)
    {
      const HeddleLaneBlock *block = &g_array_index (self->buffers.blocks, HeddleLaneBlock, i);
      int x = self->plot_x + block->x, height = self->layout.block;

      if ((block->flags & HEDDLE_BLOCK_HOLDING) != 0)
        draw_holding (self, raster, colours, block, x, y);
      else if ((block->flags & HEDDLE_BLOCK_LEAD) != 0)
        draw_lead (raster, colours, block, x, y, height);
      else if (is_bad (block) && is_shown (colours, HEDDLE_STATE_FAILED))
        draw_bad (raster, colours->palette, block, x, y, height);
      else if (is_bad (block) && block->level >= HEDDLE_BLOCK_LEVELS)
        rect (raster, x, y, block->width, height, &colours->states[HEDDLE_STATE_FAILED]);
      else if (is_bad (block))
        continue;
      else if (colours->by == HEDDLE_COLOUR_BY_STATE && (block->flags & HEDDLE_BLOCK_LAYERS) != 0)
        draw_layers (raster, colours, block, x, y, height);
      else
        draw_plain (raster, colours, block, x, y, height);
    }
}

static void
ensure_buffers (HeddleLanesChart *self)
{
  guint n = (guint) self->chart.scale.n;

  if (n <= self->buffers.n_pixels)
    return;

  self->buffers.n_pixels = n;
  self->buffers.spans = g_renew (HeddleSpan, self->buffers.spans, n * HEDDLE_SPANS_PER_PIXEL);
  self->buffers.cells = g_renew (HeddleLaneCell, self->buffers.cells, n + 1);
  self->buffers.ends = g_renew (guint8, self->buffers.ends, n + 1);
  self->buffers.kinds = g_renew (guint8, self->buffers.kinds, n * HEDDLE_SPANS_PER_PIXEL);
}

/* Of what is shorter than a pixel it is not asked: that would be many names for a few colours. */
static guint
get_kind (HeddleLanesChart *self, const HeddleSpan *span)
{
  if (self->colours.by != HEDDLE_COLOUR_BY_KIND || self->teller.funcs.get_kind == NULL
      || (double) (span->end - span->begin) < self->chart.scale.ns)
    return 0;
  return MIN (self->teller.funcs.get_kind (span, self->teller.data), HEDDLE_N_TASK_KINDS - 1);
}

/* Cells count bad ends of all kinds together; where a cell has few spans, they tell which it
 * was. */
static void
find_ends (HeddleLanesChart *self, guint lane, int x, guint n)
{
  HeddleSpan spans[DETAIL_SPANS];
  guint n_bad = 0;

  for (guint i = 0; i < n; i++)
    n_bad += self->buffers.cells[i].n_failed > 0;
  for (guint i = 0; i < n; i++)
    {
      gint64 begin =
        heddle_time_scale_time_at (&self->chart.scale, x + (int) i * HEDDLE_CELL_PIXELS);
      gint64 end =
        heddle_time_scale_time_at (&self->chart.scale, x + ((int) i + 1) * HEDDLE_CELL_PIXELS);
      guint n_spans;

      self->buffers.ends[i] = 0;
      if (self->buffers.cells[i].n_failed == 0
          || self->buffers.cells[i].n_failed + self->buffers.cells[i].n_done >= DETAIL_SPANS
          || n_bad > DETAIL_CELLS)
        continue;

      n_spans = heddle_lane_store_get_spans (self->store, lane, begin, end, spans, DETAIL_SPANS);
      for (guint k = 0; k < n_spans; k++)
        if (spans[k].state > HEDDLE_TASK_DONE
            && (self->buffers.ends[i] == 0 || self->buffers.ends[i] == HEDDLE_TASK_CANCELLED
                || spans[k].state == HEDDLE_TASK_LOST))
          self->buffers.ends[i] = (guint8) spans[k].state;
    }
}

/* More spans than pixels: cells, on a grid that is fixed in time as the pixels are, so that their
 * grain moves with them. */
static void
collect_cells (HeddleLanesChart *self, guint lane, int from, int pixels)
{
  int x = from - (int) ((self->chart.scale.first + from) & (HEDDLE_CELL_PIXELS - 1));
  guint n = (guint) (MAX (pixels, from) - x + HEDDLE_CELL_PIXELS - 1) / HEDDLE_CELL_PIXELS;
  gint64 begin = heddle_time_scale_time_at (&self->chart.scale, x);
  gint64 end = heddle_time_scale_time_at (&self->chart.scale, x + (int) n * HEDDLE_CELL_PIXELS);

  heddle_lane_store_get_cells (self->store, lane, begin, end, self->buffers.cells, n);
  find_ends (self, lane, x, n);
  heddle_lane_blocks_add_cells (self->buffers.blocks, self->buffers.marks, x,
                                self->chart.scale.ns * HEDDLE_CELL_PIXELS, self->buffers.cells, n,
                                self->buffers.ends);
  heddle_lane_blocks_add_holding (self->buffers.blocks, x, HEDDLE_CELL_PIXELS,
                                  self->buffers.cells, n);
}

/* Whether more spans lie in what is shown than can be told apart. */
static gboolean
is_dense (HeddleLanesChart *self, guint lane, gint64 begin, int pixels, guint *n_spans)
{
  *n_spans = heddle_lane_store_count_spans (self->store, lane, begin,
                                            heddle_time_scale_end (&self->chart.scale));
  return *n_spans > (guint) pixels * HEDDLE_SPANS_PER_PIXEL;
}

/*
 * Asks the store what lane @lane looks like now: O(pixels). From pixel @from on where it is dense.
 *
 * Returns: whether it is
 */
static gboolean
collect_blocks (HeddleLanesChart *self, guint lane, const HeddleLaneInfo *info, int from)
{
  gint64 begin = heddle_time_scale_begin (&self->chart.scale),
         end = heddle_time_scale_end (&self->chart.scale);
  HeddleLaneTotals totals = heddle_lane_store_get_totals (self->store);
  gint64 kept = totals.n_given_up > 0 ? totals.begin : 0;
  /* pixels of which only sums are left */
  int older = kept > begin ? heddle_time_scale_pixel_of (&self->chart.scale, kept) : 0;
  guint n = (guint) (self->chart.scale.n - older), n_spans;
  gboolean dense = is_dense (self, lane, MAX (begin, kept), (int) n, &n_spans);

  g_array_set_size (self->buffers.blocks, 0);
  g_array_set_size (self->buffers.marks, 0);
  if (dense || older > 0)
    collect_cells (self, lane, dense ? from : 0, dense ? self->chart.scale.n : older);
  if (n_spans > 0 && !dense)
    {
      n_spans = heddle_lane_store_get_spans (self->store, lane, MAX (begin, kept), end,
                                             self->buffers.spans, n * HEDDLE_SPANS_PER_PIXEL);
      for (guint i = 0; i < n_spans; i++)
        self->buffers.kinds[i] = (guint8) get_kind (self, &self->buffers.spans[i]);
      heddle_lane_blocks_add_spans (self->buffers.blocks, self->buffers.marks, &self->chart.scale,
                                    self->buffers.spans, self->buffers.kinds, n_spans);
    }

  if (info->open)
    heddle_lane_blocks_add_open (self->buffers.blocks, &self->chart.scale, &info->current,
                                 get_kind (self, &info->current),
                                 heddle_lanes_chart_last_moment (self));
  if (n_spans > 0 && !dense)
    {
      guint n_cells = (guint) self->chart.scale.n;

      heddle_lane_store_get_cells (self->store, lane, begin, end, self->buffers.cells, n_cells);
      heddle_lane_blocks_add_states (self->buffers.blocks, self->buffers.cells, n_cells);
      heddle_lane_blocks_add_holding (self->buffers.blocks, older, 1,
                                      self->buffers.cells + older, n_cells - (guint) older);
      if (self->teller.funcs.get_queued != NULL)
        heddle_lane_blocks_add_leads (self->buffers.blocks, &self->chart.scale, older,
                                      self->buffers.spans, n_spans, self->teller.funcs.get_queued,
                                      self->teller.data);
    }
  if (self->buffers.marks->len > 0)
    g_array_append_vals (self->buffers.blocks, self->buffers.marks->data, self->buffers.marks->len);
  return dense;
}

/* Whether what was drawn last, moved to the left, is right but for its end. */
static gboolean
can_move (HeddleLanesChart *self, const HeddlePalette *palette, int scale_factor)
{
  const HeddleLanesRows *rows = &self->rows;
  gint64 moved = self->chart.scale.first - rows->scale.first;

  return rows->raster.pixels != NULL && rows->n_lanes == self->names->len
    && rows->scroll == heddle_lanes_chart_scrolled (self) && rows->raster.x == self->plot_x
    && rows->raster.scale == scale_factor && moved >= 0 && moved < self->chart.scale.n
    && !(rows->scale.ns < self->chart.scale.ns) && !(rows->scale.ns > self->chart.scale.ns)
    && rows->scale.n == self->chart.scale.n
    && memcmp (&rows->layout, &self->layout, sizeof self->layout) == 0
    && memcmp (&rows->palette, palette, sizeof *palette) == 0;
}

static void
remember (HeddleLanesChart *self, HeddleRaster *raster, const HeddlePalette *palette)
{
  heddle_raster_clear (&self->rows.raster);
  self->rows.raster = heddle_raster_copy (raster);
  self->rows.scale = self->chart.scale;
  self->rows.layout = self->layout;
  self->rows.palette = *palette;
  self->rows.scroll = heddle_lanes_chart_scrolled (self);
}

/* One lane: all of it, or what was not settled when it was drawn last. */
static void
draw_row (HeddleLanesChart *self, HeddleRaster *raster, const Colours *colours, guint lane,
          gboolean moved)
{
  int top = heddle_lanes_chart_lane_y (self, lane), from = 0;
  HeddleLaneInfo info = { 0 };
  gboolean dense;

  heddle_lane_store_get_info (self->store, lane, &info);
  if (moved && self->rows.settled[lane] > self->chart.scale.first)
    from = (int) MIN (self->rows.settled[lane] - self->chart.scale.first, self->chart.scale.n);

  /* a mark may reach into the cell after its own, so two cells more are asked for than are drawn */
  dense = collect_blocks (self, lane, &info, MAX (from - 2 * HEDDLE_CELL_PIXELS, 0));
  if (!dense)
    from = 0;
  if (moved)
    heddle_raster_clear_rect (raster, self->plot_x + from, top, self->layout.pitch);
  heddle_raster_limit (raster, self->plot_x + from);
  draw_blocks (self, raster, colours, top + self->layout.inset);

  self->rows.settled[lane] = G_MININT64;
  if (dense && info.settled > heddle_time_scale_begin (&self->chart.scale))
    self->rows.settled[lane] =
      (self->chart.scale.first + heddle_time_scale_pixel_of (&self->chart.scale, info.settled))
      & ~(gint64) (HEDDLE_CELL_PIXELS - 1);
}

/**
 * heddle_lanes_chart_draw_rows:
 * @self: a lanes chart that has lanes
 * @raster: (out): the blocks of all rows in sight
 * @palette: colours
 * @keep: whether the picture may be moved next time; not if something else is laid over it
 *
 * What a lane shows before its running task no longer changes. So where a chart moves with the
 * clock and its lanes are dense, the last picture is moved and only the end of each row is asked
 * for and drawn: drawing all took a fifth of the main loop's time.
 */
void
heddle_lanes_chart_draw_rows (HeddleLanesChart *self, HeddleRaster *raster,
                              const HeddlePalette *palette, gboolean keep)
{
  int scale_factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  gboolean moved = keep && can_move (self, palette, scale_factor);
  Colours colours;
  guint first,
    n = heddle_lane_layout_visible (&self->layout, heddle_lanes_chart_scrolled (self), &first);

  ensure_buffers (self);
  init_colours (&colours, self, palette);
  if (moved)
    heddle_raster_begin_moved (raster, &self->rows.raster,
                               (int) (self->chart.scale.first - self->rows.scale.first));
  else
    {
      heddle_raster_begin (raster, self->plot_x, 0, self->plot_width, self->layout.view_height,
                           scale_factor);
      heddle_lanes_chart_forget_rows (self);
      self->rows.n_lanes = self->names->len;
      self->rows.settled = g_new (gint64, self->rows.n_lanes);
    }

  /* the pattern of a stretch of time stays the same while the chart moves */
  raster->phase = (int) (self->chart.scale.first % HEDDLE_PATTERN_PERIOD);
  if (raster->phase < 0)
    raster->phase += HEDDLE_PATTERN_PERIOD;
  for (guint row = first; row < first + n; row++)
    if (heddle_lanes_chart_lane_of_row (self, row) >= 0)
      draw_row (self, raster, &colours, (guint) heddle_lanes_chart_lane_of_row (self, row), moved);
  heddle_raster_limit (raster, self->plot_x);
  if (keep)
    remember (self, raster, palette);
  else
    heddle_lanes_chart_forget_rows (self);
}
