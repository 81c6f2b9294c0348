/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "trace/lane-store.h"
#include "trace/trace-writer.h"

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("heddle-trace-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "trace.json", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static HeddleTraceWriter *
begin (Fixture *fixture, const char *title, gint64 origin)
{
  g_autoptr (GError) error = NULL;
  HeddleTraceWriter *writer =
    heddle_trace_writer_new (fixture->path, title, origin, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (writer);
  return writer;
}

static JsonParser *
end (Fixture *fixture, HeddleTraceWriter *writer, guint64 dropped)
{
  JsonParser *parser = json_parser_new_immutable ();
  g_autoptr (GError) error = NULL;

  g_assert_true (heddle_trace_writer_close (writer, dropped, &error));
  g_assert_no_error (error);
  json_parser_load_from_file (parser, fixture->path, &error);
  g_assert_no_error (error);
  return parser;
}

static JsonObject *
get_root (JsonParser *parser)
{
  return json_node_get_object (json_parser_get_root (parser));
}

/* The nth event of a phase; NULL where there are fewer. */
static JsonObject *
get_event (JsonParser *parser, const char *phase, guint nth)
{
  JsonArray *events = json_object_get_array_member (get_root (parser), "traceEvents");

  for (guint i = 0; i < json_array_get_length (events); i++)
    {
      JsonObject *event = json_array_get_object_element (events, i);

      if (g_str_equal (json_object_get_string_member (event, "ph"), phase) && nth-- == 0)
        return event;
    }
  return NULL;
}

static JsonObject *
get_args (JsonObject *event)
{
  return json_object_get_object_member (event, "args");
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonParser) parser = end (fixture, begin (fixture, "Squares", 0), 12);
  JsonObject *other = json_object_get_object_member (get_root (parser), "otherData");

  g_assert_null (get_event (parser, "X", 0));
  g_assert_cmpstr (json_object_get_string_member (get_root (parser), "displayTimeUnit"), ==, "ns");
  g_assert_cmpint (json_object_get_int_member (other, "dropped_events"), ==, 12);
  g_assert_cmpstr (json_object_get_string_member (other, "title"), ==, "Squares");
  g_assert_cmpstr (json_object_get_string_member (get_args (get_event (parser, "M", 0)), "name"),
                   ==, "Squares");
  g_assert_cmpint (json_object_get_int_member (get_event (parser, "M", 0), "pid"), ==, getpid ());
}

static void
test_span (Fixture *fixture, gconstpointer data)
{
  HeddleTraceWriter *writer = begin (fixture, "Squares", 1000000);
  HeddleSpan span = { 3500007, 3502010, 17, HEDDLE_TASK_FAILED, { 1500, 500, 3, 2, TRUE } };
  g_autoptr (JsonParser) parser = NULL;
  g_autofree char *text = NULL;
  JsonObject *event;

  heddle_trace_writer_lane (writer, 2, "Process 3", 4711, 4712);
  heddle_trace_writer_span (writer, 2, &span, "a.txt", 2, 3400000);
  span.times.known = FALSE;
  heddle_trace_writer_span (writer, 2, &span, NULL, 1, 0);
  parser = end (fixture, writer, 0);

  event = get_event (parser, "X", 0);
  g_assert_cmpint (json_object_get_int_member (event, "pid"), ==, 4711);
  g_assert_cmpint (json_object_get_int_member (event, "tid"), ==, 4712);
  g_assert_cmpstr (json_object_get_string_member (event, "name"), ==, "a.txt");
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (event, "ts"), 2500.007, 1e-6);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (event, "dur"), 2.003, 1e-6);
  g_assert_cmpint (json_object_get_int_member (get_args (event), "task"), ==, 17);
  g_assert_cmpint (json_object_get_int_member (get_args (event), "attempt"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (get_args (event), "state"), ==, "failed");
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (get_args (event), "queued_us"),
                                  2400, 1e-6);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (get_args (event), "waited_us"),
                                  100.007, 1e-6);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (get_args (event), "on_cpu_us"),
                                  1.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (get_args (event), "ready_us"), 0.5,
                                  1e-6);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (get_args (event), "blocked_us"),
                                  0.003, 1e-6);
  g_assert_cmpint (json_object_get_int_member (get_args (event), "switches"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (get_args (event), "preempted"), ==, 2);

  event = get_event (parser, "X", 1);
  g_assert_cmpstr (json_object_get_string_member (event, "name"), ==, "task 17");
  g_assert_false (json_object_has_member (get_args (event), "queued_us"));
  g_assert_false (json_object_has_member (get_args (event), "on_cpu_us"));

  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"ts\":2500.007,\"dur\":2.003,"));
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  HeddleTraceWriter *writer = begin (fixture, "Squares", 0);
  HeddleSpan span = { 10, 20, 1, HEDDLE_TASK_DONE };
  g_autoptr (JsonParser) parser = NULL;

  heddle_trace_writer_lane (writer, 0, "Thread 1", getpid (), 100);
  heddle_trace_writer_lane (writer, 1, "Process 2", 4711, 4711);
  /* its replacement stands in the same lane */
  heddle_trace_writer_lane (writer, 1, "Process 2", 4800, 4800);
  heddle_trace_writer_span (writer, 1, &span, NULL, 1, 0);
  /* a lane that nobody introduced */
  heddle_trace_writer_span (writer, 5, &span, NULL, 1, 0);
  parser = end (fixture, writer, 0);

  g_assert_cmpstr (json_object_get_string_member (get_event (parser, "M", 0), "name"), ==,
                   "process_name");
  g_assert_cmpstr (json_object_get_string_member (get_event (parser, "M", 1), "name"), ==,
                   "thread_name");
  g_assert_cmpstr (json_object_get_string_member (get_args (get_event (parser, "M", 1)), "name"),
                   ==, "Thread 1");
  g_assert_cmpint (json_object_get_int_member (get_event (parser, "M", 1), "tid"), ==, 100);
  g_assert_cmpstr (json_object_get_string_member (get_event (parser, "M", 3), "name"), ==,
                   "process_name");
  g_assert_cmpstr (json_object_get_string_member (get_args (get_event (parser, "M", 3)), "name"),
                   ==, "Process 2");
  g_assert_cmpint (json_object_get_int_member (get_event (parser, "X", 0), "pid"), ==, 4800);
  g_assert_cmpint (json_object_get_int_member (get_event (parser, "X", 1), "pid"), ==, getpid ());
}

