/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/worker-text.h"
#include "app/run/tables/filter-bar.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/a11y/drop-down.h"
#include "app/widgets/wrap-layout.h"
#include "base/format.h"

struct _HeddleFilterBar {
  HeddleContainer parent_instance;

  /* template children */
  GtkWidget *stretch;
  GtkLabel *stretch_text;
  GtkSearchEntry *entry;
  GtkDropDown *outcome, *worker;
  GtkStringList *workers; /* all of them, then each by its name */
  GtkInscription *count;

  HeddleRun *run; /* owned */
  HeddleResultsFilter filter; /* owned: what the controls say */
  guint filling;  /* the controls are being set, not by the user */
};

enum { CHANGED, GO_TO, CLOSED, CLEAR_STRETCH, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HeddleFilterBar, heddle_filter_bar, HEDDLE_TYPE_CONTAINER)

/* In the order of the drop-down. */
static const guint outcomes[] = {
  0,
  1u << HEDDLE_TASK_DONE,
  1u << HEDDLE_TASK_FAILED,
  1u << HEDDLE_TASK_LOST,
  1u << HEDDLE_TASK_CANCELLED,
};

static void
read_controls (HeddleFilterBar *self)
{
  guint outcome = gtk_drop_down_get_selected (self->outcome);
  guint worker = gtk_drop_down_get_selected (self->worker);

  heddle_results_filter_set_text (&self->filter,
                                  gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  self->filter.states = outcome < G_N_ELEMENTS (outcomes) ? outcomes[outcome] : 0;
  self->filter.worker = worker != GTK_INVALID_LIST_POSITION ? worker : 0;
}

static void
changed_cb (HeddleFilterBar *self)
{
  g_auto (HeddleResultsFilter) before = { 0 };

  if (self->filling > 0)
    return;
  heddle_results_filter_copy (&self->filter, &before);
  read_controls (self);
  if (!heddle_results_filter_is_equal (&self->filter, &before))
    g_signal_emit (self, signals[CHANGED], 0);
}

/* Enter comes before the entry tells what was typed last. */
static void
activate_cb (HeddleFilterBar *self)
{
  changed_cb (self);
  g_signal_emit (self, signals[GO_TO], 0, self->filter.id);
}

static void
stop_cb (HeddleFilterBar *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

static void
stretch_cb (HeddleFilterBar *self)
{
  g_signal_emit (self, signals[CLEAR_STRETCH], 0);
}

static void
heddle_filter_bar_dispose (GObject *object)
{
  HeddleFilterBar *self = HEDDLE_FILTER_BAR (object);

  self->filling++; /* controls that go have nothing to say */
  g_clear_pointer (&self->run, heddle_run_unref);
  heddle_results_filter_clear (&self->filter);
  G_OBJECT_CLASS (heddle_filter_bar_parent_class)->dispose (object);
}

static gboolean
heddle_filter_bar_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (HEDDLE_FILTER_BAR (widget)->entry));
}

static void
heddle_filter_bar_class_init (HeddleFilterBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_filter_bar_dispose;
  widget_class->grab_focus = heddle_filter_bar_grab_focus;
  signals[CHANGED] =
    g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[GO_TO] = g_signal_new ("go-to", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[CLOSED] =
    g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CLEAR_STRETCH] =
    g_signal_new ("clear-stretch", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (HEDDLE_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "filterbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SEARCH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/tables/filter-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleFilterBar, stretch);
  gtk_widget_class_bind_template_child (widget_class, HeddleFilterBar, stretch_text);
  gtk_widget_class_bind_template_child (widget_class, HeddleFilterBar, entry);
  gtk_widget_class_bind_template_child (widget_class, HeddleFilterBar, outcome);
  gtk_widget_class_bind_template_child (widget_class, HeddleFilterBar, worker);
  gtk_widget_class_bind_template_child (widget_class, HeddleFilterBar, workers);
  gtk_widget_class_bind_template_child (widget_class, HeddleFilterBar, count);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, stretch_cb);
}

static void
heddle_filter_bar_init (HeddleFilterBar *self)
{
  self->filling++;
  gtk_widget_init_template (GTK_WIDGET (self));
  heddle_drop_down_set_name (self->outcome, _("Outcome"));
  heddle_drop_down_set_name (self->worker, _("Worker"));
  self->filling--;
}

/**
 * heddle_filter_bar_set_run:
 * @run: (nullable): whose rows they are; a reference is taken
 *
 * What is searched for stays; the worker that was chosen is another run's. Main loop, as everything
 * here.
 */
void
heddle_filter_bar_set_run (HeddleFilterBar *self, HeddleRun *run)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->workers));

  g_return_if_fail (HEDDLE_IS_FILTER_BAR (self));

  if (run == self->run)
    return;
  g_clear_pointer (&self->run, heddle_run_unref);
  if (run != NULL)
    self->run = heddle_run_ref (run);
  self->filling++;
  gtk_drop_down_set_selected (self->worker, 0);
  if (n > 1)
    gtk_string_list_splice (self->workers, 1, n - 1, NULL);
  read_controls (self);
  self->filling--;
}

