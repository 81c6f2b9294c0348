/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows a filter wants, and the list of them while rows come and go. */
#include "config.h"

#include "app/model/results-model.h"
#include "trace/clock.h"

#define MILLION 1000000
#define MOST_WAIT_NS (60 * G_GINT64_CONSTANT (1000000000))

/* Whether the list was told of every change: what it has at the end is what it was told. */
typedef struct {
  guint n_items;
  guint n_changes;
} Listener;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Listener *listener = data;

  g_assert_cmpuint (position + removed, <=, listener->n_items);
  listener->n_items += added - removed;
  g_assert_cmpuint (listener->n_items, ==, g_list_model_get_n_items (model));
  listener->n_changes++;
}

static void
listen (Listener *listener, HeddleResultsModel *model)
{
  *listener = (Listener) { .n_items = g_list_model_get_n_items (G_LIST_MODEL (model)) };
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), listener);
}

static void
wait_complete (HeddleResultsModel *model)
{
  gint64 give_up = heddle_clock_monotonic_ns () + MOST_WAIT_NS;

  heddle_results_model_update (model);
  while (!heddle_results_model_is_complete (model))
    {
      g_assert_cmpint (heddle_clock_monotonic_ns (), <, give_up);
      g_main_context_iteration (NULL, TRUE);
    }
}

static guint64
id_at (HeddleResultsModel *model, guint position)
{
  g_autoptr (HeddleResultRow) row = g_list_model_get_item (G_LIST_MODEL (model), position);

  g_assert_nonnull (row);
  return heddle_result_row_get (row)->id;
}

/* Task @id runs from 10 times its number on, for 5; every tenth fails; four workers in turn. */
static void
add_row (HeddleResults *results, guint64 id)
{
  char label[32], text[32];
  gboolean bad = id % 10 == 0;
  HeddleRow row = { .id = id,
                    .state = bad ? HEDDLE_TASK_FAILED : HEDDLE_TASK_DONE,
                    .attempt = 1,
                    .worker = 1 + id % 4,
                    .queued_ns = 1,
                    .started_ns = (gint64) id * 10,
                    .finished_ns = (gint64) id * 10 + 5 };

  g_snprintf (label, sizeof label, "file %" G_GUINT64_FORMAT ".TXT", id);
  g_snprintf (text, sizeof text, "r%" G_GUINT64_FORMAT, id * 2);
  row.label = label;
  row.result = bad ? NULL : text;
  row.error = bad ? text : NULL;
  heddle_results_add (results, &row);
}

static void
add_rows (HeddleResults *results, guint64 first, guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    add_row (results, first + i);
}

