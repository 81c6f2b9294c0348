/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trace/track-chunk.h"

#include <string.h>

#define FIRST_ALLOCATION 16

static gint64
get_begin (const HeddleTrackChunk *chunk, guint index)
{
  return heddle_track_chunk_get_begin (chunk, index);
}

static gint64
get_covered (const HeddleTrackChunk *chunk, guint index)
{
  return heddle_track_chunk_get_covered (chunk, index);
}

static gint64
get_end (const HeddleTrackChunk *chunk, guint index)
{
  return heddle_track_chunk_get_end (chunk, index);
}

/**
 * heddle_track_init:
 * @self: memory of the caller's
 * @content: what is kept of a stretch beside its time
 *
 * Makes an empty track; it takes no further memory before the first stretch comes.
 */
void
heddle_track_init (HeddleTrack *self, HeddleTrackContent content)
{
  memset (self, 0, sizeof *self);
  self->content = content;
}

/**
 * heddle_track_clear:
 *
 * Frees what the track holds, not @self.
 */
void
heddle_track_clear (HeddleTrack *self)
{
  for (guint i = self->first; i < self->n_chunks; i++)
    heddle_track_chunk_clear (&self->chunks[i]);
  g_free (self->chunks);
  g_free (self->begins);
  memset (self, 0, sizeof *self);
}

static void
make_room_for_chunk (HeddleTrack *self)
{
  if (self->first > self->n_chunks / 2)
    {
      self->n_chunks -= self->first;
      memmove (self->chunks, self->chunks + self->first, self->n_chunks * sizeof *self->chunks);
      memmove (self->begins, self->begins + self->first, self->n_chunks * sizeof *self->begins);
      self->first = 0;
    }
  if (self->n_chunks == self->allocated)
    {
      guint allocated = MAX (4, self->allocated * 2);

      self->chunks = g_renew (HeddleTrackChunk, self->chunks, allocated);
      self->begins = g_renew (gint64, self->begins, allocated);
      self->bytes +=
        (allocated - self->allocated) * (sizeof *self->chunks + sizeof *self->begins);
      self->allocated = allocated;
    }
}

/* What the last chunk came to be, the next one is likely to be, too; and a lane that has filled one
 * will fill another. */
static HeddleTrackForm
choose_form (const HeddleTrack *self, const HeddleTrackChunk *last)
{
  if (self->content != HEDDLE_TRACK_TASKS)
    return HEDDLE_TRACK_PACKED;
  return last == NULL || last->form == HEDDLE_TRACK_SEQUENCES ? HEDDLE_TRACK_SEQUENCES
                                                              : HEDDLE_TRACK_PACKED;
}

static HeddleTrackChunk *
begin_chunk (HeddleTrack *self, gint64 begin, const HeddleTrackChunk *last)
{
  HeddleTrackForm form = choose_form (self, last);
  guint allocated = last != NULL ? HEDDLE_TRACK_CHUNK : FIRST_ALLOCATION;
  HeddleTrackChunk *chunk; /* making room for it moves @last */

  make_room_for_chunk (self);
  self->begins[self->n_chunks] = begin;
  chunk = &self->chunks[self->n_chunks++];
  memset (chunk, 0, sizeof *chunk);
  chunk->begin = begin;
  chunk->covered_before = self->covered;
  chunk->n_before = self->n;
  chunk->n_failed_before = self->n_failed;
  chunk->times_before = self->times;
  heddle_track_chunk_begin (chunk, form, allocated);
  self->bytes += heddle_track_chunk_get_bytes (chunk);
  return chunk;
}

static HeddleTrackChunk *
get_last_chunk (const HeddleTrack *self)
{
  return self->n_chunks > self->first ? &self->chunks[self->n_chunks - 1] : NULL;
}

/* The chunk that the next stretch goes into. Returns it, and in @room for how many stretches it has
 * room, one at least. */
static HeddleTrackChunk *
get_open_chunk (HeddleTrack *self, gint64 begin, guint *room)
{
  HeddleTrackChunk *chunk = get_last_chunk (self);
  gsize before;

  if (chunk == NULL)
    {
      chunk = begin_chunk (self, begin, NULL);
      *room = heddle_track_chunk_make_room (chunk);
      return chunk;
    }
  before = heddle_track_chunk_get_bytes (chunk);
  *room = heddle_track_chunk_make_room (chunk);
  if (*room == 0)
    heddle_track_chunk_seal (chunk, self->content);
  self->bytes += heddle_track_chunk_get_bytes (chunk) - before;
  if (*room > 0)
    return chunk;
  chunk = begin_chunk (self, begin, chunk);
  *room = heddle_track_chunk_make_room (chunk);
  return chunk;
}

