/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "../engine/test-wait.h"
#include "engine/model/backend.h"
#include "engine/run/run.h"
#include "engine/sync/shared.h"
#include "whole-run.h"
#include "workloads/list.h"

/* The workloads of the groups Basics and Pools that come from programs of the lecture notes,
 * through the whole engine. */

typedef struct {
  const char *name;
  const char *workload;
  const char *const *assignments;
  guint workers; /* 0: as the workload wants */
  void (*check) (HeddleRun *run, GPtrArray *lines);
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

static HeddleRun *
start_run (const char *id, HeddleBackend backend, guint workers, const char *const *assignments)
{
  g_autoptr (HeddleSettings) settings = whole_settings_new (id, assignments);
  HeddleRunOptions options;

  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = backend;
  if (workers != 0)
    options.workers = workers;
  options.hooks.changed = wake_loop;
  return whole_run_start (settings, &options);
}

static void
finish_run (HeddleRun *run)
{
  while (heddle_run_get_state (run) != HEDDLE_RUN_FINISHED)
    g_main_context_iteration (NULL, TRUE);
  whole_run_get_end (run);
}

static int
find_line (GPtrArray *lines, const char *format, guint number)
{
  g_autofree char *text = g_strconcat (format, NULL);
  char *mark = strchr (text, '#');
  int found = -1;

  if (mark != NULL)
    *mark = (char) ('0' + number);
  for (guint i = 0; i < lines->len; i++)
    if (g_str_equal (g_ptr_array_index (lines, i), text))
      {
        g_assert_cmpint (found, ==, -1); /* once only */
        found = (int) i;
      }
  if (found < 0)
    g_error ("nobody printed “%s”", text);
  return found;
}

static void
assert_last (GPtrArray *lines, const char *text)
{
  g_assert_cmpstr (g_ptr_array_index (lines, lines->len - 1), ==, text);
}

static void
assert_all_done (HeddleRun *run, guint64 n_tasks)
{
  HeddleRunSnapshot snapshot;

  heddle_run_get_snapshot (run, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, n_tasks);
  g_assert_cmpuint (snapshot.submitted, ==, n_tasks);
}

static char *
dup_result (HeddleRun *run, guint64 id)
{
  HeddleRow row;
  guint64 index;
  char *result;

  g_assert_true (heddle_results_find_id (heddle_run_get_results (run), id, &index));
  g_assert_true (heddle_results_get (heddle_run_get_results (run), index, &row));
  g_assert_cmpint (row.state, ==, HEDDLE_TASK_DONE);
  result = g_strdup (row.result);
  heddle_row_clear (&row);
  return result;
}

static void
assert_matches (const char *text, const char *pattern)
{
  if (!g_regex_match_simple (pattern, text, G_REGEX_DOLLAR_ENDONLY, 0))
    g_error ("“%s” does not match “%s”", text, pattern);
}

/* As the notes print it: five times starting, five times completed, and all of them before the last
 * line. */
static void
check_start_and_join (HeddleRun *run, GPtrArray *lines)
{
  assert_all_done (run, 6);
  g_assert_cmpuint (lines->len, ==, 11);
  for (guint i = 1; i <= 5; i++)
    g_assert_cmpint (find_line (lines, "Task # is starting", i), <,
                     find_line (lines, "Task # is completed", i));
  assert_last (lines, "All tasks are completed.");
}

/* What was printed is also shown among what the tasks share, in the order of the log. */
static void
assert_lines_are_shared (HeddleRun *run, GPtrArray *lines)
{
  HeddleWatch watches[HEDDLE_MAX_WATCHES];
  guint n = heddle_run_get_watches (run, watches, HEDDLE_MAX_WATCHES), nth = 0;

  while (nth < n && watches[nth].kind != HEDDLE_WATCH_LINES)
    nth++;
  g_assert_cmpuint (nth, <, n);
  g_assert_cmpstr (watches[nth].name, ==, "printed");
  g_assert_cmpuint (watches[nth].length, ==, lines->len);
  g_assert_cmpuint (watches[nth].n_entries, ==, MIN (lines->len, HEDDLE_WATCH_ENTRIES));
  for (guint i = 0; i < watches[nth].n_entries; i++)
    g_assert_cmpstr (watches[nth].entries[i], ==, g_ptr_array_index (lines, i));
}

static void
check_numbers_and_letters (HeddleRun *run, GPtrArray *lines)
{
  assert_all_done (run, 2);
  g_assert_cmpuint (lines->len, ==, 10);
  for (guint i = 1; i < 5; i++)
    g_assert_cmpint (find_line (lines, "Number: #", i), <, find_line (lines, "Number: #", i + 1));
  assert_lines_are_shared (run, lines);
}

static void
check_many_numbers (HeddleRun *run, GPtrArray *lines)
{
  assert_all_done (run, 2);
  g_assert_cmpuint (lines->len, ==, 1005);
  assert_lines_are_shared (run, lines);
}

static void
check_square_and_cube (HeddleRun *run, GPtrArray *lines)
{
  g_autofree char *square = NULL;
  g_autofree char *cube = NULL;

  assert_all_done (run, 2);
  g_assert_cmpuint (lines->len, ==, 3);
  find_line (lines, "Square: 100", 0);
  find_line (lines, "Cube: 1000", 0);
  assert_last (lines, "Done!");
  square = dup_result (run, 1);
  cube = dup_result (run, 2);
  g_assert_cmpstr (square, ==, "100");
  g_assert_cmpstr (cube, ==, "1000");
  assert_lines_are_shared (run, lines);
}

static void
check_results (HeddleRun *run, GPtrArray *lines)
{
  g_autofree char *collected = NULL;
  guint all_joined = 0;

  assert_all_done (run, 6);
  g_assert_cmpuint (lines->len, ==, 16);
  for (guint i = 1; i <= 5; i++)
    {
      g_assert_cmpint (find_line (lines, "Task # is starting", i), <,
                       find_line (lines, "Task # is completed", i));
      all_joined = MAX (all_joined, (guint) find_line (lines, "Task # is completed", i));
    }
  for (guint i = 1; i <= 5; i++)
    g_assert_cmpint (find_line (lines, "Task # result", i), >, (int) all_joined);
  assert_last (lines, "All tasks are completed.");
  collected = dup_result (run, 6);
  g_assert_cmpstr (collected, ==, "results: 5 of 5");
}

/* Joined before the queue is emptied, which has no room for all: three wait for ever, until that is
 * noticed. */
static void
check_trap (HeddleRun *run, GPtrArray *lines)
{
  HeddleRunSnapshot snapshot;

  heddle_run_get_snapshot (run, &snapshot);
  g_assert_cmpuint (snapshot.failed, >=, 3);
  g_assert_cmpuint (snapshot.failed + snapshot.done, ==, 6);
}

/* Whose turn each round was. */
static char *
get_turns (GPtrArray *lines)
{
  GString *turns = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const char *line = g_ptr_array_index (lines, i);

      if (strstr (line, ": round ") != NULL)
        g_string_append_c (turns, line[strlen ("Job ")]);
    }
  return g_string_free (turns, FALSE);
}

