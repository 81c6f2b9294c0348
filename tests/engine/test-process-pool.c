/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "engine/pools/process/process-pool.h"
#include "test-harness.h"

/* Tasks of a run that ends only when it is told to, however slow the machine is. */
#define ENDLESS 10000000

static void
every_task_ends_once (gconstpointer data)
{
  TestRun *run = test_run_new ("double", 100000, NULL);

  run->options.workers = 4;
  run->options.queue = 1000;
  run->options.prefetch = GPOINTER_TO_UINT (data);
  if (run->options.prefetch == 1)
    run->options.queue = 10;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 100000);
  g_assert_cmpuint (run->result_sum, ==, G_GUINT64_CONSTANT (100000) * 100001);
  test_run_free (run);
}

static void
inputs_of_any_length (void)
{
  /* the longest is several times as long as the way to the worker */
  const char *const sizes[] = { "size=3001", NULL };
  TestRun *run = test_run_new ("texts", 100, sizes);

  run->options.prefetch = 16;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpstr (run->last_error, ==, NULL);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 100);
  g_assert_cmpuint (run->result_sum, ==, 3001 * (99 * 100 / 2));
  test_run_free (run);
}

static void
workers_are_processes_of_their_own (void)
{
  const char *const nap[] = { "nap=1000000", NULL };
  TestRun *run = test_run_new ("pid", 200, nap);

  run->options.workers = 3;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (g_hash_table_size (run->results), ==, 3);
  test_run_free (run);
}

/*
 * After a fast shrink and growth every worker may have a worker that is on its way out. Worker
 * numbers are indices into what worker processes share: there is no worker number 1 025, so the
 * next worker waits until one of them is dead.
 */
static void
no_more_places_than_numbers (void)
{
  HeddleProcessPool pool = { .workers = g_ptr_array_new_with_free_func (g_free) };
  HeddleProcessWorker *worker;

  for (guint i = 0; i < HEDDLE_MAX_WORKERS; i++)
    {
      worker = g_new0 (HeddleProcessWorker, 1);
      worker->death.fd = 0; /* alive, and leaving */
      worker->ending.leaving = TRUE;
      g_ptr_array_add (pool.workers, worker);
    }
  g_assert_null (heddle_process_pool_get_empty (&pool, 1));
  g_assert_cmpuint (pool.workers->len, ==, HEDDLE_MAX_WORKERS);

  worker = g_ptr_array_index (pool.workers, 700);
  worker->death.fd = -1;
  g_assert_true (heddle_process_pool_get_empty (&pool, 1) == worker);
  g_ptr_array_unref (pool.workers);
}

static gboolean
all_paused (TestRun *run)
{
  HeddleWorkerInfo workers[8];
  guint n = heddle_run_get_workers (run->run, workers, G_N_ELEMENTS (workers));

  for (guint i = 0; i < n; i++)
    if (workers[i].state != HEDDLE_WORKER_PAUSED)
      return FALSE;
  return n > 0;
}

/* Tasks that were handed out ahead of time wait, too. */
static void
pause_holds_and_resume_goes_on (void)
{
  const char *const nap[] = { "nap=300000", NULL };
  TestRun *run = test_run_new ("pid", ENDLESS, nap);
  HeddleRunSnapshot now;
  guint64 done = 0;
  guint unchanged = 0;

  run->options.prefetch = 16;
  test_run_start (run);
  test_wait_until (test_run_snapshot (run).done >= 50);
  heddle_run_pause (run->run);
  test_run_wait_for (run, now, now.state == HEDDLE_RUN_PAUSED && all_paused (run));
  while (unchanged < 50)
    {
      now = test_run_snapshot (run);
      unchanged = now.done == done ? unchanged + 1 : 0;
      done = now.done;
      g_usleep (2000); /* nothing to wait for: it is to be seen that nothing happens */
    }
  heddle_run_resume (run->run);
  test_run_wait_for (run, now, now.done >= done + 500);
  heddle_run_stop (run->run, HEDDLE_STOP_DRAIN);
  test_run_finish (run);
  now = test_run_snapshot (run);
  g_assert_cmpuint (now.done, ==, now.submitted);
  test_run_free (run);
}

