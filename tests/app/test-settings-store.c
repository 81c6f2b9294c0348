/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings that are kept for each workload. */
#include "config.h"

#include "app/model/app-settings.h"
#include "app/model/settings-store.h"
#include "workloads/list.h"

static void
assert_kept (const char *id, const char *const *words)
{
  g_auto (GStrv) kept = heddle_settings_store_load (heddle_workloads_find (id));

  g_assert_cmpstrv (kept, words);
}

static void
test_each_its_own (void)
{
  static const char *const none[] = { NULL };
  static const char *const squares[] = { "n=5", "--backend=processes", NULL };
  /* a folder's name is bytes, and may hold what separates words elsewhere */
  static const char *const files[] = { "folder=/tmp/a b=\377,'c'", "--workers=3", NULL };

  assert_kept ("squares", none);
  heddle_settings_store_save (heddle_workloads_find ("squares"), squares);
  heddle_settings_store_save (heddle_workloads_find ("checksum-files"), files);
  assert_kept ("squares", squares);
  assert_kept ("checksum-files", files);
  assert_kept ("factorials", none);

  heddle_settings_store_save (heddle_workloads_find ("squares"), none);
  assert_kept ("squares", none);
  assert_kept ("checksum-files", files);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  heddle_app_settings_open (&error);
  g_assert_no_error (error);
  g_test_add_func ("/settings-store/keeps-bytes-for-each-workload", test_each_its_own);
  return g_test_run ();
}
