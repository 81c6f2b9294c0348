/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "engine/run/run.h"
#include "engine/sync/shared.h"
#include "whole-run.h"

/*
 * A worker process dies in the middle of a task, which is tried again: what the workload then tells
 * must not take what the first attempt has left for something else, a race or a task more.
 */

/* Enough of them that the worker is still at it when it is killed. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define STEPS "steps=4000000"
#else
#define STEPS "steps=40000000"
#endif

typedef struct {
  const char *workload;
  const char *settings; /* separated by spaces */
  guint64 task;         /* whose worker is killed */
  double progress;      /* once it has come so far */
  void (*check) (HeddleRun *run, const char *lines);
  guint n_failed;
} Case;

static HeddleRun *
start_run (const Case *it)
{
  g_auto (GStrv) assignments = g_strsplit (it->settings, " ", -1);
  g_autoptr (HeddleSettings) settings =
    whole_settings_new (it->workload, (const char *const *) assignments);
  HeddleRunOptions options;

  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = HEDDLE_BACKEND_PROCESSES;
  options.retries = 1;
  return whole_run_start (settings, &options);
}

/* Whether the task has come so far; its worker's process then. */
static int
find_victim (HeddleRun *run, const Case *it)
{
  HeddleWorkerInfo workers[16];
  guint n =
    MIN (heddle_run_get_workers (run, workers, G_N_ELEMENTS (workers)), G_N_ELEMENTS (workers));

  for (guint i = 0; i < n; i++)
    if (workers[i].task == it->task && workers[i].pid > 0 && workers[i].progress >= it->progress)
      return workers[i].pid;
  return 0;
}

/* What the tasks printed, each line between two line ends. */
static char *
join_lines (HeddleRun *run)
{
  g_autoptr (GPtrArray) lines = whole_run_dup_lines (run);
  GString *text = g_string_new ("\n");

  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) g_ptr_array_index (lines, i));
  return g_string_free (text, FALSE);
}

static void
dies_and_is_tried_again (gconstpointer data)
{
  const Case *it = data;
  HeddleRun *run = start_run (it);
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  g_autofree char *lines = NULL;
  HeddleRunSnapshot end;
  int pid;

  while ((pid = find_victim (run, it)) == 0 && heddle_run_get_state (run) != HEDDLE_RUN_FINISHED
         && g_get_monotonic_time () < deadline)
    g_usleep (500);
  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_true (heddle_run_wait (run, 60 * G_GINT64_CONSTANT (1000000000)));
  heddle_run_get_snapshot (run, &end);
  lines = join_lines (run);
  g_test_message ("%s", lines);
  g_assert_cmpuint (end.workers_lost, ==, 1);
  g_assert_cmpuint (end.retried, >=, 1);
  g_assert_cmpuint (end.failed, ==, it->n_failed);
  g_assert_cmpuint (end.done, ==, end.submitted - it->n_failed);
  it->check (run, lines);
  heddle_run_unref (run);
}

/* The number behind a text that is printed. */
static long long
get_number (const char *lines, const char *before)
{
  const char *found = strstr (lines, before);
  long long number = -1;

  if (found == NULL)
    g_error ("“%s” was not printed", before);
  g_assert_cmpint (sscanf (found + strlen (before), "%lld", &number), ==, 1);
  return number;
}

static void
assert_no_race (HeddleRun *run, const char *lines)
{
  g_assert_null (strstr (lines, "Race: "));
}

static gint64
get_watched (HeddleRun *run, const char *name)
{
  HeddleWatch watches[HEDDLE_MAX_WATCHES];
  guint n = heddle_run_get_watches (run, watches, HEDDLE_MAX_WATCHES);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (watches[i].name, name))
      return watches[i].value;
  g_error ("nothing watched is called %s", name);
}

/* It may have died with the list in its hand: then that is said, and nothing of a race. */
static void
check_adder (HeddleRun *run, const char *lines)
{
  assert_no_race (run, lines);
  if (strstr (lines, "Every number was either removed or is still in the list") == NULL)
    {
      g_assert_nonnull (strstr (lines, "A worker died during the run"));
      return;
    }
  g_assert_cmpint (get_watched (run, "lost so far"), ==, 0);
  g_assert_cmpint (get_watched (run, "removed twice"), ==, 0);
}

/* The steps of the block that was under way are made again, and no others. */
static void
check_counter (HeddleRun *run, const char *lines)
{
  long long expected = get_number (lines, "Expected: ");
  long long actual = get_number (lines, ", actual: ");

  assert_no_race (run, lines);
  g_assert_cmpint (actual, >=, expected);
  g_assert_cmpint (actual, <=, expected + 4096);
  g_assert_cmpint (get_number (lines, "Workers that died: "), ==, 1);
}

static void
check_manager (HeddleRun *run, const char *lines)
{
  long long expected = get_number (lines, "Expected ");

  assert_no_race (run, lines);
  g_assert_cmpint (get_number (lines, "the list has "), >=, expected);
  g_assert_cmpint (get_number (lines, "the list has "), <=, expected + 1);
  g_assert_cmpint (get_number (lines, "{'count': "), >=, expected);
  g_assert_cmpint (get_number (lines, "{'count': "), <=, expected + 1);
}

/* Who died inside is not inside for ever. */
static void
check_lock (HeddleRun *run, const char *lines)
{
  g_assert_cmpint (get_number (lines, "At most "), <=, 3);
  g_assert_cmpint (get_watched (run, "inside now"), ==, 0);
}

static void
check_barrier (HeddleRun *run, const char *lines)
{
  g_assert_cmpint (get_number (lines, "Longest lead of a task over another, in phases: "), <=, 1);
  g_assert_nonnull (strstr (lines, "\nPhase 6 has ended"));
}

static void
check_jobs (HeddleRun *run, const char *lines)
{
  g_assert_cmpint (get_number (lines, "\nRounds: "), ==, 20);
  g_assert_cmpint (get_number (lines, "counted without a lock: "), <=, 20);
}

/* Bytes that were under way have gone with the worker: nobody says that all have come through. */
static void
check_pipe (HeddleRun *run, const char *lines)
{
  g_assert_null (strstr (lines, "bytes arrived"));
}

static const Case cases[] = {
  { "adder-and-remover", "items=200 min-wait=0.001 max-wait=0.002", 2, 0.3, check_adder },
  { "adder-and-remover", "items=200 min-wait=0.001 max-wait=0.002", 1, 0.3, check_adder },
  { "counter-race", STEPS " protection=mutex", 1, 0.05, check_counter },
  { "manager", "requests=8000", 1, 0.1, check_manager },
  { "manager", "requests=8000 adding=locked", 1, 0.1, check_manager },
  { "lock", "how=none seconds=0.05 visits=8", 1, 0.2, check_lock },
  { "lock", "how=wait seconds=0.02 visits=8", 1, 0.2, check_lock },
  { "barrier", "phases=6 min-work=0.02 max-work=0.05", 1, 0.3, check_barrier },
  { "pipe", "megabytes=0.2 block=1000 send-pause=0.005", 1, 0.2, check_pipe, 1 },
  { "preemptive-or-cooperative", "mode=preemptive jobs=2 rounds=10 work=20", 1, 0.3, check_jobs },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tried-again/%u/%s", i + 1, cases[i].workload);

      g_test_add_data_func (path, &cases[i], dies_and_is_tried_again);
    }
  return g_test_run ();
}
