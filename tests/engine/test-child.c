/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Commands, executed for real: how they end, what they write, and who is left when they are ended.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "engine/pools/command/child.h"

/* Whoever runs a command: keeps what it writes, and ends it when it has written "ready". */
typedef struct {
  GString *written[HEDDLE_N_CHILD_STREAMS];
  gboolean ends_it; /* once it is ready */
  gboolean is_over;
  HeddleChildEnd end;
} Ran;

static void
take_output (HeddleChildStream stream, const char *bytes, gsize n, gpointer data)
{
  Ran *self = data;

  g_assert_cmpuint (n, >, 0);
  g_string_append_len (self->written[stream], bytes, (gssize) n);
  if (self->ends_it && strstr (self->written[HEDDLE_CHILD_OUT]->str, "ready\n") != NULL)
    self->is_over = TRUE;
}

static gboolean
is_over (gpointer data)
{
  return ((Ran *) data)->is_over;
}

static void
run_command (Ran *self, const HeddleCommand *command)
{
  HeddleChildHost host = { take_output, is_over, self, -1 };

  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    self->written[i] = g_string_new (NULL);
  heddle_child_run (command, &host, &self->end);
}

static void
run_shell (Ran *self, const char *text)
{
  char *const argv[] = { "/bin/sh", "-c", (char *) text, NULL };

  run_command (self, &(HeddleCommand){ .argv = argv, .stdin_fd = -1 });
}

static void
clear (Ran *self)
{
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    g_string_free (self->written[i], TRUE);
}

static void
check_ends (const char *text, HeddleChildEnding ending, int code, int number)
{
  Ran ran = { 0 };

  run_shell (&ran, text);
  g_assert_cmpint (ran.end.ending, ==, ending);
  g_assert_cmpint (ran.end.error, ==, 0);
  g_assert_cmpint (ran.end.code, ==, code);
  g_assert_cmpint (ran.end.signal, ==, number);
  clear (&ran);
}

static void
ends (void)
{
  check_ends (":", HEDDLE_CHILD_ENDED, 0, 0);
  check_ends ("exit 7", HEDDLE_CHILD_ENDED, 7, 0);
  check_ends ("exit 300", HEDDLE_CHILD_ENDED, 300 % 256, 0);
  check_ends ("kill -SEGV $$", HEDDLE_CHILD_ENDED, -1, SIGSEGV);
  check_ends ("no-such-program 2>/dev/null", HEDDLE_CHILD_ENDED, 127, 0);
  /* a fresh program: what we ignore or block is no concern of it */
  check_ends ("kill -PIPE $$", HEDDLE_CHILD_ENDED, -1, SIGPIPE);
  check_ends ("kill -INT $$", HEDDLE_CHILD_ENDED, -1, SIGINT);
  check_ends ("exec >&- 2>&-; sleep 0.1; exit 3", HEDDLE_CHILD_ENDED, 3, 0);
}

static void
check_not_started (const HeddleCommand *command, int error)
{
  Ran ran = { 0 };

  run_command (&ran, command);
  g_assert_cmpint (ran.end.ending, ==, HEDDLE_CHILD_NOT_STARTED);
  g_assert_cmpint (ran.end.error, ==, error);
  g_assert_cmpint (ran.end.code, ==, -1);
  clear (&ran);
}

static void
not_started (void)
{
  char *const missing[] = { "no-such-program", NULL };
  char *const folder[] = { "/tmp", NULL };
  char *const good[] = { "true", NULL };
  struct rlimit limit, few;

  check_not_started (&(HeddleCommand){ .argv = missing, .stdin_fd = -1 }, ENOENT);
  check_not_started (&(HeddleCommand){ .argv = folder, .stdin_fd = -1 }, EACCES);
  check_not_started (
    &(HeddleCommand){ .argv = good, .stdin_fd = -1, .directory = "/no/such/folder" }, ENOENT);
  getrlimit (RLIMIT_NOFILE, &limit);
  few = limit;
  few.rlim_cur = 4;
  setrlimit (RLIMIT_NOFILE, &few);
  check_not_started (&(HeddleCommand){ .argv = good, .stdin_fd = -1 }, EMFILE);
  setrlimit (RLIMIT_NOFILE, &limit);
}

