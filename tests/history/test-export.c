/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run as files: what is in them, and that nothing is lost where they cannot be written. */
#include "config.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "history/export.h"
#include "history/json-line.h"
#include "trace/clock.h"
#include "workloads/list.h"

#define N "1500"
#define N_TASKS 1500

typedef struct {
  HeddleRun *run;
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (heddle_workloads_find ("squares"));
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;

  heddle_clock_init ();
  heddle_settings_set (settings, "n", N, &error);
  g_assert_no_error (error);
  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.workers = 3;
  self->run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  heddle_run_start (self->run, &error);
  g_assert_no_error (error);
  heddle_run_wait (self->run, -1);
  self->folder = g_dir_make_tmp ("heddle-export-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "file", NULL);
}

/* Nothing is left beside the file. */
static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->folder);
  heddle_run_unref (self->run);
}

static char **
read_lines (Fixture *self, const HeddleExport *what, guint *n)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const char *separator = what->format == HEDDLE_EXPORT_CSV ? "\r\n" : "\n";
  char **lines;

  heddle_export_write (self->run, what, self->path, NULL, &error);
  g_assert_no_error (error);
  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (text, separator));
  lines = g_strsplit (text, separator, -1);
  *n = g_strv_length (lines) - 1; /* the last one is empty */
  return lines;
}

static JsonObject *
parse (JsonParser *parser, const char *line)
{
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, line, -1, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

static void
test_lines_of_json (Fixture *self, gconstpointer data)
{
  HeddleExport what = { .format = HEDDLE_EXPORT_JSONL };
  g_autofree gboolean *seen = g_new0 (gboolean, N_TASKS + 1);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (GStrv) lines = NULL;
  JsonObject *object;
  gint64 finished = 0;
  guint n;

  lines = read_lines (self, &what, &n);
  g_assert_cmpuint (n, ==, N_TASKS + 3 + 1); /* three workers, and the run */
  for (guint i = 0; i < N_TASKS; i++)
    {
      gint64 id;

      object = parse (parser, lines[i]);
      g_assert_cmpstr (json_object_get_string_member (object, "type"), ==, "task");
      id = json_object_get_int_member (object, "id");
      g_assert_true (id >= 1 && id <= N_TASKS && !seen[id]);
      seen[id] = TRUE;
      g_assert_cmpint (g_ascii_strtoll (json_object_get_string_member (object, "result"), NULL, 10),
                       ==, id * id);
      finished = MAX (finished, json_object_get_int_member (object, "finished_ns"));
    }
  object = parse (parser, lines[n - 1]);
  g_assert_cmpstr (json_object_get_string_member (object, "type"), ==, "run");
  g_assert_cmpint (json_object_get_int_member (object, "done"), ==, N_TASKS);
  g_assert_cmpint (json_object_get_int_member (object, "elapsed_ns"), >=, finished);
}

static void
test_chosen_rows (Fixture *self, gconstpointer data)
{
  static const guint64 ids[] = { 17, 3, 999999, 1200 }; /* one is not there */
  HeddleExport what = { .format = HEDDLE_EXPORT_CSV, .ids = ids, .n_ids = G_N_ELEMENTS (ids) };
  g_auto (GStrv) lines = NULL;
  guint n;

  lines = read_lines (self, &what, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_true (g_str_has_prefix (lines[0], "task,label,state,"));
  g_assert_true (g_str_has_prefix (lines[1], "17,the square of 17,done,289,"));
  g_assert_true (g_str_has_prefix (lines[2], "3,the square of 3,done,9,"));
  g_assert_true (g_str_has_prefix (lines[3], "1200,the square of 1200,done,1440000,"));
}

static gboolean
is_even (const HeddleRow *row, gpointer data)
{
  return row->id % 2 == 0;
}

static void
test_wanted_rows (Fixture *self, gconstpointer data)
{
  HeddleExport what = { .format = HEDDLE_EXPORT_JSONL, .wants = is_even };
  g_auto (GStrv) lines = NULL;
  guint n;

  lines = read_lines (self, &what, &n);
  g_assert_cmpuint (n, ==, N_TASKS / 2); /* and nothing of the whole run */
}

/* Counts the spans of a trace, each task once. */
static guint
count_spans (Fixture *self, const HeddleExport *what, gint64 origin)
{
  g_autofree gboolean *seen = g_new0 (gboolean, N_TASKS + 1);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *events;
  guint n = 0;

  heddle_export_write (self->run, what, self->path, NULL, &error);
  g_assert_no_error (error);
  json_parser_load_from_file (parser, self->path, &error);
  g_assert_no_error (error);
  events = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)),
                                         "traceEvents");
  for (guint i = 0; i < json_array_get_length (events); i++)
    {
      JsonObject *event = json_array_get_object_element (events, i), *args;
      g_autofree char *label = NULL;
      double begin, end;
      gint64 id;

      if (g_strcmp0 (json_object_get_string_member_with_default (event, "cat", NULL), "task") != 0)
        continue;
      args = json_object_get_object_member (event, "args");
      id = json_object_get_int_member (args, "task");
      g_assert_true (id >= 1 && id <= N_TASKS && !seen[id]);
      seen[id] = TRUE;
      n++;
      label = g_strdup_printf ("the square of %" G_GINT64_FORMAT, id);
      g_assert_cmpstr (json_object_get_string_member (event, "name"), ==, label);
      g_assert_cmpstr (json_object_get_string_member (args, "state"), ==, "done");
      begin = json_object_get_double_member (event, "ts") * 1000 + (double) origin;
      end = begin + json_object_get_double_member (event, "dur") * 1000;
      if (what->end_ns != 0)
        g_assert_true (end > (double) what->begin_ns - 2 && begin < (double) what->end_ns + 2);
    }
  return n;
}

