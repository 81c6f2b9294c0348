/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/progress.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/progress-line.h"
#include "base/format.h"
#include "charts/tip.h"

#define SPACING 12
#define BAR_MIN 120 /* pixels: where less would be left beside the text, that stands below */
/* room is made in such steps, so that a number that gets longer seldom moves the bar */
#define CHARS_STEP 12

struct _HeddleRunProgress {
  HeddleContainer parent_instance;

  /* template children */
  HeddleProgressLine *bar;
  GtkLabel *percent;
  /* takes new texts without a layout pass: one of the whole window asks the display server, and
   * waits for it */
  GtkInscription *text;
  guint text_chars;     /* for how many it has room */
  HeddleTip tip;        /* of the text */
};

G_DEFINE_FINAL_TYPE (HeddleRunProgress, heddle_run_progress, HEDDLE_TYPE_CONTAINER)

static guint64
count_ended (const HeddleRunSnapshot *snapshot)
{
  return snapshot->done + snapshot->failed + snapshot->cancelled + snapshot->lost;
}

/* Appends "4 failed" and the like, where there is something to tell. */
static void
append_count (GString *text, guint64 count, const char *format)
{
  char number[HEDDLE_FORMAT_SIZE];

  if (count == 0)
    return;
  heddle_format_count (count, number, sizeof number);
  g_string_append (text, " · ");
  /* Translated formats with one %s: the catalogue's own check compares them with the originals. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_string_append_printf (text, format, number);
#pragma GCC diagnostic pop
}

static void
append_troubles (GString *text, const HeddleRunSnapshot *snapshot)
{
  append_count (text, snapshot->failed, _("%s failed"));
  append_count (text, snapshot->cancelled, _("%s cancelled"));
  append_count (text, snapshot->lost, _("%s lost"));
  append_count (text, snapshot->retried, _("%s tried again"));
  append_count (text, snapshot->dropped_events,
                ngettext ("%s detail not recorded", "%s details not recorded",
                          (gulong) snapshot->dropped_events));
}

static void
append_rate (GString *text, const HeddleRunSnapshot *snapshot)
{
  char shown[HEDDLE_FORMAT_SIZE];

  g_string_append_printf (text, " · %s", heddle_format_rate (snapshot->rate, shown, sizeof shown));
  if (snapshot->left_ns >= 0)
    g_string_append_printf (
      text, " · %s",
      heddle_format_time_left (snapshot->left_ns, snapshot->left_most_ns, shown, sizeof shown));
}

static void
append_position (GString *text, const HeddleRunSnapshot *snapshot)
{
  char ended[HEDDLE_FORMAT_SIZE], total[HEDDLE_FORMAT_SIZE];

  heddle_format_count (count_ended (snapshot), ended, sizeof ended);
  heddle_format_count (snapshot->total, total, sizeof total);
  if (snapshot->total > 0)
    /* Translators: how many tasks have ended, and how many there will be */
    g_string_append_printf (
      text, ngettext ("%s of %s task", "%s of %s tasks", (gulong) snapshot->total), ended, total);
  else
    g_string_append_printf (
      text, ngettext ("%s task so far", "%s tasks so far", (gulong) count_ended (snapshot)), ended);
}

/* The rate is of the time without the pauses, so these are told where they make a difference. */
static char *
dup_elapsed (const HeddleRunSnapshot *snapshot)
{
  char elapsed[HEDDLE_FORMAT_SIZE], paused[HEDDLE_FORMAT_SIZE];

  heddle_format_duration (snapshot->elapsed_ns, elapsed, sizeof elapsed);
  if (snapshot->paused_ns <= snapshot->elapsed_ns / 100)
    return g_strdup (elapsed);
  heddle_format_duration (snapshot->paused_ns, paused, sizeof paused);
  /* Translators: how long a run lasted, and for how long of that it was paused */
  return g_strdup_printf (_("%s, paused for %s"), elapsed, paused);
}

/*
 * The rate is of tasks that have ended by themselves: these are what the line speaks of. They are
 * counted against all that there would have been, as the bar and its per cent do.
 */
static void
append_summary (GString *text, const HeddleRunSnapshot *snapshot, guint64 planned)
{
  guint64 n_completed = snapshot->done + snapshot->failed;
  guint64 n_all = MAX (count_ended (snapshot), planned);
  g_autofree char *elapsed = dup_elapsed (snapshot);
  char all[HEDDLE_FORMAT_SIZE], completed[HEDDLE_FORMAT_SIZE], rate[HEDDLE_FORMAT_SIZE];

  heddle_format_count (n_all, all, sizeof all);
  heddle_format_count (n_completed, completed, sizeof completed);
  heddle_format_rate (snapshot->rate, rate, sizeof rate);
  if (n_completed < n_all)
    {
      /* Translators: tasks that ended by themselves, all tasks, a duration and a rate */
      g_string_append_printf (
        text, ngettext ("%s of %s task in %s · %s", "%s of %s tasks in %s · %s", (gulong) n_all),
        completed, all, elapsed, rate);
      return;
    }
  g_string_append_printf (
    text, ngettext ("%s task in %s · %s", "%s tasks in %s · %s", (gulong) n_all), all, elapsed,
    rate);
}