static void
output (void)
{
  Ran ran = { 0 };

  run_shell (&ran, "printf 'a\\0b'; printf 'c\\377' >&2; printf 'd\\n'");
  g_assert_cmpmem (ran.written[HEDDLE_CHILD_OUT]->str, ran.written[HEDDLE_CHILD_OUT]->len,
                   "a\0bd\n", 5);
  g_assert_cmpmem (ran.written[HEDDLE_CHILD_ERR]->str, ran.written[HEDDLE_CHILD_ERR]->len, "c\377",
                   2);
  g_assert_cmpuint (ran.end.n_bytes[HEDDLE_CHILD_OUT], ==, 5);
  g_assert_cmpuint (ran.end.n_bytes[HEDDLE_CHILD_ERR], ==, 2);
  clear (&ran);

  /* more than pipes have room for, on both at the same time */
  run_shell (&ran, "head -c 5000000 /dev/zero >&2 & head -c 7000000 /dev/zero; wait");
  g_assert_cmpuint (ran.end.n_bytes[HEDDLE_CHILD_OUT], ==, 7000000);
  g_assert_cmpuint (ran.end.n_bytes[HEDDLE_CHILD_ERR], ==, 5000000);
  clear (&ran);
}

static void
surroundings (void)
{
  char *const cat[] = { "cat", NULL };
  char *const show[] = { "sh", "-c", "pwd; echo \"$GIVEN $HOME\"", NULL };
  char *const environment[] = { "GIVEN=this", "PATH=/usr/bin:/bin", NULL };
  int pipe_fds[2];
  Ran ran = { 0 };

  run_command (&ran, &(HeddleCommand){ .argv = cat, .stdin_fd = -1 });
  g_assert_cmpint (ran.end.code, ==, 0);
  g_assert_cmpuint (ran.end.n_bytes[HEDDLE_CHILD_OUT], ==, 0);
  clear (&ran);

  g_assert_cmpint (pipe2 (pipe_fds, O_CLOEXEC), ==, 0);
  g_assert_cmpint (write (pipe_fds[1], "given", 5), ==, 5);
  close (pipe_fds[1]);
  run_command (&ran, &(HeddleCommand){ .argv = cat, .stdin_fd = pipe_fds[0] });
  close (pipe_fds[0]);
  g_assert_cmpstr (ran.written[HEDDLE_CHILD_OUT]->str, ==, "given");
  clear (&ran);

  run_command (&ran,
               &(HeddleCommand){
                 .argv = show, .environment = environment, .directory = "/usr", .stdin_fd = -1 });
  g_assert_cmpstr (ran.written[HEDDLE_CHILD_OUT]->str, ==, "/usr\nthis \n");
  clear (&ran);
}

static gboolean
is_there (pid_t pid)
{
  char path[64], text[512];

  g_snprintf (path, sizeof path, "/proc/%d/stat", (int) pid);
  return heddle_read_small (path, text, sizeof text) && strstr (text, ") Z ") == NULL;
}

/* Who is left behind holds the pipes, and the command has ended even so. */
static void
left_behind (void)
{
  Ran ran = { 0 };
  pid_t pid;

  run_shell (&ran, "sleep 1000 & echo $!");
  pid = atoi (ran.written[HEDDLE_CHILD_OUT]->str);
  g_assert_cmpint (ran.end.ending, ==, HEDDLE_CHILD_ENDED);
  g_assert_cmpint (ran.end.code, ==, 0);
  g_assert_true (is_there (pid));
  kill (pid, SIGKILL);
  clear (&ran);

  /* and also where it is never quiet */
  run_shell (&ran, "(while :; do echo; done) & echo $! >&2");
  pid = atoi (ran.written[HEDDLE_CHILD_ERR]->str);
  g_assert_cmpint (ran.end.code, ==, 0);
  kill (pid, SIGKILL);
  clear (&ran);
}

static void
check_ended (const char *text, HeddleChildEnding ending, guint n_killed)
{
  Ran ran = { .ends_it = TRUE };

  run_shell (&ran, text);
  g_assert_cmpint (ran.end.ending, ==, ending);
  g_assert_cmpuint (ran.end.n_killed, ==, n_killed);
  g_assert_cmpuint (ran.end.n_left, ==, 0);
  clear (&ran);
}

