/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring that nobody reads in time: details are given up and counted, to the last one; what happens
 * to tasks is told all the same. */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>

#include "base/format.h"
#include "fault-harness.h"
#include "trace/clock.h"

#define N_DROPPED 5000

static void (*count_row) (const HeddleRow *row, gpointer data);

/* Nothing is read while a hook does not return. */
static void
hold_up_the_collector (const HeddleRow *row, gpointer data)
{
  count_row (row, data);
  if (row->id == 1)
    test_wait_until (g_file_test (g_getenv ("FAULT_MARK"), G_FILE_TEST_EXISTS));
}

static void
details_are_counted (gconstpointer data)
{
  const char *const what[] = { "what=" G_STRINGIFY (N_DROPPED), NULL };
  TestRun *run = test_run_new ("chatter", 100, what);
  HeddleRunSnapshot end;

  run->options.backend = (HeddleBackend) GPOINTER_TO_INT (data);
  run->options.workers = 1;
  count_row = run->options.hooks.row;
  run->options.hooks.row = hold_up_the_collector;
  test_run_start (run);
  test_run_finish (run);
  end = test_run_snapshot (run);
  g_assert_cmpuint (end.done, ==, 100);
  g_assert_cmpuint (run->result_sum, ==, 100 * 101 / 2);
  g_assert_cmpuint (end.dropped_events, ==, N_DROPPED);
  test_run_free (run);
  g_assert_cmpint (g_unlink (g_getenv ("FAULT_MARK")), ==, 0);
}

#define HOLD_NS (100 * HEDDLE_MS)

static gint64 held_from_ns, held_until_ns;
static guint n_through_it; /* tasks that took most of that time */

static void
read_nothing_for_a_while (const HeddleRow *row, gpointer data)
{
  gint64 begin = MAX (row->started_ns, held_from_ns), end = MIN (row->finished_ns, held_until_ns);

  count_row (row, data);
  n_through_it += end - begin > HOLD_NS / 2;
  if (row->id != 1)
    return;
  held_from_ns = heddle_clock_monotonic_ns ();
  while ((held_until_ns = heddle_clock_monotonic_ns ()) - held_from_ns < HOLD_NS)
    continue;
}

/* The worker waits for room in its ring, but none of its tasks does: they do next to nothing. */
static void
wait_is_in_no_task (gconstpointer data)
{
  TestRun *run = test_run_new ("double", 100000, NULL);

  held_from_ns = held_until_ns = 0;
  n_through_it = 0;
  run->options.backend = (HeddleBackend) GPOINTER_TO_INT (data);
  run->options.workers = 1;
  count_row = run->options.hooks.row;
  run->options.hooks.row = read_nothing_for_a_while;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 100000);
  g_assert_cmpint (held_until_ns, >, 0);
  g_assert_cmpuint (n_through_it, ==, 0);
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("heddle-XXXXXX", &error);
  g_autofree char *mark = g_build_filename (folder, "mark", NULL);
  int status;

  setlocale (LC_ALL, "C");
  g_setenv ("FAULT_MARK", mark, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/ring-overflow/details-are-counted/threads",
                        GINT_TO_POINTER (HEDDLE_BACKEND_THREADS), details_are_counted);
  g_test_add_data_func ("/ring-overflow/details-are-counted/processes",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), details_are_counted);
  g_test_add_data_func ("/ring-overflow/wait-is-in-no-task/threads",
                        GINT_TO_POINTER (HEDDLE_BACKEND_THREADS), wait_is_in_no_task);
  g_test_add_data_func ("/ring-overflow/wait-is-in-no-task/processes",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), wait_is_in_no_task);
  status = g_test_run ();
  g_rmdir (folder);
  return status;
}
