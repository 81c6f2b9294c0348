/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/memory-group.h"
#include "app/model/app-settings.h"
#include "app/preferences.h"
#include "app/widgets/number-row.h"
#include "engine/model/processors.h"

struct _HeddlePreferences {
  AdwPreferencesWindow parent_instance;

  /* template children */
  AdwActionRow *default_workers_row;
  GtkAdjustment *default_workers;
  GtkAdjustment *lane_budget;
  GtkAdjustment *result_budget;
  GtkSwitch *notify_finished;
};

G_DEFINE_FINAL_TYPE (HeddlePreferences, heddle_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
bind (const char *key, GtkAdjustment *adjustment)
{
  g_settings_bind (heddle_app_settings_get (), key, adjustment, "value", G_SETTINGS_BIND_DEFAULT);
}

static void
heddle_preferences_class_init (HeddlePreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HEDDLE_TYPE_MEMORY_GROUP);
  g_type_ensure (HEDDLE_TYPE_NUMBER_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddlePreferences, default_workers_row);
  gtk_widget_class_bind_template_child (widget_class, HeddlePreferences, default_workers);
  gtk_widget_class_bind_template_child (widget_class, HeddlePreferences, lane_budget);
  gtk_widget_class_bind_template_child (widget_class, HeddlePreferences, result_budget);
  gtk_widget_class_bind_template_child (widget_class, HeddlePreferences, notify_finished);
}

static void
heddle_preferences_init (HeddlePreferences *self)
{
  HeddleProcessors processors = heddle_processors_get ();
  g_autofree char *processors_text = heddle_processors_dup_text (&processors);
  g_autofree char *subtitle = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  /* Translators: %s is "2, from the processor affinity" or the like */
  subtitle = g_strdup_printf (_("0: the default of the workload, or one per processor "
                                "(%s). Workloads that measure use one."), processors_text);
  adw_action_row_set_subtitle (self->default_workers_row, subtitle);
  bind ("default-workers", self->default_workers);
  bind ("lane-budget", self->lane_budget);
  bind ("result-budget", self->result_budget);
  g_settings_bind (heddle_app_settings_get (), "notify-finished", self->notify_finished, "active",
                   G_SETTINGS_BIND_DEFAULT);
}
