/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/a11y/accessible.h"
#include "app/widgets/message-bar.h"

struct _HeddleMessageBar {
  HeddleContainer parent_instance;

  /* template children */
  GtkWidget *frame;
  GtkImage *icon;
  GtkLabel *label;
  GtkWidget *log_button;
};

static guint show_log_signal;

G_DEFINE_FINAL_TYPE (HeddleMessageBar, heddle_message_bar, HEDDLE_TYPE_CONTAINER)

static void
log_clicked_cb (HeddleMessageBar *self)
{
  g_signal_emit (self, show_log_signal, 0);
}

static void
heddle_message_bar_class_init (HeddleMessageBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  show_log_signal = g_signal_new ("show-log", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/widgets/message-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleMessageBar, frame);
  gtk_widget_class_bind_template_child (widget_class, HeddleMessageBar, icon);
  gtk_widget_class_bind_template_child (widget_class, HeddleMessageBar, label);
  gtk_widget_class_bind_template_child (widget_class, HeddleMessageBar, log_button);
  gtk_widget_class_bind_template_callback (widget_class, log_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, heddle_message_bar_hide);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
heddle_message_bar_init (HeddleMessageBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * heddle_message_bar_show:
 * @is_error: it is the reason why something does not go on, rather than a warning
 * @text: a sentence, translated
 * @has_log: the log says more
 *
 * Shows @text in place of what stood there.
 */
void
heddle_message_bar_show (HeddleMessageBar *self, gboolean is_error, const char *text,
                         gboolean has_log)
{
  g_return_if_fail (HEDDLE_IS_MESSAGE_BAR (self));
  g_return_if_fail (text != NULL);

  gtk_label_set_label (self->label, text);
  gtk_image_set_from_icon_name (self->icon,
                                is_error ? "dialog-error-symbolic" : "dialog-warning-symbolic");
  gtk_widget_remove_css_class (self->frame, is_error ? "warning" : "error");
  gtk_widget_add_css_class (self->frame, is_error ? "error" : "warning");
  gtk_widget_set_visible (self->log_button, has_log);
  heddle_accessible_set_name (GTK_WIDGET (self), text);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/**
 * heddle_message_bar_hide:
 * @self: the bar
 */
void
heddle_message_bar_hide (HeddleMessageBar *self)
{
  g_return_if_fail (HEDDLE_IS_MESSAGE_BAR (self));

  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
