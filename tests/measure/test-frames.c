/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/frames.h"
#include "measure/pulse.h"

#define MS G_GINT64_CONSTANT (1000000)

static void
test_frames (void)
{
  HeddleFrames *frames = heddle_frames_new ();
  HeddleFramesReading reading;
  gint64 time = 1000 * MS;

  heddle_frames_read (frames, &reading);
  g_assert_cmpuint (reading.n, ==, 0);
  g_assert_cmpint (reading.last_ns, ==, 0);
  g_assert_cmpint (reading.p99_ns, ==, 0);

  for (guint i = 0; i < 100; i++, time += 16 * MS)
    heddle_frames_add (frames, time);
  heddle_frames_add (frames, time - 16 * MS); /* the same frame again */
  heddle_frames_read (frames, &reading);
  g_assert_cmpuint (reading.n, ==, 99);
  g_assert_cmpint (reading.last_ns, ==, 16 * MS);
  g_assert_cmpint (reading.p99_ns, ==, 16 * MS);

  time += 24 * MS;
  heddle_frames_add (frames, time); /* 40 ms after the last */
  heddle_frames_read (frames, &reading);
  g_assert_cmpint (reading.last_ns, ==, 40 * MS);
  g_assert_cmpint (reading.max_ns, ==, 40 * MS);
  g_assert_cmpint (reading.p99_ns, ==, 16 * MS); /* one in a hundred */

  heddle_frames_pause (frames);
  time += 5000 * MS;
  heddle_frames_add (frames, time);
  heddle_frames_read (frames, &reading);
  g_assert_cmpuint (reading.n, ==, 100);
  g_assert_cmpint (reading.max_ns, ==, 40 * MS);
  heddle_frames_add (frames, time + 17 * MS);
  heddle_frames_read (frames, &reading);
  g_assert_cmpint (reading.last_ns, ==, 17 * MS);
  heddle_frames_free (frames);
}

static void
test_history_rolls (void)
{
  HeddleFrames *frames = heddle_frames_new ();
  HeddleFramesReading reading;
  gint64 time = 1000 * MS;

  heddle_frames_add (frames, time);
  heddle_frames_add (frames, time += 500 * MS);
  for (guint i = 0; i < HEDDLE_PULSE_HISTORY; i++)
    heddle_frames_add (frames, time += 10 * MS);
  heddle_frames_read (frames, &reading);
  g_assert_cmpint (reading.p99_ns, ==, 10 * MS);
  g_assert_cmpint (reading.max_ns, ==, 500 * MS);
  heddle_frames_free (frames);
}

/* One clock ticks at 5 ms, the other one between its ticks: neither has intervals of both. */
static void
test_two_windows (void)
{
  HeddleFrames *one = heddle_frames_new (), *other = heddle_frames_new ();
  HeddleFramesReading reading;

  for (guint i = 0; i < 50; i++)
    {
      heddle_frames_add (one, 1000 * MS + i * 16 * MS);
      heddle_frames_add (other, 1005 * MS + i * 16 * MS);
    }
  heddle_frames_read (one, &reading);
  g_assert_cmpint (reading.last_ns, ==, 16 * MS);
  g_assert_cmpint (reading.max_ns, ==, 16 * MS);
  heddle_frames_read (other, &reading);
  g_assert_cmpint (reading.last_ns, ==, 16 * MS);
  g_assert_cmpint (reading.max_ns, ==, 16 * MS);
  g_assert_cmpuint (reading.n, ==, 49);
  heddle_frames_free (one);
  heddle_frames_free (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frames/frames-but-not-pauses-count", test_frames);
  g_test_add_func ("/frames/percentile-is-of-the-last-ones", test_history_rolls);
  g_test_add_func ("/frames/each-window-has-its-own", test_two_windows);
  return g_test_run ();
}