/**
 * heddle_track_add:
 * @stretch: begins not before the last one's end; id, state and totals count where the track keeps
 * them; of the totals not more than it lasts
 *
 * Adds a stretch at the end.
 */
void
heddle_track_add (HeddleTrack *self, const HeddleSpan *stretch)
{
  HeddleTrackChunk *chunk;
  gsize before;
  guint room;

  g_assert (stretch->begin >= self->end && stretch->end >= stretch->begin);
  g_assert (!stretch->times.known || self->content == HEDDLE_TRACK_TASKS);

  chunk = get_open_chunk (self, stretch->begin, &room);
  before = heddle_track_chunk_get_bytes (chunk);
  heddle_track_chunk_add (chunk, self->content, stretch);
  self->bytes += heddle_track_chunk_get_bytes (chunk) - before;
  self->n++;
  self->n_failed += self->content == HEDDLE_TRACK_TASKS && stretch->state != HEDDLE_TASK_DONE;
  self->covered += stretch->end - stretch->begin;
  self->end = stretch->end;
  self->last_id = stretch->id;
  if (!stretch->times.known)
    return;
  self->times.on_cpu += stretch->times.on_cpu_ns;
  self->times.ready += stretch->times.ready_ns;
  self->times.known += stretch->end - stretch->begin;
}

/**
 * heddle_track_add_sequence:
 * @self: a track of tasks
 * @bounds: (array length=n + 1): begin of the first one, and the end of each, nanoseconds; never
 * going back, and not before the last stretch's end
 * @n: how many
 * @first_id: the first one's id; the others count up from it
 *
 * Adds tasks that are done and ran back to back: the same as so many times heddle_track_add(), at a
 * fraction of the cost.
 */
void
heddle_track_add_sequence (HeddleTrack *self, const gint64 *bounds, guint n, guint64 first_id)
{
  g_assert (self->content == HEDDLE_TRACK_TASKS && bounds[0] >= self->end);

  while (n > 0)
    {
      guint room;
      HeddleTrackChunk *chunk = get_open_chunk (self, bounds[0], &room);
      guint some = MIN (n, room);
      gsize before = heddle_track_chunk_get_bytes (chunk);

      if (!heddle_track_chunk_add_sequence (chunk, bounds, some, first_id))
        for (guint i = 0; i < some; i++)
          heddle_track_chunk_add (chunk, HEDDLE_TRACK_TASKS,
                                  &(HeddleSpan){ .begin = bounds[i],
                                                 .end = bounds[i + 1],
                                                 .id = first_id + i,
                                                 .state = HEDDLE_TASK_DONE });
      self->bytes += heddle_track_chunk_get_bytes (chunk) - before;
      self->n += some;
      self->covered += bounds[some] - bounds[0];
      self->end = bounds[some];
      self->last_id = first_id + some - 1;
      bounds += some;
      first_id += some;
      n -= some;
    }
}

/**
 * heddle_track_extend:
 * @end: nanoseconds
 *
 * Makes the last stretch last until @end; nothing happens where it lasts longer already or is not
 * kept any more.
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
 * @chunk: one of its chunks
 * @index: less than the number of stretches in it
 * @stretch: (out): the stretch
 */
void
heddle_track_get_stretch (const HeddleTrack *self, const HeddleTrackChunk *chunk, guint index,
                          HeddleSpan *stretch)
{
  stretch->begin = get_begin (chunk, index);
  stretch->end = get_end (chunk, index);
  stretch->id =
    self->content != HEDDLE_TRACK_PLAIN ? heddle_track_chunk_get_id (chunk, index) : 0;
  stretch->state = self->content == HEDDLE_TRACK_TASKS ? heddle_track_chunk_get_state (chunk, index)
                                                       : HEDDLE_TASK_DONE;
  stretch->times = (HeddleTaskTimes) { 0 };
  stretch->queued = 0;
  if (heddle_track_chunk_has_times (chunk, index))
    {
      HeddleTrackTimes before, after;

      heddle_track_chunk_get_times (chunk, index, &before);
      heddle_track_chunk_get_times (chunk, index + 1, &after);
      stretch->times = (HeddleTaskTimes) { .on_cpu_ns = after.on_cpu - before.on_cpu,
                                           .ready_ns = after.ready - before.ready,
                                           .known = TRUE };
    }
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

  self->bytes -= heddle_track_chunk_get_bytes (chunk);
  heddle_track_chunk_clear (chunk);
  self->first++;
}

/**
 * heddle_track_get_first:
 *
 * Returns: the number of the first stretch that is kept, counted from the beginning of the track
 */
guint64
heddle_track_get_first (const HeddleTrack *self)
{
  const HeddleTrackChunk *chunk = heddle_track_get_oldest (self);

  return chunk != NULL ? chunk->n_before : self->n;
}

