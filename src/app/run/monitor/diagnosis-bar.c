/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * While a run goes on the sentence is about its last seconds, and about all of it once it has
 * ended. The facts are copies of a few numbers, so the main loop finds the verdict itself. What is
 * said is set without a layout: the text has room for two lines from the start, and is whole in the
 * tooltip.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/monitor/diagnosis-bar.h"
#include "app/run/monitor/evidence.h"
#include "app/widgets/a11y/accessible.h"
#include "engine/run/tally.h"

/* A sentence is about so much of the run's time, and is looked for so often. */
#define STRETCH_NS  (5 * G_GINT64_CONSTANT (1000000000))
#define INTERVAL_NS (450 * G_GINT64_CONSTANT (1000000))
#define N_TALLIES   16 /* more than STRETCH_NS of them, so that one is always old enough */

struct _HeddleDiagnosisBar {
  HeddleContainer parent_instance;

  /* template children */
  GtkInscription *text;
  GtkToggleButton *show; /* pressed while the timeline shows where it is so */
  GtkButton *cure;

  HeddleRun *run; /* owned; NULL: none */
  HeddleDiagnosisFilter filter;
  HeddleVerdictKind shown_kind; /* of which the buttons are */
  HeddleRunState state; /* at the last update */
  HeddleStatesSource states; /* that the run knows */

  /* the last ones, of at most INTERVAL_NS each; a ring, next is the oldest */
  HeddleRunTally tallies[N_TALLIES];
  guint next;
};

enum { SIGNAL_TRY, SIGNAL_SHOW, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HeddleDiagnosisBar, heddle_diagnosis_bar, HEDDLE_TYPE_CONTAINER)

/* A new tooltip, even with the same text, has GTK ask for the one below the pointer anew, wherever
 * that is: a tip that is shown goes away and comes again. */
static gboolean
set_tooltip (GtkWidget *widget, const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0)
    return FALSE;
  gtk_widget_set_tooltip_text (widget, text);
  return TRUE;
}

/* What the button does to the run that goes on, or that it starts another one. */
static const char *
describe_cure (HeddleDiagnosisBar *self)
{
  if (self->state == HEDDLE_RUN_FINISHED)
    return _("Start a New Run With This Setting");
  if (self->filter.shown.cure == HEDDLE_CURE_WORKERS)
    return _("Change the Number of Workers of This Run");
  return _("Can Be Tried When the Run Has Ended");
}

static void
show_cure (HeddleDiagnosisBar *self)
{
  const HeddleVerdict *verdict = &self->filter.shown;
  g_autofree char *label = heddle_verdict_dup_cure (verdict);
  gboolean at_once = self->state == HEDDLE_RUN_FINISHED || verdict->cure == HEDDLE_CURE_WORKERS;

  if (label != NULL)
    {
      gtk_button_set_label (self->cure, label);
      set_tooltip (GTK_WIDGET (self->cure), describe_cure (self));
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->cure), label != NULL && at_once);
  /* a button that has nothing to say keeps its place until the bar says something else */
  gtk_widget_set_visible (GTK_WIDGET (self->cure), label != NULL);
}

/* What is shown is that of one kind: of another one it ends. */
static void
show_evidence (HeddleDiagnosisBar *self)
{
  const char *what = heddle_evidence_describe (&self->filter.shown, self->states);

  if (what != NULL && set_tooltip (GTK_WIDGET (self->show), what))
    heddle_accessible_set_description (GTK_WIDGET (self->show), what);
  if (what == NULL || self->filter.shown.kind != self->shown_kind)
    gtk_toggle_button_set_active (self->show, FALSE);
  self->shown_kind = self->filter.shown.kind;
  gtk_widget_set_visible (GTK_WIDGET (self->show), what != NULL);
}

