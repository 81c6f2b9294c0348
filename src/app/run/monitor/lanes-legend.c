/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/monitor/lanes-legend.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/wrap-layout.h"
#include "charts/state-colours.h"
#include "charts/swatch.h"

#define NAME_CHARS 18 /* longer names of kinds are cut */

struct _HeddleLanesLegend {
  HeddleContainer parent_instance;

  /* template children */
  GtkWidget *states; /* a button for each state, which shows or hides it */
  GtkWidget *key;    /* what other colours mean */
  GtkWidget *lost;   /* where there is a lost task */
  GtkWidget *queued; /* where tasks wait in line */

  HeddleLanesChart *lanes; /* borrowed: lives as long as this, beside it */
  HeddleTaskKinds *kinds;  /* borrowed; NULL: none */
  guint later;             /* GSource that makes the key anew; 0: none */
  gboolean has_locks;           /* tasks may hold something */
  gboolean has_states;          /* it is known what the tasks' time was made of */

  /* what the key is made for */
  HeddleColourBy by;
  guint n_kinds;
};

G_DEFINE_FINAL_TYPE (HeddleLanesLegend, heddle_lanes_legend, HEDDLE_TYPE_CONTAINER)

/* What a lane can show, in the order of the legend. */
static const struct {
  HeddleLaneState state;
  const char *label;
} states[] = {
  { HEDDLE_STATE_UNKNOWN, N_("on a task") }, { HEDDLE_STATE_ON_CPU, N_("on CPU") },
  { HEDDLE_STATE_READY, N_("ready") },       { HEDDLE_STATE_SHARED, N_("lock") },
  { HEDDLE_STATE_IO, N_("I/O") },            { HEDDLE_STATE_SLEEP, N_("sleeps") },
  { HEDDLE_STATE_BLOCKED, N_("blocked") },
  { HEDDLE_STATE_HOLDING, N_("holds a lock") },
  { HEDDLE_STATE_FAILED, N_("failed") },
};

static void
on_state_toggled (HeddleLanesLegend *self)
{
  guint shown = HEDDLE_STATES_ALL, i = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (self->states); child != NULL;
       child = gtk_widget_get_next_sibling (child), i++)
    if (!gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (child)))
      shown &= ~(1u << states[i].state);
  heddle_lanes_chart_set_shown_states (self->lanes, shown);
}

/* The buttons say what is shown, without being asked. */
static void
on_states_shown (HeddleLanesLegend *self)
{
  guint shown = heddle_lanes_chart_get_shown_states (self->lanes), i = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (self->states); child != NULL;
       child = gtk_widget_get_next_sibling (child), i++)
    {
      g_signal_handlers_block_by_func (child, on_state_toggled, self);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child),
                                    (shown & (1u << states[i].state)) != 0);
      g_signal_handlers_unblock_by_func (child, on_state_toggled, self);
    }
}

static void
add_states (HeddleLanesLegend *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      GtkWidget *button = gtk_toggle_button_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
      const char *kind = heddle_state_get_name (states[i].state);

      gtk_box_append (GTK_BOX (box), g_object_new (HEDDLE_TYPE_SWATCH, "kind", kind, NULL));
      gtk_box_append (GTK_BOX (box), gtk_label_new (_(states[i].label)));
      gtk_button_set_child (GTK_BUTTON (button), box);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "state");
      heddle_accessible_set_name (button, _(states[i].label));
      g_signal_connect_object (button, "toggled", G_CALLBACK (on_state_toggled), self,
                               G_CONNECT_SWAPPED);
      gtk_widget_set_parent (button, self->states);
    }
}

/* A state is of use where the lanes are coloured by states, and where there are any; a task that
 * failed is red always, and what is held is a line. */
