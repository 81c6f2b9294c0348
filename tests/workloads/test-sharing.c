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

/* A sanitizer makes a run ten times as long. */
#if defined (__SANITIZE_THREAD__) || defined (__SANITIZE_ADDRESS__)
#define N_SEEDS 100
#else
#define N_SEEDS 1000
#endif

/* The workloads of the group "Sharing data", on every backend they name, and what the notes say of
 * them. */

typedef struct {
  HeddleRun *run;
  GPtrArray *lines; /* what the tasks printed, in order */
} Trial;

typedef struct {
  const char *name;
  const char *workload;
  const char *settings; /* separated by spaces */
  void (*check) (const Trial *trial);
  const char *line;     /* that is printed, or NULL */
} Case;

typedef struct {
  const Case *kind;
  HeddleBackend backend;
} Data;

static HeddleRun *
start_run (const char *id, HeddleBackend backend, const char *settings_text)
{
  g_auto (GStrv) assignments = g_strsplit (settings_text, " ", -1);
  g_autoptr (HeddleSettings) settings =
    whole_settings_new (id, (const char *const *) assignments);
  HeddleRunOptions options;

  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = backend;
  options.workers = 1; /* it gets as many as its tasks need */
  options.retries = 1;
  return whole_run_start (settings, &options);
}

static void
finish (Trial *trial, HeddleRun *run)
{
  g_autoptr (GError) error = NULL;
  HeddleRunSnapshot end;

  g_assert_true (heddle_run_wait (run, 120 * G_GINT64_CONSTANT (1000000000)));
  error = heddle_run_dup_error (run);
  g_assert_no_error (error);
  end = whole_run_get_end (run);
  g_assert_cmpuint (end.submitted, ==, end.total);
  trial->run = run;
  trial->lines = whole_run_dup_lines (run);
}

static void
trial_clear (Trial *trial)
{
  g_ptr_array_unref (trial->lines);
  heddle_run_unref (trial->run);
}

static void
do_run (Trial *trial, const char *id, HeddleBackend backend, const char *settings)
{
  finish (trial, start_run (id, backend, settings));
}

/* The line that begins so, or NULL. */
static const char *
find_line (const Trial *trial, const char *prefix)
{
  for (guint i = 0; i < trial->lines->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (trial->lines, i), prefix))
      return g_ptr_array_index (trial->lines, i);
  return NULL;
}

static void
assert_all_done (const Trial *trial)
{
  HeddleRunSnapshot snapshot;

  heddle_run_get_snapshot (trial->run, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, snapshot.submitted);
}

static void
get_row (const Trial *trial, guint64 id, HeddleRow *row)
{
  guint64 index;

  g_assert_true (heddle_results_find_id (heddle_run_get_results (trial->run), id, &index));
  g_assert_true (heddle_results_get (heddle_run_get_results (trial->run), index, row));
}

static char *
list_text (const GArray *list)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (text, "%s%d", i > 0 ? ", " : "", g_array_index (list, int, i));
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/* Plays the printed lines over again: each list must be the one that the lines before it make. */
static void
check_adder (const Trial *trial)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (int));
  guint n_added = 0;
  guint n_turns = 0;

  for (guint i = 0; i < trial->lines->len; i++)
    {
      const char *line = g_ptr_array_index (trial->lines, i);
      g_autofree char *text = NULL;
      g_autofree char *expected = NULL;
      int number;

      if (sscanf (line, "Added: %d", &number) == 1)
        {
          g_assert_cmpint (number, ==, (int) n_added++);
          g_array_append_val (list, number);
          text = list_text (list);
          expected = g_strdup_printf ("Added: %d, List: %s", number, text);
        }
      else if (sscanf (line, "Removed: %d", &number) == 1)
        {
          n_turns++;
          g_assert_cmpuint (list->len, >, 0);
          g_assert_cmpint (number, ==, g_array_index (list, int, 0));
          g_array_remove_index (list, 0);
          text = list_text (list);
          expected = g_strdup_printf ("Removed: %d, List: %s", number, text);
        }
      else if (g_str_equal (line, "List is empty, nothing to remove."))
        {
          n_turns++;
          g_assert_cmpuint (list->len, ==, 0);
        }
      else if (g_str_has_prefix (line, "Final List: "))
        {
          text = list_text (list);
          expected = g_strdup_printf ("Final List: %s", text);
        }
      if (expected != NULL)
        g_assert_cmpstr (line, ==, expected);
    }
  g_assert_cmpuint (n_added, ==, 10);
  g_assert_cmpuint (n_turns, ==, 10);
  g_assert_nonnull (find_line (trial, "Final List: "));
}