/* The sentence for the eye, with its title in bold, and for screen readers. */
static void
show (HeddleDiagnosisBar *self)
{
  const HeddleVerdict *verdict = &self->filter.shown;
  g_autofree char *title = heddle_verdict_dup_title (verdict);
  g_autofree char *text = heddle_verdict_dup_text (verdict);
  g_autofree char *plain = NULL;
  g_autofree char *markup = NULL;

  if (verdict->kind == HEDDLE_VERDICT_NONE)
    {
      plain = g_strdup (self->state == HEDDLE_RUN_FINISHED
                          ? _("Nothing stands out in the run as a whole.")
                          : _("Nothing stands out at present."));
      markup = g_markup_escape_text (plain, -1);
    }
  else
    {
      plain = g_strdup_printf ("%s %s", title, text);
      markup = g_markup_printf_escaped ("<b>%s</b> %s", title, text);
    }
  if (set_tooltip (GTK_WIDGET (self->text), plain))
    gtk_inscription_set_markup (self->text, markup);
  show_evidence (self);
  show_cure (self);
  if (verdict->kind != HEDDLE_VERDICT_NONE)
    gtk_widget_add_css_class (GTK_WIDGET (self), "found");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "found");
}

/* Screen readers hear of another verdict, not of every other figure. */
static void
announce (HeddleDiagnosisBar *self)
{
  g_autofree char *title = heddle_verdict_dup_title (&self->filter.shown);
  g_autofree char *text = heddle_verdict_dup_text (&self->filter.shown);

  heddle_accessible_set_name (GTK_WIDGET (self), *title != '\0' ? title : _("Diagnosis"));
  heddle_accessible_set_description (GTK_WIDGET (self), text);
}

/* The tally from which the last seconds count; NULL: the start of the run. */
static const HeddleRunTally *
find_begin (HeddleDiagnosisBar *self, const HeddleRunTally *now)
{
  const HeddleRunTally *begin = NULL;

  if (now->length_ns <= STRETCH_NS)
    return NULL;
  for (guint i = 0; i < N_TALLIES; i++)
    {
      const HeddleRunTally *tally = &self->tallies[(self->next + i) % N_TALLIES];

      if (tally->length_ns == 0)
        continue;
      if (begin == NULL || now->length_ns - tally->length_ns >= STRETCH_NS)
        begin = tally;
    }
  return begin;
}

static void
find_live (HeddleDiagnosisBar *self, const HeddleRunTally *tally, gint64 now)
{
  HeddleDiagnosisFacts facts;
  HeddleVerdict found;
  gboolean changed;

  heddle_run_fill_facts (self->run, find_begin (self, tally), tally, &facts);
  heddle_diagnosis_find_best (&facts, &found);
  changed = heddle_diagnosis_filter_take (&self->filter, &found, now);
  if (changed || found.kind == self->filter.shown.kind)
    show (self);
  if (changed)
    announce (self);
}

/* Of the whole run nothing changes any more: what is found is shown at once. */
static void
find_at_end (HeddleDiagnosisBar *self, const HeddleRunTally *tally)
{
  HeddleDiagnosisFacts facts;

  heddle_run_fill_facts (self->run, NULL, tally, &facts);
  heddle_diagnosis_find_best (&facts, &self->filter.shown);
  show (self);
  announce (self);
}

static void
cure_clicked_cb (HeddleDiagnosisBar *self)
{
  HeddleVerdict verdict = self->filter.shown;

  g_signal_emit (self, signals[SIGNAL_TRY], 0, &verdict);
}

static void
show_toggled_cb (HeddleDiagnosisBar *self)
{
  HeddleVerdict verdict = self->filter.shown;

  g_signal_emit (self, signals[SIGNAL_SHOW], 0,
                 gtk_toggle_button_get_active (self->show) ? &verdict : NULL);
}

/* Escape, with the keyboard here. */
static gboolean
leave (GtkWidget *widget, GVariant *args, gpointer data)
{
  HeddleDiagnosisBar *self = HEDDLE_DIAGNOSIS_BAR (widget);

  if (!gtk_toggle_button_get_active (self->show))
    return GDK_EVENT_PROPAGATE;
  gtk_toggle_button_set_active (self->show, FALSE);
  return GDK_EVENT_STOP;
}

