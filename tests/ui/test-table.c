/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table with a real model in a real window; needs a display, and is skipped where there is
 * none. */
#include "config.h"

#include <gtk/gtk.h>

#include "app/model/results-model.h"
#include "app/widgets/table/table.h"

#define MILLION 1000000

static const HeddleTableColumn columns[] = {
  { "Task", 80, 0, 0, HEDDLE_COLUMN_NUMBER | HEDDLE_COLUMN_SORTS },
  { "Result", 100, 1, 0, HEDDLE_COLUMN_SORTS },
};

typedef struct {
  GtkWindow *window;
  HeddleTableBody *body;
  GtkAdjustment *adjustment;
  HeddleResults *results;
  HeddleResultsModel *model;
  guint n_fills;
  guint64 n_rows;
} Fixture;

static void
fill (HeddleTableRow *row, GObject *item, gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *id =
    g_strdup_printf ("%" G_GUINT64_FORMAT, heddle_result_row_get (HEDDLE_RESULT_ROW (item))->id);

  heddle_table_row_set_text (row, 0, id, HEDDLE_CELL_PLAIN);
  heddle_table_row_set_text (row, 1, heddle_result_row_get (HEDDLE_RESULT_ROW (item))->result,
                             HEDDLE_CELL_PLAIN);
  fixture->n_fills++;
}

static void
on_after_paint (GdkFrameClock *clock, gboolean *painted)
{
  *painted = TRUE;
}

/* Returns when a frame has been drawn. */
static void
wait_frame (Fixture *fixture)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (fixture->window));
  gboolean painted = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &painted);

  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

