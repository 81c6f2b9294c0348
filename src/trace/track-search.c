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

#define CACHE_LINE 64
#define PREFETCHED_BEGINS 64 /* of chunks: those of 65536 stretches */
#define PREFETCHED_WORDS 64 /* mostly a block and where the next one begins */

/* Times in their order, in memory of one kind or another. */
typedef gint64 (*GetTime) (gconstpointer times, guint index);

static inline gint64
get_in_sequences (gconstpointer begins, guint index)
{
  return ((const guint32 *) begins)[index];
}

static inline gint64
get_of_chunk (gconstpointer begins, guint index)
{
  return ((const gint64 *) begins)[index];
}

static inline gint64
get_unpacked (gconstpointer items, guint index)
{
  return ((const HeddleTrackItem *) items)[index].growing[HEDDLE_TRACK_BEGIN];
}

/* Of the first stretch of a block. */
static inline gint64
get_of_block (const HeddleTrackChunk *chunk, guint block)
{
  guint index = block * HEDDLE_TRACK_BLOCK;

  if (index >= heddle_track_chunk_get_open (chunk))
    return get_unpacked (chunk->items, 0);
  return heddle_track_chunk_get_block (chunk, index)->growing[HEDDLE_TRACK_BEGIN];
}

/* How many of the first @n times are before @time; around @guess they are looked for first, in
 * steps of @step. Inline, so that each kind of times has a loop of its own. */
static inline guint
count_before (GetTime get, gconstpointer times, guint n, gint64 time, guint guess,
              guint step, guint64 *touched)
{
  guint low = 0, high = n;

  for (;;)
    {
      (*touched)++;
      if (get (times, guess) < time)
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

      if (get (times, middle) < time)
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

/* A block that was not read lately is as many cache misses as it has lines, one after another: its
 * begins say which of its items is looked at next. Asked for at once they come together. */
static inline void
prefetch_block (const HeddleTrackChunk *self, guint block)
{
  const guint64 *words = self->packed.words + self->packed.blocks[block];

  for (guint i = 0; i < PREFETCHED_WORDS; i += CACHE_LINE / sizeof *words)
    __builtin_prefetch (words + i);
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

  if (block * HEDDLE_TRACK_BLOCK < heddle_track_chunk_get_open (self))
    prefetch_block (self, block);
  for (; get_of_block (self, block) >= time; block--)
    (*touched)++;
  for (; block < last && get_of_block (self, block + 1) < time; block++)
    (*touched)++;
  first = block * HEDDLE_TRACK_BLOCK;
  *touched += 2 + 7;
  if (first == heddle_track_chunk_get_open (self))
    return first + count_before (get_unpacked, self->items, self->n - first, time, 0, 4, touched);
  return first + count_in_block (heddle_track_chunk_get_block (self, first), time);
}

/**
 * heddle_track_count_chunks_begun:
 * @from: where the search begins: a chunk that is kept, or n_chunks
 * @time: nanoseconds
 * @touched: (inout): grows by the number of entries looked at
 *
 * Returns: the first chunk, not before @from, that begins at or after @time; n_chunks where none
 * does
 */
guint
heddle_track_count_chunks_begun (const HeddleTrack *self, guint from, gint64 time,
                                 guint64 *touched)
{
  gint64 begin;
  guint n, guess;

  for (guint end = MIN (from + 2, self->n_chunks); from < end; from++)
    {
      (*touched)++;
      if (self->begins[from] >= time)
        return from;
    }
  if (from >= self->n_chunks)
    return self->n_chunks;
  n = self->n_chunks - from;
  begin = self->begins[from];
  guess = guess_index (CLAMP (time - begin, 0, self->end - begin), self->end - begin, n);
  return from + count_before (get_of_chunk, &self->begins[from], n, time, guess, 1, touched);
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
  guint begun;

  if (time > self->end)
    return self->n_chunks;
  begun = heddle_track_count_chunks_begun (self, from, time, touched);
  if (begun == from)
    return from;
  (*touched)++;
  return self->chunks[begun - 1].end >= time ? begun - 1 : begun;
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
    return count_before (get_in_sequences, self->begins, self->n, time - self->begin, guess, 4,
                         touched);
  return count_in_packed (self, time, guess, touched);
}

static void
prefetch_in_chunk (const HeddleTrackChunk *self, gint64 time)
{
  guint guess;

  if (time <= self->begin || time > self->end)
    return;
  guess = guess_index (time - self->begin, self->end - self->begin, self->n);
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    __builtin_prefetch (self->begins + guess);
  else if (guess < heddle_track_chunk_get_open (self))
    prefetch_block (self, guess / HEDDLE_TRACK_BLOCK);
}

/**
 * heddle_track_prefetch:
 * @time: nanoseconds: of a search that is to come
 * @depth: what of the memory it will need; what is less deep was asked for some time ago
 *
 * Has memory come into the caches without waiting for it. Where many tracks are searched one after
 * another, each search finds there what was asked for during those before it.
 */
void
heddle_track_prefetch (const HeddleTrack *self, gint64 time, HeddleTrackDepth depth)
{
  guint64 touched = 0;
  guint begun, last = MIN (self->first + PREFETCHED_BEGINS, self->n_chunks);

  if (time > self->end)
    return;
  if (depth == HEDDLE_TRACK_BEGINS)
    {
      for (guint i = self->first; i < last; i += CACHE_LINE / sizeof *self->begins)
        __builtin_prefetch (&self->begins[i]);
      return;
    }
  begun = heddle_track_count_chunks_begun (self, self->first, time, &touched);
  if (begun == self->first)
    return;
  if (depth == HEDDLE_TRACK_BLOCKS)
    prefetch_in_chunk (&self->chunks[begun - 1], time);
  for (gsize i = 0; i < sizeof *self->chunks && depth == HEDDLE_TRACK_CHUNKS; i += CACHE_LINE)
    __builtin_prefetch ((const guchar *) &self->chunks[begun - 1] + i);
}