/**
 * heddle_filter_bar_set_n_workers:
 * @n_workers: how many the run has had
 *
 * Offers them.
 */
void
heddle_filter_bar_set_n_workers (HeddleFilterBar *self, guint n_workers)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->workers));
  g_autoptr (GStrvBuilder) names = NULL;
  g_auto (GStrv) list = NULL;

  g_return_if_fail (HEDDLE_IS_FILTER_BAR (self));

  if (self->run == NULL || n_workers < n)
    return;
  names = g_strv_builder_new ();
  for (guint i = n; i <= n_workers; i++)
    {
      char name[HEDDLE_FORMAT_SIZE];

      g_strv_builder_add (names,
                          heddle_worker_text_format_name (self->run, i, name, sizeof name));
    }
  list = g_strv_builder_end (names);
  gtk_string_list_splice (self->workers, n, 0, (const char *const *) list);
}

/**
 * heddle_filter_bar_set_searching:
 * @searching: whether the rows in front can be searched, and the user wants to
 */
void
heddle_filter_bar_set_searching (HeddleFilterBar *self, gboolean searching)
{
  g_return_if_fail (HEDDLE_IS_FILTER_BAR (self));

  gtk_widget_set_visible (GTK_WIDGET (self->entry), searching);
  gtk_widget_set_visible (GTK_WIDGET (self->outcome), searching);
  gtk_widget_set_visible (GTK_WIDGET (self->worker), searching);
}

/**
 * heddle_filter_bar_set_stretch:
 * @begin_ns: CLOCK_MONOTONIC nanoseconds
 * @end_ns: where the stretch has ended; 0: the whole run is wanted
 * @origin_ns: when the run began
 *
 * "changed" is not emitted.
 */
void
heddle_filter_bar_set_stretch (HeddleFilterBar *self, gint64 begin_ns, gint64 end_ns,
                               gint64 origin_ns)
{
  char from[HEDDLE_FORMAT_SIZE], to[HEDDLE_FORMAT_SIZE];
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (HEDDLE_IS_FILTER_BAR (self));

  self->filter.begin_ns = end_ns != 0 ? begin_ns : 0;
  self->filter.end_ns = end_ns;
  gtk_widget_set_visible (self->stretch, end_ns != 0);
  if (end_ns == 0)
    return;
  heddle_format_duration (begin_ns - origin_ns, from, sizeof from);
  heddle_format_duration (end_ns - origin_ns, to, sizeof to);
  /* Translators: a stretch of the run's time, as "1.2 s to 3.4 s" */
  text = g_strdup_printf (_("%s to %s"), from, to);
  gtk_label_set_label (self->stretch_text, text);
  /* Translators: for screen readers; %s is "1.2 s to 3.4 s" */
  name = g_strdup_printf (_("Only %s: show the whole run again"), text);
  heddle_accessible_set_name (self->stretch, name);
}

/**
 * heddle_filter_bar_set_count:
 * @text: (nullable): how many rows there are of those that are wanted
 */
void
heddle_filter_bar_set_count (HeddleFilterBar *self, const char *text)
{
  g_return_if_fail (HEDDLE_IS_FILTER_BAR (self));

  if (g_strcmp0 (gtk_inscription_get_text (self->count), text) == 0)
    return;
  gtk_inscription_set_text (self->count, text); /* without a layout pass */
  heddle_accessible_set_name (GTK_WIDGET (self->count), text != NULL ? text : "");
}

/**
 * heddle_filter_bar_clear:
 *
 * Wants every row of the stretch again; "changed" is emitted if it did not.
 */
void
heddle_filter_bar_clear (HeddleFilterBar *self)
{
  g_return_if_fail (HEDDLE_IS_FILTER_BAR (self));

  self->filling++;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_drop_down_set_selected (self->outcome, 0);
  gtk_drop_down_set_selected (self->worker, 0);
  self->filling--;
  changed_cb (self);
}

/**
 * heddle_filter_bar_get_filter:
 *
 * Returns: (transfer none): what the controls say, the stretch included
 */
const HeddleResultsFilter *
heddle_filter_bar_get_filter (HeddleFilterBar *self)
{
  g_return_val_if_fail (HEDDLE_IS_FILTER_BAR (self), NULL);
  return &self->filter;
}
