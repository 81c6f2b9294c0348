/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What there is to see of a run: lanes, queue, charts and tables, everything below the progress bar
 * of its page.
 *
 * HeddleRunObject::updated updates all of it, at most a dozen times a second and only while it is
 * on screen; when it comes on screen it is updated once. Of the tables only the one in front is
 * updated. Charts draw themselves.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/monitor/diagnosis-bar.h"
#include "app/run/monitor/evidence.h"
#include "app/run/monitor/monitor.h"
#include "app/run/monitor/queue-strip.h"
#include "app/run/monitor/stretch-job.h"
#include "app/run/monitor/timeline-card.h"
#include "app/run/monitor/watch-pane.h"
#include "app/run/tables/tables-card.h"
#include "app/widgets/card.h"
#include "charts/bars-chart.h"

/* Over 20 fields: GTK binds the template's children one by one. */
struct _HeddleRunMonitor {
  HeddleContainer parent_instance;

  /* template children */
  HeddleDiagnosisBar *diagnosis;
  HeddleTimelineCard *timeline;
  HeddleCard *queue;
  HeddleChipStrip *strip;
  HeddleCard *shared; /* only where the run has something to watch */
  HeddleWatchPane *watches;
  HeddleCard *figures; /* only where the workload's tasks publish some */
  HeddleBarsChart *figures_chart;
  HeddleTablesCard *tables;

  HeddleRunObject *object; /* owned */
  HeddleRun *run;          /* owned: the run whose parts are shown */
  HeddleStretchJob *job;   /* owned: sums what is selected */
  HeddleRunState state;    /* at the last update */
  gboolean has_line;       /* what is shown of tasks that wait in line is on the page */
  gboolean line_seen;      /* in this run some did, or are to */
};

static guint try_signal;

G_DEFINE_FINAL_TYPE (HeddleRunMonitor, heddle_run_monitor, HEDDLE_TYPE_CONTAINER)

static void
update_numbers (HeddleRunMonitor *self, const HeddleRunSnapshot *snapshot)
{
  g_autofree char *queued = heddle_queue_strip_dup_count (snapshot);

  heddle_card_set_value (self->queue, queued);
  heddle_queue_strip_show (self->strip, snapshot);
}

static void
update_figures (HeddleRunMonitor *self)
{
  const HeddleWorkload *workload =
    self->object != NULL ? heddle_run_object_get_workload (self->object) : NULL;
  gboolean has = workload != NULL && workload->figures != NULL;
  gboolean has_spread = FALSE;
  HeddleFigure figures[HEDDLE_MAX_FIGURES];
  guint n =
    has && self->run != NULL ? heddle_run_get_figures (self->run, figures, HEDDLE_MAX_FIGURES) : 0;

  gtk_widget_set_visible (GTK_WIDGET (self->figures), has);
  heddle_bars_chart_set_figures (self->figures_chart, figures, n, has ? workload->figures : NULL);
  if (n > 0)
    heddle_card_set_hint (self->figures, NULL);
  else
    heddle_card_set_hint (self->figures,
                          self->run != NULL ? _("The first value is shown when the first task ends")
                                            : _("Press Start to see measurements"));
  for (guint i = 0; i < n; i++)
    has_spread = has_spread || figures[i].high > 0;
  heddle_card_set_value (self->figures,
                         has_spread ? _("bar: median · line: four out of five values") : NULL);
}

/*
 * Where every task has a worker of its own the queue holds nothing, and a handful of tasks that
 * end together has no throughput: their cards would say nothing and push away what does. How many
 * tasks come is known soon after the start; what a run has shown stays. Before the start only that
 * is known which the workload says of itself.
 */
static void
update_line (HeddleRunMonitor *self, const HeddleRunSnapshot *snapshot)
{
  const HeddleWorkload *workload =
    self->object != NULL ? heddle_run_object_get_workload (self->object) : NULL;
  gboolean measures = workload != NULL && workload->figures != NULL;

  if (workload == NULL || measures)
    self->has_line = FALSE;
  else if (self->run == NULL)
    self->has_line = workload->parties == NULL;
  else if (MAX (snapshot->total, snapshot->submitted) > snapshot->n_workers_target
           || snapshot->n_waiting_retries > 0)
    self->has_line = self->line_seen = TRUE;
  else if (snapshot->total > 0 && !self->line_seen)
    self->has_line = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->queue), self->has_line);
  heddle_timeline_card_set_has_line (self->timeline, self->has_line);
}

