/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The host's side of a segment whose worker writes anything anywhere, at any moment between two
 * steps. What has to hold: the host writes into the line alone what it puts into the line, counts
 * no more ends than it gave tasks, reads an error that is UTF-8, and a new worker finds all as new.
 * Whoever opens the segment finds its line and its ring inside of it, or refuses it.
 */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "engine/task/task-private.h"
#include "engine/worker/executor.h"
#include "engine/worker/segment.h"
#include "fuzz.h"

#define RING 64
#define N_SEGMENTS 3
#define FIELD(name) { offsetof (HeddleSegmentMap, name), sizeof ((HeddleSegmentMap *) NULL)->name }

static const struct {
  gsize offset;
  gsize size;
} fields[] = {
  FIELD (magic),       FIELD (protocol),    FIELD (line_bytes),    FIELD (line_offset),
  FIELD (ring_offset), FIELD (total_bytes), FIELD (ring_capacity), FIELD (worker),
  FIELD (head),        FIELD (assigned),    FIELD (wake_at),       FIELD (paused),
  FIELD (cancel),      FIELD (doorbell),    FIELD (quit),          FIELD (tail),
  FIELD (ended),       FIELD (task_ticks),  FIELD (asleep),        FIELD (state),
  FIELD (tid),         FIELD (error),
};

typedef struct {
  FuzzInput input;
  HeddleSegment *segment;
  guint8 *before; /* the segment, before something is put */
  HeddleInput *text;
  HeddleItem item; /* being put; count 0: none */
  guint64 offset;
  gboolean paused;
} Fuzz;

/* The host's memory is the same for every input, as it is for one worker after another. */
static HeddleSegment *
get_segment (guint nth)
{
  static const guint lines[N_SEGMENTS] = { 64, 256, 4096 };
  static HeddleSegment segments[N_SEGMENTS];

  if (segments[nth].map == NULL)
    {
      g_autoptr (GError) error = NULL;

      heddle_segment_create (&segments[nth], lines[nth], RING, &error);
      g_assert_no_error (error);
    }
  return &segments[nth];
}

static void
begin_item (Fuzz *self)
{
  gsize length = fuzz_u16 (&self->input) % 5000;

  g_free (self->text);
  self->text = g_malloc0 (sizeof (HeddleInput) + length + 1);
  self->text->length = (guint32) length;
  fuzz_bytes (&self->input, self->text->text, MIN (length, 64));
  self->item = (HeddleItem){ .id = fuzz_number (&self->input),
                             .count = 1,
                             .attempt = 1 + fuzz_u8 (&self->input),
                             .input = self->text };
  if (length == 0)
    {
      self->item.input = NULL;
      self->item.count += fuzz_u8 (&self->input);
    }
  self->offset = 0;
}

static void
put (Fuzz *self)
{
  HeddleSegment *segment = self->segment;
  gsize line = (gsize) (segment->line - (guint8 *) segment->map);
  gsize behind = line + segment->mask + 1;

  if (self->item.count == 0)
    begin_item (self);
  memcpy (self->before, segment->map, segment->bytes);
  if (heddle_segment_put (segment, &self->item, &self->offset))
    self->item.count = 0;
  /* an input and its padding go in together, or the rest of the input would be counted wrong */
  g_assert_cmpuint (segment->head % HEDDLE_SEGMENT_UNIT, ==, 0);
  g_assert_cmpuint (self->offset % HEDDLE_SEGMENT_UNIT, ==, 0);
  g_assert_true (memcmp (self->before, segment->map, line) == 0);
  g_assert_true (
    memcmp (self->before + behind, (guint8 *) segment->map + behind, segment->bytes - behind) == 0);
}

static void
write_field (Fuzz *self)
{
  guint nth = fuzz_u8 (&self->input) % G_N_ELEMENTS (fields);
  guint8 *field = (guint8 *) self->segment->map + fields[nth].offset;
  guint64 number;

  if (fields[nth].size > sizeof number)
    {
      fuzz_bytes (&self->input, field, fields[nth].size);
      return;
    }
  number = fuzz_number (&self->input);
  memcpy (field, &number, fields[nth].size);
}

static void
write_anything (Fuzz *self)
{
  gsize at = fuzz_u16 (&self->input) % self->segment->bytes;
  gsize length = fuzz_u8 (&self->input);

  fuzz_bytes (&self->input, (guint8 *) self->segment->map + at,
              MIN (length, self->segment->bytes - at));
}

