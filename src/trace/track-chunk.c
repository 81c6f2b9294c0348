/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trace/track-chunk.h"

#include <string.h>

#define BLOCK 64
#define N_BLOCKS (HEDDLE_TRACK_CHUNK / BLOCK)
/* A sequence takes as much as three begins: beyond so many for each stretch the narrow form is
 * about as small, and quicker to read. */
#define MAX_SEQUENCES(n) (16 + (n) / 4)

static gsize
columns_bytes (gboolean tasks, HeddleTrackForm form, guint allocated)
{
  gsize item = form == HEDDLE_TRACK_WIDE ? 8 : 4;

  if (form == HEDDLE_TRACK_SEQUENCES)
    return item * allocated;
  if (!tasks)
    return 2 * item * allocated;
  return (3 * item + 1) * allocated + N_BLOCKS * sizeof (guint16);
}

static guint64
get_item (const HeddleTrackChunk *self, guint column, guint index)
{
  gsize at = (gsize) column * self->allocated + index;

  return self->form == HEDDLE_TRACK_WIDE ? ((const guint64 *) self->columns)[at]
                                         : ((const guint32 *) self->columns)[at];
}

static void
set_item (HeddleTrackChunk *self, guint column, guint index, guint64 value)
{
  gsize at = (gsize) column * self->allocated + index;

  if (self->form == HEDDLE_TRACK_WIDE)
    ((guint64 *) self->columns)[at] = value;
  else
    ((guint32 *) self->columns)[at] = (guint32) value;
}

static guint16 *
get_blocks (const HeddleTrackChunk *self)
{
  gsize item = self->form == HEDDLE_TRACK_WIDE ? 8 : 4;

  return (guint16 *) ((char *) self->columns + 3 * item * self->allocated);
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
  gint64 begin = (gint64) get_item (self, 0, index);

  return self->form == HEDDLE_TRACK_WIDE ? begin : self->begin + begin;
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
    return (gint64) get_item (self, 0, index) - find_sequence (self, index)->gaps;
  return (gint64) get_item (self, 1, index);
}

/**
 * heddle_track_chunk_get_id:
 * @index: less than the number of stretches, which are tasks
 *
 * Returns: the task's id
 */
guint64
heddle_track_chunk_get_id (const HeddleTrackChunk *self, guint index)
{
  const HeddleTrackSequence *sequence;

  if (self->form == HEDDLE_TRACK_WIDE)
    return get_item (self, 2, index);
  if (self->form == HEDDLE_TRACK_NARROW)
    return self->first_id + get_item (self, 2, index);
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
  return self->form == HEDDLE_TRACK_SEQUENCES ? HEDDLE_TASK_DONE
                                              : (HeddleTaskState) get_states (self)[index];
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
  const guint8 *states;
  guint block, n, next;

  if (index >= self->n || self->form == HEDDLE_TRACK_SEQUENCES)
    return self->n_failed;
  blocks = get_blocks (self);
  states = get_states (self);
  block = index / BLOCK;
  n = blocks[block];
  next = (block + 1) * BLOCK < self->n ? blocks[block + 1] : self->n_failed;
  if (n == next)
    return n;
  for (guint i = block * BLOCK; i < index; i++)
    n += states[i] != HEDDLE_TASK_DONE;
  return n;
}

/**
 * heddle_track_chunk_get_bytes:
 * @tasks: as the track has it, here and below
 *
 * Returns: memory held beside @self
 */
gsize
heddle_track_chunk_get_bytes (const HeddleTrackChunk *self, gboolean tasks)
{
  return columns_bytes (tasks, self->form, self->allocated)
    + self->sequences_allocated * sizeof *self->sequences;
}

/**
 * heddle_track_chunk_begin:
 * @self: a chunk with nothing in it
 * @allocated: for how many stretches there is to be room
 *
 * Gives the chunk its memory.
 */
