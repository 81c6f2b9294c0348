/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "engine/model/backend.h"
#include "engine/pools/pool.h"
#include "engine/run/run.h"
#include "whole-run.h"
#include "workloads/list.h"

/* Every workload through the whole engine, on every backend it names. */

typedef struct {
  const char *name;
  const char *workload;
  const char *const *assignments;
  void (*check) (HeddleRun *run, const HeddleRunSnapshot *snapshot, const char *folder);
} Case;

typedef struct {
  const Case *kind;
  HeddleBackend backend;
} Trial;

static void
wake_loop (HeddleRun *run, gpointer data)
{
  g_main_context_wakeup (NULL);
}

/* Runs it to its end; the main-loop backends are given their turn. */
static HeddleRun *
run_to_end (const HeddleSettings *settings, HeddleBackend backend)
{
  HeddleRunOptions options;
  HeddleRun *run;

  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = backend;
  options.workers = 3;
  options.hooks.changed = wake_loop;
  run = whole_run_start (settings, &options);
  while (heddle_run_get_state (run) != HEDDLE_RUN_FINISHED)
    g_main_context_iteration (NULL, TRUE);
  return run;
}

static void
assert_all_done (HeddleRun *run, const HeddleRunSnapshot *snapshot, guint64 n_tasks)
{
  g_assert_cmpuint (snapshot->submitted, ==, n_tasks);
  g_assert_cmpuint (snapshot->done, ==, n_tasks);
  g_assert_cmpuint (snapshot->total, ==, n_tasks);
  g_assert_cmpuint (heddle_results_get_length (heddle_run_get_results (run)), ==, n_tasks);
}

static void
get_row (HeddleRun *run, guint64 id, HeddleRow *row)
{
  guint64 index;

  g_assert_true (heddle_results_find_id (heddle_run_get_results (run), id, &index));
  g_assert_true (heddle_results_get (heddle_run_get_results (run), index, row));
  g_assert_cmpint (row->state, ==, HEDDLE_TASK_DONE);
}

static void
check_squares (HeddleRun *run, const HeddleRunSnapshot *snapshot, const char *folder)
{
  guint64 n = (guint64) heddle_settings_get_number (heddle_run_get_settings (run), "n");

  assert_all_done (run, snapshot, n);
  for (guint64 id = 1; id <= n; id++)
    {
      g_autofree char *expected =
        g_strdup_printf ("The square of %" G_GUINT64_FORMAT " is %" G_GUINT64_FORMAT, id, id * id);
      g_autofree char *sentence = NULL;
      HeddleRow row;

      get_row (run, id, &row);
      sentence = heddle_run_dup_sentence (run, &row);
      g_assert_cmpstr (sentence, ==, expected);
      heddle_row_clear (&row);
    }
}

/* Every value is checked elsewhere; here that each came through whole and in its place. */
static void
check_factorials (HeddleRun *run, const HeddleRunSnapshot *snapshot, const char *folder)
{
  guint64 n = (guint64) heddle_settings_get_number (heddle_run_get_settings (run), "n");
  HeddleRow row;

  assert_all_done (run, snapshot, 2 * n);
  get_row (run, 20, &row);
  g_assert_cmpstr (row.result, ==, "2432902008176640000");
  heddle_row_clear (&row);
  get_row (run, n + 5, &row); /* the second round */
  g_assert_cmpstr (row.label, ==, "the factorial of 5");
  g_assert_cmpstr (row.result, ==, "120");
  heddle_row_clear (&row);
  if (n != 300)
    return;
  get_row (run, 600, &row);
  g_assert_cmpuint (strlen (row.result), ==, 615); /* digits of the factorial of 300 */
  g_assert_true (g_str_has_prefix (
    row.result, "3060575122164406360353704612972686293885888041735769994167767412"));
  g_assert_cmpuint (strspn (strchr (row.result, '\0') - 74, "0"), ==, 74);
  heddle_row_clear (&row);
}

/* Whether the log has this line, from that task. */
static guint
count_lines (HeddleRun *run, guint64 task, const char *text)
{
  HeddleLog *log = heddle_run_get_log (run);
  HeddleLogLine line;
  guint n = 0;

  for (guint64 i = heddle_log_get_first (log); heddle_log_get (log, i, &line); i++)
    {
      n += line.level == HEDDLE_LOG_OUTPUT && line.task == task && g_str_equal (line.text, text);
      heddle_log_line_clear (&line);
    }
  return n;
}

