/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program is killed (SIGKILL) in the middle of a run: none of its child processes outlives
 * it. */
#include "config.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault-harness.h"

typedef struct {
  const char *name;
  const char *workload;
  HeddleBackend backend;
  guint workers;
  guint processes; /* children of the host */
} Case;

static const Case cases[] = {
  { "processes", "hold", HEDDLE_BACKEND_PROCESSES, 4, 4 },
  { "process-per-task", "hold", HEDDLE_BACKEND_PROCESS_PER_TASK, 4, 4 },
  { "threads-of-a-process", "hold-threads", HEDDLE_BACKEND_THREADS, 4, 1 },
  { "processes-with-a-manager", "manager-hold", HEDDLE_BACKEND_PROCESSES, 3, 4 },
};

static gboolean
all_have_a_task (TestRun *run, guint n)
{
  HeddleWorkerInfo workers[8];

  if (heddle_run_get_workers (run->run, workers, G_N_ELEMENTS (workers)) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (workers[i].task == 0)
      return FALSE;
  return TRUE;
}

/* The other side: starts workers that never end, says so, and waits to be killed. */
static void
be_a_host (const Case *it)
{
  TestRun *run = test_run_new (it->workload, it->workers, NULL);

  run->options.backend = it->backend;
  run->options.workers = it->workers;
  test_run_start (run);
  test_wait_until (all_have_a_task (run, it->workers));
  printf ("ready\n");
  fflush (stdout);
  while (TRUE)
    pause ();
}

static guint
find_children (int pid, int *pids, guint max)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GDir) threads = g_dir_open (path, 0, NULL);
  const char *thread;
  guint n = 0;

  g_assert_nonnull (threads);
  while ((thread = g_dir_read_name (threads)) != NULL)
    {
      g_autofree char *list = g_build_filename (path, thread, "children", NULL);
      g_autofree char *text = NULL;
      g_auto (GStrv) words = NULL;

      if (!g_file_get_contents (list, &text, NULL, NULL))
        continue;
      words = g_strsplit (g_strstrip (text), " ", -1);
      for (guint i = 0; words[i] != NULL && words[i][0] != '\0' && n < max; i++)
        pids[n++] = atoi (words[i]);
    }
  return n;
}

static void
no_child_is_left (gconstpointer data)
{
  const Case *it = data;
  const char *const argv[] = { "/proc/self/exe", "--host", it->name, NULL };
  g_autoptr (GError) error = NULL;
  int pids[8], status, out_fd;
  char word[8];
  GPid host;
  FILE *out;
  guint n;

  /* orphans come to us, so that their end can be seen for certain */
  g_assert_cmpint (prctl (PR_SET_CHILD_SUBREAPER, 1), ==, 0);
  g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                            &host, NULL, &out_fd, NULL, &error);
  g_assert_no_error (error);
  out = fdopen (out_fd, "r");
  g_assert_cmpint (fscanf (out, "%7s", word), ==, 1);
  test_wait_until ((n = find_children (host, pids, G_N_ELEMENTS (pids))) == it->processes);
  g_assert_cmpint (kill (host, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (host, &status, 0), ==, host);
  for (guint i = 0; i < n; i++)
    test_wait_until (waitpid (pids[i], &status, WNOHANG) == pids[i]);
  /*
   * nor anybody who was not on the list. Somebody may have come for a moment: a manager that is
   * faster to see the lifeline go than the kernel is to kill it leaves by itself, and then its leak
   * sanitizer has a process of its own, which dies with it
   */
  test_wait_until (waitpid (-1, &status, WNOHANG) == -1 && errno == ECHILD);
  fclose (out);
  g_assert_cmpint (prctl (PR_SET_CHILD_SUBREAPER, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  for (guint i = 0; argc == 3 && i < G_N_ELEMENTS (cases); i++)
    if (g_str_equal (argv[2], cases[i].name))
      be_a_host (&cases[i]);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/host-killed/no-child-is-left/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], no_child_is_left);
    }
  return g_test_run ();
}
