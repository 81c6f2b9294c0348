/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/monitor/states-button.h"
#include "app/widgets/a11y/accessible.h"
#include "base/format.h"

struct _HeddleStatesButton {
  HeddleContainer parent_instance;

  /* template children */
  GtkMenuButton *button;
  GtkWidget *text;   /* all that the popover tells */
  GtkLabel *title, *note, *lost;

  HeddleRun *run; /* owned by reference; NULL: none */

  /* what is shown */
  HeddleStatesSource source;
  guint64 n_lost;
};

G_DEFINE_FINAL_TYPE (HeddleStatesButton, heddle_states_button, HEDDLE_TYPE_CONTAINER)

static const char *
get_name (HeddleStatesSource source)
{
  switch (source)
    {
    /* Translators: these three name where scheduling states come from, in the legend */
    case HEDDLE_STATES_EXACT: return _("exact, from the kernel");
    case HEDDLE_STATES_COUNTED: return _("counted for each task");
    case HEDDLE_STATES_NONE: default: return _("states not recorded");
    }
}

static const char *
get_title (HeddleStatesSource source)
{
  switch (source)
    {
    case HEDDLE_STATES_EXACT: return _("States Are Exact");
    case HEDDLE_STATES_COUNTED: return _("States Are Counted");
    case HEDDLE_STATES_NONE: default: return _("States Are Not Recorded");
    }
}

/* How much of what the kernel recorded did not arrive. */
static char *
dup_lost (guint64 n_lost)
{
  char count[HEDDLE_FORMAT_SIZE];

  heddle_format_count (n_lost, count, sizeof count);
  return g_strdup_printf (
    ngettext ("%s switch was lost: where that was, states are not known.",
              "%s switches were lost: where that was, states are not known.", (gulong) n_lost),
    count);
}

static void
show_name (HeddleStatesButton *self)
{
  g_autofree char *name = g_strdup (get_name (self->source));
  g_autofree char *spoken = NULL;
  char count[HEDDLE_FORMAT_SIZE];

  if (self->n_lost > 0)
    {
      g_autofree char *alone = g_steal_pointer (&name);

      heddle_format_count (self->n_lost, count, sizeof count);
      /* Translators: where states come from, and how many thread switches were lost: "exact, from
       * the kernel; 12 lost" */
      name = g_strdup_printf (_("%s; %s lost"), alone, count);
    }
  gtk_menu_button_set_label (self->button, name);
  /* Translators: where states come from, as “exact, from the kernel” */
  spoken = g_strdup_printf (_("Scheduling states: %s"), name);
  /* the keyboard goes to the button inside, which GTK names by its text alone */
  heddle_accessible_set_name (GTK_WIDGET (self->button), spoken);
  heddle_accessible_set_name (gtk_widget_get_first_child (GTK_WIDGET (self->button)), spoken);
}

/* The texts of the popover; its note changes only with the source. */
static void
show_texts (HeddleStatesButton *self)
{
  g_autofree char *note = self->run != NULL ? heddle_run_dup_states_note (self->run) : NULL;
  g_autofree char *lost = dup_lost (self->n_lost);

  gtk_label_set_label (self->title, get_title (self->source));
  if (g_strcmp0 (gtk_label_get_label (self->note), note) != 0)
    gtk_label_set_label (self->note, note);
  gtk_label_set_label (self->lost, lost);
  gtk_widget_set_visible (GTK_WIDGET (self->lost), self->n_lost > 0);
}

static void
heddle_states_button_dispose (GObject *object)
{
  HeddleStatesButton *self = HEDDLE_STATES_BUTTON (object);

  g_clear_pointer (&self->run, heddle_run_unref);
  G_OBJECT_CLASS (heddle_states_button_parent_class)->dispose (object);
}

static void
heddle_states_button_class_init (HeddleStatesButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_states_button_dispose;
  gtk_widget_class_set_css_name (widget_class, "statesbutton");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/heddle/Heddle/ui/run/monitor/states-button.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleStatesButton, button);
  gtk_widget_class_bind_template_child (widget_class, HeddleStatesButton, text);
  gtk_widget_class_bind_template_child (widget_class, HeddleStatesButton, title);
  gtk_widget_class_bind_template_child (widget_class, HeddleStatesButton, note);
  gtk_widget_class_bind_template_child (widget_class, HeddleStatesButton, lost);
}

static void
heddle_states_button_init (HeddleStatesButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->text, "map", G_CALLBACK (show_texts), self, G_CONNECT_SWAPPED);
  show_name (self);
}

/**
 * heddle_states_button_set_run:
 * @run: (nullable): the run to tell of; a reference is taken
 */
void
heddle_states_button_set_run (HeddleStatesButton *self, HeddleRun *run)
{
  g_return_if_fail (HEDDLE_IS_STATES_BUTTON (self));

  if (run != NULL)
    heddle_run_ref (run);
  g_clear_pointer (&self->run, heddle_run_unref);
  self->run = run;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * heddle_states_button_update:
 * @snapshot: the run as it is now
 */
void
heddle_states_button_update (HeddleStatesButton *self, const HeddleRunSnapshot *snapshot)
{
  g_return_if_fail (HEDDLE_IS_STATES_BUTTON (self));

  gtk_widget_set_visible (GTK_WIDGET (self), self->run != NULL && snapshot->n_lanes > 0);
  if (self->source == snapshot->states && self->n_lost == snapshot->states_lost)
    return;
  self->source = snapshot->states;
  self->n_lost = snapshot->states_lost;
  show_name (self);
  if (gtk_widget_get_mapped (self->text))
    show_texts (self);
}