static void
add_rows (Fixture *fixture, guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    {
      HeddleRow row = { .id = ++fixture->n_rows,
                        .state = HEDDLE_TASK_DONE,
                        .attempt = 1,
                        .result = (char *) "a result" };

      heddle_results_add (fixture->results, &row);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  HeddleTable *table =
    HEDDLE_TABLE (heddle_table_new (columns, G_N_ELEMENTS (columns), "Test", fill, fixture));

  fixture->results = heddle_results_new ((gsize) 1 << 30);
  fixture->model = heddle_results_model_new (fixture->results, GPOINTER_TO_INT (data));
  fixture->body = heddle_table_get_body (table);
  heddle_table_body_set_model (fixture->body, G_LIST_MODEL (fixture->model));
  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (fixture->window, 400, 300);
  gtk_window_set_child (fixture->window, GTK_WIDGET (table));
  gtk_window_present (fixture->window);
  while (!gtk_widget_get_mapped (GTK_WIDGET (fixture->body))
         || gtk_widget_get_height (GTK_WIDGET (fixture->body)) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_get (fixture->body, "vadjustment", &fixture->adjustment, NULL);
  wait_frame (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
  g_clear_object (&fixture->adjustment);
  g_assert_finalize_object (fixture->model);
  heddle_results_unref (fixture->results);
}

/* The id in the topmost row that is seen whole or in part. */
static guint64
first_id (Fixture *fixture)
{
  g_autoptr (HeddleResultRow) row = NULL;

  row = g_list_model_get_item (G_LIST_MODEL (fixture->model),
                               (guint) (gtk_adjustment_get_value (fixture->adjustment)
                                        / heddle_table_body_get_row_height (fixture->body)));
  return heddle_result_row_get (row)->id;
}

static void
test_only_what_is_seen_is_filled (Fixture *fixture, gconstpointer data)
{
  double rows_in_sight = gtk_widget_get_height (GTK_WIDGET (fixture->body))
      / heddle_table_body_get_row_height (fixture->body)
    + 2;
  double worst = 0, sum = 0;

  add_rows (fixture, MILLION);
  heddle_results_model_update (fixture->model);
  wait_frame (fixture);
  for (guint i = 0; i < 20; i++)
    {
      gint64 begin;
      double took;

      add_rows (fixture, 50000);
      fixture->n_fills = 0;
      begin = g_get_monotonic_time ();
      heddle_results_model_update (fixture->model);
      gtk_widget_allocate (GTK_WIDGET (fixture->body),
                           gtk_widget_get_width (GTK_WIDGET (fixture->body)),
                           gtk_widget_get_height (GTK_WIDGET (fixture->body)), -1, NULL);
      took = (double) (g_get_monotonic_time () - begin) / 1000;
      worst = MAX (worst, took);
      sum += took;
      g_assert_cmpuint (fixture->n_fills, >, 0);
      g_assert_cmpuint (fixture->n_fills, <=, (guint) rows_in_sight);
      g_assert_cmpuint (first_id (fixture), ==, fixture->n_rows);
      wait_frame (fixture);
    }
  g_test_message ("an update at %u rows: mean %.3f ms, worst %.3f ms",
                  g_list_model_get_n_items (G_LIST_MODEL (fixture->model)), sum / 20, worst);
}

static void
on_layout (GdkFrameClock *clock, guint *n_layouts)
{
  (*n_layouts)++;
}

/*
 * Rows that come on top of a long table are shown where others were: the window is not laid out
 * anew for them. Animations are off: a new scrollbar becomes narrow within 200 ms, whenever the
 * display gets to that, and each frame of it counts as a layout of the window.
 */
static void
test_no_layout_while_rows_come (Fixture *fixture, gconstpointer data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (fixture->window));
  guint n_layouts = 0;
  gulong handler;

  add_rows (fixture, MILLION);
  heddle_results_model_update (fixture->model);
  while (gtk_adjustment_get_upper (fixture->adjustment)
         != MILLION * heddle_table_body_get_row_height (fixture->body))
    g_main_context_iteration (NULL, TRUE);
  handler = g_signal_connect (clock, "layout", G_CALLBACK (on_layout), &n_layouts);
  for (guint n_quiet = 0; n_quiet < 20; n_quiet = n_layouts == 0 ? n_quiet + 1 : 0)
    {
      n_layouts = 0;
      wait_frame (fixture);
    }
  for (guint i = 0; i < 50; i++)
    {
      add_rows (fixture, 100);
      heddle_results_model_update (fixture->model);
      wait_frame (fixture);
      g_assert_cmpuint (first_id (fixture), ==, fixture->n_rows);
    }
  g_signal_handler_disconnect (clock, handler);
  g_assert_cmpuint (n_layouts, ==, 0);
}

static void
test_what_is_read_stays (Fixture *fixture, gconstpointer data)
{
  guint64 id;

  add_rows (fixture, MILLION);
  heddle_results_model_update (fixture->model);
  wait_frame (fixture);
  gtk_adjustment_set_value (fixture->adjustment,
                            5000 * heddle_table_body_get_row_height (fixture->body));
  wait_frame (fixture);
  id = first_id (fixture);
  g_assert_cmpuint (id, ==, MILLION - 5000);
  for (guint i = 0; i < 5; i++)
    {
      add_rows (fixture, 12345);
      fixture->n_fills = 0;
      heddle_results_model_update (fixture->model);
      wait_frame (fixture);
      g_assert_cmpuint (first_id (fixture), ==, id);
    }
  /* back at the top it follows again */
  gtk_adjustment_set_value (fixture->adjustment, 0);
  add_rows (fixture, 10);
  heddle_results_model_update (fixture->model);
  wait_frame (fixture);
  g_assert_cmpuint (first_id (fixture), ==, fixture->n_rows);
  while (gtk_adjustment_get_upper (fixture->adjustment)
         != (double) fixture->n_rows * heddle_table_body_get_row_height (fixture->body))
    g_main_context_iteration (NULL, TRUE); /* told once the layout is over */
}

static void
test_end_is_followed (Fixture *fixture, gconstpointer data)
{
  double page = gtk_adjustment_get_page_size (fixture->adjustment);
  guint64 id;

  heddle_table_body_set_follow_end (fixture->body, TRUE);
  for (guint i = 0; i < 5; i++)
    {
      add_rows (fixture, 1000);
      heddle_results_model_update (fixture->model);
      wait_frame (fixture);
      g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (fixture->adjustment) + page,
                                      gtk_adjustment_get_upper (fixture->adjustment), 1);
    }
  /* not while the user reads something further up */
  gtk_adjustment_set_value (fixture->adjustment,
                            100 * heddle_table_body_get_row_height (fixture->body));
  wait_frame (fixture);
  id = first_id (fixture);
  add_rows (fixture, 1000);
  heddle_results_model_update (fixture->model);
  wait_frame (fixture);
  g_assert_cmpuint (first_id (fixture), ==, id);
}

/* A list that shrank to less than a page and grows again is followed at its top. */
static void
test_top_after_shrinking (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListStore) store = g_list_store_new (HEDDLE_TYPE_RESULT_ROW);

  heddle_table_body_set_model (fixture->body, G_LIST_MODEL (store));
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GObject) row = g_object_new (HEDDLE_TYPE_RESULT_ROW, NULL);

      g_list_store_append (store, row);
    }
  wait_frame (fixture);
  gtk_adjustment_set_value (fixture->adjustment,
                            50 * heddle_table_body_get_row_height (fixture->body));
  wait_frame (fixture);
  g_list_store_splice (store, 3, 197, NULL, 0);
  wait_frame (fixture);
  g_assert_cmpfloat (gtk_adjustment_get_value (fixture->adjustment), ==, 0);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GObject) row = g_object_new (HEDDLE_TYPE_RESULT_ROW, NULL);

      g_list_store_insert (store, 0, row);
    }
  wait_frame (fixture);
  g_assert_cmpfloat (gtk_adjustment_get_value (fixture->adjustment), ==, 0);
  heddle_table_body_set_model (fixture->body, NULL);
}

