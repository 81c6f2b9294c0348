/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parser of the kernel's ring on made-up bytes. */
#include "config.h"

#include <linux/perf_event.h>
#include <string.h>

#include "trace/switch-ring.h"

#define SIZE 512

typedef struct {
  guint8 bytes[SIZE];
  guint64 head;
  HeddleSwitchRing ring;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  memset (self->bytes, 0xa5, sizeof self->bytes);
  heddle_switch_ring_init (&self->ring, self->bytes, sizeof self->bytes);
  self->head = 0;
}

static void
put (Fixture *self, gconstpointer bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    self->bytes[self->head++ % SIZE] = ((const guint8 *) bytes)[i];
}

static void
put_header (Fixture *self, guint32 type, guint16 misc, gsize size)
{
  struct perf_event_header header = { .type = type, .misc = misc, .size = (guint16) size };

  put (self, &header, sizeof header);
}

static void
put_id (Fixture *self, guint32 tid, guint64 time, guint32 cpu)
{
  const guint32 thread[] = { 4711, tid }, processor[] = { cpu, 0 };

  put (self, thread, sizeof thread);
  put (self, &time, sizeof time);
  put (self, processor, sizeof processor);
}

static void
put_switch (Fixture *self, guint16 misc, guint32 tid, guint64 time, guint32 cpu)
{
  put_header (self, PERF_RECORD_SWITCH, misc, 32);
  put_id (self, tid, time, cpu);
}

static void
put_task (Fixture *self, guint32 type, guint32 tid, guint64 time)
{
  const guint32 who[] = { 4711, 4710, tid, 4712 };

  put_header (self, type, 0, 56);
  put (self, who, sizeof who);
  put (self, &time, sizeof time);
  put_id (self, 4712, time, 3);
}

static void
put_lost (Fixture *self, guint64 lost, guint64 time)
{
  const guint64 body[] = { 99, lost };

  put_header (self, PERF_RECORD_LOST, 0, 48);
  put (self, body, sizeof body);
  put_id (self, 4712, time, 1);
}

static void
put_name (Fixture *self)
{
  const guint32 who[] = { 4711, 4712 };

  put_header (self, PERF_RECORD_COMM, 0, 56);
  put (self, who, sizeof who);
  put (self, "a name\0\0\0\0\0\0\0\0\0", 16);
  put_id (self, 4712, 5, 1);
}

static void
expect (Fixture *self, HeddleSwitchKind kind, guint tid, gint64 time, guint cpu)
{
  HeddleSwitch record = { 0 };

  heddle_switch_ring_see (&self->ring, self->head);
  g_assert_true (heddle_switch_ring_read (&self->ring, &record));
  g_assert_cmpint (record.kind, ==, kind);
  g_assert_cmpuint (record.tid, ==, tid);
  g_assert_cmpint (record.time_ns, ==, time);
  g_assert_cmpuint (record.cpu, ==, cpu);
}

static void
expect_nothing (Fixture *self)
{
  HeddleSwitch record;

  g_assert_false (heddle_switch_ring_see (&self->ring, self->head));
  g_assert_false (heddle_switch_ring_read (&self->ring, &record));
  g_assert_false (self->ring.broken);
}

static void
expect_broken (Fixture *self)
{
  HeddleSwitch record;
  guint64 tail = self->ring.tail;

  heddle_switch_ring_see (&self->ring, self->head);
  g_assert_false (heddle_switch_ring_read (&self->ring, &record));
  g_assert_true (self->ring.broken);
  g_assert_cmpuint (self->ring.tail, ==, tail);
  /* for good */
  g_assert_false (heddle_switch_ring_see (&self->ring, tail));
  g_assert_false (heddle_switch_ring_read (&self->ring, &record));
}

static void
test_kinds (Fixture *self, gconstpointer data)
{
  const guint16 out = PERF_RECORD_MISC_SWITCH_OUT;

  put_task (self, PERF_RECORD_FORK, 17, 9);
  put_switch (self, PERF_RECORD_MISC_USER, 17, 10, 1);
  put_switch (self, out, 17, 20, 1);
  put_switch (self, out | PERF_RECORD_MISC_SWITCH_OUT_PREEMPT, 18, 30, 255);
  put_task (self, PERF_RECORD_EXIT, 17, 40);
  expect (self, HEDDLE_SWITCH_BORN, 17, 9, 3);
  expect (self, HEDDLE_SWITCH_IN, 17, 10, 1);
  expect (self, HEDDLE_SWITCH_OUT, 17, 20, 1);
  expect (self, HEDDLE_SWITCH_PREEMPTED, 18, 30, 255);
  expect (self, HEDDLE_SWITCH_EXIT, 17, 40, 3);
  expect_nothing (self);
}

static void
test_others_are_passed_over (Fixture *self, gconstpointer data)
{
  put_name (self);
  put_header (self, PERF_RECORD_THROTTLE, 0, 8);
  put_switch (self, 0, 17, 10, 1);
  put_name (self);
  expect (self, HEDDLE_SWITCH_IN, 17, 10, 1);
  {
    HeddleSwitch record;

    g_assert_false (heddle_switch_ring_read (&self->ring, &record));
    g_assert_false (self->ring.broken);
  }
  expect_nothing (self);
}

