/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "trace/ring.h"

typedef struct {
  gpointer memory;
  HeddleRingWriter writer;
  HeddleRingReader reader;
  guint n_kicks;
  char payload[HEDDLE_EVENT_TEXT_MAX + 1];
} Fixture;

static void
count_kick (gpointer data)
{
  (*(guint *) data)++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  guint capacity = GPOINTER_TO_UINT (data);
  HeddleRing *ring;

  fixture->memory = g_aligned_alloc0 (1, heddle_ring_bytes (capacity), 64);
  ring = heddle_ring_init (fixture->memory, capacity);
  heddle_ring_writer_init (&fixture->writer, ring, count_kick, &fixture->n_kicks);
  heddle_ring_reader_init (&fixture->reader, ring, capacity);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_aligned_free (fixture->memory);
}

static void
expect (Fixture *fixture, guint64 time, HeddleEventType type, guint aux, guint64 id)
{
  HeddleEvent event;

  g_assert_true (heddle_ring_read (&fixture->reader, &event, fixture->payload));
  g_assert_cmpuint (event.time, ==, time);
  g_assert_cmpint (heddle_event_type (event.word), ==, type);
  g_assert_cmpuint (heddle_event_aux (event.word), ==, aux);
  g_assert_cmpuint (heddle_event_id (event.word), ==, id);
}

static void
expect_nothing (Fixture *fixture)
{
  HeddleEvent event;

  g_assert_false (heddle_ring_read (&fixture->reader, &event, fixture->payload));
  g_assert_false (fixture->reader.broken);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  guint64 n = 0;

  for (guint round = 0; round < 1000; round++)
    {
      guint batch = (guint) g_test_rand_int_range (0, 17);

      for (guint i = 0; i < batch; i++)
        heddle_ring_put (&fixture->writer, n + i,
                         heddle_event_word (HEDDLE_EVENT_TASK_START, i, n + i));
      heddle_ring_publish (&fixture->writer);
      for (guint i = 0; i < batch; i++)
        expect (fixture, n + i, HEDDLE_EVENT_TASK_START, i, n + i);
      expect_nothing (fixture);
      heddle_ring_release (&fixture->reader);
      n += batch;
    }
  g_assert_cmpuint (n, >, 1000);
}

static void
test_unpublished (Fixture *fixture, gconstpointer data)
{
  heddle_ring_put (&fixture->writer, 1, heddle_event_word (HEDDLE_EVENT_TASK_START, 1, 1));
  expect_nothing (fixture);
  heddle_ring_publish (&fixture->writer);
  expect (fixture, 1, HEDDLE_EVENT_TASK_START, 1, 1);
}

static void
test_kick (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 8; i++)
    {
      g_assert_cmpuint (fixture->n_kicks, ==, 0);
      heddle_ring_put (&fixture->writer, i, heddle_event_word (HEDDLE_EVENT_TASK_START, 1, i));
      heddle_ring_publish (&fixture->writer);
    }
  g_assert_cmpuint (fixture->n_kicks, ==, 1);
}

static void
test_detail_dropped (Fixture *fixture, gconstpointer data)
{
  guint64 word = heddle_event_word (HEDDLE_EVENT_PROGRESS, 100, 1);
  guint recorded = 0;

  while (heddle_ring_put_detail (&fixture->writer, recorded, word))
    recorded++;
  /* of 64 slots, 7 are kept free */
  g_assert_cmpuint (recorded, ==, 57);
  g_assert_false (heddle_ring_put_detail (&fixture->writer, 0, word));
  g_assert_cmpuint (heddle_ring_dropped (&fixture->reader), ==, 2);
  g_assert_cmpuint (fixture->n_kicks, ==, 0);

  /* what counts still goes in, and once the reader has read so do details */
  heddle_ring_put (&fixture->writer, 7,
                   heddle_event_word (HEDDLE_EVENT_TASK_END, HEDDLE_TASK_DONE, 1));
  heddle_ring_publish (&fixture->writer);
  for (guint i = 0; i < recorded; i++)
    expect (fixture, i, HEDDLE_EVENT_PROGRESS, 100, 1);
  expect (fixture, 7, HEDDLE_EVENT_TASK_END, HEDDLE_TASK_DONE, 1);
  heddle_ring_release (&fixture->reader);
  g_assert_true (heddle_ring_put_detail (&fixture->writer, 0, word));
  g_assert_cmpuint (heddle_ring_dropped (&fixture->reader), ==, 2);
}

