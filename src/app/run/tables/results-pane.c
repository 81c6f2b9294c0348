/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/tables/result-dialog.h"
#include "app/run/tables/results-pane.h"
#include "app/run/tables/results-row.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/a11y/stack-pages.h"
#include "app/widgets/table/table.h"
#include "base/format.h"

#define NOTE_CHARS 80
#define COPIED_AT_ONCE 100 /* rows */

struct _HeddleResultsPane {
  HeddleContainer parent_instance;

  HeddleTableColumn columns[HEDDLE_N_ROW_TEXTS];
  GtkWidget *note;      /* child: what was given up; hidden where nothing was */
  GtkWidget *stack;     /* child: table or empty */
  GtkWidget *empty;     /* in stack */
  HeddleTable *table;   /* in stack */

  HeddleRun *run;            /* owned */
  HeddleResultsModel *model; /* owned */
  const HeddleWorkload *sorted; /* static: whose rows the user sorts by a column, if he does */
  HeddleResultsFilter filter; /* owned */
  guint64 wanted;             /* task whose row is to be selected as soon as it is found; 0: none */
  gboolean only_errors;
  gboolean with_states; /* of the tasks: the table has their columns */
  gboolean in_order; /* where they are not sorted by a column */
};

static guint task_selected_signal, counted_signal;

enum { PROP_0, PROP_ONLY_ERRORS, PROP_IN_ORDER };
G_DEFINE_FINAL_TYPE (HeddleResultsPane, heddle_results_pane, HEDDLE_TYPE_CONTAINER)

static void
fill (HeddleTableRow *row, GObject *item, gpointer data)
{
  heddle_results_row_fill (row, HEDDLE_RESULTS_PANE (data)->run, HEDDLE_RESULT_ROW (item));
}

static HeddleRowList *
collect_rows (HeddleResultsPane *self, const HeddleTableSelection *selection)
{
  HeddleRowList *rows = heddle_row_list_new (self->run, self->model);

  for (guint i = 0; selection->ranges != NULL && i < selection->ranges->len; i++)
    {
      const HeddleTableRange *range = &g_array_index (selection->ranges, HeddleTableRange, i);

      heddle_row_list_add (rows, self->model, range->begin, range->end);
    }
  return rows;
}

static void
write_text (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  gboolean with_states = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (task), "with-states"));

  g_task_return_pointer (task, heddle_row_list_dup_text (data, with_states), g_free);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), NULL);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (source)), text);
}

/* As many as one sees are copied at once, more of them by a thread. */
static void
copy_rows (const HeddleTableSelection *selection, gpointer data)
{
  HeddleResultsPane *self = data;
  HeddleRowList *rows = collect_rows (self, selection);
  g_autoptr (GTask) task = NULL;

  if (heddle_row_list_get_length (rows) <= COPIED_AT_ONCE)
    {
      g_autofree char *text = heddle_row_list_dup_text (rows, self->with_states);

      gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
      heddle_row_list_free (rows);
      return;
    }
  task = g_task_new (self, NULL, on_text, NULL);
  g_object_set_data (G_OBJECT (task), "with-states", GINT_TO_POINTER (self->with_states));
  g_task_set_task_data (task, rows, (GDestroyNotify) heddle_row_list_free);
  g_task_run_in_thread (task, write_text);
}

static void
on_activate (HeddleResultsPane *self, guint position, HeddleTableBody *body)
{
  g_autoptr (HeddleResultRow) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (item != NULL && heddle_result_row_is_known (item))
    heddle_result_dialog_present (GTK_WIDGET (self), self->run, heddle_result_row_get (item));
}

static void
on_chosen (HeddleResultsPane *self, guint position)
{
  g_autoptr (HeddleResultRow) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  self->wanted = 0;
  if (item != NULL && heddle_result_row_get (item)->id != 0)
    g_signal_emit (self, task_selected_signal, 0, heddle_result_row_get (item)->id);
}