static void
ended (void)
{
  check_ended ("echo ready; exec sleep 1000", HEDDLE_CHILD_TERMINATED, 0);
  check_ended ("echo ready; kill -STOP $$", HEDDLE_CHILD_TERMINATED, 0);
  check_ended ("trap 'exit 5' TERM; echo ready; while :; do sleep 0.01; done",
               HEDDLE_CHILD_TERMINATED, 0);
  check_ended ("trap '' TERM; echo ready; exec sleep 1000", HEDDLE_CHILD_KILLED, 1);
  /* the first hears it and ends, its children do not */
  check_ended ("(trap '' TERM; (echo ready; exec sleep 1000); :) & wait", HEDDLE_CHILD_KILLED, 2);
}

/* The shell's loop, by the kernel's own count. */
static void
counted (void)
{
  Ran ran = { 0 };

  run_shell (&ran, "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; cat /proc/$$/schedstat");
  g_assert_cmpint (ran.end.cpu_ns, >, 1000000);
  /* rusage counts what it was charged with up to its end, which came after it was asked */
  g_assert_cmpint (ran.end.cpu_ns, >=,
                   strtoll (ran.written[HEDDLE_CHILD_OUT]->str, NULL, 10) * 9 / 10);
  g_assert_cmpuint (ran.end.max_rss, >, 100 * 1024);
  g_assert_cmpuint (ran.end.switches, >=, ran.end.preempted);
  clear (&ran);
}

/* ... and what it does not tell: for how long two processes together were ready. */
static void
ready (void)
{
  Ran ran = { 0 };

  run_shell (&ran, "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; (exit 3); exit $?");
  g_assert_cmpint (ran.end.code, ==, 3);
  g_assert_cmpint (ran.end.cpu_ns, >, 1000000);
  g_assert_cmpint (ran.end.ready_ns, ==, -1);
  clear (&ran);
  /* of one alone it is told, but where it leaves its processor between two looks at its time */
  for (guint i = 0; i < 100 && ran.end.ready_ns < 0; i++)
    {
      run_shell (&ran, "exec sleep 0.01");
      clear (&ran);
    }
  g_assert_cmpint (ran.end.ready_ns, >=, 0);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void *
run_many (void *data)
{
  for (guint i = 0; i < 50; i++)
    {
      Ran ran = { 0 };

      run_shell (&ran, "echo out; echo err >&2");
      g_assert_cmpint (ran.end.code, ==, 0);
      g_assert_cmpstr (ran.written[HEDDLE_CHILD_OUT]->str, ==, "out\n");
      g_assert_cmpstr (ran.written[HEDDLE_CHILD_ERR]->str, ==, "err\n");
      clear (&ran);
    }
  return NULL;
}

static void
side_by_side (void)
{
  pthread_t threads[8];
  guint before = count_descriptors ();

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, run_many, NULL), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    pthread_join (threads[i], NULL);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

/* Another thread wants it to end: it is told by the descriptor. */
static gboolean
is_asked (gpointer data)
{
  return atomic_load ((atomic_bool *) data);
}

static void
drop_output (HeddleChildStream stream, const char *bytes, gsize n, gpointer data)
{
}

typedef struct {
  atomic_bool asked;
  int wake_fd;
} Asker;

static void *
ask (void *data)
{
  Asker *asker = data;

  atomic_store (&asker->asked, TRUE);
  heddle_eventfd_write (asker->wake_fd);
  return NULL;
}

static void
woken (void)
{
  char *const argv[] = { "sleep", "1000", NULL };
  Asker asker = { .wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK) };
  HeddleChildHost host = { drop_output, is_asked, &asker.asked, asker.wake_fd };
  HeddleChildEnd end;
  pthread_t thread;

  pthread_create (&thread, NULL, ask, &asker);
  heddle_child_run (&(HeddleCommand){ .argv = argv, .stdin_fd = -1 }, &host, &end);
  pthread_join (thread, NULL);
  g_assert_cmpint (end.ending, ==, HEDDLE_CHILD_TERMINATED);
  g_assert_cmpint (end.signal, ==, SIGTERM);
  close (asker.wake_fd);
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/child/ends", ends);
  g_test_add_func ("/child/not-started", not_started);
  g_test_add_func ("/child/output", output);
  g_test_add_func ("/child/surroundings", surroundings);
  g_test_add_func ("/child/left-behind", left_behind);
  g_test_add_func ("/child/ended", ended);
  g_test_add_func ("/child/woken", woken);
  g_test_add_func ("/child/counted", counted);
  g_test_add_func ("/child/ready", ready);
  g_test_add_func ("/child/side-by-side", side_by_side);
  return g_test_run ();
}
