/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/tables/figures-pane.h"
#include "app/run/tables/filter-bar.h"
#include "app/run/tables/log-pane.h"
#include "app/run/tables/results-pane.h"
#include "app/run/tables/tables-card.h"
#include "app/run/tables/tables-save.h"
#include "app/run/tables/workers-pane.h"
#include "app/widgets/a11y/stack-pages.h"
#include "app/widgets/check-box.h"
#include "base/format.h"
#include "trace/clock.h"

/* between changes of a tab's title, which cost a layout pass */
#define TITLE_INTERVAL_NS (240 * G_GINT64_CONSTANT (1000000))

/* Only the table in front is kept up to date; the others are brought up when they come to the
 * front. */
struct _HeddleTablesCard {
  HeddleContainer parent_instance;

  /* template children */
  GtkStack *panes;
  GtkWidget *in_order;
  GtkToggleButton *search; /* in, while the user searches */
  HeddleFilterBar *filter;
  HeddleSaveBar *save;
  GtkStackPage *errors_page;
  HeddleResultsPane *results, *errors;
  HeddleWorkersPane *workers;
  HeddleFiguresPane *figures;
  HeddleLogPane *log;
  GtkInscription *sum; /* of the selected stretch */

  GtkWidget *timeline; /* borrowed: what is saved as a picture; NULL: nothing is */
  HeddleRun *run;    /* owned */
  gint64 started_ns; /* when the run began */
  gint64 title_ns;   /* when the title changed last */
  guint64 n_errors;  /* in the title of their tab */
};

enum { TASK_SELECTED, STRETCH_CLEARED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HeddleTablesCard, heddle_tables_card, HEDDLE_TYPE_CONTAINER)

/* The rows in front; NULL where the table in front is of something else. */
static HeddleResultsPane *
get_rows (HeddleTablesCard *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (self->panes);

  return HEDDLE_IS_RESULTS_PANE (child) ? HEDDLE_RESULTS_PANE (child) : NULL;
}

/* The bar takes room only where it says something. */
static void
update_bar (HeddleTablesCard *self)
{
  HeddleResultsPane *rows = get_rows (self);
  const HeddleResultsFilter *filter = heddle_filter_bar_get_filter (self->filter);
  gboolean searching = rows != NULL && gtk_toggle_button_get_active (self->search);
  g_autofree char *count = rows != NULL ? heddle_results_pane_dup_count (rows) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->search), rows != NULL);
  heddle_filter_bar_set_searching (self->filter, searching);
  heddle_filter_bar_set_count (self->filter, count);
  gtk_widget_set_visible (GTK_WIDGET (self->filter), searching || filter->end_ns != 0);
}

static void
update_pane (HeddleTablesCard *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->panes);
  HeddleResultsPane *rows = get_rows (self);

  gtk_widget_set_visible (self->in_order,
                          rows != NULL && heddle_results_pane_has_order (rows));
  if (rows != NULL)
    heddle_results_pane_update (rows);
  else if (g_strcmp0 (name, "workers") == 0)
    heddle_workers_pane_update (self->workers);
  else if (g_strcmp0 (name, "figures") == 0)
    heddle_figures_pane_update (self->figures);
  else
    heddle_log_pane_update (self->log, self->started_ns);
  update_bar (self);
}

static void
update_errors_title (HeddleTablesCard *self, gint64 now, gboolean at_once)
{
  guint64 n_errors =
    self->run != NULL ? heddle_results_get_n_errors (heddle_run_get_results (self->run)) : 0;
  char count[HEDDLE_FORMAT_SIZE];
  g_autofree char *title = NULL;

  if (n_errors == self->n_errors || (!at_once && now - self->title_ns < TITLE_INTERVAL_NS))
    return;
  self->n_errors = n_errors;
  self->title_ns = now;
  /* Translators: title of the tab with the errors, and how many there are */
  title = g_strdup_printf (_("Errors %s"), heddle_format_count (n_errors, count, sizeof count));
  gtk_stack_page_set_title (self->errors_page, n_errors > 0 ? title : _("Errors"));
}

static void
on_pane_chosen (HeddleTablesCard *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update_pane (self);
}