/* Before the first start the card says what it will show. */
static void
set_hint (HeddleRunMonitor *self, gboolean empty)
{
  heddle_card_set_hint (self->queue,
                        empty ? _("Press Start to see the tasks that wait for a worker") : NULL);
  if (empty)
    heddle_card_set_value (self->queue, NULL);
}

/* An object gets its run when it starts. */
static void
take_run (HeddleRunMonitor *self)
{
  HeddleRun *run = self->object != NULL ? heddle_run_object_get_run (self->object) : NULL;

  if (run == self->run)
    return;
  g_clear_pointer (&self->run, heddle_run_unref);
  if (run != NULL)
    self->run = heddle_run_ref (run);
  heddle_diagnosis_bar_set_run (self->diagnosis, run);
  heddle_timeline_card_set_run (self->timeline, run);
  heddle_tables_card_set_run (self->tables, run);
  heddle_watch_pane_set_run (self->watches, run);
  set_hint (self, run == NULL);
  self->line_seen = FALSE;
}

static void
update (HeddleRunMonitor *self, gboolean at_once)
{
  static const HeddleRunSnapshot nothing = { .left_ns = -1 };
  const HeddleRunSnapshot *snapshot =
    self->object != NULL ? heddle_run_object_get_snapshot (self->object) : &nothing;

  take_run (self);
  at_once = at_once || snapshot->state != self->state;
  self->state = snapshot->state;
  heddle_diagnosis_bar_update (self->diagnosis, snapshot);
  heddle_timeline_card_update (self->timeline, snapshot);
  if (self->run != NULL)
    update_numbers (self, snapshot);
  heddle_stretch_job_refresh (self->job);
  update_line (self, snapshot);
  update_figures (self);
  gtk_widget_set_visible (GTK_WIDGET (self->shared),
                          heddle_watch_pane_update (self->watches, at_once) > 0);
  heddle_tables_card_update (self->tables, snapshot, at_once);
}

static void
try_cb (HeddleRunMonitor *self, const HeddleVerdict *verdict)
{
  g_signal_emit (self, try_signal, 0, verdict);
}

static void
on_updated (HeddleRunMonitor *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self, FALSE);
}

static void
heddle_run_monitor_map (GtkWidget *widget)
{
  update (HEDDLE_RUN_MONITOR (widget), TRUE);
  GTK_WIDGET_CLASS (heddle_run_monitor_parent_class)->map (widget);
}

static void
heddle_run_monitor_dispose (GObject *object)
{
  HeddleRunMonitor *self = HEDDLE_RUN_MONITOR (object);

  if (self->object != NULL)
    g_signal_handlers_disconnect_by_data (self->object, self);
  g_clear_object (&self->object);
  g_clear_pointer (&self->job, heddle_stretch_job_free);
  g_clear_pointer (&self->run, heddle_run_unref);
  G_OBJECT_CLASS (heddle_run_monitor_parent_class)->dispose (object);
}

/* The answer to what was selected last. */
static void
on_summed (const HeddleStretch *stretch, gpointer data)
{
  heddle_tables_card_set_sum (HEDDLE_RUN_MONITOR (data)->tables, stretch);
}

static void
on_selection_changed (HeddleRunMonitor *self, gint64 begin, gint64 end)
{
  gint64 origin = self->object != NULL
    ? heddle_run_object_get_snapshot (self->object)->started_ns
    : 0;

  if (self->job != NULL)
    heddle_stretch_job_ask (self->job, self->run, origin + begin, origin + end);
  if (end > begin)
    heddle_tables_card_set_stretch (self->tables, origin + begin, origin + end);
  else
    heddle_tables_card_set_stretch (self->tables, 0, 0);
}

static void
on_span_chosen (HeddleRunMonitor *self, guint64 id)
{
  if (id != 0)
    heddle_tables_card_select_task (self->tables, id);
}

/* The task of the row that the user chose is marked in its lane, if the lane still has it. */
static void
on_row_chosen (HeddleRunMonitor *self, guint64 id)
{
  HeddleSpan span;
  guint lane;

  if (self->run != NULL && heddle_evidence_find_task (self->run, id, &lane, &span))
    heddle_timeline_card_select_task (self->timeline, lane, &span);
}

