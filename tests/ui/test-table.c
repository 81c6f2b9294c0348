/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table with a real model in a real window; needs a display, and is skipped where there is none. */
#include "config.h"

#include <gtk/gtk.h>

#include "app/results-model.h"
#include "app/table.h"

#define MILLION 1000000

static const HeddleTableColumn columns[] = { { "Task", 80, 0 }, { "Result", 100, 1 } };

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
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, heddle_result_row_get (HEDDLE_RESULT_ROW (item))->id);

  heddle_table_row_set_text (row, 0, id, HEDDLE_CELL_PLAIN);
  heddle_table_row_set_text (row, 1, heddle_result_row_get (HEDDLE_RESULT_ROW (item))->result, HEDDLE_CELL_PLAIN);
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
      HeddleRow row = { .id = ++fixture->n_rows, .state = HEDDLE_TASK_DONE, .attempt = 1, .result = (char *) "a result" };

      heddle_results_add (fixture->results, &row);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  HeddleTable *table = HEDDLE_TABLE (heddle_table_new (columns, G_N_ELEMENTS (columns), "Test", fill, fixture));

  fixture->results = heddle_results_new ((gsize) 1 << 30);
  fixture->model = heddle_results_model_new (fixture->results, GPOINTER_TO_INT (data));
  fixture->body = heddle_table_get_body (table);
  heddle_table_body_set_model (fixture->body, G_LIST_MODEL (fixture->model));
  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (fixture->window, 400, 300);
  gtk_window_set_child (fixture->window, GTK_WIDGET (table));
  gtk_window_present (fixture->window);
  while (!gtk_widget_get_mapped (GTK_WIDGET (fixture->body)) || gtk_widget_get_height (GTK_WIDGET (fixture->body)) == 0)
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

  row = g_list_model_get_item (G_LIST_MODEL (fixture->model), (guint) (gtk_adjustment_get_value (fixture->adjustment) / heddle_table_body_get_row_height (fixture->body)));
  return heddle_result_row_get (row)->id;
}

static void
test_only_what_is_seen_is_filled (Fixture *fixture, gconstpointer data)
{
  double rows_in_sight = gtk_widget_get_height (GTK_WIDGET (fixture->body)) / heddle_table_body_get_row_height (fixture->body) + 2;
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
      gtk_widget_allocate (GTK_WIDGET (fixture->body), gtk_widget_get_width (GTK_WIDGET (fixture->body)), gtk_widget_get_height (GTK_WIDGET (fixture->body)), -1, NULL);
      took = (double) (g_get_monotonic_time () - begin) / 1000;
      worst = MAX (worst, took);
      sum += took;
      g_assert_cmpuint (fixture->n_fills, >, 0);
      g_assert_cmpuint (fixture->n_fills, <=, (guint) rows_in_sight);
      g_assert_cmpuint (first_id (fixture), ==, fixture->n_rows);
      wait_frame (fixture);
    }
  g_test_message ("an update at %u rows: mean %.3f ms, worst %.3f ms", g_list_model_get_n_items (G_LIST_MODEL (fixture->model)), sum / 20, worst);
}

static void
test_what_is_read_stays (Fixture *fixture, gconstpointer data)
{
  guint64 id;
  double value;

  add_rows (fixture, MILLION);
  heddle_results_model_update (fixture->model);
  wait_frame (fixture);
  gtk_adjustment_set_value (fixture->adjustment, 5000 * heddle_table_body_get_row_height (fixture->body));
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
  value = gtk_adjustment_get_upper (fixture->adjustment);
  g_assert_cmpfloat_with_epsilon (value, (double) fixture->n_rows * heddle_table_body_get_row_height (fixture->body), 1);
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
      g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (fixture->adjustment) + page, gtk_adjustment_get_upper (fixture->adjustment), 1);
    }
  /* not while the user reads something further up */
  gtk_adjustment_set_value (fixture->adjustment, 100 * heddle_table_body_get_row_height (fixture->body));
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
  gtk_adjustment_set_value (fixture->adjustment, 50 * heddle_table_body_get_row_height (fixture->body));
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
  g_test_add ("/table/only-what-is-seen-is-filled", Fixture, GINT_TO_POINTER (HEDDLE_RESULTS_NEWEST_FIRST), set_up, test_only_what_is_seen_is_filled, tear_down);
  g_test_add ("/table/what-is-read-stays", Fixture, GINT_TO_POINTER (HEDDLE_RESULTS_NEWEST_FIRST), set_up, test_what_is_read_stays, tear_down);
  g_test_add ("/table/end-is-followed", Fixture, GINT_TO_POINTER (HEDDLE_RESULTS_BY_ID), set_up, test_end_is_followed, tear_down);
  g_test_add ("/table/top-after-shrinking", Fixture, GINT_TO_POINTER (HEDDLE_RESULTS_NEWEST_FIRST), set_up, test_top_after_shrinking, tear_down);
  return g_test_run ();
}
