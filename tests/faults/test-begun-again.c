/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "fault-harness.h"
#include "fault-workloads.h"
#include "engine/task/task.h"
#include "trace/lane-store.h"

/* A worker that is ended because of one task has begun the next one when it dies: that one is not
 * to blame, and is started again. */

#define NEXT (FAULT_TASK + 1)

/* How the spans of a task ended, in their order: "lost done". */
static char *
dup_states (HeddleLaneStore *lanes, guint64 task)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint lane = 0; lane < heddle_lane_store_get_totals (lanes).n_lanes; lane++)
    {
      HeddleSpan spans[64];
      guint n = heddle_lane_store_get_spans (lanes, lane, G_MININT64 / 2, G_MAXINT64 / 2, spans,
                                             G_N_ELEMENTS (spans));

      for (guint i = 0; i < n; i++)
        if (spans[i].id == task)
          g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "",
                                  heddle_task_state_name (spans[i].state));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The lines of a trace that are spans of the task. */
static guint
count_in_trace (const char *path, guint64 task, const char *state)
{
  g_autofree char *told =
    g_strdup_printf ("\"task\":%" G_GUINT64_FORMAT ",\"attempt\":1,\"state\":\"%s\"", task, state);
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (const char *at = strstr (text, told); at != NULL; at = strstr (at + 1, told))
    n++;
  return n;
}

static void
task_is_started_again_and_its_lane_says_so (gconstpointer data)
{
  g_autofree char *what = g_strdup_printf ("what=%u", GPOINTER_TO_UINT (data));
  g_autofree char *folder = g_dir_make_tmp ("heddle-trace-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "trace.json", NULL);
  g_autofree char *next = NULL;
  g_autofree char *late = NULL;
  TestRun *run = test_run_new ("die-after", 20, (const char *const[]) { what, NULL });

  run->options.workers = 1;
  run->options.timeout = 0.5;
  run->options.trace_path = path;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 20);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 0);
  g_assert_cmpuint (test_run_snapshot (run).retried, ==, 0);
  g_assert_cmpuint (run->attempts[NEXT], ==, 1);
  g_assert_true (test_run_log_has (run, "It is started again"));
  late = dup_states (heddle_run_get_lanes (run->run), FAULT_TASK);
  g_assert_cmpstr (late, ==, "done");
  next = dup_states (heddle_run_get_lanes (run->run), NEXT);
  g_assert_cmpstr (next, ==, "lost done");
  g_assert_cmpuint (count_in_trace (path, NEXT, "lost"), ==, 1);
  g_assert_cmpuint (count_in_trace (path, NEXT, "done"), ==, 1);
  test_run_free (run);
  g_assert_cmpint (remove (path), ==, 0);
  g_assert_cmpint (remove (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/begun-again/lane-does-not-know-of-it-yet", GUINT_TO_POINTER (0),
                        task_is_started_again_and_its_lane_says_so);
  g_test_add_data_func ("/begun-again/lane-shows-it-in-hand", GUINT_TO_POINTER (1),
                        task_is_started_again_and_its_lane_says_so);
  return g_test_run ();
}
