/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring that nobody reads in time: details are given up and counted, to the last one; what happens
 * to tasks is told all the same. */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>

#include "fault-harness.h"

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
  status = g_test_run ();
  g_rmdir (folder);
  return status;
}