/* The number in a line is at most so high. */
static void
assert_at_most (const Trial *trial, const char *prefix, int most)
{
  const char *line = find_line (trial, prefix);
  int number = -1;

  g_assert_nonnull (line);
  g_assert_cmpint (sscanf (line + strlen (prefix), "%d", &number), ==, 1);
  g_assert_cmpint (number, >=, 0);
  g_assert_cmpint (number, <=, most);
}

static void
check_plain_lock (const Trial *trial)
{
  HeddleRunSnapshot snapshot;

  heddle_run_get_snapshot (trial->run, &snapshot);
  g_assert_cmpuint (snapshot.failed, ==, 2);
  for (guint64 id = 1; id <= 2; id++)
    {
      HeddleRow row;

      get_row (trial, id, &row);
      g_assert_true (g_str_has_prefix (
        row.error, "Deadlock: the task waits for the lock “lock”, which it holds itself."));
      heddle_row_clear (&row);
    }
}

static void
check_semaphore (const Trial *trial)
{
  assert_all_done (trial);
  assert_at_most (trial, "At most ", 2);
}

static void
check_condition (const Trial *trial)
{
  assert_all_done (trial);
  g_assert_nonnull (
    find_line (trial, "Produced 12, consumed 12, sums 78 and 78; woken for nothing: "));
}

static void
check_event (const Trial *trial)
{
  HeddleRow row;

  assert_all_done (trial);
  for (guint64 id = 2; id <= 5; id++)
    {
      get_row (trial, id, &row);
      if (!g_str_equal (row.result, "found the gate open"))
        {
          double late;

          g_assert_cmpint (sscanf (row.result, "started %lf ms after the gate opened", &late), ==,
                           1);
          g_assert_cmpfloat (late, >=, 0);
        }
      heddle_row_clear (&row);
    }
}

static void
check_barrier (const Trial *trial)
{
  assert_all_done (trial);
  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *line = g_strdup_printf ("Phase %u has ended: all 3 tasks have arrived.", i);

      g_assert_nonnull (find_line (trial, line));
    }
  assert_at_most (trial, "Longest lead of a task over another, in phases: ", 1);
}

/* Threads have one lock together, processes one each. */
static void
check_big_lock (const Trial *trial)
{
  HeddleBackend backend = heddle_run_get_options (trial->run)->backend;
  gboolean processes =
    backend == HEDDLE_BACKEND_PROCESSES || backend == HEDDLE_BACKEND_PROCESS_PER_TASK;
  guint of_second = 0;

  assert_all_done (trial);
  for (guint64 id = 1; id <= 2; id++)
    {
      HeddleRow row;

      get_row (trial, id, &row);
      of_second += strstr (row.result, "under the lock of process 2") != NULL;
      heddle_row_clear (&row);
    }
  g_assert_cmpuint (of_second, ==, processes ? 1 : 0);
  g_assert_nonnull (find_line (trial, "2 tasks that each compute for 0.02 s: "));
  g_assert_nonnull (find_line (trial, "2 tasks that each wait for 0.02 s: "));
}

