/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/track.h"

G_BEGIN_DECLS

/*
 * So many stretches of a chunk, packed; private to the track.
 *
 * Begins, and sums before each stretch, in columns of bits: an item is what its value is beyond the
 * block's first one, or lowest, and has as many bits as the block's largest needs; where all are
 * the same it has none. There are 64 items, so a column of n bits takes n words.
 */
#define HEDDLE_TRACK_BLOCK 64
#define HEDDLE_TRACK_STATE_MASK 7
#define HEDDLE_TRACK_TIMES_KNOWN 8 /* beside the state: totals are known */

/* What never goes back comes first: the begin, time that is not covered before it, and of tasks
 * with totals time on CPU and time ready before it. Sums count from the chunk's begin. */
typedef enum {
  HEDDLE_TRACK_BEGIN,
  HEDDLE_TRACK_GAP,
  HEDDLE_TRACK_ON_CPU,
  HEDDLE_TRACK_READY,
  HEDDLE_TRACK_N_GROWING,
  HEDDLE_TRACK_ID = HEDDLE_TRACK_N_GROWING,
  HEDDLE_TRACK_STATE,
  HEDDLE_TRACK_N_COLUMNS
} HeddleTrackColumn;

/* A stretch of a block that is not full yet. */
struct _HeddleTrackItem {
  gint64 growing[HEDDLE_TRACK_N_GROWING];
  gint64 known;     /* time before it of tasks with totals */
  guint64 id;
  guint32 n_failed; /* tasks before it that are not done */
  guint8 state;     /* of four bits */
};

/* What a block begins with; its columns follow, one after another. */
typedef struct {
  gint64 growing[HEDDLE_TRACK_N_GROWING]; /* these four: of the first stretch */
  gint64 known;
  guint16 n_failed;
  guint8 state;
  guint8 known_tasks;  /* these two: how many there are in the block */
  guint8 failed_tasks;
  guint8 bits[HEDDLE_TRACK_N_COLUMNS];
  guint64 lowest_id;
} HeddleTrackBlock;

G_STATIC_ASSERT (sizeof (HeddleTrackBlock) % sizeof (guint64) == 0);

guint heddle_track_block_measure (HeddleTrackBlock *self, const HeddleTrackItem *items);
void heddle_track_block_write (const HeddleTrackBlock *self, const HeddleTrackItem *items,
                               guint64 *words);
guint heddle_track_block_count_failed (const HeddleTrackBlock *self, guint n);

/* Where the items of a column are, of a block with its columns behind it and a readable word behind
 * those. */
static inline const guint64 *
heddle_track_block_get_column (const HeddleTrackBlock *self, HeddleTrackColumn column)
{
  const guint64 *words = (const guint64 *) (self + 1);

  for (guint i = 0; i < column; i++)
    words += self->bits[i];
  return words;
}

/* An item of a column of @width bits, which are not 0. */
static inline guint64
heddle_track_block_get_bits (const guint64 *words, guint width, guint index)
{
  guint bit = index % HEDDLE_TRACK_BLOCK * width, shift = bit % 64;

  words += bit / 64;
  return (words[0] >> shift | words[1] << 1 << (63 - shift)) & G_MAXUINT64 >> (64 - width);
}

static inline guint64
heddle_track_block_get (const HeddleTrackBlock *self, HeddleTrackColumn column, guint index)
{
  guint width = self->bits[column];

  return width == 0 ? 0
                    : heddle_track_block_get_bits (heddle_track_block_get_column (self, column),
                                                   width, index);
}

G_END_DECLS
