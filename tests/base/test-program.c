/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/program.h"

static void
program_is_looked_for (void)
{
  g_autofree char *path = heddle_worker_program_find (NULL, NULL);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  /* in the build tree, from where this test stands */
  g_assert_nonnull (path);
  g_assert_true (g_str_has_suffix (path, "/src/workloads/heddle-worker"));
  g_spawn_sync (NULL, (char *[]) { path, (char *) "--version", NULL }, NULL, G_SPAWN_DEFAULT, NULL,
                NULL, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (output, ==, "heddle-worker " HEDDLE_VERSION "\n");
  /* started by hand it says what it is for, and does nothing */
  g_spawn_sync (NULL, (char *[]) { path, NULL }, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_false (g_spawn_check_wait_status (status, NULL));

  g_setenv ("HEDDLE_WORKER", "/nonexistent/other-worker", TRUE);
  g_assert_null (heddle_worker_program_find (NULL, &error));
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
  g_assert_nonnull (strstr (error->message, "/nonexistent/other-worker"));
  g_setenv ("HEDDLE_WORKER", "/proc/self/exe", TRUE);
  g_free (path);
  path = heddle_worker_program_find (NULL, NULL);
  g_assert_cmpstr (path, ==, "/proc/self/exe");
  g_unsetenv ("HEDDLE_WORKER");
}

static int
run_shell (const char *script, const HeddleSpawnFile *files, guint n_files, int close_from)
{
  char *argv[] = { (char *) "sh", (char *) "-c", (char *) script, NULL };
  int status;
  pid_t pid;

  g_assert_cmpint (heddle_program_spawn (&pid, "/bin/sh", argv, files, n_files, close_from), ==, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* Its input is empty, what is meant for it has the numbers it was given, and nothing else of ours
 * is open there. */
static void
child_gets_what_is_meant_for_it (void)
{
  char text[16] = { 0 };
  int ends[2], other;

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  ends[1] = heddle_move_high (ends[1]);
  other = dup (ends[0]); /* not closed by exec */
  g_assert_cmpint (other, >=, 0);
  g_assert_cmpint (
    run_shell ("read line && exit 1; printf five >&5; test ! -e /dev/fd/6 && test ! -e /dev/fd/7",
               (HeddleSpawnFile[]) { { ends[1], 5 } }, 1, 6),
    ==, 0);
  g_assert_cmpint (read (ends[0], text, sizeof text), ==, 4);
  g_assert_cmpstr (text, ==, "five");
  heddle_clear_fd (&ends[0]);
  heddle_clear_fd (&ends[1]);
  heddle_clear_fd (&other);
}

/* We ignore SIGPIPE; a child that did, too, would never end in a pipe whose reader has gone. */
static void
child_has_signals_of_a_fresh_program (void)
{
  heddle_program_init_signals ();
  g_assert_cmpint (run_shell ("grep -q '^SigIgn:.*[13579bdf]...$' /proc/self/status", NULL, 0, 3),
                   ==, 1);
}

static void
missing_program_is_told_at_once (void)
{
  char *argv[] = { (char *) "none", NULL };
  pid_t pid;

  g_assert_cmpint (heddle_program_spawn (&pid, "/nonexistent/none", argv, NULL, 0, 3), ==, ENOENT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/program/is-looked-for", program_is_looked_for);
  g_test_add_func ("/program/child-gets-what-is-meant-for-it", child_gets_what_is_meant_for_it);
  g_test_add_func ("/program/child-has-signals-of-a-fresh-program",
                   child_has_signals_of_a_fresh_program);
  g_test_add_func ("/program/missing-program-is-told-at-once", missing_program_is_told_at_once);
  return g_test_run ();
}
