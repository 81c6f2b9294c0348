/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trace/track-chunk.h"

#include <string.h>

#define BLOCK 64
#define N_BLOCKS (HEDDLE_TRACK_CHUNK / BLOCK)
#define STATE_MASK 0x7f
#define TIMES_KNOWN 0x80 /* in the byte of the state */
/* A sequence takes as much as three begins: beyond so many for each stretch the narrow form is
 * about as small, and quicker to read. */
#define MAX_SEQUENCES(n) (16 + (n) / 4)

/* Columns of what only grows, in this order; the column of ids follows. */
enum { BEGIN, COVERED, ON_CPU, READY };

static guint
count_growing (const HeddleTrackChunk *self)
{
  return self->has_times ? 4 : 2;
}

static gsize
item_bytes (const HeddleTrackChunk *self)
{
  return self->form == HEDDLE_TRACK_WIDE ? 8 : 4;
}

/* Where the items begin: the narrow form has the values that each block counts from before them,
 * and a chunk with totals the time before each block of which they are known. */
static gsize
head_bytes (const HeddleTrackChunk *self)
{
  gsize n = 0;

  if (self->form == HEDDLE_TRACK_NARROW)
    n += count_growing (self);
  if (self->has_times)
    n++;
  return n * N_BLOCKS * sizeof (gint64);
}

static gsize
columns_bytes (const HeddleTrackChunk *self, HeddleTrackContent content)
{
  guint n_columns = count_growing (self) + (content != HEDDLE_TRACK_PLAIN);
  gsize bytes;

  if (self->form == HEDDLE_TRACK_SEQUENCES)
    return item_bytes (self) * self->allocated;
  bytes = head_bytes (self) + n_columns * item_bytes (self) * self->allocated;
  if (content == HEDDLE_TRACK_TASKS)
    bytes += self->allocated + N_BLOCKS * sizeof (guint16);
  return bytes;
}

static gpointer
get_items (const HeddleTrackChunk *self)
{
  return (char *) self->columns + head_bytes (self);
}

static guint64
get_item (const HeddleTrackChunk *self, guint column, guint index)
{
  gsize at = (gsize) column * self->allocated + index;

  return self->form == HEDDLE_TRACK_WIDE ? ((const guint64 *) get_items (self))[at]
                                         : ((const guint32 *) get_items (self))[at];
}

static void
set_item (HeddleTrackChunk *self, guint column, guint index, guint64 value)
{
  gsize at = (gsize) column * self->allocated + index;

  if (self->form == HEDDLE_TRACK_WIDE)
    ((guint64 *) get_items (self))[at] = value;
  else
    ((guint32 *) get_items (self))[at] = (guint32) value;
}

/* Where the values of a block of a narrow chunk count from. */
static gint64 *
get_base (const HeddleTrackChunk *self, guint column, guint block)
{
  return (gint64 *) self->columns + column * N_BLOCKS + block;
}

/* Of a wide or narrow chunk. */
static gint64
get_growing (const HeddleTrackChunk *self, guint column, guint index)
{
  gint64 value = (gint64) get_item (self, column, index);

  return self->form == HEDDLE_TRACK_WIDE ? value : *get_base (self, column, index / BLOCK) + value;
}

/* The same; indices come in their order. */
static void
set_growing (HeddleTrackChunk *self, guint column, guint index, gint64 value)
{
  if (self->form == HEDDLE_TRACK_NARROW)
    {
      gint64 *base = get_base (self, column, index / BLOCK);

      if (index % BLOCK == 0)
        *base = value;
      value -= *base;
    }
  set_item (self, column, index, (guint64) value);
}

/* Time before each block of which totals are known. */
static gint64 *
get_known_blocks (const HeddleTrackChunk *self)
{
  return (gint64 *) get_items (self) - N_BLOCKS;
}

/* Failures before each block. */
static guint16 *
get_blocks (const HeddleTrackChunk *self)
{
  gsize items = (gsize) (count_growing (self) + 1) * self->allocated;

  return (guint16 *) ((char *) get_items (self) + items * item_bytes (self));
}

static guint8 *
get_states (const HeddleTrackChunk *self)
{
  return (guint8 *) (get_blocks (self) + N_BLOCKS);
}