static void
check_cooperative (HeddleRun *run, GPtrArray *lines)
{
  g_autofree char *turns = get_turns (lines);

  assert_all_done (run, 1);
  g_assert_cmpstr (turns, ==, "123123123123");
}

/* Nobody is in between while nobody yields; a yield between reading and writing loses all rounds
 * but one of each turn round. */
static void
check_counted (HeddleRun *run, GPtrArray *lines)
{
  assert_last (lines, "Rounds: 12, counted without a lock: 12");
}

static void
check_yields_inside (HeddleRun *run, GPtrArray *lines)
{
  check_cooperative (run, lines);
  assert_last (lines, "Rounds: 12, counted without a lock: 4");
}

static void
check_forgetful (HeddleRun *run, GPtrArray *lines)
{
  g_autofree char *turns = get_turns (lines);

  assert_all_done (run, 1);
  g_assert_cmpstr (turns, ==, "111123232323");
}

static void
check_preemptive (HeddleRun *run, GPtrArray *lines)
{
  g_autofree char *turns = get_turns (lines);
  guint n_turns[3] = { 0 };

  assert_all_done (run, 3);
  for (guint i = 0; turns[i] != '\0'; i++)
    n_turns[turns[i] - '1']++;
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *result = dup_result (run, i + 1);

      g_assert_cmpuint (n_turns[i], ==, 4);
      assert_matches (result, "^longest wait [0-9]+\\.[0-9] ms$");
    }
}

