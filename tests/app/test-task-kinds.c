/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By what names of tasks have in common they are sorted into kinds. */
#include "config.h"

#include "app/model/task-kinds.h"

static void
test_names (void)
{
  static const char *const cases[][2] = {
    { "reader 12", "reader" },
    { "the factorial of 5", "the factorial of …" },
    { "phase 2 of 7", "phase … of …" },
    { "gimp.png", ".png" },
    { "/usr/share/a b/gimp.tar.gz", ".gz" },
    { "/usr/share/.hidden", ".hidden" },
    { "libnsl-dev/copyright", "copyright" },
    { "version 1.5", "version" },
    { "no numbers here", "no numbers here" },
    { "42", "…" },
    { "It ends. Here", "It ends. Here" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *kind = heddle_task_kind_dup (cases[i][0]);

      g_assert_cmpstr (kind, ==, cases[i][1]);
    }
}

static void
test_numbers (void)
{
  g_autoptr (HeddleTaskKinds) kinds = heddle_task_kinds_new (3);

  g_assert_cmpuint (heddle_task_kinds_get_n (kinds), ==, 1);
  g_assert_cmpuint (heddle_task_kinds_find (kinds, 7), ==, HEDDLE_TASK_KIND_NEW);
  g_assert_cmpuint (heddle_task_kinds_add (kinds, 7, "reader 1"), ==, 1);
  g_assert_cmpuint (heddle_task_kinds_add (kinds, 8, "writer 1"), ==, 2);
  g_assert_cmpuint (heddle_task_kinds_add (kinds, 9, "reader 2"), ==, 1);
  /* there is no room for more */
  g_assert_cmpuint (heddle_task_kinds_add (kinds, 10, "cook"), ==, 0);
  g_assert_cmpuint (heddle_task_kinds_get_n (kinds), ==, 3);
  g_assert_cmpstr (heddle_task_kinds_get_name (kinds, 2), ==, "writer");
  g_assert_cmpuint (heddle_task_kinds_find (kinds, 9), ==, 1);
  g_assert_cmpuint (heddle_task_kinds_find (kinds, 10), ==, 0);
  /* one without a name may have one later */
  g_assert_cmpuint (heddle_task_kinds_add (kinds, 11, ""), ==, 0);
  g_assert_cmpuint (heddle_task_kinds_add (kinds, 11, "11"), ==, 0);
  g_assert_cmpuint (heddle_task_kinds_find (kinds, 11), ==, HEDDLE_TASK_KIND_NEW);
}

/* Of a million tasks a part is remembered; all keep their kinds. */
static void
test_many (void)
{
  g_autoptr (HeddleTaskKinds) kinds = heddle_task_kinds_new (3);

  for (guint64 id = 1; id <= 250000; id++)
    g_assert_cmpuint (heddle_task_kinds_add (kinds, id, id % 2 == 0 ? "even 1" : "odd 1"), ==,
                      id % 2 == 0 ? 2 : 1);
  g_assert_cmpuint (heddle_task_kinds_find (kinds, 250000), ==, 2);
  g_assert_cmpuint (heddle_task_kinds_find (kinds, 1), ==, HEDDLE_TASK_KIND_NEW);
  g_assert_cmpuint (heddle_task_kinds_add (kinds, 1, "odd 9"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/task-kinds/names-have-something-in-common", test_names);
  g_test_add_func ("/task-kinds/first-ones-get-numbers", test_numbers);
  g_test_add_func ("/task-kinds/what-is-forgotten-is-found-again", test_many);
  return g_test_run ();
}