/* The sequence that the stretch is in, by halving. */
static const HeddleTrackSequence *
find_sequence (const HeddleTrackChunk *self, guint index)
{
  guint low = 0, high = self->n_sequences;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (self->sequences[middle].first <= index)
        low = middle;
      else
        high = middle;
    }
  return &self->sequences[low];
}

/**
 * heddle_track_chunk_get_begin:
 * @index: less than the number of stretches
 *
 * Returns: when the stretch begins, nanoseconds
 */
gint64
heddle_track_chunk_get_begin (const HeddleTrackChunk *self, guint index)
{
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    return self->begin + ((const guint32 *) self->columns)[index];
  return get_growing (self, BEGIN, index);
}

/**
 * heddle_track_chunk_get_covered:
 * @index: at most the number of stretches
 *
 * Returns: nanoseconds covered by the chunk's stretches before that one
 */
gint64
heddle_track_chunk_get_covered (const HeddleTrackChunk *self, guint index)
{
  if (index >= self->n)
    return self->covered;
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    return (gint64) ((const guint32 *) self->columns)[index] - find_sequence (self, index)->gaps;
  return get_growing (self, COVERED, index);
}

/**
 * heddle_track_chunk_get_id:
 * @index: less than the number of stretches, which have ids
 *
 * Returns: the stretch's id
 */
guint64
heddle_track_chunk_get_id (const HeddleTrackChunk *self, guint index)
{
  const HeddleTrackSequence *sequence;

  if (self->form != HEDDLE_TRACK_SEQUENCES)
    return self->first_id + get_item (self, count_growing (self), index);
  sequence = find_sequence (self, index);
  return self->first_id + sequence->id + (index - sequence->first);
}

/**
 * heddle_track_chunk_get_state:
 * @index: less than the number of stretches, which are tasks
 *
 * Returns: how the task ended
 */
HeddleTaskState
heddle_track_chunk_get_state (const HeddleTrackChunk *self, guint index)
{
  return self->form == HEDDLE_TRACK_SEQUENCES
    ? HEDDLE_TASK_DONE
    : (HeddleTaskState) (get_states (self)[index] & STATE_MASK);
}

/**
 * heddle_track_chunk_has_times:
 * @index: less than the number of stretches
 *
 * Returns: whether the totals of that stretch are known
 */
gboolean
heddle_track_chunk_has_times (const HeddleTrackChunk *self, guint index)
{
  return self->has_times && (get_states (self)[index] & TIMES_KNOWN) != 0;
}

/* How much of the time before that stretch is of tasks with totals. Within a block they mostly have
 * them all, or none does. */
static gint64
get_known (const HeddleTrackChunk *self, guint index)
{
  const gint64 *blocks = get_known_blocks (self);
  guint block = index / BLOCK, first = block * BLOCK;
  gint64 covered = heddle_track_chunk_get_covered (self, first), known = blocks[block];
  gboolean is_last = first + BLOCK >= self->n;
  gint64 more = (is_last ? self->times.known : blocks[block + 1]) - known;

  if (more == 0)
    return known;
  if (more == heddle_track_chunk_get_covered (self, first + BLOCK) - covered)
    return known + heddle_track_chunk_get_covered (self, index) - covered;
  for (guint i = first; i < index; i++)
    if (heddle_track_chunk_has_times (self, i))
      known += heddle_track_chunk_get_covered (self, i + 1)
        - heddle_track_chunk_get_covered (self, i);
  return known;
}

/**
 * heddle_track_chunk_get_times:
 * @index: at most the number of stretches
 * @times: (out): what the time of the chunk's tasks before that one was made of
 */
void
heddle_track_chunk_get_times (const HeddleTrackChunk *self, guint index, HeddleTrackTimes *times)
{
  *times = self->times;
  if (index >= self->n || !self->has_times)
    return;
  times->on_cpu = get_growing (self, ON_CPU, index);
  times->ready = get_growing (self, READY, index);
  times->known = get_known (self, index);
}

/**
 * heddle_track_chunk_count_failed:
 * @index: at most the number of stretches, which are tasks
 *
 * Returns: how many of the tasks before that one are not done
 */