/* Each task has published its figures, in groups as many as there are figures of a task, and beside
 * what a text says. */
static void
assert_figures (HeddleRun *run, guint n_tasks, guint each, const char *const *names)
{
  HeddleFigure figures[HEDDLE_MAX_FIGURES];

  g_assert_cmpuint (heddle_run_get_figures (run, figures, HEDDLE_MAX_FIGURES), ==, n_tasks * each);
  for (guint i = 0; i < n_tasks * each; i++)
    {
      g_assert_cmpstr (figures[i].name, ==, names[i / each]);
      g_assert_cmpuint (figures[i].group, ==, i % each);
      g_assert_cmpint (figures[i].unit, ==, HEDDLE_FIGURE_NANOSECONDS);
      g_assert_cmpfloat (figures[i].low, <=, figures[i].high);
    }
}

static void
check_pool_sizes (HeddleRun *run, GPtrArray *lines)
{
  static const guint sizes[] = { 2, 4, 8 };

  assert_all_done (run, 3);
  g_assert_cmpuint (lines->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *pattern = g_strdup_printf (
        "^Pool Size: %u, Results: \\[1, 4, 9, 16, 25, 36, 49, 64, 81, 100\\], Time Taken: [0-9]+\\.[0-9]{4} seconds$",
        sizes[i]);
      g_autofree char *result = dup_result (run, i + 1);

      assert_matches (g_ptr_array_index (lines, i), pattern);
      assert_matches (result, "^[0-9]+\\.[0-9]{3} ms, and again [0-9]+\\.[0-9]{3} ms$");
    }
  assert_figures (run, 3, 2, (const char *const[]) { "2 workers", "4 workers", "8 workers" });
}

static void
check_ways (HeddleRun *run, GPtrArray *lines)
{
  static const char *const ways[] = { "apply", "map", "starmap", "apply_async" };
  static const guint most_waits[] = { 10, 1, 1, 10 };

  assert_all_done (run, 4);
  g_assert_cmpuint (lines->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *expected =
        g_strdup_printf ("%s: [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]", ways[i]);
      g_autofree char *result = dup_result (run, i + 1);
      double blocked, total;
      guint n_waits;

      g_assert_cmpstr (g_ptr_array_index (lines, i), ==, expected);
      g_assert_cmpint (
        sscanf (result, "blocked for %lf ms of %lf ms, in waits: %u", &blocked, &total, &n_waits),
        ==, 3);
      g_assert_cmpfloat (blocked, <=, total);
      g_assert_cmpuint (n_waits, <=, most_waits[i]);
      g_assert_true (n_waits > 0 || blocked <= 0.0);
    }
  assert_figures (run, 4, 2, ways);
}

/* A pool uses no more workers than it has; without reuse there are as many as tasks. */
static void
check_reuse (HeddleRun *run, GPtrArray *lines)
{
  assert_all_done (run, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *result = dup_result (run, i + 1);
      double us;
      guint n_workers;

      g_assert_cmpint (sscanf (result, "%lf µs a task, workers used: %u", &us, &n_workers), ==, 2);
      g_assert_cmpfloat (us, >, 0);
      if (i % 2 == 0)
        g_assert_cmpuint (n_workers, <=, 2);
      else
        g_assert_cmpuint (n_workers, ==, 30);
    }
  assert_figures (run, 4, 1,
                  (const char *const[]) { "a pool of threads", "a thread for every task",
                                         "a pool of processes", "a process for every task" });
}

