/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts of any bytes on their way out: a trace file and a line of JSON are JSON in UTF-8 that say
 * the same text, with U+FFFD for what is none; the log and the rows keep it.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "history/json-line.h"
#include "engine/model/log.h"
#include "engine/model/results.h"
#include "fuzz.h"
#include "trace/lane-store.h"
#include "trace/trace-writer.h"

typedef struct {
  FuzzInput input;
  HeddleTraceWriter *writer;
  GPtrArray *names; /* of the events with a text, in order */
} Fuzz;

static JsonNode *
parse (const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_utf8_validate (text, (gssize) length, NULL));
  json_parser_load_from_data (parser, text, (gssize) length, &error);
  g_assert_no_error (error);
  return json_node_ref (json_parser_get_root (parser));
}

static void
assert_says (JsonObject *object, const char *member, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_assert_cmpstr (json_object_get_string_member (object, member), ==, valid);
}

/* As far as it can be said. */
static gint64
span_length (const HeddleSpan *span)
{
  guint64 length = (guint64) span->end - (guint64) span->begin;

  return (gint64) MIN (length, (guint64) G_MAXINT64);
}

static void
trace_event (Fuzz *self)
{
  HeddleSpan span = { .begin = (gint64) fuzz_number (&self->input),
                      .end = (gint64) fuzz_number (&self->input),
                      .id = fuzz_number (&self->input),
                      .state = HEDDLE_TASK_DONE + fuzz_u8 (&self->input) % 4 };
  guint lane = fuzz_u8 (&self->input) % 16;
  g_autofree char *text = fuzz_line (&self->input);

  if (lane % 2 == 0)
    {
      span.times = (HeddleTaskTimes) { (gint64) fuzz_number (&self->input),
                                       (gint64) fuzz_number (&self->input),
                                       fuzz_u16 (&self->input), fuzz_u8 (&self->input),
                                       fuzz_u8 (&self->input) % 2 };
      heddle_task_times_fit (&span.times, span.end > span.begin ? span_length (&span) : 0);
      heddle_trace_writer_span (self->writer, lane, &span, text, fuzz_u8 (&self->input),
                                (gint64) fuzz_number (&self->input));
    }
  else
    heddle_trace_writer_mark (self->writer, lane, span.begin, text);
  g_ptr_array_add (self->names, g_steal_pointer (&text));
}

static void
check_trace (Fuzz *self, int fd)
{
  gsize length = (gsize) lseek (fd, 0, SEEK_END);
  g_autofree char *text = g_malloc (length);
  g_autoptr (JsonNode) root = NULL;
  JsonArray *events;
  guint n = 0;

  g_assert_cmpint (pread (fd, text, length, 0), ==, length);
  root = parse (text, length);
  events = json_object_get_array_member (json_node_get_object (root), "traceEvents");
  for (guint i = 0; i < json_array_get_length (events); i++)
    {
      JsonObject *event = json_array_get_object_element (events, i);
      const char *phase = json_object_get_string_member (event, "ph");

      if (!g_str_equal (phase, "X") && !g_str_equal (phase, "i"))
        continue;
      g_assert_cmpuint (n, <, self->names->len);
      assert_says (event, "name", g_ptr_array_index (self->names, n++));
    }
  g_assert_cmpuint (n, ==, self->names->len);
}

static void
write_trace (Fuzz *self)
{
  int fd = memfd_create ("trace", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *title = fuzz_line (&self->input);
  g_autoptr (GError) error = NULL;
  guint n = fuzz_u8 (&self->input) % 16;

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->writer =
    heddle_trace_writer_new (path, title, (gint64) fuzz_number (&self->input), NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    trace_event (self);
  heddle_trace_writer_close (self->writer, fuzz_number (&self->input), &error);
  g_assert_no_error (error);
  check_trace (self, fd);
  g_ptr_array_unref (self->names);
  close (fd);
}

/* The host's own: CLOCK_MONOTONIC. */
static gint64
pick_time (FuzzInput *input)
{
  return (gint64) (fuzz_number (input) >> 2);
}

static void
check_line (const HeddleRow *row, gint64 origin)
{
  gsize room = heddle_json_task_room (row);
  g_autofree char *line = g_malloc (room);
  char *end = heddle_json_put_task (line, row, origin);
  g_autoptr (JsonNode) root = NULL;

  g_assert_cmpuint (end - line, <=, room);
  g_assert_true (memchr (line, '\n', (gsize) (end - line)) == end - 1);
  root = parse (line, (gsize) (end - line));
  g_assert_true (JSON_NODE_HOLDS_OBJECT (root));
  if (row->result != NULL)
    assert_says (json_node_get_object (root), "result", row->result);
  if (row->error != NULL)
    assert_says (json_node_get_object (root), "error", row->error);
}

static void
keep_row (const HeddleRow *row)
{
  HeddleResults *results = heddle_results_new (1 << 16);
  HeddleRow kept;

  heddle_results_add (results, row);
  if (heddle_results_get (results, 0, &kept))
    {
      g_assert_cmpstr (kept.label, ==, row->label);
      g_assert_cmpstr (kept.result, ==, row->result);
      g_assert_cmpstr (kept.error, ==, row->error);
      heddle_row_clear (&kept);
    }
  heddle_results_unref (results);
}

static void
keep_line (const char *text)
{
  HeddleLog *log = heddle_log_new (4);
  HeddleLogLine line;

  heddle_log_add (log, 1, HEDDLE_LOG_OUTPUT, 1, 1, text);
  g_assert_true (heddle_log_get (log, 0, &line));
  fuzz_assert_utf8 (line.text);
  heddle_log_line_clear (&line);
  heddle_log_unref (log);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz fuzz = { .input = { data, size } };
  guint has = fuzz_u8 (&fuzz.input);
  g_autofree char *result = fuzz_line (&fuzz.input);
  g_autofree char *error = fuzz_line (&fuzz.input);
  g_autofree char *bytes = fuzz_line (&fuzz.input);
  g_autofree char *label = g_utf8_make_valid (bytes, -1);
  HeddleRow row = { .id = fuzz_number (&fuzz.input),
                    .state = HEDDLE_TASK_DONE + has / 8 % 4,
                    .attempt = 1 + fuzz_u8 (&fuzz.input),
                    .worker = fuzz_u8 (&fuzz.input),
                    .queued_ns = pick_time (&fuzz.input),
                    .started_ns = pick_time (&fuzz.input),
                    .finished_ns = pick_time (&fuzz.input),
                    .label = label,
                    .result = (has & 1) != 0 ? result : NULL,
                    .error = (has & 2) != 0 ? error : NULL,
                    .input = (has & 4) != 0 ? bytes : NULL };

  check_line (&row, pick_time (&fuzz.input));
  keep_row (&row);
  keep_line (bytes);
  write_trace (&fuzz);
  return 0;
}
