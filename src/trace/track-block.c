/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "trace/track-block.h"

#define STATE_BITS 4
#define STATES_A_WORD (64 / STATE_BITS)
#define EACH_STATE(bits) (G_MAXUINT64 / 15 * (bits)) /* the same four bits in all of a word */

static guint
count_bits (guint64 value)
{
  return value == 0 ? 0 : 64 - (guint) __builtin_clzll (value);
}

/**
 * heddle_track_block_measure:
 * @self: (out): what the block begins with
 * @items: (array fixed-size=64): its stretches
 *
 * Returns: how many words the block takes, with what it begins with
 */
guint
heddle_track_block_measure (HeddleTrackBlock *self, const HeddleTrackItem *items)
{
  const HeddleTrackItem *last = &items[HEDDLE_TRACK_BLOCK - 1];
  guint n_words = sizeof *self / sizeof (guint64);
  guint64 highest_id = items[0].id;
  gboolean same = TRUE;

  memset (self, 0, sizeof *self);
  self->known = items[0].known;
  self->n_failed = (guint16) items[0].n_failed;
  self->state = items[0].state;
  self->lowest_id = items[0].id;
  for (guint i = 0; i < HEDDLE_TRACK_BLOCK; i++)
    {
      self->lowest_id = MIN (self->lowest_id, items[i].id);
      highest_id = MAX (highest_id, items[i].id);
      self->known_tasks += (items[i].state & HEDDLE_TRACK_TIMES_KNOWN) != 0;
      self->failed_tasks += (items[i].state & HEDDLE_TRACK_STATE_MASK) != HEDDLE_TASK_DONE;
      same = same && items[i].state == items[0].state;
    }
  for (guint i = 0; i < HEDDLE_TRACK_N_GROWING; i++)
    {
      self->growing[i] = items[0].growing[i];
      self->bits[i] = (guint8) count_bits ((guint64) (last->growing[i] - items[0].growing[i]));
    }
  self->bits[HEDDLE_TRACK_ID] = (guint8) count_bits (highest_id - self->lowest_id);
  self->bits[HEDDLE_TRACK_STATE] = same ? 0 : STATE_BITS;
  for (guint i = 0; i < HEDDLE_TRACK_N_COLUMNS; i++)
    n_words += self->bits[i];
  return n_words;
}

static guint64
get_value (const HeddleTrackBlock *self, const HeddleTrackItem *item, HeddleTrackColumn column)
{
  if (column == HEDDLE_TRACK_ID)
    return item->id - self->lowest_id;
  if (column == HEDDLE_TRACK_STATE)
    return item->state;
  return (guint64) (item->growing[column] - self->growing[column]);
}

/* Returns where the next column begins. */
static guint64 *
write_column (const HeddleTrackBlock *self, const HeddleTrackItem *items, HeddleTrackColumn column,
              guint64 *words)
{
  guint width = self->bits[column], filled = 0;
  guint64 word = 0;

  for (guint i = 0; i < HEDDLE_TRACK_BLOCK && width > 0; i++)
    {
      guint64 value = get_value (self, &items[i], column);

      word |= value << filled;
      filled += width;
      if (filled < 64)
        continue;
      *words++ = word;
      filled -= 64;
      word = filled > 0 ? value >> (width - filled) : 0;
    }
  return words;
}

/**
 * heddle_track_block_write:
 * @self: as heddle_track_block_measure() filled it in
 * @items: (array fixed-size=64): its stretches
 * @words: (out): room for as many words as it takes
 *
 * Packs the stretches.
 */
void
heddle_track_block_write (const HeddleTrackBlock *self, const HeddleTrackItem *items,
                          guint64 *words)
{
  memcpy (words, self, sizeof *self);
  words += sizeof *self / sizeof *words;
  for (HeddleTrackColumn column = 0; column < HEDDLE_TRACK_N_COLUMNS; column++)
    words = write_column (self, items, column, words);
}

/**
 * heddle_track_block_count_failed:
 * @self: a block of tasks
 * @n: at most 64
 *
 * Sixteen states at a time: where a lane's sums are asked for, this is all that is not a sum.
 *
 * Returns: how many of the first @n tasks are not done
 */
guint
heddle_track_block_count_failed (const HeddleTrackBlock *self, guint n)
{
  const guint64 *words = heddle_track_block_get_column (self, HEDDLE_TRACK_STATE);
  guint n_failed = 0;

  if (self->bits[HEDDLE_TRACK_STATE] == 0)
    return (self->state & HEDDLE_TRACK_STATE_MASK) != HEDDLE_TASK_DONE ? n : 0;
  for (guint i = 0; i < n; i += STATES_A_WORD)
    {
      guint64 others = (*words++ ^ EACH_STATE (HEDDLE_TASK_DONE))
        & EACH_STATE (HEDDLE_TRACK_STATE_MASK);
      /* the highest bit of each four: whether there is one in the three below it */
      guint64 marks = (others + EACH_STATE (HEDDLE_TRACK_STATE_MASK)) & EACH_STATE (8);

      if (n - i < STATES_A_WORD)
        marks &= G_MAXUINT64 >> (64 - STATE_BITS * (n - i));
      n_failed += (guint) __builtin_popcountll (marks);
    }
  return n_failed;
}