#define SETTINGS(...) ((const char *const[]) { __VA_ARGS__, NULL })

static const Case cases[] = {
  { "start-and-join", "start-and-join", SETTINGS ("seconds=0.01"), 0, check_start_and_join },
  { "start-and-join/one-worker", "start-and-join", SETTINGS ("seconds=0"), 1, check_start_and_join },
  { "numbers-and-letters", "numbers-and-letters", SETTINGS ("seconds=0.01"), 0, check_numbers_and_letters },
  { "numbers-and-letters/many", "numbers-and-letters", SETTINGS ("seconds=0", "numbers=1000"), 0, check_many_numbers },
  { "square-and-cube", "square-and-cube", SETTINGS ("num=10"), 0, check_square_and_cube },
  { "cooperative", "preemptive-or-cooperative", SETTINGS ("mode=cooperative", "work=1"), 0, check_cooperative },
  { "cooperative/counts", "preemptive-or-cooperative", SETTINGS ("mode=cooperative", "work=1"), 0, check_counted },
  { "cooperative/yields-inside", "preemptive-or-cooperative", SETTINGS ("mode=cooperative", "work=1", "yield-inside=on"), 0, check_yields_inside },
  { "forgetful", "preemptive-or-cooperative", SETTINGS ("mode=cooperative", "work=1", "forget-to-yield=on"), 0, check_forgetful },
  { "preemptive", "preemptive-or-cooperative", SETTINGS ("mode=preemptive", "work=1", "forget-to-yield=on"), 1, check_preemptive },
  { "preemptive/anywhere", "preemptive-or-cooperative", SETTINGS ("mode=preemptive", "work=1", "one-processor=off"), 0, check_preemptive },
  { "results-through-a-queue", "results-through-a-queue", SETTINGS ("seconds=0.01"), 0, check_results },
  { "results-through-a-queue/two-workers", "results-through-a-queue", SETTINGS ("seconds=0"), 2, check_results },
  { "results-through-a-queue/trap", "results-through-a-queue", SETTINGS ("seconds=0", "room=2"), 0, check_trap },
  { "ways-to-submit/processes", "ways-to-submit", SETTINGS ("pool=processes", "work=1", "own-work=1"), 1, check_ways },
  { "ways-to-submit/threads", "ways-to-submit", SETTINGS ("pool=threads", "work=0", "own-work=0"), 1, check_ways },
  { "pool-sizes/processes", "pool-sizes", SETTINGS ("pool=processes"), 1, check_pool_sizes },
  { "pool-sizes/threads", "pool-sizes", SETTINGS ("pool=threads", "work=100"), 1, check_pool_sizes },
  { "reuse-or-not", "reuse-or-not", SETTINGS ("tasks=30"), 1, check_reuse },
};

static void
run_trial (gconstpointer data)
{
  const Trial *trial = data;
  g_autoptr (HeddleRun) run = start_run (trial->kind->workload, trial->backend,
                                         trial->kind->workers, trial->kind->assignments);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  finish_run (run);
  error = heddle_run_dup_error (run);
  g_assert_no_error (error);
  lines = whole_run_dup_lines (run);
  trial->kind->check (run, lines);
}

static int
find_pid (HeddleRun *run, guint64 task)
{
  HeddleWorkerInfo workers[16];
  guint n = heddle_run_get_workers (run, workers, G_N_ELEMENTS (workers));

  for (guint i = 0; i < MIN (n, G_N_ELEMENTS (workers)); i++)
    if (workers[i].task == task && workers[i].state != HEDDLE_WORKER_GONE)
      return workers[i].pid;
  return 0;
}

/* All five are killed while they sleep for an hour: five tasks are lost, and the main program joins
 * them all the same. */