static void
test_numbers_are_read (void)
{
  static const struct {
    const char *text;
    guint64 id;
  } cases[] = {
    { "296295", 296295 },   { "296 295", 296295 },      { " 296\u202f295 ", 296295 },
    { "296,295", 296295 },  { "1.234.567", 1234567 },   { "#17", 17 },
    { "Task 17", 17 },      { "task17", 17 },           { "task 1 234", 1234 },
    { "", 0 },              { "task", 0 },              { "17a", 0 },
    { "1 2", 0 },           { "1,5", 0 },               { "1234 567", 0 },
    { "1.5", 0 },           { "\"17\"", 0 },            { "99999999999999999999", 0 },
    { "-3", 0 },            { "18446744073709551615", G_MAXUINT64 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpuint (heddle_results_filter_parse_id (cases[i].text), ==, cases[i].id);
    }
}

static gboolean
matches (const char *wanted, const char *label, const char *result)
{
  g_auto (HeddleResultsFilter) filter = { 0 };
  HeddleRow row = { .id = 17, .label = (char *) label, .result = (char *) result };

  heddle_results_filter_set_text (&filter, wanted);
  return heddle_results_filter_matches (&filter, &row);
}

static void
test_texts_are_found (void)
{
  g_assert_true (matches ("", NULL, NULL));
  g_assert_true (matches ("readme", "doc/README.md", NULL));
  g_assert_true (matches ("README", NULL, "a Readme"));
  g_assert_true (matches ("aab", "aaab", NULL));
  g_assert_false (matches ("aab", "aacb", NULL));
  g_assert_true (matches ("STRASSE", "an der Stra\u00dfe \u00dc", NULL));
  g_assert_true (matches ("\u00fcb", "\u00dcBER", NULL));
  g_assert_true (matches ("\u00fcb", "\xff \u00dcBER", NULL)); /* bytes that are no text */
  g_assert_false (matches ("\u00fc", "u", NULL));
  g_assert_true (matches ("17", "x", "y")); /* the task's number */
  g_assert_true (matches ("1", NULL, "21"));
  g_assert_false (matches ("\"17\"", "x", "y"));
  g_assert_true (matches ("\"17\"", "x", "317"));
  g_assert_true (matches ("\"", "say \"x\"", NULL));
}

static HeddleResultsModel *
new_filtered (HeddleResults *results, gboolean errors, const HeddleResultsFilter *filter)
{
  return heddle_results_model_new_sorted (results, errors, HEDDLE_RESULTS_KEY_NONE, TRUE, filter);
}

static void
test_outcome_and_worker (void)
{
  HeddleResults *results = heddle_results_new (64 << 20);
  HeddleResultsFilter filter = { .states = 1u << HEDDLE_TASK_FAILED, .worker = 3 };
  g_autoptr (HeddleResultsModel) model = NULL;
  Listener listener;

  add_rows (results, 1, 1000);
  model = new_filtered (results, FALSE, &filter);
  listen (&listener, model);
  wait_complete (model);
  /* every twentieth: 10, 30, 50 ... have worker 3 */
  g_assert_cmpuint (listener.n_items, ==, 50);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpuint (id_at (model, i), ==, 990 - 20 * i);
  g_assert_cmpuint (heddle_results_model_get_length (model), ==, 1000);
  g_clear_object (&model);

  /* the same of the errors, in the order of their numbers */
  filter.states = 0;
  model = heddle_results_model_new_sorted (results, TRUE, HEDDLE_RESULTS_KEY_ID, FALSE, &filter);
  listen (&listener, model);
  wait_complete (model);
  g_assert_cmpuint (listener.n_items, ==, 50);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpuint (id_at (model, i), ==, 10 + 20 * i);
  heddle_results_unref (results);
}

/* Rows come, the oldest go: the list has what the filter wants of those that there are. */
static void
test_stays_live (void)
{
  HeddleResults *results = heddle_results_new (2 << 20);
  g_auto (HeddleResultsFilter) filter = { 0 };
  g_autoptr (HeddleResultsModel) model = NULL;
  g_autoptr (HeddleResultRow) held = NULL;
  Listener listener;
  guint64 id = 1, first, length;
  guint position;

  heddle_results_filter_set_text (&filter, "7.txt");
  add_rows (results, id, 1000);
  model = new_filtered (results, FALSE, &filter);
  listen (&listener, model);
  wait_complete (model);
  g_assert_cmpuint (listener.n_items, ==, 100);
  for (id = 1001; id < 200000; id += 9970)
    {
      guint64 begin;

      add_rows (results, id, 9970);
      wait_complete (model);
      first = heddle_results_get_first (results);
      length = heddle_results_get_length (results);
      begin = first + 1 + (17 - (first + 1) % 10) % 10; /* the first that ends with a 7 */
      g_assert_cmpuint (listener.n_items, ==, (length - begin) / 10 + 1);
      g_assert_cmpuint (id_at (model, listener.n_items - 1), ==, begin);
      g_assert_cmpuint (id_at (model, 0) % 10, ==, 7);
      g_assert_cmpuint (length - id_at (model, 0), <, 10);
    }
  g_assert_cmpuint (heddle_results_get_first (results), >, 0);

  /* what is held is found again where it stands then */
  held = g_list_model_get_item (G_LIST_MODEL (model), 3);
  add_rows (results, heddle_results_get_length (results) + 1, 30);
  wait_complete (model);
  g_assert_true (heddle_results_model_find (G_LIST_MODEL (model), G_OBJECT (held), &position));
  g_assert_cmpuint (position, ==, 6);
  heddle_results_unref (results);
}

/* Every task that was going on in the stretch, also one that ended long after it, and no other. */
static void
test_a_stretch_is_exact (void)
{
  HeddleResults *results = heddle_results_new (64 << 20);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autofree HeddleRow *rows = g_new0 (HeddleRow, 20000);

  for (guint i = 0; i < 20000; i++)
    {
      gint64 length = g_rand_int_range (random, 0, i % 500 == 0 ? 50000 : 40);

      rows[i] = (HeddleRow) { .id = i + 1, .state = HEDDLE_TASK_DONE, .finished_ns = 1000 + 3 * i };
      rows[i].started_ns = i % 77 == 0 ? 0 : MAX (rows[i].finished_ns - length, 1);
      heddle_results_add (results, &rows[i]);
    }
  for (guint round = 0; round < 30; round++)
    {
      gint64 begin = g_rand_int_range (random, 0, 65000);
      HeddleResultsFilter filter = { .begin_ns = begin,
                                     .end_ns = begin + g_rand_int_range (random, 1, 3000) };
      g_autoptr (HeddleResultsModel) model = new_filtered (results, FALSE, &filter);
      guint n = 0;

      wait_complete (model);
      for (guint i = 20000; i-- > 0;)
        {
          gint64 began = rows[i].started_ns > 0 ? rows[i].started_ns : rows[i].finished_ns;

          if (rows[i].finished_ns >= filter.begin_ns && began < filter.end_ns)
            g_assert_cmpuint (id_at (model, n++), ==, rows[i].id);
        }
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, n);
    }
  heddle_results_unref (results);
}