/**
 * heddle_run_progress_describe:
 * @snapshot: a run at one moment
 * @planned: how many tasks there would have been had nobody stopped it, or 0 where that was never
 * known
 *
 * Returns: (transfer full): one line that says how far the run is
 */
char *
heddle_run_progress_describe (const HeddleRunSnapshot *snapshot, guint64 planned)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (snapshot != NULL, NULL);

  switch (snapshot->state)
    {
    case HEDDLE_RUN_READY:
      g_string_append (text, _("Not started yet"));
      break;
    case HEDDLE_RUN_RUNNING:
      append_position (text, snapshot);
      append_troubles (text, snapshot);
      append_rate (text, snapshot);
      break;
    case HEDDLE_RUN_PAUSED:
      g_string_append_printf (text, "%s · ",
                              snapshot->running > 0 ? _("Pausing: running tasks end first")
                                                    : _("Paused"));
      append_position (text, snapshot);
      append_troubles (text, snapshot);
      break;
    case HEDDLE_RUN_STOPPING:
      g_string_append_printf (text, "%s · ", _("Stopping"));
      append_position (text, snapshot);
      append_count (text, snapshot->running, _("%s still running"));
      append_troubles (text, snapshot);
      break;
    case HEDDLE_RUN_FINISHED:
      if (snapshot->submitted == 0)
        {
          if (snapshot->failed_to_start)
            g_string_append (text, _("Could not be started"));
          else
            g_string_append (text, planned > 0 ? _("Stopped") : _("There was nothing to do"));
          break;
        }
      if (snapshot->halted)
        g_string_append_printf (text, "%s · ", _("Halted by its policy"));
      else if (snapshot->cancelled > 0 || planned > snapshot->total)
        g_string_append_printf (text, "%s · ", _("Stopped"));
      append_summary (text, snapshot, planned);
      append_troubles (text, snapshot);
      break;
    default:
      g_assert_not_reached ();
    }
  return g_string_free (text, FALSE);
}

/**
 * heddle_run_progress_name_state:
 * @snapshot: a run at one moment
 * @planned: as for heddle_run_progress_describe()
 *
 * Returns: (transfer none): the same in a word or two and without numbers, so that it changes only
 * when the run's state does
 */
const char *
heddle_run_progress_name_state (const HeddleRunSnapshot *snapshot, guint64 planned)
{
  g_return_val_if_fail (snapshot != NULL, "");

  switch (snapshot->state)
    {
    case HEDDLE_RUN_READY: return _("not started");
    case HEDDLE_RUN_RUNNING: return _("running");
    case HEDDLE_RUN_PAUSED: return _("paused");
    case HEDDLE_RUN_STOPPING: return _("stopping");
    default: break;
    }
  if (snapshot->failed_to_start)
    return _("could not start");
  if (snapshot->halted || snapshot->cancelled > 0 || planned > snapshot->total)
    return _("stopped");
  return _("finished");
}

/* The whole text, since it is cut where there is no room. Asked for when it is seen: setting a tip
 * makes GTK ask where the pointer is. */
static gboolean
query_tooltip_cb (HeddleRunProgress *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  return heddle_tip_show (&self->tip, tooltip, x, y, gtk_inscription_get_text (self->text), NULL);
}

static void
set_text (HeddleRunProgress *self, const char *text, gboolean running)
{
  guint n = (guint) g_utf8_strlen (text, -1),
        chars = (n + CHARS_STEP - 1) / CHARS_STEP * CHARS_STEP;

  if (g_strcmp0 (gtk_inscription_get_text (self->text), text) == 0)
    return;
  gtk_inscription_set_text (self->text, text);
  heddle_tip_changed (&self->tip);
  heddle_accessible_set_name (GTK_WIDGET (self->text), text);
  if (chars > self->text_chars || (!running && chars < self->text_chars))
    {
      self->text_chars = chars;
      gtk_inscription_set_nat_chars (self->text, chars);
    }
}

/* Whether the text stands below: beside it too little would be left of the bar. */
static gboolean
is_narrow (HeddleRunProgress *self, int width)
{
  int text = heddle_container_get_natural_width (GTK_WIDGET (self->text)),
      percent = heddle_container_get_natural_width (GTK_WIDGET (self->percent));

  return width >= 0 && width - text - percent - 2 * SPACING < BAR_MIN;
}

