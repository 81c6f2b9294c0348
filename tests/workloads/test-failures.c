/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "engine/model/backend.h"
#include "engine/run/run.h"
#include "whole-run.h"
#include "workloads/list.h"

/* The workloads of the groups "Failures" and "Costs", through the whole engine with the real worker
 * program, on every backend they name. */

typedef struct {
  HeddleRun *run;
  HeddleRunSnapshot end;
} Ended;

/* Settings as on the command line, NULL at the end. */
static Ended
run_to_end (const char *id, HeddleBackend backend, guint retries, double timeout,
            const char *const *assignments)
{
  g_autoptr (HeddleSettings) settings = whole_settings_new (id, assignments);
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  Ended ended;

  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = backend;
  options.retries = retries;
  options.timeout = timeout;
  ended.run = whole_run_start (settings, &options);
  heddle_run_wait (ended.run, -1);
  error = heddle_run_dup_error (ended.run);
  g_assert_no_error (error);
  ended.end = whole_run_get_end (ended.run);
  return ended;
}

static HeddleTaskState
get_row (Ended *ended, guint64 id, char **text)
{
  HeddleTaskState state;
  guint64 index;
  HeddleRow row;

  g_assert_true (heddle_results_find_id (heddle_run_get_results (ended->run), id, &index));
  g_assert_true (heddle_results_get (heddle_run_get_results (ended->run), index, &row));
  state = row.state;
  if (text != NULL)
    *text = g_strdup (row.error != NULL ? row.error : row.result);
  heddle_row_clear (&row);
  return state;
}

/* How many lines of the log have this in them. */
static guint
count_lines (Ended *ended, const char *part)
{
  HeddleLog *log = heddle_run_get_log (ended->run);
  HeddleLogLine line;
  guint n = 0;

  for (guint64 i = heddle_log_get_first (log); heddle_log_get (log, i, &line); i++)
    {
      n += strstr (line.text, part) != NULL;
      heddle_log_line_clear (&line);
    }
  return n;
}

static gboolean
is_process (HeddleBackend backend)
{
  return heddle_backend_get_info (backend)->is_process;
}

/* 3, 6 and 9 of ten tasks raise. */
static void
exceptions_are_handled (gconstpointer data)
{
  const char *const settings[] = { "mode=handled", "seconds=0", NULL };
  Ended ended =
    run_to_end ("exceptions-in-tasks", (HeddleBackend) GPOINTER_TO_INT (data), 0, 0, settings);

  g_assert_cmpuint (ended.end.done, ==, 10);
  g_assert_cmpuint (count_lines (&ended, "Error in thread: An error occurred!"), ==, 3);
  heddle_run_unref (ended.run);
}

static void
exceptions_are_carried (gconstpointer data)
{
  const char *const settings[] = { "mode=future", "seconds=0", NULL };
  Ended ended =
    run_to_end ("exceptions-in-tasks", (HeddleBackend) GPOINTER_TO_INT (data), 0, 0, settings);

  g_assert_cmpuint (ended.end.done, ==, 7);
  g_assert_cmpuint (ended.end.failed, ==, 3);
  for (guint id = 3; id <= 9; id += 3)
    {
      g_autofree char *text = NULL;

      g_assert_cmpint (get_row (&ended, id, &text), ==, HEDDLE_TASK_FAILED);
      g_assert_cmpstr (text, ==, "An error occurred!");
    }
  heddle_run_unref (ended.run);
}

static void
exceptions_are_collected (gconstpointer data)
{
  const char *const settings[] = { "mode=queue", "seconds=0", NULL };
  Ended ended =
    run_to_end ("exceptions-in-tasks", (HeddleBackend) GPOINTER_TO_INT (data), 0, 0, settings);
  g_autofree char *text = NULL;

  g_assert_cmpuint (ended.end.done, ==, 11);
  g_assert_cmpint (get_row (&ended, 1, &text), ==, HEDDLE_TASK_DONE);
  g_assert_cmpstr (text, ==, "3 errors collected");
  g_assert_cmpuint (count_lines (&ended, "Error in thread: An error occurred! (task 6)"), ==, 1);
  heddle_run_unref (ended.run);
}

