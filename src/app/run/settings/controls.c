/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/model/app-settings.h"
#include "app/model/policy-store.h"
#include "app/model/settings-store.h"
#include "app/run/settings/controls.h"
#include "app/run/settings/param-row.h"
#include "app/run/settings/policy-button.h"
#include "app/widgets/labelled-control.h"
#include "app/widgets/number-input.h"
#include "app/widgets/segmented.h"
#include "app/widgets/wrap-layout.h"

#define SPACING 8
#define KEEP_MS 500 /* after the last change, settings are kept */
#define NARROW 820 /* pixels: where less is there, what does not fit into one line is folded away */

struct _HeddleRunControls {
  GtkWidget parent_instance;

  /* template children */
  HeddleSegmented *place;
  HeddleSegmented *manner;
  GtkWidget *workers_control;
  GtkWidget *prefetch_control;
  GtkWidget *queue_control;
  HeddlePolicyButton *policy;
  GtkSpinButton *workers;
  GtkSpinButton *queue;
  GtkSpinButton *prefetch;
  GtkToggleButton *more; /* the last child */

  const HeddleWorkload *workload; /* static; NULL: not set yet */
  GPtrArray *rows;                /* of HeddleParamRow, borrowed: they are children */
  gboolean active;                /* a run is going on */
  guint filling;                  /* above 0: values are set by the program, not by the user */

  HeddleRunOptions usual;         /* what the controls show where nothing was chosen */
  guint keeping;                  /* source: the user has changed something that is not kept yet; 0: nothing */
};

/* A backend is two choices: where the work is done, and in what manner. */
static const HeddleBackend backends[][2] = {
  { HEDDLE_BACKEND_THREADS, HEDDLE_BACKEND_THREAD_PER_TASK },
  { HEDDLE_BACKEND_PROCESSES, HEDDLE_BACKEND_PROCESS_PER_TASK },
  { HEDDLE_BACKEND_MAIN_LOOP, HEDDLE_BACKEND_MAIN_LOOP_BLOCKING },
};

enum {
  SIGNAL_WORKERS_CHANGED,
  SIGNAL_BACKEND_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HeddleRunControls, heddle_run_controls, GTK_TYPE_WIDGET)

static gboolean
is_offered (HeddleRunControls *self, guint place, guint manner)
{
  return (self->workload->backends & HEDDLE_BACKEND_BIT (backends[place][manner])) != 0;
}

static HeddleBackend
get_backend (HeddleRunControls *self)
{
  int place = heddle_segmented_get_selected (self->place);
  int manner = heddle_segmented_get_selected (self->manner);

  return place < 0 || manner < 0 ? self->workload->default_backend : backends[place][manner];
}

/* What cannot be used while a run goes on gives the keyboard back first: GTK would take it away later, and complain about it. */
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
  int place = heddle_segmented_get_selected (self->place);
  gboolean idle = !self->active;

  gtk_widget_set_visible (self->workers_control, place < 0 || backends[place][0] != HEDDLE_BACKEND_MAIN_LOOP);
  gtk_widget_set_visible (self->prefetch_control, get_backend (self) == HEDDLE_BACKEND_PROCESSES);

  set_usable (GTK_WIDGET (self->place), idle);
  set_usable (GTK_WIDGET (self->manner), idle);
  set_usable (self->queue_control, idle);
  set_usable (self->prefetch_control, idle);
  heddle_policy_button_set_active (self->policy, self->active);
  heddle_policy_button_set_backend (self->policy, get_backend (self));
  for (guint i = 0; i < self->rows->len; i++)
    set_usable (g_ptr_array_index (self->rows, i), idle);
}

static void
append_option (GPtrArray *words, const char *name, guint value, guint usual)
{
  if (value != usual)
    g_ptr_array_add (words, g_strdup_printf ("--%s=%u", name, value));
}

static void
append_param (GPtrArray *words, HeddleParamRow *row, HeddleSettings *settings)
{
  const HeddleParam *param = heddle_param_row_get_param (row);
  g_autofree char *value = heddle_param_row_dup_value (row);
  double initial = param->type == HEDDLE_PARAM_NUMBER ? heddle_settings_get_number (settings, param->name) : 0;

  if (g_str_equal (value, heddle_settings_get (settings, param->name)))
    return;
  /* the same number may be written in two ways */
  if (param->type == HEDDLE_PARAM_NUMBER && heddle_settings_set (settings, param->name, value, NULL)
      && heddle_settings_get_number (settings, param->name) == initial)
    return;
  g_ptr_array_add (words, g_strdup_printf ("%s=%s", param->name, value));
}