static void
killed_tasks_are_joined (gconstpointer workload)
{
  g_autoptr (HeddleRun) run =
    start_run (workload, HEDDLE_BACKEND_PROCESSES, 6, SETTINGS ("seconds=3600"));
  g_autoptr (GPtrArray) lines = NULL;
  HeddleRunSnapshot snapshot;

  for (guint64 id = 1; id <= 5; id++)
    {
      int pid = 0;

      test_wait_until ((pid = find_pid (run, id)) != 0);
      g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
    }
  finish_run (run);
  heddle_run_get_snapshot (run, &snapshot);
  g_assert_cmpuint (snapshot.lost, ==, 5);
  g_assert_cmpuint (snapshot.done, ==, 1);
  lines = whole_run_dup_lines (run);
  assert_last (lines, "All tasks are completed.");
}

/* Whatever it is in the middle of, pools of its own included, it ends when it is asked to and
 * leaves no process behind. */
static void
stopping_leaves_nothing (gconstpointer data)
{
  const Case *kind = data;
  g_autoptr (HeddleRun) run = start_run (
    kind->workload, heddle_workloads_find (kind->workload)->default_backend, 0, kind->assignments);
  HeddleRunSnapshot snapshot;

  test_wait_until ((heddle_run_get_snapshot (run, &snapshot), snapshot.running > 0));
  heddle_run_stop (run, HEDDLE_STOP_CANCEL);
  finish_run (run);
  heddle_run_get_snapshot (run, &snapshot);
  g_assert_cmpuint (snapshot.cancelled, >, 0);
  g_assert_cmpuint (snapshot.failed, ==, 0);
}

static const Case endless[] = {
  { "start-and-join", "start-and-join", SETTINGS ("seconds=3600") },
  { "results-through-a-queue", "results-through-a-queue", SETTINGS ("seconds=3600") },
  { "cooperative", "preemptive-or-cooperative", SETTINGS ("work=10000", "rounds=100") },
  { "preemptive", "preemptive-or-cooperative", SETTINGS ("work=10000", "rounds=100", "mode=preemptive") },
  { "ways-to-submit", "ways-to-submit", SETTINGS ("work=10000") },
  { "pool-sizes", "pool-sizes", SETTINGS ("work=1000000", "n=1000") },
  { "reuse-or-not", "reuse-or-not", SETTINGS ("work=1000000", "tasks=1000") },
};

static void
wrong_sizes_are_refused (void)
{
  static const char *const wrong[] = { "sizes=",       "sizes=two",
                                       "sizes=0",      "sizes=65",
                                       "sizes=2,4,-8", "sizes=1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (HeddleRun) run =
        start_run ("pool-sizes", HEDDLE_BACKEND_THREADS, 1, SETTINGS (wrong[i]));
      g_autoptr (GError) error = NULL;

      finish_run (run);
      error = heddle_run_dup_error (run);
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
    }
}

int
main (int argc, char *argv[])
{
  static Trial trials[G_N_ELEMENTS (cases) * HEDDLE_N_BACKENDS];
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint b = 0; b < HEDDLE_N_BACKENDS; b++)
      {
        g_autofree char *path = g_strdup_printf ("/basics-and-pools/%s/on-%s", cases[i].name,
                                                 heddle_backend_get_info (b)->id);

        if ((heddle_workloads_find (cases[i].workload)->backends & HEDDLE_BACKEND_BIT (b)) == 0)
          continue;
        trials[n] = (Trial) { &cases[i], (HeddleBackend) b };
        g_test_add_data_func (path, &trials[n++], run_trial);
      }
  g_test_add_data_func ("/basics-and-pools/killed-tasks-are-joined/start-and-join",
                        "start-and-join", killed_tasks_are_joined);
  g_test_add_data_func ("/basics-and-pools/killed-tasks-are-joined/results-through-a-queue",
                        "results-through-a-queue", killed_tasks_are_joined);
  for (guint i = 0; i < G_N_ELEMENTS (endless); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/basics-and-pools/stopping-leaves-nothing/%s", endless[i].name);

      g_test_add_data_func (path, &endless[i], stopping_leaves_nothing);
    }
  g_test_add_func ("/basics-and-pools/wrong-sizes-are-refused", wrong_sizes_are_refused);
  return g_test_run ();
}
