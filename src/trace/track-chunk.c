/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "trace/track-block.h"
#include "trace/track-chunk.h"

#define BLOCK HEDDLE_TRACK_BLOCK
#define STATE_MASK HEDDLE_TRACK_STATE_MASK
#define TIMES_KNOWN HEDDLE_TRACK_TIMES_KNOWN
/* A sequence takes as much as three begins: beyond so many for each stretch the packed form is
 * about as small, and quicker to read. */
#define MAX_SEQUENCES(n) (16 + (n) / 4)

/* Of a packed chunk. Inline, so that where the column begins is a matter of a few additions. */
static inline gint64
get_growing (const HeddleTrackChunk *self, HeddleTrackColumn column, guint index)
{
  const HeddleTrackBlock *block;

  if (index >= heddle_track_chunk_get_open (self))
    return self->items[index % BLOCK].growing[column];
  block = heddle_track_chunk_get_block (self, index);
  return block->growing[column] + (gint64) heddle_track_block_get (block, column, index);
}

/* With whether totals are known. */
static guint8
get_state (const HeddleTrackChunk *self, guint index)
{
  const HeddleTrackBlock *block;

  if (index >= heddle_track_chunk_get_open (self))
    return self->items[index % BLOCK].state;
  block = heddle_track_chunk_get_block (self, index);
  return block->bits[HEDDLE_TRACK_STATE] > 0
    ? (guint8) heddle_track_block_get (block, HEDDLE_TRACK_STATE, index)
    : block->state;
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
    return self->begin + self->begins[index];
  return get_growing (self, HEDDLE_TRACK_BEGIN, index);
}

/**
 * heddle_track_chunk_get_gap:
 * @index: less than the number of stretches
 *
 * Returns: nanoseconds, from the chunk's begin to that of the stretch, that no stretch covers
 */
gint64
heddle_track_chunk_get_gap (const HeddleTrackChunk *self, guint index)
{
  return self->form == HEDDLE_TRACK_SEQUENCES ? find_sequence (self, index)->gaps
                                              : get_growing (self, HEDDLE_TRACK_GAP, index);
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
  return heddle_track_chunk_get_begin (self, index) - self->begin
    - heddle_track_chunk_get_gap (self, index);
}

/**
 * heddle_track_chunk_get_end:
 * @index: less than the number of stretches
 *
 * Returns: when the stretch ends, nanoseconds
 */
gint64
heddle_track_chunk_get_end (const HeddleTrackChunk *self, guint index)
{
  return self->begin + heddle_track_chunk_get_gap (self, index)
    + heddle_track_chunk_get_covered (self, index + 1);
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
  const HeddleTrackBlock *block;

  if (self->form == HEDDLE_TRACK_SEQUENCES)
    {
      sequence = find_sequence (self, index);
      return self->first_id + sequence->id + (index - sequence->first);
    }
  if (index >= heddle_track_chunk_get_open (self))
    return self->items[index % BLOCK].id;
  block = heddle_track_chunk_get_block (self, index);
  return block->lowest_id + heddle_track_block_get (block, HEDDLE_TRACK_ID, index);
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
    : (HeddleTaskState) (get_state (self, index) & STATE_MASK);
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
  return self->form == HEDDLE_TRACK_PACKED && (get_state (self, index) & TIMES_KNOWN) != 0;
}

/* How much of the time before that stretch is of tasks with totals. Within a block they mostly have
 * them all, or none does. */
static gint64
get_known (const HeddleTrackChunk *self, guint index)
{
  const HeddleTrackBlock *block;
  gint64 known, covered;

  if (index >= heddle_track_chunk_get_open (self))
    return self->items[index % BLOCK].known;
  block = heddle_track_chunk_get_block (self, index);
  if (block->known_tasks == 0)
    return block->known;
  if (block->known_tasks == BLOCK)
    {
      covered = block->growing[HEDDLE_TRACK_BEGIN] - block->growing[HEDDLE_TRACK_GAP];
      return block->known + heddle_track_chunk_get_covered (self, index)
        - (covered - self->begin);
    }
  known = block->known;
  for (guint i = index - index % BLOCK; i < index; i++)
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
  if (index >= self->n || self->times.known == 0)
    return;
  times->on_cpu = get_growing (self, HEDDLE_TRACK_ON_CPU, index);
  times->ready = get_growing (self, HEDDLE_TRACK_READY, index);
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
  const HeddleTrackBlock *block;
  guint n;

  if (index >= self->n || self->n_failed == 0)
    return self->n_failed;
  if (index >= heddle_track_chunk_get_open (self))
    return self->items[index % BLOCK].n_failed;
  block = heddle_track_chunk_get_block (self, index);
  n = block->n_failed;
  if (block->failed_tasks > 0)
    n += heddle_track_block_count_failed (block, index % BLOCK);
  return n;
}

