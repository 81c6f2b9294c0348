/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-harness.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "engine/model/backend.h"
#include "engine/pools/command/guard.h"
#include "test-workloads.h"

static guint
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* All of ours have a name; a sanitizer has one of its own. */
static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;
  guint n = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && g_str_has_prefix (comm, "heddle-"))
        n++;
    }
  return n;
}

/* Of shared memory, whose file may be closed already. */
static guint
count_mappings (void)
{
  g_autofree char *maps = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  for (const char *at = strstr (maps, "memfd:heddle"); at != NULL;
       at = strstr (at + 1, "memfd:heddle"))
    n++;
  return n;
}

static void
on_row (const HeddleRow *row, gpointer data)
{
  TestRun *self = data;

  g_assert_cmpuint (row->id, >=, 1);
  g_assert_cmpuint (row->id, <=, self->n);
  /* who skipped it has not had it */
  if (row->started_ns == 0)
    g_assert_cmpuint (row->worker, ==, 0);
  self->n_rows++;
  self->n_ends[row->id]++;
  self->states[row->id] = (guint8) row->state;
  self->attempts[row->id] = (guint8) row->attempt;
  self->last_finished_ns = MAX (self->last_finished_ns, row->finished_ns);
  self->busy_ns += row->started_ns != 0 ? row->finished_ns - row->started_ns : 0;
  if (row->state == HEDDLE_TASK_DONE || row->state == HEDDLE_TASK_FAILED)
    {
      gint64 time = row->finished_ns - row->started_ns;

      g_array_append_val (self->task_times, time);
    }
  if (row->result != NULL)
    {
      self->result_sum += g_ascii_strtoull (row->result, NULL, 10);
      g_hash_table_add (self->results, g_strdup (row->result));
    }
  if (row->error != NULL)
    {
      g_free (self->last_error);
      self->last_error = g_strdup (row->error);
    }
}

/* A run of @n tasks that is not started; its options may be changed before test_run_start(). */
TestRun *
test_run_new (const char *workload, guint64 n, const char *const *assignments)
{
  TestRun *self = g_new0 (TestRun, 1);
  g_autoptr (HeddleSettings) settings = heddle_settings_new (test_workload_find (workload));
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  g_autoptr (GError) error = NULL;

  self->n_files = count_files ();
  self->n = n;
  self->n_ends = g_new0 (guint8, n + 1);
  self->task_times = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->states = g_new0 (guint8, n + 1);
  self->attempts = g_new0 (guint8, n + 1);
  self->results = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  heddle_run_options_init (&self->options, test_workload_find (workload));
  self->options.backend = HEDDLE_BACKEND_PROCESSES;
  self->options.workers = 2;
  self->options.queue = 64;
  self->options.retry_delay = 0;
  self->options.worker_program = g_getenv ("TEST_WORKER");
  self->options.result_budget = 0;
  self->options.hooks.row = on_row;
  self->options.hooks_data = self;
  g_assert_true (heddle_settings_set (settings, "n", count, &error));
  for (guint i = 0; assignments != NULL && assignments[i] != NULL; i++)
    g_assert_true (heddle_settings_parse (settings, assignments[i], &error));
  self->run = (gpointer) g_steal_pointer (&settings);
  return self;
}

/* The guard of commands stays, with two descriptors, once there is one. */
static void
start_guard (TestRun *self)
{
  guint before = count_files ();

  heddle_guard_start (self->options.worker_program, NULL);
  self->n_files += count_files () - before;
}

void
test_run_start (TestRun *self)
{
  g_autoptr (HeddleSettings) settings = (gpointer) self->run;
  g_autoptr (GError) error = NULL;

  if (heddle_backend_get_info (self->options.backend)->is_command)
    start_guard (self);
  self->run = heddle_run_new (settings, &self->options, &error);
  g_assert_no_error (error);
  heddle_run_start (self->run, &error);
  g_assert_no_error (error);
}

/* Starts a run with so many workers as it has tasks on that backend, the data of a TestOnBoth. */
TestRun *
test_run_start_on (const char *workload, guint64 n, gconstpointer backend, const char *assignment)
{
  TestRun *self = test_run_new (workload, n, (const char *const[]) { assignment, NULL });

  self->options.backend = (HeddleBackend) GPOINTER_TO_UINT (backend);
  self->options.workers = (guint) n;
  test_run_start (self);
  return self;
}

