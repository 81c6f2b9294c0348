/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "app/run/page-private.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/adaptive-split.h"
#include "app/widgets/cached-bin.h"
#include "engine/model/backend.h"

enum { PROP_0, PROP_ABOUT_SHOWN };

static guint changed_signal, run_ended_signal;

G_DEFINE_FINAL_TYPE (HeddleRunPage, heddle_run_page, HEDDLE_TYPE_CONTAINER)

/* The first error of the run, as its log has it: why it does not go on, or a deadlock. What comes
 * after it is in the log. */
static gboolean
tell_error (HeddleRunPage *self, HeddleRun *run)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *logged = NULL;
  const char *text;

  if (self->told_error)
    return TRUE;
  error = heddle_run_dup_error (run);
  logged = heddle_log_dup_first_error (heddle_run_get_log (run), &self->log_line);
  text = logged != NULL ? logged : error != NULL ? error->message : NULL;
  if (text == NULL)
    return FALSE;
  heddle_message_bar_show (self->message, TRUE, text, logged != NULL);
  self->told_error = TRUE;
  return TRUE;
}

/* How many workers died, and what became of the tasks that they were running. */
static char *
format_deaths (const HeddleRunSnapshot *snapshot)
{
  guint died = (guint) snapshot->workers_lost;
  g_autofree char *workers = NULL;
  g_autofree char *tasks = NULL;

  workers = g_strdup_printf (ngettext ("A worker died and was replaced.",
                                       "%u workers died and were replaced.", died), died);
  if (snapshot->lost == 0)
    return g_strdup_printf ("%s %s", workers,
                            _("The tasks that they were running are tried again."));
  tasks = g_strdup_printf (ngettext ("%" PRIu64 " task was lost.", "%" PRIu64 " tasks were lost.",
                                     snapshot->lost), snapshot->lost);
  return g_strdup_printf ("%s %s", workers, tasks);
}

static void
tell_troubles (HeddleRunPage *self, const HeddleRunSnapshot *snapshot)
{
  g_autofree char *text = NULL;

  if (tell_error (self, heddle_run_object_get_run (self->run)))
    return;
  if (snapshot->workers_lost <= self->told_workers_lost)
    return;
  self->told_workers_lost = snapshot->workers_lost;
  self->log_line = snapshot->death_line;
  text = format_deaths (snapshot);
  heddle_message_bar_show (self->message, FALSE, text, TRUE);
}

static void
run_updated_cb (HeddleRunPage *self)
{
  const HeddleRunSnapshot *snapshot = heddle_run_object_get_snapshot (self->run);

  heddle_run_progress_set_snapshot (self->progress, snapshot,
                                    heddle_run_object_get_planned (self->run));
  if (heddle_run_object_get_run (self->run) != NULL)
    tell_troubles (self, snapshot);
}

/* The page's description for screen readers: what there is to run, or what the run does. It changes
 * with the state only, never with the numbers. */
static void
tell_state (HeddleRunPage *self)
{
  const HeddleRunSnapshot *snapshot = heddle_run_object_get_snapshot (self->run);
  g_autofree char *end = NULL;
  const char *text = heddle_run_page_get_state_name (self);

  if (snapshot->state == HEDDLE_RUN_READY)
    text = _(self->workload->summary);
  else if (snapshot->state == HEDDLE_RUN_FINISHED)
    text = end =
      heddle_run_progress_describe (snapshot, heddle_run_object_get_planned (self->run));
  heddle_accessible_set_description (GTK_WIDGET (self), text);
}

static void
run_state_cb (HeddleRunPage *self)
{
  tell_state (self);
  heddle_run_header_set_state (self->header, heddle_run_object_get_state (self->run));
  heddle_run_controls_set_active (self->controls, heddle_run_page_is_active (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->presets), !heddle_run_page_is_active (self));
  heddle_run_page_update_actions (self);
  g_signal_emit (self, changed_signal, 0);
}

/* The state of a run that goes on has changed: not that another run is shown. */
static void
run_state_changed_cb (HeddleRunPage *self)
{
  run_state_cb (self);
  if (heddle_run_object_get_state (self->run) == HEDDLE_RUN_FINISHED)
    g_signal_emit (self, run_ended_signal, 0);
}

