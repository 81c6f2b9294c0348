/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reader of a ring whose writer writes anything, at any moment between two reads. What has to
 * hold: nothing outside of the ring is read (the address sanitizer looks), what is handed out lies
 * before the head and is what stood there, and after nonsense nothing comes any more.
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "trace/ring.h"

typedef struct {
  FuzzInput input;
  HeddleRing *ring;
  HeddleRingReader reader;
  guint capacity;
  guint64 head; /* what the writer has said last */
  char *payload;
} Fuzz;

static void
write_slot (Fuzz *self)
{
  HeddleEvent *slot =
    &self->ring->slots[(self->reader.tail + fuzz_u8 (&self->input)) % self->capacity];

  slot->time = fuzz_number (&self->input);
  slot->word = heddle_event_word ((HeddleEventType) (fuzz_u8 (&self->input) % 18),
                                  fuzz_u8 (&self->input) % 6, fuzz_u8 (&self->input));
}

static void
write_anything (Fuzz *self)
{
  gsize at = fuzz_u16 (&self->input) % heddle_ring_bytes (self->capacity);
  gsize length = fuzz_u8 (&self->input);

  fuzz_bytes (&self->input, (guint8 *) self->ring + at,
              MIN (length, heddle_ring_bytes (self->capacity) - at));
}

static void
set_head (Fuzz *self, guint64 head)
{
  self->head = head;
  atomic_store (&self->ring->head, head);
}

static void
check_payload (Fuzz *self, const HeddleEvent *event, guint64 at)
{
  const char *base = (const char *) self->ring->slots;

  g_assert_cmpuint (event->time, <=, HEDDLE_EVENT_TEXT_MAX);
  for (guint64 i = 0; i < event->time; i++)
    g_assert_cmpint (self->payload[i], ==,
                     base[((at + 1) % self->capacity * sizeof (HeddleEvent) + i)
                          % (self->capacity * sizeof (HeddleEvent))]);
  g_assert_cmpint (self->payload[event->time], ==, '\0');
}

static void
read_one (Fuzz *self)
{
  gboolean was_broken = self->reader.broken;
  guint64 at = self->reader.tail;
  HeddleEventType type;
  HeddleEvent event;

  if (!heddle_ring_read (&self->reader, &event, self->payload))
    {
      g_assert_cmpuint (self->reader.tail, ==, at);
      return;
    }
  g_assert_false (was_broken);
  type = heddle_event_type (event.word);
  g_assert_true (type > HEDDLE_EVENT_NONE && type < HEDDLE_N_EVENTS);
  g_assert_cmpuint (self->reader.tail - at, >=, 1);
  if ((type >= HEDDLE_EVENT_RESULT_TEXT && type <= HEDDLE_EVENT_OUTPUT_TEXT)
      || type == HEDDLE_EVENT_FIGURE || type == HEDDLE_EVENT_TIMES)
    check_payload (self, &event, at);
  else
    g_assert_cmpuint (self->reader.tail - at, ==, 1);
}

static void
read_plain (Fuzz *self)
{
  guint max = fuzz_u8 (&self->input);
  g_autofree HeddleEvent *events = g_new (HeddleEvent, max + 1);
  gboolean was_broken = self->reader.broken;
  guint64 at = self->reader.tail;
  guint n = heddle_ring_read_plain (&self->reader, events, max);

  g_assert_cmpuint (n, <=, max);
  g_assert_cmpuint (self->reader.tail - at, ==, n);
  g_assert_true (n == 0 || !was_broken);
  for (guint i = 0; i < n; i++)
    {
      HeddleEventType type = heddle_event_type (events[i].word);

      g_assert_true (type == HEDDLE_EVENT_QUEUED || type == HEDDLE_EVENT_TASK_NEXT);
      g_assert_true (
        memcmp (&events[i], &self->ring->slots[(at + i) % self->capacity], sizeof events[i]) == 0);
    }
}

static void
step (Fuzz *self)
{
  switch (fuzz_u8 (&self->input) % 9)
    {
    case 0:
      set_head (self, self->head + fuzz_u8 (&self->input) % (self->capacity + 2));
      break;
    case 1:
      set_head (self, fuzz_number (&self->input));
      break;
    case 2:
    case 3:
      write_slot (self);
      break;
    case 4:
      write_anything (self);
      break;
    case 5:
      read_one (self);
      break;
    case 6:
      read_plain (self);
      break;
    case 7:
      heddle_ring_release (&self->reader);
      g_assert_cmpuint (atomic_load (&self->ring->tail), ==, self->reader.tail);
      break;
    default:
      g_assert_cmpuint (heddle_ring_count_unread (&self->reader), <=, self->capacity);
      break;
    }
  g_assert_cmpuint (self->reader.head_cache - self->reader.tail, <=, self->capacity);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz fuzz = { .input = { data, size } };
  gpointer memory;

  fuzz.capacity = 8u << (fuzz_u8 (&fuzz.input) % 7);
  memory = g_aligned_alloc0 (1, heddle_ring_bytes (fuzz.capacity), 64);
  fuzz.payload = g_malloc (HEDDLE_EVENT_TEXT_MAX + 1);
  fuzz.ring = heddle_ring_init (memory, fuzz.capacity);
  fuzz.head = fuzz_number (&fuzz.input);
  atomic_store (&fuzz.ring->tail, fuzz.head);
  set_head (&fuzz, fuzz.head);
  heddle_ring_reader_init (&fuzz.reader, fuzz.ring, fuzz.capacity);
  while (fuzz.input.left > 0)
    step (&fuzz);
  for (guint i = 0; i < 2 * fuzz.capacity; i++)
    read_one (&fuzz);
  g_free (fuzz.payload);
  g_aligned_free (memory);
  return 0;
}
