/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/app-settings.h"
#include "app/model/policy-store.h"
#include "app/run/settings/controls-private.h"
#include "app/widgets/labelled-control.h"
#include "app/widgets/number-input.h"
#include "app/widgets/wrap-layout.h"
#include "engine/model/backend.h"

#define SPACING 8
#define NARROW 820 /* pixels: where less is there, what does not fit into one line is folded away */

enum { SIGNAL_WORKERS_CHANGED, SIGNAL_BACKEND_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HeddleRunControls, heddle_run_controls, HEDDLE_TYPE_CONTAINER)

/* What cannot be used while a run goes on gives the keyboard back first: GTK would take it away
 * later, and complain about it. */
static void
set_usable (GtkWidget *widget, gboolean usable)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (!usable && focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget)))
    {
      GtkWidget *above = gtk_widget_get_parent (widget);

      while (above != NULL && !gtk_widget_get_focusable (above))
        above = gtk_widget_get_parent (above);
      if (above == NULL || !gtk_widget_grab_focus (above))
        gtk_root_set_focus (root, NULL);
    }
  gtk_widget_set_sensitive (widget, usable);
}

static void
update_sensitivity (HeddleRunControls *self)
{
  gboolean idle = !self->active;

  gtk_widget_set_visible (self->workers_control, heddle_run_controls_has_workers (self));
  gtk_widget_set_visible (self->prefetch_control,
                          heddle_backend_recycles (heddle_run_controls_get_backend (self)));

  set_usable (GTK_WIDGET (self->kind), idle);
  set_usable (GTK_WIDGET (self->variant), idle);
  set_usable (self->queue_control, idle);
  set_usable (self->prefetch_control, idle);
  heddle_policy_button_set_active (self->policy, self->active);
  heddle_policy_button_set_backend (self->policy, heddle_run_controls_get_backend (self));
  for (guint i = 0; i < self->rows->len; i++)
    set_usable (g_ptr_array_index (self->rows, i), idle);
}

static void
value_changed_cb (HeddleRunControls *self)
{
  heddle_run_controls_save_soon (self);
}

static void
kind_changed_cb (HeddleRunControls *self)
{
  if (heddle_segmented_get_selected (self->kind) < 0)
    return;
  heddle_run_controls_fill_variants (self);
  update_sensitivity (self);
  value_changed_cb (self);
  g_signal_emit (self, signals[SIGNAL_BACKEND_CHANGED], 0);
}

static void
variant_changed_cb (HeddleRunControls *self)
{
  update_sensitivity (self);
  value_changed_cb (self);
  g_signal_emit (self, signals[SIGNAL_BACKEND_CHANGED], 0);
}

static void
workers_changed_cb (HeddleRunControls *self)
{
  if (self->filling > 0)
    return;
  value_changed_cb (self);
  g_signal_emit (self, signals[SIGNAL_WORKERS_CHANGED], 0,
                 (guint) gtk_spin_button_get_value_as_int (self->workers));
}

/* Kept for the workload, with what the present backend cannot keep. */
static void
policy_changed_cb (HeddleRunControls *self)
{
  HeddleRunOptions options;

  heddle_policy_store_init_options (&options, self->workload);
  heddle_policy_button_get_all (self->policy, &options);
  heddle_policy_store_save (self->workload, &options);
}

static void
heddle_run_controls_dispose (GObject *object)
{
  HeddleRunControls *self = HEDDLE_RUN_CONTROLS (object);

  heddle_run_controls_save_now (self);
  g_ptr_array_set_size (self->rows, 0);
  G_OBJECT_CLASS (heddle_run_controls_parent_class)->dispose (object);
}

static void
heddle_run_controls_finalize (GObject *object)
{
  g_ptr_array_unref (HEDDLE_RUN_CONTROLS (object)->rows);

  G_OBJECT_CLASS (heddle_run_controls_parent_class)->finalize (object);
}

static void
heddle_run_controls_class_init (HeddleRunControlsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_run_controls_dispose;
  G_OBJECT_CLASS (klass)->finalize = heddle_run_controls_finalize;

  signals[SIGNAL_WORKERS_CHANGED] = g_signal_new ("workers-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_BACKEND_CHANGED] = g_signal_new ("backend-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (HEDDLE_TYPE_LABELLED_CONTROL);
  g_type_ensure (HEDDLE_TYPE_POLICY_BUTTON);
  g_type_ensure (HEDDLE_TYPE_SEGMENTED);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/settings/controls.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, kind);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, variant);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, workers_control);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, prefetch_control);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, queue_control);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, policy);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, workers);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, queue);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, prefetch);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, more);
  gtk_widget_class_bind_template_callback (widget_class, kind_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, policy_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, variant_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, value_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, workers_changed_cb);
}

