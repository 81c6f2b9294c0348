/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>

#include "engine/model/backend.h"
#include "engine/model/workload.h"

static const char *const colours[] = { "red", "dark-blue", NULL };

static const HeddleParam params[] = {
  { .name = "count", .type = HEDDLE_PARAM_NUMBER, .initial = "5", .min = 1, .max = 1e9, .step = 1 },
  { .name = "seconds", .type = HEDDLE_PARAM_NUMBER, .initial = "0.5", .min = 0, .max = 3600, .step = 0.1 },
  { .name = "shift", .type = HEDDLE_PARAM_NUMBER, .initial = "0", .min = -10, .max = 10, .step = 1 },
  { .name = "colour", .type = HEDDLE_PARAM_CHOICE, .initial = "dark-blue", .choices = colours, .choice_names = colours },
  { .name = "folder", .type = HEDDLE_PARAM_FOLDER, .initial = "/usr/share" },
  { .name = "title", .type = HEDDLE_PARAM_TEXT, .initial = "" },
  { .name = "fast", .type = HEDDLE_PARAM_SWITCH, .initial = "off" },
};

static const HeddleWorkload workload = { .id = "colouring",
                                         .params = params,
                                         .n_params = G_N_ELEMENTS (params) };
static const HeddleWorkload bare = { .id = "bare" };

typedef struct {
  const char *name;
  const char *value;
  const char *kept; /* how it reads afterwards */
} Accepted;

typedef struct {
  const char *name;
  const char *value;
  const char *message;
} Refused;

static void
initial_values (void)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);

  g_assert_true (heddle_settings_get_workload (settings) == &workload);
  for (guint i = 0; i < G_N_ELEMENTS (params); i++)
    g_assert_cmpstr (heddle_settings_get (settings, params[i].name), ==, params[i].initial);
  g_assert_cmpfloat (heddle_settings_get_number (settings, "count"), ==, 5);
  g_assert_cmpfloat (heddle_settings_get_number (settings, "seconds"), ==, 0.5);
  g_assert_cmpfloat (heddle_settings_get_number (settings, "colour"), ==, 1);
  g_assert_cmpfloat (heddle_settings_get_number (settings, "fast"), ==, 0);
}