/* The row on screen that shows @position. */
static HeddleTableRow *
row_at (Fixture *fixture, guint position)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (fixture->body)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_child_visible (child)
        && heddle_table_row_get_position (HEDDLE_TABLE_ROW (child)) == position)
      return HEDDLE_TABLE_ROW (child);
  return NULL;
}

static gboolean
has_focus (Fixture *fixture, guint position)
{
  HeddleTableRow *row = row_at (fixture, position);

  return row != NULL && gtk_root_get_focus (GTK_ROOT (fixture->window)) == GTK_WIDGET (row);
}

static void
add_task (Fixture *fixture, guint64 id)
{
  HeddleRow row = {
    .id = id, .state = HEDDLE_TASK_DONE, .attempt = 1, .result = (char *) "a result"
  };

  heddle_results_add (fixture->results, &row);
}

/* The task that the keyboard is on ends: its row is another one, and the keyboard stays there. */
static void
test_cursor_stays_when_its_task_ends (Fixture *fixture, gconstpointer data)
{
  add_task (fixture, 1);
  add_task (fixture, 3);
  heddle_results_model_update (fixture->model);
  wait_frame (fixture);
  heddle_table_body_select (fixture->body, 1); /* task 2 has not ended */
  gtk_widget_grab_focus (GTK_WIDGET (fixture->body));
  while (!has_focus (fixture, 1))
    g_main_context_iteration (NULL, TRUE);
  add_task (fixture, 2);
  heddle_results_model_update (fixture->model);
  wait_frame (fixture);
  g_assert_cmpuint (heddle_table_body_get_selected (fixture->body), ==, 1);
  g_assert_true (has_focus (fixture, 1));
  gtk_test_accessible_assert_state (row_at (fixture, 1), GTK_ACCESSIBLE_STATE_SELECTED, TRUE);
  gtk_test_accessible_assert_state (row_at (fixture, 0), GTK_ACCESSIBLE_STATE_SELECTED, FALSE);
}

/* Rows come above the one that the keyboard is on, and others are given up: it goes with its row,
 * out of sight and back. */