static void
heddle_run_controls_init (HeddleRunControls *self)
{
  GtkLayoutManager *layout;

  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  layout = heddle_wrap_layout_new (SPACING);
  heddle_wrap_layout_set_more (HEDDLE_WRAP_LAYOUT (layout), self->more, NARROW);
  gtk_widget_set_layout_manager (GTK_WIDGET (self), layout);
}

/* How many there are at first, and what that is from. */
static void
tell_default_workers (HeddleRunControls *self)
{
  guint preferred = heddle_app_settings_get_workers (self->workload);
  g_autofree char *text = preferred > 0 ? g_strdup_printf (_("%u, from the preferences"), preferred)
                                        : heddle_workload_dup_default_workers_text (self->workload);
  g_autofree char *tip = g_strdup_printf (
    _("Number of threads or processes that run tasks; can be changed during a run. Initially: %s"),
    text);

  g_object_set (self->workers_control, "description", tip, NULL);
}

static void
set_options (HeddleRunControls *self, const HeddleRunOptions *options, gboolean names_workers)
{
  guint workers = heddle_app_settings_get_workers (self->workload);

  if (workers == 0 || names_workers)
    workers = options->workers;
  self->filling++;
  gtk_spin_button_set_value (self->workers, workers);
  gtk_spin_button_set_value (self->queue, options->queue);
  gtk_spin_button_set_value (self->prefetch, options->prefetch);
  self->filling--;
  heddle_policy_button_set_options (self->policy, options);
}

/**
 * heddle_run_controls_set_workload:
 * @self: the controls
 * @workload: what will be run
 *
 * Offers what @workload can do, as the user has left it: with its defaults and those of the
 * preferences, and what was changed since.
 */
void
heddle_run_controls_set_workload (HeddleRunControls *self, const HeddleWorkload *workload)
{
  HeddleRunOptions options;

  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));
  g_return_if_fail (workload != NULL);

  if (self->workload != NULL)
    heddle_run_controls_save_now (self);
  self->filling++;
  self->workload = workload;
  heddle_policy_store_init_options (&options, workload);
  heddle_policy_button_set_usual (self->policy, &options);
  heddle_policy_store_load (workload, &options);
  heddle_run_controls_fill_kinds (self);
  heddle_run_controls_set_backend (self, workload->default_backend);
  set_options (self, &options, FALSE);
  self->usual = options;
  self->usual.backend = workload->default_backend;
  self->usual.workers = (guint) gtk_spin_button_get_value_as_int (self->workers);
  tell_default_workers (self);

  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_unparent (g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < workload->n_params; i++)
    {
      GtkWidget *row = heddle_param_row_new (&workload->params[i]);

      /* Before the policy: that matters least. */
      gtk_widget_insert_before (row, GTK_WIDGET (self), GTK_WIDGET (self->policy));
      g_ptr_array_add (self->rows, row);
      g_signal_connect_object (row, "changed", G_CALLBACK (value_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  heddle_run_controls_load (self);
  self->filling--;
  update_sensitivity (self);
}

/**
 * heddle_run_controls_set_active:
 * @self: the controls
 * @active: a run is going on
 *
 * While a run goes on, only the number of workers can be changed: it holds at once.
 */
void
heddle_run_controls_set_active (HeddleRunControls *self, gboolean active)
{
  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));

  if (self->active == active)
    return;
  self->active = active;
  update_sensitivity (self);
  if (!active)
    heddle_number_input_forget (self->workers); /* which can be used all the time */
}

/**
 * heddle_run_controls_launch:
 * @launch: what the command line asks for, of the workload that the controls are for
 *
 * Shows what @launch names; the rest stays as it is.
 */
void
heddle_run_controls_launch (HeddleRunControls *self, const HeddleLaunch *launch)
{
  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));
  g_return_if_fail (launch != NULL);

  self->filling++;
  for (guint i = 0; i < launch->named->len; i++)
    {
      const char *name = g_ptr_array_index (launch->named, i);

      heddle_param_row_set_value (heddle_run_controls_find_row (self, name),
                                  heddle_settings_get (launch->settings, name));
    }
  if (launch->has_backend)
    heddle_run_controls_set_backend (self, launch->backend);
  if (launch->workers > 0)
    gtk_spin_button_set_value (self->workers, launch->workers);
  if (launch->queue > 0)
    gtk_spin_button_set_value (self->queue, launch->queue);
  self->filling--;
}

/**
 * heddle_run_controls_set_param:
 * @name: a parameter of the workload that the controls are for
 * @value: as it would be written on the command line
 *
 * As if the user had set it, so it is also kept.
 */