/**
 * heddle_results_pane_has_order:
 *
 * Returns: whether there is a choice between the order of the tasks and the newest first. Main
 * loop.
 */
gboolean
heddle_results_pane_has_order (HeddleResultsPane *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULTS_PANE (self), FALSE);
  return self->run != NULL && !self->only_errors && heddle_run_get_workload (self->run)->ordered;
}

/* The rows that the filter wants, or all, by a column or as they come. */
static HeddleResultsModel *
new_model (HeddleResultsPane *self, HeddleResults *results)
{
  gboolean by_id = self->in_order && heddle_results_pane_has_order (self), descending;
  guint column;

  if (heddle_table_get_order (self->table, &column, &descending))
    return heddle_results_model_new_sorted (results, self->only_errors,
                                            heddle_row_text_get_key (column), descending,
                                            &self->filter);
  if (!heddle_results_filter_is_empty (&self->filter))
    return heddle_results_model_new_sorted (
      results, self->only_errors, by_id ? HEDDLE_RESULTS_KEY_ID : HEDDLE_RESULTS_KEY_NONE, !by_id,
      &self->filter);
  if (self->only_errors)
    return heddle_results_model_new (results, HEDDLE_RESULTS_ERRORS);
  return heddle_results_model_new (results,
                                   by_id ? HEDDLE_RESULTS_BY_ID : HEDDLE_RESULTS_NEWEST_FIRST);
}

/* Goes on without updates, which end with the run. */
static void
on_looked (HeddleResultsPane *self)
{
  heddle_results_pane_update (self);
  g_signal_emit (self, counted_signal, 0);
}

static void
make_model (HeddleResultsPane *self)
{
  HeddleResults *results = self->run != NULL ? heddle_run_get_results (self->run) : NULL;

  g_clear_object (&self->model);
  if (results != NULL)
    {
      self->model = new_model (self, results);
      g_signal_connect_object (self->model, "looked", G_CALLBACK (on_looked), self,
                               G_CONNECT_SWAPPED);
    }
  heddle_table_body_set_model (heddle_table_get_body (self->table), G_LIST_MODEL (self->model));
  heddle_results_pane_update (self);
}

static gboolean
is_sorted (HeddleResultsPane *self, guint *column, gboolean *descending)
{
  return self->table != NULL && heddle_table_get_order (self->table, column, descending);
}

/* What the choice says has to be true of the rows; it holds again when no column sorts any more. */
static void
sorted_cb (HeddleResultsPane *self)
{
  self->sorted = self->run != NULL ? heddle_run_get_workload (self->run) : NULL;
  make_model (self);
  g_object_notify (G_OBJECT (self), "in-order");
}

static void
clear_order (HeddleResultsPane *self)
{
  guint column;
  gboolean descending;

  if (!is_sorted (self, &column, &descending))
    return;
  heddle_table_clear_order (self->table);
  g_object_notify (G_OBJECT (self), "in-order");
}

static void
heddle_results_pane_dispose (GObject *object)
{
  HeddleResultsPane *self = HEDDLE_RESULTS_PANE (object);

  if (self->table != NULL)
    heddle_table_body_set_model (heddle_table_get_body (self->table), NULL);
  self->table = NULL;
  g_clear_object (&self->model);
  heddle_results_filter_clear (&self->filter);
  g_clear_pointer (&self->run, heddle_run_unref);
  G_OBJECT_CLASS (heddle_results_pane_parent_class)->dispose (object);
}

