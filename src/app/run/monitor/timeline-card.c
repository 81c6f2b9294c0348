/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/app-settings.h"
#include "app/run/monitor/lanes-legend.h"
#include "app/run/monitor/states-button.h"
#include "app/run/monitor/task-teller.h"
#include "app/run/monitor/timeline-card.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/card.h"
#include "app/widgets/wrap-layout.h"
#include "base/format.h"
#include "charts/state-colours.h"
#include "trace/clock.h"

/* a step of a button is worth several of the wheel */
#define ZOOM_STEP 2.0
#define SPAN_NS (10 * HEDDLE_S) /* shown of a run that goes on */

typedef enum { ROW_QUEUE, ROW_CPUS, ROW_RATE, ROW_MEMORY, N_ROWS } Row;

/* What was seen before a view was shown. */
typedef struct {
  gboolean following;
  gint64 from, to;   /* CLOCK_MONOTONIC ns */
  gint64 span;       /* while following */
  gint64 begin, end; /* selected, nanoseconds of the run */
  guint states;
  gboolean queue;    /* the row */
} Before;

struct _HeddleTimelineCard {
  HeddleContainer parent_instance;

  /* template children */
  HeddleCard *card;
  HeddleTimeline *timeline;
  GtkInscription *utilisation; /* beside the legend; takes new texts without a layout pass */
  HeddleLanesLegend *legend;
  HeddleStatesButton *source; /* beside the legend: where states come from */
  GtkToggleButton *live; /* pressed while the end of the run is followed */
  GtkWidget *zoom_out, *zoom_in;
  GtkMenuButton *menu;
  GMenu *views; /* in the menu: what can be chosen */

  HeddleTimeWindow *window; /* borrowed from the timeline */
  gboolean chosen[N_ROWS];  /* the user wants to see that row */
  gboolean has_line;        /* tasks wait in line, or may */
  gboolean has_view;
  guint64 view_task;        /* that the view has selected; 0: none */
  Before before;            /* the view */
};

static guint view_ended_signal;

G_DEFINE_FINAL_TYPE (HeddleTimelineCard, heddle_timeline_card, HEDDLE_TYPE_CONTAINER)

/* "64 of 64" where the greatest possible value is known. */
static char *
format_of (const char *value, const char *most, char *buffer, gsize size)
{
  /* Translators: a value and the greatest that is possible, as "12 of 64" */
  g_snprintf (buffer, size, _("%s of %s"), value, most);
  return buffer;
}

static char *
format_tasks (double value, double maximum, char *buffer, gsize size)
{
  char number[HEDDLE_FORMAT_SIZE], most[HEDDLE_FORMAT_SIZE];

  heddle_format_value (value, number, sizeof number);
  if (maximum > 0)
    return format_of (number, heddle_format_value (maximum, most, sizeof most), buffer, size);
  g_strlcpy (buffer, number, size);
  return buffer;
}

static char *
format_cpus (double value, double maximum, char *buffer, gsize size)
{
  char number[HEDDLE_FORMAT_SIZE], most[HEDDLE_FORMAT_SIZE];

  g_snprintf (number, sizeof number, "%.1f", value);
  if (maximum > 0)
    return format_of (number, heddle_format_value (maximum, most, sizeof most), buffer, size);
  g_strlcpy (buffer, number, size);
  return buffer;
}

static char *
format_bytes (double value, double maximum, char *buffer, gsize size)
{
  return heddle_format_bytes ((gint64) value, buffer, size);
}

static const struct {
  const char *name, *style, *action;
  HeddleValueFunc format;
  HeddleSeriesKind series;
} rows[N_ROWS] = {
  [ROW_QUEUE] = { N_("Queue"), "queue", "timeline.row-queue", format_tasks, HEDDLE_SERIES_QUEUE },
  [ROW_CPUS] = { N_("CPUs busy"), "cpus", "timeline.row-cpus", format_cpus, HEDDLE_SERIES_CPUS },
  [ROW_RATE] = { N_("Tasks/s"), "throughput", "timeline.row-rate", format_tasks,
                 HEDDLE_SERIES_THROUGHPUT },
  [ROW_MEMORY] = { N_("Memory"), "memory", "timeline.row-memory", format_bytes,
                   HEDDLE_SERIES_MEMORY },
};

static void
show_rows (HeddleTimelineCard *self)
{
  for (guint i = 0; i < N_ROWS; i++)
    heddle_timeline_set_row_shown (
      self->timeline, i,
      self->chosen[i] && (self->has_line || i == ROW_CPUS || i == ROW_MEMORY));
}

