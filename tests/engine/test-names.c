/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What shared objects are called: as the workload says where nobody has translated it, and never
 * longer than there is room. */
#include "config.h"

#include <locale.h>
#include <libintl.h>
#include <string.h>

#include "engine/sync/shared-private.h"
#include "engine/sync/shared.h"

static void
assert_shown (const char *name, const char *expected)
{
  char shown[HEDDLE_SHARED_NAME];

  g_assert_cmpstr (heddle_shared_show_name (name, shown, sizeof shown), ==, expected);
}

static void
names_stay_without_a_translation (void)
{
  assert_shown ("no such thing", "no such thing");
  assert_shown ("no such thing 17", "no such thing 17");
  assert_shown ("17", "17");
  assert_shown ("", ""); /* not the catalogue's head */
}

static void
names_are_cut_between_letters (void)
{
  char shown[8];

  heddle_shared_show_name ("Schlüssel", shown, sizeof shown);
  g_assert_true (g_utf8_validate (shown, -1, NULL));
  g_assert_cmpstr (shown, ==, "Schlüs");
}

/* German, where the test was given the built catalogues and the system a locale to use them in. */
static void
names_are_translated (void)
{
  const char *catalogues = g_getenv ("TEST_LOCALEDIR");

  if (catalogues == NULL
      || (setlocale (LC_ALL, "C.UTF-8") == NULL && setlocale (LC_ALL, "en_US.UTF-8") == NULL))
    {
      g_test_skip ("no locale that can be translated into");
      return;
    }
  g_setenv ("LANGUAGE", "de", TRUE);
  bindtextdomain (GETTEXT_PACKAGE, catalogues);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  assert_shown ("door", "Tür");
  assert_shown ("fork 12", "Gabel 12");
  assert_shown ("turns: modest 3", "Züge: bescheiden 3");
  assert_shown ("fork", "fork"); /* only numbered ones are called so */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/names/stay-without-a-translation", names_stay_without_a_translation);
  g_test_add_func ("/names/are-cut-between-letters", names_are_cut_between_letters);
  g_test_add_func ("/names/are-translated-with-their-number", names_are_translated);
  return g_test_run ();
}