static void
add_times (HeddleTrackTimes *sum, const HeddleTrackChunk *chunk, guint index)
{
  HeddleTrackTimes times;

  if (chunk->times.known == 0)
    return;
  heddle_track_chunk_get_times (chunk, index, &times);
  sum->on_cpu += times.on_cpu;
  sum->ready += times.ready;
  sum->known += times.known;
}

/* Where in a task it was on a CPU is not known of totals: a part of it has its share of them. */
static void
add_share (const HeddleTrackChunk *chunk, guint index, gint64 time, HeddleTrackTimes *sum)
{
  HeddleTrackTimes before, after;
  gint64 part, length;

  if (!heddle_track_chunk_has_times (chunk, index))
    return;
  heddle_track_chunk_get_times (chunk, index, &before);
  heddle_track_chunk_get_times (chunk, index + 1, &after);
  part = time - get_begin (chunk, index);
  length = get_end (chunk, index) - get_begin (chunk, index);
  sum->on_cpu += heddle_track_share (after.on_cpu - before.on_cpu, part, length);
  sum->ready += heddle_track_share (after.ready - before.ready, part, length);
  sum->known += part;
}

/* All that is in the chunk, and before it, up to stretch number @index. */
static void
sum_before (const HeddleTrack *self, const HeddleTrackChunk *chunk, guint index, gint64 covered,
            HeddleTrackSum *sum)
{
  *sum = (HeddleTrackSum) { chunk->covered_before + covered, chunk->n_before + index,
                            chunk->n_failed_before, chunk->times_before };
  add_times (&sum->times, chunk, index);
  if (self->content == HEDDLE_TRACK_TASKS)
    sum->n_failed += heddle_track_chunk_count_failed (chunk, index);
}

/* The sum of a moment in or after a stretch, from what the cursor knows. */
static void
sum_at (HeddleTrackCursor *cursor, gint64 time, HeddleTrackSum *sum)
{
  const HeddleTrackSum *own = &cursor->own;
  gint64 part = time - cursor->begin;

  *sum = cursor->before;
  cursor->still = part <= own->covered ? time : cursor->next;
  if (part <= own->covered)
    {
      sum->covered += part;
      if (own->times.known == 0)
        return;
      sum->times.on_cpu += heddle_track_share (own->times.on_cpu, part, own->covered);
      sum->times.ready += heddle_track_share (own->times.ready, part, own->covered);
      sum->times.known += part;
      return;
    }
  sum->covered += own->covered;
  sum->n++;
  sum->n_failed += own->n_failed;
  sum->times.on_cpu += own->times.on_cpu;
  sum->times.ready += own->times.ready;
  sum->times.known += own->times.known;
}

/* Notes all about the cursor's stretch. */
static void
learn (const HeddleTrack *self, const HeddleTrackChunk *chunk, HeddleTrackCursor *cursor)
{
  guint i = cursor->index;
  HeddleTrackSum *own = &cursor->own;

  sum_before (self, chunk, i, get_covered (chunk, i), &cursor->before);
  sum_before (self, chunk, i + 1, get_covered (chunk, i + 1), own);
  own->covered -= cursor->before.covered;
  own->n_failed -= cursor->before.n_failed;
  own->times.on_cpu -= cursor->before.times.on_cpu;
  own->times.ready -= cursor->before.times.ready;
  own->times.known -= cursor->before.times.known;
  cursor->begin = get_begin (chunk, i);
  cursor->next = i + 1 < chunk->n ? get_begin (chunk, i + 1) : chunk->end;
  cursor->is_known = TRUE;
}

/**
 * heddle_track_sum:
 * @time: nanoseconds
 * @cursor: (inout): where the last search, for an earlier time, came to; all 0 for the first; the
 * track must not change in between
 * @sum: (out): time covered before @time, and what is known of it, and stretches that ended before
 * @time, what was given up included
 * @touched: (inout): grows by the number of entries looked at
 */
