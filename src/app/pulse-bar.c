/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The foot of the window: whether the main loop answers, and how regularly frames come.
 *
 * While the window is stuck it cannot say so itself; the watchdog counts meanwhile, and the bar
 * tells it as soon as it can, and keeps telling it for some seconds.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/pulse-text.h"
#include "app/model/run-object.h"
#include "app/pulse-bar.h"
#include "app/widgets/a11y/accessible.h"
#include "base/format.h"
#include "charts/draw-budget.h"
#include "charts/on-screen.h"
#include "charts/pulse-strip.h"
#include "charts/tip.h"
#include "trace/clock.h"

#define READ_INTERVAL_MS 250
#define IDLE_INTERVAL_NS (4 * HEDDLE_S) /* while no run is active; docs/performance.md */
#define TELL_STALL_NS (5 * HEDDLE_S)
#define SPACING 12
#define STRIP_MIN 60 /* pixels */

struct _HeddlePulseBar {
  HeddleContainer parent_instance;

  /* template children */
  GtkWidget *dot;
  GtkLabel *status;
  HeddlePulseStrip *strip;
  GtkInscription *numbers;

  HeddlePulse *pulse;   /* borrowed; of the main loop, which all windows share */
  HeddleFrames *frames; /* owned: of this window */
  gboolean has_drawn;   /* since it ticks there was a frame: what it took is not counted */
  HeddleOnScreen on_screen;
  guint tick;           /* while a run is active and the bar is seen: frames are measured then */
  guint source;

  HeddlePulseNumbers now;
  gint64 read_ns;       /* CLOCK_MONOTONIC: when they were read */
  guint n_stalls_seen;
  guint64 n_pings_seen;
  gint64 stall_ns;       /* how long the stall took that is told */
  gint64 tell_until_ns;  /* CLOCK_MONOTONIC; 0: none is told */
  gboolean announced;    /* a stall will come: the window is about to be blocked on purpose */
  char *story;           /* owned: all numbers in words */
  HeddleTip tip;         /* of the numbers */
};

G_DEFINE_FINAL_TYPE (HeddlePulseBar, heddle_pulse_bar, HEDDLE_TYPE_CONTAINER)

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  HeddlePulseBar *self = HEDDLE_PULSE_BAR (widget);

  if (self->has_drawn)
    heddle_frames_add (self->frames, gdk_frame_clock_get_frame_time (clock) * 1000);
  self->has_drawn = TRUE;
  return G_SOURCE_CONTINUE;
}

/* The longest answer since the last reading. */
static gint64
longest_new_answer (HeddlePulseBar *self)
{
  guint64 n_new = MIN (self->now.pulse.n_pings - self->n_pings_seen, self->now.pulse.n_history);
  gint64 longest = self->now.pulse.answer_ns;

  for (guint64 i = 0; i < n_new; i++)
    longest = MAX (longest, self->now.pulse.history[self->now.pulse.n_history - 1 - i]);
  return longest;
}

static void
set_status (HeddlePulseBar *self, const char *text, gboolean stalled)
{
  if (g_str_equal (gtk_label_get_label (self->status), text))
    return;
  gtk_label_set_label (self->status, text);
  heddle_accessible_set_name (self->dot, text);
  if (stalled)
    gtk_widget_add_css_class (GTK_WIDGET (self), "stalled");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "stalled");
}

static void
update_status (HeddlePulseBar *self, gint64 now)
{
  gint64 longest = longest_new_answer (self);
  char duration[HEDDLE_FORMAT_SIZE];
  g_autofree char *text = NULL;

  if (self->now.pulse.n_stalls < self->n_stalls_seen) /* the pulse was reset */
    self->tell_until_ns = 0;
  else if (self->now.pulse.n_stalls > self->n_stalls_seen || self->now.pulse.stalled)
    {
      self->stall_ns = now < self->tell_until_ns ? MAX (self->stall_ns, longest) : longest;
      self->tell_until_ns = now + TELL_STALL_NS;
      self->announced = FALSE;
    }
  self->n_stalls_seen = self->now.pulse.n_stalls;
  self->n_pings_seen = self->now.pulse.n_pings;
  if (self->announced)
    {
      set_status (self, _("Window blocked by the run"), TRUE);
      return;
    }
  if (now >= self->tell_until_ns)
    {
      self->tell_until_ns = 0;
      set_status (self, _("Window responsive"), FALSE);
      return;
    }
  /* Translators: the window did not answer for so long; a duration stands for %s */
  text = g_strdup_printf (_("Window stalled: %s"),
                          heddle_format_duration (self->stall_ns, duration, sizeof duration));
  set_status (self, text, TRUE);
}

static gboolean
fits (HeddlePulseBar *self, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->numbers),
                                                                   text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width <= gtk_widget_get_width (GTK_WIDGET (self->numbers));
}

