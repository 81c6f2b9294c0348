/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/settings/policy-button.h"
#include "app/run/settings/policy-rows.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/labelled-control.h"
#include "engine/model/backend.h"

struct _HeddlePolicyButton {
  HeddleContainer parent_instance;

  /* template children */
  GtkWidget *button;
  GtkLabel *summary;
  GtkPopover *popover;
  HeddlePolicyRows *rows;

  HeddleRunOptions usual;
  HeddleBackend backend;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (HeddlePolicyButton, heddle_policy_button, HEDDLE_TYPE_CONTAINER)

G_GNUC_PRINTF (2, 3)
static void
append (GString *text, const char *format, ...)
{
  va_list arguments;

  if (text->len > 0)
    g_string_append (text, " · ");
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
}

static void
append_halt (GString *text, const HeddleHalt *halt)
{
  if (halt->when == HEDDLE_HALT_NEVER)
    return;
  if (halt->when == HEDDLE_HALT_SOON && halt->percent)
    /* Translators: of the tasks, so many per cent failed */
    append (text, _("halts soon at %u %%"), halt->fail);
  else if (halt->when == HEDDLE_HALT_SOON)
    /* Translators: of the tasks, so many failed */
    append (text, _("halts soon at %u"), halt->fail);
  else if (halt->percent)
    append (text, _("halts now at %u %%"), halt->fail);
  else
    append (text, _("halts now at %u"), halt->fail);
}

/* What differs from the usual. */
static char *
describe (const HeddleRunOptions *options, const HeddleRunOptions *usual)
{
  GString *text = g_string_new (NULL);

  if (options->retries != usual->retries)
    append (text, ngettext ("%u retry", "%u retries", options->retries), options->retries);
  if (options->timeout != usual->timeout)
    append (text, _("%g s at most"), options->timeout);
  append_halt (text, &options->halt);
  if (options->recycle != usual->recycle)
    append (text, ngettext ("recycled after %u task", "recycled after %u tasks", options->recycle),
            options->recycle);
  if (options->nice != usual->nice)
    append (text, _("nice %d"), options->nice);
  if (options->affinity[0] != '\0')
    append (text, _("CPUs %s"), options->affinity);
  if (text->len == 0)
    g_string_append (text, _("defaults"));
  return g_string_free (text, FALSE);
}

static void
update (HeddlePolicyButton *self)
{
  HeddleRunOptions options = self->usual;
  g_autofree char *text = NULL;
  g_autofree char *tooltip = NULL;

  heddle_policy_button_get_options (self, &options);
  text = describe (&options, &self->usual);
  gtk_label_set_label (self->summary, text);
  tooltip = g_strdup_printf (
    _("How tasks that fail or take too long are handled, and how workers run: %s"), text);
  gtk_widget_set_tooltip_text (self->button, tooltip);
  heddle_accessible_set_description (self->button, text);
}

static void
rows_changed_cb (HeddlePolicyButton *self)
{
  update (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
heddle_policy_button_class_init (HeddlePolicyButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (HEDDLE_TYPE_LABELLED_CONTROL);
  g_type_ensure (HEDDLE_TYPE_POLICY_ROWS);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/heddle/Heddle/ui/run/settings/policy-button.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyButton, button);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyButton, summary);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyButton, popover);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyButton, rows);
  gtk_widget_class_bind_template_callback (widget_class, rows_changed_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
heddle_policy_button_init (HeddlePolicyButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * heddle_policy_button_set_active:
 * @active: a run is going on: its policies can be looked at, and not changed
 */
void
heddle_policy_button_set_active (HeddlePolicyButton *self, gboolean active)
{
  g_return_if_fail (HEDDLE_IS_POLICY_BUTTON (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self->rows), !active);
}

/**
 * heddle_policy_button_set_backend:
 * @backend: what the workers are
 */
void
heddle_policy_button_set_backend (HeddlePolicyButton *self, HeddleBackend backend)
{
  g_return_if_fail (HEDDLE_IS_POLICY_BUTTON (self));

  self->backend = backend;
  heddle_policy_rows_set_backend (self->rows, backend);
  update (self);
}

/**
 * heddle_policy_button_set_usual:
 * @options: what is not worth a word
 */
void
heddle_policy_button_set_usual (HeddlePolicyButton *self, const HeddleRunOptions *options)
{
  g_return_if_fail (HEDDLE_IS_POLICY_BUTTON (self));
  g_return_if_fail (options != NULL);

  self->usual = *options;
  heddle_policy_rows_set_usual (self->rows, options);
}

/**
 * heddle_policy_button_set_options:
 * @options: the policies to show
 */
void
heddle_policy_button_set_options (HeddlePolicyButton *self, const HeddleRunOptions *options)
{
  g_return_if_fail (HEDDLE_IS_POLICY_BUTTON (self));
  g_return_if_fail (options != NULL);

  heddle_policy_rows_set_options (self->rows, options);
  update (self);
}

/**
 * heddle_policy_button_get_all:
 * @options: (inout): where to set the policies, whether the backend can keep them or not
 */
void
heddle_policy_button_get_all (HeddlePolicyButton *self, HeddleRunOptions *options)
{
  g_return_if_fail (HEDDLE_IS_POLICY_BUTTON (self));
  g_return_if_fail (options != NULL);

  heddle_policy_rows_get_options (self->rows, options);
}

/**
 * heddle_policy_button_get_options:
 * @options: (inout): where to set the policies; those that the backend cannot keep are not set
 */
void
heddle_policy_button_get_options (HeddlePolicyButton *self, HeddleRunOptions *options)
{
  g_return_if_fail (HEDDLE_IS_POLICY_BUTTON (self));
  g_return_if_fail (options != NULL);

  heddle_policy_rows_get_options (self->rows, options);
  if (!heddle_backend_recycles (self->backend))
    options->recycle = 0;
  if (heddle_backend_get_info (self->backend)->is_loop)
    options->affinity[0] = '\0';
}