/* The user moved or zoomed, or asked to see the end again. */
static void
on_window_changed (HeddleTimelineCard *self)
{
  gboolean follows = heddle_time_window_get_following (self->window);

  if (gtk_toggle_button_get_active (self->live) != follows)
    gtk_toggle_button_set_active (self->live, follows);
}

static void
on_live_toggled (HeddleTimelineCard *self)
{
  gboolean live = gtk_toggle_button_get_active (self->live);

  if (live == heddle_time_window_get_following (self->window))
    return;
  if (live)
    heddle_time_window_follow (self->window);
  else
    heddle_time_window_hold (self->window);
}

static void
on_zoom_out (HeddleTimelineCard *self)
{
  heddle_timeline_zoom (self->timeline, 1 / ZOOM_STEP);
}

static void
on_zoom_in (HeddleTimelineCard *self)
{
  heddle_timeline_zoom (self->timeline, ZOOM_STEP);
}

/* The user has had enough. Returns: whether there was a view. */
static gboolean
leave_view (HeddleTimelineCard *self)
{
  if (!self->has_view)
    return FALSE;
  heddle_timeline_card_end_view (self);
  g_signal_emit (self, view_ended_signal, 0);
  return TRUE;
}

/* Before the timeline, which would take back the selection alone. */
static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        HeddleTimelineCard *self)
{
  return key == GDK_KEY_Escape && leave_view (self);
}

static void
on_all (HeddleTimelineCard *self)
{
  leave_view (self);
  heddle_timeline_show_all (self->timeline);
}

static void
update_actions (HeddleTimelineCard *self)
{
  HeddleSpan span;
  gint64 begin, end;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "timeline.zoom-to-selection",
                                 heddle_timeline_get_selection (self->timeline, &begin, &end));
  gtk_widget_action_set_enabled (
    GTK_WIDGET (self), "timeline.zoom-to-task",
    heddle_lanes_chart_get_selected (heddle_timeline_get_lanes (self->timeline), &span));
}

static void
zoom_to_selection (GtkWidget *widget, const char *name, GVariant *parameter)
{
  heddle_timeline_show_selection (HEDDLE_TIMELINE_CARD (widget)->timeline);
}

static void
zoom_to_task (GtkWidget *widget, const char *name, GVariant *parameter)
{
  heddle_timeline_show_task (HEDDLE_TIMELINE_CARD (widget)->timeline);
}

static void
heddle_timeline_card_get_property (GObject *object, guint property_id, GValue *value,
                                   GParamSpec *pspec)
{
  HeddleTimelineCard *self = HEDDLE_TIMELINE_CARD (object);

  if (property_id < 1 || property_id > N_ROWS)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
  else
    g_value_set_boolean (value, self->chosen[property_id - 1]);
}

static void
heddle_timeline_card_set_property (GObject *object, guint property_id, const GValue *value,
                                   GParamSpec *pspec)
{
  HeddleTimelineCard *self = HEDDLE_TIMELINE_CARD (object);

  if (property_id < 1 || property_id > N_ROWS)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      return;
    }
  self->chosen[property_id - 1] = g_value_get_boolean (value);
  show_rows (self);
}

static void
heddle_timeline_card_dispose (GObject *object)
{
  HeddleTimelineCard *self = HEDDLE_TIMELINE_CARD (object);

  self->window = NULL;
  G_OBJECT_CLASS (heddle_timeline_card_parent_class)->dispose (object);
}

/* The rows are properties, so that the menu's items are theirs. */
static void
install_rows (GObjectClass *object_class, GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < N_ROWS; i++)
    {
      const char *name = rows[i].action + strlen ("timeline.");

      g_object_class_install_property (
        object_class, i + 1,
        g_param_spec_boolean (name, NULL, NULL, TRUE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
      gtk_widget_class_install_property_action (widget_class, rows[i].action, name);
    }
}

static void
heddle_timeline_card_class_init (HeddleTimelineCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HEDDLE_TYPE_CARD);
  g_type_ensure (HEDDLE_TYPE_LANES_LEGEND);
  g_type_ensure (HEDDLE_TYPE_STATES_BUTTON);
  g_type_ensure (HEDDLE_TYPE_TIMELINE);
  g_type_ensure (HEDDLE_TYPE_WRAP_LAYOUT);
  object_class->dispose = heddle_timeline_card_dispose;
  view_ended_signal = g_signal_new ("view-ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  object_class->get_property = heddle_timeline_card_get_property;
  object_class->set_property = heddle_timeline_card_set_property;
  install_rows (object_class, widget_class);
  gtk_widget_class_install_action (widget_class, "timeline.zoom-to-selection", NULL,
                                   zoom_to_selection);
  gtk_widget_class_install_action (widget_class, "timeline.zoom-to-task", NULL, zoom_to_task);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/heddle/Heddle/ui/run/monitor/timeline-card.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, card);
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, timeline);
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, utilisation);
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, legend);
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, source);
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, live);
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, zoom_out);
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, zoom_in);
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, menu);
  gtk_widget_class_bind_template_child (widget_class, HeddleTimelineCard, views);
  gtk_widget_class_bind_template_callback (widget_class, on_live_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_zoom_out);
  gtk_widget_class_bind_template_callback (widget_class, on_zoom_in);
  gtk_widget_class_bind_template_callback (widget_class, on_all);
}