static void
test_cursor_goes_with_its_row (Fixture *fixture, gconstpointer data)
{
  add_rows (fixture, 100);
  heddle_results_model_update (fixture->model);
  wait_frame (fixture);
  heddle_table_body_select (fixture->body, 2);
  gtk_widget_grab_focus (GTK_WIDGET (fixture->body));
  while (!has_focus (fixture, 2))
    g_main_context_iteration (NULL, TRUE);
  add_rows (fixture, 3);
  heddle_results_model_update (fixture->model);
  while (!has_focus (fixture, 5))
    g_main_context_iteration (NULL, TRUE);
  add_rows (fixture, 1000);
  heddle_results_model_update (fixture->model);
  wait_frame (fixture);
  g_assert_cmpuint (heddle_table_body_get_selected (fixture->body), ==, 1005);
  while (gtk_root_get_focus (GTK_ROOT (fixture->window))
         != GTK_WIDGET (fixture->body)) /* the row is out of sight */
    g_main_context_iteration (NULL, TRUE);
  heddle_table_body_select (fixture->body, 1005);
  while (!has_focus (fixture, 1005))
    g_main_context_iteration (NULL, TRUE);
}

/* A row that is taken away gives the keyboard to the next one. */
static void
test_cursor_is_never_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListStore) store = g_list_store_new (HEDDLE_TYPE_RESULT_ROW);

  heddle_table_body_set_model (fixture->body, G_LIST_MODEL (store));
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GObject) row = g_object_new (HEDDLE_TYPE_RESULT_ROW, NULL);

      g_list_store_append (store, row);
    }
  wait_frame (fixture);
  heddle_table_body_select (fixture->body, 5);
  g_list_store_remove (store, 5);
  g_assert_cmpuint (heddle_table_body_get_selected (fixture->body), ==, 5);
  g_list_store_splice (store, 4, 5, NULL, 0);
  g_assert_cmpuint (heddle_table_body_get_selected (fixture->body), ==, 3);
  g_list_store_remove_all (store);
  g_assert_cmpuint (heddle_table_body_get_selected (fixture->body), ==, GTK_INVALID_LIST_POSITION);
  heddle_table_body_set_model (fixture->body, NULL);
}

/* As where another run is shown. */
static void
renew_model (Fixture *fixture)
{
  heddle_table_body_set_model (fixture->body, NULL);
  g_assert_finalize_object (fixture->model);
  heddle_results_unref (fixture->results);
  fixture->results = heddle_results_new (1 << 20);
  fixture->model = heddle_results_model_new (
      fixture->results, g_test_rand_bit () ? HEDDLE_RESULTS_NEWEST_FIRST : HEDDLE_RESULTS_BY_ID);
  heddle_table_body_set_model (fixture->body, G_LIST_MODEL (fixture->model));
}

/*
 * Rows come and go, the table gets other places and other models and is out of sight for a while,
 * in any order: nothing is left without a place, which GTK would warn of, and a warning ends the
 * test. In the end the scrollbar knows how long the table is.
 */