static char *
random_text (gsize length)
{
  char *text = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    text[i] = (char) g_test_rand_int_range (1, 128);
  text[length] = '\0';
  return text;
}

static void
test_texts (Fixture *fixture, gconstpointer data)
{
  for (guint round = 0; round < 2000; round++)
    {
      gsize length = (gsize) g_test_rand_int_range (0, 400);
      g_autofree char *text = random_text (length);
      g_autoptr (GString) got = g_string_new (NULL);
      HeddleEvent event;

      heddle_ring_put_text (&fixture->writer, HEDDLE_EVENT_RESULT_TEXT, round, text, length);
      heddle_ring_put (&fixture->writer, round,
                       heddle_event_word (HEDDLE_EVENT_TASK_END, HEDDLE_TASK_DONE, round));
      heddle_ring_publish (&fixture->writer);
      while (heddle_ring_read (&fixture->reader, &event, fixture->payload)
             && heddle_event_type (event.word) == HEDDLE_EVENT_RESULT_TEXT)
        {
          g_assert_cmpuint (event.time, ==, strlen (fixture->payload));
          g_assert_cmpuint (heddle_event_id (event.word), ==, round);
          g_string_append (got, fixture->payload);
        }
      g_assert_false (fixture->reader.broken);
      g_assert_cmpint (heddle_event_type (event.word), ==, HEDDLE_EVENT_TASK_END);
      g_assert_cmpstr (got->str, ==, text);
      expect_nothing (fixture);
      heddle_ring_release (&fixture->reader);
    }
}

static void
test_long_text (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = random_text (3 * HEDDLE_EVENT_TEXT_MAX);
  HeddleEvent event;

  heddle_ring_put_text (&fixture->writer, HEDDLE_EVENT_ERROR_TEXT, 1, text,
                        3 * HEDDLE_EVENT_TEXT_MAX);
  heddle_ring_publish (&fixture->writer);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (heddle_ring_read (&fixture->reader, &event, fixture->payload));
      g_assert_cmpmem (fixture->payload, event.time, text + i * HEDDLE_EVENT_TEXT_MAX,
                       HEDDLE_EVENT_TEXT_MAX);
    }
  expect_nothing (fixture);
}

/* 64 slots: a piece holds at most 240 bytes, of which an output event's time stamp takes 8. */
static void
test_output_pieces (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) line = g_string_new ("12345678");
  g_autoptr (GString) got = g_string_new (NULL);
  HeddleEvent event;
  guint n_pieces = 0;

  while (line->len < 8 + 500)
    g_string_append (line, "aö€😀");
  heddle_ring_put_text (&fixture->writer, HEDDLE_EVENT_OUTPUT_TEXT, 3, line->str, line->len);
  heddle_ring_publish (&fixture->writer);
  while (heddle_ring_read (&fixture->reader, &event, fixture->payload))
    {
      g_assert_cmpmem (fixture->payload, 8, "12345678", 8);
      g_assert_true (g_utf8_validate (fixture->payload, -1, NULL));
      g_string_append (got, fixture->payload + 8);
      n_pieces++;
    }
  g_assert_false (fixture->reader.broken);
  g_assert_cmpuint (n_pieces, ==, 3);
  g_assert_cmpstr (got->str, ==, line->str + 8);
}