static void
workers_changed_cb (HeddleRunPage *self, guint workers)
{
  if (heddle_run_page_is_active (self))
    heddle_run_resize (heddle_run_object_get_run (self->run), workers);
}

/* Warns before the run starts: while it blocks the window, the window can show nothing. */
static void
backend_changed_cb (HeddleRunPage *self)
{
  gboolean warn =
    heddle_backend_get_info (heddle_run_controls_get_backend (self->controls))->is_blocking;

  if (warn == self->warned)
    return;
  self->warned = warn;
  if (warn)
    heddle_message_bar_show (self->message, FALSE,
                            _("On this backend the window does not answer while a run lasts: the main loop executes all tasks in "
                              "one go."), FALSE);
  else
    heddle_message_bar_hide (self->message);
}

static void
preset_chosen_cb (HeddleRunPage *self, const HeddlePresetValues *preset)
{
  if (!heddle_run_page_is_active (self))
    heddle_run_controls_apply (self->controls, preset);
}

/* The cure is shown in the settings, as if the user had set it there: the workers of a run that
 * goes on change at once, and for anything else a new run starts. */
static void
try_cb (HeddleRunPage *self, const HeddleVerdict *verdict)
{
  heddle_run_controls_cure (self->controls, verdict);
  if (!heddle_run_page_is_active (self))
    heddle_run_page_start (self);
}

static void
show_log_cb (HeddleRunPage *self)
{
  heddle_run_monitor_show_log (self->monitor, self->log_line);
}

/* A run whose tab is not shown, or whose window is minimised, goes on; it is only looked at less
 * often. */
static void
seen_cb (gpointer data)
{
  HeddleRunPage *self = data;

  if (self->run != NULL)
    heddle_run_object_set_live (self->run, self->on_screen.seen);
}

static void
heddle_run_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (heddle_run_page_parent_class)->map (widget);
  heddle_on_screen_map (&HEDDLE_RUN_PAGE (widget)->on_screen);
}

static void
heddle_run_page_unmap (GtkWidget *widget)
{
  heddle_on_screen_unmap (&HEDDLE_RUN_PAGE (widget)->on_screen);
  GTK_WIDGET_CLASS (heddle_run_page_parent_class)->unmap (widget);
}

static void
heddle_run_page_dispose (GObject *object)
{
  HeddleRunPage *self = HEDDLE_RUN_PAGE (object);

  heddle_run_page_cancel_start (self);
  g_clear_weak_pointer (&self->focus_before_about);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  /* the children go first: they may still ask for it */
  G_OBJECT_CLASS (heddle_run_page_parent_class)->dispose (object);
  g_clear_object (&self->run);
  g_clear_object (&self->cache);
}

static void
heddle_run_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ABOUT_SHOWN)
    g_value_set_boolean (value, gtk_widget_get_visible (HEDDLE_RUN_PAGE (object)->about));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

/* The keyboard stays where it is; from a text that goes it comes back to where it was before. */
static void
show_about (HeddleRunPage *self, gboolean shown)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  gboolean reading = focus != NULL && gtk_widget_is_ancestor (focus, self->about);

  if (shown == gtk_widget_get_visible (self->about))
    return;
  if (shown)
    g_set_weak_pointer (&self->focus_before_about, focus);
  else if (reading && (self->focus_before_about == NULL
                       || !gtk_widget_get_mapped (self->focus_before_about)
                       || !gtk_widget_grab_focus (self->focus_before_about)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_widget_set_visible (self->about, shown);
}

static void
heddle_run_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ABOUT_SHOWN)
    show_about (HEDDLE_RUN_PAGE (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
heddle_run_page_class_init (HeddleRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_run_page_dispose;
  G_OBJECT_CLASS (klass)->get_property = heddle_run_page_get_property;
  G_OBJECT_CLASS (klass)->set_property = heddle_run_page_set_property;
  widget_class->map = heddle_run_page_map;
  widget_class->unmap = heddle_run_page_unmap;

  g_object_class_install_property (
    G_OBJECT_CLASS (klass), PROP_ABOUT_SHOWN,
    g_param_spec_boolean ("about-shown", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  run_ended_signal = g_signal_new ("run-ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (HEDDLE_TYPE_ADAPTIVE_SPLIT);
  g_type_ensure (HEDDLE_TYPE_MESSAGE_BAR);
  g_type_ensure (HEDDLE_TYPE_RUN_CONTROLS);
  g_type_ensure (HEDDLE_TYPE_RUN_HEADER);
  g_type_ensure (HEDDLE_TYPE_RUN_MONITOR);
  g_type_ensure (HEDDLE_TYPE_RUN_PROGRESS);
  g_type_ensure (HEDDLE_TYPE_CACHED_BIN);
  g_type_ensure (HEDDLE_TYPE_PRESET_ROW);
  g_type_ensure (HEDDLE_TYPE_WORKLOAD_TEXT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/heddle/Heddle/ui/run/page.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleRunPage, header);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunPage, controls);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunPage, presets);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunPage, progress);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunPage, message);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunPage, monitor);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunPage, about);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunPage, about_text);
  gtk_widget_class_bind_template_callback (widget_class, workers_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, backend_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, preset_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_log_cb);
  gtk_widget_class_bind_template_callback (widget_class, try_cb);
  gtk_widget_class_set_css_name (widget_class, "runpage");
  heddle_run_page_install_actions (widget_class);
}

