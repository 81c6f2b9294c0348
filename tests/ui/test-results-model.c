/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/log-model.h"
#include "app/model/results-model.h"

#define MILLION 1000000

/* What a list believes that only listens: how many items there are, and what it was told. */
typedef struct {
  GListModel *model; /* borrowed */
  guint n_items;
  guint n_changes;
  guint last_position, last_removed, last_added;
} Listener;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Listener *listener = data;

  g_assert_cmpuint (position + removed, <=, listener->n_items);
  listener->n_items = listener->n_items - removed + added;
  g_assert_cmpuint (listener->n_items, ==, g_list_model_get_n_items (model));
  listener->n_changes++;
  listener->last_position = position;
  listener->last_removed = removed;
  listener->last_added = added;
}

static void
listen (Listener *listener, gpointer model)
{
  *listener = (Listener) { .model = model, .n_items = g_list_model_get_n_items (model) };
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), listener);
}

static void
add_row (HeddleResults *results, guint64 id, HeddleTaskState state)
{
  char label[32], text[32];
  HeddleRow row = { .id = id,
                    .state = state,
                    .attempt = 1,
                    .worker = 1 + id % 4,
                    .queued_ns = 1000,
                    .started_ns = 2000,
                    .finished_ns = 3000 };

  g_snprintf (label, sizeof label, "task %" G_GUINT64_FORMAT, id);
  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, id * 2);
  row.label = label;
  row.result = state == HEDDLE_TASK_DONE ? text : NULL;
  row.error = state == HEDDLE_TASK_DONE ? NULL : text;
  heddle_results_add (results, &row);
}

static void
add_rows (HeddleResults *results, guint64 first, guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    add_row (results, first + i, HEDDLE_TASK_DONE);
}

static guint64
id_at (gpointer model, guint position)
{
  g_autoptr (HeddleResultRow) row = g_list_model_get_item (model, position);

  g_assert_nonnull (row);
  return heddle_result_row_is_known (row) ? heddle_result_row_get (row)->id : 0;
}

static void
test_newest_first (void)
{
  HeddleResults *results = heddle_results_new (64 << 20);
  g_autoptr (HeddleResultsModel) model = NULL;
  g_autoptr (HeddleResultRow) row = NULL;
  Listener listener;

  add_rows (results, 1, 3);
  model = heddle_results_model_new (results, HEDDLE_RESULTS_NEWEST_FIRST);
  listen (&listener, model);
  g_assert_cmpuint (listener.n_items, ==, 3);
  g_assert_cmpuint (id_at (model, 0), ==, 3);
  g_assert_cmpuint (id_at (model, 2), ==, 1);

  add_rows (results, 4, 5);
  /* nothing moves between updates */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 3);
  g_assert_cmpuint (id_at (model, 0), ==, 3);
  g_assert_true (heddle_results_model_update (model));
  g_assert_cmpuint (listener.n_changes, ==, 1);
  g_assert_cmpuint (listener.last_position, ==, 0);
  g_assert_cmpuint (listener.last_removed, ==, 0);
  g_assert_cmpuint (listener.last_added, ==, 5);
  g_assert_cmpuint (id_at (model, 0), ==, 8);
  g_assert_cmpuint (id_at (model, 7), ==, 1);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (model), 8));

  row = g_list_model_get_item (G_LIST_MODEL (model), 1);
  g_assert_cmpstr (heddle_result_row_get (row)->label, ==, "task 7");
  g_assert_cmpstr (heddle_result_row_get (row)->result, ==, "14");
  g_assert_false (heddle_results_model_update (model));
  g_assert_cmpuint (listener.n_changes, ==, 1);
  heddle_results_unref (results);
}

static void
test_same_object_while_held (void)
{
  HeddleResults *results = heddle_results_new (64 << 20);
  g_autoptr (HeddleResultsModel) model =
    heddle_results_model_new (results, HEDDLE_RESULTS_NEWEST_FIRST);
  g_autoptr (HeddleResultRow) held = NULL;
  g_autoptr (HeddleResultRow) again = NULL;

  add_rows (results, 1, 10);
  heddle_results_model_update (model);
  held = g_list_model_get_item (G_LIST_MODEL (model), 4);
  add_rows (results, 11, 100);
  heddle_results_model_update (model);
  again = g_list_model_get_item (G_LIST_MODEL (model), 104); /* the same row, further down now */
  g_assert_true (held == again);
  g_clear_object (&model);
  g_assert_cmpuint (heddle_result_row_get (held)->id, ==, 6); /* rows outlive the model */
  heddle_results_unref (results);
}