/* A record of 32 bytes after each of 8: every place at which one can be cut in two by the end. */
static void
test_wrapped (Fixture *self, gconstpointer data)
{
  guint64 n_cut = 0;

  for (guint i = 1; i < 1000; i++)
    {
      if (i % 3 == 0)
        put_header (self, PERF_RECORD_UNTHROTTLE, 0, 8);
      n_cut += self->head % SIZE > SIZE - 32;
      put_switch (self, 0, i, i * 1000ull, i % 7);
      expect (self, HEDDLE_SWITCH_IN, i, i * 1000ll, i % 7);
      expect_nothing (self);
    }
  g_assert_cmpuint (n_cut, >, 10);
}

static void
test_lost (Fixture *self, gconstpointer data)
{
  put_lost (self, 3, 5);
  put_switch (self, 0, 17, 10, 1);
  put_lost (self, 1000, 90);
  put_switch (self, 0, 18, 90, 1);
  expect (self, HEDDLE_SWITCH_LOST, 0, 0, 1);
  expect (self, HEDDLE_SWITCH_IN, 17, 10, 1);
  /* it is not known what was between the one before and this one */
  expect (self, HEDDLE_SWITCH_LOST, 0, 10, 1);
  expect (self, HEDDLE_SWITCH_IN, 18, 90, 1);
  g_assert_cmpuint (self->ring.lost, ==, 1003);
}

static void
test_full (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < SIZE / 32 - 2; i++)
    put_switch (self, 0, i, i, 0);
  g_assert_true (heddle_switch_ring_see (&self->ring, self->head));
  g_assert_false (heddle_switch_ring_is_full (&self->ring));
  put_switch (self, 0, 99, 99, 0);
  g_assert_true (heddle_switch_ring_see (&self->ring, self->head));
  g_assert_true (heddle_switch_ring_is_full (&self->ring));
}

static void
test_head_too_far (Fixture *self, gconstpointer data)
{
  self->head = SIZE + 8;
  expect_broken (self);
}

static void
test_head_goes_back (Fixture *self, gconstpointer data)
{
  put_switch (self, 0, 17, 10, 1);
  expect (self, HEDDLE_SWITCH_IN, 17, 10, 1);
  self->head = 24;
  expect_broken (self);
}

static void
test_half_a_header (Fixture *self, gconstpointer data)
{
  put (self, "\x0e\0\0\0", 4);
  expect_broken (self);
}

/* A record of every type with every length but its own. */
static void
test_wrong_lengths (Fixture *self, gconstpointer data)
{
  const guint32 types[] = { PERF_RECORD_SWITCH, PERF_RECORD_FORK, PERF_RECORD_EXIT,
                            PERF_RECORD_LOST, PERF_RECORD_SAMPLE, 0, G_MAXUINT32 };
  const guint right[] = { 32, 56, 56, 48, 0, 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    for (guint size = 0; size <= SIZE + 16; size++)
      {
        gboolean sane = right[i] != 0 ? size == right[i]
                                      : size >= 8 && size % 8 == 0 && size <= SIZE;
        HeddleSwitch record;

        set_up (self, NULL);
        put_header (self, types[i], 0, size);
        self->head = SIZE;
        heddle_switch_ring_see (&self->ring, self->head);
        heddle_switch_ring_read (&self->ring, &record);
        g_assert_cmpuint (self->ring.tail, ==, sane ? size : 0);
      }
}

/* The length fits the type, but the writer says it has not written so much. */
static void
test_beyond_head (Fixture *self, gconstpointer data)
{
  put_switch (self, 0, 17, 10, 1);
  self->head = 24;
  expect_broken (self);
}

static void
test_extremes (Fixture *self, gconstpointer data)
{
  put_switch (self, 0, G_MAXUINT32, G_MAXUINT64, G_MAXUINT32);
  expect (self, HEDDLE_SWITCH_IN, G_MAXUINT32, G_MAXINT64, G_MAXUINT16);
}

static void
test_garbage (Fixture *self, gconstpointer data)
{
  guint n_broken = 0;

  for (guint round = 0; round < 20000; round++)
    {
      HeddleSwitch record;

      for (guint i = 0; i < SIZE; i++)
        self->bytes[i] = (guint8) g_test_rand_int_range (0, i % 8 > 3 ? 256 : 20);
      heddle_switch_ring_init (&self->ring, self->bytes, SIZE);
      heddle_switch_ring_see (&self->ring, (guint64) g_test_rand_int_range (0, SIZE + 64));
      while (heddle_switch_ring_read (&self->ring, &record))
        g_assert_cmpint (record.kind, <, HEDDLE_N_SWITCH_KINDS);
      n_broken += self->ring.broken;
    }
  g_assert_cmpuint (n_broken, >, 10000);
}

#define ADD(name, func) g_test_add ("/switch-ring/" name, Fixture, NULL, set_up, func, NULL)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("kinds-are-told-apart", test_kinds);
  ADD ("other-records-are-passed-over", test_others_are_passed_over);
  ADD ("records-cut-in-two-come-whole", test_wrapped);
  ADD ("losses-are-counted-and-placed", test_lost);
  ADD ("full-is-when-a-record-may-not-fit", test_full);
  ADD ("head-too-far-breaks", test_head_too_far);
  ADD ("head-that-goes-back-breaks", test_head_goes_back);
  ADD ("half-a-header-breaks", test_half_a_header);
  ADD ("wrong-lengths-break", test_wrong_lengths);
  ADD ("record-beyond-head-breaks", test_beyond_head);
  ADD ("extremes-are-limited", test_extremes);
  ADD ("garbage-never-crashes", test_garbage);
  return g_test_run ();
}