static const Case cases[] = {
  { "adder-and-remover", "adder-and-remover", "min-wait=0 max-wait=0.002 seed=7", check_adder,
    "Every number was either removed or is still in the list, exactly once." },
  { "counter-race/mutex", "counter-race", "counters=3 steps=2000 protection=mutex", assert_all_done,
    "Expected: 6000, actual: 6000" },
  { "counter-race/atomic", "counter-race", "counters=3 steps=2000 protection=atomic",
    assert_all_done, "Expected: 6000, actual: 6000" },
  { "counter-race/none", "counter-race", "counters=3 steps=2000 protection=none", assert_all_done,
    NULL },
  { "lock/wait", "lock", "seconds=0.001", assert_all_done,
    "At most 1 was inside at the same time." },
  { "lock/try", "lock", "seconds=0.001 how=try", assert_all_done,
    "At most 1 was inside at the same time." },
  { "lock/limit", "lock", "seconds=0.001 how=limit", assert_all_done,
    "At most 1 was inside at the same time." },
  { "lock/none", "lock", "seconds=0.001 how=none", assert_all_done, NULL },
  { "recursive-lock/recursive", "recursive-lock", "seconds=0.001", assert_all_done,
    "Locked: 3 of 3" },
  { "recursive-lock/plain", "recursive-lock", "seconds=0.001 lock=plain", check_plain_lock, NULL },
  { "condition/look-again", "condition", "make=0 use=0", check_condition, NULL },
  { "condition/do-not", "condition", "make=0 use=0 consumers=3 again=off", check_condition, NULL },
  { "semaphore", "semaphore", "seconds=0.002", check_semaphore, NULL },
  { "event", "event", "delay=0.01 seconds=0.001", check_event, NULL },
  { "barrier/on", "barrier", "phases=4 min-work=0 max-work=0.002", check_barrier, NULL },
  { "barrier/off", "barrier", "phases=4 min-work=0 max-work=0.002 barrier=off", assert_all_done,
    NULL },
  { "queue", "queue", "make=0 use=0", assert_all_done, "Put 20, taken 20, sums 210 and 210" },
  { "readers-and-writers/writers", "readers-and-writers",
    "seconds=0.02 read=0.001 write=0.001 pause=0.001", assert_all_done,
    "No reader ever saw a half-written book." },
  { "readers-and-writers/readers", "readers-and-writers",
    "prefer=readers seconds=0.02 read=0.001 write=0.001 pause=0.001", assert_all_done,
    "No reader ever saw a half-written book." },
  { "pipe", "pipe", "megabytes=0.3 block=1000", assert_all_done,
    "All 300000 bytes arrived, in order." },
  { "shared-memory", "shared-memory", "numbers=1000", assert_all_done,
    "The sum of 1 to 1000 is 500500." },
  { "manager", "manager", "requests=20", assert_all_done,
    "Expected 60, the list has 60 entries, the dictionary says {'count': 60}" },
  { "manager/locked", "manager", "requests=20 adding=locked", assert_all_done,
    "Expected 60, the list has 60 entries, the dictionary says {'count': 60}" },
  { "one-big-lock", "one-big-lock", "seconds=0.02", check_big_lock, NULL },
};

static void
gives_what_it_must (gconstpointer data)
{
  const Case *kind = ((const Data *) data)->kind;
  Trial trial;

  do_run (&trial, kind->workload, ((const Data *) data)->backend, kind->settings);
  kind->check (&trial);
  if (kind->line != NULL && find_line (&trial, kind->line) == NULL)
    g_error ("“%s” was not printed; last: “%s”", kind->line,
             (char *) g_ptr_array_index (trial.lines, trial.lines->len - 1));
  trial_clear (&trial);
}

/* The seeds make the waits, and with them the order of the steps, different each time. */
static void
seeded_runs_lose_nothing (void)
{
  for (guint seed = 1; seed <= N_SEEDS; seed++)
    {
      g_autofree char *settings = g_strdup_printf ("items=8 min-wait=0 max-wait=%s seed=%u",
                                                   seed % 2 == 0 ? "0" : "0.00002", seed);
      Trial trial;

      do_run (&trial, "adder-and-remover", HEDDLE_BACKEND_THREADS, settings);
      g_assert_nonnull (
        find_line (&trial, "Every number was either removed or is still in the list"));
      trial_clear (&trial);
      do_run (&trial, "counter-race", HEDDLE_BACKEND_THREADS, "steps=500 protection=mutex");
      g_assert_nonnull (find_line (&trial, "Expected: 1000, actual: 1000"));
      trial_clear (&trial);
    }
}