static void
resize_loses_nothing (void)
{
  static const guint sizes[] = { 6, 1, 4, 2, 8, 3 };
  const char *const nap[] = { "nap=200000", NULL };
  TestRun *run = test_run_new ("pid", ENDLESS, nap);
  HeddleRunSnapshot now;

  run->options.prefetch = 8;
  test_run_start (run);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      heddle_run_resize (run->run, sizes[i]);
      test_run_wait_for (run, now, now.n_workers == sizes[i]);
    }
  heddle_run_stop (run->run, HEDDLE_STOP_DRAIN);
  test_run_finish (run);
  now = test_run_snapshot (run);
  g_assert_cmpuint (now.done, ==, now.submitted);
  g_assert_cmpuint (now.workers_lost, ==, 0);
  test_run_free (run);
}

static void
cancel_ends_the_task_in_hand (void)
{
  const char *const nap[] = { "nap=3600000000000", NULL };
  TestRun *run = test_run_new ("pid", 1000, nap);

  test_run_start (run);
  test_wait_until (test_run_snapshot (run).running >= 2);
  heddle_run_stop (run->run, HEDDLE_STOP_CANCEL);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).cancelled, ==, test_run_snapshot (run).submitted);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 0);
  test_run_free (run);
}

static void
kill_ends_what_does_not_listen (gconstpointer data)
{
  TestRun *run = test_run_new ("hold", 1000, NULL);
  HeddleWorkerInfo info;

  run->options.backend = (HeddleBackend) GPOINTER_TO_INT (data);
  test_run_start (run);
  test_wait_until (test_run_find_worker (run, 1, &info) && test_run_find_worker (run, 2, &info));
  heddle_run_stop (run->run, HEDDLE_STOP_KILL);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).lost, ==, 2);
  g_assert_cmpuint (test_run_snapshot (run).cancelled, ==, test_run_snapshot (run).submitted - 2);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 0);
  g_assert_nonnull (strstr (run->last_error, "was terminated"));
  g_assert_false (test_run_log_has (run, "is replaced"));
  test_run_free (run);
}

static void
drain_finishes_what_is_queued (void)
{
  const char *const nap[] = { "nap=1000000", NULL };
  TestRun *run = test_run_new ("pid", ENDLESS, nap);
  HeddleRunSnapshot end;

  run->options.queue = 100;
  test_run_start (run);
  test_wait_until (test_run_snapshot (run).done >= 20);
  heddle_run_stop (run->run, HEDDLE_STOP_DRAIN);
  test_run_finish (run);
  end = test_run_snapshot (run);
  g_assert_cmpuint (end.done, ==, end.submitted);
  g_assert_cmpuint (end.submitted, <, ENDLESS);
  test_run_free (run);
}

static void
process_per_task_is_used_once (void)
{
  TestRun *run = test_run_new ("pid", 60, NULL);

  run->options.backend = HEDDLE_BACKEND_PROCESS_PER_TASK;
  run->options.workers = 3;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 60);
  g_assert_cmpuint (test_run_snapshot (run).workers_lost, ==, 0);
  g_assert_cmpuint (test_run_snapshot (run).n_lanes, <=, 3);
  g_assert_cmpuint (g_hash_table_size (run->results), ==, 60);
  test_run_free (run);
}

typedef struct {
  const char *workload;
  const char *script; /* of a worker program; NULL: the tests' own */
  int mode;
  HeddleError code;
  const char *text;
} NoStart;

static const NoStart no_starts[] = {
  { "double", "", 0644, HEDDLE_ERROR_START, "cannot be executed" },
  { "double", "no program at all", 0755, HEDDLE_ERROR_START, "cannot be started" },
  { "double", "#!/bin/sh\nexit 0\n", 0755, HEDDLE_ERROR_START, "ended with status 0 before it was ready" },
  { "double", "#!/bin/sh\nexit 127\n", 0755, HEDDLE_ERROR_START, "ended with status 127 before it was ready" },
  { "double", "#!/bin/sh\nexit 80\n", 0755, HEDDLE_ERROR_START, "another version" },
  { "refuse", NULL, 0, HEDDLE_ERROR_START, "the cupboard is bare" },
  { "die", NULL, 0, HEDDLE_ERROR_WORKER, "die faster than they can be replaced" },
};