#define N_CHOICES 4

typedef enum { VIEW_COLOUR_BY, VIEW_SORT_LANES, N_VIEWS } View;

/* What the menu lets choose one of, by the key of the settings that is also a property of the
 * lanes; fewer choices end with a NULL label. */
static const struct {
  const char *key, *title;
  struct {
    const char *label, *action;
  } choices[N_CHOICES];
} views[N_VIEWS] = {
  { "colour-by", N_("_Colour By"),
    { { N_("St_ate"), "view.colour-by::state" },
      { N_("_Outcome"), "view.colour-by::outcome" },
      { N_("_Duration"), "view.colour-by::duration" },
      { N_("_Kind of Task"), "view.colour-by::kind" } } },
  { "sort-lanes", N_("Sort _Lanes By"),
    { { N_("_Number"), "view.sort-lanes::number" },
      { N_("_Busy Share"), "view.sort-lanes::busy" },
      { N_("_Failures"), "view.sort-lanes::failures" } } },
};

/* The lanes take what is chosen, at once and from now on. */
static void
bind_view (HeddleTimelineCard *self, View view)
{
  g_settings_bind (heddle_app_settings_get (), views[view].key,
                   heddle_timeline_get_lanes (self->timeline), views[view].key,
                   G_SETTINGS_BIND_GET);
}

/* What is chosen here is the same in all windows, and kept. */
static void
add_views (HeddleTimelineCard *self)
{
  GSettings *settings = heddle_app_settings_get ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  for (guint i = 0; i < N_VIEWS; i++)
    {
      g_autoptr (GAction) action = g_settings_create_action (settings, views[i].key);
      g_autoptr (GMenu) choices = g_menu_new ();

      g_action_map_add_action (G_ACTION_MAP (group), action);
      for (guint k = 0; k < N_CHOICES && views[i].choices[k].label != NULL; k++)
        g_menu_append (choices, _(views[i].choices[k].label), views[i].choices[k].action);
      g_menu_append_submenu (self->views, _(views[i].title), G_MENU_MODEL (choices));
      bind_view (self, (View) i);
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "view", G_ACTION_GROUP (group));
}

