/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How tightly stretches are packed, counted in bytes, and that nothing is lost by it: every time,
 * id, state and total comes back as it went in.
 */
#include "config.h"

#include <math.h>

#include "trace/track.h"

#define N_SPANS 20000
#define SECOND G_GINT64_CONSTANT (1000000000)

/* Mostly short, now and then long, as times are. */
static gint64
random_length (double mean)
{
  return (gint64) (-mean * log (1 - g_test_rand_double ()));
}

static HeddleTaskTimes
random_times (gint64 length)
{
  HeddleTaskTimes times = { .known = TRUE };

  times.on_cpu_ns = (gint64) (g_test_rand_double () * (double) length);
  times.ready_ns = (gint64) (g_test_rand_double () * (double) (length - times.on_cpu_ns));
  return times;
}

static void
assert_same (const HeddleSpan *found, const HeddleSpan *expected)
{
  g_assert_cmpint (found->begin, ==, expected->begin);
  g_assert_cmpint (found->end, ==, expected->end);
  g_assert_cmpuint (found->id, ==, expected->id);
  g_assert_cmpint (found->state, ==, expected->state);
  g_assert_cmpint (found->times.known, ==, expected->times.known);
  g_assert_cmpint (found->times.on_cpu_ns, ==, expected->times.on_cpu_ns);
  g_assert_cmpint (found->times.ready_ns, ==, expected->times.ready_ns);
}

/* What was added, up to a moment, added up by hand; @at is the stretch that the moment is in, or
 * before it. */
static void
check_sum (const HeddleTrack *track, const GArray *spans, guint at, gint64 time,
           HeddleTrackSum expected)
{
  const HeddleSpan *span = &g_array_index (spans, HeddleSpan, at);
  HeddleTrackCursor cursor = { 0 };
  HeddleTrackSum sum, again;
  guint64 touched = 0;

  if (time > span->begin)
    expected.covered += time - span->begin;
  heddle_track_sum (track, time, &cursor, &sum, &touched);
  /* a cursor that has been there before, twice, says the same */
  for (guint i = 0; i < 3; i++)
    {
      heddle_track_sum (track, time, &cursor, &again, &touched);
      g_assert_cmpmem (&again, sizeof again, &sum, sizeof sum);
    }
  g_assert_cmpint (sum.covered, ==, expected.covered);
  g_assert_cmpuint (sum.n, ==, expected.n);
  g_assert_cmpuint (sum.n_failed, ==, expected.n_failed);
  if (time > span->begin)
    return;
  g_assert_cmpint (sum.times.on_cpu, ==, expected.times.on_cpu);
  g_assert_cmpint (sum.times.ready, ==, expected.times.ready);
  g_assert_cmpint (sum.times.known, ==, expected.times.known);
}

/* Stretches have a length and a gap before them, so a moment is in one of them or before it. */
static void
check_track (const HeddleTrack *track, const GArray *spans)
{
  g_autofree HeddleSpan *found = g_new (HeddleSpan, spans->len);
  HeddleTrackSum sum = { 0 };

  g_assert_cmpuint (heddle_track_copy (track, 0, G_MAXUINT64, found, spans->len), ==, spans->len);
  for (guint i = 0; i < spans->len; i++)
    {
      const HeddleSpan *span = &g_array_index (spans, HeddleSpan, i);

      assert_same (&found[i], span);
      g_assert_cmpuint (heddle_track_count_begun (track, span->begin), ==, i);
      g_assert_cmpuint (heddle_track_count_begun (track, span->begin + 1), ==, i + 1);
      check_sum (track, spans, i, span->begin, sum);
      check_sum (track, spans, i, span->begin + (span->end - span->begin + 1) / 2, sum);
      sum.covered += span->end - span->begin;
      sum.n++;
      sum.n_failed += span->state != HEDDLE_TASK_DONE;
      if (!span->times.known)
        continue;
      sum.times.on_cpu += span->times.on_cpu_ns;
      sum.times.ready += span->times.ready_ns;
      sum.times.known += span->end - span->begin;
    }
}

static gint64
random_magnitude (guint most_bits)
{
  guint bits = (guint) g_test_rand_int_range (0, (gint) most_bits);

  return 1 + (gint64) (g_test_rand_double () * (double) ((gint64) 1 << bits));
}

/* Lengths, gaps and ids of all magnitudes side by side; where @most_bits is small they are alike,
 * and some columns take nothing. */