guint
heddle_track_chunk_count_failed (const HeddleTrackChunk *self, guint index)
{
  const guint16 *blocks;
  guint block, n, next;

  if (index >= self->n || self->form == HEDDLE_TRACK_SEQUENCES)
    return self->n_failed;
  blocks = get_blocks (self);
  block = index / BLOCK;
  n = blocks[block];
  next = (block + 1) * BLOCK < self->n ? blocks[block + 1] : self->n_failed;
  if (n == next)
    return n;
  for (guint i = block * BLOCK; i < index; i++)
    n += heddle_track_chunk_get_state (self, i) != HEDDLE_TASK_DONE;
  return n;
}

/**
 * heddle_track_chunk_get_bytes:
 * @content: as the track has it, here and below
 *
 * Returns: memory held beside @self
 */
gsize
heddle_track_chunk_get_bytes (const HeddleTrackChunk *self, HeddleTrackContent content)
{
  return columns_bytes (self, content) + self->sequences_allocated * sizeof *self->sequences;
}

/**
 * heddle_track_chunk_begin:
 * @self: a chunk with nothing in it
 * @allocated: for how many stretches there is to be room
 *
 * Gives the chunk its memory.
 */
void
heddle_track_chunk_begin (HeddleTrackChunk *self, HeddleTrackContent content, HeddleTrackForm form,
                          guint allocated)
{
  self->form = form;
  self->allocated = allocated;
  self->columns = g_malloc (columns_bytes (self, content));
}

/**
 * heddle_track_chunk_clear:
 *
 * Frees what the chunk holds, not @self.
 */
void
heddle_track_chunk_clear (HeddleTrackChunk *self)
{
  g_clear_pointer (&self->columns, g_free);
  g_clear_pointer (&self->sequences, g_free);
  self->n_sequences = 0;
  self->sequences_allocated = 0;
}

/* Writes the columns of the stretch with that index, all but its state. */
static void
set_stretch (HeddleTrackChunk *self, HeddleTrackContent content, guint index,
             const HeddleSpan *stretch, gint64 covered, const HeddleTrackTimes *times)
{
  set_growing (self, BEGIN, index, stretch->begin);
  set_growing (self, COVERED, index, covered);
  if (self->has_times)
    {
      set_growing (self, ON_CPU, index, times->on_cpu);
      set_growing (self, READY, index, times->ready);
      if (index % BLOCK == 0)
        get_known_blocks (self)[index / BLOCK] = times->known;
    }
  if (content != HEDDLE_TRACK_PLAIN)
    set_item (self, count_growing (self), index, stretch->id - self->first_id);
}

static void
set_state (HeddleTrackChunk *self, guint index, guint8 state, guint n_failed)
{
  if (index % BLOCK == 0)
    get_blocks (self)[index / BLOCK] = (guint16) n_failed;
  get_states (self)[index] = state;
}

/* Moves the stretches into columns of a form without sequences, with room for totals or without
 * where they have none. */
static void
reshape (HeddleTrackChunk *self, HeddleTrackContent content, HeddleTrackForm form,
         gboolean has_times, guint64 first_id, guint allocated)
{
  HeddleTrackChunk other = *self;
  guint n_failed = 0;

  other.has_times = has_times;
  other.first_id = first_id;
  other.sequences = NULL;
  other.n_sequences = 0;
  other.sequences_allocated = 0;
  heddle_track_chunk_begin (&other, content, form, allocated);
  for (guint i = 0; i < self->n; i++)
    {
      HeddleSpan stretch = { .begin = heddle_track_chunk_get_begin (self, i) };
      HeddleTrackTimes times;

      if (content != HEDDLE_TRACK_PLAIN)
        stretch.id = heddle_track_chunk_get_id (self, i);
      heddle_track_chunk_get_times (self, i, &times);
      set_stretch (&other, content, i, &stretch, heddle_track_chunk_get_covered (self, i), &times);
      if (content != HEDDLE_TRACK_TASKS)
        continue;
      stretch.state = heddle_track_chunk_get_state (self, i);
      set_state (&other, i,
                 (guint8) (stretch.state
                           | (heddle_track_chunk_has_times (self, i) ? TIMES_KNOWN : 0)),
                 n_failed);
      n_failed += stretch.state != HEDDLE_TASK_DONE;
    }
  heddle_track_chunk_clear (self);
  *self = other;
}

