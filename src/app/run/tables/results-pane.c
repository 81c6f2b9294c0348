/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "app/model/results-model.h"
#include "app/model/worker-text.h"
#include "app/run/tables/result-dialog.h"
#include "app/run/tables/results-pane.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/a11y/stack-pages.h"
#include "app/widgets/table/table.h"
#include "base/format.h"

#define NOTE_CHARS 80
#define NAME_CHARS 80 /* of a text that is part of a row's name */
#define MOST_BYTES 4  /* of a character in UTF-8 */

struct _HeddleResultsPane {
  HeddleContainer parent_instance;

  GtkWidget *note;      /* child: what was given up; hidden where nothing was */
  GtkWidget *stack;     /* child: table or empty */
  GtkWidget *empty;     /* in stack */
  HeddleTable *table;   /* in stack */

  HeddleRun *run;            /* owned */
  HeddleResultsModel *model; /* owned */
  const HeddleWorkload *sorted; /* static: whose rows the user sorts by a column, if he does */
  gboolean only_errors;
  gboolean in_order; /* where they are not sorted by a column */
};

enum { PROP_0, PROP_ONLY_ERRORS, PROP_IN_ORDER };
enum { TASK, INPUT, RESULT, WORKER, WAITED, RAN };

static const HeddleTableColumn columns[] = {
  [TASK] = { N_("Task"), 84, 0, 0, HEDDLE_COLUMN_NUMBER | HEDDLE_COLUMN_SORTS },
  [INPUT] = { N_("Input"), 240, 3, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_START, HEDDLE_COLUMN_SORTS },
  [RESULT] = { N_("Result"), 200, 2, 0, HEDDLE_COLUMN_SORTS },
  [WORKER] = { N_("Worker"), 108, 0, 0, HEDDLE_COLUMN_SORTS | HEDDLE_COLUMN_SPARE },
  [WAITED] = { N_("Waited"), 96, 0, 0,
               HEDDLE_COLUMN_NUMBER | HEDDLE_COLUMN_SORTS | HEDDLE_COLUMN_SPARE },
  [RAN] = { N_("Ran"), 84, 0, 0, HEDDLE_COLUMN_NUMBER | HEDDLE_COLUMN_SORTS },
};

static const HeddleResultsKey keys[] = {
  [TASK] = HEDDLE_RESULTS_KEY_ID,       [INPUT] = HEDDLE_RESULTS_KEY_LABEL,
  [RESULT] = HEDDLE_RESULTS_KEY_RESULT, [WORKER] = HEDDLE_RESULTS_KEY_WORKER,
  [WAITED] = HEDDLE_RESULTS_KEY_WAITED, [RAN] = HEDDLE_RESULTS_KEY_RAN,
};

G_DEFINE_FINAL_TYPE (HeddleResultsPane, heddle_results_pane, HEDDLE_TYPE_CONTAINER)

/* The number is what a task is called, in the log and elsewhere, too: no count, so its digits stay
 * together. */
static char *
format_id (guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, "%" G_GUINT64_FORMAT, id);
  return buffer;
}

static void
fill_unknown (HeddleTableRow *table_row, const HeddleRow *row, gboolean ended)
{
  char id[HEDDLE_FORMAT_SIZE];
  const char *why = ended ? _("no longer available") : _("not finished yet");
  g_autofree char *name = NULL;

  format_id (row->id, id, sizeof id);
  heddle_table_row_set_icon (table_row, RESULT, NULL);
  heddle_table_row_set_text (table_row, TASK, row->id > 0 ? id : "–", HEDDLE_CELL_DIM);
  for (guint i = INPUT; i <= RAN; i++)
    heddle_table_row_set_text (table_row, i, i == RESULT ? why : NULL, HEDDLE_CELL_DIM);
  /* Translators: a row of the results for screen readers: number of the task, and that it has not
   * ended or that its row is not kept */
  name = row->id > 0 ? g_strdup_printf (_("Task %s, %s"), id, why) : g_strdup (why);
  heddle_table_row_set_name (table_row, name);
}

