/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The foot of the window: whether the main loop answers, and how regularly frames come.
 *
 * While the window is stuck it cannot say so itself; the watchdog counts meanwhile, and the bar
 * tells it as soon as it can, and keeps telling it for some seconds.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/pulse-bar.h"
#include "app/widgets/a11y/accessible.h"
#include "base/format.h"
#include "charts/axis.h"
#include "charts/pulse-strip.h"
#include "charts/tip.h"
#include "measure/frames.h"
#include "trace/clock.h"

#define READ_INTERVAL_MS 250
#define TELL_STALL_NS (5 * HEDDLE_S)
#define SPACING 12
#define STRIP_MIN 60 /* pixels */
#define N_TEXTS 4    /* longer and shorter ones of the same numbers */

struct _HeddlePulseBar {
  HeddleContainer parent_instance;

  /* template children */
  GtkWidget *dot;
  GtkLabel *status;
  HeddlePulseStrip *strip;
  GtkInscription *numbers;

  HeddlePulse *pulse;   /* borrowed; of the main loop, which all windows share */
  HeddleFrames *frames; /* owned: of this window */
  gboolean has_drawn;   /* since it was mapped there was a frame: what it took is not counted */
  guint tick;
  guint source;

  HeddlePulseReading reading;
  HeddleFramesReading drawn;
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
  guint64 n_new = MIN (self->reading.n_pings - self->n_pings_seen, self->reading.n_history);
  gint64 longest = self->reading.answer_ns;

  for (guint64 i = 0; i < n_new; i++)
    longest = MAX (longest, self->reading.history[self->reading.n_history - 1 - i]);
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

  if (self->reading.n_stalls < self->n_stalls_seen) /* the pulse was reset */
    self->tell_until_ns = 0;
  else if (self->reading.n_stalls > self->n_stalls_seen || self->reading.stalled)
    {
      self->stall_ns = now < self->tell_until_ns ? MAX (self->stall_ns, longest) : longest;
      self->tell_until_ns = now + TELL_STALL_NS;
      self->announced = FALSE;
    }
  self->n_stalls_seen = self->reading.n_stalls;
  self->n_pings_seen = self->reading.n_pings;
  if (self->announced)
    {
      set_status (self, _("Window blocked by the run"), TRUE);
      return;
    }
  if (now >= self->tell_until_ns)
    {
      set_status (self, _("Window responsive"), FALSE);
      return;
    }
  /* Translators: the window did not answer for so long; a duration stands for %s */
  text = g_strdup_printf (_("Window stalled: %s"),
                          heddle_format_duration (self->stall_ns, duration, sizeof duration));
  set_status (self, text, TRUE);
}

/* The whole story; it is also in the tooltip. */
static char *
describe (const HeddlePulseReading *reading, const HeddleFramesReading *drawn,
          const char *stalls)
{
  char answer[HEDDLE_FORMAT_SIZE], answer_p99[HEDDLE_FORMAT_SIZE], frame[HEDDLE_FORMAT_SIZE],
    frame_p99[HEDDLE_FORMAT_SIZE];
  g_autofree char *answers = NULL;
  g_autofree char *frames = NULL;

  /* Translators: two durations; p99 is the 99th percentile */
  answers = g_strdup_printf (
    _("main loop answers in %s (p99 %s)"),
    heddle_format_duration (reading->answer_ns, answer, sizeof answer),
    heddle_format_duration (reading->answer_p99_ns, answer_p99, sizeof answer_p99));
  if (drawn->last_ns == 0)
    return g_strjoin (" · ", answers, stalls, NULL);
  /* Translators: two durations; p99 is the 99th percentile */
  heddle_format_duration (drawn->last_ns, frame, sizeof frame);
  heddle_format_duration (drawn->p99_ns, frame_p99, sizeof frame_p99);
  frames = g_strdup_printf (_("frames %s (p99 %s)"), frame, frame_p99);
  return g_strjoin (" · ", answers, frames, stalls, NULL);
}