static void
test_any_order_leaves_nothing_without_a_place (void)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0),
            *stack = gtk_stack_new (), *above = gtk_label_new ("above");
  GtkWidget *outer = gtk_scrolled_window_new (), *empty = gtk_label_new ("empty");
  Fixture fixture = { .window = GTK_WINDOW (window) };
  GtkWidget *table = heddle_table_new (columns, G_N_ELEMENTS (columns), "Test", fill, &fixture);
  guint64 id = 1;

  fixture.body = heddle_table_get_body (HEDDLE_TABLE (table));
  gtk_stack_add_child (GTK_STACK (stack), empty);
  gtk_stack_add_child (GTK_STACK (stack), table);
  gtk_widget_set_vexpand (stack, TRUE);
  gtk_box_append (GTK_BOX (box), above);
  gtk_box_append (GTK_BOX (box), stack);
  gtk_widget_set_size_request (stack, -1, 100);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (outer), box);
  gtk_window_set_child (GTK_WINDOW (window), outer);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 300);
  fixture.results = heddle_results_new (1 << 20);
  fixture.model = heddle_results_model_new (fixture.results, HEDDLE_RESULTS_NEWEST_FIRST);
  heddle_table_body_set_model (fixture.body, G_LIST_MODEL (fixture.model));
  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_widget_get_mapped (stack) || gtk_widget_get_height (stack) == 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint step = 0; step < 400; step++)
    {
      for (guint i = g_test_rand_int_range (0, 4); i-- > 0;)
        switch (g_test_rand_int_range (0, 6))
          {
          case 0: gtk_widget_set_visible (above, !gtk_widget_get_visible (above)); break;
          case 1: gtk_widget_set_size_request (above, -1, g_test_rand_int_range (0, 300)); break;
          case 2:
            gtk_stack_set_visible_child (GTK_STACK (stack), g_test_rand_bit () ? table : empty);
            break;
          case 3:
            renew_model (&fixture);
            id = 1;
            break;
          default:
            for (guint n = g_test_rand_int_range (0, 6); n-- > 0;)
              add_task (&fixture, id++);
            heddle_results_model_update (fixture.model);
          }
      wait_frame (&fixture);
    }
  gtk_stack_set_visible_child (GTK_STACK (stack), table);
  g_object_get (fixture.body, "vadjustment", &fixture.adjustment, NULL);
  while (gtk_adjustment_get_page_size (fixture.adjustment)
             != gtk_widget_get_height (GTK_WIDGET (fixture.body))
         || gtk_adjustment_get_upper (fixture.adjustment)
                != MAX (gtk_adjustment_get_page_size (fixture.adjustment),
                        g_list_model_get_n_items (G_LIST_MODEL (fixture.model))
                            * heddle_table_body_get_row_height (fixture.body)))
    g_main_context_iteration (NULL, TRUE);
  tear_down (&fixture, NULL);
}

static const char *
cell_text (HeddleTableRow *row, guint column)
{
  GtkWidget *cell = gtk_widget_get_first_child (GTK_WIDGET (row));

  while (column-- > 0)
    cell = gtk_widget_get_next_sibling (cell);
  return gtk_inscription_get_text (GTK_INSCRIPTION (cell));
}

/* A long text is cut between two characters, whatever their length is. */
static void
test_texts_are_cut_between_characters (void)
{
  HeddleTableColumns shared;
  GtkWidget *row;

  heddle_table_columns_init (&shared, columns, G_N_ELEMENTS (columns));
  row = g_object_ref_sink (heddle_table_row_new (&shared));
  for (guint ascii = 0; ascii < 8; ascii++)
    for (guint i = 0; i < 3; i++)
      {
        const char *character[] = { "ß", "€", "🧵" };
        g_autoptr (GString) text = g_string_new (NULL);
        const char *shown;

        for (guint n = 0; n < ascii; n++)
          g_string_append_c (text, 'a');
        while (text->len < 1000)
          g_string_append (text, character[i]);
        heddle_table_row_set_text (HEDDLE_TABLE_ROW (row), 1, text->str, HEDDLE_CELL_PLAIN);
        shown = cell_text (HEDDLE_TABLE_ROW (row), 1);
        g_assert_true (g_utf8_validate (shown, -1, NULL));
        g_assert_null (g_utf8_strchr (shown, -1, 0xfffd));
        g_assert_true (g_str_has_suffix (shown, "…"));
        g_assert_true (strncmp (shown, text->str, strlen (shown) - strlen ("…")) == 0);
        g_assert_cmpuint (strlen (shown), >, 390);
      }
  heddle_table_row_set_text (HEDDLE_TABLE_ROW (row), 1, "gr\366\337e",
                             HEDDLE_CELL_PLAIN); /* what is no UTF-8 is shown as such */
  g_assert_cmpstr (cell_text (HEDDLE_TABLE_ROW (row), 1), ==, "gr\357\277\275\357\277\275e");
  g_object_unref (row);
}

static int
sum_of (const int *widths, guint n)
{
  int sum = 0;

  for (guint i = 0; i < n; i++)
    sum += widths[i];
  return sum;
}