static void
test_a_trace_of_a_stretch (Fixture *self, gconstpointer data)
{
  HeddleExport what = { .format = HEDDLE_EXPORT_TRACE };
  g_autofree HeddleRunSnapshot *snapshot = g_new (HeddleRunSnapshot, 1);
  HeddleRow row;
  guint n = 0;

  heddle_run_get_snapshot (self->run, snapshot);
  g_assert_cmpuint (count_spans (self, &what, snapshot->started_ns), ==, N_TASKS);
  /* from the middle of one task to the middle of another */
  g_assert_true (heddle_results_get (heddle_run_get_results (self->run), 500, &row));
  what.begin_ns = row.started_ns + (row.finished_ns - row.started_ns) / 2;
  heddle_row_clear (&row);
  g_assert_true (heddle_results_get (heddle_run_get_results (self->run), 900, &row));
  what.end_ns = row.started_ns + (row.finished_ns - row.started_ns) / 2 + 1;
  heddle_row_clear (&row);
  for (guint i = 0; i < N_TASKS; i++)
    {
      g_assert_true (heddle_results_get (heddle_run_get_results (self->run), i, &row));
      n += row.started_ns < what.end_ns && row.finished_ns > what.begin_ns;
      heddle_row_clear (&row);
    }
  g_assert_cmpuint (count_spans (self, &what, snapshot->started_ns), ==, n);
}

/* A run whose tasks sleep for so long that the times of each are counted. */
static HeddleRun *
run_naps (void)
{
  g_autoptr (HeddleSettings) settings =
    heddle_settings_new (heddle_workloads_find ("handle-requests"));
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  HeddleRun *run;

  heddle_settings_set (settings, "requests", "12", &error);
  g_assert_no_error (error);
  heddle_settings_set (settings, "seconds", "0.01", &error);
  g_assert_no_error (error);
  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = HEDDLE_BACKEND_THREADS;
  options.workers = 3;
  options.states = HEDDLE_STATES_COUNTED;
  run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  heddle_run_start (run, &error);
  g_assert_no_error (error);
  heddle_run_wait (run, -1);
  return run;
}

/* Of microseconds with three decimals, which are whole nanoseconds. */
static gint64
get_ns (JsonObject *args, const char *key)
{
  return (gint64) (json_object_get_double_member (args, key) * 1000 + 0.5);
}

/* The arguments of a task's span have what its row says of its time. */
static void
assert_has_states (HeddleRun *run, JsonObject *args)
{
  guint64 id = (guint64) json_object_get_int_member (args, "task"), index;
  HeddleRow row;

  g_assert_true (heddle_results_find_id (heddle_run_get_results (run), id, &index));
  g_assert_true (heddle_results_get (heddle_run_get_results (run), index, &row));
  g_assert_true (row.times.known);
  g_assert_cmpint (get_ns (args, "on_cpu_us"), ==, row.times.on_cpu_ns);
  g_assert_cmpint (get_ns (args, "ready_us"), ==, row.times.ready_ns);
  g_assert_cmpint (get_ns (args, "blocked_us"), ==,
                   heddle_task_times_get_blocked (&row.times, row.finished_ns - row.started_ns));
  g_assert_cmpint (json_object_get_int_member (args, "switches"), ==, row.times.switches);
  g_assert_cmpint (json_object_get_int_member (args, "preempted"), ==, row.times.preempted);
  g_assert_cmpint (get_ns (args, "blocked_us"), >=, 9000000); /* it slept for 10 ms */
  g_assert_cmpuint (row.times.switches, >=, 1);
  heddle_row_clear (&row);
}