static void
check_random (HeddleTrackContent content, guint n, guint most_bits, gint known_of_ten)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (HeddleSpan));
  gint64 time = random_magnitude (50);
  HeddleTrack track;

  heddle_track_init (&track, content);
  for (guint i = 0; i < n; i++)
    {
      HeddleSpan span = { .begin = time + random_magnitude (most_bits),
                          .state = HEDDLE_TASK_DONE };

      span.end = span.begin + random_magnitude (most_bits);
      if (content != HEDDLE_TRACK_PLAIN)
        span.id = i % 3 == 0 ? (guint64) g_test_rand_int () << g_test_rand_int_range (0, 33) : i;
      if (content == HEDDLE_TRACK_TASKS && g_test_rand_int_range (0, 100) == 0)
        span.state = HEDDLE_TASK_FAILED;
      if (content == HEDDLE_TRACK_TASKS && g_test_rand_int_range (0, 10) < known_of_ten)
        span.times = random_times (span.end - span.begin);
      heddle_track_add (&track, &span);
      g_array_append_val (spans, span);
      time = span.end;
    }
  check_track (&track, spans);
  heddle_track_clear (&track);
}

static void
test_nothing_is_lost (void)
{
  static const guint most_bits[] = { 1, 8, 30, 42, 47 };
  static const gint known_of_ten[] = { 0, 5, 10 };

  for (guint i = 0; i < G_N_ELEMENTS (most_bits); i++)
    for (guint k = 0; k < G_N_ELEMENTS (known_of_ten); k++)
      {
        guint n = (guint) g_test_rand_int_range (1, 3000);

        check_random (HEDDLE_TRACK_TASKS, n, most_bits[i], known_of_ten[k]);
        check_random (HEDDLE_TRACK_NAMED, n, most_bits[i], 0);
        check_random (HEDDLE_TRACK_PLAIN, n, most_bits[i], 0);
      }
}

/* Every number of stretches around the borders of blocks. */
static void
test_borders (void)
{
  for (guint n = 1; n < 200; n++)
    check_random (HEDDLE_TRACK_TASKS, n, 20, 10);
  for (guint n = 1020; n < 1100; n += 7)
    check_random (HEDDLE_TRACK_TASKS, n, 20, 3);
}

/* Tasks of one of many workers that take them in turns: ids are those of all. */
typedef struct {
  const char *name;
  double length;    /* of a task, nanoseconds, mean */
  double gap;       /* between two, the same */
  guint n_workers;
  guint failing;    /* one of so many fails; 0: none */
  gboolean counted;
  double most;      /* bytes a task */
} Mix;

static const Mix mixes[] = {
  { "100 us", 1e5, 1e3, 8, 0, FALSE, 9 },
  { "100 us, failures", 1e5, 1e3, 256, 50, FALSE, 11 },
  { "100 us, counted", 1e5, 1e3, 8, 0, TRUE, 14 },
  { "1 ms, counted, half idle", 1e6, 1e6, 8, 100, TRUE, 17 },
  { "100 ms", 1e8, 1e5, 8, 0, FALSE, 10 },
  { "100 ms, counted", 1e8, 1e5, 8, 0, TRUE, 19 },
  { "100 ms, counted, half idle, 256 workers", 1e8, 1e8, 256, 50, TRUE, 22 },
  { "1 s, counted, half idle, 256 workers", 1e9, 1e9, 256, 50, TRUE, 24 },
  { "10 s, counted, half idle", 1e10, 1e10, 8, 50, TRUE, 24 },
  { "10 min, counted", 6e11, 1e6, 8, 50, TRUE, 24 },
  { "1 h, counted", 3.6e12, 1e5, 8, 0, TRUE, 24 },
};

static double
measure_mix (const Mix *mix)
{
  gint64 time = SECOND;
  HeddleTrack track;
  double bytes;

  heddle_track_init (&track, HEDDLE_TRACK_TASKS);
  for (guint i = 0; i < N_SPANS; i++)
    {
      HeddleSpan span = { .begin = time + random_length (mix->gap), .state = HEDDLE_TASK_DONE };

      span.end = span.begin + random_length (mix->length);
      span.id = (guint64) i * mix->n_workers + (guint) g_test_rand_int_range (0, 20);
      if (mix->failing > 0 && g_test_rand_int_range (0, (gint) mix->failing) == 0)
        span.state = HEDDLE_TASK_FAILED;
      if (mix->counted)
        span.times = random_times (span.end - span.begin);
      heddle_track_add (&track, &span);
      time = span.end;
    }
  bytes = (double) track.bytes / N_SPANS;
  heddle_track_clear (&track);
  return bytes;
}

static void
test_bytes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mixes); i++)
    {
      double bytes = measure_mix (&mixes[i]);

      g_test_message ("%s: %.1f bytes a task", mixes[i].name, bytes);
      g_assert_cmpfloat (bytes, <, mixes[i].most);
    }
}

