/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/preset-row.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/wrap-layout.h"

struct _HeddlePresetRow {
  HeddleContainer parent_instance;

  GtkWidget *label;               /* child */
  const HeddleWorkload *workload; /* static; NULL: not set yet */
};

static guint chosen_signal;

static GQuark preset_quark; /* on a button: its HeddlePreset, static */

G_DEFINE_FINAL_TYPE (HeddlePresetRow, heddle_preset_row, HEDDLE_TYPE_CONTAINER)

static void
clicked_cb (HeddlePresetRow *self, GtkButton *button)
{
  const HeddlePreset *preset = g_object_get_qdata (G_OBJECT (button), preset_quark);
  g_autoptr (GError) error = NULL;
  g_auto (HeddlePresetValues) chosen = { 0 };

  /* A test reads every preset of the catalogue; a wrong one of a workload that is still being
   * written is told to its author. */
  if (!heddle_preset_parse (&chosen, self->workload, preset->settings, &error))
    {
      g_warning ("%s: %s", self->workload->id, error->message);
      return;
    }
  g_signal_emit (self, chosen_signal, 0, &chosen);
}

static void
heddle_preset_row_class_init (HeddlePresetRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  preset_quark = g_quark_from_static_string ("heddle-preset");
  chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_css_name (widget_class, "presetrow");
  gtk_widget_class_set_layout_manager_type (widget_class, HEDDLE_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
heddle_preset_row_init (HeddlePresetRow *self)
{
    /* Translators: in front of a row of buttons, each with settings that are worth trying */
  self->label = gtk_label_new (_("Try:"));
  gtk_widget_add_css_class (self->label, "dim-label");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  heddle_accessible_set_name (GTK_WIDGET (self), _("Presets"));
}

/**
 * heddle_preset_row_set_workload:
 * @workload: whose presets are offered. Main loop.
 */
void
heddle_preset_row_set_workload (HeddlePresetRow *self, const HeddleWorkload *workload)
{
  const HeddlePreset *presets;
  GtkWidget *old;

  g_return_if_fail (HEDDLE_IS_PRESET_ROW (self));
  g_return_if_fail (workload != NULL);

  while ((old = gtk_widget_get_next_sibling (self->label)) != NULL)
    gtk_widget_unparent (old);
  self->workload = workload;
  presets = workload->tries;
  gtk_widget_set_visible (GTK_WIDGET (self), presets != NULL && presets->label != NULL);
  for (const HeddlePreset *preset = presets; preset != NULL && preset->label != NULL; preset++)
    {
      GtkWidget *button = gtk_button_new_with_label (_(preset->label));
      GtkLabel *label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));
      g_autofree char *command = heddle_preset_dup_command (workload, preset->settings);

      /* one line where there is room; with large letters a narrow window has none */
      gtk_label_set_wrap (label, TRUE);
      gtk_label_set_natural_wrap_mode (label, GTK_NATURAL_WRAP_NONE);

      gtk_widget_set_tooltip_text (button, command);
      gtk_widget_set_focus_on_click (button, FALSE);
      g_object_set_qdata (G_OBJECT (button), preset_quark, (gpointer) preset);
      g_signal_connect_object (button, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
      gtk_widget_set_parent (button, GTK_WIDGET (self));
    }
}