static void
exceptions_go_unhandled (gconstpointer data)
{
  const char *const settings[] = { "mode=unhandled", "seconds=0", NULL };
  HeddleBackend backend = (HeddleBackend) GPOINTER_TO_INT (data);
  Ended ended = run_to_end ("exceptions-in-tasks", backend, 0, 0, settings);

  g_assert_cmpuint (ended.end.done, ==, is_process (backend) ? 7 : 10);
  g_assert_cmpuint (ended.end.lost, ==, is_process (backend) ? 3 : 0);
  g_assert_cmpuint (count_lines (&ended, "Exception in task 9: An error occurred!"), ==, 1);
  heddle_run_unref (ended.run);
}

/* The number of the first line of the log that has this in it. */
static guint64
find_line (Ended *ended, const char *part)
{
  HeddleLog *log = heddle_run_get_log (ended->run);
  HeddleLogLine line;

  for (guint64 i = heddle_log_get_first (log); heddle_log_get (log, i, &line); i++)
    {
      gboolean found = strstr (line.text, part) != NULL;

      heddle_log_line_clear (&line);
      if (found)
        return i;
    }
  g_error ("no line says “%s”", part);
}

/* On processes one task is lost; on threads all that were in hand, which the log says one by
 * one. */
static void
crash_costs (gconstpointer data, const char *how, const char *death)
{
  HeddleBackend backend = (HeddleBackend) GPOINTER_TO_INT (data);
  g_autofree char *assignment = g_strdup_printf ("how=%s", how);
  const char *const settings[] = { "tasks=40", "task=5", "seconds=0.02", assignment, NULL };
  Ended ended = run_to_end ("crash-a-worker", backend, 0, 0, settings);
  g_autofree char *text = NULL;

  g_assert_cmpint (get_row (&ended, 5, &text), ==, HEDDLE_TASK_LOST);
  g_assert_nonnull (strstr (text, death));
  g_assert_cmpuint (ended.end.done + ended.end.lost, ==, 40);
  g_assert_cmpuint (ended.end.lost, >=, 1);
  g_assert_cmpuint (ended.end.lost, <=, is_process (backend) ? 1 : 4);
  g_assert_cmpuint (count_lines (&ended, "all threads of the process died with it"), ==,
                    is_process (backend) ? 0 : 4);
  g_assert_cmpuint (ended.end.workers_lost, ==, is_process (backend) ? 1 : 4);
  g_assert_cmpuint (find_line (&ended, "Task 5 crashes now"), <, find_line (&ended, death));
  heddle_run_unref (ended.run);
}

static void
segv_costs (gconstpointer data)
{
  crash_costs (data, "segv", "signal 11");
}

static void
abort_costs (gconstpointer data)
{
  crash_costs (data, "abort", "signal 6");
}

static void
exit_costs (gconstpointer data)
{
  crash_costs (data, "exit", "status 3");
}

static void
retried_crash_costs_nothing (gconstpointer data)
{
  const char *const settings[] = { "tasks=20", "task=5", "seconds=0.01", "how=kill", NULL };
  Ended ended =
    run_to_end ("crash-a-worker", (HeddleBackend) GPOINTER_TO_INT (data), 1, 0, settings);

  g_assert_cmpuint (ended.end.done, ==, 20);
  g_assert_cmpuint (ended.end.retried, >=, 1);
  g_assert_cmpuint (find_line (&ended, "Task 5 crashes now"), <, find_line (&ended, "signal 9"));
  g_assert_cmpuint (find_line (&ended, "It was running task 5"), <,
                    find_line (&ended, "Task 5 (task 5, which crashes) is tried again"));
  heddle_run_unref (ended.run);
}

/* The threads are those of a child, so its number is not ours; another number of them takes another
 * child. */
static void
hosted_threads_can_be_resized (void)
{
  g_autoptr (HeddleSettings) settings =
    heddle_settings_new (heddle_workloads_find ("crash-a-worker"));
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  HeddleRunSnapshot end;
  HeddleRun *run;

  g_assert_true (heddle_settings_parse (settings, "tasks=60", NULL));
  g_assert_true (heddle_settings_parse (settings, "task=0", NULL));
  g_assert_true (heddle_settings_parse (settings, "seconds=0.01", NULL));
  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = HEDDLE_BACKEND_THREADS;
  options.workers = 2;
  run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  heddle_run_start (run, &error);
  g_assert_no_error (error);
  heddle_run_resize (run, 5);
  heddle_run_resize (run, 3);
  heddle_run_wait (run, -1);
  heddle_run_get_snapshot (run, &end);
  g_assert_cmpuint (end.done, ==, 60);
  g_assert_cmpuint (end.workers_lost, ==, 0);
  g_assert_cmpuint (end.n_lanes, >=, 3);
  heddle_run_unref (run);
}

