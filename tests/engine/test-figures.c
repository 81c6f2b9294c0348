/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures that tasks publish, from threads and from worker processes. */
#include "config.h"

#include "test-harness.h"

static TestRun *
run_figures (HeddleBackend backend, guint64 n)
{
  TestRun *run = test_run_new ("figures", n, NULL);

  run->options.backend = backend;
  run->options.workers = 2;
  test_run_start (run);
  test_run_finish (run);
  return run;
}

/* In the order of the tasks whoever was first; the last value of a name counts; what cannot be
 * drawn is not taken. */
static void
figures_are_sound (gconstpointer data)
{
  TestRun *run = run_figures ((HeddleBackend) GPOINTER_TO_UINT (data), 20);
  HeddleFigure figures[HEDDLE_MAX_FIGURES];
  guint n = heddle_run_get_figures (run->run, figures, HEDDLE_MAX_FIGURES);

  g_assert_cmpuint (n, ==, 20);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("figure %u", i + 1);

      g_assert_cmpstr (figures[i].name, ==, name);
      g_assert_cmpuint (figures[i].group, ==, 1);
      g_assert_cmpfloat (figures[i].value, ==, (i + 1) * 10);
      g_assert_cmpfloat (figures[i].low, ==, 1);
      g_assert_cmpfloat (figures[i].high, ==, 3);
      g_assert_cmpfloat (figures[i].claim, ==, 4);
    }
  g_assert_cmpuint (heddle_run_get_figures (run->run, figures, 3), ==, 3);
  test_run_free (run);
}

static void
figures_are_bounded (gconstpointer data)
{
  TestRun *run = run_figures ((HeddleBackend) GPOINTER_TO_UINT (data), 4 * HEDDLE_MAX_FIGURES);
  HeddleFigure figures[HEDDLE_MAX_FIGURES];

  g_assert_cmpuint (heddle_run_get_figures (run->run, figures, HEDDLE_MAX_FIGURES), ==,
                    HEDDLE_MAX_FIGURES);
  test_run_free (run);
}

/* Four out of five lie between the limits, and neither all nor many fewer; where that cannot be,
 * none are told. */
static void
spread_is_what_it_is_called (void)
{
  double samples[1000];

  for (guint n = 1; n <= G_N_ELEMENTS (samples); n++)
    {
      HeddleFigure figure = { .low = -1, .high = -1 };
      guint n_within = 0;

      samples[n - 1] = n;
      heddle_figure_set_samples (&figure, samples, n);
      g_assert_cmpfloat (figure.value, ==, samples[n / 2]);
      if (n < 10)
        {
          g_assert_cmpfloat (figure.low, ==, 0);
          g_assert_cmpfloat (figure.high, ==, 0);
          continue;
        }
      for (guint i = 0; i < n; i++)
        n_within += samples[i] >= figure.low && samples[i] <= figure.high;
      g_assert_cmpuint (5 * n_within, >=, 4 * n);
      g_assert_cmpuint (n_within, <=, n - 2);
      g_assert_cmpfloat (figure.low, <=, figure.value);
      g_assert_cmpfloat (figure.value, <=, figure.high);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/spread-is-what-it-is-called", spread_is_what_it_is_called);
  g_test_add_data_func ("/figures/threads/only-sound-ones-in-order",
                        GUINT_TO_POINTER (HEDDLE_BACKEND_THREADS), figures_are_sound);
  g_test_add_data_func ("/figures/processes/only-sound-ones-in-order",
                        GUINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), figures_are_sound);
  g_test_add_data_func ("/figures/threads/never-too-many",
                        GUINT_TO_POINTER (HEDDLE_BACKEND_THREADS), figures_are_bounded);
  g_test_add_data_func ("/figures/processes/never-too-many",
                        GUINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), figures_are_bounded);
  return g_test_run ();
}
