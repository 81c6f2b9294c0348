/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure/proc.h"

static gint64
burn (clockid_t clock, gint64 ns)
{
  struct timespec now;
  gint64 used;

  do
    {
      clock_gettime (clock, &now);
      used = (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
    }
  while (used < ns);
  return used;
}

static void
test_own_process (void)
{
  HeddleProcSample before, after;
  gint64 used = burn (CLOCK_PROCESS_CPUTIME_ID, 30000000);

  g_assert_true (heddle_proc_sample_process (getpid (), &before));
  g_assert_cmpint (before.cpu_ns, >=, used - 10000000);
  g_assert_cmpint (before.rss, >, 100000);
  g_assert_cmpint (before.state, ==, 'R');
  burn (CLOCK_PROCESS_CPUTIME_ID, used + 30000000);
  g_assert_true (heddle_proc_sample_process (getpid (), &after));
  g_assert_cmpint (after.cpu_ns, >=, before.cpu_ns + 10000000);
}

typedef struct {
  sem_t started;
  sem_t go_on;
  int tid;
  gint64 used;
} Thread;

static gpointer
burn_and_wait (gpointer data)
{
  Thread *thread = data;

  prctl (PR_SET_NAME, "a) R 1 (b");
  thread->tid = gettid ();
  thread->used = burn (CLOCK_THREAD_CPUTIME_ID, 20000000);
  sem_post (&thread->started);
  sem_wait (&thread->go_on);
  return NULL;
}

/* Its name looks like the fields that follow it. */
static void
test_thread_with_odd_name (void)
{
  HeddleProcSample sample;
  Thread thread = { 0 };
  pthread_t id;

  sem_init (&thread.started, 0, 0);
  sem_init (&thread.go_on, 0, 0);
  g_assert_cmpint (pthread_create (&id, NULL, burn_and_wait, &thread), ==, 0);
  sem_wait (&thread.started);
  do
    g_assert_true (heddle_proc_sample_thread (getpid (), thread.tid, &sample));
  while (sample.state != 'S');
  g_assert_cmpint (sample.cpu_ns, >=, thread.used - 10000000);
  g_assert_cmpint (sample.rss, >, 100000);
  sem_post (&thread.go_on);
  pthread_join (id, NULL);
  sem_destroy (&thread.started);
  sem_destroy (&thread.go_on);
}

static void
test_gone (void)
{
  HeddleProcSample sample;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (0);
  /* a zombie is there until it is reaped */
  do
    g_assert_true (heddle_proc_sample_process (child, &sample));
  while (sample.state != 'Z');
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  g_assert_false (heddle_proc_sample_process (child, &sample));
  g_assert_false (heddle_proc_sample_thread (child, child, &sample));
  g_assert_false (heddle_proc_sample_process (0, &sample));
  g_assert_false (heddle_proc_sample_process (-1, &sample));
  g_assert_false (heddle_proc_sample_thread (getpid (), 0, &sample));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proc/own-process-uses-time-and-memory", test_own_process);
  g_test_add_func ("/proc/thread-name-of-any-kind", test_thread_with_odd_name);
  g_test_add_func ("/proc/gone-process-is-no-trap", test_gone);
  return g_test_run ();
}
