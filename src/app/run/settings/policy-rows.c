/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/settings/policy-rows.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/number-row.h"
#include "app/widgets/segmented.h"
#include "engine/model/affinity.h"
#include "engine/model/backend.h"

struct _HeddlePolicyRows {
  HeddleContainer parent_instance;

  /* template children */
  HeddleNumberRow *retries;
  HeddleNumberRow *timeout;
  HeddleSegmented *halt;
  HeddleNumberRow *fail;
  HeddleSegmented *unit;
  HeddleNumberRow *recycle;
  HeddleNumberRow *nice;
  GtkWidget *affinity_row;
  GtkEditable *affinity;
  char *affinity_usual; /* owned: what stands below its title where nothing is wrong */
  GtkWidget *reset;

  HeddleRunOptions usual;
  gboolean filling; /* values are set by the program, not by the user */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (HeddlePolicyRows, heddle_policy_rows, HEDDLE_TYPE_CONTAINER)

static gboolean
is_percent (HeddlePolicyRows *self)
{
  return heddle_segmented_get_selected (self->unit) == 1;
}

/* What was typed is looked at at once, rather than when the run is to start. */
static void
check_affinity (HeddlePolicyRows *self)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = heddle_affinity_check (gtk_editable_get_text (self->affinity), &error);
  const char *text = ok ? self->affinity_usual : error->message;

  void (*mark) (GtkWidget *, const char *) =
    ok ? gtk_widget_remove_css_class : gtk_widget_add_css_class;

  mark (GTK_WIDGET (self->affinity), "error");
  mark (self->affinity_row, "wrong");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->affinity_row), text);
  heddle_accessible_set_description (GTK_WIDGET (self->affinity), text);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->affinity), GTK_ACCESSIBLE_STATE_INVALID,
                               ok ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE, -1);
}

static void
update (HeddlePolicyRows *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->fail),
                          heddle_segmented_get_selected (self->halt) > HEDDLE_HALT_NEVER);
  check_affinity (self);
}

static void
changed_cb (HeddlePolicyRows *self)
{
  if (self->filling)
    return;
  update (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
unit_changed_cb (HeddlePolicyRows *self)
{
  if (is_percent (self) && heddle_number_row_get_value (self->fail) > 100)
    heddle_number_row_set_value (self->fail, 100);
  changed_cb (self);
}

static void
fail_changed_cb (HeddlePolicyRows *self)
{
  /* comes again with the value that is possible */
  if (!self->filling && is_percent (self) && heddle_number_row_get_value (self->fail) > 100)
    heddle_number_row_set_value (self->fail, 100);
  else
    changed_cb (self);
}

static void
reset_cb (HeddlePolicyRows *self)
{
  heddle_policy_rows_set_options (self, &self->usual);
  g_signal_emit (self, changed_signal, 0);
}

static void
heddle_policy_rows_finalize (GObject *object)
{
  g_free (HEDDLE_POLICY_ROWS (object)->affinity_usual);

  G_OBJECT_CLASS (heddle_policy_rows_parent_class)->finalize (object);
}

static void
heddle_policy_rows_class_init (HeddlePolicyRowsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = heddle_policy_rows_finalize;

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (HEDDLE_TYPE_NUMBER_ROW);
  g_type_ensure (HEDDLE_TYPE_SEGMENTED);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/settings/policy-rows.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, retries);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, timeout);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, halt);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, fail);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, unit);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, recycle);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, nice);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, affinity_row);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, affinity);
  gtk_widget_class_bind_template_child (widget_class, HeddlePolicyRows, reset);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, fail_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, unit_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_cb);
  gtk_widget_class_set_css_name (widget_class, "policyrows");
}

static void
heddle_policy_rows_init (HeddlePolicyRows *self)
{
  const char *const whens[] = { _("Never"), _("Soon"), _("Now"), NULL };
  /* Translators: the unit of how many tasks may fail */
  const char *const units[] = { _("tasks"), "%", NULL };

  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->affinity_usual =
    g_strdup (adw_action_row_get_subtitle (ADW_ACTION_ROW (self->affinity_row)));
  heddle_segmented_set_segments (self->halt, whens, NULL);
  heddle_segmented_set_segments (self->unit, units, NULL);
  heddle_segmented_set_selected (self->unit, 0);
  heddle_accessible_drop_mnemonics (GTK_WIDGET (self));
  self->filling = FALSE;
}

/**
 * heddle_policy_rows_set_backend:
 * @backend: what the workers are; what it cannot keep is not offered
 */
void
heddle_policy_rows_set_backend (HeddlePolicyRows *self, HeddleBackend backend)
{
  gboolean loop = heddle_backend_get_info (backend)->is_loop;

  g_return_if_fail (HEDDLE_IS_POLICY_ROWS (self));

  gtk_widget_set_visible (GTK_WIDGET (self->recycle), heddle_backend_recycles (backend));
  gtk_widget_set_visible (GTK_WIDGET (self->nice), !loop);
  gtk_widget_set_visible (self->affinity_row, !loop);
  gtk_widget_set_visible (gtk_widget_get_ancestor (self->affinity_row, ADW_TYPE_PREFERENCES_GROUP),
                          !loop);
}

/**
 * heddle_policy_rows_set_options:
 * @options: what they shall show
 */
void
heddle_policy_rows_set_options (HeddlePolicyRows *self, const HeddleRunOptions *options)
{
  g_return_if_fail (HEDDLE_IS_POLICY_ROWS (self));
  g_return_if_fail (options != NULL);

  self->filling = TRUE;
  heddle_number_row_set_value (self->retries, options->retries);
  heddle_number_row_set_value (self->timeout, options->timeout);
  heddle_segmented_set_selected (self->halt, options->halt.when);
  heddle_segmented_set_selected (self->unit, options->halt.percent);
  heddle_number_row_set_value (self->fail, options->halt.fail);
  heddle_number_row_set_value (self->recycle, options->recycle);
  heddle_number_row_set_value (self->nice, options->nice);
  gtk_editable_set_text (self->affinity, options->affinity);
  self->filling = FALSE;
  update (self);
}

/**
 * heddle_policy_rows_set_usual:
 * @options: what they go back to
 */
void
heddle_policy_rows_set_usual (HeddlePolicyRows *self, const HeddleRunOptions *options)
{
  g_return_if_fail (HEDDLE_IS_POLICY_ROWS (self));

  self->usual = *options;
}

/**
 * heddle_policy_rows_get_options:
 * @options: (inout): where to set what is shown; what the user typed need not make sense:
 * heddle_policy_check() says so
 */
void
heddle_policy_rows_get_options (HeddlePolicyRows *self, HeddleRunOptions *options)
{
  g_return_if_fail (HEDDLE_IS_POLICY_ROWS (self));
  g_return_if_fail (options != NULL);

  options->retries = (guint) heddle_number_row_get_value (self->retries);
  options->timeout = heddle_number_row_get_value (self->timeout);
  options->halt =
    (HeddleHalt){ .when = (HeddleHaltWhen) heddle_segmented_get_selected (self->halt) };
  if (options->halt.when != HEDDLE_HALT_NEVER)
    {
      options->halt.fail = (guint) heddle_number_row_get_value (self->fail);
      options->halt.percent = is_percent (self);
    }
  options->recycle = (guint) heddle_number_row_get_value (self->recycle);
  options->nice = (int) heddle_number_row_get_value (self->nice);
  g_strlcpy (options->affinity, gtk_editable_get_text (self->affinity), sizeof options->affinity);
}