/**
 * heddle_track_chunk_grow:
 * @allocated: at least the number of stretches
 *
 * Gives a chunk that may still change room for so many stretches in all.
 */
void
heddle_track_chunk_grow (HeddleTrackChunk *self, HeddleTrackContent content, guint allocated)
{
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    {
      self->allocated = allocated;
      self->columns = g_realloc (self->columns, columns_bytes (self, content));
    }
  else
    {
      reshape (self, content, self->form, self->has_times, 0, allocated);
    }
}

static void
add_sequence (HeddleTrackChunk *self, guint64 id, guint64 gaps)
{
  if (self->n_sequences == self->sequences_allocated)
    {
      self->sequences_allocated = MAX (4, self->sequences_allocated * 2);
      self->sequences = g_renew (HeddleTrackSequence, self->sequences, self->sequences_allocated);
    }
  self->sequences[self->n_sequences++] =
    (HeddleTrackSequence){ (guint32) id, (guint32) gaps, self->n };
}

/* The id that the next stretch has to have to go on with the last sequence. */
static guint64
get_next_id (const HeddleTrackChunk *self)
{
  const HeddleTrackSequence *sequence = &self->sequences[self->n_sequences - 1];

  return self->first_id + sequence->id + (self->n - sequence->first);
}

/* Makes sure that a stretch, or a sequence of them, can follow in the form of sequences; FALSE
 * where that form cannot hold it. */
static gboolean
couple (HeddleTrackChunk *self, gint64 begin, gint64 last_begin, guint64 id, guint n)
{
  if (self->n == 0)
    self->first_id = id;
  if (last_begin - self->begin > G_MAXUINT32 || id < self->first_id
      || id + n - self->first_id > G_MAXUINT32)
    return FALSE;
  if (self->n_sequences > 0 && begin == self->end && id == get_next_id (self))
    return TRUE;
  if (self->n_sequences >= MAX_SEQUENCES (self->n))
    return FALSE;
  add_sequence (self, id - self->first_id, (guint64) (begin - self->begin - self->covered));
  return TRUE;
}

static gboolean
add_to_sequences (HeddleTrackChunk *self, const HeddleSpan *stretch)
{
  if (stretch->state != HEDDLE_TASK_DONE || stretch->times.known
      || !couple (self, stretch->begin, stretch->begin, stretch->id, 1))
    return FALSE;
  ((guint32 *) self->columns)[self->n] = (guint32) (stretch->begin - self->begin);
  return TRUE;
}

/* The chunk takes the form that can hold the stretch, if it has not got it. */
static void
adapt (HeddleTrackChunk *self, HeddleTrackContent content, const HeddleSpan *stretch)
{
  if (self->form == HEDDLE_TRACK_SEQUENCES && !add_to_sequences (self, stretch))
    reshape (self, content, HEDDLE_TRACK_WIDE, stretch->times.known, 0, self->allocated);
  else if (stretch->times.known && !self->has_times)
    reshape (self, content, HEDDLE_TRACK_WIDE, TRUE, 0, self->allocated);
}

/**
 * heddle_track_chunk_add:
 * @stretch: begins not before the last one's end; at the chunk's begin if it is the first; totals
 * of a task alone, and not more of them than it lasts
 *
 * Adds a stretch; there is room.
 */
void
heddle_track_chunk_add (HeddleTrackChunk *self, HeddleTrackContent content,
                        const HeddleSpan *stretch)
{
  adapt (self, content, stretch);
  if (self->form == HEDDLE_TRACK_WIDE)
    {
      set_stretch (self, content, self->n, stretch, self->covered, &self->times);
      if (content == HEDDLE_TRACK_TASKS)
        set_state (self, self->n,
                   (guint8) (stretch->state | (stretch->times.known ? TIMES_KNOWN : 0)),
                   self->n_failed);
    }
  self->n++;
  self->n_failed += content == HEDDLE_TRACK_TASKS && stretch->state != HEDDLE_TASK_DONE;
  self->covered += stretch->end - stretch->begin;
  self->end = stretch->end;
  if (!stretch->times.known)
    return;
  self->times.on_cpu += stretch->times.on_cpu_ns;
  self->times.ready += stretch->times.ready_ns;
  self->times.known += stretch->end - stretch->begin;
}

