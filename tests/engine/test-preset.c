/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/preset.h"

static const HeddleParam params[] = {
  { .name = "n", .type = HEDDLE_PARAM_NUMBER, .initial = "5", .min = 1, .max = 100, .step = 1 },
  { .name = "lock", .type = HEDDLE_PARAM_SWITCH, .initial = "on" },
  { .name = "title", .type = HEDDLE_PARAM_TEXT, .initial = "" },
};

static const HeddleWorkload workload = {
  .id = "adding",
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .backends =
    HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS) | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES),
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 3,
  .default_queue = 16,
};

/* Has a parameter that is called like an option of the pool. */
static const HeddleParam own_workers[] = {
  { .name = "workers", .type = HEDDLE_PARAM_NUMBER, .initial = "1", .min = 1, .max = 5000, .step = 1 },
};

static const HeddleWorkload employer = {
  .id = "employer",
  .params = own_workers,
  .n_params = 1,
  .backends = HEDDLE_BACKENDS_ALL,
  .default_workers = 2,
  .default_queue = 1,
};

static void
nothing_said_means_the_defaults (void)
{
  static const char *const texts[] = { "", "   " };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (HeddlePresetValues) trial = { 0 };
      HeddleRunOptions options;

      heddle_run_options_init (&options, &workload);
      heddle_preset_parse (&trial, &workload, texts[i], &error);
      g_assert_no_error (error);
      g_assert_cmpstr (heddle_settings_get (trial.settings, "n"), ==, "5");
      g_assert_cmpfloat (heddle_settings_get_number (trial.settings, "lock"), ==, 1);
      g_assert_cmpuint (trial.options.workers, ==, options.workers);
      g_assert_cmpuint (trial.options.queue, ==, options.queue);
      g_assert_cmpuint (trial.options.retries, ==, options.retries);
      g_assert_cmpint (trial.options.backend, ==, options.backend);
      g_assert_false (trial.names_workers);
    }
}

static void
parameters_and_options_are_taken (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (HeddlePresetValues) trial = { 0 };

  heddle_preset_parse (
    &trial, &workload,
    "lock=off  workers=4 title='two words' queue=8 backend=processes retries=0 prefetch=2", &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (heddle_settings_get_number (trial.settings, "lock"), ==, 0);
  g_assert_cmpstr (heddle_settings_get (trial.settings, "title"), ==, "two words");
  g_assert_cmpstr (heddle_settings_get (trial.settings, "n"), ==, "5");
  g_assert_cmpuint (trial.options.workers, ==, 4);
  g_assert_true (trial.names_workers);
  g_assert_cmpuint (trial.options.queue, ==, 8);
  g_assert_cmpuint (trial.options.prefetch, ==, 2);
  g_assert_cmpuint (trial.options.retries, ==, 0);
  g_assert_cmpint (trial.options.backend, ==, HEDDLE_BACKEND_PROCESSES);
}

static void
policies_are_taken (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (HeddlePresetValues) trial = { 0 };
  g_autofree char *command = heddle_preset_dup_command (
    &workload, "retries=2 timeout=0.5 halt=soon,fail=10% recycle=7 affinity=spread");

  heddle_preset_parse (&trial, &workload,
                       "retries=2 timeout=0.5 halt=soon,fail=10% recycle=7 affinity=spread",
                       &error);
  g_assert_no_error (error);
  g_assert_cmpuint (trial.options.retries, ==, 2);
  g_assert_cmpfloat (trial.options.timeout, ==, 0.5);
  g_assert_cmpint (trial.options.halt.when, ==, HEDDLE_HALT_SOON);
  g_assert_true (trial.options.halt.percent);
  g_assert_cmpuint (trial.options.recycle, ==, 7);
  g_assert_cmpstr (trial.options.affinity, ==, "spread");
  g_assert_cmpstr (
    command, ==,
    "heddle-cli run adding --retries 2 --timeout 0.5 --halt soon,fail=10% --recycle 7 --affinity spread");
}

static void
own_parameter_comes_first (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (HeddlePresetValues) trial = { 0 };
  g_autofree char *command = heddle_preset_dup_command (&employer, "workers=5000");

  heddle_preset_parse (&trial, &employer, "workers=5000", &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (heddle_settings_get_number (trial.settings, "workers"), ==, 5000);
  g_assert_cmpuint (trial.options.workers, ==, 2);
  g_assert_false (trial.names_workers);
  g_assert_cmpstr (command, ==, "heddle-cli run employer --set workers=5000");
}

static void
what_makes_no_sense_is_refused (void)
{
  static const char *const texts[] = {
    "lock",          "lock=perhaps",     "n=0",        "colour=red",        "workers=0",     "workers=1025", "workers=",   "workers",
    "workers=four",  "queue=0",          "retries=-1", "backend=main-loop", "backend=steam", "backend",      "title='open", "=1",
    "n=3 lock=maybe", "halt=soon", "timeout=-1", "nice=5",  "affinity=x",   "affinity=",  "timeout=0x10",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (HeddlePresetValues) trial = { 0 };

      g_test_message ("%s", texts[i]);
      g_assert_false (heddle_preset_parse (&trial, &workload, texts[i], &error));
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
    }
}

static void
command_does_the_same (void)
{
  static const char *const cases[][2] = {
    { "", "heddle-cli run adding" },
    { "lock=off workers=4", "heddle-cli run adding --set lock=off --workers 4" },
    { "backend=processes n=7", "heddle-cli run adding --backend processes --set n=7" },
    { "title='two words'", "heddle-cli run adding --set 'title=two words'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *command = heddle_preset_dup_command (&workload, cases[i][0]);

      g_assert_cmpstr (command, ==, cases[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preset/nothing-said-means-the-defaults", nothing_said_means_the_defaults);
  g_test_add_func ("/preset/parameters-and-options-are-taken", parameters_and_options_are_taken);
  g_test_add_func ("/preset/policies-are-taken", policies_are_taken);
  g_test_add_func ("/preset/own-parameter-comes-first", own_parameter_comes_first);
  g_test_add_func ("/preset/what-makes-no-sense-is-refused", what_makes_no_sense_is_refused);
  g_test_add_func ("/preset/command-does-the-same", command_does_the_same);
  return g_test_run ();
}