static void
accepted (void)
{
  static const Accepted cases[] = {
    { "count", "1", "1" },
    { "count", "1000000000", "1000000000" },
    { "count", "1e6", "1000000" },
    { "count", "007", "7" },
    { "count", "12.0", "12" },
    { "shift", "-10", "-10" },
    { "shift", "-0", "0" },
    { "seconds", "0", "0" },
    { "seconds", "0.1", "0.1" },
    { "seconds", "3600", "3600" },
    { "seconds", "1.25", "1.25" },
    { "seconds", ".5", "0.5" },
    { "seconds", "0.30000000000000004", "0.30000000000000004" },
    { "colour", "red", "red" },
    { "folder", "relative/one", "relative/one" },
    { "folder", "a=b \xff\n", "a=b \xff\n" },
    { "folder", "~user", "~user" },
    { "title", "", "" },
    { "title", "größer = ~/x", "größer = ~/x" },
    { "fast", "on", "on" },
    { "fast", "No", "off" },
    { "fast", "TRUE", "on" },
    { "fast", "0", "off" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);
      g_autofree char *assignment = g_strconcat (cases[i].name, "=", cases[i].value, NULL);
      g_autoptr (GError) error = NULL;

      heddle_settings_set (settings, cases[i].name, cases[i].value, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (heddle_settings_get (settings, cases[i].name), ==, cases[i].kept);

      heddle_settings_parse (settings, assignment, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (heddle_settings_get (settings, cases[i].name), ==, cases[i].kept);
    }
}

static void
refused (void)
{
  static const Refused cases[] = {
    { "count", "0", "“count” must be a whole number from 1 to 1000000000, not “0”" },
    { "count", "1000000001", "“count” must be a whole number from 1 to 1000000000, not “1000000001”" },
    { "count", "2.5", "“count” must be a whole number from 1 to 1000000000, not “2.5”" },
    { "count", "", "“count” must be a whole number from 1 to 1000000000, not “”" },
    { "count", " 5", "“count” must be a whole number from 1 to 1000000000, not “ 5”" },
    { "count", "5 ", "“count” must be a whole number from 1 to 1000000000, not “5 ”" },
    { "count", "5x", "“count” must be a whole number from 1 to 1000000000, not “5x”" },
    { "count", "0x10", "“count” must be a whole number from 1 to 1000000000, not “0x10”" },
    { "count", "-", "“count” must be a whole number from 1 to 1000000000, not “-”" },
    { "count", "\xff", "“count” must be a whole number from 1 to 1000000000, not “\xef\xbf\xbd”" },
    { "count", "+5", "“count” must be a whole number from 1 to 1000000000, not “+5”" },
    { "seconds", "0x1p3", "“seconds” must be a number from 0 to 3600, not “0x1p3”" },
    { "seconds", "nan", "“seconds” must be a number from 0 to 3600, not “nan”" },
    { "seconds", "inf", "“seconds” must be a number from 0 to 3600, not “inf”" },
    { "seconds", "1e999", "“seconds” must be a number from 0 to 3600, not “1e999”" },
    { "seconds", "-0.1", "“seconds” must be a number from 0 to 3600, not “-0.1”" },
    { "seconds", "0,5", "“seconds” must be a number from 0 to 3600, not “0,5”" },
    { "colour", "Red", "“colour” must be one of red, dark-blue, not “Red”" },
    { "colour", "", "“colour” must be one of red, dark-blue, not “”" },
    { "folder", "", "“folder” must be a folder, not empty" },
    { "title", "a\xff", "“title” must be text in UTF-8, not “a\xef\xbf\xbd”" },
    { "fast", "2", "“fast” must be on or off, not “2”" },
    { "fast", "", "“fast” must be on or off, not “”" },
    { "speed", "1", "“colouring” has no parameter called “speed”. Its parameters are: count, seconds, shift, colour, folder, title, fast" },
    { "Count", "1", "“colouring” has no parameter called “Count”. Its parameters are: count, seconds, shift, colour, folder, title, fast" },
  };
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (heddle_settings_set (settings, cases[i].name, cases[i].value, &error));
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
  /* and nothing has changed */
  for (guint i = 0; i < G_N_ELEMENTS (params); i++)
    g_assert_cmpstr (heddle_settings_get (settings, params[i].name), ==, params[i].initial);
}

static void
parse_needs_a_name (void)
{
  static const char *const cases[] = { "", "count", "=5", "=" };
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *expected =
        g_strdup_printf ("a parameter must be set as NAME=VALUE, not as “%s”", cases[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (heddle_settings_parse (settings, cases[i], &error));
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
      g_assert_cmpstr (error->message, ==, expected);
    }
}

static void
parse_splits_at_the_first_equals_sign (void)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);

  g_assert_true (heddle_settings_parse (settings, "title=a=b=c", NULL));
  g_assert_cmpstr (heddle_settings_get (settings, "title"), ==, "a=b=c");
  g_assert_true (heddle_settings_parse (settings, "title=", NULL));
  g_assert_cmpstr (heddle_settings_get (settings, "title"), ==, "");
}

static void
no_parameters (void)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&bare);
  g_auto (GStrv) argv = heddle_settings_to_argv (settings);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_strv_length (argv), ==, 0);
  g_assert_false (heddle_settings_parse (settings, "n=1", &error));
  g_assert_cmpstr (error->message, ==, "“bare” has no parameters, so it has none called “n”");
}

static void
home_is_found (void)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);
  g_autofree char *below = g_strconcat (g_get_home_dir (), "/music", NULL);

  g_assert_true (heddle_settings_parse (settings, "folder=~/music", NULL));
  g_assert_cmpstr (heddle_settings_get (settings, "folder"), ==, below);
  g_assert_true (heddle_settings_parse (settings, "folder=~", NULL));
  g_assert_cmpstr (heddle_settings_get (settings, "folder"), ==, g_get_home_dir ());
}

static void
copy_is_independent (void)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);
  g_autoptr (HeddleSettings) copy = NULL;

  g_assert_true (heddle_settings_parse (settings, "count=7", NULL));
  copy = heddle_settings_copy (settings);
  g_assert_true (heddle_settings_parse (settings, "count=8", NULL));
  g_assert_true (heddle_settings_parse (settings, "title=changed", NULL));
  g_assert_cmpstr (heddle_settings_get (copy, "count"), ==, "7");
  g_assert_cmpfloat (heddle_settings_get_number (copy, "count"), ==, 7);
  g_assert_cmpstr (heddle_settings_get (copy, "title"), ==, "");
  g_assert_true (heddle_settings_get_workload (copy) == &workload);
}