/* Keeps what the user has changed, now rather than a moment later. */
static void
keep_settings (HeddleRunControls *self)
{
  g_autoptr (GPtrArray) words = NULL;
  g_autoptr (HeddleSettings) settings = NULL;

  if (self->keeping == 0)
    return;
  g_clear_handle_id (&self->keeping, g_source_remove);
  words = g_ptr_array_new_with_free_func (g_free);
  settings = heddle_settings_new (self->workload);
  if (get_backend (self) != self->usual.backend)
    g_ptr_array_add (words, g_strdup_printf ("--backend=%s", heddle_backend_get_info (get_backend (self))->id));
  append_option (words, "workers", (guint) gtk_spin_button_get_value_as_int (self->workers), self->usual.workers);
  append_option (words, "queue", (guint) gtk_spin_button_get_value_as_int (self->queue), self->usual.queue);
  append_option (words, "prefetch", (guint) gtk_spin_button_get_value_as_int (self->prefetch), self->usual.prefetch);
  for (guint i = 0; i < self->rows->len; i++)
    append_param (words, g_ptr_array_index (self->rows, i), settings);
  g_ptr_array_add (words, NULL);
  heddle_settings_store_save (self->workload, (const char *const *) words->pdata);
}

static gboolean
keep_settings_cb (gpointer data)
{
  keep_settings (data);
  return G_SOURCE_REMOVE;
}

/* The user has changed a value; others may follow at once. */
static void
value_changed_cb (HeddleRunControls *self)
{
  if (self->filling > 0)
    return;
  g_clear_handle_id (&self->keeping, g_source_remove);
  self->keeping = g_timeout_add (KEEP_MS, keep_settings_cb, self);
  g_source_set_name_by_id (self->keeping, "[heddle] settings of a workload");
}

static HeddleParamRow *
find_row (HeddleRunControls *self, const char *name)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (heddle_param_row_get_param (g_ptr_array_index (self->rows, i))->name, name))
      return g_ptr_array_index (self->rows, i);
  return NULL;
}

static void
take_option (HeddleRunControls *self, const char *name, const char *value)
{
  GtkSpinButton *spin = g_str_equal (name, "workers") ? self->workers : g_str_equal (name, "queue") ? self->queue
                        : g_str_equal (name, "prefetch") ? self->prefetch : NULL;
  HeddleBackend backend;
  guint64 number;

  if (g_str_equal (name, "backend") && heddle_backend_from_id (value, &backend))
    heddle_run_controls_set_backend (self, backend);
  else if (spin != NULL && g_ascii_string_to_unsigned (value, 10, 1, HEDDLE_MAX_QUEUE, &number, NULL))
    gtk_spin_button_set_value (spin, (double) number);
}

