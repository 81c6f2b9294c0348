/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What the guard ends when a program dies, at each stage of a command. The program is this one,
 * started again: it says which process its command is, and kills itself. Its orphans become
 * children of the test, which so learns how each has ended.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/program.h"
#include "engine/pools/command/child.h"
#include "engine/pools/command/guard.h"

#define PART  "--part"
#define SLEEP "exec sleep 12345"

static int pipes[HEDDLE_N_CHILD_STREAMS][2];

static pid_t
spawn_shell (const char *text)
{
  char *const argv[] = { (char *) "/bin/sh", (char *) "-c", (char *) text, NULL };
  pid_t pid;

  g_assert_cmpint (heddle_program_spawn_command (&pid, argv, NULL, NULL, -1,
                                                 pipes[HEDDLE_CHILD_OUT][1],
                                                 pipes[HEDDLE_CHILD_ERR][1]),
                   ==, 0);
  return pid;
}

static HeddleGuardEntry *
expect (void)
{
  g_autoptr (GError) error = NULL;
  HeddleGuardEntry *entry;

  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    g_assert_cmpint (pipe2 (pipes[i], O_CLOEXEC), ==, 0);
  g_assert_true (heddle_guard_start (NULL, &error));
  g_assert_no_error (error);
  entry = heddle_guard_expect ((int[]){ pipes[0][1], pipes[1][1] });
  g_assert_nonnull (entry);
  return entry;
}

static void
wait_for_word (HeddleChildStream stream)
{
  char byte;

  g_assert_cmpint (read (pipes[stream][0], &byte, 1), ==, 1);
}

G_NORETURN static void
die (pid_t command)
{
  printf ("command %d\n", (int) command);
  fflush (stdout);
  kill (getpid (), SIGKILL);
  abort ();
}

/* Has @part, which ends by die(), executed by this program, started again. Returns: its command. */
static pid_t
run_part (const char *part)
{
  char *argv[] = { (char *) "/proc/self/exe", (char *) PART, (char *) part, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *printed = NULL;
  int status, command;

  /* returns at the end of its output, which neither guard nor command may hold open */
  g_assert_true (g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &printed, NULL,
                               &status, &error));
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  g_assert_cmpint (sscanf (printed, "command %d", &command), ==, 1);
  g_assert_cmpint (command, >, 1);
  return command;
}

/* Returns: how it has ended */
static int
wait_for_end (pid_t pid)
{
  int status;
  pid_t ended;

  do
    ended = waitpid (pid, &status, 0);
  while (ended < 0 && errno == EINTR);
  g_assert_cmpint (ended, ==, pid);
  return status;
}

static void
check_ended_by (const char *part, int number)
{
  int status = wait_for_end (run_part (part));

  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, number);
  /* its group, and the guard, which says that all was well */
  while (wait (&status) > 0)
    g_assert_true (WIFEXITED (status) ? WEXITSTATUS (status) == 0 : WTERMSIG (status) == number);
  g_assert_cmpint (errno, ==, ECHILD);
}

static void
check_spared (const char *part)
{
  pid_t command = run_part (part);
  int status;
  pid_t ended = wait (&status); /* the guard, since the other does not end by itself */

  g_assert_cmpint (ended, !=, command);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  g_assert_cmpint (kill (command, SIGKILL), ==, 0);
  status = wait_for_end (command);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
}

static void
running_part (void)
{
  HeddleGuardEntry *entry = expect ();
  pid_t pid = spawn_shell (SLEEP);

  heddle_guard_watch (entry, pid);
  die (pid);
}

static void
starting_part (void)
{
  expect ();
  die (spawn_shell (SLEEP));
}

/* One of its outputs has gone elsewhere by then, and what has the other is a grandchild. */
static void
starting_and_redirected_part (void)
{
  pid_t pid;

  expect ();
  pid = spawn_shell ("sleep 12345 & exec >/dev/null; echo x >&2; exec 2>/dev/null sleep 12345");
  wait_for_word (HEDDLE_CHILD_ERR);
  die (pid);
}

static void
deaf_part (void)
{
  HeddleGuardEntry *entry = expect ();
  pid_t pid = spawn_shell ("trap '' TERM; sleep 12345 & echo x; " SLEEP);

  heddle_guard_watch (entry, pid);
  wait_for_word (HEDDLE_CHILD_OUT);
  die (pid);
}