static gboolean
is_of_use (HeddleLanesLegend *self, HeddleLaneState state)
{
  if (state == HEDDLE_STATE_FAILED)
    return TRUE;
  if (state == HEDDLE_STATE_HOLDING)
    return self->has_locks;
  if (self->by != HEDDLE_COLOUR_BY_STATE)
    return FALSE;
  if (state == HEDDLE_STATE_ON_CPU || state == HEDDLE_STATE_READY || state == HEDDLE_STATE_BLOCKED)
    return self->has_states;
  return state != HEDDLE_STATE_UNKNOWN || !self->has_states;
}

static void
show_states (HeddleLanesLegend *self)
{
  guint i = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (self->states); child != NULL;
       child = gtk_widget_get_next_sibling (child), i++)
    gtk_widget_set_visible (child, is_of_use (self, states[i].state));
}

/* Adds a swatch of @kind, a number of it where there are several, with its meaning where it has one
 * of its own. */
static void
add_meaning (HeddleLanesLegend *self, const char *kind, int number, const char *meaning)
{
  g_autofree char *name =
    number >= 0 ? g_strdup_printf ("%s-%d", kind, number) : g_strdup (kind);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  gtk_box_append (GTK_BOX (box), g_object_new (HEDDLE_TYPE_SWATCH, "kind", name, NULL));
  if (meaning != NULL)
    {
      GtkWidget *label = gtk_label_new (meaning);

      if (g_utf8_strlen (meaning, -1) > NAME_CHARS)
        {
          gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
          gtk_label_set_max_width_chars (GTK_LABEL (label), NAME_CHARS);
          gtk_widget_set_tooltip_text (label, meaning);
        }
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_widget_set_parent (box, self->key);
}

static void
add_durations (HeddleLanesLegend *self)
{
  /* Translators: how long tasks took; beside the palest of eight colours */
  gtk_widget_set_parent (gtk_label_new (_("under 10 µs")), self->key);
  for (int tone = 0; tone < HEDDLE_LANE_TONES; tone++)
    add_meaning (self, "tone", tone, NULL);
  /* Translators: how long tasks took; beside the strongest of eight colours, a power of ten each */
  gtk_widget_set_parent (gtk_label_new (_("10 s and more")), self->key);
}

static void
add_kinds (HeddleLanesLegend *self)
{
  for (guint kind = 1; kind < self->n_kinds; kind++)
    add_meaning (self, "kind", (int) kind, heddle_task_kinds_get_name (self->kinds, kind));
  /* Translators: tasks of any other kind, or, too short to be told apart, of several kinds */
  add_meaning (self, "kind", 0, _("others, or several"));
}

static void
make_key (HeddleLanesLegend *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->key)) != NULL)
    gtk_widget_unparent (child);
  switch (self->by)
    {
    case HEDDLE_COLOUR_BY_OUTCOME:
      add_meaning (self, heddle_state_get_name (HEDDLE_STATE_UNKNOWN), -1, _("running"));
      add_meaning (self, "done", -1, _("done"));
      break;
    case HEDDLE_COLOUR_BY_DURATION:
      add_durations (self);
      break;
    case HEDDLE_COLOUR_BY_KIND:
      add_kinds (self);
      break;
    case HEDDLE_COLOUR_BY_STATE:
    default:
      break;
    }
  gtk_widget_set_visible (self->key, self->by != HEDDLE_COLOUR_BY_STATE);
}

static void
update_key (HeddleLanesLegend *self)
{
  HeddleColourBy by = heddle_lanes_chart_get_colour_by (self->lanes);
  guint n_kinds = self->kinds != NULL ? heddle_task_kinds_get_n (self->kinds) : 0;

  if (by == self->by && (n_kinds == self->n_kinds || by != HEDDLE_COLOUR_BY_KIND))
    return;
  self->by = by;
  self->n_kinds = n_kinds;
  make_key (self);
  show_states (self);
}

static gboolean
update_now (gpointer data)
{
  HeddleLanesLegend *self = data;

  self->later = 0;
  update_key (self);
  return G_SOURCE_REMOVE;
}