static void
check_requests (HeddleRun *run, const HeddleRunSnapshot *snapshot, const char *folder)
{
  assert_all_done (run, snapshot, 7);
  for (guint id = 1; id <= 7; id++)
    {
      g_autofree char *handling = g_strdup_printf ("Handling request %u", id);
      g_autofree char *finished = g_strdup_printf ("Finished request %u", id);
      HeddleRow row;

      g_assert_cmpuint (count_lines (run, id, handling), ==, 1);
      g_assert_cmpuint (count_lines (run, id, finished), ==, 1);
      get_row (run, id, &row);
      g_assert_cmpint (row.finished_ns - row.started_ns, >=, 10000000);
      heddle_row_clear (&row);
    }
}

static void
check_numbers_and_letters (HeddleRun *run, const HeddleRunSnapshot *snapshot, const char *folder)
{
  HeddleRow row;

  assert_all_done (run, snapshot, 2);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *number = g_strdup_printf ("Number: %u", i + 1);
      g_autofree char *letter = g_strdup_printf ("Letter: %c", 'a' + (int) i);

      g_assert_cmpuint (count_lines (run, 1, number), ==, 1);
      g_assert_cmpuint (count_lines (run, 2, letter), ==, 1);
    }
  get_row (run, 1, &row);
  g_assert_cmpstr (row.result, ==, "5");
  heddle_row_clear (&row);
}

static char *
run_command (const char *folder, const char *command)
{
  const char *const argv[] = { "sh", "-c", command, NULL };
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  int status;

  g_spawn_sync (folder, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return out;
}

/* Rows in the order of paths against `sha256sum`; labels are the paths. */
static void
check_checksums (HeddleRun *run, const HeddleRunSnapshot *snapshot, const char *folder)
{
  g_autofree char *out = run_command (folder, "find . -type f -exec sha256sum {} +");
  g_auto (GStrv) lines = g_strsplit (g_strchomp (out), "\n", -1);
  g_autoptr (GHashTable) expected = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_files = g_strv_length (lines);

  g_assert_cmpuint (n_files, ==, 300);
  assert_all_done (run, snapshot, n_files);
  for (guint i = 0; i < n_files; i++)
    {
      lines[i][64] = '\0';
      g_hash_table_insert (expected, lines[i] + 64 + strlen ("  ./"), lines[i]);
    }
  for (guint64 id = 1; id <= n_files; id++)
    {
      HeddleRow row;

      get_row (run, id, &row);
      g_assert_cmpstr (row.result, ==, g_hash_table_lookup (expected, row.label));
      g_assert_true (g_hash_table_remove (expected, row.label));
      heddle_row_clear (&row);
    }
}

static const Case cases[] = {
  { "squares", "squares", (const char *const[]) { "n=500", NULL }, check_squares },
  { "factorials", "factorials", (const char *const[]) { "n=300", "rounds=2", NULL }, check_factorials },
  { "handle-requests", "handle-requests", (const char *const[]) { "requests=7", "seconds=0.01", NULL }, check_requests },
  { "numbers-and-letters", "numbers-and-letters", (const char *const[]) { "seconds=0.01", NULL }, check_numbers_and_letters },
  { "checksum-files", "checksum-files", (const char *const[]) { NULL }, check_checksums },
};

/* The same for all backends, made by the first. */
static char *tree;

/* 300 files: empty, short, and one of some blocks. */
static char *
make_tree (void)
{
  char *folder = g_dir_make_tmp ("heddle-backends-XXXXXX", NULL);
  g_autofree char *out = run_command (
    folder,
    "for d in 1 2 3 4 5 6 7 8 9 10; do mkdir \"folder $d\"; i=0; while [ $i -lt 30 ]; do "
    "head -c $((i * i * d)) /bin/sh > \"folder $d/file $i\"; i=$((i + 1)); done; done; "
    "i=0; while [ $i -lt 40 ]; do cat /bin/sh; i=$((i + 1)); done > 'folder 1/file 0'");

  return folder;
}

/* Each of these tasks has a process to itself, which starts ten times slower under a sanitizer:
 * there fewer show as much. */
static void
ask_for_fewer (const Trial *trial, HeddleSettings *settings)
{
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  if (trial->backend == HEDDLE_BACKEND_PROCESS_PER_TASK
      && heddle_settings_get_number (settings, "n") > 50)
    g_assert_true (heddle_settings_set (settings, "n", "50", NULL));
#endif
}

static void
run_trial (gconstpointer data)
{
  const Trial *trial = data;
  const HeddleWorkload *workload = heddle_workloads_find (trial->kind->workload);
  g_autoptr (HeddleSettings) settings = heddle_settings_new (workload);
  g_autoptr (HeddleRun) run = NULL;
  g_autoptr (GError) error = NULL;
  const char *folder = NULL;
  HeddleRunSnapshot snapshot;

  for (guint i = 0; trial->kind->assignments[i] != NULL; i++)
    g_assert_true (heddle_settings_parse (settings, trial->kind->assignments[i], NULL));
  if (trial->kind->check == check_checksums)
    {
      folder = tree = tree != NULL ? tree : make_tree ();
      g_assert_true (heddle_settings_set (settings, "folder", folder, NULL));
    }
  if (trial->kind->check == check_squares || trial->kind->check == check_factorials)
    ask_for_fewer (trial, settings);
  run = run_to_end (settings, trial->backend);
  error = heddle_run_dup_error (run);
  g_assert_no_error (error);
  heddle_run_get_snapshot (run, &snapshot);
  g_assert_cmpuint (snapshot.submitted, ==,
                    snapshot.done + snapshot.failed + snapshot.cancelled + snapshot.lost);
  trial->kind->check (run, &snapshot, folder);
}

/* A folder that is not there ends the run with words, on every backend. */
static void
missing_folder_ends_the_run (gconstpointer data)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&heddle_workload_checksum_files);
  g_autoptr (HeddleRun) run = NULL;
  g_autoptr (GError) error = NULL;
  HeddleRunSnapshot snapshot;

  g_assert_true (heddle_settings_parse (settings, "folder=/no/such/folder", NULL));
  run = run_to_end (settings, (HeddleBackend) GPOINTER_TO_INT (data));
  error = heddle_run_dup_error (run);
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==,
                   "The folder “/no/such/folder” does not exist. Choose another folder.");
  heddle_run_get_snapshot (run, &snapshot);
  g_assert_true (snapshot.failed_to_start);
  g_assert_cmpuint (snapshot.submitted, ==, 0);
}

