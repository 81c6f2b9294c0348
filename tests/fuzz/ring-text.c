/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of any bytes and length through a ring of any size: they arrive as they were, and no
 * character is cut in two. */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "trace/ring.h"

#define STAMP 8

typedef struct {
  HeddleRingReader reader;
  HeddleRingWriter writer;
  HeddleEventType type;
  guint64 id;
  gboolean whole; /* the text is UTF-8 */
  GString *got;
  char payload[HEDDLE_EVENT_TEXT_MAX + 1];
} Fuzz;

/* Also called by the writer when the ring is full, instead of waiting. */
static void
read_all (gpointer data)
{
  Fuzz *self = data;
  HeddleEvent event;

  while (heddle_ring_read (&self->reader, &event, self->payload))
    {
      gsize stamp = self->type == HEDDLE_EVENT_OUTPUT_TEXT ? STAMP : 0;

      g_assert_cmpint (heddle_event_type (event.word), ==, self->type);
      g_assert_cmpuint (heddle_event_id (event.word), ==, self->id);
      g_assert_cmpuint (event.time, >=, stamp);
      /* every piece of a line has its time */
      if (stamp > 0)
        g_assert_true (memcmp (self->payload, "12345678", STAMP) == 0);
      if (self->whole)
        g_assert_true (
          g_utf8_validate (self->payload + stamp, (gssize) (event.time - stamp), NULL));
      g_string_append_len (self->got, self->payload + stamp, (gssize) (event.time - stamp));
    }
  g_assert_false (self->reader.broken);
  heddle_ring_release (&self->reader);
}

static void
send_text (Fuzz *self, FuzzInput *input)
{
  static const HeddleEventType types[] = { HEDDLE_EVENT_RESULT_TEXT, HEDDLE_EVENT_ERROR_TEXT,
                                           HEDDLE_EVENT_OUTPUT_TEXT };
  gsize length = fuzz_u16 (input) % 10000;
  guint repeat = 1 + fuzz_u8 (input) % 64;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *bytes = g_malloc (length + 1);
  gsize stamp;

  self->type = types[fuzz_u8 (input) % G_N_ELEMENTS (types)];
  self->id = fuzz_u16 (input);
  stamp = self->type == HEDDLE_EVENT_OUTPUT_TEXT ? STAMP : 0;
  length = fuzz_bytes (input, bytes, MIN (length, 512));
  g_string_append_len (text, "12345678", (gssize) stamp);
  for (guint i = 0; i < repeat; i++)
    g_string_append_len (text, bytes, (gssize) length);
  self->whole = g_utf8_validate (text->str + stamp, (gssize) (text->len - stamp), NULL);
  g_string_truncate (self->got, 0);
  heddle_ring_put_text (&self->writer, self->type, self->id, text->str, text->len);
  heddle_ring_publish (&self->writer);
  read_all (self);
  g_assert_cmpuint (self->got->len, ==, text->len - stamp);
  g_assert_true (memcmp (self->got->str, text->str + stamp, self->got->len) == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint capacity = 8u << (fuzz_u8 (&input) % 10);
  gpointer memory = g_aligned_alloc0 (1, heddle_ring_bytes (capacity), 64);
  g_autofree Fuzz *fuzz = g_new0 (Fuzz, 1);
  HeddleRing *ring = heddle_ring_init (memory, capacity);
  guint64 start = fuzz_number (&input);

  atomic_store (&ring->tail, start);
  atomic_store (&ring->head, start);
  fuzz->got = g_string_new (NULL);
  heddle_ring_reader_init (&fuzz->reader, ring, capacity);
  heddle_ring_writer_init (&fuzz->writer, ring, read_all, fuzz);
  while (input.left > 0)
    send_text (fuzz, &input);
  g_string_free (fuzz->got, TRUE);
  g_aligned_free (memory);
  return 0;
}