static void
test_give_up_shortens_the_end (void)
{
  HeddleResults *results = heddle_results_new (1 << 20);
  g_autoptr (HeddleResultsModel) model = NULL;
  g_autoptr (HeddleResultRow) oldest = NULL;
  Listener listener;
  guint64 first, length;

  add_rows (results, 1, 1000);
  model = heddle_results_model_new (results, HEDDLE_RESULTS_NEWEST_FIRST);
  listen (&listener, model);
  for (guint64 id = 1001; id < 200000; id += 997)
    {
      guint changes = listener.n_changes;

      add_rows (results, id, 997);
      heddle_results_model_update (model);
      g_assert_cmpuint (listener.n_changes - changes, <=, 2); /* one at the end, one on top */
      first = heddle_results_get_first (results);
      length = heddle_results_get_length (results);
      g_assert_cmpuint (listener.n_items, ==, length - first);
      g_assert_cmpuint (id_at (model, 0), ==, length);
      g_assert_cmpuint (id_at (model, listener.n_items - 1), ==, first + 1);
      g_assert_cmpuint (id_at (model, listener.n_items / 2), ==, length - listener.n_items / 2);
    }
  g_assert_cmpuint (heddle_results_get_first (results), >, 0);
  g_assert_cmpuint (heddle_results_model_get_given_up (model), ==,
                    heddle_results_get_first (results));

  /* a row that goes before it is asked for is there still, and says that it is gone; what is held
   * stays */
  oldest = g_list_model_get_item (G_LIST_MODEL (model), listener.n_items - 1);
  first = heddle_results_get_first (results);
  add_rows (results, heddle_results_get_length (results) + 1, 100000);
  g_assert_cmpuint (heddle_results_get_first (results), >, first + 10);
  g_assert_cmpuint (id_at (model, listener.n_items - 2), ==, 0);
  g_assert_cmpuint (heddle_result_row_get (oldest)->id, ==, first + 1);
  heddle_results_unref (results);
}

static void
test_everything_replaced_between_updates (void)
{
  HeddleResults *results = heddle_results_new (1 << 20);
  g_autoptr (HeddleResultsModel) model = NULL;
  Listener listener;

  add_rows (results, 1, 100);
  model = heddle_results_model_new (results, HEDDLE_RESULTS_NEWEST_FIRST);
  listen (&listener, model);
  add_rows (results, 101, 300000);
  g_assert_cmpuint (heddle_results_get_first (results), >, 100);
  heddle_results_model_update (model);
  g_assert_cmpuint (listener.n_items, ==,
                    heddle_results_get_length (results) - heddle_results_get_first (results));
  g_assert_cmpuint (id_at (model, 0), ==, 300100);
  g_assert_cmpuint (id_at (model, listener.n_items - 1), ==,
                    heddle_results_get_first (results) + 1);
  heddle_results_unref (results);
}