/**
 * heddle_track_chunk_get_bytes:
 *
 * Returns: memory held beside @self
 */
gsize
heddle_track_chunk_get_bytes (const HeddleTrackChunk *self)
{
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    return self->allocated * sizeof *self->begins
      + self->sequences_allocated * sizeof *self->sequences;
  return self->allocated * sizeof *self->items
    + self->packed.allocated * sizeof *self->packed.words;
}

/**
 * heddle_track_chunk_begin:
 * @self: a chunk with nothing in it
 * @allocated: for how many stretches there is to be room, of sequences
 *
 * Gives the chunk its form.
 */
void
heddle_track_chunk_begin (HeddleTrackChunk *self, HeddleTrackForm form, guint allocated)
{
  self->form = form;
  if (form != HEDDLE_TRACK_SEQUENCES)
    return;
  self->allocated = allocated;
  self->begins = g_new (guint32, allocated);
}

/**
 * heddle_track_chunk_clear:
 *
 * Frees what the chunk holds, not @self.
 */
void
heddle_track_chunk_clear (HeddleTrackChunk *self)
{
  g_clear_pointer (&self->begins, g_free);
  g_clear_pointer (&self->items, g_free);
  g_clear_pointer (&self->sequences, g_free);
  g_clear_pointer (&self->packed.words, g_free);
  self->packed.n_words = 0;
  self->packed.allocated = 0;
  self->allocated = 0;
  self->n_sequences = 0;
  self->sequences_allocated = 0;
}

static void
allocate_words (HeddleTrackChunk *self, guint allocated)
{
  self->packed.words = g_renew (guint64, self->packed.words, allocated);
  self->packed.allocated = allocated;
}

/* Packs the block that has just become full, the last one. */
static void
pack_block (HeddleTrackChunk *self)
{
  HeddleTrackBlock block;
  guint n;

  n = self->packed.n_words + heddle_track_block_measure (&block, self->items);
  if (n + 1 > self->packed.allocated)
    allocate_words (self, MAX (n + 1, self->packed.allocated * 3 / 2));
  heddle_track_block_write (&block, self->items, self->packed.words + self->packed.n_words);
  self->packed.words[n] = 0; /* is read beside the last item, and of no effect */
  self->packed.blocks[self->n / BLOCK - 1] = (guint16) self->packed.n_words;
  self->packed.n_words = n;
}

/* Adds to a packed chunk what is kept of a stretch; sums are the caller's. */
static void
append (HeddleTrackChunk *self, const HeddleTrackItem *item)
{
  guint at = self->n % BLOCK;

  if (at == self->allocated)
    {
      self->allocated = MAX (4, self->allocated * 4);
      self->items = g_renew (HeddleTrackItem, self->items, self->allocated);
    }
  self->items[at] = *item;
  self->n++;
  if (self->n % BLOCK == 0)
    pack_block (self);
}

/* Turns sequences into packed columns. */
static void
pack_sequences (HeddleTrackChunk *self)
{
  HeddleTrackChunk other = *self;

  other.n = 0;
  other.form = HEDDLE_TRACK_PACKED;
  other.begins = NULL;
  other.allocated = 0;
  other.sequences = NULL;
  other.n_sequences = 0;
  other.sequences_allocated = 0;
  for (guint i = 0; i < self->n; i++)
    {
      gint64 begin = heddle_track_chunk_get_begin (self, i);
      gint64 gap = begin - self->begin - heddle_track_chunk_get_covered (self, i);
      HeddleTrackItem item = { .growing = { begin, gap },
                               .id = heddle_track_chunk_get_id (self, i),
                               .state = HEDDLE_TASK_DONE };

      append (&other, &item);
    }
  heddle_track_chunk_clear (self);
  *self = other;
}