static void
update_numbers (HeddlePulseBar *self)
{
  g_autofree char *text = NULL;

  g_free (self->story);
  self->story = heddle_pulse_text_dup (&self->now, 0);
  for (guint i = 0; i < HEDDLE_PULSE_TEXTS; i++)
    {
      g_free (text);
      text = heddle_pulse_text_dup (&self->now, i);
      if (gtk_widget_get_width (GTK_WIDGET (self->numbers)) == 0 || fits (self, text))
        break;
    }
  gtk_inscription_set_text (self->numbers, text);
  heddle_tip_changed (&self->tip);
}

/* What all runs of the program do, and tells drawing how full the fullest ring was. */
static void
look_at_runs (HeddlePulseBar *self)
{
  g_autoptr (GPtrArray) runs = heddle_run_object_list ();

  self->now.running = FALSE;
  self->now.backlog = (HeddleBacklog) { 0 };
  for (guint i = 0; i < runs->len; i++)
    {
      HeddleRunObject *run = g_ptr_array_index (runs, i);
      const HeddleRunSnapshot *snapshot = heddle_run_object_get_snapshot (run);

      if (!heddle_run_object_is_active (run))
        continue;
      self->now.running = TRUE;
      self->now.backlog.events += snapshot->backlog.events;
      self->now.backlog.fill = MAX (self->now.backlog.fill, snapshot->backlog.fill);
    }
  heddle_draw_budget_set_fill (heddle_draw_budget_get (), self->now.backlog.fill);
}

/* Frames are measured, and the frame clock runs, while a run is active: an idle window draws when
 * something changes, and has no intervals. */
static void
update_tick (HeddlePulseBar *self)
{
  gboolean wanted = self->on_screen.seen && self->now.running;

  if (wanted && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
  else if (!wanted && self->tick != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
      self->tick = 0;
      self->has_drawn = FALSE;
      heddle_frames_pause (self->frames);
    }
}

static void
read_now (HeddlePulseBar *self)
{
  if (self->pulse == NULL)
    return;
  self->read_ns = heddle_clock_monotonic_ns ();
  heddle_pulse_read (self->pulse, &self->now.pulse);
  heddle_frames_read (self->frames, &self->now.frames);
  update_status (self, self->read_ns);
  update_numbers (self);
  heddle_pulse_strip_set_reading (self->strip, &self->now.pulse);
}

/* While nothing runs and nothing has stalled, what the watchdog measures is shown less often. */
static gboolean
on_read (gpointer data)
{
  HeddlePulseBar *self = HEDDLE_PULSE_BAR (data);
  gboolean was_running = self->now.running;

  look_at_runs (self);
  update_tick (self);
  if (self->now.running || was_running || self->announced || self->tell_until_ns != 0
      || heddle_clock_monotonic_ns () - self->read_ns >= IDLE_INTERVAL_NS
      || (self->pulse != NULL && heddle_pulse_count_stalls (self->pulse) != self->n_stalls_seen))
    read_now (self);
  return G_SOURCE_CONTINUE;
}

static void
measure_width (GtkWidget *widget, int *minimum, int *natural)
{
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, minimum, natural, NULL, NULL);
}

static void
heddle_pulse_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      if (orientation == GTK_ORIENTATION_VERTICAL)
        {
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
          continue;
        }
      /* where there is no room for it the strip is left out */
      *minimum += HEDDLE_IS_PULSE_STRIP (child) ? 0 : child_minimum + (*minimum > 0 ? SPACING : 0);
      *natural += child_natural + (*natural > 0 ? SPACING : 0);
    }
}

/*
 * Dot and status as they are; of the rest numbers come before the strip, which needs no words to
 * be missed.
 */
static void
heddle_pulse_bar_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddlePulseBar *self = HEDDLE_PULSE_BAR (widget);
  GtkWidget *children[] = { self->dot, GTK_WIDGET (self->status), GTK_WIDGET (self->strip),
                            GTK_WIDGET (self->numbers) };
  int widths[4], minimum, natural, x = 0, rest, least;

  measure_width (self->dot, &widths[0], &natural);
  measure_width (GTK_WIDGET (self->numbers), &least, &natural);
  widths[3] = natural;
  measure_width (GTK_WIDGET (self->status), &minimum, &natural);
  rest = width - widths[0] - 2 * SPACING;
  widths[1] = CLAMP (rest - least, minimum, natural);
  rest -= widths[1];
  widths[2] = rest - SPACING - widths[3] / 2 >= STRIP_MIN
    ? MAX (STRIP_MIN, STRIP_MIN + (rest - SPACING - widths[3] - STRIP_MIN) / 2)
    : 0;
  widths[3] = MAX (widths[2] > 0 ? rest - SPACING - widths[2] : rest, least);
  gtk_widget_set_child_visible (children[2], widths[2] > 0);
  gtk_accessible_update_state (GTK_ACCESSIBLE (children[2]), GTK_ACCESSIBLE_STATE_HIDDEN,
                               widths[2] == 0, -1);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      if (widths[i] == 0)
        continue;
      heddle_container_place (children[i], x, 0, widths[i], height);
      x += widths[i] + SPACING;
    }
}

