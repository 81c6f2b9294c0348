/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/lane-layout.h"
#include "charts/state-colours.h"
#include "trace/lane-store.h"

G_BEGIN_DECLS

/*
 * What is drawn of a lane, without GTK: spans or cells become blocks on whole pixels.
 *
 * A span of two pixels and more is a block of its own, with a gap of one pixel after it where it is
 * wide enough. Shorter ones share a column one pixel wide, whose strength tells how much of its
 * time was busy. Where it is known what a task's time was made of, its block is cut into stretches
 * of whole pixels, and each is a pile of layers, a state each, on a CPU lowest: sharp where every
 * switch is known; where totals are known, shares of the task with its waits in their places. One
 * that did not end well marks its column, however short it was: marks come
 * after all other blocks and are at least two pixels wide. At most one block and one mark a pixel:
 * the cost of drawing does not depend on the number of spans.
 */

#define HEDDLE_BLOCK_LEVELS 8
#define HEDDLE_SPANS_PER_PIXEL 4 /* up to here spans are asked for one by one, then cells */
/* width of such a cell: half the nodes, and a mark is as wide anyway */
#define HEDDLE_CELL_PIXELS 2

#define HEDDLE_LAYERS_FULL 32 /* height of a whole block, in layers' units */

typedef struct {
  gint16 x;
  gint16 width;
  guint8 state;  /* HeddleTaskState; HEDDLE_TASK_RUNNING: still open */
  guint8 shade;  /* 0 to 2 */
  /* 1 to HEDDLE_BLOCK_LEVELS: busy share of a column, height of a mark; a block of its own has the
   * highest */
  guint8 level;
  guint8 flags;
  guint8 tone;   /* how long its tasks took: heddle_lane_tone() */
  guint8 kind;   /* of its tasks; 0: not known, or several */
  guint8 layers[HEDDLE_N_STATES]; /* heights, with HEDDLE_BLOCK_LAYERS */
} HeddleLaneBlock;

enum {
  HEDDLE_BLOCK_WHOLE = 1 << 0,   /* one task's block, rather than a column of several */
  HEDDLE_BLOCK_LAYERS = 1 << 1,  /* it is known what its time was made of */
  HEDDLE_BLOCK_TOTALS = 1 << 2,  /* of its task: in total, rather than every switch */
  HEDDLE_BLOCK_HOLDING = 1 << 3, /* no task: a line where the lane's worker holds something */
  HEDDLE_BLOCK_LEAD = 1 << 4,    /* no task: a line where the next task was in the queue */
};

void heddle_lane_blocks_add_spans (GArray *blocks, GArray *marks, const HeddleTimeScale *scale,
                                   const HeddleSpan *spans, const guint8 *kinds, guint n_spans);
void heddle_lane_blocks_add_cells (GArray *blocks, GArray *marks, int x, double cell_ns,
                                   const HeddleLaneCell *cells, guint n_cells, const guint8 *ends);
void heddle_lane_blocks_add_open (GArray *blocks, const HeddleTimeScale *scale,
                                  const HeddleSpan *span, guint kind, gint64 now);
typedef gint64 (*HeddleQueuedFunc) (const HeddleSpan *span, gpointer data);

void heddle_lane_blocks_add_leads (GArray *blocks, const HeddleTimeScale *scale, int first,
                                   const HeddleSpan *spans, guint n_spans, HeddleQueuedFunc queued,
                                   gpointer data);
void heddle_lane_blocks_add_states (GArray *blocks, const HeddleLaneCell *cells, guint n_cells);
void heddle_lane_blocks_add_holding (GArray *blocks, int x, int width, const HeddleLaneCell *cells,
                                     guint n_cells);
guint heddle_lane_tone (double ns);

G_END_DECLS