/* What a worker process is given makes the same settings again, whatever bytes are in them. */
static void
argv_makes_the_same_again (void)
{
  static const char *const changes[] = { "count=123456789", "seconds=0.30000000000000004",
                                         "colour=red",      "folder=/a b/\xfe\n=$'\"",
                                         "title=--set",     "fast=on" };
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);
  g_autoptr (HeddleSettings) again = heddle_settings_new (&workload);
  g_auto (GStrv) argv = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_assert_true (heddle_settings_parse (settings, changes[i], NULL));
  argv = heddle_settings_to_argv (settings);
  g_assert_cmpuint (g_strv_length (argv), ==, 2 * G_N_ELEMENTS (params));
  for (guint i = 0; argv[i] != NULL; i += 2)
    {
      g_assert_cmpstr (argv[i], ==, "--set");
      g_assert_true (heddle_settings_parse (again, argv[i + 1], NULL));
    }
  for (guint i = 0; i < G_N_ELEMENTS (params); i++)
    g_assert_cmpstr (heddle_settings_get (again, params[i].name), ==,
                     heddle_settings_get (settings, params[i].name));
  g_assert_cmpfloat (heddle_settings_get_number (again, "seconds"), ==,
                     heddle_settings_get_number (settings, "seconds"));
}

/* In many locales strtod() wants a comma. */
static void
numbers_have_a_point_in_every_locale (void)
{
  static const char *const locales[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ru_RU.UTF-8",
                                         "nl_NL.UTF-8" };
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (locales) && !found; i++)
    found = setlocale (LC_NUMERIC, locales[i]) != NULL && localeconv ()->decimal_point[0] == ',';
  if (!found)
    {
      g_test_skip ("no locale with a decimal comma is installed");
      return;
    }
  g_assert_true (heddle_settings_parse (settings, "seconds=1.5", NULL));
  g_assert_cmpfloat (heddle_settings_get_number (settings, "seconds"), ==, 1.5);
  g_assert_cmpstr (heddle_settings_get (settings, "seconds"), ==, "1.5");
  g_assert_false (heddle_settings_parse (settings, "seconds=1,5", NULL));
  setlocale (LC_NUMERIC, "C");
}

static void
asking_for_an_unknown_one_is_a_mistake (void)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&workload);

  g_test_expect_message ("heddle-engine", G_LOG_LEVEL_CRITICAL,
                         "*colouring has no parameter*speed*");
  g_assert_null (heddle_settings_get (settings, "speed"));
  g_test_assert_expected_messages ();
}

/* Backends and groups are tables too. */
typedef struct {
  guint count;
  gboolean fast;
  enum { RED, DARK_BLUE } colour;
  guint64 bytes;
  gint64 seconds, milliseconds, microseconds;
  double ratio;
} Stored;

static void
values_are_stored_in_their_fields (void)
{
  static const HeddleParam stored[] = {
    { .name = "count", .initial = "4000000000", .max = 4e9, .step = 1, .field = HEDDLE_FIELD (Stored, count) },
    { .name = "fast", .type = HEDDLE_PARAM_SWITCH, .initial = "on", .field = HEDDLE_FIELD (Stored, fast) },
    { .name = "colour", .type = HEDDLE_PARAM_CHOICE, .initial = "dark-blue", .choices = colours,
      .choice_names = colours, .field = HEDDLE_FIELD (Stored, colour) },
    { .name = "bytes", .initial = "1e15", .max = 1e18, .step = 1, .field = HEDDLE_FIELD (Stored, bytes) },
    { .name = "s", .initial = "0.1", .max = 9, .step = 0.01, .unit = "s", .field = HEDDLE_FIELD (Stored, seconds) },
    { .name = "ms", .initial = "0.1", .max = 9, .step = 0.01, .unit = "ms", .field = HEDDLE_FIELD (Stored, milliseconds) },
    { .name = "us", .initial = "0.1", .max = 9, .step = 0.01, .unit = "µs", .field = HEDDLE_FIELD (Stored, microseconds) },
    { .name = "ratio", .initial = "0.25", .max = 9, .step = 0.01, .unit = "s", .field = HEDDLE_FIELD (Stored, ratio) },
    { .name = "nowhere", .initial = "5", .max = 9, .step = 1 },
  };
  static const HeddleWorkload storing = { .id = "storing",
                                          .params = stored,
                                          .n_params = G_N_ELEMENTS (stored),
                                          .data_size = sizeof (Stored) };
  g_autoptr (HeddleSettings) settings = heddle_settings_new (&storing);
  g_autofree Stored *data = heddle_settings_open (settings, NULL);

  g_assert_cmpuint (data->count, ==, 4000000000u);
  g_assert_true (data->fast);
  g_assert_cmpuint (data->colour, ==, DARK_BLUE);
  g_assert_cmpuint (data->bytes, ==, G_GUINT64_CONSTANT (1000000000000000));
  g_assert_cmpint (data->seconds, ==, 100000000);
  g_assert_cmpint (data->milliseconds, ==, 100000);
  g_assert_cmpint (data->microseconds, ==, 100);
  g_assert_cmpfloat (data->ratio, ==, 0.25);
}