static void
filter_rows (HeddleTablesCard *self)
{
  const HeddleResultsFilter *filter = heddle_filter_bar_get_filter (self->filter);

  heddle_results_pane_set_filter (self->results, filter);
  heddle_results_pane_set_filter (self->errors, filter);
  heddle_workers_pane_set_stretch (self->workers, filter->begin_ns, filter->end_ns);
  update_bar (self);
}

static void
task_selected_cb (HeddleTablesCard *self, guint64 id)
{
  g_signal_emit (self, signals[TASK_SELECTED], 0, id);
}

/* Searching begins where the keyboard is, and its end puts that back into the table. */
static void
search_cb (HeddleTablesCard *self)
{
  gboolean searching = gtk_toggle_button_get_active (self->search);
  HeddleResultsPane *rows = get_rows (self);

  if (!searching)
    heddle_filter_bar_clear (self->filter);
  update_bar (self);
  if (searching)
    gtk_widget_grab_focus (GTK_WIDGET (self->filter));
  else if (rows != NULL)
    gtk_widget_child_focus (GTK_WIDGET (rows), GTK_DIR_TAB_FORWARD);
}

static void
closed_cb (HeddleTablesCard *self)
{
  gtk_toggle_button_set_active (self->search, FALSE);
}

/* Enter: to the task among all rows, or to the first of those that were found. */
static void
go_to_cb (HeddleTablesCard *self, guint64 id)
{
  HeddleResultsPane *rows = get_rows (self);

  if (rows == NULL)
    return;
  if (id != 0)
    {
      heddle_filter_bar_clear (self->filter);
      if (heddle_results_pane_select_task (rows, id))
        g_signal_emit (self, signals[TASK_SELECTED], 0, id);
    }
  gtk_widget_child_focus (GTK_WIDGET (rows), GTK_DIR_TAB_FORWARD);
}

static void
clear_stretch_cb (HeddleTablesCard *self)
{
  heddle_tables_card_set_stretch (self, 0, 0);
  g_signal_emit (self, signals[STRETCH_CLEARED], 0);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleTablesCard *self = HEDDLE_TABLES_CARD (widget);
  HeddleResultsPane *rows = get_rows (self);
  const char *format = g_variant_get_string (parameter, NULL);

  if (self->run != NULL)
    heddle_tables_save_run (self->save, self->run, format,
                            rows != NULL ? heddle_results_pane_dup_selected (rows) : NULL,
                            heddle_filter_bar_get_filter (self->filter), rows == self->errors);
}

static void
save_picture_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  HeddleTablesCard *self = HEDDLE_TABLES_CARD (widget);

  if (self->timeline != NULL)
    heddle_tables_save_picture (self->save, self->timeline, self->run,
                                g_variant_get_string (parameter, NULL));
}

/* There is nothing to save of a run that is not there. */
static void
update_actions (HeddleTablesCard *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tables.save", self->run != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tables.save-picture",
                                 self->run != NULL && self->timeline != NULL);
}

/* Ctrl+F, with the keyboard in a table that can be searched; elsewhere it is the window's. */
static gboolean
begin_search (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTablesCard *self = HEDDLE_TABLES_CARD (widget);

  if (get_rows (self) == NULL
      || (gtk_widget_get_focus_child (GTK_WIDGET (self->panes)) == NULL
          && !gtk_toggle_button_get_active (self->search)))
    return GDK_EVENT_PROPAGATE;
  gtk_toggle_button_set_active (self->search, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->filter));
  return GDK_EVENT_STOP;
}

/* Escape leads out of the search first, then out of the stretch; what it does else is the
 * window's. */
