/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/worker-text.h"
#include "app/run/monitor/lanes-card.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/card.h"
#include "app/widgets/wrap-layout.h"
#include "charts/axis.h"
#include "charts/lanes-chart.h"
#include "charts/swatch.h"

struct _HeddleLanesCard {
  HeddleContainer parent_instance;

  HeddleCard *card;        /* template child */
  HeddleLanesChart *chart; /* template child */
  GtkWidget *follow;       /* template child */
  GtkWidget *lost;         /* template child: in the legend where there is a lost task */
  GtkDropDown *span;       /* template child */

  HeddleTimeWindow *window; /* owned; shared with the other charts of the page */
};

static const gint64 spans[] = { 10 * HEDDLE_S, 60 * HEDDLE_S, 0 };

G_DEFINE_FINAL_TYPE (HeddleLanesCard, heddle_lanes_card, HEDDLE_TYPE_CONTAINER)

static void
on_span_chosen (HeddleLanesCard *self)
{
  guint chosen = gtk_drop_down_get_selected (self->span);

  if (chosen < G_N_ELEMENTS (spans))
    heddle_time_window_set_span (self->window, spans[chosen]);
}

/* The user moved or zoomed the charts, or asked to see the end again. */
static void
on_window_changed (HeddleLanesCard *self)
{
  gtk_widget_set_visible (self->follow, !heddle_time_window_get_following (self->window));
}

static void
on_follow (HeddleLanesCard *self)
{
  on_span_chosen (self);
  heddle_time_window_follow (self->window);
}

/* Called for the tooltip: what the task is called, and what its worker waits for, if it does so
 * now. */
static void
label_task (guint64 id, char *buffer, gsize size, gpointer data)
{
  g_autofree HeddleWorkerInfo *workers = NULL;
  guint n;

  heddle_run_dup_task_label (data, id, buffer, size);
  if (heddle_run_get_workload (data)->share == NULL
      || heddle_run_get_state (data) == HEDDLE_RUN_FINISHED)
    return;
  workers = g_new (HeddleWorkerInfo, HEDDLE_MAX_WORKERS);
  n = MIN (heddle_run_get_workers (data, workers, HEDDLE_MAX_WORKERS), HEDDLE_MAX_WORKERS);
  for (guint i = 0; i < n; i++)
    if (workers[i].task == id && workers[i].state == HEDDLE_WORKER_WAITING
        && workers[i].waits_for[0] != '\0')
      {
        g_autofree char *text = heddle_worker_text_dup_wait (&workers[i]);

        g_strlcat (buffer, "\n", size);
        g_strlcat (buffer, text, size);
        return;
      }
}

static void
heddle_lanes_card_dispose (GObject *object)
{
  HeddleLanesCard *self = HEDDLE_LANES_CARD (object);

  g_clear_object (&self->window);
  G_OBJECT_CLASS (heddle_lanes_card_parent_class)->dispose (object);
}

static void
heddle_lanes_card_class_init (HeddleLanesCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HEDDLE_TYPE_CARD);
  g_type_ensure (HEDDLE_TYPE_LANES_CHART);
  g_type_ensure (HEDDLE_TYPE_SWATCH);
  g_type_ensure (HEDDLE_TYPE_WRAP_LAYOUT);
  G_OBJECT_CLASS (klass)->dispose = heddle_lanes_card_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/monitor/lanes-card.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleLanesCard, card);
  gtk_widget_class_bind_template_child (widget_class, HeddleLanesCard, chart);
  gtk_widget_class_bind_template_child (widget_class, HeddleLanesCard, follow);
  gtk_widget_class_bind_template_child (widget_class, HeddleLanesCard, lost);
  gtk_widget_class_bind_template_child (widget_class, HeddleLanesCard, span);
  gtk_widget_class_bind_template_callback (widget_class, on_span_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_follow);
}

static void
heddle_lanes_card_init (HeddleLanesCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  heddle_chart_set_window (HEDDLE_CHART (self->chart), self->window);
  g_signal_connect_object (self->window, "changed", G_CALLBACK (on_window_changed), self,
                           G_CONNECT_SWAPPED);
  heddle_accessible_set_name (GTK_WIDGET (self->span), _("Time range"));
  on_span_chosen (self);
}

/**
 * heddle_lanes_card_get_window:
 *
 * Returns: (transfer none): the stretch of time that is shown. Main loop, as everything here.
 */
HeddleTimeWindow *
heddle_lanes_card_get_window (HeddleLanesCard *self)
{
  g_return_val_if_fail (HEDDLE_IS_LANES_CARD (self), NULL);
  return self->window;
}

/**
 * heddle_lanes_card_set_run:
 * @run: (nullable): whose workers to show; a reference is taken
 */
void
heddle_lanes_card_set_run (HeddleLanesCard *self, HeddleRun *run)
{
  g_return_if_fail (HEDDLE_IS_LANES_CARD (self));

  heddle_lanes_chart_set_store (self->chart, run != NULL ? heddle_run_get_lanes (run) : NULL);
  heddle_lanes_chart_set_label_func (self->chart, run != NULL ? label_task : NULL,
                                     run != NULL ? heddle_run_ref (run) : NULL,
                                     run != NULL ? (GDestroyNotify) heddle_run_unref : NULL);
  heddle_chart_set_live (HEDDLE_CHART (self->chart), FALSE);
  heddle_time_window_follow (self->window);
}

/**
 * heddle_lanes_card_update:
 * @snapshot: the run as it is now
 *
 * Tells the charts whether time goes on, and from when to when the run lasts.
 */
void
heddle_lanes_card_update (HeddleLanesCard *self, const HeddleRunSnapshot *snapshot)
{
  gboolean over = snapshot->state == HEDDLE_RUN_FINISHED;
  const char *hint = NULL;

  g_return_if_fail (HEDDLE_IS_LANES_CARD (self));

  if (snapshot->n_lanes == 0 && snapshot->state == HEDDLE_RUN_READY)
    hint = _("Press Start to see the workers");
  else if (snapshot->n_lanes == 0 && !over)
    hint = _("Workers are being started");
  else if (snapshot->n_lanes == 0)
    hint = snapshot->failed_to_start ? _("The run could not be started")
                                     : _("No worker was started");
  heddle_card_set_hint (self->card, hint);
  gtk_widget_set_visible (self->lost, snapshot->lost > 0);
  heddle_time_window_set_extent (self->window, snapshot->started_ns,
                                 over ? snapshot->started_ns + snapshot->elapsed_ns : 0);
  heddle_chart_set_live (HEDDLE_CHART (self->chart), snapshot->state != HEDDLE_RUN_READY && !over);
}