static void
check_broken (Fixture *fixture)
{
  HeddleEvent event;

  heddle_ring_publish (&fixture->writer);
  g_assert_false (heddle_ring_read (&fixture->reader, &event, fixture->payload));
  g_assert_true (fixture->reader.broken);
  /* and stays broken, even if the ring should come to look sane */
  fixture->writer.ring->slots[0].word = heddle_event_word (HEDDLE_EVENT_TASK_START, 1, 1);
  atomic_store (&fixture->writer.ring->head, 1);
  g_assert_false (heddle_ring_read (&fixture->reader, &event, fixture->payload));
}

static void
test_head_too_far (Fixture *fixture, gconstpointer data)
{
  fixture->writer.head += 65;
  check_broken (fixture);
}

static void
test_unknown_type (Fixture *fixture, gconstpointer data)
{
  heddle_ring_put (&fixture->writer, 1, heddle_event_word (HEDDLE_N_EVENTS, 0, 1));
  check_broken (fixture);
}

static void
test_payload_too_long (Fixture *fixture, gconstpointer data)
{
  heddle_ring_put (&fixture->writer, HEDDLE_EVENT_TEXT_MAX + 1,
                   heddle_event_word (HEDDLE_EVENT_RESULT_TEXT, 0, 1));
  fixture->writer.head += 60;
  check_broken (fixture);
}

static void
test_payload_missing (Fixture *fixture, gconstpointer data)
{
  heddle_ring_put (&fixture->writer, 33, heddle_event_word (HEDDLE_EVENT_RESULT_TEXT, 0, 1));
  fixture->writer.head += 2;
  check_broken (fixture);
}

/* Memory of any content: events come out or the ring is broken, but never is anything written past
 * the payload. */
static void
read_garbage (HeddleRing *ring, guint capacity)
{
  g_autofree char *payload = g_malloc (HEDDLE_EVENT_TEXT_MAX + 1);
  HeddleRingReader reader;
  HeddleEvent event;
  guint n = 0;

  heddle_ring_reader_init (&reader, ring, capacity);
  while (heddle_ring_read (&reader, &event, payload))
    {
      HeddleEventType type = heddle_event_type (event.word);

      g_assert_cmpint (type, >, HEDDLE_EVENT_NONE);
      g_assert_cmpint (type, <, HEDDLE_N_EVENTS);
      if (type >= HEDDLE_EVENT_RESULT_TEXT && type <= HEDDLE_EVENT_OUTPUT_TEXT)
        {
          g_assert_cmpuint (event.time, <=, HEDDLE_EVENT_TEXT_MAX);
          g_assert_cmpint (payload[event.time], ==, '\0');
        }
      g_assert_cmpuint (++n, <=, capacity);
    }
  heddle_ring_release (&reader);
}

static void
test_garbage (void)
{
  guint capacity = 512;
  gsize bytes = heddle_ring_bytes (capacity);
  guint8 *memory = g_aligned_alloc0 (1, bytes, 64);
  HeddleRing *ring = (HeddleRing *) memory;

  for (guint round = 0; round < 4000; round++)
    {
      for (gsize i = 0; i + 4 <= bytes; i += 4)
        {
          guint32 value = (guint32) g_test_rand_int ();

          memcpy (memory + i, &value, 4);
        }
      /* mostly sane heads and types, or hardly anything would be read */
      if (round % 4 != 0)
        atomic_store (&ring->head,
                      atomic_load (&ring->tail)
                        + (guint) g_test_rand_int_range (0, (gint) capacity + 1));
      for (guint i = 0; round % 2 == 1 && i < capacity; i++)
        {
          ring->slots[i].word =
            heddle_event_word ((HeddleEventType) g_test_rand_int_range (1, HEDDLE_N_EVENTS), 1, i);
          ring->slots[i].time = (guint64) g_test_rand_int_range (0, HEDDLE_EVENT_TEXT_MAX * 2);
        }
      read_garbage (ring, capacity);
    }
  g_aligned_free (memory);
}