/* Shows what was kept for the workload; what is not acceptable any more is left as it is. */
static void
take_kept (HeddleRunControls *self)
{
  g_auto (GStrv) words = heddle_settings_store_load (self->workload);
  g_autoptr (HeddleSettings) settings = heddle_settings_new (self->workload);

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *equals = strchr (words[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      if (g_str_has_prefix (words[i], "--"))
        take_option (self, words[i] + 2, equals + 1);
      else if (find_row (self, words[i]) != NULL && heddle_settings_set (settings, words[i], equals + 1, NULL))
        heddle_param_row_set_value (find_row (self, words[i]), equals + 1);
    }
}

/* The second choice depends on the first; where only one manner is possible, there is nothing to choose. */
static void
place_changed_cb (HeddleRunControls *self)
{
  static const char *const pool_names[] = { N_("Pool"), N_("One per task") };
  static const char *const loop_names[] = { N_("In slices"), N_("Blocking") };
  int place = heddle_segmented_get_selected (self->place);
  gboolean offered[2];
  const char *names[3] = { NULL };
  const char *tooltips[3] = { NULL };

  if (place < 0)
    return;
  for (guint i = 0; i < 2; i++)
    {
      names[i] = _(backends[place][0] == HEDDLE_BACKEND_MAIN_LOOP ? loop_names[i] : pool_names[i]);
      tooltips[i] = _(heddle_backend_get_info (backends[place][i])->description);
      offered[i] = is_offered (self, place, i);
    }
  heddle_segmented_set_segments (self->manner, names, tooltips);
  heddle_segmented_set_offered (self->manner, 0, offered[0]);
  heddle_segmented_set_offered (self->manner, 1, offered[1]);
  heddle_segmented_set_selected (self->manner, offered[0] ? 0 : 1);
  gtk_widget_set_visible (GTK_WIDGET (self->manner), offered[0] && offered[1]);
  update_sensitivity (self);
  value_changed_cb (self);
  g_signal_emit (self, signals[SIGNAL_BACKEND_CHANGED], 0);
}

static void
manner_changed_cb (HeddleRunControls *self)
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
  g_signal_emit (self, signals[SIGNAL_WORKERS_CHANGED], 0, (guint) gtk_spin_button_get_value_as_int (self->workers));
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
set_spin (HeddleRunControls *self, GtkSpinButton *spin, guint value)
{
  self->filling++;
  gtk_spin_button_set_value (spin, value);
  self->filling--;
}

static void
clear_rows (HeddleRunControls *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_unparent (g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
}

static void
fill_places (HeddleRunControls *self)
{
  const char *names[G_N_ELEMENTS (backends) + 1] = { NULL };
  const char *tooltips[G_N_ELEMENTS (backends) + 1] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    {
      const HeddleBackendInfo *info = heddle_backend_get_info (backends[i][0]);

      names[i] = backends[i][0] == HEDDLE_BACKEND_MAIN_LOOP ? _("Main loop") : _(info->name);
      tooltips[i] = _(info->description);
    }
  heddle_segmented_set_segments (self->place, names, tooltips);
  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    heddle_segmented_set_offered (self->place, i, is_offered (self, i, 0) || is_offered (self, i, 1));
}

static void
heddle_run_controls_dispose (GObject *object)
{
  HeddleRunControls *self = HEDDLE_RUN_CONTROLS (object);
  GtkWidget *child;

  keep_settings (self);
  clear_rows (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

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
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = heddle_run_controls_dispose;
  object_class->finalize = heddle_run_controls_finalize;

  signals[SIGNAL_WORKERS_CHANGED] = g_signal_new ("workers-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_BACKEND_CHANGED] = g_signal_new ("backend-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (HEDDLE_TYPE_LABELLED_CONTROL);
  g_type_ensure (HEDDLE_TYPE_POLICY_BUTTON);
  g_type_ensure (HEDDLE_TYPE_SEGMENTED);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/heddle/Heddle/ui/run/settings/controls.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, place);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, manner);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, workers_control);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, prefetch_control);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, queue_control);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, policy);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, workers);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, queue);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, prefetch);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunControls, more);
  gtk_widget_class_bind_template_callback (widget_class, place_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, policy_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, manner_changed_cb);
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
  g_autofree char *tip = g_strdup_printf (_("How many threads or processes take tasks; may be changed while they run. At first: %s"), text);

  g_object_set (self->workers_control, "description", tip, NULL);
}

static void
set_options (HeddleRunControls *self, const HeddleRunOptions *options, gboolean names_workers)
{
  guint workers = heddle_app_settings_get_workers (self->workload);

  set_spin (self, self->workers, workers > 0 && !names_workers ? workers : options->workers);
  set_spin (self, self->queue, options->queue);
  set_spin (self, self->prefetch, options->prefetch);
  heddle_policy_button_set_options (self->policy, options);
}

/**
 * heddle_run_controls_set_workload:
 * @self: the controls
 * @workload: what will be run
 *
 * Offers what @workload can do, as the user has left it: with its defaults and those of the preferences, and what was changed since.
 */
