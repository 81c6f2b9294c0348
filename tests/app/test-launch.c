/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window's command line accepts, and what it says of the rest. */
#include "config.h"

#include "app/model/launch.h"

static GVariantDict *
options_of (const char *text)
{
  g_autoptr (GVariant) value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (value);
  return g_variant_dict_new (value);
}

static void
assert_accepted (const char *text, HeddleLaunch **launch)
{
  g_autoptr (GVariantDict) options = options_of (text);
  g_autoptr (GError) error = NULL;

  *launch = heddle_launch_new (options, &error);
  g_assert_no_error (error);
  g_assert_nonnull (*launch);
}

static void
test_takes_every_value (void)
{
  g_autoptr (HeddleLaunch) launch = NULL;

  assert_accepted (
    "{'workload': <'squares'>, 'set': <[b'n=1234']>, 'backend': <'thread-per-task'>, 'workers': <'7'>,"
    " 'queue': <'9'>, 'start': <true>}",
    &launch);
  g_assert_cmpstr (heddle_settings_get_workload (launch->settings)->id, ==, "squares");
  g_assert_cmpfloat (heddle_settings_get_number (launch->settings, "n"), ==, 1234);
  g_assert_true (launch->has_backend);
  g_assert_cmpint (launch->backend, ==, HEDDLE_BACKEND_THREAD_PER_TASK);
  g_assert_cmpuint (launch->workers, ==, 7);
  g_assert_cmpuint (launch->queue, ==, 9);
  g_assert_true (launch->start);
  g_assert_false (launch->new_window);
}

static void
test_nothing_is_fine (void)
{
  g_autoptr (HeddleLaunch) launch = NULL;

  assert_accepted ("{}", &launch);
  g_assert_null (launch->settings);
  g_assert_false (launch->has_backend);
  g_assert_cmpuint (launch->workers, ==, 0);
}

static void
test_tells_bad_values (void)
{
  static const struct {
    const char *options;
    const char *says;
  } cases[] = {
    { "{'workload': <'nope'>}", "nope" },
    { "{'workload': <'squares'>, 'set': <[b'n=abc']>}", "abc" },
    { "{'workload': <'squares'>, 'set': <[b'm=1']>}", "m" },
    { "{'workload': <'squares'>, 'backend': <'fibres'>}", "fibres" },
    { "{'set': <[b'n=1']>}", "--workload" },
    { "{'workers': <'0'>}", "--workers" },
    { "{'workers': <'1025'>}", "1024" },
    { "{'queue': <'many'>}", "many" },
    { "{'': <['extra']>}", "extra" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariantDict) options = options_of (cases[i].options);
      g_autoptr (GError) error = NULL;
      g_autoptr (HeddleLaunch) launch = heddle_launch_new (options, &error);

      g_test_message ("%s", cases[i].options);
      g_assert_null (launch);
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

/* The window may belong to a process with another current directory. */
static void
test_folders_become_absolute (void)
{
  g_autoptr (GVariantDict) options =
    options_of ("{'workload': <'checksum-files'>, 'set': <[b'folder=some/../where']>}");
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleLaunch) launch = NULL;
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *expected = g_build_filename (here, "where", NULL);

  g_assert_true (heddle_launch_make_absolute (options, &error));
  g_assert_no_error (error);
  launch = heddle_launch_new (options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (heddle_settings_get (launch->settings, "folder"), ==, expected);
}

/* A folder's name is bytes. */
static void
test_folders_need_not_be_utf8 (void)
{
  g_autoptr (GVariantDict) options =
    options_of ("{'workload': <'checksum-files'>, 'set': <[b'folder=/tmp/\\377']>}");
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleLaunch) launch = NULL;

  g_assert_true (heddle_launch_make_absolute (options, &error));
  g_assert_no_error (error);
  launch = heddle_launch_new (options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (heddle_settings_get (launch->settings, "folder"), ==, "/tmp/\377");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/launch/takes-every-value", test_takes_every_value);
  g_test_add_func ("/launch/nothing-is-fine", test_nothing_is_fine);
  g_test_add_func ("/launch/tells-bad-values", test_tells_bad_values);
  g_test_add_func ("/launch/folders-become-absolute", test_folders_become_absolute);
  g_test_add_func ("/launch/folders-need-not-be-utf8", test_folders_need_not_be_utf8);
  return g_test_run ();
}