/* A text beside an icon needs more room than the same without it, whichever was there first. */
static void
test_an_icon_has_room_of_its_own (void)
{
  HeddleTableColumns shared;
  GtkWidget *row;
  int plain;

  heddle_table_columns_init (&shared, columns, G_N_ELEMENTS (columns));
  row = g_object_ref_sink (heddle_table_row_new (&shared));
  heddle_table_row_set_text (HEDDLE_TABLE_ROW (row), 1, "Process 1", HEDDLE_CELL_PLAIN);
  heddle_table_columns_apply (&shared);
  plain = shared.content[1];
  heddle_table_row_set_icon (HEDDLE_TABLE_ROW (row), 1, "dialog-error-symbolic");
  heddle_table_row_set_text (HEDDLE_TABLE_ROW (row), 1, "Process 1", HEDDLE_CELL_PLAIN);
  g_assert_true (heddle_table_columns_apply (&shared));
  /* widths are in steps of 8 */
  g_assert_cmpint (shared.content[1], >=, plain + HEDDLE_TABLE_ICON_ROOM - 8);
  g_object_unref (row);
}

/* Where there is no room for all, spare columns are left out, the last first, rather than that none
 * can be read. */
static void
test_spare_columns_go_first (void)
{
  static const HeddleTableColumn several[] = {
    { "Task", 80, 0 },   { "Kind", 80, 0, 0, HEDDLE_COLUMN_SPARE },
    { "Input", 240, 3 }, { "Waited", 80, 0, 0, HEDDLE_COLUMN_SPARE },
    { "Ran", 80, 0 },
  };
  HeddleTableColumns shared;
  int widths[HEDDLE_TABLE_MAX_COLUMNS], n_before = 0;

  heddle_table_columns_init (&shared, several, G_N_ELEMENTS (several));
  for (guint i = 0; i < 5; i++)
    shared.content[i] = 80;
  for (int width = 0; width < 1000; width++)
    {
      int n = 0;

      heddle_table_columns_share (&shared, width, widths);
      for (guint i = 0; i < 5; i++)
        n += widths[i] > 0;
      g_assert_cmpint (sum_of (widths, 5) + (n - 1) * HEDDLE_TABLE_SPACING, <=,
                       MAX (width, (n - 1) * HEDDLE_TABLE_SPACING));
      g_assert_false (widths[1] == 0 && widths[3] > 0);
      if (widths[3] > 0 || (width > 300 && widths[1] > 0)) /* who is there can be read */
        for (guint i = 0; i < 5; i++)
          g_assert_true (widths[i] == 0 || widths[i] >= 64);
      g_assert_cmpint (n, >=, n_before);
      n_before = n;
    }
  g_assert_cmpint (n_before, ==, 5);
  heddle_table_columns_share (&shared, 80 * 3 + 2 * HEDDLE_TABLE_SPACING, widths);
  g_assert_true (widths[0] == 80 && widths[1] == 0 && widths[2] == 80 && widths[3] == 0
                 && widths[4] == 80);
}

/* Columns fill the width and never go beyond it; numbers keep theirs while texts give way; what the
 * user sets holds. */