void
heddle_track_chunk_begin (HeddleTrackChunk *self, gboolean tasks, HeddleTrackForm form,
                          guint allocated)
{
  self->form = form;
  self->allocated = allocated;
  self->columns = g_malloc (columns_bytes (tasks, form, allocated));
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

/* Moves the stretches into columns of a form without sequences. */
static void
reshape (HeddleTrackChunk *self, gboolean tasks, HeddleTrackForm form, guint64 first_id,
         guint allocated)
{
  HeddleTrackChunk other = *self;

  other.form = form;
  other.first_id = first_id;
  other.allocated = allocated;
  other.columns = g_malloc (columns_bytes (tasks, form, allocated));
  other.sequences = NULL;
  other.n_sequences = 0;
  other.sequences_allocated = 0;
  for (guint i = 0; i < self->n; i++)
    {
      set_item (&other, 0, i,
                (guint64) (heddle_track_chunk_get_begin (self, i)
                           - (form == HEDDLE_TRACK_NARROW ? self->begin : 0)));
      set_item (&other, 1, i, (guint64) heddle_track_chunk_get_covered (self, i));
      if (tasks)
        set_item (&other, 2, i, heddle_track_chunk_get_id (self, i) - first_id);
    }
  if (tasks && self->form == HEDDLE_TRACK_SEQUENCES)
    {
      memset (get_blocks (&other), 0, N_BLOCKS * sizeof (guint16));
      memset (get_states (&other), HEDDLE_TASK_DONE, self->n);
    }
  else if (tasks)
    {
      memcpy (get_blocks (&other), get_blocks (self), N_BLOCKS * sizeof (guint16));
      memcpy (get_states (&other), get_states (self), self->n);
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
heddle_track_chunk_grow (HeddleTrackChunk *self, gboolean tasks, guint allocated)
{
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    {
      self->columns = g_realloc (self->columns, columns_bytes (tasks, self->form, allocated));
      self->allocated = allocated;
    }
  else
    {
      reshape (self, tasks, self->form, 0, allocated);
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
add_to_sequences (HeddleTrackChunk *self, gint64 begin, guint64 id, HeddleTaskState state)
{
  if (state != HEDDLE_TASK_DONE || !couple (self, begin, begin, id, 1))
    return FALSE;
  ((guint32 *) self->columns)[self->n] = (guint32) (begin - self->begin);
  return TRUE;
}

/**
 * heddle_track_chunk_add:
 * @begin: not before the last stretch's end; the chunk's begin for the first
 *
 * Adds a stretch; there is room.
 */
void
heddle_track_chunk_add (HeddleTrackChunk *self, gboolean tasks, gint64 begin, gint64 end,
                        guint64 id, HeddleTaskState state)
{
  if (self->form == HEDDLE_TRACK_SEQUENCES && !add_to_sequences (self, begin, id, state))
    reshape (self, tasks, HEDDLE_TRACK_WIDE, 0, self->allocated);
  if (self->form == HEDDLE_TRACK_WIDE)
    {
      if (tasks)
        {
          if (self->n % BLOCK == 0)
            get_blocks (self)[self->n / BLOCK] = (guint16) self->n_failed;
          set_item (self, 2, self->n, id);
          get_states (self)[self->n] = (guint8) state;
        }
      set_item (self, 0, self->n, (guint64) begin);
      set_item (self, 1, self->n, (guint64) self->covered);
    }
  self->n++;
  self->n_failed += tasks && state != HEDDLE_TASK_DONE;
  self->covered += end - begin;
  self->end = end;
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
      guint64 id = get_item (self, 2, i);

      *first_id = MIN (*first_id, id);
      *last_id = MAX (*last_id, id);
    }
}

/* Tries to turn a wide chunk into sequences. */
static gboolean
make_sequences (HeddleTrackChunk *self)
{
  HeddleTrackChunk other = { .begin = self->begin, .form = HEDDLE_TRACK_SEQUENCES };

  if (self->n_failed > 0)
    return FALSE;
  heddle_track_chunk_begin (&other, TRUE, HEDDLE_TRACK_SEQUENCES, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      gint64 begin = heddle_track_chunk_get_begin (self, i);

      if (!add_to_sequences (&other, begin, get_item (self, 2, i), HEDDLE_TASK_DONE))
        {
          heddle_track_chunk_clear (&other);
          return FALSE;
        }
      other.n++;
      other.covered = heddle_track_chunk_get_covered (self, i + 1);
      other.end = begin + other.covered - heddle_track_chunk_get_covered (self, i);
    }
  heddle_track_chunk_clear (self);
  self->form = HEDDLE_TRACK_SEQUENCES;
  self->allocated = other.allocated;
  self->first_id = other.first_id;
  self->columns = other.columns;
  self->sequences = other.sequences;
  self->n_sequences = other.n_sequences;
  self->sequences_allocated = other.sequences_allocated;
  return TRUE;
}

/**
 * heddle_track_chunk_seal:
 *
 * The chunk will not change any more: packs it as tightly as what it holds allows.
 */
void
heddle_track_chunk_seal (HeddleTrackChunk *self, gboolean tasks)
{
  guint64 first_id = 0, last_id = 0;

  if (self->form == HEDDLE_TRACK_WIDE && tasks && make_sequences (self))
    return;
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    {
      self->sequences_allocated = self->n_sequences;
      self->sequences = g_renew (HeddleTrackSequence, self->sequences, self->n_sequences);
      return;
    }
  if (tasks)
    find_ids (self, &first_id, &last_id);
  if (self->end - self->begin <= G_MAXUINT32 && last_id - first_id <= G_MAXUINT32)
    reshape (self, tasks, HEDDLE_TRACK_NARROW, first_id, self->n);
}