void
heddle_track_sum (const HeddleTrack *self, gint64 time, HeddleTrackCursor *cursor,
                  HeddleTrackSum *sum, guint64 *touched)
{
  const HeddleTrackChunk *chunk;
  gint64 covered, gap;
  guint last, i;

  if (cursor->is_known && time > cursor->begin && time <= cursor->next)
    {
      sum_at (cursor, time, sum);
      return;
    }
  cursor->is_known = FALSE;
  cursor->still = time;
  last = cursor->chunk;
  cursor->chunk = heddle_track_find_chunk (self, MAX (last, self->first), time, touched);
  if (cursor->chunk == self->n_chunks)
    {
      cursor->still = G_MAXINT64;
      *sum = (HeddleTrackSum) { self->covered, self->n, self->n_failed, self->times };
      return;
    }
  chunk = &self->chunks[cursor->chunk];
  if (time <= chunk->begin)
    {
      cursor->still = chunk->begin;
      *sum = (HeddleTrackSum) { chunk->covered_before, chunk->n_before, chunk->n_failed_before,
                                chunk->times_before };
      return;
    }
  i = heddle_track_chunk_count_begun (chunk, time, touched);
  if (last == cursor->chunk && cursor->index == i - 1)
    {
      learn (self, chunk, cursor);
      sum_at (cursor, time, sum);
      return;
    }
  /* a stretch that has begun has ended too, but for the last of them, perhaps; i is not 0 here */
  cursor->index = i - 1;
  covered = get_covered (chunk, i);
  gap = heddle_track_chunk_get_gap (chunk, i - 1);
  if (chunk->begin + gap + covered < time)
    {
      sum_before (self, chunk, i, covered, sum);
      return;
    }
  covered = time - chunk->begin - gap;
  sum_before (self, chunk, i - 1, covered, sum);
  add_share (chunk, i - 1, time, &sum->times);
}

/**
 * heddle_track_sum_ended:
 * @chunk: one of its chunks
 * @from: index of a stretch in it
 * @time: nanoseconds
 * @sum: (out): the time they cover, how many they are, how many of those failed, and their totals
 *
 * Adds up the stretches of the chunk, from @from on, that end before @time.
 *
 * Returns: index of the first one that does not
 */
guint
heddle_track_sum_ended (const HeddleTrack *self, const HeddleTrackChunk *chunk, guint from,
                        gint64 time, HeddleTrackSum *sum)
{
  HeddleTrackTimes before;
  guint64 touched = 0;
  guint until = chunk->n;

  if (time <= chunk->end)
    {
      until = heddle_track_chunk_count_begun (chunk, time, &touched);
      while (until > from && get_end (chunk, until - 1) >= time)
        until--;
    }
  until = MAX (until, from);
  sum->covered = get_covered (chunk, until) - get_covered (chunk, from);
  sum->n = until - from;
  sum->n_failed = self->content == HEDDLE_TRACK_TASKS
    ? heddle_track_chunk_count_failed (chunk, until) - heddle_track_chunk_count_failed (chunk, from)
    : 0;
  heddle_track_chunk_get_times (chunk, from, &before);
  heddle_track_chunk_get_times (chunk, until, &sum->times);
  sum->times.on_cpu -= before.on_cpu;
  sum->times.ready -= before.ready;
  sum->times.known -= before.known;
  return until;
}

/**
 * heddle_track_count_begun:
 * @time: nanoseconds
 *
 * Returns: how many stretches begin before @time, what was given up included
 */
guint64
heddle_track_count_begun (const HeddleTrack *self, gint64 time)
{
  guint64 touched = 0;
  guint begun = heddle_track_count_chunks_begun (self, self->first, time, &touched);
  const HeddleTrackChunk *last;

  if (begun == self->first)
    return heddle_track_get_first (self);
  last = &self->chunks[begun - 1];
  return last->n_before + heddle_track_chunk_count_begun (last, time, &touched);
}

/* The chunk that holds the stretch of this number, which is kept. All but the last are full. */
static guint
find_number (const HeddleTrack *self, guint64 number)
{
  return self->first + (guint) ((number - heddle_track_get_first (self)) / HEDDLE_TRACK_CHUNK);
}

/**
 * heddle_track_count_ended:
 * @time: nanoseconds
 *
 * Returns: how many stretches end at or before @time, what was given up included
 */
guint64
heddle_track_count_ended (const HeddleTrack *self, gint64 time)
{
  const HeddleTrackChunk *chunk;
  guint64 n;

  if (time >= self->end)
    return self->n;
  /* none lies over another, so what has begun has ended but for the last one, perhaps */
  n = heddle_track_count_begun (self, time + 1);
  if (n == heddle_track_get_first (self))
    return n;
  chunk = &self->chunks[find_number (self, n - 1)];
  return n - (get_end (chunk, (guint) (n - 1 - chunk->n_before)) > time ? 1 : 0);
}

/**
 * heddle_track_copy:
 * @first: number of a stretch, counted from the beginning of the track
 * @last: number of the stretch after the last one
 * @spans: (out) (array length=max): room for @max
 * @max: how many at most
 *
 * Returns: how many were copied: the first ones from @first on that are kept
 */
guint
heddle_track_copy (const HeddleTrack *self, guint64 first, guint64 last, HeddleSpan *spans,
                   guint max)
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
      heddle_track_get_stretch (self, &self->chunks[c], (guint) (number - self->chunks[c].n_before),
                                &spans[n++]);
    }
  return n;
}