static void
test_strings (Fixture *fixture, gconstpointer data)
{
  static const char nasty[] = "a\"b\\c\n\t\001\177 ö€😀 \xff\xc3 <&>";
  HeddleTraceWriter *writer = begin (fixture, nasty, 0);
  g_autoptr (JsonParser) parser = NULL;

  heddle_trace_writer_mark (writer, 0, 5, nasty);
  parser = end (fixture, writer, 0);
  g_assert_cmpstr (json_object_get_string_member (get_event (parser, "i", 0), "name"), ==,
                   "a\"b\\c\n\t\001\177 ö€😀 \xef\xbf\xbd\xef\xbf\xbd <&>");
}

static void
test_counter (Fixture *fixture, gconstpointer data)
{
  HeddleTraceWriter *writer = begin (fixture, "Squares", 5000);
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *event;

  heddle_trace_writer_counter (writer, 1, "queue", 0.125);
  heddle_trace_writer_counter (writer, 1, "queue", NAN);
  heddle_trace_writer_counter (writer, G_MININT64, "queue", -INFINITY);
  heddle_trace_writer_counter (writer, G_MININT64, "queue", 1e300);
  parser = end (fixture, writer, 0);
  event = get_event (parser, "C", 0);
  g_assert_cmpstr (json_object_get_string_member (event, "name"), ==, "queue");
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (event, "ts"), -4.999, 1e-6);
  g_assert_cmpfloat (json_object_get_double_member (get_args (event), "value"), ==, 0.125);
  g_assert_cmpfloat (json_object_get_double_member (get_args (get_event (parser, "C", 1)), "value"),
                     ==, 1e300);
  g_assert_null (get_event (parser, "C", 2));
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  HeddleTraceWriter *writer = begin (fixture, "Squares", 0);
  g_autoptr (JsonParser) parser = NULL;
  const guint n = 20000;

  for (guint i = 0; i < n; i++)
    {
      HeddleSpan span = { i * 10, i * 10 + 5, i, HEDDLE_TASK_DONE };

      heddle_trace_writer_span (writer, i % 4, &span, "label", 1, 1);
    }
  parser = end (fixture, writer, 0);
  g_assert_cmpuint (
    json_array_get_length (json_object_get_array_member (get_root (parser), "traceEvents")), ==,
    n + 1);
  g_assert_cmpint (json_object_get_int_member (get_args (get_event (parser, "X", n - 1)), "task"),
                   ==, n - 1);
}

static void
test_full (void)
{
  g_autoptr (GError) error = NULL;
  HeddleTraceWriter *writer =
    heddle_trace_writer_new ("/dev/full", "Squares", 0, NULL, NULL, &error);
  HeddleSpan span = { 10, 20, 1, HEDDLE_TASK_DONE };

  g_assert_no_error (error);
  for (guint i = 0; i < 10000; i++)
    heddle_trace_writer_span (writer, 0, &span, NULL, 1, 0);
  g_assert_false (heddle_trace_writer_close (writer, 0, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_assert_nonnull (strstr (error->message, "/dev/full"));
  g_assert_true (g_file_test ("/dev/full", G_FILE_TEST_EXISTS));
}

/* The little that is written fits into the buffer: the error comes with the last write. */
static void
test_full_at_close (void)
{
  g_autoptr (GError) error = NULL;
  HeddleTraceWriter *writer = heddle_trace_writer_new ("/dev/full", "Squares", 0, NULL, NULL, NULL);

  g_assert_false (heddle_trace_writer_close (writer, 0, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "missing", "trace.json", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (heddle_trace_writer_new (path, "Squares", 0, NULL, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, path));
}

#define ADD(name, func) g_test_add ("/trace-writer/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("empty-trace-is-valid", test_empty);
  ADD ("span-has-times-and-arguments", test_span);
  ADD ("workers-have-names", test_names);
  ADD ("any-string-is-valid", test_strings);
  ADD ("counters-that-are-no-number-are-left-out", test_counter);
  ADD ("many-spans-are-valid", test_many);
  ADD ("missing-folder-is-told", test_no_folder);
  g_test_add_func ("/trace-writer/full-disk-is-told", test_full);
  g_test_add_func ("/trace-writer/full-disk-is-told-at-close", test_full_at_close);
  return g_test_run ();
}