static gboolean
on_query_tooltip (HeddlePulseBar *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *longest = NULL;
  g_autofree char *text = NULL;

  if (self->pulse == NULL)
    return FALSE;
  longest = heddle_pulse_text_dup_longest (&self->now);
  text = g_strjoin ("\n", self->story, longest,
                    _("A thread keeps asking the main loop and measures how soon it answers. A wait of more than 100 ms is a stall."),
                    _("Heddle’s own share is the processor time of this program without its workers. While a run is active, frames are measured, and unread events counted: the more there are, the less often charts are drawn."), NULL);
  return heddle_tip_show (&self->tip, tooltip, x, y, text, NULL);
}

/* A minimised window shows nothing; the watchdog goes on. */
static void
on_seen (gpointer data)
{
  HeddlePulseBar *self = data;

  g_clear_handle_id (&self->source, g_source_remove);
  update_tick (self);
  if (!self->on_screen.seen)
    return;
  self->source = g_timeout_add (READ_INTERVAL_MS, on_read, self);
  g_source_set_name_by_id (self->source, "[heddle] pulse bar");
  look_at_runs (self);
  update_tick (self);
  read_now (self);
}

static void
heddle_pulse_bar_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (heddle_pulse_bar_parent_class)->map (widget);
  heddle_on_screen_map (&HEDDLE_PULSE_BAR (widget)->on_screen);
}

static void
heddle_pulse_bar_unmap (GtkWidget *widget)
{
  heddle_on_screen_unmap (&HEDDLE_PULSE_BAR (widget)->on_screen);
  GTK_WIDGET_CLASS (heddle_pulse_bar_parent_class)->unmap (widget);
}

static void
heddle_pulse_bar_dispose (GObject *object)
{
  HEDDLE_PULSE_BAR (object)->pulse = NULL;
  G_OBJECT_CLASS (heddle_pulse_bar_parent_class)->dispose (object);
}

static void
heddle_pulse_bar_finalize (GObject *object)
{
  g_free (HEDDLE_PULSE_BAR (object)->story);
  heddle_frames_free (HEDDLE_PULSE_BAR (object)->frames);
  G_OBJECT_CLASS (heddle_pulse_bar_parent_class)->finalize (object);
}

static void
heddle_pulse_bar_class_init (HeddlePulseBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HEDDLE_TYPE_PULSE_STRIP);
  G_OBJECT_CLASS (klass)->dispose = heddle_pulse_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = heddle_pulse_bar_finalize;
  widget_class->measure = heddle_pulse_bar_measure;
  widget_class->size_allocate = heddle_pulse_bar_size_allocate;
  widget_class->map = heddle_pulse_bar_map;
  widget_class->unmap = heddle_pulse_bar_unmap;
  gtk_widget_class_set_css_name (widget_class, "pulsebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/heddle/Heddle/ui/pulse-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddlePulseBar, dot);
  gtk_widget_class_bind_template_child (widget_class, HeddlePulseBar, status);
  gtk_widget_class_bind_template_child (widget_class, HeddlePulseBar, strip);
  gtk_widget_class_bind_template_child (widget_class, HeddlePulseBar, numbers);
}

static void
heddle_pulse_bar_init (HeddlePulseBar *self)
{
  self->frames = heddle_frames_new ();
  heddle_on_screen_init (&self->on_screen, GTK_WIDGET (self), on_seen, self);
  gtk_widget_init_template (GTK_WIDGET (self));
  heddle_accessible_set_name (GTK_WIDGET (self), _("Pulse of the window"));
  heddle_accessible_set_name (self->dot, gtk_label_get_label (self->status));
  heddle_tip_init (&self->tip, GTK_WIDGET (self->numbers));
  g_signal_connect_swapped (self->numbers, "query-tooltip", G_CALLBACK (on_query_tooltip), self);
}

/**
 * heddle_pulse_bar_set_pulse:
 * @pulse: (nullable): the pulse to show; must outlive the bar or be taken from it with %NULL
 *
 * Main loop.
 */
void
heddle_pulse_bar_set_pulse (HeddlePulseBar *self, HeddlePulse *pulse)
{
  g_return_if_fail (HEDDLE_IS_PULSE_BAR (self));

  self->pulse = pulse;
  self->n_stalls_seen = 0;
  self->n_pings_seen = 0;
  self->tell_until_ns = 0;
  read_now (self);
}

/**
 * heddle_pulse_bar_announce:
 * @announce: whether the window is about to be blocked, so that it cannot tell of it while it is
 *
 * Says so until a stall has been measured, or until it is called with %FALSE. Main loop.
 */
void
heddle_pulse_bar_announce (HeddlePulseBar *self, gboolean announce)
{
  g_return_if_fail (HEDDLE_IS_PULSE_BAR (self));

  if (self->announced == announce)
    return;
  self->announced = announce;
  read_now (self);
}
