/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trace/track.h"

#include <string.h>

#define FIRST_ALLOCATION 16
#define BLOCK 64
#define N_BLOCKS (HEDDLE_TRACK_CHUNK / BLOCK)

/*
 * A chunk's columns lie in one piece of memory: begins, times covered before, ids (64 or, narrow, 32 bits each, begins and ids
 * then counted from the chunk's first), failures before each block of 64, states. A track without tasks has the first two.
 */
static gsize
item_size (const HeddleTrackChunk *chunk)
{
  return chunk->narrow ? 4 : 8;
}

static gsize
columns_bytes (const HeddleTrack *self, gboolean narrow, guint allocated)
{
  gsize item = narrow ? 4 : 8;

  if (!self->tasks)
    return 2 * item * allocated;
  return (3 * item + 1) * allocated + N_BLOCKS * sizeof (guint16);
}

static guint64
get_item (const HeddleTrackChunk *chunk, guint column, guint index)
{
  gsize at = (gsize) column * chunk->allocated + index;

  return chunk->narrow ? ((const guint32 *) chunk->columns)[at] : ((const guint64 *) chunk->columns)[at];
}

static void
set_item (HeddleTrackChunk *chunk, guint column, guint index, guint64 value)
{
  gsize at = (gsize) column * chunk->allocated + index;

  if (chunk->narrow)
    ((guint32 *) chunk->columns)[at] = (guint32) value;
  else
    ((guint64 *) chunk->columns)[at] = value;
}

static guint16 *
get_blocks (const HeddleTrackChunk *chunk)
{
  return (guint16 *) ((char *) chunk->columns + 3 * item_size (chunk) * chunk->allocated);
}

static guint8 *
get_states (const HeddleTrackChunk *chunk)
{
  return (guint8 *) (get_blocks (chunk) + N_BLOCKS);
}

static gint64
get_begin (const HeddleTrackChunk *chunk, guint index)
{
  gint64 begin = (gint64) get_item (chunk, 0, index);

  return chunk->narrow ? chunk->begin + begin : begin;
}

static gint64
get_covered (const HeddleTrackChunk *chunk, guint index)
{
  return index < chunk->n ? (gint64) get_item (chunk, 1, index) : chunk->covered;
}

static gint64
get_end (const HeddleTrackChunk *chunk, guint index)
{
  return get_begin (chunk, index) + get_covered (chunk, index + 1) - get_covered (chunk, index);
}

static guint
count_failed (const HeddleTrackChunk *chunk, guint index)
{
  const guint16 *blocks = get_blocks (chunk);
  const guint8 *states = get_states (chunk);
  guint block, n, next;

  if (index >= chunk->n)
    return chunk->n_failed;
  block = index / BLOCK;
  n = blocks[block];
  next = (block + 1) * BLOCK < chunk->n ? blocks[block + 1] : chunk->n_failed;
  if (n == next)
    return n;
  for (guint i = block * BLOCK; i < index; i++)
    n += states[i] != HEDDLE_TASK_DONE;
  return n;
}

/**
 * heddle_track_init:
 * @self: memory of the caller's
 * @tasks: whether stretches have ids and states
 *
 * Makes an empty track; it takes no further memory before the first stretch comes.
 */
void
heddle_track_init (HeddleTrack *self, gboolean tasks)
{
  memset (self, 0, sizeof *self);
  self->tasks = tasks;
}

/**
 * heddle_track_clear:
 * @self: a track
 *
 * Frees what the track holds, not @self.
 */
void
heddle_track_clear (HeddleTrack *self)
{
  for (guint i = self->first; i < self->n_chunks; i++)
    g_free (self->chunks[i].columns);
  g_free (self->chunks);
  memset (self, 0, sizeof *self);
}