static void
test_by_id (void)
{
  HeddleResults *results = heddle_results_new (64 << 20);
  g_autoptr (HeddleResultsModel) model = heddle_results_model_new (results, HEDDLE_RESULTS_BY_ID);
  g_autoptr (HeddleResultRow) waiting = NULL;
  Listener listener;

  listen (&listener, model);
  add_row (results, 3, HEDDLE_TASK_DONE);
  add_row (results, 1, HEDDLE_TASK_DONE);
  heddle_results_model_update (model);
  g_assert_cmpuint (listener.n_items, ==, 3);
  g_assert_cmpuint (id_at (model, 0), ==, 1);
  g_assert_cmpuint (id_at (model, 2), ==, 3);
  waiting = g_list_model_get_item (G_LIST_MODEL (model), 1); /* task 2 has not ended */
  g_assert_false (heddle_result_row_is_known (waiting));
  g_assert_false (heddle_result_row_has_ended (waiting));
  g_assert_cmpuint (heddle_result_row_get (waiting)->id, ==, 2);

  add_row (results, 2, HEDDLE_TASK_DONE);
  heddle_results_model_update (model);
  g_assert_cmpuint (listener.n_changes, ==, 2); /* three rows came; the waiting row was renewed */
  g_assert_cmpuint (listener.last_position, ==, 1);
  g_assert_cmpuint (listener.n_items, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (id_at (model, i), ==, i + 1);
  g_assert_false (heddle_results_model_update (model));
  heddle_results_unref (results);
}

/* What was given up stands no more at the top, and what is left out says whether it has ended. */
static void
test_by_id_begins_where_rows_begin (void)
{
  HeddleResults *results = heddle_results_new (1 << 20);
  g_autoptr (HeddleResultsModel) model = heddle_results_model_new (results, HEDDLE_RESULTS_BY_ID);
  Listener listener;
  guint64 first;

  listen (&listener, model);
  add_row (results, 5000, HEDDLE_TASK_DONE); /* the first to end, and the first to be given up */
  for (guint64 id = 1; id <= 60000; id++)
    {
      if (id != 5000 && id != 59000)
        add_row (results, id, HEDDLE_TASK_DONE);
      if (id % 777 == 0)
        heddle_results_model_update (model);
    }
  heddle_results_model_update (model);
  first = heddle_results_model_get_first_id (model);
  g_assert_cmpuint (first, >, 5000);
  g_assert_cmpuint (
      first, ==,
      60000
          - (heddle_results_get_length (results)
             - heddle_results_get_first (results))); /* those that are kept, and 59000 */
  g_assert_cmpuint (listener.n_items, ==, 60000 - first + 1);
  g_assert_cmpuint (id_at (model, 0), ==, first);
  g_assert_cmpuint (id_at (model, listener.n_items - 1), ==, 60000);
  {
    g_autoptr (HeddleResultRow) open =
        g_list_model_get_item (G_LIST_MODEL (model), (guint) (59000 - first));

    g_assert_false (heddle_result_row_is_known (open));
    g_assert_false (heddle_result_row_has_ended (open));
  }
  g_assert_true (heddle_results_has_ended (results, 5000));
  g_assert_true (heddle_results_has_ended (results, 17));
  g_assert_false (heddle_results_has_ended (results, 59000));
  g_assert_false (heddle_results_has_ended (results, 60001));
  g_assert_false (heddle_results_has_ended (results, 600000));
  heddle_results_unref (results);
}

/* Runs the main loop until the model has sorted all of its rows. */
static void
wait_sorted (HeddleResultsModel *model, Listener *listener, guint n_items, guint n_changes)
{
  while (g_list_model_get_n_items (G_LIST_MODEL (model)) != n_items
         || listener->n_changes < n_changes)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_sorted (void)
{
  static const char *const texts[] = { "-3",     "2",       "10",      "1e3",
                                       "file 9", "File 10", "file 10", "zebra" };
  HeddleResults *results = heddle_results_new (64 << 20);
  g_autoptr (HeddleResultsModel) model = NULL;
  g_autoptr (GObject) held = NULL;
  Listener listener;
  guint position;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      guint at = (i * 5 + 3) % G_N_ELEMENTS (texts); /* in another order */
      HeddleRow row = { .id = at + 1,
                        .state = HEDDLE_TASK_DONE,
                        .attempt = 1,
                        .result = (char *) texts[at],
                        .started_ns = 10,
                        .finished_ns = 10 + at * at };

      heddle_results_add (results, &row);
    }
  model = heddle_results_model_new_sorted (results, FALSE, HEDDLE_RESULTS_KEY_RESULT, FALSE, NULL);
  listen (&listener, model);
  wait_sorted (model, &listener, G_N_ELEMENTS (texts), 1);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (HeddleResultRow) row = g_list_model_get_item (G_LIST_MODEL (model), i);

      g_assert_cmpstr (heddle_result_row_get (row)->result, ==, texts[i]);
    }
  held = g_list_model_get_item (G_LIST_MODEL (model), 4);

  /* what comes later is sorted in; what was held can be found again */
  heddle_results_add (results, &(HeddleRow) { .id = 100,
                                             .state = HEDDLE_TASK_DONE,
                                             .attempt = 1,
                                             .result = (char *) "0.5",
                                             .started_ns = 10,
                                             .finished_ns = 11 });
  g_assert_true (heddle_results_model_update (model));
  wait_sorted (model, &listener, G_N_ELEMENTS (texts) + 1, 2);
  g_assert_cmpuint (id_at (model, 1), ==, 100);
  g_assert_true (heddle_results_model_find (G_LIST_MODEL (model), held, &position));
  g_assert_cmpuint (position, ==, 5);
  g_assert_false (heddle_results_model_update (model));
  g_clear_object (&model);

  model = heddle_results_model_new_sorted (results, FALSE, HEDDLE_RESULTS_KEY_RAN, TRUE, NULL);
  listen (&listener, model);
  wait_sorted (model, &listener, G_N_ELEMENTS (texts) + 1, 1);
  for (guint i = 0; i < G_N_ELEMENTS (texts) - 2; i++)
    g_assert_cmpuint (id_at (model, i), ==, G_N_ELEMENTS (texts) - i);
  heddle_results_unref (results);
}

