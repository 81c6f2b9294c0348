/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "whole-run.h"

#include <errno.h>
#include <sys/wait.h>

#include "workloads/list.h"

/* @assignments: as on the command line, "seconds=2"; NULL at the end. */
HeddleSettings *
whole_settings_new (const char *id, const char *const *assignments)
{
  HeddleSettings *settings = heddle_settings_new (heddle_workloads_find (id));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; assignments[i] != NULL; i++)
    {
      heddle_settings_parse (settings, assignments[i], &error);
      g_assert_no_error (error);
    }
  return settings;
}

HeddleRun *
whole_run_start (const HeddleSettings *settings, const HeddleRunOptions *options)
{
  g_autoptr (GError) error = NULL;
  HeddleRun *run = heddle_run_new (settings, options, &error);

  g_assert_no_error (error);
  heddle_run_start (run, &error);
  g_assert_no_error (error);
  return run;
}

/* The end of a run that has finished: every task has ended, and no child process is left, not even
 * a dead one. */
HeddleRunSnapshot
whole_run_get_end (HeddleRun *run)
{
  HeddleRunSnapshot end;

  heddle_run_get_snapshot (run, &end);
  g_assert_cmpuint (end.submitted, ==, end.done + end.failed + end.cancelled + end.lost);
  g_assert_cmpuint (end.n_workers, ==, 0);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
  return end;
}

/* What the tasks printed, in order. */
GPtrArray *
whole_run_dup_lines (HeddleRun *run)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  HeddleLog *log = heddle_run_get_log (run);
  HeddleLogLine line;

  for (guint64 i = heddle_log_get_first (log); heddle_log_get (log, i, &line); i++)
    {
      if (line.level == HEDDLE_LOG_OUTPUT)
        g_ptr_array_add (lines, g_strdup (line.text));
      heddle_log_line_clear (&line);
    }
  return lines;
}
