/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The selected rows of a table, beside a list that has a mark for each of them. */
#include "config.h"

#include "app/widgets/table/selection.h"

#define MOST 200

typedef struct {
  gboolean marks[MOST * 4];
  guint n;
} Model;

static void
compare (const HeddleTableSelection *selection, const Model *model)
{
  guint n = 0;

  for (guint i = 0; i < model->n; i++)
    {
      g_assert_cmpint (heddle_table_selection_has (selection, i), ==, model->marks[i]);
      n += model->marks[i];
    }
  g_assert_cmpuint (heddle_table_selection_count (selection), ==, n);
  for (guint i = 0; i < selection->ranges->len; i++)
    {
      const HeddleTableRange *range = &g_array_index (selection->ranges, HeddleTableRange, i);

      g_assert_cmpuint (range->begin, <, range->end);
      g_assert_cmpuint (range->end, <=, model->n);
      if (i > 0)
        g_assert_cmpuint (range->begin, >, range[-1].end);
    }
}

static void
mark (Model *model, guint begin, guint end)
{
  for (guint i = 0; i < model->n; i++)
    model->marks[i] = i >= begin && i < end;
}

/* Rows that come are not selected, rows that go take their marks with them. */
static void
change (Model *model, guint position, guint removed, guint added)
{
  Model before = *model;

  for (guint i = 0; i < added; i++)
    model->marks[position + i] = FALSE;
  for (guint i = position + removed; i < before.n; i++)
    model->marks[i - removed + added] = before.marks[i];
  model->n += added - removed;
}

static void
test_as_the_marks (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint round = 0; round < 200; round++)
    {
      HeddleTableSelection selection = { 0 };
      Model model = { .n = MOST };

      heddle_table_selection_clear (&selection);
      for (guint step = 0; step < 40; step++)
        {
          guint a = (guint) g_rand_int_range (random, 0, (gint32) model.n);
          guint b = (guint) g_rand_int_range (random, 0, (gint32) model.n);

          switch (g_rand_int_range (random, 0, 4))
            {
            case 0:
              heddle_table_selection_set (&selection, MIN (a, b), MAX (a, b));
              mark (&model, MIN (a, b), MAX (a, b));
              break;
            case 1:
              heddle_table_selection_toggle (&selection, a);
              model.marks[a] = !model.marks[a];
              break;
            case 2:
              heddle_table_selection_toggle (&selection, a);
              heddle_table_selection_extend (&selection, b);
              mark (&model, MIN (a, b), MAX (a, b) + 1);
              break;
            default:
              {
                guint removed = MIN (model.n - a, (guint) g_rand_int_range (random, 0, 9));
                guint added = (guint) g_rand_int_range (random, 0, 9);

                if ((removed == 1 && added == 1) || model.n + added - removed > 3 * MOST
                    || model.n + added - removed < 20)
                  continue;
                heddle_table_selection_shift (&selection, a, removed, added);
                change (&model, a, removed, added);
              }
            }
          compare (&selection, &model);
        }
      heddle_table_selection_free (&selection);
    }
}

static void
test_a_renewed_row_stays_selected (void)
{
  HeddleTableSelection selection = { 0 };

  heddle_table_selection_set (&selection, 3, 5);
  heddle_table_selection_shift (&selection, 4, 1, 1);
  g_assert_true (heddle_table_selection_has (&selection, 4));
  g_assert_cmpuint (heddle_table_selection_count (&selection), ==, 2);
  heddle_table_selection_free (&selection);
}

static void
test_a_million_rows_are_one_stretch (void)
{
  HeddleTableSelection selection = { 0 };

  heddle_table_selection_set (&selection, 0, 1000000);
  heddle_table_selection_toggle (&selection, 500000);
  g_assert_cmpuint (selection.ranges->len, ==, 2);
  g_assert_cmpuint (heddle_table_selection_count (&selection), ==, 999999);
  g_assert_false (heddle_table_selection_has (&selection, 500000));
  heddle_table_selection_toggle (&selection, 500000);
  g_assert_cmpuint (selection.ranges->len, ==, 1);
  heddle_table_selection_free (&selection);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/selection/as-the-marks", test_as_the_marks);
  g_test_add_func ("/selection/a-renewed-row-stays-selected", test_a_renewed_row_stays_selected);
  g_test_add_func ("/selection/a-million-rows-are-one-stretch",
                   test_a_million_rows_are_one_stretch);
  return g_test_run ();
}
