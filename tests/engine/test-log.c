/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>

#include "engine/model/log.h"
#include "trace/clock.h"

static void
keeps_lines_in_order (void)
{
  HeddleLog *log = heddle_log_new (100);
  HeddleLogLine line;

  g_assert_cmpuint (heddle_log_get_length (log), ==, 0);
  g_assert_cmpuint (heddle_log_get_first (log), ==, 0);
  g_assert_false (heddle_log_get (log, 0, &line));

  heddle_log_add (log, 17, HEDDLE_LOG_OUTPUT, 3, 42, "Number: 1");
  heddle_log_add (log, 16, HEDDLE_LOG_WARNING, 0, 0, "Letter: a");
  g_assert_cmpuint (heddle_log_get_length (log), ==, 2);
  g_assert_true (heddle_log_get (log, 0, &line));
  g_assert_cmpint (line.time, ==, 17);
  g_assert_cmpint (line.level, ==, HEDDLE_LOG_OUTPUT);
  g_assert_cmpuint (line.worker, ==, 3);
  g_assert_cmpuint (line.task, ==, 42);
  g_assert_cmpstr (line.text, ==, "Number: 1");
  heddle_log_line_clear (&line);
  g_assert_null (line.text);
  g_assert_true (heddle_log_get (log, 1, &line));
  g_assert_cmpstr (line.text, ==, "Letter: a");
  heddle_log_line_clear (&line);
  g_assert_false (heddle_log_get (log, 2, &line));
  heddle_log_unref (log);
}

/* Capacities around the steps in which the ring grows. */
static void
oldest_lines_go (void)
{
  static const guint capacities[] = { 1, 2, 63, 64, 65, 100, 128, 129 };

  for (guint c = 0; c < G_N_ELEMENTS (capacities); c++)
    {
      guint capacity = capacities[c];
      HeddleLog *log = heddle_log_new (capacity);
      HeddleLogLine line;

      for (guint i = 0; i < 300; i++)
        {
          guint64 first = i + 1 > capacity ? i + 1 - capacity : 0;

          heddle_log_printf (log, HEDDLE_LOG_INFO, 0, i, "line %u", i);
          g_assert_cmpuint (heddle_log_get_length (log), ==, i + 1);
          g_assert_cmpuint (heddle_log_get_first (log), ==, first);
          g_assert_true (first == 0 || !heddle_log_get (log, first - 1, &line));
        }
      for (guint64 i = heddle_log_get_first (log); i < 300; i++)
        {
          g_autofree char *expected = g_strdup_printf ("line %u", (guint) i);

          g_assert_true (heddle_log_get (log, i, &line));
          g_assert_cmpstr (line.text, ==, expected);
          g_assert_cmpuint (line.task, ==, i);
          heddle_log_line_clear (&line);
        }
      heddle_log_unref (log);
    }
}

static void
text_is_made_valid (void)
{
  HeddleLog *log = heddle_log_new (4);
  HeddleLogLine line;

  heddle_log_add (log, 0, HEDDLE_LOG_OUTPUT, 1, 1, "caf\xe9");
  g_assert_true (heddle_log_get (log, 0, &line));
  g_assert_cmpstr (line.text, ==, "caf\xef\xbf\xbd");
  heddle_log_line_clear (&line);
  heddle_log_unref (log);
}

static void
printf_stamps_the_time (void)
{
  HeddleLog *log = heddle_log_new (4);
  gint64 before = heddle_clock_monotonic_ns ();
  HeddleLogLine line;

  heddle_log_printf (log, HEDDLE_LOG_ERROR, 2, 3, "%s %d%%", "worker", 50);
  g_assert_true (heddle_log_get (log, 0, &line));
  g_assert_cmpstr (line.text, ==, "worker 50%");
  g_assert_cmpint (line.time, >=, before);
  g_assert_cmpint (line.time, <=, heddle_clock_monotonic_ns ());
  heddle_log_line_clear (&line);
  heddle_log_unref (log);
}

#define WRITERS 4
#define LINES 2000

typedef struct {
  HeddleLog *log;
  guint worker;
} Writer;

static void *
write_lines (void *data)
{
  Writer *writer = data;

  for (guint i = 0; i < LINES; i++)
    heddle_log_printf (writer->log, HEDDLE_LOG_OUTPUT, writer->worker, i, "line %u", i);
  heddle_log_unref (writer->log);
  return NULL;
}