/* Also when the program cannot be started, every task that was submitted comes to an end. */
static void
no_start_is_explained (gconstpointer data)
{
  const NoStart *wanted = data;
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "heddle-test-worker-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  TestRun *run;

  if (g_getenv ("HEDDLE_TEST_VALGRIND") != NULL && g_str_equal (wanted->text, "cannot be started"))
    {
      g_test_skip (
        "under valgrind posix_spawn() forks, and is not told that the program was not executed");
      return;
    }
  run = test_run_new (wanted->workload, 10000, NULL);
  if (wanted->script != NULL)
    {
      int fd = g_mkstemp (path);

      g_assert_cmpint (fd, >=, 0);
      g_close (fd, NULL);
      g_assert_true (g_file_set_contents (path, wanted->script, -1, NULL));
      g_assert_cmpint (g_chmod (path, (mode_t) wanted->mode), ==, 0);
      run->options.worker_program = path;
    }
  test_run_start (run);
  test_run_finish (run);
  error = heddle_run_dup_error (run->run);
  g_assert_error (error, HEDDLE_ERROR, (int) wanted->code);
  g_assert_nonnull (strstr (error->message, wanted->text));
  if (wanted->script != NULL)
    {
      g_assert_nonnull (strstr (error->message, path));
      g_assert_nonnull (strstr (error->message, "HEDDLE_WORKER"));
    }
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 0);
  if (wanted->script != NULL)
    g_unlink (path);
  test_run_free (run);
}

static void
missing_program_is_named (void)
{
  TestRun *run = test_run_new ("double", 10, NULL);
  g_autoptr (GError) error = NULL;

  run->options.worker_program = "/nonexistent/heddle-worker";
  test_run_start (run);
  test_run_finish (run);
  error = heddle_run_dup_error (run->run);
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
  g_assert_nonnull (strstr (error->message, "/nonexistent/heddle-worker"));
  g_assert_nonnull (strstr (error->message, "HEDDLE_WORKER"));
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/process-pool/every-task-ends-once/one-at-a-time", GUINT_TO_POINTER (1),
                        every_task_ends_once);
  g_test_add_data_func ("/process-pool/every-task-ends-once/ahead", GUINT_TO_POINTER (64),
                        every_task_ends_once);
  g_test_add_func ("/process-pool/no-more-workers-than-numbers", no_more_places_than_numbers);
  g_test_add_func ("/process-pool/inputs-of-any-length", inputs_of_any_length);
  g_test_add_func ("/process-pool/workers-are-processes-of-their-own",
                   workers_are_processes_of_their_own);
  g_test_add_func ("/process-pool/pause-holds-and-resume-goes-on", pause_holds_and_resume_goes_on);
  g_test_add_func ("/process-pool/resize-loses-nothing", resize_loses_nothing);
  g_test_add_func ("/process-pool/cancel-ends-the-task-in-hand", cancel_ends_the_task_in_hand);
  g_test_add_data_func ("/process-pool/kill-ends-what-does-not-listen/pool",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), kill_ends_what_does_not_listen);
  g_test_add_data_func ("/process-pool/kill-ends-what-does-not-listen/per-task",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESS_PER_TASK),
                        kill_ends_what_does_not_listen);
  g_test_add_func ("/process-pool/drain-finishes-what-is-queued", drain_finishes_what_is_queued);
  g_test_add_func ("/process-pool/process-per-task-is-used-once", process_per_task_is_used_once);
  g_test_add_func ("/process-pool/missing-program-is-named", missing_program_is_named);
  for (guint i = 0; i < G_N_ELEMENTS (no_starts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/process-pool/no-start-is-explained/%u", i);

      g_test_add_data_func (path, &no_starts[i], no_start_is_explained);
    }
  return g_test_run ();
}