/* Blocks and single events in turns, over the end of the ring and back to its beginning: everything
 * comes, in order, and a block ends where it has to. */
static void
test_plain_blocks (Fixture *fixture, gconstpointer data)
{
  HeddleEvent events[8];
  guint64 id = 0;

  for (guint round = 0; round < 100; round++)
    {
      guint n = (guint) g_test_rand_int_range (0, 8);

      for (guint i = 0; i < n; i++)
        heddle_ring_put (
          &fixture->writer, id + i,
          heddle_event_word (i % 3 == 2 ? HEDDLE_EVENT_QUEUED : HEDDLE_EVENT_TASK_NEXT,
                             i % 3 == 2 ? 0 : HEDDLE_TASK_DONE, id + i));
      heddle_ring_put (&fixture->writer, 1,
                       heddle_event_word (HEDDLE_EVENT_TASK_NEXT, HEDDLE_TASK_FAILED, 2));
      heddle_ring_put_text (&fixture->writer, HEDDLE_EVENT_RESULT_TEXT, 3, "text", 4);
      heddle_ring_publish (&fixture->writer);

      g_assert_cmpuint (heddle_ring_read_plain (&fixture->reader, events, 2), ==, MIN (n, 2));
      g_assert_cmpuint (heddle_ring_read_plain (&fixture->reader, events + MIN (n, 2), 6), ==,
                        n - MIN (n, 2));
      for (guint i = 0; i < n; i++)
        g_assert_cmpuint (events[i].time, ==, id + i);
      g_assert_cmpuint (heddle_ring_read_plain (&fixture->reader, events, 8), ==, 0);
      expect (fixture, 1, HEDDLE_EVENT_TASK_NEXT, HEDDLE_TASK_FAILED, 2);
      g_assert_cmpuint (heddle_ring_read_plain (&fixture->reader, events, 8), ==, 0);
      expect (fixture, 4, HEDDLE_EVENT_RESULT_TEXT, 0, 3);
      g_assert_cmpstr (fixture->payload, ==, "text");
      g_assert_cmpuint (heddle_ring_read_plain (&fixture->reader, events, 8), ==, 0);
      heddle_ring_release (&fixture->reader);
      id += n;
    }
}

static void
test_plain_head_too_far (Fixture *fixture, gconstpointer data)
{
  HeddleEvent events[8];

  atomic_store (&fixture->writer.ring->head, 65);
  g_assert_cmpuint (heddle_ring_read_plain (&fixture->reader, events, 8), ==, 0);
  g_assert_true (fixture->reader.broken);
}

#define ADD(name, capacity, func)                                                                  \
  g_test_add ("/ring/" name, Fixture, GUINT_TO_POINTER (capacity), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("events-come-in-order", 16, test_order);
  ADD ("unpublished-events-are-not-seen", 16, test_unpublished);
  ADD ("reader-is-kicked-when-half-full", 16, test_kick);
  ADD ("details-are-dropped-and-counted", 64, test_detail_dropped);
  ADD ("texts-of-any-length-come-whole", 128, test_texts);
  ADD ("texts-longer-than-a-quarter-come-whole", 64, test_texts);
  ADD ("long-texts-come-in-pieces", 4096, test_long_text);
  ADD ("pieces-of-output-keep-time-and-characters", 64, test_output_pieces);
  ADD ("head-too-far-breaks", 64, test_head_too_far);
  ADD ("plain-events-come-in-blocks", 16, test_plain_blocks);
  ADD ("head-too-far-breaks-a-block", 64, test_plain_head_too_far);
  ADD ("unknown-type-breaks", 64, test_unknown_type);
  ADD ("payload-too-long-breaks", 64, test_payload_too_long);
  ADD ("payload-beyond-head-breaks", 64, test_payload_missing);
  g_test_add_func ("/ring/garbage-never-crashes", test_garbage);
  return g_test_run ();
}
