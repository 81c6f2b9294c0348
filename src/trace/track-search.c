/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where in a chunk a moment is: the search that everything that is read from a track begins with.
 *
 * Where stretches are about equally long the first guess is close, which saves most of the cache
 * misses of a plain binary search; the steps around it double, so a bad guess costs no more than
 * that.
 */
#include "config.h"

#include "trace/track-chunk.h"

/* Begins in their order, of one kind or another. */
typedef struct {
  const HeddleTrackChunk *chunk;
  const guint64 *words; /* these two: of a packed column */
  guint width;
} Column;

typedef gint64 (*GetBegin) (const Column *column, guint index);

static inline gint64
get_in_sequences (const Column *column, guint index)
{
  return column->chunk->begins[index];
}

static inline gint64
get_unpacked (const Column *column, guint index)
{
  return column->chunk->items[index].growing[HEDDLE_TRACK_BEGIN];
}

/* Of the first stretch of a block. */
static inline gint64
get_of_block (const Column *column, guint block)
{
  guint index = block * HEDDLE_TRACK_BLOCK;

  if (index >= heddle_track_chunk_get_open (column->chunk))
    return get_unpacked (column, 0);
  return heddle_track_chunk_get_block (column->chunk, index)->growing[HEDDLE_TRACK_BEGIN];
}

/* How many of the first @n begins are before @time; around @guess they are looked for first, in
 * steps of @step. Inline, so that each kind of begins has a loop of its own. */
static inline guint
count_before (GetBegin get, const Column *column, guint n, gint64 time, guint guess, guint step,
              guint64 *touched)
{
  guint low = 0, high = n;

  for (;;)
    {
      (*touched)++;
      if (get (column, guess) < time)
        {
          low = guess + 1;
          if (high - low <= step)
            break;
          guess = low + step;
        }
      else
        {
          high = guess;
          if (high - low <= step)
            break;
          guess = high - step;
        }
      step *= 2;
    }
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (get (column, middle) < time)
        low = middle + 1;
      else
        high = middle;
      (*touched)++;
    }
  return low;
}

/* Where among @n stretches @part of @whole nanoseconds may be. */
static guint
guess_index (gint64 part, gint64 whole, guint n)
{
  return MIN ((guint) ((double) part / ((double) whole + 1) * n), n - 1);
}

/* The first one of the block begins before @time. By halving, without a branch that a processor
 * could guess wrong: the column is a few cache lines. */
static guint
count_in_block (const HeddleTrackBlock *block, gint64 time)
{
  const guint64 *words = heddle_track_block_get_column (block, HEDDLE_TRACK_BEGIN);
  guint64 offset = (guint64) (time - block->growing[HEDDLE_TRACK_BEGIN]);
  guint width = block->bits[HEDDLE_TRACK_BEGIN], low = 0;

  if (width == 0)
    return HEDDLE_TRACK_BLOCK;
  for (guint half = HEDDLE_TRACK_BLOCK / 2; half > 0; half /= 2)
    low += half * (heddle_track_block_get_bits (words, width, low + half - 1) < offset);
  return low + (heddle_track_block_get_bits (words, width, low) < offset);
}

/* There are few blocks, and the guess is close. */
static guint
count_in_packed (const HeddleTrackChunk *self, gint64 time, guint guess, guint64 *touched)
{
  guint last = (self->n - 1) / HEDDLE_TRACK_BLOCK, block = guess / HEDDLE_TRACK_BLOCK;
  Column column = { .chunk = self };
  guint first;

  for (; get_of_block (&column, block) >= time; block--)
    (*touched)++;
  for (; block < last && get_of_block (&column, block + 1) < time; block++)
    (*touched)++;
  first = block * HEDDLE_TRACK_BLOCK;
  *touched += 2 + 7;
  if (first == heddle_track_chunk_get_open (self))
    return first + count_before (get_unpacked, &column, self->n - first, time, 0, 4, touched);
  return first + count_in_block (heddle_track_chunk_get_block (self, first), time);
}

/**
 * heddle_track_chunk_count_begun:
 * @self: a chunk with a stretch
 * @time: nanoseconds
 * @touched: (inout): grows by the number of entries looked at
 *
 * Returns: how many stretches of the chunk begin before @time
 */
guint
heddle_track_chunk_count_begun (const HeddleTrackChunk *self, gint64 time, guint64 *touched)
{
  Column column = { .chunk = self };
  guint guess;

  if (time > self->end)
    return self->n;
  if (time <= self->begin)
    return 0;
  guess = guess_index (time - self->begin, self->end - self->begin, self->n);
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    return count_before (get_in_sequences, &column, self->n, time - self->begin, guess, 4,
                         touched);
  return count_in_packed (self, time, guess, touched);
}