static void
backends_are_found_by_id (void)
{
  static const char *const ids[] = { "threads",         "processes",
                                     "main-loop",       "main-loop-blocking",
                                     "thread-per-task", "process-per-task",
                                     "commands" };
  const HeddleWorkload everywhere = { .id = "everywhere",
                                      .backends = HEDDLE_BACKENDS_ALL
                                        | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_COMMANDS) };
  const HeddleWorkload anywhere = { .id = "anywhere", .backends = HEDDLE_BACKENDS_ALL };
  const HeddleWorkload nowhere = { .id = "nowhere" };
  HeddleBackend backend;

  _Static_assert (G_N_ELEMENTS (ids) == HEDDLE_N_BACKENDS, "add the new backend's id to ids[]");
  for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
    {
      g_assert_true (heddle_backend_parse (ids[i], &everywhere, &backend, NULL));
      g_assert_cmpint (backend, ==, i);
      g_assert_cmpstr (heddle_backend_get_info (backend)->id, ==, ids[i]);
      /* scripts tell them by this */
      g_assert_cmpint (heddle_backend_get_info (backend)->is_process, ==,
                       g_str_has_prefix (ids[i], "process"));
      /* who does not name it does not get it */
      g_assert_cmpint (heddle_backend_parse (ids[i], &anywhere, &backend, NULL), !=,
                       heddle_backend_get_info (i)->is_command);
      g_assert_false (heddle_backend_parse (ids[i], &nowhere, &backend, NULL));
    }
  g_assert_false (heddle_backend_parse ("thread", &everywhere, &backend, NULL));
  g_assert_false (heddle_backend_parse ("", &everywhere, &backend, NULL));
}

static void
groups_have_names (void)
{
  for (guint i = 0; i < HEDDLE_N_GROUPS; i++)
    g_assert_cmpstr (heddle_group_get_name ((HeddleGroup) i), !=, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/param/initial-values", initial_values);
  g_test_add_func ("/param/accepted", accepted);
  g_test_add_func ("/param/refused-in-words", refused);
  g_test_add_func ("/param/parse-needs-a-name", parse_needs_a_name);
  g_test_add_func ("/param/parse-splits-at-the-first-equals-sign",
                   parse_splits_at_the_first_equals_sign);
  g_test_add_func ("/param/no-parameters", no_parameters);
  g_test_add_func ("/param/home-is-found", home_is_found);
  g_test_add_func ("/param/copy-is-independent", copy_is_independent);
  g_test_add_func ("/param/argv-makes-the-same-again", argv_makes_the_same_again);
  g_test_add_func ("/param/numbers-have-a-point-in-every-locale",
                   numbers_have_a_point_in_every_locale);
  g_test_add_func ("/param/asking-for-an-unknown-one-is-a-mistake",
                   asking_for_an_unknown_one_is_a_mistake);
  g_test_add_func ("/param/values-are-stored-in-their-fields", values_are_stored_in_their_fields);
  g_test_add_func ("/backend/found-by-id", backends_are_found_by_id);
  g_test_add_func ("/group/have-names", groups_have_names);
  return g_test_run ();
}