/* Several threads add while one reads: each writer's lines stay in order, none is lost or
 * doubled. */
static void
any_thread_may_write (void)
{
  HeddleLog *log = heddle_log_new (WRITERS * LINES);
  pthread_t threads[WRITERS];
  Writer writers[WRITERS];
  guint next[WRITERS] = { 0 };
  guint64 index = 0;
  HeddleLogLine line;

  for (guint i = 0; i < WRITERS; i++)
    {
      writers[i] = (Writer) { heddle_log_ref (log), i };
      g_assert_cmpint (pthread_create (&threads[i], NULL, write_lines, &writers[i]), ==, 0);
    }
  while (index < WRITERS * LINES)
    {
      if (!heddle_log_get (log, index, &line))
        {
          sched_yield ();
          continue;
        }
      g_assert_cmpuint (line.task, ==, next[line.worker]);
      next[line.worker]++;
      heddle_log_line_clear (&line);
      index++;
    }
  for (guint i = 0; i < WRITERS; i++)
    {
      pthread_join (threads[i], NULL);
      g_assert_cmpuint (next[i], ==, LINES);
    }
  heddle_log_unref (log);
}

/* It is known for as long as the log lives, however many lines have come since. */
static void
first_error_stays_known (void)
{
  HeddleLog *log = heddle_log_new (2);
  g_autofree char *first = NULL;
  guint64 index = 0;

  g_assert_null (heddle_log_dup_first_error (log, NULL));
  heddle_log_add (log, 1, HEDDLE_LOG_WARNING, 1, 0, "a worker died");
  g_assert_null (heddle_log_dup_first_error (log, NULL));
  g_assert_cmpuint (heddle_log_add (log, 2, HEDDLE_LOG_ERROR, 1, 0, "the first"), ==, 1);
  heddle_log_add (log, 3, HEDDLE_LOG_ERROR, 1, 0, "the second");
  for (guint i = 0; i < 4; i++)
    heddle_log_add (log, 4 + i, HEDDLE_LOG_OUTPUT, 1, 0, "chatter");
  first = heddle_log_dup_first_error (log, &index);
  g_assert_cmpstr (first, ==, "the first");
  g_assert_cmpuint (index, ==, 1);
  heddle_log_unref (log);
}

/* However long its lines are, the log keeps within 32 MiB; the newest line stays, also alone. */
static void
long_lines_make_old_ones_go (void)
{
  const gsize most = 32 * 1024 * 1024;
  HeddleLog *log = heddle_log_new (1000);
  g_autofree char *text = g_strnfill (1024 * 1024, 'e');
  g_autofree char *huge = g_strnfill (most, 'h');
  HeddleLogLine line;

  for (guint64 i = 0; i < 100; i++)
    {
      heddle_log_add (log, (gint64) i, HEDDLE_LOG_WARNING, 0, 0, text);
      g_assert_cmpuint (heddle_log_get_bytes (log), <=, most);
      g_assert_true (heddle_log_get (log, i, &line));
      heddle_log_line_clear (&line);
    }
  g_assert_cmpuint (heddle_log_get_first (log), >=, 100 - 32);
  g_assert_cmpuint (heddle_log_get_first (log), <, 100 - 28);
  g_assert_false (heddle_log_get (log, heddle_log_get_first (log) - 1, &line));
  heddle_log_add (log, 100, HEDDLE_LOG_WARNING, 0, 0, huge);
  g_assert_cmpuint (heddle_log_get_first (log), ==, 100);
  heddle_log_add (log, 101, HEDDLE_LOG_OUTPUT, 0, 0, "short");
  g_assert_cmpuint (heddle_log_get_first (log), ==, 101);
  g_assert_cmpuint (heddle_log_get_length (log), ==, 102);
  heddle_log_unref (log);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/keeps-lines-in-order", keeps_lines_in_order);
  g_test_add_func ("/log/oldest-lines-go", oldest_lines_go);
  g_test_add_func ("/log/text-is-made-valid", text_is_made_valid);
  g_test_add_func ("/log/printf-stamps-the-time", printf_stamps_the_time);
  g_test_add_func ("/log/first-error-stays-known", first_error_stays_known);
  g_test_add_func ("/log/any-thread-may-write", any_thread_may_write);
  g_test_add_func ("/log/long-lines-make-old-ones-go", long_lines_make_old_ones_go);
  return g_test_run ();
}