/* States where every switch is known, and waits, as long as they may be. */
static void
test_bytes_of_states (void)
{
  for (double mean = 1e4; mean < 1e11; mean *= 10)
    {
      HeddleTrack track;
      gint64 time = 0;

      heddle_track_init (&track, HEDDLE_TRACK_PLAIN);
      for (guint i = 0; i < N_SPANS; i++)
        {
          HeddleSpan stretch = { .begin = time + random_length (mean) + 1 };

          stretch.end = time = stretch.begin + random_length (mean) + 1;
          heddle_track_add (&track, &stretch);
        }
      g_assert_cmpfloat ((double) track.bytes / N_SPANS, <, 12);
      heddle_track_clear (&track);
    }
}

/* A young lane has next to nothing that is kept for what may come. */
static void
test_few (void)
{
  HeddleTrack track;

  heddle_track_init (&track, HEDDLE_TRACK_TASKS);
  for (guint i = 0; i < 1200; i++)
    heddle_track_add (&track, &(HeddleSpan){ .begin = i * SECOND,
                                             .end = i * SECOND + 1 + random_length (1e7),
                                             .id = 2 * i,
                                             .state = HEDDLE_TASK_DONE,
                                             .times = { .known = TRUE } });
  g_assert_cmpuint (track.bytes, <, 24 * 1200);
  heddle_track_clear (&track);
}

/* Tasks and gaps of all kinds, some of no length; some of the oldest are given up. */
static GArray *
fill_and_drop (HeddleTrack *track, guint n)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (HeddleSpan));
  gint64 time = SECOND;

  heddle_track_init (track, HEDDLE_TRACK_TASKS);
  for (guint i = 0; i < n; i++)
    {
      HeddleSpan span = { .begin = time + g_test_rand_int_range (0, 3), .id = i,
                          .state = HEDDLE_TASK_DONE };

      span.end = span.begin + g_test_rand_int_range (0, 4);
      if (g_test_rand_int_range (0, 20) == 0)
        span.state = HEDDLE_TASK_FAILED;
      heddle_track_add (track, &span);
      g_array_append_val (spans, span);
      time = span.end;
    }
  heddle_track_drop_oldest (track);
  heddle_track_drop_oldest (track);
  return spans;
}

/* Both counts, at every moment there is, beside those made by hand. */
static void
test_counts (void)
{
  HeddleTrack track;
  g_autoptr (GArray) spans = fill_and_drop (&track, 9 * HEDDLE_TRACK_CHUNK + 100);
  guint64 first = heddle_track_get_first (&track);
  gint64 last_time = track.end + 3;
  guint begun = 0, ended = 0;

  g_assert_cmpuint (first, ==, 2 * HEDDLE_TRACK_CHUNK);
  for (gint64 time = SECOND - 1; time < last_time; time++)
    {
      while (begun < spans->len && g_array_index (spans, HeddleSpan, begun).begin < time)
        begun++;
      while (ended < spans->len && g_array_index (spans, HeddleSpan, ended).end <= time)
        ended++;
      g_assert_cmpuint (heddle_track_count_begun (&track, time), ==, MAX (begun, first));
      g_assert_cmpuint (heddle_track_count_ended (&track, time), ==, MAX (ended, first));
    }
  g_assert_cmpuint (heddle_track_count_ended (&track, G_MAXINT64), ==, spans->len);
  heddle_track_clear (&track);
}

/* Up to where a cursor says that nothing happens, another one finds the same. */
static void
test_still (void)
{
  HeddleTrack track;
  g_autoptr (GArray) spans = fill_and_drop (&track, 5 * HEDDLE_TRACK_CHUNK);
  HeddleTrackCursor cursor = { 0 };
  guint64 touched = 0;
  guint n_still = 0;

  for (gint64 time = SECOND; time < track.end + 3; time += g_test_rand_int_range (0, 2))
    {
      HeddleTrackSum sum, later;

      heddle_track_sum (&track, time, &cursor, &sum, &touched);
      g_assert_cmpint (cursor.still, >=, time);
      for (gint64 to = time + 1; to <= MIN (cursor.still, track.end + 3); to++)
        {
          HeddleTrackCursor other = { 0 };

          heddle_track_sum (&track, to, &other, &later, &touched);
          g_assert_cmpmem (&later, sizeof later, &sum, sizeof sum);
          n_still++;
          if (to > time + 4)
            break;
        }
    }
  g_assert_cmpuint (n_still, >, 100);
  heddle_track_clear (&track);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/track/nothing-is-lost-by-packing", test_nothing_is_lost);
  g_test_add_func ("/track/nothing-is-lost-at-borders-of-blocks", test_borders);
  g_test_add_func ("/track/task-with-totals-takes-24-bytes-at-most", test_bytes);
  g_test_add_func ("/track/state-takes-12-bytes-at-most", test_bytes_of_states);
  g_test_add_func ("/track/few-tasks-take-little", test_few);
  g_test_add_func ("/track/counts-are-those-made-by-hand", test_counts);
  g_test_add_func ("/track/still-is-still", test_still);
  return g_test_run ();
}