/* Names both locks and both workers, and ends. */
static void
deadlock_is_told (gconstpointer data)
{
  const char *const settings[] = { "scene=two-locks", "rounds=2", "seconds=0", NULL };
  HeddleBackend backend = (HeddleBackend) GPOINTER_TO_INT (data);
  Ended ended = run_to_end ("deadlock", backend, 0, 0, settings);
  g_autofree char *text = NULL;
  guint64 id = 1;

  g_assert_cmpuint (ended.end.failed, >=, 1);
  if (get_row (&ended, id, NULL) != HEDDLE_TASK_FAILED)
    id = 2;
  g_assert_cmpint (get_row (&ended, id, &text), ==, HEDDLE_TASK_FAILED);
  g_assert_nonnull (strstr (text, "“lock A”"));
  g_assert_nonnull (strstr (text, "“lock B”"));
  g_assert_nonnull (strstr (text, is_process (backend) ? "Process 1 holds" : "Thread 1 holds"));
  g_assert_nonnull (strstr (text, is_process (backend) ? "Process 2 holds" : "Thread 2 holds"));
  heddle_run_unref (ended.run);
}

static void
philosophers_starve_together (gconstpointer data)
{
  const char *const settings[] = { "scene=philosophers", "rounds=1", "seconds=0", NULL };
  Ended ended = run_to_end ("deadlock", (HeddleBackend) GPOINTER_TO_INT (data), 0, 0, settings);

  g_assert_cmpuint (ended.end.submitted, ==, 5);
  g_assert_cmpuint (ended.end.failed, >=, 1);
  g_assert_cmpuint (count_lines (&ended, "“fork 5”"), >=, 1);
  heddle_run_unref (ended.run);
}

static void
deadlock_is_cured (gconstpointer data)
{
  const char *const cures[] = { "cure=order", "cure=try-lock" };
  const char *const scenes[] = { "scene=two-locks", "scene=philosophers" };

  for (guint i = 0; i < 4; i++)
    {
      const char *const settings[] = { cures[i / 2], scenes[i % 2], "rounds=5", "seconds=0.001",
                                       NULL };
      Ended ended = run_to_end ("deadlock", (HeddleBackend) GPOINTER_TO_INT (data), 0, 0, settings);

      g_assert_cmpuint (ended.end.done, ==, ended.end.submitted);
      heddle_run_unref (ended.run);
    }
}

static void
hang_is_ended (gconstpointer data)
{
  HeddleBackend backend = (HeddleBackend) GPOINTER_TO_INT (data);
  const char *const hows[] = { "how=sleeps", "how=loops", "how=deaf" };

  for (guint i = 0; i < G_N_ELEMENTS (hows); i++)
    {
      const char *const settings[] = {
        "tasks=4", "task=2", "limit=0.2", "seconds=0", hows[i], NULL
      };
      Ended ended = run_to_end ("hang", backend, 0, 0, settings);
      g_autofree char *text = NULL;

      g_assert_cmpint (get_row (&ended, 2, &text), ==, HEDDLE_TASK_FAILED);
      g_assert_true (g_str_has_prefix (text, "The task took longer than 0.2 s."));
      g_assert_cmpint (strstr (text, "was killed") != NULL, ==, is_process (backend) && i == 2);
      g_assert_cmpuint (ended.end.done, ==, 3);
      g_assert_cmpuint (ended.end.workers_lost, ==, 0);
      heddle_run_unref (ended.run);
    }
}

/* A limit of the run's own; an attempt that takes too long is tried again like one that failed. */
static void
limit_of_the_run_counts (gconstpointer data)
{
  const char *const settings[] = { "requests=2", "seconds=3600", NULL };
  Ended ended =
    run_to_end ("handle-requests", (HeddleBackend) GPOINTER_TO_INT (data), 1, 0.1, settings);

  g_assert_cmpuint (ended.end.failed, ==, 2);
  g_assert_cmpuint (ended.end.retried, ==, 2);
  heddle_run_unref (ended.run);
}