static const char *
result_text (const HeddleRow *row)
{
  if (row->error != NULL)
    return row->error;
  switch (row->state)
    {
    case HEDDLE_TASK_FAILED: return _("failed");
    case HEDDLE_TASK_LOST: return _("lost: its worker died");
    case HEDDLE_TASK_CANCELLED: return _("cancelled");
    default: return row->result;
    }
}

/* Digests and other long words are easier to compare in a fixed pitch. */
static HeddleCellLook
result_look (const HeddleRow *row, gboolean bad)
{
  if (bad)
    return HEDDLE_CELL_ERROR;
  if (row->state == HEDDLE_TASK_CANCELLED)
    return HEDDLE_CELL_DIM;
  return row->result != NULL && strlen (row->result) >= 24 && strchr (row->result, ' ') == NULL
    ? HEDDLE_CELL_MONOSPACE
    : HEDDLE_CELL_PLAIN;
}

static const char *
state_text (HeddleTaskState state)
{
  switch (state)
    {
    case HEDDLE_TASK_FAILED: return _("failed");
    case HEDDLE_TASK_LOST: return _("lost");
    case HEDDLE_TASK_CANCELLED: return _("cancelled");
    default: return _("done");
    }
}

/* Whether the label of a task says more than its number does. */
static gboolean
has_own_label (const HeddleRow *row, const char *number)
{
  g_autofree char *label = NULL, *folded = NULL;

  if (row->label == NULL || *row->label == '\0')
    return FALSE;
  if (!g_utf8_validate (row->label, -1, NULL))
    return TRUE;
  label = g_utf8_casefold (row->label, -1);
  folded = g_utf8_casefold (number, -1);
  return !g_str_equal (label, folded);
}

/* The beginning of the first line, as much as anybody wants to hear of one row among many. */
static void
append_beginning (GString *name, const char *text)
{
  gsize line = strcspn (text, "\n"), kept = MIN (line, NAME_CHARS * MOST_BYTES);
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) kept);
  gboolean cut = text[kept] != '\0' || g_utf8_strlen (valid, -1) > NAME_CHARS;

  if (*valid == '\0')
    return;
  g_string_append (name, ", ");
  g_string_append_len (name, valid,
                       g_utf8_offset_to_pointer (valid, MIN (g_utf8_strlen (valid, -1), NAME_CHARS))
                         - valid);
  if (cut)
    g_string_append (name, "…");
}

/* What a screen reader says of a row, in either pane: "Task 17, doc/a.txt, done, 12 words, 0.3 ms,
 * Thread 2". */
static void
name_row (HeddleTableRow *table_row, HeddleRun *run, const HeddleRow *row)
{
  char text[HEDDLE_FORMAT_SIZE];
  /* Translators: a row of the results for screen readers begins with the number of the task */
  g_autofree char *number = g_strdup_printf (_("Task %" PRIu64), row->id);
  g_autoptr (GString) name = g_string_new (number);

  if (has_own_label (row, number))
    append_beginning (name, row->label);
  g_string_append_printf (name, ", %s", state_text (row->state));
  if (row->error != NULL)
    append_beginning (name, row->error);
  else if (row->state == HEDDLE_TASK_DONE && row->result != NULL)
    append_beginning (name, row->result);
  if (row->started_ns > 0)
    g_string_append_printf (
      name, ", %s", heddle_format_duration (row->finished_ns - row->started_ns, text, sizeof text));
  if (row->worker > 0)
    g_string_append_printf (name, ", %s",
                            heddle_worker_text_format_name (run, row->worker, text, sizeof text));
  heddle_table_row_set_name (table_row, name->str);
}