static void
stopped_part (void)
{
  HeddleGuardEntry *entry = expect ();
  pid_t pid = spawn_shell (SLEEP);

  heddle_guard_watch (entry, pid);
  kill (pid, SIGSTOP);
  g_assert_cmpint (waitpid (pid, NULL, WUNTRACED), ==, pid);
  die (pid);
}

static void
forgotten_part (void)
{
  HeddleGuardEntry *entry = expect ();
  pid_t pid = spawn_shell (SLEEP);

  heddle_guard_watch (entry, pid);
  heddle_guard_forget (entry);
  die (pid);
}

/* A number that is wrong: of a process in another session. */
static void
stranger_part (void)
{
  HeddleGuardEntry *entry = expect ();
  pid_t pid = fork ();

  if (pid == 0)
    {
      setsid ();
      for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
        dup2 (pipes[i][1], STDOUT_FILENO + (int) i);
      execlp ("sh", "sh", "-c", "echo x; " SLEEP, NULL);
      _exit (127);
    }
  wait_for_word (HEDDLE_CHILD_OUT);
  heddle_guard_watch (entry, pid);
  die (pid);
}

static void
running (void)
{
  check_ended_by ("running", SIGTERM);
}

static void
starting (void)
{
  check_ended_by ("starting", SIGTERM);
}

static void
starting_and_redirected (void)
{
  check_ended_by ("starting-and-redirected", SIGTERM);
}

static void
deaf (void)
{
  check_ended_by ("deaf", SIGKILL);
}

static void
stopped (void)
{
  check_ended_by ("stopped", SIGTERM);
}

static void
forgotten (void)
{
  check_spared ("forgotten");
}

static void
stranger (void)
{
  check_spared ("stranger");
}

static void
none (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (heddle_guard_start ("/nonexistent/none", &error));
  g_assert_nonnull (strstr (error->message, "/nonexistent/none"));
  g_clear_error (&error);
  g_assert_false (heddle_guard_start ("/bin/true", &error));
  g_assert_nonnull (strstr (error->message, "not the worker program"));
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
}

/* The guard, an orphan, is this process's only child. */
static void
started_again (void)
{
  g_autoptr (GError) error = NULL;
  siginfo_t info = { 0 };
  g_autofree char *children = NULL;

  g_assert_true (heddle_guard_start (NULL, &error));
  g_assert_cmpint (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), ==, 0);
  g_assert_cmpint (info.si_pid, ==, 0); /* it is there */
  g_assert_true (g_file_get_contents ("/proc/thread-self/children", &children, NULL, NULL));
  g_assert_cmpint (kill (atoi (children), SIGINT), ==, 0);
  g_assert_cmpint (kill (atoi (children), SIGTERM), ==, 0);
  g_assert_true (heddle_guard_start (NULL, &error));
  g_assert_cmpint (kill (atoi (children), SIGKILL), ==, 0);
  g_assert_cmpint (WTERMSIG (wait_for_end (atoi (children))), ==, SIGKILL);
  g_assert_true (heddle_guard_start (NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), ==, 0);
  g_assert_cmpint (info.si_pid, ==, 0);
}

static const struct {
  const char *name;
  void (*run) (void);
} parts[] = {
  { "running", running_part },
  { "starting", starting_part },
  { "starting-and-redirected", starting_and_redirected_part },
  { "deaf", deaf_part },
  { "stopped", stopped_part },
  { "forgotten", forgotten_part },
  { "stranger", stranger_part },
};

int
main (int argc, char **argv)
{
  for (guint i = 0; argc == 3 && g_str_equal (argv[1], PART) && i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (argv[2], parts[i].name))
      parts[i].run ();
  g_test_init (&argc, &argv, NULL);
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  g_test_add_func ("/guard/running", running);
  g_test_add_func ("/guard/starting", starting);
  g_test_add_func ("/guard/starting-and-redirected", starting_and_redirected);
  g_test_add_func ("/guard/deaf", deaf);
  g_test_add_func ("/guard/stopped", stopped);
  g_test_add_func ("/guard/forgotten", forgotten);
  g_test_add_func ("/guard/stranger", stranger);
  g_test_add_func ("/guard/none", none);
  g_test_add_func ("/guard/started-again", started_again);
  return g_test_run ();
}