static void
heddle_run_progress_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                             int *minimum, int *natural, int *minimum_baseline,
                             int *natural_baseline)
{
  HeddleRunProgress *self = HEDDLE_RUN_PROGRESS (widget);
  int height, text_height, percent;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      percent = heddle_container_get_natural_width (GTK_WIDGET (self->percent));
      gtk_widget_measure (GTK_WIDGET (self->text), orientation, -1, minimum, natural, NULL, NULL);
      *minimum = MAX (*minimum, BAR_MIN / 2 + SPACING + percent);
      *natural += BAR_MIN + 2 * SPACING + percent;
      return;
    }
  gtk_widget_measure (GTK_WIDGET (self->bar), orientation, -1, NULL, &height, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (self->text), orientation, -1, NULL, &text_height, NULL, NULL);
  /* as high as the text also while there is no percentage: a run that learns its total moves
   * nothing */
  height = MAX (height, text_height);
  *minimum = *natural = is_narrow (self, for_size) ? height + text_height : height;
}

static void
heddle_run_progress_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleRunProgress *self = HEDDLE_RUN_PROGRESS (widget);
  gboolean narrow = is_narrow (self, width);
  int percent = heddle_container_get_natural_width (GTK_WIDGET (self->percent)),
      text = narrow ? width : heddle_container_get_natural_width (GTK_WIDGET (self->text));
  int end = narrow ? width : width - text - SPACING; /* of bar and percentage */
  int bar = percent > 0 ? end - percent - SPACING : end, line = narrow ? height / 2 : height;

  heddle_container_place (GTK_WIDGET (self->bar), 0, 0, bar, line);
  if (percent > 0)
    heddle_container_place (GTK_WIDGET (self->percent), bar + SPACING, 0, percent, line);
  gtk_inscription_set_xalign (self->text, narrow ? 0 : 1);
  heddle_container_place (GTK_WIDGET (self->text), width - text, height - line, text, line);
}

static void
heddle_run_progress_class_init (HeddleRunProgressClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_request_mode = heddle_container_height_for_width;
  widget_class->measure = heddle_run_progress_measure;
  widget_class->size_allocate = heddle_run_progress_size_allocate;
  g_type_ensure (HEDDLE_TYPE_PROGRESS_LINE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/progress.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleRunProgress, bar);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunProgress, percent);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunProgress, text);
}

static void
heddle_run_progress_init (HeddleRunProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  heddle_tip_init (&self->tip, GTK_WIDGET (self->text));
  g_signal_connect_swapped (self->text, "query-tooltip", G_CALLBACK (query_tooltip_cb), self);
}

/* The share of the tasks that have ended by themselves, or -1 while nobody knows how many there
 * will be. */
static double
get_fraction (const HeddleRunSnapshot *snapshot, guint64 planned)
{
  guint64 total = MAX (planned, snapshot->total);

  return total > 0 ? MIN (1.0, (double) (count_ended (snapshot) - snapshot->cancelled) / total)
                   : -1;
}

/**
 * heddle_run_progress_set_snapshot:
 * @snapshot: the run as it is now
 * @planned: how many tasks there would be if nobody stopped it, so that the bar stays honest; 0
 * where that was never known
 */
void
heddle_run_progress_set_snapshot (HeddleRunProgress *self, const HeddleRunSnapshot *snapshot,
                                  guint64 planned)
{
  g_autofree char *text = NULL;
  g_autofree char *percent = NULL;
  double fraction;

  g_return_if_fail (HEDDLE_IS_RUN_PROGRESS (self));
  g_return_if_fail (snapshot != NULL);

  fraction = get_fraction (snapshot, planned);
  /* Cut rather than rounded: 100 % means that all have ended. */
  if (fraction >= 0)
    percent = g_strdup_printf (_("%d %%"), (int) (fraction * 100));
  text = heddle_run_progress_describe (snapshot, planned);

  if (fraction >= 0 || snapshot->state == HEDDLE_RUN_READY
      || snapshot->state == HEDDLE_RUN_FINISHED)
    heddle_progress_line_set_fraction (self->bar, MAX (fraction, 0));
  else if (snapshot->state != HEDDLE_RUN_PAUSED) /* where it stands still */
    heddle_progress_line_set_unknown (self->bar, snapshot->elapsed_ns);
  gtk_label_set_label (self->percent, percent != NULL ? percent : "");
  gtk_widget_set_visible (GTK_WIDGET (self->percent), percent != NULL);
  set_text (self, text, snapshot->state == HEDDLE_RUN_RUNNING);
}

/**
 * heddle_run_progress_show_text:
 * @text: a sentence, translated
 *
 * Says this instead, until there is another snapshot.
 */
void
heddle_run_progress_show_text (HeddleRunProgress *self, const char *text)
{
  g_return_if_fail (HEDDLE_IS_RUN_PROGRESS (self));
  g_return_if_fail (text != NULL);

  heddle_progress_line_set_fraction (self->bar, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->percent), FALSE);
  set_text (self, text, FALSE);
}