static void
heddle_timeline_card_init (HeddleTimelineCard *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_ROWS; i++)
    {
      self->chosen[i] = TRUE;
      heddle_timeline_add_row (self->timeline, _(rows[i].name), rows[i].style, rows[i].format);
    }
  heddle_area_chart_set_maximum (heddle_timeline_get_row (self->timeline, ROW_CPUS),
                                 g_get_num_processors ());
  heddle_area_chart_set_unit (heddle_timeline_get_row (self->timeline, ROW_MEMORY), 1024 * 1024);
  self->window = heddle_timeline_get_window (self->timeline);
  g_signal_connect_object (self->window, "changed", G_CALLBACK (on_window_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->timeline, "selection-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->timeline, "task-selected", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  add_views (self);
  /* GTK 4.8 leaves the keyboard in a menu within the menu when that closes */
  g_signal_connect_object (gtk_menu_button_get_popover (self->menu), "closed",
                           G_CALLBACK (gtk_widget_grab_focus), self->menu, G_CONNECT_SWAPPED);
  heddle_lanes_legend_set_lanes (self->legend, heddle_timeline_get_lanes (self->timeline));
  heddle_accessible_set_name (self->zoom_out, _("Zoom Out"));
  heddle_accessible_set_name (self->zoom_in, _("Zoom In"));
  heddle_time_window_set_span (self->window, SPAN_NS);
  show_rows (self);
  update_actions (self);
}

/**
 * heddle_timeline_card_get_timeline:
 *
 * Returns: (transfer none): the chart. Main loop, as everything here.
 */
HeddleTimeline *
heddle_timeline_card_get_timeline (HeddleTimelineCard *self)
{
  g_return_val_if_fail (HEDDLE_IS_TIMELINE_CARD (self), NULL);
  return self->timeline;
}

/* HeddleTimelinePausesFunc */
static guint
get_pauses (gpointer data, gint64 begin, gint64 end, HeddleTimelinePause *pauses, guint max_pauses)
{
  HeddlePause *found = g_newa (HeddlePause, max_pauses);
  guint n = heddle_run_get_pauses (data, begin, end, found, max_pauses);

  for (guint i = 0; i < n; i++)
    pauses[i] = (HeddleTimelinePause){ found[i].begin, found[i].end };
  return n;
}

/**
 * heddle_timeline_card_set_run:
 * @run: (nullable): the run to show; a reference is taken
 */
void
heddle_timeline_card_set_run (HeddleTimelineCard *self, HeddleRun *run)
{
  HeddleTaskTellerData *teller;
  HeddleLanesChart *lanes;

  g_return_if_fail (HEDDLE_IS_TIMELINE_CARD (self));

  heddle_timeline_card_end_view (self);
  lanes = heddle_timeline_get_lanes (self->timeline);
  heddle_timeline_set_live (self->timeline, FALSE);
  heddle_lanes_chart_set_store (lanes, run != NULL ? heddle_run_get_lanes (run) : NULL);
  teller = run != NULL ? heddle_task_teller_data_new (run) : NULL;
  heddle_lanes_legend_set_kinds (self->legend, teller != NULL ? teller->kinds : NULL,
                                 run != NULL && heddle_run_get_workload (run)->share != NULL);
  heddle_lanes_chart_set_teller (lanes, teller != NULL ? &heddle_task_teller : NULL, teller,
                                 teller != NULL ? heddle_task_teller_data_free : NULL);
  heddle_timeline_set_pauses_func (self->timeline, run != NULL ? get_pauses : NULL,
                                   run != NULL ? heddle_run_ref (run) : NULL,
                                   run != NULL ? (GDestroyNotify) heddle_run_unref : NULL);
  heddle_states_button_set_run (self->source, run);
  for (guint i = 0; i < N_ROWS; i++)
    heddle_area_chart_set_series (heddle_timeline_get_row (self->timeline, i),
                                  run != NULL ? heddle_run_get_series (run, rows[i].series) : NULL);
  heddle_timeline_reset (self->timeline);
}

/**
 * heddle_timeline_card_set_has_line:
 * @has_line: whether tasks wait in line: where each has a worker of its own the queue holds
 * nothing, and a handful of tasks that end together has no throughput
 */
void
heddle_timeline_card_set_has_line (HeddleTimelineCard *self, gboolean has_line)
{
  g_return_if_fail (HEDDLE_IS_TIMELINE_CARD (self));

  if (self->has_line == !!has_line)
    return;
  self->has_line = !!has_line;
  heddle_lanes_legend_set_has_line (self->legend, has_line);
  show_rows (self);
}

/**
 * heddle_timeline_card_select_task:
 * @lane: the lane of its worker
 * @span: (nullable): the task; %NULL: none
 *
 * Marks a task that was chosen elsewhere, which can be zoomed to then.
 */
void
heddle_timeline_card_select_task (HeddleTimelineCard *self, guint lane, const HeddleSpan *span)
{
  g_return_if_fail (HEDDLE_IS_TIMELINE_CARD (self));

  heddle_timeline_select_task (self->timeline, lane, span);
  update_actions (self);
}

static void
note_before (HeddleTimelineCard *self)
{
  Before *before = &self->before;

  before->following = heddle_time_window_get_following (self->window);
  before->span = heddle_time_window_get_span (self->window);
  heddle_time_window_get_range (self->window, heddle_clock_monotonic_ns (), &before->from,
                                &before->to);
  heddle_timeline_get_selection (self->timeline, &before->begin, &before->end);
  before->states =
    heddle_lanes_chart_get_shown_states (heddle_timeline_get_lanes (self->timeline));
  before->queue = self->chosen[ROW_QUEUE];
}

static void
show_queue (HeddleTimelineCard *self, gboolean shown)
{
  self->chosen[ROW_QUEUE] = shown;
  show_rows (self);
  g_object_notify (G_OBJECT (self), rows[ROW_QUEUE].action + strlen ("timeline."));
}

/**
 * heddle_timeline_card_show_view:
 * @view: what is to be seen
 *
 * Shows it until heddle_timeline_card_end_view(), or until the user ends it by Escape or All.
 */
void
heddle_timeline_card_show_view (HeddleTimelineCard *self, const HeddleTimelineView *view)
{
  gint64 origin;

  g_return_if_fail (HEDDLE_IS_TIMELINE_CARD (self));

  if (!self->has_view)
    note_before (self);
  self->has_view = TRUE;
  heddle_lanes_chart_set_shown_states (heddle_timeline_get_lanes (self->timeline), view->states);
  if (view->states != HEDDLE_STATES_ALL)
    heddle_lanes_chart_set_colour_by (heddle_timeline_get_lanes (self->timeline),
                                      HEDDLE_COLOUR_BY_STATE);
  if (view->queue)
    show_queue (self, TRUE);
  origin = heddle_time_window_get_origin (self->window, 0);
  if (view->has_task)
    {
      self->view_task = view->task.id;
      heddle_timeline_card_select_task (self, view->lane, &view->task);
      heddle_timeline_show_task (self->timeline);
    }
  else if (view->zoom)
    heddle_time_window_show (self->window, view->begin, view->end);
  else
    {
      /* of a run that goes on the end is in sight */
      if (!gtk_widget_get_sensitive (GTK_WIDGET (self->live)))
        heddle_timeline_show_all (self->timeline);
      if (view->end > view->begin)
        heddle_timeline_select (self->timeline, view->begin - origin, view->end - origin);
    }
}

/**
 * heddle_timeline_card_end_view:
 *
 * Shows what was seen before the view again. Does nothing where there is none.
 */
void
heddle_timeline_card_end_view (HeddleTimelineCard *self)
{
  const Before *before = &self->before;
  HeddleSpan span;

  g_return_if_fail (HEDDLE_IS_TIMELINE_CARD (self));

  if (!self->has_view)
    return;
  self->has_view = FALSE;
  heddle_lanes_chart_set_shown_states (heddle_timeline_get_lanes (self->timeline), before->states);
  bind_view (self, VIEW_COLOUR_BY);
  if (self->chosen[ROW_QUEUE] != before->queue)
    show_queue (self, before->queue);
  if (self->view_task != 0
      && heddle_lanes_chart_get_selected (heddle_timeline_get_lanes (self->timeline), &span)
      && span.id == self->view_task)
    heddle_timeline_card_select_task (self, 0, NULL);
  self->view_task = 0;
  heddle_timeline_select (self->timeline, before->begin, before->end);
  if (before->following)
    heddle_time_window_set_span (self->window, before->span);
  else
    heddle_time_window_show (self->window, before->from, before->to);
}

/**
 * heddle_timeline_card_update:
 * @snapshot: the run as it is now
 *
 * Tells the charts whether time goes on, and from when to when the run lasts.
 */
void
heddle_timeline_card_update (HeddleTimelineCard *self, const HeddleRunSnapshot *snapshot)
{
  gboolean over = snapshot->state == HEDDLE_RUN_FINISHED;
  gboolean live = snapshot->state != HEDDLE_RUN_READY && !over;
  const char *hint = NULL;
  char share[HEDDLE_FORMAT_SIZE];
  g_autofree char *utilisation = NULL;

  g_return_if_fail (HEDDLE_IS_TIMELINE_CARD (self));

  if (snapshot->n_lanes == 0 && snapshot->state == HEDDLE_RUN_READY)
    hint = _("Press Start to see the workers");
  else if (snapshot->n_lanes == 0 && !over)
    hint = _("Workers are being started");
  else if (snapshot->n_lanes == 0)
    hint = snapshot->failed_to_start ? _("The run could not be started")
                                     : _("No worker was started");
  else if (over && snapshot->submitted == 0)
    hint = _("There was no task");
  heddle_card_set_hint (self->card, hint);
  heddle_format_percent (snapshot->utilisation, share, sizeof share);
  /* Translators: the share of the time in which workers have a task */
  utilisation = g_strdup_printf (_("utilisation %s"), share);
  gtk_inscription_set_text (self->utilisation, snapshot->n_lanes > 0 ? utilisation : NULL);
  heddle_lanes_legend_update (self->legend, snapshot->states != HEDDLE_STATES_NONE,
                              snapshot->lost > 0);
  heddle_states_button_update (self->source, snapshot);
  gtk_widget_set_sensitive (GTK_WIDGET (self->live), live);
  heddle_area_chart_set_maximum (heddle_timeline_get_row (self->timeline, ROW_QUEUE),
                                 snapshot->queue_capacity);
  heddle_time_window_set_extent (self->window, snapshot->started_ns,
                                 over ? snapshot->started_ns + snapshot->elapsed_ns : 0);
  heddle_timeline_set_live (self->timeline, live);
}
