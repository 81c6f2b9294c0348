/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A system that starts a process and is slow to say so: the process has printed and ended before
 * the pool knows of it. The linker puts
 * __wrap_posix_spawn() before the C library's.
 */
#include "config.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "../engine/test-wait.h"
#include "engine/run/run.h"
#include "workloads/list.h"

int __real_posix_spawn (pid_t *pid, const char *path, const posix_spawn_file_actions_t *files,
                        const posix_spawnattr_t *attributes, char *const *argv,
                        char *const *environment);
int __wrap_posix_spawn (pid_t *pid, const char *path, const posix_spawn_file_actions_t *files,
                        const posix_spawnattr_t *attributes, char *const *argv,
                        char *const *environment);

/* The dispatcher's thread uses both once the run is started. */
static HeddleRun *run;
static pid_t first;

static void
wait_for_end (pid_t pid)
{
  siginfo_t info;

  g_assert_cmpint (waitid (P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), ==, 0);
}

/* The first process stands still until the second one has done its task and ended; then it does its
 * own. Only then the second one is known. */
int
__wrap_posix_spawn (pid_t *pid, const char *path, const posix_spawn_file_actions_t *files,
                    const posix_spawnattr_t *attributes, char *const *argv,
                    char *const *environment)
{
  int code = __real_posix_spawn (pid, path, files, attributes, argv, environment);

  g_assert_cmpint (code, ==, 0);
  if (first == 0)
    {
      first = *pid;
      g_assert_cmpint (kill (first, SIGSTOP), ==, 0);
      return code;
    }
  wait_for_end (*pid);
  g_assert_cmpint (kill (first, SIGCONT), ==, 0);
  wait_for_end (first);
  test_wait_for_passes (run);
  return code;
}

static char *
dup_last_line (void)
{
  HeddleLog *log = heddle_run_get_log (run);
  HeddleLogLine line;
  char *last = NULL;

  for (guint64 i = heddle_log_get_first (log); heddle_log_get (log, i, &line); i++)
    {
      if (line.level == HEDDLE_LOG_OUTPUT)
        {
          g_free (last);
          last = g_strdup (line.text);
        }
      heddle_log_line_clear (&line);
    }
  return last;
}

/* Says what came of a run that did not end as it should. */
static void
tell_log (void)
{
  HeddleLog *log = heddle_run_get_log (run);
  HeddleLogLine line;

  for (guint64 i = heddle_log_get_first (log); heddle_log_get (log, i, &line); i++)
    {
      g_test_message ("worker %u, task %" G_GUINT64_FORMAT ": %s", line.worker, line.task,
                      line.text);
      heddle_log_line_clear (&line);
    }
}

/* Whoever is the last of the two to end its task says so. */
static void
lines_come_in_their_order (void)
{
  g_autoptr (HeddleSettings) settings =
    heddle_settings_new (heddle_workloads_find ("square-and-cube"));
  g_autoptr (GError) error = NULL;
  g_autofree char *last = NULL;
  HeddleRunOptions options;
  HeddleRunSnapshot snapshot;

  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = HEDDLE_BACKEND_PROCESS_PER_TASK;
  options.workers = 2;
  run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  g_assert_true (heddle_run_start (run, &error));
  g_assert_true (heddle_run_wait (run, -1));
  heddle_run_get_snapshot (run, &snapshot);
  if (snapshot.done != 2)
    tell_log ();
  g_assert_cmpuint (snapshot.done, ==, 2);
  last = dup_last_line ();
  g_assert_cmpstr (last, ==, "Done!");
  heddle_run_unref (run);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/late-spawn/lines-come-in-their-order", lines_come_in_their_order);
  return g_test_run ();
}