void
heddle_run_controls_set_workload (HeddleRunControls *self, const HeddleWorkload *workload)
{
  HeddleRunOptions options;

  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));
  g_return_if_fail (workload != NULL);

  if (self->workload != NULL)
    keep_settings (self);
  self->filling++;
  self->workload = workload;
  heddle_policy_store_init_options (&options, workload);
  heddle_policy_button_set_usual (self->policy, &options);
  heddle_policy_store_load (workload, &options);
  fill_places (self);
  heddle_run_controls_set_backend (self, workload->default_backend);
  set_options (self, &options, FALSE);
  self->usual = options;
  self->usual.backend = workload->default_backend;
  self->usual.workers = (guint) gtk_spin_button_get_value_as_int (self->workers);
  tell_default_workers (self);

  clear_rows (self);
  for (guint i = 0; i < workload->n_params; i++)
    {
      GtkWidget *row = heddle_param_row_new (&workload->params[i]);

      /* Before the policy: that matters least. */
      gtk_widget_insert_before (row, GTK_WIDGET (self), GTK_WIDGET (self->policy));
      g_ptr_array_add (self->rows, row);
      g_signal_connect_object (row, "changed", G_CALLBACK (value_changed_cb), self, G_CONNECT_SWAPPED);
    }
  take_kept (self);
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
 * heddle_run_controls_set_param:
 * @self: the controls
 * @name: a parameter of the workload
 * @value: what it shall show, as heddle_settings_get() gives it
 */
void
heddle_run_controls_set_param (HeddleRunControls *self, const char *name, const char *value)
{
  HeddleParamRow *row;

  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));
  g_return_if_fail (name != NULL && value != NULL);

  row = find_row (self, name);
  g_return_if_fail (row != NULL);
  self->filling++;
  heddle_param_row_set_value (row, value);
  self->filling--;
}

/**
 * heddle_run_controls_set_backend:
 * @self: the controls
 * @backend: one that the workload can run on
 */
void
heddle_run_controls_set_backend (HeddleRunControls *self, HeddleBackend backend)
{
  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));

  self->filling++;
  for (guint place = 0; place < G_N_ELEMENTS (backends); place++)
    for (guint manner = 0; manner < 2; manner++)
      if (backends[place][manner] == backend && is_offered (self, place, manner))
        {
          heddle_segmented_set_selected (self->place, place);
          heddle_segmented_set_selected (self->manner, manner);
        }
  self->filling--;
}

/**
 * heddle_run_controls_get_backend:
 * @self: the controls
 *
 * Returns: the backend that is chosen
 */
HeddleBackend
heddle_run_controls_get_backend (HeddleRunControls *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_CONTROLS (self), HEDDLE_BACKEND_THREADS);

  return get_backend (self);
}

/**
 * heddle_run_controls_set_workers:
 * @self: the controls
 * @workers: how many
 */
void
heddle_run_controls_set_workers (HeddleRunControls *self, guint workers)
{
  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));

  set_spin (self, self->workers, workers);
}

/**
 * heddle_run_controls_set_queue:
 * @self: the controls
 * @queue: capacity, in tasks
 */
void
heddle_run_controls_set_queue (HeddleRunControls *self, guint queue)
{
  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));

  set_spin (self, self->queue, queue);
}

/**
 * heddle_run_controls_apply:
 * @self: the controls
 * @preset: of the workload that they are for
 *
 * Shows @preset's settings, as its command line would have them: what it does not name goes back to its default. Only a folder stays, for
 * the user has chosen it for its content.
 */
void
heddle_run_controls_apply (HeddleRunControls *self, const HeddleTrial *preset)
{
  HeddleRunOptions usual, options;

  g_return_if_fail (HEDDLE_IS_RUN_CONTROLS (self));
  g_return_if_fail (preset != NULL && heddle_settings_get_workload (preset->settings) == self->workload);

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

/* What was typed and not left yet may be wrong. */
static gboolean
check_options (HeddleRunControls *self, GError **error)
{
  return (!gtk_widget_get_visible (self->workers_control) || heddle_param_row_check_spin (self->workers, _("Workers"), error))
         && heddle_param_row_check_spin (self->queue, _("Queue"), error)
         && (!gtk_widget_get_visible (self->prefetch_control) || heddle_param_row_check_spin (self->prefetch, _("Prefetch"), error));
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

  keep_settings (self);
  heddle_policy_store_init_options (options, self->workload);
  options->backend = get_backend (self);
  options->workers = (guint) heddle_number_input_get_value (self->workers);
  options->queue = (guint) heddle_number_input_get_value (self->queue);
  options->prefetch = (guint) heddle_number_input_get_value (self->prefetch);
  heddle_policy_button_get_options (self->policy, options);
}