/* Moves a chunk's columns to others of another width or length. */
static void
reshape (HeddleTrack *self, HeddleTrackChunk *chunk, gboolean narrow, guint64 first_id, guint allocated)
{
  HeddleTrackChunk other = *chunk;

  other.narrow = narrow;
  other.first_id = first_id;
  other.allocated = allocated;
  other.columns = g_malloc (columns_bytes (self, narrow, allocated));
  for (guint i = 0; i < chunk->n; i++)
    {
      set_item (&other, 0, i, (guint64) (get_begin (chunk, i) - (narrow ? chunk->begin : 0)));
      set_item (&other, 1, i, (guint64) get_covered (chunk, i));
      if (self->tasks)
        set_item (&other, 2, i, get_item (chunk, 2, i) - first_id);
    }
  if (self->tasks)
    {
      memcpy (get_blocks (&other), get_blocks (chunk), N_BLOCKS * sizeof (guint16));
      memcpy (get_states (&other), get_states (chunk), chunk->n);
    }
  self->bytes += columns_bytes (self, narrow, allocated);
  self->bytes -= columns_bytes (self, chunk->narrow, chunk->allocated);
  g_free (chunk->columns);
  *chunk = other;
}

/* The chunk will not change any more: packs it where its times and ids fit into 32 bits. */
static void
seal (HeddleTrack *self, HeddleTrackChunk *chunk)
{
  guint64 first_id = self->tasks ? G_MAXUINT64 : 0;
  guint64 last_id = 0;

  for (guint i = 0; self->tasks && i < chunk->n; i++)
    {
      guint64 id = get_item (chunk, 2, i);

      first_id = MIN (first_id, id);
      last_id = MAX (last_id, id);
    }
  if (chunk->end - chunk->begin <= G_MAXUINT32 && last_id - first_id <= G_MAXUINT32)
    reshape (self, chunk, TRUE, first_id, chunk->n);
}

static void
make_room_for_chunk (HeddleTrack *self)
{
  if (self->first > self->n_chunks / 2)
    {
      self->n_chunks -= self->first;
      memmove (self->chunks, self->chunks + self->first, self->n_chunks * sizeof *self->chunks);
      self->first = 0;
    }
  if (self->n_chunks == self->allocated)
    {
      guint allocated = MAX (4, self->allocated * 2);

      self->chunks = g_renew (HeddleTrackChunk, self->chunks, allocated);
      self->bytes += (allocated - self->allocated) * sizeof *self->chunks;
      self->allocated = allocated;
    }
}

static HeddleTrackChunk *
begin_chunk (HeddleTrack *self, gint64 begin)
{
  HeddleTrackChunk *chunk;

  make_room_for_chunk (self);
  chunk = &self->chunks[self->n_chunks++];
  memset (chunk, 0, sizeof *chunk);
  chunk->begin = begin;
  chunk->covered_before = self->covered;
  chunk->n_before = self->n;
  chunk->n_failed_before = self->n_failed;
  chunk->allocated = FIRST_ALLOCATION;
  chunk->columns = g_malloc (columns_bytes (self, FALSE, chunk->allocated));
  self->bytes += columns_bytes (self, FALSE, chunk->allocated);
  return chunk;
}

static HeddleTrackChunk *
get_last_chunk (const HeddleTrack *self)
{
  return self->n_chunks > self->first ? &self->chunks[self->n_chunks - 1] : NULL;
}

/**
 * heddle_track_add:
 * @self: a track
 * @begin: nanoseconds, not before the last stretch's end
 * @end: not before @begin
 * @id: the task
 * @state: how it ended
 *
 * Adds a stretch at the end.
 */
void
heddle_track_add (HeddleTrack *self, gint64 begin, gint64 end, guint64 id, HeddleTaskState state)
{
  HeddleTrackChunk *chunk = get_last_chunk (self);
  gboolean failed = self->tasks && state != HEDDLE_TASK_DONE;

  g_assert (begin >= self->end && end >= begin);

  if (chunk != NULL && chunk->n == HEDDLE_TRACK_CHUNK)
    {
      seal (self, chunk);
      chunk = NULL;
    }
  if (chunk == NULL)
    chunk = begin_chunk (self, begin);
  else if (chunk->n == chunk->allocated)
    reshape (self, chunk, FALSE, 0, chunk->allocated * 4);
  if (self->tasks)
    {
      if (chunk->n % BLOCK == 0)
        get_blocks (chunk)[chunk->n / BLOCK] = (guint16) chunk->n_failed;
      set_item (chunk, 2, chunk->n, id);
      get_states (chunk)[chunk->n] = (guint8) state;
    }
  set_item (chunk, 0, chunk->n, (guint64) begin);
  set_item (chunk, 1, chunk->n, (guint64) chunk->covered);
  chunk->n++;
  chunk->n_failed += failed;
  chunk->covered += end - begin;
  chunk->end = end;
  self->n++;
  self->n_failed += failed;
  self->covered += end - begin;
  self->end = end;
}