static void
fill (HeddleTableRow *table_row, GObject *item, gpointer data)
{
  HeddleResultsPane *self = data;
  const HeddleRow *row = heddle_result_row_get (HEDDLE_RESULT_ROW (item));
  gboolean bad = row->state == HEDDLE_TASK_FAILED || row->state == HEDDLE_TASK_LOST;
  char text[HEDDLE_FORMAT_SIZE];
  gint64 waited;

  if (!heddle_result_row_is_known (HEDDLE_RESULT_ROW (item)))
    {
      fill_unknown (table_row, row, heddle_result_row_has_ended (HEDDLE_RESULT_ROW (item)));
      return;
    }
  heddle_table_row_set_text (table_row, TASK, format_id (row->id, text, sizeof text),
                             HEDDLE_CELL_PLAIN);
  heddle_table_row_set_text (table_row, INPUT, row->label,
                             bad ? HEDDLE_CELL_ERROR : HEDDLE_CELL_PLAIN);
  heddle_table_row_set_icon (table_row, RESULT, bad ? "dialog-error-symbolic" : NULL);
  heddle_table_row_set_text (table_row, RESULT, result_text (row), result_look (row, bad));
  heddle_worker_text_format_name (self->run, row->worker, text, sizeof text);
  heddle_table_row_set_text (table_row, WORKER, text, HEDDLE_CELL_PLAIN);
  waited = (row->started_ns > 0 ? row->started_ns : row->finished_ns) - row->queued_ns;
  heddle_format_duration (waited, text, sizeof text);
  heddle_table_row_set_text (table_row, WAITED, text, HEDDLE_CELL_PLAIN);
  heddle_format_duration (row->finished_ns - row->started_ns, text, sizeof text);
  heddle_table_row_set_text (table_row, RAN, row->started_ns > 0 ? text : "–",
                             row->started_ns > 0 ? HEDDLE_CELL_PLAIN : HEDDLE_CELL_DIM);
  name_row (table_row, self->run, row);
}

static void
on_activate (HeddleResultsPane *self, guint position, HeddleTableBody *body)
{
  g_autoptr (HeddleResultRow) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (item != NULL && heddle_result_row_is_known (item))
    heddle_result_dialog_present (GTK_WIDGET (self), self->run, heddle_result_row_get (item));
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

static void
make_model (HeddleResultsPane *self)
{
  HeddleResultsOrder order = HEDDLE_RESULTS_NEWEST_FIRST;
  HeddleResults *results = self->run != NULL ? heddle_run_get_results (self->run) : NULL;
  gboolean descending;
  guint column;

  if (self->only_errors)
    order = HEDDLE_RESULTS_ERRORS;
  else if (self->in_order && heddle_results_pane_has_order (self))
    order = HEDDLE_RESULTS_BY_ID;
  g_clear_object (&self->model);
  if (results != NULL && heddle_table_get_order (self->table, &column, &descending))
    self->model =
      heddle_results_model_new_sorted (results, self->only_errors, keys[column], descending);
  else if (results != NULL)
    self->model = heddle_results_model_new (results, order);
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
  self->stack = gtk_stack_new ();
  heddle_stack_pages_track (GTK_STACK (self->stack));
  self->empty = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->empty), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->empty), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_stack_add_child (GTK_STACK (self->stack), self->empty);
  self->table = HEDDLE_TABLE (heddle_table_new (
    columns, G_N_ELEMENTS (columns), self->only_errors ? _("Errors") : _("Results"), fill, self));
  g_signal_connect_swapped (heddle_table_get_body (self->table), "activate",
                            G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (self->table, "sorted", G_CALLBACK (sorted_cb), self);
  heddle_table_body_set_find (heddle_table_get_body (self->table), heddle_results_model_find);
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
    g_value_set_boolean (value, column == TASK && !descending);
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
  make_model (self);
}

static void
set_note (HeddleResultsPane *self, guint64 given_up)
{
  char count[HEDDLE_FORMAT_SIZE], id[HEDDLE_FORMAT_SIZE];
  gulong n = (gulong) given_up;
  guint64 first_id = self->model != NULL ? heddle_results_model_get_first_id (self->model) : 0;
  g_autofree char *note = NULL;

  heddle_format_count (given_up, count, sizeof count);
  format_id (first_id, id, sizeof id);
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

  if (self->only_errors && why == NULL)
    text = _("No errors");
  else if (self->run == NULL)
    text = _("Press Start to see the result of each task");
  else
    text = why != NULL ? why : _("No task has ended yet");
  gtk_label_set_label (GTK_LABEL (self->empty), text);
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
  if (self->model != NULL && heddle_results_model_has_rows (self->model))
    {
      gtk_stack_set_visible_child (GTK_STACK (self->stack), GTK_WIDGET (self->table));
      return;
    }
  set_empty_text (self);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->empty);
}
