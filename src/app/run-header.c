/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/run-header.h"
#include "app/workload-text.h"

struct _HeddleRunHeader {
  GtkWidget parent_instance;

  /* template children */
  GtkLabel *title;
  GtkLabel *summary;
  GtkMenuButton *about_link;
  HeddleWorkloadText *about_text;
  AdwButtonContent *pause_content;
  GtkWidget *stop_menu;
};

G_DEFINE_FINAL_TYPE (HeddleRunHeader, heddle_run_header, GTK_TYPE_WIDGET)

static void
heddle_run_header_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (heddle_run_header_parent_class)->dispose (object);
}

static void
heddle_run_header_class_init (HeddleRunHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_run_header_dispose;

  g_type_ensure (HEDDLE_TYPE_WORKLOAD_TEXT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/heddle/Heddle/ui/run-header.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, title);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, summary);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, about_link);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, about_text);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, pause_content);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, stop_menu);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
heddle_run_header_init (HeddleRunHeader *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 12);
}

/**
 * heddle_run_header_set_workload:
 * @self: the head of a page
 * @workload: what it runs
 */
void
heddle_run_header_set_workload (HeddleRunHeader *self, const HeddleWorkload *workload)
{
  g_return_if_fail (HEDDLE_IS_RUN_HEADER (self));
  g_return_if_fail (workload != NULL);

  gtk_label_set_label (self->title, _(workload->name));
  gtk_label_set_label (self->summary, _(workload->summary));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->summary), _(workload->summary));
  heddle_workload_text_set_workload (self->about_text, workload);
}

/**
 * heddle_run_header_set_state:
 * @self: the head of a page
 * @state: of its run
 *
 * Pause becomes Resume where there is something to resume. What can be clicked is up to the page's actions.
 */
void
heddle_run_header_set_state (HeddleRunHeader *self, HeddleRunState state)
{
  gboolean paused = state == HEDDLE_RUN_PAUSED;
  const char *label = paused ? _("Resume") : _("Pause");

  g_return_if_fail (HEDDLE_IS_RUN_HEADER (self));

  gtk_widget_set_sensitive (self->stop_menu, state != HEDDLE_RUN_READY && state != HEDDLE_RUN_FINISHED);
  adw_button_content_set_label (self->pause_content, label);
  adw_button_content_set_icon_name (self->pause_content, paused ? "media-playback-start-symbolic" : "media-playback-pause-symbolic");
}

/**
 * heddle_run_header_show_about:
 * @self: the head of a page
 *
 * Opens the text about the workload.
 */
void
heddle_run_header_show_about (HeddleRunHeader *self)
{
  g_return_if_fail (HEDDLE_IS_RUN_HEADER (self));

  gtk_menu_button_popup (self->about_link);
}