/* As the trace that a run writes while it goes on. */
static void
test_a_trace_has_states (Fixture *self, gconstpointer data)
{
  HeddleExport what = { .format = HEDDLE_EXPORT_TRACE };
  g_autoptr (HeddleRun) run = run_naps ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *events;
  guint n = 0;

  heddle_export_write (run, &what, self->path, NULL, &error);
  g_assert_no_error (error);
  json_parser_load_from_file (parser, self->path, &error);
  g_assert_no_error (error);
  events = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)),
                                         "traceEvents");
  for (guint i = 0; i < json_array_get_length (events); i++)
    {
      JsonObject *event = json_array_get_object_element (events, i);

      if (g_strcmp0 (json_object_get_string_member_with_default (event, "cat", NULL), "task") != 0)
        continue;
      assert_has_states (run, json_object_get_object_member (event, "args"));
      n++;
    }
  g_assert_cmpuint (n, ==, 12);
}

/* What was there before is there still, and nothing beside it. */
static void
assert_untouched (Fixture *self)
{
  g_autofree char *text = NULL;

  g_file_get_contents (self->path, &text, NULL, NULL);
  g_assert_cmpstr (text, ==, "before");
}

static void
test_nothing_is_lost (Fixture *self, gconstpointer data)
{
  static const HeddleExportFormat formats[] = { HEDDLE_EXPORT_CSV, HEDDLE_EXPORT_JSONL,
                                                HEDDLE_EXPORT_TRACE };
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_assert_true (g_file_set_contents (self->path, "before", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      HeddleExport what = { .format = formats[i] };
      g_autoptr (GError) error = NULL, full = NULL, gone = NULL;
      g_autofree char *nowhere = g_build_filename (self->folder, "no", "such", "folder", NULL);

      g_assert_false (heddle_export_write (self->run, &what, self->path, cancelled, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      assert_untouched (self);
      g_assert_false (heddle_export_write (self->run, &what, nowhere, NULL, &gone));
      g_assert_error (gone, G_FILE_ERROR, G_FILE_ERROR_NOENT);
      g_assert_nonnull (strstr (gone->message, "folder"));
      if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
        continue;
      g_assert_false (heddle_export_write (self->run, &what, "/dev/full", NULL, &full));
      g_assert_error (full, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
      g_assert_nonnull (strstr (full->message, "full"));
      g_assert_true (g_file_test ("/dev/full", G_FILE_TEST_EXISTS));
    }
}

/* A link stays one, and a file keeps its mode. */
static void
test_a_file_is_replaced (Fixture *self, gconstpointer data)
{
  HeddleExport what = { .format = HEDDLE_EXPORT_CSV };
  g_autofree char *link = g_build_filename (self->folder, "link", NULL);
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_assert_true (g_file_set_contents (self->path, "before", -1, NULL));
  g_assert_cmpint (g_chmod (self->path, 0640), ==, 0);
  g_assert_cmpint (symlink ("file", link), ==, 0);
  heddle_export_write (self->run, &what, link, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (g_stat (self->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
  g_assert_cmpint (info.st_size, >, 10000);
  g_unlink (link);
}

/* Of several processes the time on CPUs is known, and the rest is no number. */
static void
test_on_cpu_alone (void)
{
  const HeddleRow row = {
    .id = 1, .state = HEDDLE_TASK_DONE, .attempt = 1, .worker = 1, .started_ns = 1,
    .finished_ns = 101, .label = (char *) "a",
    .times = { .on_cpu_ns = 150, .ready_ns = -1, .switches = 3, .preempted = 2, .known = TRUE },
  };
  g_autofree char *line = g_malloc0 (heddle_json_task_room (&row) + 1);

  heddle_json_put_task (line, &row, 0);
  g_assert_nonnull (strstr (line, "\"on_cpu_ns\":150,\"ready_ns\":null,\"blocked_ns\":null,"
                                  "\"switches\":3,\"preempted\":2"));
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*test) (Fixture *self, gconstpointer data);
  } tests[] = {
    { "/export/lines-of-json", test_lines_of_json },
    { "/export/chosen-rows", test_chosen_rows },
    { "/export/wanted-rows", test_wanted_rows },
    { "/export/a-trace-of-a-stretch", test_a_trace_of_a_stretch },
    { "/export/a-trace-has-states", test_a_trace_has_states },
    { "/export/nothing-is-lost", test_nothing_is_lost },
    { "/export/a-file-is-replaced", test_a_file_is_replaced },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/export/on-cpu-alone", test_on_cpu_alone);
  return g_test_run ();
}