/* Where nothing can be shown any more, as it was given up, the button does not stay pressed. */
static void
show_evidence_cb (HeddleRunMonitor *self, const HeddleVerdict *verdict)
{
  HeddleTimelineView view;

  if (verdict == NULL)
    heddle_timeline_card_end_view (self->timeline);
  else if (self->run == NULL
           || !heddle_evidence_find (self->run, heddle_run_object_get_snapshot (self->object),
                                     verdict, &view))
    heddle_diagnosis_bar_end_show (self->diagnosis);
  else
    {
      heddle_timeline_card_show_view (self->timeline, &view);
      if (view.has_task)
        heddle_tables_card_select_task (self->tables, view.task.id);
    }
}

static void
on_view_ended (HeddleRunMonitor *self)
{
  heddle_diagnosis_bar_end_show (self->diagnosis);
}

static void
on_stretch_cleared (HeddleRunMonitor *self)
{
  heddle_timeline_select (heddle_timeline_card_get_timeline (self->timeline), 0, 0);
}

static void
ensure_types (void)
{
  g_type_ensure (HEDDLE_TYPE_BARS_CHART);
  g_type_ensure (HEDDLE_TYPE_CARD);
  g_type_ensure (HEDDLE_TYPE_CHIP_STRIP);
  g_type_ensure (HEDDLE_TYPE_DIAGNOSIS_BAR);
  g_type_ensure (HEDDLE_TYPE_TABLES_CARD);
  g_type_ensure (HEDDLE_TYPE_TIMELINE_CARD);
  g_type_ensure (HEDDLE_TYPE_WATCH_PANE);
}

static void
heddle_run_monitor_class_init (HeddleRunMonitorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  ensure_types ();
  G_OBJECT_CLASS (klass)->dispose = heddle_run_monitor_dispose;
  widget_class->map = heddle_run_monitor_map;
  try_signal = g_signal_new ("try", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                             NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_css_name (widget_class, "runmonitor");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/monitor/monitor.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleRunMonitor, diagnosis);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunMonitor, timeline);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunMonitor, queue);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunMonitor, strip);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunMonitor, shared);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunMonitor, watches);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunMonitor, figures);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunMonitor, figures_chart);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunMonitor, tables);
  gtk_widget_class_bind_template_callback (widget_class, try_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_row_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_stretch_cleared);
  gtk_widget_class_bind_template_callback (widget_class, on_view_ended);
  gtk_widget_class_bind_template_callback (widget_class, show_evidence_cb);
}

static void
heddle_run_monitor_init (HeddleRunMonitor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  heddle_tables_card_set_picture (self->tables, GTK_WIDGET (self->timeline));
  self->job = heddle_stretch_job_new (on_summed, self);
  g_signal_connect_object (heddle_timeline_card_get_timeline (self->timeline), "selection-changed",
                           G_CALLBACK (on_selection_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (heddle_timeline_card_get_timeline (self->timeline), "task-selected",
                           G_CALLBACK (on_span_chosen), self, G_CONNECT_SWAPPED);
  set_hint (self, TRUE);
}

/**
 * heddle_run_monitor_set_run:
 * @run: (nullable): the run to show; a reference is taken
 *
 * Shows @run from now on, or the hints of an empty page.
 */
void
heddle_run_monitor_set_run (HeddleRunMonitor *self, HeddleRunObject *run)
{
  g_return_if_fail (HEDDLE_IS_RUN_MONITOR (self));

  if (run == self->object)
    return;
  if (self->object != NULL)
    g_signal_handlers_disconnect_by_data (self->object, self);
  g_set_object (&self->object, run);
  if (run != NULL)
    g_signal_connect_object (run, "updated", G_CALLBACK (on_updated), self, G_CONNECT_SWAPPED);
  update (self, TRUE);
}

/**
 * heddle_run_monitor_get_tables:
 *
 * Returns: (transfer none): the tables below the charts
 */
HeddleTablesCard *
heddle_run_monitor_get_tables (HeddleRunMonitor *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_MONITOR (self), NULL);

  return self->tables;
}

/**
 * heddle_run_monitor_show_log:
 * @line: index of a line in the run's log
 *
 * Brings the log to the front, with the cursor on that line.
 */
void
heddle_run_monitor_show_log (HeddleRunMonitor *self, guint64 line)
{
  g_return_if_fail (HEDDLE_IS_RUN_MONITOR (self));

  heddle_tables_card_show_log (self->tables, line);
}
