/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/workload-text.h"

struct _HeddleWorkloadText {
  HeddleContainer parent_instance;

  /* template children */
  GtkLabel *about;
  GtkWidget *notes_title;
  GtkWidget *notes_source;
  GtkLabel *notes;
};

G_DEFINE_FINAL_TYPE (HeddleWorkloadText, heddle_workload_text, HEDDLE_TYPE_CONTAINER)

static void
heddle_workload_text_class_init (HeddleWorkloadTextClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/workload-text.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleWorkloadText, about);
  gtk_widget_class_bind_template_child (widget_class, HeddleWorkloadText, notes_title);
  gtk_widget_class_bind_template_child (widget_class, HeddleWorkloadText, notes_source);
  gtk_widget_class_bind_template_child (widget_class, HeddleWorkloadText, notes);
  gtk_widget_class_set_css_name (widget_class, "workloadtext");
}

static void
heddle_workload_text_init (HeddleWorkloadText *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * heddle_workload_text_set_workload:
 * @workload: what it is about
 */
void
heddle_workload_text_set_workload (HeddleWorkloadText *self, const HeddleWorkload *workload)
{
  g_return_if_fail (HEDDLE_IS_WORKLOAD_TEXT (self));
  g_return_if_fail (workload != NULL);

  gtk_label_set_label (self->about, _(workload->about));
  gtk_label_set_label (self->notes, workload->notes != NULL ? _(workload->notes) : "");
  gtk_widget_set_visible (self->notes_title, workload->notes != NULL);
  gtk_widget_set_visible (self->notes_source, workload->notes != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), workload->notes != NULL);
}