void
heddle_run_controls_set_param (HeddleRunControls *self, const char *name, const char *value)
{
  HeddleParamRow *row;

  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));
  g_return_if_fail (name != NULL && value != NULL);

  row = heddle_run_controls_find_row (self, name);
  if (row != NULL)
    heddle_param_row_set_value (row, value);
}

/**
 * heddle_run_controls_apply:
 * @self: the controls
 * @preset: of the workload that they are for
 *
 * Shows @preset's settings, as its command line would have them: what it does not name goes back to
 * its default. Only a folder stays, for the user has chosen it for its content.
 */
void
heddle_run_controls_apply (HeddleRunControls *self, const HeddlePresetValues *preset)
{
  HeddleRunOptions usual, options;

  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));
  g_return_if_fail (preset != NULL
                    && heddle_settings_get_workload (preset->settings) == self->workload);

  heddle_policy_store_init_options (&usual, self->workload);
  for (guint i = 0; i < self->rows->len; i++)
    {
      HeddleParamRow *row = g_ptr_array_index (self->rows, i);
      const HeddleParam *param = heddle_param_row_get_param (row);
      const char *value = heddle_settings_get (preset->settings, param->name);

      if (param->type != HEDDLE_PARAM_FOLDER || !g_str_equal (value, param->initial))
        heddle_param_row_set_value (row, value);
    }
  heddle_run_controls_set_backend (self, preset->options.backend);
  options = preset->options;
  options.nice = usual.nice; /* a preset says nothing of it, and the window is to stay smooth */
  set_options (self, &options, preset->names_workers);
  value_changed_cb (self); /* it was the user who chose it */
}

/**
 * heddle_run_controls_cure:
 * @self: the controls
 * @verdict: one with a cure, about a run of their workload
 *
 * Sets the cure as the user would: what is shown changes, and a run that goes on gets so many
 * workers. While one does, nothing else is changed.
 */
void
heddle_run_controls_cure (HeddleRunControls *self, const HeddleVerdict *verdict)
{
  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));
  g_return_if_fail (verdict != NULL);

  switch (verdict->cure)
    {
    case HEDDLE_CURE_WORKERS:
      gtk_spin_button_set_value (self->workers, verdict->cure_value);
      break;
    case HEDDLE_CURE_PREFETCH:
      if (!self->active)
        gtk_spin_button_set_value (self->prefetch, verdict->cure_value);
      break;
    case HEDDLE_CURE_BACKEND:
      if (!self->active)
        heddle_run_controls_set_backend (self, (HeddleBackend) verdict->cure_value);
      break;
    case HEDDLE_CURE_NONE:
    default:
      break;
    }
  value_changed_cb (self);
}

/* What was typed and not left yet may be wrong. */
static gboolean
check_options (HeddleRunControls *self, GError **error)
{
  return (!gtk_widget_get_visible (self->workers_control)
          || heddle_number_input_check (self->workers, _("Workers"), error))
         && heddle_number_input_check (self->queue, _("Queue"), error)
         && (!gtk_widget_get_visible (self->prefetch_control)
             || heddle_number_input_check (self->prefetch, _("Prefetch"), error));
}

/**
 * heddle_run_controls_dup_settings:
 * @self: the controls
 * @error: which value is not acceptable, also of those that are no parameters
 *
 * Returns: (transfer full) (nullable): the parameters as they are shown
 */
HeddleSettings *
heddle_run_controls_dup_settings (HeddleRunControls *self, GError **error)
{
  g_autoptr (HeddleSettings) settings = NULL;

  g_return_val_if_fail (HEDDLE_IS_RUN_CONTROLS (self), NULL);

  if (!check_options (self, error))
    return NULL;
  settings = heddle_settings_new (self->workload);
  for (guint i = 0; i < self->rows->len; i++)
    {
      HeddleParamRow *row = g_ptr_array_index (self->rows, i);
      g_autofree char *value = heddle_param_row_dup_value (row);

      if (!heddle_param_row_check (row, error)
          || !heddle_settings_set (settings, heddle_param_row_get_param (row)->name, value, error))
        return NULL;
    }
  return g_steal_pointer (&settings);
}

/**
 * heddle_run_controls_get_options:
 * @self: the controls
 * @options: (out caller-allocates): set to the workload's defaults and what is shown
 */
void
heddle_run_controls_get_options (HeddleRunControls *self, HeddleRunOptions *options)
{
  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));
  g_return_if_fail (options != NULL);

  heddle_run_controls_save_now (self);
  heddle_policy_store_init_options (options, self->workload);
  options->backend = heddle_run_controls_get_backend (self);
  options->workers = (guint) heddle_number_input_get_value (self->workers);
  options->queue = (guint) heddle_number_input_get_value (self->queue);
  options->prefetch = (guint) heddle_number_input_get_value (self->prefetch);
  heddle_policy_button_get_options (self->policy, options);
}