static gboolean
leave (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleTablesCard *self = HEDDLE_TABLES_CARD (widget);

  if (gtk_toggle_button_get_active (self->search) && get_rows (self) != NULL)
    gtk_toggle_button_set_active (self->search, FALSE);
  else if (heddle_filter_bar_get_filter (self->filter)->end_ns != 0)
    clear_stretch_cb (self);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void
heddle_tables_card_dispose (GObject *object)
{
  HeddleTablesCard *self = HEDDLE_TABLES_CARD (object);

  if (self->panes != NULL)
    g_signal_handlers_disconnect_by_data (self->panes, self);
  self->panes = NULL;
  g_clear_pointer (&self->run, heddle_run_unref);
  G_OBJECT_CLASS (heddle_tables_card_parent_class)->dispose (object);
}

static void
heddle_tables_card_class_init (HeddleTablesCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HEDDLE_TYPE_CHECK_BOX);
  g_type_ensure (HEDDLE_TYPE_FIGURES_PANE);
  g_type_ensure (HEDDLE_TYPE_FILTER_BAR);
  g_type_ensure (HEDDLE_TYPE_LOG_PANE);
  g_type_ensure (HEDDLE_TYPE_RESULTS_PANE);
  g_type_ensure (HEDDLE_TYPE_SAVE_BAR);
  g_type_ensure (HEDDLE_TYPE_WORKERS_PANE);
  G_OBJECT_CLASS (klass)->dispose = heddle_tables_card_dispose;
  signals[TASK_SELECTED] = g_signal_new ("task-selected", G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_UINT64);
  signals[STRETCH_CLEARED] = g_signal_new ("stretch-cleared", G_TYPE_FROM_CLASS (klass),
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "datacard");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/tables/tables-card.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, panes);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, in_order);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, search);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, filter);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, save);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, errors_page);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, results);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, errors);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, workers);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, figures);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, log);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, sum);
  gtk_widget_class_bind_template_callback (widget_class, clear_stretch_cb);
  gtk_widget_class_bind_template_callback (widget_class, closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_rows);
  gtk_widget_class_bind_template_callback (widget_class, go_to_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, task_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_bar);
  gtk_widget_class_install_action (widget_class, "tables.save", "s", save_action);
  gtk_widget_class_install_action (widget_class, "tables.save-picture", "s", save_picture_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, begin_search, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, leave, NULL);
}

static void
heddle_tables_card_init (HeddleTablesCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  heddle_stack_pages_track (self->panes);
  update_actions (self);
  g_signal_connect_swapped (self->panes, "notify::visible-child", G_CALLBACK (on_pane_chosen),
                            self);
}

/**
 * heddle_tables_card_set_run:
 * @run: (nullable): whose tables to show; a reference is taken
 *
 * Main loop, as everything here.
 */
void
heddle_tables_card_set_run (HeddleTablesCard *self, HeddleRun *run)
{
  g_return_if_fail (HEDDLE_IS_TABLES_CARD (self));

  g_clear_pointer (&self->run, heddle_run_unref);
  if (run != NULL)
    self->run = heddle_run_ref (run);
  update_actions (self);
  /* a stretch is of the time of another run */
  heddle_filter_bar_set_run (self->filter, run);
  heddle_filter_bar_set_stretch (self->filter, 0, 0, 0);
  heddle_results_pane_set_filter (self->results, heddle_filter_bar_get_filter (self->filter));
  heddle_results_pane_set_filter (self->errors, heddle_filter_bar_get_filter (self->filter));
  heddle_results_pane_set_run (self->results, run);
  heddle_results_pane_set_run (self->errors, run);
  heddle_workers_pane_set_run (self->workers, run);
  heddle_figures_pane_set_run (self->figures, run);
  heddle_log_pane_set_run (self->log, run);
}

/**
 * heddle_tables_card_update:
 * @snapshot: the run as it is now
 * @at_once: show also what is otherwise shown with a delay, as the number of errors
 *
 * Brings the table in front up to date. Costs the rows in sight.
 */
void
heddle_tables_card_update (HeddleTablesCard *self, const HeddleRunSnapshot *snapshot,
                           gboolean at_once)
{
  g_return_if_fail (HEDDLE_IS_TABLES_CARD (self));

  self->started_ns = snapshot->started_ns;
  heddle_filter_bar_set_n_workers (self->filter, snapshot->n_lanes);
  heddle_results_pane_set_with_states (self->results, snapshot->states != HEDDLE_STATES_NONE);
  heddle_workers_pane_set_with_states (self->workers, snapshot->states != HEDDLE_STATES_NONE);
  heddle_results_pane_set_with_states (self->errors, snapshot->states != HEDDLE_STATES_NONE);
  update_errors_title (self, heddle_clock_monotonic_ns (), at_once);
  update_pane (self);
}