/**
 * heddle_track_extend:
 * @self: a track
 * @end: nanoseconds
 *
 * Makes the last stretch last until @end; nothing happens where it lasts longer already or is not kept any more.
 */
void
heddle_track_extend (HeddleTrack *self, gint64 end)
{
  HeddleTrackChunk *chunk = get_last_chunk (self);
  gint64 more = end - self->end;

  if (chunk == NULL || more <= 0)
    return;
  chunk->end = end;
  chunk->covered += more;
  self->covered += more;
  self->end = end;
}

/**
 * heddle_track_get_oldest:
 * @self: a track
 *
 * Returns: (transfer none) (nullable): the oldest chunk that is kept, valid until the track changes
 */
const HeddleTrackChunk *
heddle_track_get_oldest (const HeddleTrack *self)
{
  return self->n_chunks > self->first ? &self->chunks[self->first] : NULL;
}

/**
 * heddle_track_get_stretch:
 * @self: a track
 * @chunk: one of its chunks
 * @index: less than the number of stretches in it
 * @stretch: (out): the stretch
 */
void
heddle_track_get_stretch (const HeddleTrack *self, const HeddleTrackChunk *chunk, guint index, HeddleStretch *stretch)
{
  stretch->begin = get_begin (chunk, index);
  stretch->end = get_end (chunk, index);
  stretch->id = self->tasks ? chunk->first_id + get_item (chunk, 2, index) : 0;
  stretch->state = self->tasks ? (HeddleTaskState) get_states (chunk)[index] : HEDDLE_TASK_DONE;
}

/**
 * heddle_track_drop_oldest:
 * @self: a track with a chunk
 *
 * Gives the oldest chunk up. The sums since the beginning stay.
 */
void
heddle_track_drop_oldest (HeddleTrack *self)
{
  HeddleTrackChunk *chunk = &self->chunks[self->first];

  g_assert (self->n_chunks > self->first);

  self->bytes -= columns_bytes (self, chunk->narrow, chunk->allocated);
  g_clear_pointer (&chunk->columns, g_free);
  self->first++;
}

/**
 * heddle_track_get_first:
 * @self: a track
 *
 * Returns: the number of the first stretch that is kept, counted from the beginning of the track
 */
guint64
heddle_track_get_first (const HeddleTrack *self)
{
  const HeddleTrackChunk *chunk = heddle_track_get_oldest (self);

  return chunk != NULL ? chunk->n_before : self->n;
}

/* The first chunk, not before @from, that ends at or after @time; n_chunks where none does. Doubles its steps, then halves them. */
static guint
find_chunk (const HeddleTrack *self, guint from, gint64 time, guint64 *touched)
{
  guint low = from, high = from, step = 1;

  while (high < self->n_chunks && self->chunks[high].end < time)
    {
      low = high + 1;
      high = step < self->n_chunks - high ? high + step : self->n_chunks;
      step *= 2;
      (*touched)++;
    }
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->chunks[middle].end < time)
        low = middle + 1;
      else
        high = middle;
      (*touched)++;
    }
  return low;
}

/*
 * How many stretches of the chunk begin before @time. Where stretches are about equally long the first guess is close, which
 * saves most of the cache misses of a plain binary search; the steps around it double, so a bad guess costs no more than that.
 */