/**
 * heddle_track_chunk_add_sequence:
 * @bounds: (array length=n + 1): the first one's begin, and the end of each, which is the next
 * one's begin
 * @n: how many, for which there is room
 * @first_id: the first one's; the others count up
 *
 * Adds tasks that ran back to back and are done.
 *
 * Returns: FALSE, and adds nothing, where the chunk's form has no sequences or cannot hold these
 */
gboolean
heddle_track_chunk_add_sequence (HeddleTrackChunk *self, const gint64 *bounds, guint n,
                                 guint64 first_id)
{
  guint32 *begins = (guint32 *) self->columns + self->n;
  gint64 base = self->begin;

  if (self->form != HEDDLE_TRACK_SEQUENCES || !couple (self, bounds[0], bounds[n - 1], first_id, n))
    return FALSE;
  for (guint i = 0; i < n; i++)
    begins[i] = (guint32) (bounds[i] - base);
  self->n += n;
  self->covered += bounds[n] - bounds[0];
  self->end = bounds[n];
  return TRUE;
}

static void
find_ids (const HeddleTrackChunk *self, guint64 *first_id, guint64 *last_id)
{
  *first_id = G_MAXUINT64;
  *last_id = 0;
  for (guint i = 0; i < self->n; i++)
    {
      guint64 id = heddle_track_chunk_get_id (self, i);

      *first_id = MIN (*first_id, id);
      *last_id = MAX (*last_id, id);
    }
}

/* Tries to turn a wide chunk into sequences. */
static gboolean
make_sequences (HeddleTrackChunk *self)
{
  HeddleTrackChunk other = { .begin = self->begin };

  if (self->n_failed > 0 || self->times.known > 0)
    return FALSE;
  heddle_track_chunk_begin (&other, HEDDLE_TRACK_TASKS, HEDDLE_TRACK_SEQUENCES, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      HeddleSpan stretch = { .begin = heddle_track_chunk_get_begin (self, i),
                             .id = heddle_track_chunk_get_id (self, i),
                             .state = HEDDLE_TASK_DONE };

      if (!add_to_sequences (&other, &stretch))
        {
          heddle_track_chunk_clear (&other);
          return FALSE;
        }
      other.n++;
      other.covered = heddle_track_chunk_get_covered (self, i + 1);
      other.end = stretch.begin + other.covered - heddle_track_chunk_get_covered (self, i);
    }
  heddle_track_chunk_clear (self);
  self->form = HEDDLE_TRACK_SEQUENCES;
  self->has_times = FALSE;
  self->allocated = other.allocated;
  self->first_id = other.first_id;
  self->columns = other.columns;
  self->sequences = other.sequences;
  self->n_sequences = other.n_sequences;
  self->sequences_allocated = other.sequences_allocated;
  return TRUE;
}

/* Whether all that grows in a block grows by less than 32 bits hold: what else grows, grows no
 * faster than time. */
static gboolean
fits_narrow (const HeddleTrackChunk *self)
{
  for (guint first = 0; first < self->n; first += BLOCK)
    if (heddle_track_chunk_get_begin (self, MIN (first + BLOCK, self->n) - 1)
          - heddle_track_chunk_get_begin (self, first)
        > G_MAXUINT32)
      return FALSE;
  return TRUE;
}

/**
 * heddle_track_chunk_seal:
 *
 * The chunk will not change any more: packs it as tightly as what it holds allows.
 */
void
heddle_track_chunk_seal (HeddleTrackChunk *self, HeddleTrackContent content)
{
  guint64 first_id = 0, last_id = 0;

  if (self->form == HEDDLE_TRACK_WIDE && content == HEDDLE_TRACK_TASKS && make_sequences (self))
    return;
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    {
      self->sequences_allocated = self->n_sequences;
      self->sequences = g_renew (HeddleTrackSequence, self->sequences, self->n_sequences);
      return;
    }
  if (content != HEDDLE_TRACK_PLAIN)
    find_ids (self, &first_id, &last_id);
  if (last_id - first_id <= G_MAXUINT32 && fits_narrow (self))
    reshape (self, content, HEDDLE_TRACK_NARROW, self->times.known > 0, first_id, self->n);
}