/**
 * heddle_tables_card_get_page:
 *
 * Returns: (transfer none): the name of the table in front, for heddle_tables_card_set_page()
 */
const char *
heddle_tables_card_get_page (HeddleTablesCard *self)
{
  g_return_val_if_fail (HEDDLE_IS_TABLES_CARD (self), NULL);

  return gtk_stack_get_visible_child_name (self->panes);
}

/**
 * heddle_tables_card_set_page:
 * @name: of the table that comes to the front; where there is none of that name nothing changes
 */
void
heddle_tables_card_set_page (HeddleTablesCard *self, const char *name)
{
  g_return_if_fail (HEDDLE_IS_TABLES_CARD (self));
  g_return_if_fail (name != NULL);

  if (gtk_stack_get_child_by_name (self->panes, name) != NULL)
    gtk_stack_set_visible_child_name (self->panes, name);
}

/**
 * heddle_tables_card_set_sum:
 * @stretch: (nullable): the selected stretch; %NULL: none is, figures are those of the whole run
 */
void
heddle_tables_card_set_sum (HeddleTablesCard *self, const HeddleStretch *stretch)
{
  g_autofree char *text = stretch != NULL ? heddle_figures_pane_dup_sum (stretch) : NULL;

  g_return_if_fail (HEDDLE_IS_TABLES_CARD (self));

  heddle_figures_pane_set_stretch (self->figures, stretch);
  gtk_inscription_set_text (self->sum, text);
}

/**
 * heddle_tables_card_show_log:
 * @line: index of a line in the run's log
 *
 * Brings the log to the front, with the cursor on that line.
 */
void
heddle_tables_card_show_log (HeddleTablesCard *self, guint64 line)
{
  g_return_if_fail (HEDDLE_IS_TABLES_CARD (self));

  gtk_stack_set_visible_child_name (self->panes, "log");
  update_pane (self);
  heddle_log_pane_show_line (self->log, line);
}

/**
 * heddle_tables_card_set_stretch:
 * @begin_ns: CLOCK_MONOTONIC nanoseconds
 * @end_ns: where the stretch has ended; 0: the whole run
 *
 * Shows what belongs to that stretch of the run: of results and errors the tasks that were going on
 * at any time of it, or ended in it, of workers what they did in it.
 */
void
heddle_tables_card_set_stretch (HeddleTablesCard *self, gint64 begin_ns, gint64 end_ns)
{
  g_return_if_fail (HEDDLE_IS_TABLES_CARD (self));

  heddle_filter_bar_set_stretch (self->filter, begin_ns, end_ns, self->started_ns);
  filter_rows (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update_pane (self);
}

/**
 * heddle_tables_card_select_task:
 * @id: a task's number
 *
 * Puts the cursor on the task's row and scrolls there, in the errors where these are in front and
 * have it, else in the results; a search that has not found it ends. The keyboard stays where it
 * is, and "task-selected" is not emitted.
 *
 * Returns: whether the task has a row
 */
gboolean
heddle_tables_card_select_task (HeddleTablesCard *self, guint64 id)
{
  HeddleResultsPane *rows;

  g_return_val_if_fail (HEDDLE_IS_TABLES_CARD (self), FALSE);

  rows = get_rows (self);
  if (rows != NULL && heddle_results_pane_select_task (rows, id))
    return TRUE;
  gtk_stack_set_visible_child_name (self->panes, "results");
  update_pane (self);
  if (rows != self->results && heddle_results_pane_select_task (self->results, id))
    return TRUE;
  heddle_filter_bar_clear (self->filter);
  return heddle_results_pane_select_task (self->results, id);
}

/**
 * heddle_tables_card_set_picture:
 * @timeline: (nullable): outlives the card; what is saved as a picture
 */
void
heddle_tables_card_set_picture (HeddleTablesCard *self, GtkWidget *timeline)
{
  g_return_if_fail (HEDDLE_IS_TABLES_CARD (self));

  self->timeline = timeline;
  update_actions (self);
}