static gint64
get_watched (const Trial *trial, const char *name)
{
  HeddleWatch watches[HEDDLE_MAX_WATCHES];
  guint n = heddle_run_get_watches (trial->run, watches, HEDDLE_MAX_WATCHES);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (watches[i].name, name))
      return watches[i].value;
  g_error ("nothing watched is called %s", name);
}

/* Sooner or later one loses something without the lock, and says so: on a machine whose processors
 * all do something else it takes many. */
static void
one_of_many_races (const char *id, HeddleBackend backend, const char *settings)
{
  gboolean raced = FALSE;

  if (g_get_num_processors () < 2)
    {
      g_test_skip ("one processor: two tasks hardly ever meet");
      return;
    }
  while (!raced)
    {
      Trial trial;

      do_run (&trial, id, backend, settings);
      raced = find_line (&trial, "Race: ") != NULL || find_line (&trial, "Lost: ") != NULL
        || find_line (&trial, "Doubled: ") != NULL;
      /* the log and what is watched tell the same */
      if (g_str_equal (id, "counter-race"))
        g_assert_cmpint (raced, ==, get_watched (&trial, "steps lost so far") > 0);
      trial_clear (&trial);
    }
}

static void
list_races (gconstpointer backend)
{
  one_of_many_races ("adder-and-remover", (HeddleBackend) GPOINTER_TO_INT (backend),
                     "items=3000 min-wait=0 max-wait=0 lock=off");
}

/* One request is one step; two are not, though the server does one thing at a time. */
static void
manager_races (gconstpointer backend)
{
  one_of_many_races ("manager", (HeddleBackend) GPOINTER_TO_INT (backend),
                     "requests=500 adding=two-requests");
}

static void
counter_races (gconstpointer backend)
{
  one_of_many_races ("counter-race", (HeddleBackend) GPOINTER_TO_INT (backend),
                     "steps=300000 protection=none");
}

static gboolean
is_inside (HeddleRun *run, HeddleWorkerInfo *info)
{
  HeddleWorkerInfo workers[8];
  guint n =
    MIN (heddle_run_get_workers (run, workers, G_N_ELEMENTS (workers)), G_N_ELEMENTS (workers));
  guint n_waiting = 0;

  for (guint i = 0; i < n; i++)
    {
      n_waiting += strstr (workers[i].waits_for, "the lock “door”") != NULL;
      if (g_str_equal (workers[i].waits_for, "time to pass"))
        *info = workers[i];
    }
  return n_waiting == 2 && info->pid != 0;
}

/* It is stopped first: then it still holds the lock in the moment in which it is killed. Returns
 * NULL if the run was over before. */
static HeddleRun *
kill_the_holder (void)
{
  HeddleRun *run = start_run ("lock", HEDDLE_BACKEND_PROCESSES, "seconds=0.1 visits=3");
  gboolean killed = FALSE;
  Trial trial;

  while (!killed && heddle_run_get_state (run) != HEDDLE_RUN_FINISHED)
    {
      HeddleWorkerInfo holder = { 0 }, again = { 0 };

      if (is_inside (run, &holder) && kill (holder.pid, SIGSTOP) == 0)
        {
          test_wait_for_passes (run);
          killed = is_inside (run, &again) && again.pid == holder.pid;
          kill (holder.pid, killed ? SIGKILL : SIGCONT);
        }
      g_usleep (1000);
    }
  if (killed)
    return run;
  finish (&trial, run);
  trial_clear (&trial);
  return NULL;
}

/* Who holds the lock is killed: the others go on, its task is done by another, and the log says
 * what happened. */
static void
killed_holder_hands_on (void)
{
  HeddleRun *run = NULL;
  HeddleRunSnapshot snapshot;
  gboolean told = FALSE;
  HeddleLogLine line;
  Trial trial;

  test_wait_until ((run = kill_the_holder ()) != NULL);
  finish (&trial, run);
  heddle_run_get_snapshot (run, &snapshot);
  g_assert_cmpuint (snapshot.done, ==, 3);
  g_assert_cmpuint (snapshot.workers_lost, ==, 1);
  for (guint64 i = 0; heddle_log_get (heddle_run_get_log (run), i, &line); i++)
    {
      told = told || g_str_has_prefix (line.text, "The dead worker held “door”");
      heddle_log_line_clear (&line);
    }
  g_assert_true (told);
  g_assert_nonnull (find_line (&trial, "The lock “door” was held by a worker that died."));
  g_assert_nonnull (find_line (&trial, "At most 1 was inside at the same time."));
  trial_clear (&trial);
}

