/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "app/run/tables/figures-pane.h"
#include "base/format.h"
#include "charts/histogram-chart.h"
#include "trace/clock.h"

#define INTERVAL_NS (240 * HEDDLE_MS) /* between copies of the histogram */

struct _HeddleFiguresPane {
  HeddleContainer parent_instance;

  /* template children */
  GtkInscription *text;
  HeddleHistogramChart *times;

  HeddleRun *run;       /* owned */
  gboolean of_stretch;  /* a stretch of it is shown, which does not change */
  gint64 copied_ns;     /* when the histogram was copied last */
};

G_DEFINE_FINAL_TYPE (HeddleFiguresPane, heddle_figures_pane, HEDDLE_TYPE_CONTAINER)

static void
heddle_figures_pane_dispose (GObject *object)
{
  g_clear_pointer (&HEDDLE_FIGURES_PANE (object)->run, heddle_run_unref);
  G_OBJECT_CLASS (heddle_figures_pane_parent_class)->dispose (object);
}

static void
heddle_figures_pane_class_init (HeddleFiguresPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HEDDLE_TYPE_HISTOGRAM_CHART);
  G_OBJECT_CLASS (klass)->dispose = heddle_figures_pane_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/tables/figures-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleFiguresPane, text);
  gtk_widget_class_bind_template_child (widget_class, HeddleFiguresPane, times);
}

static void
heddle_figures_pane_init (HeddleFiguresPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  heddle_figures_pane_set_run (self, NULL);
}

/* "12 402 tasks ended · p50 0.8 ms · p99 6.1 ms" */
static char *
dup_times (guint64 n_tasks, const HeddleHistogram *times)
{
  char count[HEDDLE_FORMAT_SIZE], p50[HEDDLE_FORMAT_SIZE], p99[HEDDLE_FORMAT_SIZE];
  g_autofree char *tasks = NULL;

  heddle_format_count (n_tasks, count, sizeof count);
  tasks = g_strdup_printf (
    ngettext ("%s task ended", "%s tasks ended", (gulong) MIN (n_tasks, G_MAXULONG)), count);
  if (times->count == 0)
    return g_steal_pointer (&tasks);
  heddle_format_duration (heddle_histogram_quantile (times, 0.5), p50, sizeof p50);
  heddle_format_duration (heddle_histogram_quantile (times, 0.99), p99, sizeof p99);
  /* Translators: a number of tasks ("12 tasks ended"), the median and the 99th percentile of their
   * times */
  return g_strdup_printf (_("%s · p50 %s · p99 %s"), tasks, p50, p99);
}

static void
append_share (GString *text, const char *name, gint64 part, gint64 whole)
{
  if (part > 0 && whole > 0)
    g_string_append_printf (text, " · %s %d\302\240%%", name,
                            (int) lround (100 * (double) part / (double) whole));
}

static void
append_count (GString *text, const char *name, guint64 n)
{
  char count[HEDDLE_FORMAT_SIZE];

  if (n > 0)
    g_string_append_printf (text, " · %s %s", name, heddle_format_count (n, count, sizeof count));
}

/* How the tasks of a stretch ended, and what their time was made of. */
static char *
dup_details (const HeddleStretch *stretch)
{
  const HeddleLaneSum *sum = &stretch->sum;
  g_autofree char *times = dup_times (sum->n_done + sum->n_failed, &stretch->times);
  GString *text = g_string_new (times);

  append_count (text, _("failed"), stretch->n_by_state[HEDDLE_TASK_FAILED]);
  append_count (text, _("lost"), stretch->n_by_state[HEDDLE_TASK_LOST]);
  append_count (text, _("cancelled"), stretch->n_by_state[HEDDLE_TASK_CANCELLED]);
  append_share (text, _("on CPU"), sum->on_cpu_ns, sum->known_ns);
  append_share (text, _("ready"), sum->ready_ns, sum->known_ns);
  append_share (text, _("sleeps"), sum->waits_ns[0], sum->busy_ns);
  append_share (text, _("waits for others"), sum->waits_ns[1], sum->busy_ns);
  append_share (text, _("I/O"), sum->waits_ns[2], sum->busy_ns);
  return g_string_free (text, FALSE);
}

/**
 * heddle_figures_pane_dup_sum:
 * @stretch: a stretch that is selected
 *
 * Returns: (transfer full): it in a line
 */
char *
heddle_figures_pane_dup_sum (const HeddleStretch *stretch)
{
  char length[HEDDLE_FORMAT_SIZE];
  g_autofree char *times =
    dup_times (stretch->sum.n_done + stretch->sum.n_failed, &stretch->times);

  heddle_format_duration (stretch->end - stretch->begin, length, sizeof length);
  /* Translators: a length of time, and what happened in it: "selected 1.5 s: 12 402 tasks ended ·
   * p50 0.8 ms" */
  return g_strdup_printf (_("selected %s: %s"), length, times);
}

/**
 * heddle_figures_pane_set_run:
 * @run: (nullable): whose figures to show; a reference is taken
 *
 * Main loop, as everything here.
 */
void
heddle_figures_pane_set_run (HeddleFiguresPane *self, HeddleRun *run)
{
  g_return_if_fail (HEDDLE_IS_FIGURES_PANE (self));

  g_clear_pointer (&self->run, heddle_run_unref);
  if (run != NULL)
    self->run = heddle_run_ref (run);
  self->of_stretch = FALSE;
  self->copied_ns = 0;
  heddle_histogram_chart_set_histogram (self->times, NULL);
  gtk_inscription_set_text (self->text, _("Time that the tasks take"));
}

/**
 * heddle_figures_pane_set_stretch:
 * @stretch: (nullable): what to show; %NULL: the whole run
 */
void
heddle_figures_pane_set_stretch (HeddleFiguresPane *self, const HeddleStretch *stretch)
{
  g_autofree char *text = NULL;

  g_return_if_fail (HEDDLE_IS_FIGURES_PANE (self));

  self->of_stretch = stretch != NULL;
  self->copied_ns = 0;
  if (stretch == NULL)
    {
      heddle_figures_pane_update (self);
      return;
    }
  heddle_histogram_chart_set_histogram (self->times, &stretch->times);
  text = dup_details (stretch);
  gtk_inscription_set_text (self->text, text);
}

/* Shows the whole run as it is now, unless a stretch of it is shown. */
void
heddle_figures_pane_update (HeddleFiguresPane *self)
{
  gint64 now = heddle_clock_monotonic_ns ();
  HeddleHistogram histogram;
  g_autofree char *text = NULL;

  g_return_if_fail (HEDDLE_IS_FIGURES_PANE (self));

  if (self->run == NULL || self->of_stretch
      || (now - self->copied_ns < INTERVAL_NS
          && heddle_run_get_state (self->run) != HEDDLE_RUN_FINISHED))
    return;
  self->copied_ns = now;
  heddle_run_get_task_times (self->run, &histogram);
  heddle_histogram_chart_set_histogram (self->times, &histogram);
  text = dup_times (histogram.count, &histogram);
  gtk_inscription_set_text (self->text, text);
}