/* What a worker that is only slow would do. */
static void
take_honestly (Fuzz *self)
{
  HeddleSegmentMap *map = self->segment->map;
  guint64 end = atomic_load (&map->head);
  guint64 tail = atomic_load (&map->tail);

  if (end == self->segment->head && end - tail <= self->segment->mask + 1)
    atomic_store (&map->tail, tail + (end - tail) / HEDDLE_SEGMENT_UNIT / 2 * HEDDLE_SEGMENT_UNIT);
}

static void
open_it (Fuzz *self)
{
  HeddleSegment view;
  g_autoptr (GError) error = NULL;
  const guint8 *end;

  if (!heddle_segment_open (&view, self->segment->fd, &error))
    {
      fuzz_assert_error (error);
      return;
    }
  end = (const guint8 *) view.map + view.bytes;
  g_assert_cmpuint (view.mask & (view.mask + 1), ==, 0);
  g_assert_true (view.line >= (guint8 *) (view.map + 1) && view.line < end
                 && (gsize) (end - view.line) > view.mask);
  g_assert_true ((guint8 *) view.ring > view.line + view.mask && (guint8 *) view.ring < end);
  g_assert_cmpuint (heddle_ring_bytes (view.ring_capacity), <=, end - (guint8 *) view.ring);
  g_assert_cmpuint ((guintptr) view.ring % 8, ==, 0);
  heddle_segment_clear (&view);
}

static void
read_ring (Fuzz *self)
{
  g_autofree char *payload = g_malloc (HEDDLE_EVENT_TEXT_MAX + 1);
  HeddleRingReader reader;
  HeddleEvent event;
  guint n = 0;

  g_assert_true ((guint8 *) self->segment->ring + heddle_ring_bytes (RING)
                 <= (guint8 *) self->segment->map + self->segment->bytes);
  heddle_ring_reader_init (&reader, self->segment->ring, self->segment->ring_capacity);
  while (heddle_ring_read (&reader, &event, payload))
    n++;
  g_assert_cmpuint (n, <=, RING);
}

static void
check_reset (Fuzz *self)
{
  HeddleSegment *segment = self->segment;

  heddle_segment_reset (segment);
  self->item.count = 0;
  self->paused = FALSE;
  heddle_segment_check (segment, FALSE);
  g_assert_false (segment->broken);
  g_assert_cmpuint (heddle_segment_get_ended (segment), ==, 0);
  g_assert_cmpuint (atomic_load (&segment->map->state), ==, HEDDLE_SEGMENT_STARTING);
  open_it (self);
}

static void
tell (Fuzz *self)
{
  guint what = fuzz_u8 (&self->input) % 6;

  if (what == 0)
    heddle_segment_set_paused (self->segment, self->paused = !self->paused);
  else if (what == 1)
    heddle_segment_cancel (self->segment, HEDDLE_CANCEL_RUN);
  else if (what == 2)
    heddle_segment_cancel_task (self->segment, fuzz_number (&self->input));
  else if (what == 3)
    heddle_segment_quit (self->segment);
  else if (what == 4)
    heddle_segment_take_back_quit (self->segment);
  else
    heddle_segment_publish (self->segment);
}

static void
look (Fuzz *self)
{
  g_autofree char *error = heddle_segment_dup_error (self->segment);

  fuzz_assert_utf8 (error);
  g_assert_cmpuint (heddle_segment_get_ended (self->segment), <=, self->segment->assigned);
  heddle_segment_check (self->segment, self->paused);
  read_ring (self);
}

static void (*const steps[]) (Fuzz *self) = { put,           put,         tell,
                                              write_field,   write_field, write_anything,
                                              take_honestly, open_it,     look,
                                              check_reset };

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz fuzz = { .input = { data, size } };

  fuzz.segment = get_segment (fuzz_u8 (&fuzz.input) % N_SEGMENTS);
  fuzz.before = g_malloc (fuzz.segment->bytes);
  /* the header and the line as new, whatever the input before has left in them */
  memset (fuzz.segment->map, 0, fuzz.segment->bytes);
  check_reset (&fuzz);
  while (fuzz.input.left > 0)
    steps[fuzz_u8 (&fuzz.input) % G_N_ELEMENTS (steps)] (&fuzz);
  look (&fuzz);
  g_free (fuzz.text);
  g_free (fuzz.before);
  return 0;
}