/* The @nth text for less and less room: what matters most is cut last. */
static char *
describe_shortly (const HeddlePulseReading *reading, const HeddleFramesReading *drawn,
                  const char *stalls, guint nth)
{
  char answer[HEDDLE_FORMAT_SIZE], frame[HEDDLE_FORMAT_SIZE];
  g_autofree char *numbers = NULL;

  heddle_format_duration (reading->answer_p99_ns, answer, sizeof answer);
  heddle_format_duration (drawn->p99_ns, frame, sizeof frame);
  if (nth == 0)
    return describe (reading, drawn, stalls);
  if (nth == N_TEXTS - 1)
    return g_strdup_printf (ngettext ("%u stall", "%u stalls", reading->n_stalls),
                            reading->n_stalls);
  if (drawn->last_ns == 0)
    /* Translators: how fast the main loop answers; a duration */
    numbers = g_strdup_printf (_("answers p99 %s"), answer);
  else if (nth == 1)
    /* Translators: how fast the main loop answers, and how far frames are apart; two durations */
    numbers = g_strdup_printf (_("answers p99 %s · frames p99 %s"), answer, frame);
  else
    /* Translators: how far frames are apart; a duration */
    numbers = g_strdup_printf (_("frames p99 %s"), frame);
  return g_strjoin (" · ", numbers, stalls, NULL);
}

/* How many stalls there were, and the longest for as long as the program runs: the strip shows only
 * the last seconds. */
static char *
describe_stalls (const HeddlePulseReading *reading)
{
  g_autofree char *count =
    g_strdup_printf (ngettext ("%u stall", "%u stalls", reading->n_stalls), reading->n_stalls);
  char longest[HEDDLE_FORMAT_SIZE];

  if (reading->n_stalls == 0)
    return g_steal_pointer (&count);
  heddle_format_duration (reading->answer_max_ns, longest, sizeof longest);
  /* Translators: how long the longest stall took, and "3 stalls" */
  return g_strdup_printf (_("longest %s · %s"), longest, count);
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
  const HeddlePulseReading *reading = &self->reading;
  g_autofree char *stalls = describe_stalls (reading);
  g_autofree char *text = NULL;

  g_free (self->story);
  self->story = describe (reading, &self->drawn, stalls);
  for (guint i = 0; i < N_TEXTS; i++)
    {
      g_free (text);
      text = describe_shortly (reading, &self->drawn, stalls, i);
      if (gtk_widget_get_width (GTK_WIDGET (self->numbers)) == 0 || fits (self, text))
        break;
    }
  gtk_inscription_set_text (self->numbers, text);
  heddle_tip_changed (&self->tip);
}

static gboolean
on_read (gpointer data)
{
  HeddlePulseBar *self = HEDDLE_PULSE_BAR (data);

  if (self->pulse == NULL)
    return G_SOURCE_CONTINUE;
  heddle_pulse_read (self->pulse, &self->reading);
  heddle_frames_read (self->frames, &self->drawn);
  update_status (self, heddle_clock_monotonic_ns ());
  update_numbers (self);
  heddle_pulse_strip_set_reading (self->strip, &self->reading);
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
  char answer[HEDDLE_FORMAT_SIZE], frame[HEDDLE_FORMAT_SIZE];
  g_autofree char *worst = NULL;
  g_autofree char *text = NULL;

  if (self->pulse == NULL)
    return FALSE;
  /* Translators: two durations */
  worst =
    g_strdup_printf (_("Longest since the start: answer %s, frame %s"),
                     heddle_format_duration (self->reading.answer_max_ns, answer, sizeof answer),
                     heddle_format_duration (self->drawn.max_ns, frame, sizeof frame));
  text = g_strjoin ("\n", self->story, worst,
                    _("A thread keeps asking the main loop and measures how soon it answers. A wait of more than 100 ms is a stall."), NULL);
  return heddle_tip_show (&self->tip, tooltip, x, y, text, NULL);
}

static void
heddle_pulse_bar_map (GtkWidget *widget)
{
  HeddlePulseBar *self = HEDDLE_PULSE_BAR (widget);

  GTK_WIDGET_CLASS (heddle_pulse_bar_parent_class)->map (widget);
  self->tick = gtk_widget_add_tick_callback (widget, on_tick, NULL, NULL);
  self->source = g_timeout_add (READ_INTERVAL_MS, on_read, self);
  g_source_set_name_by_id (self->source, "[heddle] pulse bar");
  on_read (self);
}

static void
heddle_pulse_bar_unmap (GtkWidget *widget)
{
  HeddlePulseBar *self = HEDDLE_PULSE_BAR (widget);

  g_clear_handle_id (&self->source, g_source_remove);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (widget, self->tick);
  self->tick = 0;
  self->has_drawn = FALSE;
  heddle_frames_pause (self->frames);
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
  on_read (self);
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
  on_read (self);
}