/* Adds each test twice, as "/topic/threads/name" and "/topic/processes/name". */
void
test_add_on_both (const char *topic, const TestOnBoth *tests, guint n)
{
  static const struct {
    const char *name;
    HeddleBackend backend;
  } worlds[] = { { "threads", HEDDLE_BACKEND_THREADS }, { "processes", HEDDLE_BACKEND_PROCESSES } };

  for (guint i = 0; i < n * G_N_ELEMENTS (worlds); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/%s/%s/%s", topic, worlds[i % 2].name, tests[i / 2].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (worlds[i % 2].backend), tests[i / 2].function);
    }
}

HeddleRunSnapshot
test_run_snapshot (TestRun *self)
{
  HeddleRunSnapshot snapshot;

  heddle_run_get_snapshot (self->run, &snapshot);
  g_assert_cmpuint (snapshot.submitted, ==,
                    snapshot.queued + snapshot.running + snapshot.done + snapshot.failed
                      + snapshot.cancelled + snapshot.lost);
  return snapshot;
}

/*
 * Sends a signal to a worker that may have ended since it was looked at: what is published about
 * workers is a moment old, and its number may be somebody else's by now. Returns FALSE where it is
 * no child of ours any more.
 */
gboolean
test_signal_child (int pid, int signal_number)
{
  siginfo_t info = { 0 };

  return pid > 0 && waitid (P_PID, (id_t) pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0
    && info.si_pid == 0 && kill (pid, signal_number) == 0;
}

/* Waits for the end and checks what every run must leave: all tasks ended once, no child, no file
 * descriptor. */
void
test_run_finish (TestRun *self)
{
  HeddleRunSnapshot snapshot;
  siginfo_t info = { 0 };

  if (!heddle_run_wait (self->run, 120 * G_GINT64_CONSTANT (1000000000)))
    {
      snapshot = test_run_snapshot (self);
      g_error ("no end: %" G_GUINT64_FORMAT " submitted, %" G_GUINT64_FORMAT
               " queued, %" G_GUINT64_FORMAT " running, %" G_GUINT64_FORMAT
               " done, %" G_GUINT64_FORMAT " lost, %u workers",
               snapshot.submitted, snapshot.queued, snapshot.running, snapshot.done, snapshot.lost,
               snapshot.n_workers);
    }
  snapshot = test_run_snapshot (self);
  g_assert_cmpuint (snapshot.queued, ==, 0);
  g_assert_cmpuint (snapshot.running, ==, 0);
  g_assert_cmpuint (snapshot.n_workers, ==, 0);
  g_assert_cmpuint (self->n_rows, ==, snapshot.submitted);
  if (self->n_rows > 0)
    g_assert_cmpint (snapshot.elapsed_ns, ==, self->last_finished_ns - snapshot.started_ns);
  for (guint64 id = 1; id <= snapshot.submitted; id++)
    if (self->n_ends[id] != 1)
      g_error ("task %" G_GUINT64_FORMAT " ended %u times", id, self->n_ends[id]);
  g_assert_cmpint (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
}

/* The worker that has @task in hand, busy or waiting, as last published. */
gboolean
test_run_find_worker (TestRun *self, guint64 task, HeddleWorkerInfo *info)
{
  HeddleWorkerInfo workers[64];
  guint n = MIN (heddle_run_get_workers (self->run, workers, G_N_ELEMENTS (workers)),
                 G_N_ELEMENTS (workers));

  for (guint i = 0; i < n; i++)
    if (workers[i].task == task
        && (workers[i].state == HEDDLE_WORKER_BUSY || workers[i].state == HEDDLE_WORKER_WAITING))
      {
        *info = workers[i];
        return TRUE;
      }
  return FALSE;
}

/* Whether a line of the log has these words. */
gboolean
test_run_log_has (TestRun *self, const char *words)
{
  HeddleLog *log = heddle_run_get_log (self->run);
  gboolean found = FALSE;

  for (guint64 i = heddle_log_get_first (log); i < heddle_log_get_length (log) && !found; i++)
    {
      HeddleLogLine line;

      if (!heddle_log_get (log, i, &line))
        continue;
      found = strstr (line.text, words) != NULL;
      heddle_log_line_clear (&line);
    }
  return found;
}

void
test_run_free (TestRun *self)
{
  guint n_files = self->n_files;

  heddle_run_unref (self->run);
  g_hash_table_unref (self->results);
  g_array_unref (self->task_times);
  g_free (self->n_ends);
  g_free (self->states);
  g_free (self->attempts);
  g_free (self->last_error);
  g_free (self);
  /* the run's thread lets go of its reference a moment after it has told the end */
  test_wait_until (count_files () == n_files);
  test_wait_until (count_threads () == 0);
  test_wait_until (count_mappings () == 0);
}