static void
heddle_run_page_init (HeddleRunPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  heddle_on_screen_init (&self->on_screen, GTK_WIDGET (self), seen_cb, self);
}

/**
 * heddle_run_page_set_run:
 * @run: what it shows from now on
 */
void
heddle_run_page_set_run (HeddleRunPage *self, HeddleRunObject *run)
{
  g_return_if_fail (HEDDLE_IS_RUN_PAGE (self));
  g_return_if_fail (HEDDLE_IS_RUN_OBJECT (run));

  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_set_object (&self->run, run);
  self->told_workers_lost = 0;
  self->told_error = FALSE;
  heddle_run_object_set_live (run, self->on_screen.seen);
  g_signal_connect_object (run, "updated", G_CALLBACK (run_updated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "state-changed", G_CALLBACK (run_state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  heddle_run_monitor_set_run (self->monitor, run);
  run_updated_cb (self);
  run_state_cb (self);
}

/**
 * heddle_run_page_new:
 * @workload: what it offers to run
 * @cache: the window's finished runs that no page shows; a reference is taken
 *
 * Returns: (transfer floating): a page with nothing started, or with the last run of @workload
 */
GtkWidget *
heddle_run_page_new (const HeddleWorkload *workload, HeddleRunCache *cache)
{
  HeddleRunPage *self;

  g_return_val_if_fail (HEDDLE_IS_RUN_CACHE (cache), NULL);

  self = g_object_new (HEDDLE_TYPE_RUN_PAGE, NULL);
  self->cache = g_object_ref (cache);
  heddle_run_page_set_workload (self, workload);
  return GTK_WIDGET (self);
}

/**
 * heddle_run_page_get_workload:
 *
 * Returns: (transfer none): what it runs
 */
const HeddleWorkload *
heddle_run_page_get_workload (HeddleRunPage *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_PAGE (self), NULL);

  return self->workload;
}

/* Of the workload that the page offers. */
static void
show_last_run (HeddleRunPage *self)
{
  g_autoptr (HeddleRunObject) run = heddle_run_cache_take (self->cache, self->workload);

  if (run == NULL)
    run = heddle_run_object_new (self->workload);
  heddle_run_page_set_run (self, run);
}

/**
 * heddle_run_page_set_workload:
 * @self: a page without an active run
 * @workload: what it shall offer, with its last run if there was one; the run of another workload
 * that was shown is put into the cache
 */
void
heddle_run_page_set_workload (HeddleRunPage *self, const HeddleWorkload *workload)
{
  g_return_if_fail (HEDDLE_IS_RUN_PAGE (self));
  g_return_if_fail (workload != NULL);
  g_return_if_fail (self->run == NULL || !heddle_run_page_is_active (self));

  if (self->workload == workload)
    {
      if (heddle_run_object_get_run (self->run) == NULL
          && heddle_run_cache_peek (self->cache, workload) != NULL)
        show_last_run (self);
      return;
    }
  heddle_run_page_cancel_start (self);
  heddle_run_page_cache_run (self);
  self->workload = workload;
  heddle_message_bar_hide (self->message);
  self->warned = FALSE;
  heddle_run_header_set_workload (self->header, workload);
  heddle_workload_text_set_workload (self->about_text, workload);
  heddle_run_controls_set_workload (self->controls, workload);
  heddle_preset_row_set_workload (self->presets, workload);
  heddle_accessible_set_name (GTK_WIDGET (self), _(workload->name));
  show_last_run (self);
  if (heddle_run_object_get_run (self->run) == NULL
      && heddle_run_cache_has_evicted (self->cache, workload))
    heddle_message_bar_show (self->message, FALSE,
                            _("The last run was removed to save memory: all runs without a tab may together use as much as one run."), FALSE);
}

/**
 * heddle_run_page_cache_run:
 * @self: a page without an active run
 *
 * Puts the run that is shown, if there is one, into the cache, so that it is shown again where its
 * workload is.
 */
void
heddle_run_page_cache_run (HeddleRunPage *self)
{
  g_return_if_fail (HEDDLE_IS_RUN_PAGE (self));

  if (self->run != NULL && heddle_run_object_get_run (self->run) != NULL)
    heddle_run_cache_put (self->cache, self->run);
}

/**
 * heddle_run_page_get_run:
 *
 * Returns: (transfer none): its last run, or an object without a run
 */
HeddleRunObject *
heddle_run_page_get_run (HeddleRunPage *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_PAGE (self), NULL);

  return self->run;
}

/**
 * heddle_run_page_is_active:
 *
 * Returns: whether its run has started and not ended
 */
gboolean
heddle_run_page_is_active (HeddleRunPage *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_PAGE (self), FALSE);

  return heddle_run_object_is_active (self->run);
}

