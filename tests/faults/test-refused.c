/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A system that refuses: every call by which a run takes something from it, one after the other,
 * fails once, or from then on. The run ends with an error that says so or does its work with what
 * it has; every task is accounted for, and nothing is left behind (the harness looks).
 */
#include "config.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "fault-harness.h"
#include "refuse.h"

/* Every run starts processes, which takes ten times longer under a sanitizer. The plain build goes
 * on to the last call of a kind. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define N_TASKS 5
#define MAX_CALLS 6
#else
#define N_TASKS 12
#define MAX_CALLS 16
#endif

/* Of the cases in main(). */
#define FIRST_WITH_PROCESSES 2

typedef struct {
  const char *workload;
  HeddleBackend backend;
  guint n_tasks;
} Case;

typedef struct {
  guint runs, failed;
} Tally;

static gboolean
start_unless_refused (TestRun *run, GError **error)
{
  g_autoptr (HeddleSettings) settings = (gpointer) run->run;

  run->run = heddle_run_new (settings, &run->options, error);
  return run->run != NULL && heddle_run_start (run->run, error);
}

/* One run with one refusal. Returns how many such calls it made. */
static guint
try_with (const Case *it, guint function, guint nth, gboolean all_after, int code, Tally *tally)
{
  TestRun *run = test_run_new (it->workload, it->n_tasks, NULL);
  g_autoptr (GError) error = NULL;
  guint n_calls;

  run->options.backend = it->backend;
  run->options.workers = 3;
  run->options.queue = 4;
  refuse_begin (function, nth, all_after, code);
  if (start_unless_refused (run, &error))
    {
      test_run_finish (run);
      error = heddle_run_dup_error (run->run);
      if (error == NULL)
        g_assert_cmpuint (test_run_snapshot (run).done, ==, it->n_tasks);
    }
  else
    {
      g_assert_nonnull (error);
    }
  n_calls = refuse_end ();
  tally->runs++;
  tally->failed += error != NULL;
  if (error != NULL)
    {
      g_test_message ("%s %u: %s", refuse_functions[function], nth, error->message);
      g_assert_true (error->domain == HEDDLE_ERROR);
      /* it names what the system said */
      g_assert_nonnull (strstr (error->message, g_strerror (code)));
    }
  test_run_free (run);
  return n_calls;
}

static void
every_call_once_and_for_ever (gconstpointer data)
{
  const Case *it = data;
  Tally tally = { 0, 0 };

  for (guint function = 0; function < refuse_n_functions; function++)
    {
      gboolean may_lack_memory = g_str_equal (refuse_functions[function], "mmap");
      int code = may_lack_memory                           ? ENOMEM
        : strstr (refuse_functions[function], "p") != NULL ? EAGAIN
                                                           : EMFILE;
      /* how many there are is asked of a run that is refused nothing: one that is refused its first
       * call may make no other */
      guint n_failed = tally.failed;
      guint n_calls = try_with (it, function, 0, FALSE, code, &tally);

      g_assert_cmpuint (tally.failed, ==, n_failed);
      for (guint nth = 1; nth <= MIN (n_calls, MAX_CALLS); nth++)
        {
          try_with (it, function, nth, FALSE, code, &tally);
          try_with (it, function, nth, TRUE, code, &tally);
        }
    }
  g_test_message ("%u runs, %u of them ended with an error", tally.runs, tally.failed);
  g_assert_cmpuint (tally.failed, >, 0);
}

static guint
find_function (const char *name)
{
  guint i = 0;

  while (!g_str_equal (refuse_functions[i], name))
    i++;
  return i;
}

/* Threads of a process of which one has no place: nobody can tell that one to leave, so nobody
 * waits until it does. */
static void
thread_without_a_place (void)
{
  TestRun *run = test_run_new ("chatter-threads", N_TASKS, NULL);
  g_autoptr (GError) error = NULL;

  run->options.backend = HEDDLE_BACKEND_THREADS;
  run->options.workers = 3;
  refuse_begin (find_function ("pidfd_open"), 2, FALSE, EAGAIN);
  g_assert_true (start_unless_refused (run, &error));
  test_run_finish (run);
  g_assert_cmpuint (refuse_end (), ==, 2);
  error = heddle_run_dup_error (run->run);
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
  g_assert_false (fault_log_says (run, "did not end when it was asked to"));
  test_run_free (run);
}

/* An old kernel, or a filter around a container: no run fails of it, wherever in a run it
 * begins. */
static void
without_pidfds (gconstpointer data)
{
  static const int codes[] = { ENOSYS, EPERM };
  const Case *it = data;
  Tally tally = { 0, 0 };
  guint function = find_function ("pidfd_open");

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    for (guint nth = 1; nth <= 2; nth++)
      {
        g_assert_cmpuint (try_with (it, function, nth, FALSE, codes[i], &tally), >=, nth);
        g_assert_cmpuint (try_with (it, function, nth, TRUE, codes[i], &tally), >=, nth);
      }
  g_assert_cmpuint (tally.failed, ==, 0);
}

/* A worker's death is noticed there, too, costs no more, and somebody takes its place. */
static void
death_without_pidfds (gconstpointer data)
{
  const FaultCase it = { "die-of", (HeddleBackend) GPOINTER_TO_INT (data), SIGKILL };
  HeddleRunSnapshot end;
  TestRun *run;

  refuse_begin (find_function ("pidfd_open"), 1, TRUE, ENOSYS);
  run = fault_start (&it, 50, 1);
  test_run_finish (run);
  g_assert_cmpuint (refuse_end (), >, 2);
  end = test_run_snapshot (run);
  g_assert_cmpuint (end.done, ==, 50);
  g_assert_cmpuint (end.workers_lost, >=, 1);
  g_assert_cmpuint (end.retried, >=, 1);
  g_assert_cmpuint (end.retried, <=, it.backend == HEDDLE_BACKEND_THREADS ? 2 : 1);
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    Case it;
  } cases[] = {
    { "threads", { "double", HEDDLE_BACKEND_THREADS, N_TASKS } },
    { "thread-per-task", { "double", HEDDLE_BACKEND_THREAD_PER_TASK, N_TASKS } },
    { "processes", { "double", HEDDLE_BACKEND_PROCESSES, N_TASKS } },
    { "process-per-task", { "double", HEDDLE_BACKEND_PROCESS_PER_TASK, N_TASKS } },
    { "threads-of-a-process", { "chatter-threads", HEDDLE_BACKEND_THREADS, N_TASKS } },
    { "shared-memory-and-a-manager", { "manager", HEDDLE_BACKEND_PROCESSES, 3 } },
    { "shared-memory-and-a-pipe", { "pipe", HEDDLE_BACKEND_PROCESSES, 2 } },
  };

  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/refused/every-call-once-and-for-ever/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i].it, every_call_once_and_for_ever);
    }
  for (guint i = FIRST_WITH_PROCESSES; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/refused/without-pidfds/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i].it, without_pidfds);
    }
  g_test_add_func ("/refused/thread-without-a-place", thread_without_a_place);
  g_test_add_data_func ("/refused/death-without-pidfds/processes",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), death_without_pidfds);
  g_test_add_data_func ("/refused/death-without-pidfds/process-per-task",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESS_PER_TASK), death_without_pidfds);
  g_test_add_data_func ("/refused/death-without-pidfds/threads-of-a-process",
                        GINT_TO_POINTER (HEDDLE_BACKEND_THREADS), death_without_pidfds);
  return g_test_run ();
}
