/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where in a track a moment is: the search that everything that is read from it begins with.
 *
 * Where stretches are about equally long the first guess is close, which saves most of the cache
 * misses of a plain binary search; the steps around it double, so a bad guess costs no more than
 * that.
 */
#include "config.h"

#include "trace/track-chunk.h"

/* Times in their order, of one kind or another, in a chunk, or of several. */
typedef gint64 (*GetTime) (const HeddleTrackChunk *chunk, guint index);

static inline gint64
get_in_sequences (const HeddleTrackChunk *chunk, guint index)
{
  return chunk->begins[index];
}

static inline gint64
get_end_of_chunk (const HeddleTrackChunk *chunks, guint index)
{
  return chunks[index].end;
}

static inline gint64
get_unpacked (const HeddleTrackChunk *chunk, guint index)
{
  return chunk->items[index].growing[HEDDLE_TRACK_BEGIN];
}

/* Of the first stretch of a block. */
static inline gint64
get_of_block (const HeddleTrackChunk *chunk, guint block)
{
  guint index = block * HEDDLE_TRACK_BLOCK;

  if (index >= heddle_track_chunk_get_open (chunk))
    return get_unpacked (chunk, 0);
  return heddle_track_chunk_get_block (chunk, index)->growing[HEDDLE_TRACK_BEGIN];
}

/* How many of the first @n times are before @time; around @guess they are looked for first, in
 * steps of @step. Inline, so that each kind of times has a loop of its own. */
static inline guint
count_before (GetTime get, const HeddleTrackChunk *chunk, guint n, gint64 time, guint guess,
              guint step, guint64 *touched)
{
  guint low = 0, high = n;

  for (;;)
    {
      (*touched)++;
      if (get (chunk, guess) < time)
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

      if (get (chunk, middle) < time)
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
  guint first;

  for (; get_of_block (self, block) >= time; block--)
    (*touched)++;
  for (; block < last && get_of_block (self, block + 1) < time; block++)
    (*touched)++;
  first = block * HEDDLE_TRACK_BLOCK;
  *touched += 2 + 7;
  if (first == heddle_track_chunk_get_open (self))
    return first + count_before (get_unpacked, self, self->n - first, time, 0, 4, touched);
  return first + count_in_block (heddle_track_chunk_get_block (self, first), time);
}

/**
 * heddle_track_find_chunk:
 * @from: where the search begins
 * @time: nanoseconds
 * @touched: (inout): grows by the number of entries looked at
 *
 * Returns: the first chunk, not before @from, that ends at or after @time; n_chunks where none does
 */
guint
heddle_track_find_chunk (const HeddleTrack *self, guint from, gint64 time, guint64 *touched)
{
  gint64 begin;
  guint n, guess;

  if (time > self->end)
    return self->n_chunks;
  for (guint end = MIN (from + 2, self->n_chunks); from < end; from++)
    {
      (*touched)++;
      if (self->chunks[from].end >= time)
        return from;
    }
  if (from >= self->n_chunks)
    return self->n_chunks;
  n = self->n_chunks - from;
  begin = self->chunks[from].begin;
  guess = guess_index (MAX (time - begin, 0), self->end - begin, n);
  return from + count_before (get_end_of_chunk, &self->chunks[from], n, time, guess, 1, touched);
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
  guint guess;

  if (time > self->end)
    return self->n;
  if (time <= self->begin)
    return 0;
  guess = guess_index (time - self->begin, self->end - self->begin, self->n);
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    return count_before (get_in_sequences, self, self->n, time - self->begin, guess, 4,
                         touched);
  return count_in_packed (self, time, guess, touched);
}
