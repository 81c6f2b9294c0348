/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workers that write what cannot be true into the memory they share with the host: they are
 * dropped, with a message, and Heddle goes on. */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <string.h>

#include "fault-harness.h"
#include "fault-workloads.h"

/* Each lie is found out: the worker waits until it is killed for it, and its task is done by
 * another one. */
static void
lie_is_found_out (gconstpointer data)
{
  const FaultCase *it = data;
  TestRun *run = fault_start (it, 50, 3);
  HeddleRunSnapshot end;

  test_run_finish (run);
  end = test_run_snapshot (run);
  g_assert_cmpuint (end.done, ==, 50);
  /* of a process with several threads, each counts */
  g_assert_cmpuint (end.workers_lost, >=, 1);
  g_assert_cmpuint (end.workers_lost, <=, 2);
  g_assert_true (fault_log_says (run, "wrote invalid data"));
  test_run_free (run);
}

/* Whatever stands in the segment when a worker dies: no read out of bounds, at most its task, and
 * the others do not notice. */
static void
garbage_costs_one_task (gconstpointer data)
{
  FaultCase it = *(const FaultCase *) data;
  guint64 seed = fault_seed ();
  guint rounds = fault_rounds (60);

  for (guint i = 0; i < rounds; i++)
    {
      HeddleRunSnapshot end;
      TestRun *run;

      it.what = (guint) ((seed + i) % 1000000000);
      g_test_message ("seed %u", it.what);
      run = fault_start (&it, 20, 3);
      test_run_finish (run);
      end = test_run_snapshot (run);
      if (end.done != 20)
        fault_show (run);
      g_assert_cmpuint (end.done, ==, 20);
      g_assert_cmpuint (end.workers_lost, >=, 1);
      test_run_free (run);
    }
}

static gboolean
garbage_is_there (TestRun *run, HeddleWorkerInfo *info)
{
  return test_run_find_worker (run, FAULT_TASK, info) && info->progress >= 0.5;
}

/* What the tasks share is theirs to spoil. The host shows it, mends it and goes on, or says that no
 * worker can start with it. */
static void
garbage_in_what_is_shared (gconstpointer data)
{
  FaultCase it = *(const FaultCase *) data;
  guint64 seed = fault_seed ();
  guint rounds = fault_rounds (60);
  guint n_done = 0;

  for (guint i = 0; i < rounds; i++)
    {
      g_autoptr (GError) error = NULL;
      HeddleWatch watches[HEDDLE_MAX_WATCHES];
      HeddleWorkerInfo info;
      TestRun *run;

      it.what = (guint) ((seed + i) % 1000000000);
      g_test_message ("seed %u", it.what);
      run = fault_start (&it, 20, 3);
      test_wait_until (garbage_is_there (run, &info));
      g_assert_cmpuint (heddle_run_get_watches (run->run, watches, HEDDLE_MAX_WATCHES), ==, 4);
      for (guint k = 0; k < 4; k++)
        g_assert_cmpuint (watches[k].length, <=, watches[k].capacity);
      g_assert_true (test_signal_child (info.pid, SIGKILL));
      test_run_finish (run);
      error = heddle_run_dup_error (run->run);
      if (error == NULL)
        {
          g_assert_cmpuint (test_run_snapshot (run).done, ==, 20);
          n_done++;
        }
      else
        {
          g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
          g_assert_nonnull (strstr (error->message, "share"));
        }
      test_run_free (run);
    }
  g_assert_cmpuint (n_done, >, 0);
}

static void
add (const char *name, const char *what_name, const FaultCase *it, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/broken-worker/%s/%s", name, what_name);

  g_test_add_data_func_full (path, g_memdup2 (it, sizeof *it), function, g_free);
}

int
main (int argc, char **argv)
{
  const FaultCase garbage[] = {
    { "garbage", HEDDLE_BACKEND_PROCESSES, 0 }, { "garbage", HEDDLE_BACKEND_PROCESS_PER_TASK, 0 }, { "garbage-threads", HEDDLE_BACKEND_THREADS, 0 },
  };
  const FaultCase arena[] = { { "garbage-arena", HEDDLE_BACKEND_PROCESSES, 0 },
                              { "garbage-arena", HEDDLE_BACKEND_PROCESS_PER_TASK, 0 } };

  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < fault_n_lies; i++)
    {
      const FaultCase pool = { "lie", HEDDLE_BACKEND_PROCESSES, i };
      const FaultCase threads = { "lie-threads", HEDDLE_BACKEND_THREADS, i };

      add ("lie-is-found-out/processes", fault_lies[i], &pool, lie_is_found_out);
      add ("lie-is-found-out/threads-of-a-process", fault_lies[i], &threads, lie_is_found_out);
    }
  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    add ("garbage-costs-one-task",
         i == 0     ? "processes"
           : i == 1 ? "process-per-task"
                    : "threads-of-a-process",
         &garbage[i], garbage_costs_one_task);
  add ("garbage-in-what-is-shared", "processes", &arena[0], garbage_in_what_is_shared);
  add ("garbage-in-what-is-shared", "process-per-task", &arena[1], garbage_in_what_is_shared);
  return g_test_run ();
}
