/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reader of the kernel's ring of thread switches, with any bytes in it and any place to which
 * they are said to be written. What has to hold: nothing outside of the ring is read (the address
 * sanitizer looks), what is handed out is what stood there, and after nonsense nothing comes any
 * more.
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "trace/switch-ring.h"

typedef struct {
  FuzzInput input;
  guint8 *bytes; /* a block of its own, so that the sanitizer sees its end */
  gsize size;
  guint64 head;
  HeddleSwitchRing ring;
} Fuzz;

/* A header that may make sense, where the writer would be. */
static void
write_header (Fuzz *self)
{
  static const guint8 types[] = { 14, 14, 7, 4, 2, 3, 9 };
  static const guint8 sizes[] = { 32, 32, 56, 56, 48, 40, 0 };
  guint kind = fuzz_u8 (&self->input) % G_N_ELEMENTS (types);
  guint size = sizes[kind] != 0 ? sizes[kind] : 8 * (fuzz_u8 (&self->input) % 16);
  guint8 header[8] = { types[kind] };

  header[5] = (guint8) (fuzz_u8 (&self->input) & 0x60);
  header[6] = (guint8) size;
  for (guint i = 0; i < sizeof header; i++)
    self->bytes[(self->head + i) & (self->size - 1)] = header[i];
  self->head += size;
}

static void
write_anything (Fuzz *self)
{
  gsize at = fuzz_u16 (&self->input) % self->size;
  gsize length = fuzz_u8 (&self->input);

  fuzz_bytes (&self->input, self->bytes + at, MIN (length, self->size - at));
}

static guint32
word_at (const Fuzz *self, guint64 at)
{
  guint32 word;

  /* words do not go round the end, since all records are multiples of 8 */
  memcpy (&word, self->bytes + (at & (self->size - 1)), sizeof word);
  return word;
}

/* The thread of a record that begins at @at, by the bytes. */
static guint32
thread_at (const Fuzz *self, guint64 at)
{
  switch (word_at (self, at))
    {
    case 14:
      return word_at (self, at + 12);
    case 2:
      return 0;
    default:
      return word_at (self, at + 16);
    }
}

static void
read_one (Fuzz *self)
{
  HeddleSwitchRing *ring = &self->ring;
  gboolean was_broken = ring->broken;
  guint64 before = ring->tail, lost = ring->lost;
  HeddleSwitch record = { 0 };

  if (!heddle_switch_ring_read (ring, &record))
    {
      g_assert_true (ring->broken || ring->tail == ring->head);
      g_assert_true (!was_broken || ring->tail == before);
      return;
    }
  g_assert_false (was_broken);
  g_assert_cmpint (record.kind, <, HEDDLE_N_SWITCH_KINDS);
  g_assert_cmpint (record.time_ns, >=, 0);
  g_assert_true (record.kind == HEDDLE_SWITCH_LOST || ring->lost == lost);
  g_assert_cmpuint (ring->tail, >, before);
  g_assert_cmpuint (ring->tail, <=, ring->head);
  {
    guint length = record.kind == HEDDLE_SWITCH_LOST ? 48
      : record.kind == HEDDLE_SWITCH_BORN || record.kind == HEDDLE_SWITCH_EXIT ? 56
                                                                               : 32;

    g_assert_cmpuint (record.tid, ==, thread_at (self, ring->tail - length));
  }
}

static void
step (Fuzz *self)
{
  switch (fuzz_u8 (&self->input) % 7)
    {
    case 0:
    case 1:
      write_header (self);
      break;
    case 2:
      write_anything (self);
      break;
    case 3:
      self->head = fuzz_number (&self->input);
      break;
    case 4:
      if (heddle_switch_ring_see (&self->ring, self->head))
        g_assert_cmpuint (self->ring.head - self->ring.tail, <=, self->size);
      break;
    case 5:
      read_one (self);
      break;
    default:
      heddle_switch_ring_is_full (&self->ring);
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz fuzz = { .input = { data, size } };

  fuzz.size = (gsize) 64 << (fuzz_u8 (&fuzz.input) % 5);
  fuzz.bytes = g_malloc0 (fuzz.size);
  heddle_switch_ring_init (&fuzz.ring, fuzz.bytes, fuzz.size);
  while (fuzz.input.left > 0)
    step (&fuzz);
  heddle_switch_ring_see (&fuzz.ring, fuzz.head);
  for (guint i = 0; i < fuzz.size / 8 + 2; i++)
    read_one (&fuzz);
  g_free (fuzz.bytes);
  return 0;
}