/**
 * heddle_track_chunk_make_room:
 *
 * Makes sure that there is room for one more stretch, unless the chunk is full.
 *
 * Returns: for how many there is room; 0: the chunk is full
 */
guint
heddle_track_chunk_make_room (HeddleTrackChunk *self)
{
  if (self->form == HEDDLE_TRACK_PACKED)
    return HEDDLE_TRACK_CHUNK - self->n;
  if (self->n == self->allocated && self->n < HEDDLE_TRACK_CHUNK)
    {
      self->allocated = MIN (self->allocated * 4, HEDDLE_TRACK_CHUNK);
      self->begins = g_renew (guint32, self->begins, self->allocated);
    }
  return self->allocated - self->n;
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
  self->begins[self->n] = (guint32) (stretch->begin - self->begin);
  return TRUE;
}

static void
add_packed (HeddleTrackChunk *self, HeddleTrackContent content, const HeddleSpan *stretch)
{
  HeddleTrackItem item = { .growing = { stretch->begin,
                                        stretch->begin - self->begin - self->covered,
                                        self->times.on_cpu, self->times.ready },
                           .known = self->times.known,
                           .n_failed = self->n_failed,
                           .state = HEDDLE_TASK_DONE };

  if (content != HEDDLE_TRACK_PLAIN)
    item.id = stretch->id;
  if (content == HEDDLE_TRACK_TASKS)
    item.state = (guint8) (stretch->state | (stretch->times.known ? TIMES_KNOWN : 0));
  append (self, &item);
}

/**
 * heddle_track_chunk_add:
 * @content: as the track has it
 * @stretch: begins not before the last one's end; at the chunk's begin if it is the first; totals
 * of a task alone, and not more of them than it lasts
 *
 * Adds a stretch; there is room. Where sequences cannot hold it, the chunk becomes a packed one.
 */
void
heddle_track_chunk_add (HeddleTrackChunk *self, HeddleTrackContent content,
                        const HeddleSpan *stretch)
{
  if (self->form == HEDDLE_TRACK_SEQUENCES && !add_to_sequences (self, stretch))
    pack_sequences (self);
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    self->n++;
  else
    add_packed (self, content, stretch);
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
  guint32 *begins = self->begins + self->n;
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

/* Tries to turn a packed chunk into sequences. */
static gboolean
make_sequences (HeddleTrackChunk *self)
{
  HeddleTrackChunk other = *self;

  if (self->n_failed > 0 || self->times.known > 0)
    return FALSE;
  other.n = 0;
  other.covered = 0;
  other.items = NULL;
  memset (&other.packed, 0, sizeof other.packed);
  heddle_track_chunk_begin (&other, HEDDLE_TRACK_SEQUENCES, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      HeddleSpan stretch = { .begin = heddle_track_chunk_get_begin (self, i),
                             .id = heddle_track_chunk_get_id (self, i),
                             .state = HEDDLE_TASK_DONE };

      if (heddle_track_chunk_has_times (self, i) || !add_to_sequences (&other, &stretch))
        {
          heddle_track_chunk_clear (&other);
          return FALSE;
        }
      other.n++;
      other.covered = heddle_track_chunk_get_covered (self, i + 1);
      other.end = stretch.begin + other.covered - heddle_track_chunk_get_covered (self, i);
    }
  heddle_track_chunk_clear (self);
  *self = other;
  return TRUE;
}

/**
 * heddle_track_chunk_seal:
 * @self: a full chunk
 * @content: as the track has it
 *
 * The chunk will not change any more: it gives back what it does not need.
 */
void
heddle_track_chunk_seal (HeddleTrackChunk *self, HeddleTrackContent content)
{
  g_assert (self->n == HEDDLE_TRACK_CHUNK);

  if (self->form == HEDDLE_TRACK_PACKED && content == HEDDLE_TRACK_TASKS)
    make_sequences (self);
  if (self->form == HEDDLE_TRACK_SEQUENCES)
    {
      self->sequences_allocated = self->n_sequences;
      self->sequences = g_renew (HeddleTrackSequence, self->sequences, self->n_sequences);
      return;
    }
  allocate_words (self, self->packed.n_words + 1);
  g_clear_pointer (&self->items, g_free);
  self->allocated = 0;
}