static void
everybody_gets_turns (gconstpointer data)
{
  const char *const scenes[] = { "scene=readers", "scene=greedy" };

  for (guint i = 0; i < 4; i++)
    {
      const char *const settings[] = { scenes[i / 2], i % 2 == 0 ? "fair=on" : "fair=off",
                                       "seconds=0.1", "hold=1", NULL };
      Ended ended =
        run_to_end ("starvation", (HeddleBackend) GPOINTER_TO_INT (data), 0, 0, settings);

      g_assert_cmpuint (ended.end.done, ==, 4);
      for (guint id = 1; id <= 4; id++)
        {
          g_autofree char *text = NULL;

          get_row (&ended, id, &text);
          g_assert_cmpint (g_ascii_strtoll (text, NULL, 10), >=, 1);
          g_assert_nonnull (strstr (text, "longest wait"));
        }
      heddle_run_unref (ended.run);
    }
}

/* Every line has a figure that is not nothing. */
static void
costs_are_measured (gconstpointer data)
{
  const char *const settings[] = { "times=10", NULL };
  HeddleFigure figures[HEDDLE_MAX_FIGURES];
  Ended ended = run_to_end ("costs", (HeddleBackend) GPOINTER_TO_INT (data), 0, 0, settings);

  g_assert_cmpuint (ended.end.done, ==, 14);
  for (guint id = 1; id <= 14; id++)
    {
      g_autofree char *text = NULL;

      get_row (&ended, id, &text);
      g_assert_cmpfloat (g_ascii_strtod (text, NULL), >, 0);
      g_assert_true (g_str_has_suffix (text, "; 10 times)"));
      g_assert_nonnull (strstr (text, " (four out of five: "));
    }
  g_assert_cmpuint (heddle_run_get_figures (ended.run, figures, HEDDLE_MAX_FIGURES), ==, 14);
  for (guint i = 0; i < 14; i++)
    {
      g_assert_cmpfloat (figures[i].low, >, 0);
      g_assert_cmpfloat (figures[i].low, <=, figures[i].value);
      g_assert_cmpfloat (figures[i].value, <=, figures[i].high);
    }
  heddle_run_unref (ended.run);
}

typedef struct {
  const char *name;
  const char *workload;
  GTestDataFunc run;
} Case;

static const Case cases[] = {
  { "exceptions/are-handled", "exceptions-in-tasks", exceptions_are_handled },
  { "exceptions/are-carried-in-the-result", "exceptions-in-tasks", exceptions_are_carried },
  { "exceptions/are-collected", "exceptions-in-tasks", exceptions_are_collected },
  { "exceptions/go-unhandled", "exceptions-in-tasks", exceptions_go_unhandled },
  { "crash/by-segv", "crash-a-worker", segv_costs },
  { "crash/by-abort", "crash-a-worker", abort_costs },
  { "crash/by-exit", "crash-a-worker", exit_costs },
  { "crash/retried-costs-nothing", "crash-a-worker", retried_crash_costs_nothing },
  { "deadlock/is-told", "deadlock", deadlock_is_told },
  { "deadlock/philosophers", "deadlock", philosophers_starve_together },
  { "deadlock/is-cured", "deadlock", deadlock_is_cured },
  { "hang/is-ended", "hang", hang_is_ended },
  { "hang/limit-of-the-run-counts", "handle-requests", limit_of_the_run_counts },
  { "starvation/everybody-gets-turns", "starvation", everybody_gets_turns },
  { "costs/are-measured", "costs", costs_are_measured },
};

int
main (int argc, char *argv[])
{
  const guint loops = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_MAIN_LOOP)
    | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_MAIN_LOOP_BLOCKING);

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint b = 0; b < HEDDLE_N_BACKENDS; b++)
      {
        g_autofree char *path = g_strdup_printf ("/failures/%s/%s", cases[i].name,
                                                 heddle_backend_get_info ((HeddleBackend) b)->id);

        if ((heddle_workloads_find (cases[i].workload)->backends & ~loops & HEDDLE_BACKEND_BIT (b))
            != 0)
          g_test_add_data_func (path, GUINT_TO_POINTER (b), cases[i].run);
      }
  g_test_add_func ("/failures/crash/hosted-threads-can-be-resized", hosted_threads_can_be_resized);
  return g_test_run ();
}