/* HeddleTaskKindsMet: kinds are met while the lanes are drawn, when nothing can change its size. */
static void
update_later (gpointer data)
{
  HeddleLanesLegend *self = data;

  if (self->later != 0)
    return;
  self->later = g_idle_add (update_now, self);
  g_source_set_name_by_id (self->later, "heddle: kinds in the legend");
}

static void
heddle_lanes_legend_dispose (GObject *object)
{
  HeddleLanesLegend *self = HEDDLE_LANES_LEGEND (object);

  heddle_lanes_legend_set_kinds (self, NULL, FALSE);
  g_clear_handle_id (&self->later, g_source_remove);
  G_OBJECT_CLASS (heddle_lanes_legend_parent_class)->dispose (object);
}

static void
heddle_lanes_legend_class_init (HeddleLanesLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_lanes_legend_dispose;
  g_type_ensure (HEDDLE_TYPE_SWATCH);
  g_type_ensure (HEDDLE_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/heddle/Heddle/ui/run/monitor/lanes-legend.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleLanesLegend, states);
  gtk_widget_class_bind_template_child (widget_class, HeddleLanesLegend, key);
  gtk_widget_class_bind_template_child (widget_class, HeddleLanesLegend, lost);
  gtk_widget_class_bind_template_child (widget_class, HeddleLanesLegend, queued);
  gtk_widget_class_set_css_name (widget_class, "laneslegend");
}

static void
heddle_lanes_legend_init (HeddleLanesLegend *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_states (self);
  show_states (self);
}

/**
 * heddle_lanes_legend_set_lanes:
 * @lanes: what the legend is of, once and for all
 */
void
heddle_lanes_legend_set_lanes (HeddleLanesLegend *self, HeddleLanesChart *lanes)
{
  g_return_if_fail (HEDDLE_IS_LANES_LEGEND (self) && self->lanes == NULL);

  self->lanes = lanes;
  g_signal_connect_object (lanes, "notify::shown-states", G_CALLBACK (on_states_shown), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (lanes, "notify::colour-by", G_CALLBACK (update_key), self,
                           G_CONNECT_SWAPPED);
  update_key (self);
}

/**
 * heddle_lanes_legend_set_kinds:
 * @kinds: (nullable): those of the tasks in the lanes; it has to live until it is replaced
 * @has_locks: whether tasks may hold what they share
 */
void
heddle_lanes_legend_set_kinds (HeddleLanesLegend *self, HeddleTaskKinds *kinds, gboolean has_locks)
{
  g_return_if_fail (HEDDLE_IS_LANES_LEGEND (self));

  self->has_locks = has_locks;

  if (self->kinds != NULL)
    heddle_task_kinds_set_met_func (self->kinds, NULL, NULL);
  self->kinds = kinds;
  if (kinds != NULL)
    {
      heddle_task_kinds_set_met_func (kinds, update_later, self);
      update_key (self);
    }
}

/**
 * heddle_lanes_legend_set_has_line:
 * @has_line: whether tasks wait in line; where they do not, the lines that lead to them are none
 */
void
heddle_lanes_legend_set_has_line (HeddleLanesLegend *self, gboolean has_line)
{
  g_return_if_fail (HEDDLE_IS_LANES_LEGEND (self));

  gtk_widget_set_visible (self->queued, has_line);
}

/**
 * heddle_lanes_legend_update:
 * @has_states: whether anything is known of what the tasks' time was made of
 * @has_lost: whether a task was lost
 */
void
heddle_lanes_legend_update (HeddleLanesLegend *self, gboolean has_states, gboolean has_lost)
{
  g_return_if_fail (HEDDLE_IS_LANES_LEGEND (self));

  self->has_states = has_states;
  update_key (self);
  show_states (self);
  gtk_widget_set_visible (self->lost, has_lost);
}