static guint
count_begun_in (const HeddleTrackChunk *chunk, gint64 time, guint64 *touched)
{
  guint low = 0, high = chunk->n, step = 4;
  guint guess;

  if (time > chunk->end)
    return chunk->n;
  if (time <= chunk->begin)
    return 0;
  guess = (guint) ((double) (time - chunk->begin) / ((double) (chunk->end - chunk->begin) + 1) * chunk->n);
  guess = MIN (guess, chunk->n - 1);
  for (;;)
    {
      (*touched)++;
      if (get_begin (chunk, guess) < time)
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

      if (get_begin (chunk, middle) < time)
        low = middle + 1;
      else
        high = middle;
      (*touched)++;
    }
  return low;
}

/**
 * heddle_track_sum:
 * @self: a track
 * @time: nanoseconds
 * @hint: (inout): where the last search, for an earlier time, came to; 0 for the first; the track must not change in between
 * @sum: (out): time covered before @time, and stretches that ended before @time, what was given up included
 * @touched: (inout): grows by the number of entries looked at
 */
void
heddle_track_sum (const HeddleTrack *self, gint64 time, guint *hint, HeddleTrackSum *sum, guint64 *touched)
{
  const HeddleTrackChunk *chunk;
  guint i;

  *hint = find_chunk (self, MAX (*hint, self->first), time, touched);
  if (*hint == self->n_chunks)
    {
      *sum = (HeddleTrackSum) { self->covered, self->n, self->n_failed };
      return;
    }
  chunk = &self->chunks[*hint];
  *sum = (HeddleTrackSum) { chunk->covered_before, chunk->n_before, chunk->n_failed_before };
  if (time <= chunk->begin)
    return;
  i = count_begun_in (chunk, time, touched);
  /* a stretch that has begun has ended too, but for the last of them, perhaps; i is not 0 here */
  if (get_end (chunk, i - 1) >= time)
    {
      i--;
      sum->covered += time - get_begin (chunk, i);
    }
  sum->covered += get_covered (chunk, i);
  sum->n += i;
  if (self->tasks)
    sum->n_failed += count_failed (chunk, i);
}

/**
 * heddle_track_count_begun:
 * @self: a track
 * @time: nanoseconds
 *
 * Returns: how many stretches begin before @time, what was given up included
 */
guint64
heddle_track_count_begun (const HeddleTrack *self, gint64 time)
{
  guint low = self->first, high = self->n_chunks;
  guint64 touched = 0;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->chunks[middle].begin < time)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == self->first)
    return heddle_track_get_first (self);
  return self->chunks[low - 1].n_before + count_begun_in (&self->chunks[low - 1], time, &touched);
}

/**
 * heddle_track_count_ended:
 * @self: a track
 * @time: nanoseconds
 *
 * Returns: how many stretches end at or before @time, what was given up included
 */
guint64
heddle_track_count_ended (const HeddleTrack *self, gint64 time)
{
  HeddleTrackSum sum;
  guint64 touched = 0;
  guint hint = 0;

  if (time == G_MAXINT64)
    return self->n;
  heddle_track_sum (self, time + 1, &hint, &sum, &touched);
  return sum.n;
}

/* The chunk that holds the stretch of this number, which is kept. */
static guint
find_number (const HeddleTrack *self, guint64 number)
{
  guint low = self->first, high = self->n_chunks;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (self->chunks[middle].n_before <= number)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/**
 * heddle_track_copy:
 * @self: a track
 * @first: number of a stretch, counted from the beginning of the track
 * @last: number of the stretch after the last one
 * @stretches: (out) (array length=max): room for @max
 * @max: how many at most
 *
 * Returns: how many were copied: the first ones from @first on that are kept
 */
guint
heddle_track_copy (const HeddleTrack *self, guint64 first, guint64 last, HeddleStretch *stretches, guint max)
{
  guint c, n = 0;

  first = MAX (first, heddle_track_get_first (self));
  last = MIN (last, self->n);
  if (first >= last)
    return 0;
  c = find_number (self, first);
  for (guint64 number = first; number < last && n < max; number++)
    {
      if (number - self->chunks[c].n_before == self->chunks[c].n)
        c++;
      heddle_track_get_stretch (self, &self->chunks[c], (guint) (number - self->chunks[c].n_before), &stretches[n++]);
    }
  return n;
}