/**
 * heddle_run_page_get_state_name:
 *
 * Returns: (transfer none): what its run does, in a word or two, translated
 */
const char *
heddle_run_page_get_state_name (HeddleRunPage *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_PAGE (self), NULL);

  return heddle_run_progress_name_state (heddle_run_object_get_snapshot (self->run),
                                         heddle_run_object_get_planned (self->run));
}

/**
 * heddle_run_page_get_table:
 *
 * Returns: (transfer none): the name of the table in front
 */
const char *
heddle_run_page_get_table (HeddleRunPage *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_PAGE (self), NULL);

  return heddle_tables_card_get_page (heddle_run_monitor_get_tables (self->monitor));
}

/**
 * heddle_run_page_set_table:
 * @name: of the table that comes to the front; an unknown name changes nothing
 */
void
heddle_run_page_set_table (HeddleRunPage *self, const char *name)
{
  g_return_if_fail (HEDDLE_IS_RUN_PAGE (self));
  g_return_if_fail (name != NULL);

  heddle_tables_card_set_page (heddle_run_monitor_get_tables (self->monitor), name);
}

/**
 * heddle_run_page_set_param:
 * @self: a page without an active run
 * @name: a parameter of its workload
 * @value: as it would be written on the command line
 *
 * As if the user had set it.
 */
void
heddle_run_page_set_param (HeddleRunPage *self, const char *name, const char *value)
{
  g_return_if_fail (HEDDLE_IS_RUN_PAGE (self));
  g_return_if_fail (name != NULL && value != NULL);

  heddle_message_bar_hide (self->message);
  heddle_run_controls_set_param (self->controls, name, value);
}

/**
 * heddle_run_page_show_message:
 * @text: why something that the user wanted cannot be, and what can: a sentence, translated
 */
void
heddle_run_page_show_message (HeddleRunPage *self, const char *text)
{
  g_return_if_fail (HEDDLE_IS_RUN_PAGE (self));
  g_return_if_fail (text != NULL);

  heddle_message_bar_show (self->message, FALSE, text, FALSE);
}

/**
 * heddle_run_page_launch:
 * @self: a page without an active run, of the same workload as @launch where that has one
 * @launch: what the command line asks for
 */
void
heddle_run_page_launch (HeddleRunPage *self, const HeddleLaunch *launch)
{
  g_return_if_fail (HEDDLE_IS_RUN_PAGE (self));
  g_return_if_fail (launch != NULL);

  heddle_run_controls_launch (self->controls, launch);
  if (launch->start)
    heddle_run_page_start (self);
}