/* The task of that number is there before a million rows have been looked at. */
static void
test_a_task_in_a_million (void)
{
  HeddleResults *results = heddle_results_new (512 << 20);
  g_auto (HeddleResultsFilter) filter = { 0 };
  g_autoptr (HeddleResultsModel) model = NULL, all = NULL, errors = NULL;
  guint position;
  gint64 begin;

  add_rows (results, 1, MILLION);
  heddle_results_filter_set_text (&filter, "296 295");
  begin = heddle_clock_monotonic_ns ();
  model = new_filtered (results, FALSE, &filter);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1);
  g_assert_cmpuint (id_at (model, 0), ==, 296295);
  g_test_message ("found after %.3f ms", (double) (heddle_clock_monotonic_ns () - begin) / 1e6);
  wait_complete (model);
  g_test_message ("all looked at after %.0f ms",
                  (double) (heddle_clock_monotonic_ns () - begin) / 1e6);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1);

  all = heddle_results_model_new (results, HEDDLE_RESULTS_NEWEST_FIRST);
  g_assert_true (heddle_results_model_find_id (all, 296295, &position));
  g_assert_cmpuint (id_at (all, position), ==, 296295);
  g_assert_false (heddle_results_model_find_id (all, MILLION + 1, &position));
  errors = heddle_results_model_new (results, HEDDLE_RESULTS_ERRORS);
  g_assert_true (heddle_results_model_find_id (errors, 296290, &position));
  g_assert_cmpuint (id_at (errors, position), ==, 296290);
  g_assert_false (heddle_results_model_find_id (errors, 296295, &position));
  heddle_results_unref (results);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/results-filter/numbers-are-read", test_numbers_are_read);
  g_test_add_func ("/results-filter/texts-are-found", test_texts_are_found);
  g_test_add_func ("/results-filter/outcome-and-worker", test_outcome_and_worker);
  g_test_add_func ("/results-filter/stays-live", test_stays_live);
  g_test_add_func ("/results-filter/a-stretch-is-exact", test_a_stretch_is_exact);
  g_test_add_func ("/results-filter/a-task-in-a-million", test_a_task_in_a_million);
  return g_test_run ();
}