static void
heddle_diagnosis_bar_dispose (GObject *object)
{
  g_clear_pointer (&HEDDLE_DIAGNOSIS_BAR (object)->run, heddle_run_unref);
  G_OBJECT_CLASS (heddle_diagnosis_bar_parent_class)->dispose (object);
}

static void
heddle_diagnosis_bar_class_init (HeddleDiagnosisBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_diagnosis_bar_dispose;
  signals[SIGNAL_TRY] = g_signal_new ("try", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_SHOW] = g_signal_new ("show-evidence", G_TYPE_FROM_CLASS (klass),
                                       G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_POINTER);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, leave, NULL);
  gtk_widget_class_set_css_name (widget_class, "diagnosisbar");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  /* a polite live region: what it says is read when the reader has nothing else to say */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/heddle/Heddle/ui/run/monitor/diagnosis-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleDiagnosisBar, text);
  gtk_widget_class_bind_template_child (widget_class, HeddleDiagnosisBar, show);
  gtk_widget_class_bind_template_child (widget_class, HeddleDiagnosisBar, cure);
  gtk_widget_class_bind_template_callback (widget_class, show_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, cure_clicked_cb);
}

static void
heddle_diagnosis_bar_init (HeddleDiagnosisBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * heddle_diagnosis_bar_set_run:
 * @run: (nullable): of which it speaks from now on; a reference is taken
 *
 * It is there as long as there is a run, also when nothing is found: what stands below must not
 * move away from a pointer that is about to click.
 */
void
heddle_diagnosis_bar_set_run (HeddleDiagnosisBar *self, HeddleRun *run)
{
  g_return_if_fail (HEDDLE_IS_DIAGNOSIS_BAR (self));

  if (run == self->run)
    return;
  g_clear_pointer (&self->run, heddle_run_unref);
  if (run != NULL)
    self->run = heddle_run_ref (run);
  self->filter = (HeddleDiagnosisFilter){ 0 };
  self->state = HEDDLE_RUN_READY;
  memset (self->tallies, 0, sizeof self->tallies);
  show (self);
  announce (self);
  gtk_widget_set_visible (GTK_WIDGET (self), run != NULL);
}

/**
 * heddle_diagnosis_bar_end_show:
 *
 * The timeline shows something else by now.
 */
void
heddle_diagnosis_bar_end_show (HeddleDiagnosisBar *self)
{
  g_return_if_fail (HEDDLE_IS_DIAGNOSIS_BAR (self));

  gtk_toggle_button_set_active (self->show, FALSE);
}

/**
 * heddle_diagnosis_bar_update:
 * @snapshot: of its run, just copied
 *
 * Looks at what the run has come to. Main loop; at most twice a second it does more than to compare
 * two numbers.
 */
void
heddle_diagnosis_bar_update (HeddleDiagnosisBar *self, const HeddleRunSnapshot *snapshot)
{
  HeddleRunTally tally;
  const HeddleRunTally *last;
  gboolean ended = snapshot->state == HEDDLE_RUN_FINISHED;

  g_return_if_fail (HEDDLE_IS_DIAGNOSIS_BAR (self));

  if (self->run == NULL || (ended && self->state == HEDDLE_RUN_FINISHED))
    return;
  self->state = snapshot->state;
  self->states = snapshot->states;
  heddle_run_get_tally (self->run, &tally);
  last = &self->tallies[(self->next + N_TALLIES - 1) % N_TALLIES];
  if (ended)
    find_at_end (self, &tally);
  else if (tally.length_ns - last->length_ns >= INTERVAL_NS)
    {
      find_live (self, &tally, snapshot->now_ns);
      self->tallies[self->next] = tally;
      self->next = (self->next + 1) % N_TALLIES;
    }
}
