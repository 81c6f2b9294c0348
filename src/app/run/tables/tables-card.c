/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/tables/log-pane.h"
#include "app/run/tables/results-pane.h"
#include "app/run/tables/tables-card.h"
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
  GtkStackPage *errors_page;
  HeddleResultsPane *results, *errors;
  HeddleWorkersPane *workers;
  HeddleLogPane *log;

  HeddleRun *run;    /* owned */
  gint64 started_ns; /* when the run began */
  gint64 title_ns;   /* when the title changed last */
  guint64 n_errors;  /* in the title of their tab */
};

G_DEFINE_FINAL_TYPE (HeddleTablesCard, heddle_tables_card, HEDDLE_TYPE_CONTAINER)

static void
update_pane (HeddleTablesCard *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->panes);

  gtk_widget_set_visible (self->in_order,
                          g_strcmp0 (name, "results") == 0
                            && heddle_results_pane_has_order (self->results));
  if (g_strcmp0 (name, "results") == 0)
    heddle_results_pane_update (self->results);
  else if (g_strcmp0 (name, "errors") == 0)
    heddle_results_pane_update (self->errors);
  else if (g_strcmp0 (name, "workers") == 0)
    heddle_workers_pane_update (self->workers);
  else
    heddle_log_pane_update (self->log, self->started_ns);
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
  g_type_ensure (HEDDLE_TYPE_LOG_PANE);
  g_type_ensure (HEDDLE_TYPE_RESULTS_PANE);
  g_type_ensure (HEDDLE_TYPE_WORKERS_PANE);
  G_OBJECT_CLASS (klass)->dispose = heddle_tables_card_dispose;
  gtk_widget_class_set_css_name (widget_class, "datacard");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/tables/tables-card.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, panes);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, in_order);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, errors_page);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, results);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, errors);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, workers);
  gtk_widget_class_bind_template_child (widget_class, HeddleTablesCard, log);
}

static void
heddle_tables_card_init (HeddleTablesCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  heddle_stack_pages_track (self->panes);
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
  heddle_results_pane_set_run (self->results, run);
  heddle_results_pane_set_run (self->errors, run);
  heddle_workers_pane_set_run (self->workers, run);
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