static void
heddle_results_pane_constructed (GObject *object)
{
  HeddleResultsPane *self = HEDDLE_RESULTS_PANE (object);

  G_OBJECT_CLASS (heddle_results_pane_parent_class)->constructed (object);
  self->note = g_object_new (GTK_TYPE_INSCRIPTION, "xalign", 0.0f, "text-overflow",
                             GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END, "nat-chars", NOTE_CHARS,
                             "visible", FALSE, NULL);
  gtk_widget_add_css_class (self->note, "card-value");
  gtk_widget_set_parent (self->note, GTK_WIDGET (self));
  heddle_results_row_init_columns (self->columns, FALSE);
  self->stack = gtk_stack_new ();
  heddle_stack_pages_track (GTK_STACK (self->stack));
  self->empty = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->empty), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->empty), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_stack_add_child (GTK_STACK (self->stack), self->empty);
  self->table = HEDDLE_TABLE (heddle_table_new (
    self->columns, G_N_ELEMENTS (self->columns), self->only_errors ? _("Errors") : _("Results"), fill, self));
  g_signal_connect_swapped (heddle_table_get_body (self->table), "activate",
                            G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (heddle_table_get_body (self->table), "chosen", G_CALLBACK (on_chosen),
                            self);
  g_signal_connect_swapped (self->table, "sorted", G_CALLBACK (sorted_cb), self);
  heddle_table_body_set_find (heddle_table_get_body (self->table), heddle_results_model_find);
  heddle_table_body_set_copy (heddle_table_get_body (self->table), copy_rows);
  gtk_stack_add_child (GTK_STACK (self->stack), GTK_WIDGET (self->table));
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  heddle_results_pane_update (self);
}