static void
test_widths (void)
{
  static const HeddleTableColumn several[] = {
    { "Task", 80, 0 }, { "Input", 240, 3 }, { "Result", 200, 2 }, { "Gone", 0, 0 }, { "Ran", 80, 0 }
  };
  HeddleTableColumns shared;
  int widths[HEDDLE_TABLE_MAX_COLUMNS], before[HEDDLE_TABLE_MAX_COLUMNS];

  heddle_table_columns_init (&shared, several, G_N_ELEMENTS (several));
  shared.content[0] = 70;
  shared.content[1] = 600;
  shared.content[2] = 100;
  shared.content[4] = 90;
  for (int width = 0; width < 2000; width++)
    {
      heddle_table_columns_share (&shared, width, widths);
      g_assert_cmpint (sum_of (widths, 5), <=, MAX (width - 3 * HEDDLE_TABLE_SPACING, 0));
      g_assert_cmpint (sum_of (widths, 5), >=,
                       MAX (width - 3 * HEDDLE_TABLE_SPACING, 0) - 5); /* rounding */
      g_assert_cmpint (widths[3], ==, 0);
      for (guint i = 0; i < 5; i++)
        g_assert_cmpint (widths[i], >=, 0);
      if (width < 360)
        continue;
      g_assert_cmpint (widths[0], ==, 70);
      g_assert_cmpint (widths[4], ==, 90);
    }
  heddle_table_columns_share (&shared, 900, widths); /* the long one gets what is left over */
  g_assert_cmpint (widths[1], >, 500);

  heddle_table_columns_share (&shared, 800, before);
  heddle_table_columns_freeze (&shared, 800);
  heddle_table_columns_move (
      &shared, 2,
      33); /* the border between the third and the last, past the one that is not there */
  heddle_table_columns_share (&shared, 800, widths);
  g_assert_cmpint (widths[0], ==, before[0]);
  g_assert_cmpint (widths[2] - before[2], >=, 33);
  g_assert_cmpint (widths[2] - before[2], <=, 35);
  g_assert_cmpint (widths[4], ==, before[4] - 33);
  heddle_table_columns_move (&shared, 2, 10000); /* no column vanishes */
  heddle_table_columns_share (&shared, 800, widths);
  g_assert_cmpint (widths[4], >, 0);
  heddle_table_columns_unfreeze (&shared);
  heddle_table_columns_share (&shared, 800, widths);
  g_assert_cmpmem (widths, sizeof (int) * 5, before, sizeof (int) * 5);
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "none", FALSE);
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add ("/table/only-what-is-seen-is-filled", Fixture,
              GINT_TO_POINTER (HEDDLE_RESULTS_NEWEST_FIRST), set_up,
              test_only_what_is_seen_is_filled, tear_down);
  g_test_add ("/table/no-layout-while-rows-come", Fixture,
              GINT_TO_POINTER (HEDDLE_RESULTS_NEWEST_FIRST), set_up, test_no_layout_while_rows_come,
              tear_down);
  g_test_add ("/table/what-is-read-stays", Fixture, GINT_TO_POINTER (HEDDLE_RESULTS_NEWEST_FIRST),
              set_up, test_what_is_read_stays, tear_down);
  g_test_add ("/table/end-is-followed", Fixture, GINT_TO_POINTER (HEDDLE_RESULTS_BY_ID), set_up,
              test_end_is_followed, tear_down);
  g_test_add ("/table/top-after-shrinking", Fixture, GINT_TO_POINTER (HEDDLE_RESULTS_NEWEST_FIRST),
              set_up, test_top_after_shrinking, tear_down);
  g_test_add ("/table/cursor-stays-when-its-task-ends", Fixture,
              GINT_TO_POINTER (HEDDLE_RESULTS_BY_ID), set_up, test_cursor_stays_when_its_task_ends,
              tear_down);
  g_test_add ("/table/cursor-goes-with-its-row", Fixture,
              GINT_TO_POINTER (HEDDLE_RESULTS_NEWEST_FIRST), set_up, test_cursor_goes_with_its_row,
              tear_down);
  g_test_add ("/table/cursor-is-never-lost", Fixture, GINT_TO_POINTER (HEDDLE_RESULTS_NEWEST_FIRST),
              set_up, test_cursor_is_never_lost, tear_down);
  g_test_add_func ("/table/any-order-leaves-nothing-without-a-place",
                   test_any_order_leaves_nothing_without_a_place);
  g_test_add_func ("/table/texts-are-cut-between-characters",
                   test_texts_are_cut_between_characters);
  g_test_add_func ("/table/widths", test_widths);
  g_test_add_func ("/table/an-icon-has-room-of-its-own", test_an_icon_has_room_of_its_own);
  g_test_add_func ("/table/spare-columns-go-first", test_spare_columns_go_first);
  return g_test_run ();
}
