/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a task records of what it holds. */
#include "config.h"

#include "engine/task/hold.h"
#include "trace/clock.h"

#define CAPACITY 4096

typedef struct {
  gpointer memory;
  HeddleRingWriter writer;
  HeddleRingReader reader;
  HeddleTask task;
} Fixture;

static void
fixture_init (Fixture *self)
{
  HeddleRing *ring;

  *self = (Fixture) { 0 };
  self->memory = g_aligned_alloc0 (1, heddle_ring_bytes (CAPACITY), 64);
  ring = heddle_ring_init (self->memory, CAPACITY);
  heddle_ring_writer_init (&self->writer, ring, NULL, NULL);
  heddle_ring_reader_init (&self->reader, ring, CAPACITY);
  self->task.writer = &self->writer;
}

static void
fixture_clear (Fixture *self)
{
  g_aligned_free (self->memory);
}

static void
assert_next (Fixture *self, HeddleEventType type, guint number, guint64 *ticks)
{
  char payload[HEDDLE_EVENT_TEXT_MAX];
  HeddleEvent event;

  heddle_ring_publish (&self->writer);
  g_assert_true (heddle_ring_read (&self->reader, &event, payload));
  g_assert_cmpint (heddle_event_type (event.word), ==, type);
  g_assert_cmpuint (heddle_event_id (event.word), ==, number);
  *ticks = event.time;
}

static void
assert_no_more (Fixture *self)
{
  char payload[HEDDLE_EVENT_TEXT_MAX];
  HeddleEvent event;

  heddle_ring_publish (&self->writer);
  g_assert_false (heddle_ring_read (&self->reader, &event, payload));
}

/* The clock says that so much has passed, however long that really takes. */
static void
pass (gint64 ns)
{
  guint64 end = heddle_clock_ticks () + heddle_clock_span (ns);

  while (heddle_clock_ticks () <= end)
    ;
}

static void
test_long (void)
{
  guint64 before = heddle_clock_ticks (), begin, end;
  Fixture fixture;

  fixture_init (&fixture);
  heddle_hold_begin (&fixture.task, 3);
  pass (2 * HEDDLE_HOLD_SHORTEST_NS);
  heddle_hold_end (&fixture.task, 3);
  assert_next (&fixture, HEDDLE_EVENT_HOLD, 3, &begin);
  assert_next (&fixture, HEDDLE_EVENT_RELEASE, 3, &end);
  assert_no_more (&fixture);
  g_assert_cmpuint (begin, >=, before);
  g_assert_cmpuint (end - begin, >=, heddle_clock_span (2 * HEDDLE_HOLD_SHORTEST_NS));
  fixture_clear (&fixture);
}

/* One that was found to be short: the next ones are not measured, but the one after them is. A test
 * that is interrupted within its microsecond finds a long one, and tries again. */
static void
test_short (void)
{
  guint64 ticks;
  Fixture fixture;

  fixture_init (&fixture);
  for (guint i = 0; *heddle_hold_get_skip (&fixture.task, 3) == 0; i++)
    {
      g_assert_cmpuint (i, <, 1000);
      heddle_hold_begin (&fixture.task, 3);
      heddle_hold_end (&fixture.task, 3);
      if (*heddle_hold_get_skip (&fixture.task, 3) > 0)
        break;
      assert_next (&fixture, HEDDLE_EVENT_HOLD, 3, &ticks);
      assert_next (&fixture, HEDDLE_EVENT_RELEASE, 3, &ticks);
      heddle_ring_release (&fixture.reader);
    }
  assert_no_more (&fixture);
  for (guint i = 0; i < HEDDLE_HOLD_SKIP; i++)
    {
      heddle_hold_begin (&fixture.task, 3);
      g_assert_cmpuint (fixture.task.n_holds, ==, 0);
    }
  heddle_hold_begin (&fixture.task, 3);
  g_assert_cmpuint (fixture.task.n_holds, ==, 1);
  fixture_clear (&fixture);
}

/* What was taken first is recorded first, though it is given back last. */
static void
test_nested (void)
{
  guint64 outer, inner, ticks;
  Fixture fixture;

  fixture_init (&fixture);
  heddle_hold_begin (&fixture.task, 1);
  heddle_hold_begin (&fixture.task, 2);
  pass (2 * HEDDLE_HOLD_SHORTEST_NS);
  heddle_hold_end (&fixture.task, 2);
  heddle_hold_end (&fixture.task, 1);
  assert_next (&fixture, HEDDLE_EVENT_HOLD, 1, &outer);
  assert_next (&fixture, HEDDLE_EVENT_HOLD, 2, &inner);
  g_assert_cmpuint (outer, <=, inner);
  assert_next (&fixture, HEDDLE_EVENT_RELEASE, 2, &ticks);
  assert_next (&fixture, HEDDLE_EVENT_RELEASE, 1, &ticks);
  assert_no_more (&fixture);
  g_assert_cmpuint (fixture.task.n_holds, ==, 0);
  fixture_clear (&fixture);
}

/* Who sleeps with something in hand shows it at once, and records its end however soon it comes. */
static void
test_asleep (void)
{
  guint64 ticks;
  Fixture fixture;

  fixture_init (&fixture);
  heddle_hold_note (&fixture.task, 7);
  heddle_hold_record (&fixture.task);
  assert_next (&fixture, HEDDLE_EVENT_HOLD, 7, &ticks);
  assert_no_more (&fixture);
  heddle_hold_record (&fixture.task);
  assert_no_more (&fixture);
  heddle_hold_end (&fixture.task, 7);
  assert_next (&fixture, HEDDLE_EVENT_RELEASE, 7, &ticks);
  fixture_clear (&fixture);
}

/* What is not held, or more than there is room for, does no harm. */
static void
test_odd (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  heddle_hold_end (&fixture.task, 1);
  for (guint i = 0; i < 3 * HEDDLE_TASK_HOLDS; i++)
    heddle_hold_note (&fixture.task, i + 1);
  g_assert_cmpuint (fixture.task.n_holds, ==, HEDDLE_TASK_HOLDS);
  heddle_hold_end (&fixture.task, 3 * HEDDLE_TASK_HOLDS);
  g_assert_cmpuint (fixture.task.n_holds, ==, HEDDLE_TASK_HOLDS);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  heddle_clock_init ();
  g_test_add_func ("/hold/long-hold-is-recorded", test_long);
  g_test_add_func ("/hold/short-holds-cost-little", test_short);
  g_test_add_func ("/hold/outer-hold-comes-first", test_nested);
  g_test_add_func ("/hold/hold-of-a-sleeper-is-seen-at-once", test_asleep);
  g_test_add_func ("/hold/odd-ends-do-no-harm", test_odd);
  return g_test_run ();
}