static void
heddle_results_pane_get_property (GObject *object, guint property_id, GValue *value,
                                  GParamSpec *pspec)
{
  HeddleResultsPane *self = HEDDLE_RESULTS_PANE (object);
  guint column;
  gboolean descending;

  /* as the rows are now, by the choice or by a column */
  if (property_id == PROP_IN_ORDER && is_sorted (self, &column, &descending))
    g_value_set_boolean (value, column == HEDDLE_ROW_TASK && !descending);
  else if (property_id == PROP_IN_ORDER)
    g_value_set_boolean (value, self->in_order);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
heddle_results_pane_set_property (GObject *object, guint property_id, const GValue *value,
                                  GParamSpec *pspec)
{
  HeddleResultsPane *self = HEDDLE_RESULTS_PANE (object);
  guint column;
  gboolean descending;

  switch (property_id)
    {
    case PROP_ONLY_ERRORS:
      self->only_errors = g_value_get_boolean (value);
      break;
    case PROP_IN_ORDER:
      if (self->in_order == g_value_get_boolean (value)
          && !is_sorted (self, &column, &descending))
        return;
      self->in_order = g_value_get_boolean (value);
      clear_order (self);
      if (self->run != NULL)
        make_model (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
heddle_results_pane_class_init (HeddleResultsPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  task_selected_signal =
    g_signal_new ("task-selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  counted_signal = g_signal_new ("counted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  object_class->constructed = heddle_results_pane_constructed;
  object_class->dispose = heddle_results_pane_dispose;
  object_class->get_property = heddle_results_pane_get_property;
  object_class->set_property = heddle_results_pane_set_property;
  g_object_class_install_property (
    object_class, PROP_ONLY_ERRORS,
    g_param_spec_boolean ("only-errors", NULL, NULL, FALSE,
                          G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
  /* Whether the rows of a workload whose results have an order are shown in it, rather than newest
   * first or sorted by a column. */
  g_object_class_install_property (
    object_class, PROP_IN_ORDER,
    g_param_spec_boolean ("in-order", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
heddle_results_pane_init (HeddleResultsPane *self)
{
  gtk_orientable_set_orientation (
    GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
}

/**
 * heddle_results_pane_set_run:
 * @run: (nullable): whose rows to show; a reference is taken
 *
 * Main loop.
 */
void
heddle_results_pane_set_run (HeddleResultsPane *self, HeddleRun *run)
{
  g_return_if_fail (HEDDLE_IS_RESULTS_PANE (self));

  if (run == self->run)
    return;
  g_clear_pointer (&self->run, heddle_run_unref);
  if (run != NULL)
    self->run = heddle_run_ref (run);
  /* The order that was chosen is of rows with these results: another workload's come as they do. */
  if (run != NULL && heddle_run_get_workload (run) != self->sorted)
    clear_order (self);
  self->wanted = 0;
  make_model (self);
}

/**
 * heddle_results_pane_set_filter:
 * @filter: which rows are wanted; copied
 *
 * Shows those. What was selected stays so where it is among them. Main loop.
 */
void
heddle_results_pane_set_filter (HeddleResultsPane *self, const HeddleResultsFilter *filter)
{
  HeddleTableBody *body;
  guint64 selected = 0;
  guint position;

  g_return_if_fail (HEDDLE_IS_RESULTS_PANE (self));

  if (heddle_results_filter_is_equal (&self->filter, filter))
    return;
  body = heddle_table_get_body (self->table);
  position = heddle_table_body_get_selected (body);
  if (self->model != NULL && position != GTK_INVALID_LIST_POSITION)
    {
      g_autoptr (HeddleResultRow) item =
        g_list_model_get_item (G_LIST_MODEL (self->model), position);

      selected = item != NULL ? heddle_result_row_get (item)->id : 0;
    }
  heddle_results_filter_clear (&self->filter);
  heddle_results_filter_copy (filter, &self->filter);
  self->wanted = filter->id != 0 ? filter->id : selected;
  if (self->run != NULL)
    make_model (self);
}

static gboolean
select_wanted (HeddleResultsPane *self)
{
  guint position;

  if (self->model == NULL || !heddle_results_model_find_id (self->model, self->wanted, &position))
    return FALSE;
  heddle_table_body_select (heddle_table_get_body (self->table), position);
  self->wanted = 0;
  return TRUE;
}

/**
 * heddle_results_pane_select_task:
 * @id: a task's number
 *
 * Puts the cursor on its row and scrolls there, now or as soon as rows that are being looked for or
 * sorted have been. Main loop.
 *
 * Returns: whether it has a row here, as far as one knows
 */
gboolean
heddle_results_pane_select_task (HeddleResultsPane *self, guint64 id)
{
  g_return_val_if_fail (HEDDLE_IS_RESULTS_PANE (self), FALSE);

  self->wanted = id;
  return select_wanted (self)
    || (self->model != NULL && !heddle_results_model_is_complete (self->model));
}

/**
 * heddle_results_pane_dup_selected:
 *
 * Returns: (transfer full) (nullable): the rows that are selected; %NULL unless there are several.
 * Main loop.
 */
HeddleRowList *
heddle_results_pane_dup_selected (HeddleResultsPane *self)
{
  const HeddleTableSelection *selection;

  g_return_val_if_fail (HEDDLE_IS_RESULTS_PANE (self), NULL);

  selection = heddle_table_body_get_selection (heddle_table_get_body (self->table));
  return self->model != NULL && heddle_table_selection_count (selection) > 1
    ? collect_rows (self, selection)
    : NULL;
}

/**
 * heddle_results_pane_set_with_states:
 * @with_states: whether the run knows the states of its tasks
 *
 * The table has their columns, or has none of them. Main loop.
 */
void
heddle_results_pane_set_with_states (HeddleResultsPane *self, gboolean with_states)
{
  g_return_if_fail (HEDDLE_IS_RESULTS_PANE (self));

  if (with_states == self->with_states)
    return;
  self->with_states = with_states;
  heddle_results_row_init_columns (self->columns, with_states);
  heddle_table_columns_changed (self->table);
}

/**
 * heddle_results_pane_dup_count:
 *
 * Returns: (transfer full) (nullable): how many rows there are of those that are wanted; %NULL
 * where all are. Main loop.
 */
char *
heddle_results_pane_dup_count (HeddleResultsPane *self)
{
  char hits[HEDDLE_FORMAT_SIZE], all[HEDDLE_FORMAT_SIZE];
  guint64 n;

  g_return_val_if_fail (HEDDLE_IS_RESULTS_PANE (self), NULL);

  if (self->model == NULL || heddle_results_filter_is_empty (&self->filter))
    return NULL;
  n = heddle_results_model_get_length (self->model);
  heddle_format_count (g_list_model_get_n_items (G_LIST_MODEL (self->model)), hits, sizeof hits);
  heddle_format_count (n, all, sizeof all);
  if (!heddle_results_model_is_complete (self->model))
    /* Translators: two numbers: so many rows match so far */
    return g_strdup_printf (ngettext ("%s of %s row …", "%s of %s rows …", (gulong) n), hits, all);
  /* Translators: two numbers: so many rows match */
  return g_strdup_printf (ngettext ("%s of %s row", "%s of %s rows", (gulong) n), hits, all);
}

static void
set_note (HeddleResultsPane *self, guint64 given_up)
{
  char count[HEDDLE_FORMAT_SIZE], id[HEDDLE_FORMAT_SIZE];
  gulong n = (gulong) given_up;
  guint64 first_id = self->model != NULL ? heddle_results_model_get_first_id (self->model) : 0;
  g_autofree char *note = NULL;

  heddle_format_count (given_up, count, sizeof count);
  g_snprintf (id, sizeof id, "%" G_GUINT64_FORMAT, first_id);
  if (n > 0 && self->only_errors)
    note = g_strdup_printf (
      ngettext ("The oldest %s row was removed to save memory; if it was an error, it is not listed",
                "The oldest %s rows were removed to save memory; errors among them are not listed", n),
      count);
  else if (n > 0 && first_id > 0)
    /* Translators: number of a task, number of rows */
    note = g_strdup_printf (
      ngettext ("The list begins with task %s: the oldest %s row was removed to save memory",
                "The list begins with task %s: the oldest %s rows were removed to save memory", n),
      id, count);
  else if (n > 0)
    note = g_strdup_printf (ngettext ("The oldest %s row was removed to save memory",
                                      "The oldest %s rows were removed to save memory", n), count);
  if (g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (self->note)), note) == 0)
    return;
  gtk_inscription_set_text (GTK_INSCRIPTION (self->note), note); /* without a layout pass */
  heddle_accessible_set_name (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (self->note, note != NULL);
}

/* What stands where the rows would be. */
static void
set_empty_text (HeddleResultsPane *self)
{
  g_autofree char *why = self->run != NULL ? heddle_run_dup_why_no_task (self->run) : NULL;
  const char *text;

  if (self->model != NULL && heddle_results_model_has_rows (self->model))
    text = _("No row matches");
  else if (self->only_errors && why == NULL)
    text = _("No errors");
  else if (self->run == NULL)
    text = _("Press Start to see the result of each task");
  else
    text = why != NULL ? why : _("No task has ended yet");
  gtk_label_set_label (GTK_LABEL (self->empty), text);
}

/* Rows that are still being looked for may be there in a moment: the table stays. */
static gboolean
has_rows_to_show (HeddleResultsPane *self)
{
  if (self->model == NULL || !heddle_results_model_has_rows (self->model))
    return FALSE;
  return g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0
    || !heddle_results_model_is_complete (self->model);
}

/**
 * heddle_results_pane_update:
 *
 * Shows what has come in since the last call. Costs the rows in sight, however many came. Main
 * loop.
 */
void
heddle_results_pane_update (HeddleResultsPane *self)
{
  g_return_if_fail (HEDDLE_IS_RESULTS_PANE (self));

  if (self->model != NULL)
    heddle_results_model_update (self->model);
  set_note (self, self->model != NULL ? heddle_results_model_get_given_up (self->model) : 0);
  if (self->wanted != 0 && !select_wanted (self) && self->model != NULL
      && heddle_results_model_is_complete (self->model))
    self->wanted = 0;
  if (has_rows_to_show (self))
    {
      gtk_stack_set_visible_child (GTK_STACK (self->stack), GTK_WIDGET (self->table));
      return;
    }
  set_empty_text (self);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->empty);
}