/* A task that may end its process runs in a child process, whatever the backend is called. */
static void
dangerous_ones_are_apart (void)
{
  const HeddleWorkload *const *workloads = heddle_workloads_get_all (NULL);
  guint n = 0;

  for (guint i = 0; workloads[i] != NULL; i++)
    for (guint b = 0; b < HEDDLE_N_BACKENDS; b++)
      {
        const HeddlePoolClass *klass = (const HeddlePoolClass *) heddle_backend_get_info (b);

        if (!workloads[i]->dangerous || (workloads[i]->backends & HEDDLE_BACKEND_BIT (b)) == 0)
          continue;
        g_test_message ("%s on %s", workloads[i]->id, klass->info.id);
        g_assert_true (klass->info.is_process || klass->isolated != NULL);
        n++;
      }
  g_assert_cmpuint (n, >, 0);
}

int
main (int argc, char *argv[])
{
  static Trial trials[G_N_ELEMENTS (cases) * HEDDLE_N_BACKENDS];
  guint n = 0;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/on-backends/dangerous-ones-are-apart", dangerous_ones_are_apart);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint b = 0; b < HEDDLE_N_BACKENDS; b++)
      {
        g_autofree char *path =
          g_strdup_printf ("/on-backends/%s/%s", cases[i].name, heddle_backend_get_info (b)->id);

        if ((heddle_workloads_find (cases[i].workload)->backends & HEDDLE_BACKEND_BIT (b)) == 0)
          continue;
        trials[n] = (Trial) { &cases[i], (HeddleBackend) b };
        g_test_add_data_func (path, &trials[n++], run_trial);
      }
  for (guint b = 0; b < HEDDLE_N_BACKENDS; b++)
    {
      g_autofree char *path = g_strdup_printf ("/on-backends/missing-folder-ends-the-run/%s",
                                               heddle_backend_get_info (b)->id);

      if ((HEDDLE_BACKENDS_ALL & HEDDLE_BACKEND_BIT (b)) == 0)
        continue;
      g_test_add_data_func (path, GINT_TO_POINTER (b), missing_folder_ends_the_run);
    }
  status = g_test_run ();
  if (tree != NULL)
    g_free (run_command (tree, "rm -rf \"$PWD\""));
  g_free (tree);
  return status;
}