/* Sorted while rows come and go, and thrown away in the middle of it. */
static void
test_sorted_while_rows_come (void)
{
  HeddleResults *results = heddle_results_new (4 << 20);
  guint64 id = 1;

  for (guint round = 0; round < 6; round++)
    {
      g_autoptr (HeddleResultsModel) model = NULL;
      Listener listener;

      add_rows (results, id, 20000);
      id += 20000;
      model = heddle_results_model_new_sorted (
          results, FALSE, round % 2 == 0 ? HEDDLE_RESULTS_KEY_LABEL : HEDDLE_RESULTS_KEY_ID,
          round % 4 < 2, NULL);
      listen (&listener, model);
      add_rows (results, id, 10000);
      id += 10000;
      heddle_results_model_update (model);
      if (round % 3 == 0)
        continue;
      wait_sorted (
          model, &listener,
          (guint) (heddle_results_get_length (results) - heddle_results_get_first (results)), 1);
      for (guint i = 1; i < listener.n_items; i += 97)
        g_assert_cmpuint (id_at (model, i) > id_at (model, i - 1), ==, round % 4 >= 2);
    }
  heddle_results_unref (results);
}

static void
test_texts_are_compared_as_files_are (void)
{
  static const char *const order[] = { "", "a", "A1", "a2", "a10", "a10b", "a010c", "b", "ß" };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    for (guint j = 0; j < G_N_ELEMENTS (order); j++)
      {
        int sign = heddle_results_sort_compare_texts (order[i], order[j]);

        g_assert_cmpint (sign < 0 ? -1 : sign > 0, ==, i < j ? -1 : i > j);
      }
}

static void
test_only_errors (void)
{
  HeddleResults *results = heddle_results_new (64 << 20);
  g_autoptr (HeddleResultsModel) model = heddle_results_model_new (results, HEDDLE_RESULTS_ERRORS);
  Listener listener;

  listen (&listener, model);
  for (guint64 id = 1; id <= 1000; id++)
    add_row (results, id,
             id % 100 == 0     ? HEDDLE_TASK_FAILED
               : id % 250 == 1 ? HEDDLE_TASK_LOST
                               : HEDDLE_TASK_DONE);
  heddle_results_model_update (model);
  g_assert_cmpuint (listener.n_items, ==, 14);
  g_assert_cmpuint (listener.n_changes, ==, 1);
  g_assert_cmpuint (id_at (model, 0), ==, 1000);
  g_assert_cmpuint (id_at (model, 13), ==, 1);
  heddle_results_unref (results);
}