/*
 * Starts a run of which two tasks run at once. Some have half a second of work, no more: where
 * nobody saw them in it, since the machine was busy, they are started again.
 */
static HeddleRun *
start_long (const char *workload, HeddleBackend backend, const char *settings)
{
  g_test_message ("%s", workload);
  while (TRUE)
    {
      HeddleRun *run = start_run (workload, backend, settings);
      HeddleRunSnapshot snapshot;
      Trial trial;

      test_wait_until ((heddle_run_get_snapshot (run, &snapshot),
                        snapshot.running >= 2 || snapshot.state == HEDDLE_RUN_FINISHED));
      if (snapshot.state != HEDDLE_RUN_FINISHED)
        return run;
      finish (&trial, run);
      trial_clear (&trial);
    }
}

/* Whatever they wait for, they end with the run. */
static void
all_end_when_cancelled (gconstpointer backend)
{
  static const char *const slow[][2] = {
    { "adder-and-remover", "min-wait=60 max-wait=60" },
    { "counter-race", "steps=100000000 protection=atomic" },
    { "lock", "seconds=100" },
    { "recursive-lock", "seconds=100" },
    { "condition", "make=60" },
    { "semaphore", "seconds=100" },
    { "event", "delay=100" },
    { "barrier", "min-work=0.001 max-work=60" },
    { "queue", "make=60" },
    { "readers-and-writers", "seconds=100 write=60" },
    { "pipe", "send-pause=60" },
    { "manager", "requests=10000 clients=2" },
    { "one-big-lock", "seconds=60" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    {
      HeddleRun *run =
        start_long (slow[i][0], (HeddleBackend) GPOINTER_TO_INT (backend), slow[i][1]);
      HeddleRunSnapshot snapshot;
      Trial trial;

      heddle_run_stop (run, HEDDLE_STOP_CANCEL);
      finish (&trial, run);
      heddle_run_get_snapshot (run, &snapshot);
      g_assert_cmpuint (snapshot.failed + snapshot.lost, ==, 0);
      trial_clear (&trial);
    }
}

static void
add_both (const char *name, GTestDataFunc function)
{
  g_autofree char *threads = g_strdup_printf ("/sharing/%s/threads", name);
  g_autofree char *processes = g_strdup_printf ("/sharing/%s/processes", name);

  g_test_add_data_func (threads, GINT_TO_POINTER (HEDDLE_BACKEND_THREADS), function);
  g_test_add_data_func (processes, GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), function);
}

int
main (int argc, char *argv[])
{
  static Data data[G_N_ELEMENTS (cases) * HEDDLE_N_BACKENDS];
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint b = 0; b < HEDDLE_N_BACKENDS; b++)
      {
        g_autofree char *path =
          g_strdup_printf ("/sharing/%s/%s", cases[i].name, heddle_backend_get_info (b)->id);

        if ((heddle_workloads_find (cases[i].workload)->backends & HEDDLE_BACKEND_BIT (b)) == 0)
          continue;
        data[n] = (Data) { &cases[i], (HeddleBackend) b };
        g_test_add_data_func (path, &data[n++], gives_what_it_must);
      }
  add_both ("list-races-without-the-lock", list_races);
  add_both ("manager-races-in-two-requests", manager_races);
  add_both ("counter-races-without-protection", counter_races);
  add_both ("all-end-when-cancelled", all_end_when_cancelled);
  g_test_add_func ("/sharing/killed-holder-hands-on", killed_holder_hands_on);
  g_test_add_func ("/sharing/seeded-runs-lose-nothing", seeded_runs_lose_nothing);
  return g_test_run ();
}