static void
test_a_million (void)
{
  HeddleResults *results = heddle_results_new ((gsize) 1 << 30);
  g_autoptr (HeddleResultsModel) model =
    heddle_results_model_new (results, HEDDLE_RESULTS_NEWEST_FIRST);
  Listener listener;

  listen (&listener, model);
  for (guint64 id = 1; id <= MILLION; id += 10000)
    {
      guint changes = listener.n_changes;

      add_rows (results, id, 10000);
      heddle_results_model_update (model);
      g_assert_cmpuint (listener.n_changes, ==, changes + 1);
      g_assert_cmpuint (listener.last_added, ==, 10000);
    }
  g_assert_cmpuint (listener.n_items, ==, MILLION);
  for (guint position = 0; position < MILLION; position += 9973)
    g_assert_cmpuint (id_at (model, position), ==, MILLION - position);
  heddle_results_unref (results);
}

/* The order of a million rows is made by a thread: the main loop goes on meanwhile. */
static void
test_a_million_sorted (void)
{
  HeddleResults *results = heddle_results_new ((gsize) 1 << 30);
  g_autoptr (HeddleResultsModel) model = NULL;
  gint64 begin, longest = 0;
  guint n_turns = 0;

  add_rows (results, 1, MILLION);
  begin = g_get_monotonic_time ();
  model = heddle_results_model_new_sorted (results, FALSE, HEDDLE_RESULTS_KEY_RESULT, TRUE, NULL);
  while (g_list_model_get_n_items (G_LIST_MODEL (model)) == 0)
    {
      gint64 turn = g_get_monotonic_time ();

      g_main_context_iteration (NULL, FALSE);
      longest = MAX (longest, g_get_monotonic_time () - turn);
      n_turns++;
    }
  g_test_message (
      "sorted within %.0f ms; %u turns of the main loop meanwhile, the longest of %.2f ms",
      (double) (g_get_monotonic_time () - begin) / 1000, n_turns, (double) longest / 1000);
  g_assert_cmpuint (n_turns, >, 1);
  for (guint position = 0; position < MILLION; position += 9973)
    g_assert_cmpuint (id_at (model, position), ==, MILLION - position);
  heddle_results_unref (results);
}

static void
test_log_is_bounded (void)
{
  HeddleLog *log = heddle_log_new (100);
  g_autoptr (HeddleLogModel) model = heddle_log_model_new (log);
  Listener listener;

  listen (&listener, model);
  for (guint i = 1; i <= 1000; i++)
    {
      heddle_log_printf (log, HEDDLE_LOG_OUTPUT, 1, i, "line %u", i);
      if (i % 7 != 0 && i != 1000)
        continue;
      heddle_log_model_update (model);
      {
        g_autoptr (HeddleLogRow) last =
          g_list_model_get_item (G_LIST_MODEL (model), listener.n_items - 1);
        g_autoptr (HeddleLogRow) first = g_list_model_get_item (G_LIST_MODEL (model), 0);

        g_assert_cmpuint (listener.n_items, ==, MIN (i, 100));
        g_assert_cmpuint (heddle_log_row_get (last)->task, ==, i);
        g_assert_cmpuint (heddle_log_row_get (first)->task, ==, i - listener.n_items + 1);
      }
    }
  g_assert_cmpuint (heddle_log_model_get_given_up (model), ==, 900);
  heddle_log_unref (log);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/results-model/newest-first", test_newest_first);
  g_test_add_func ("/results-model/same-object-while-held", test_same_object_while_held);
  g_test_add_func ("/results-model/give-up-shortens-the-end", test_give_up_shortens_the_end);
  g_test_add_func ("/results-model/everything-replaced-between-updates",
                   test_everything_replaced_between_updates);
  g_test_add_func ("/results-model/by-id", test_by_id);
  g_test_add_func ("/results-model/by-id-begins-where-rows-begin",
                   test_by_id_begins_where_rows_begin);
  g_test_add_func ("/results-model/sorted", test_sorted);
  g_test_add_func ("/results-model/sorted-while-rows-come", test_sorted_while_rows_come);
  g_test_add_func ("/results-model/texts-are-compared-as-files-are",
                   test_texts_are_compared_as_files_are);
  g_test_add_func ("/results-model/only-errors", test_only_errors);
  g_test_add_func ("/results-model/a-million", test_a_million);
  g_test_add_func ("/results-model/a-million-sorted", test_a_million_sorted);
  g_test_add_func ("/log-model/bounded", test_log_is_bounded);
  return g_test_run ();
}
