/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "charts/axis.h"
#include "charts/charts.h"
#include "charts/palette.h"
#include "charts/pulse-layout.h"
#include "charts/raster.h"
#include "charts/redraw.h"
#include "charts/tip.h"

#define BAR 3
#define STEP 4
#define SLOW (16 * HEDDLE_MS)
#define LEAST (50 * HEDDLE_US)  /* heights grow with the logarithm from here ... */
#define MOST (200 * HEDDLE_MS)  /* ... to here */
#define BAR_MIN 2

struct _HeddlePulseStrip {
  GtkWidget parent_instance;

  HeddlePulseReading reading; /* a copy */
  gint64 described;
  HeddleRedraw redraw;
  HeddleTip tip;
};

G_DEFINE_FINAL_TYPE (HeddlePulseStrip, heddle_pulse_strip, GTK_TYPE_WIDGET)

static int
bar_height (gint64 answer,
            int    height)
{
  double share = log ((double) MAX (answer, LEAST) / (double) LEAST) / log ((double) MOST / (double) LEAST);

  return BAR_MIN + (int) lround (MIN (share, 1) * (height - BAR_MIN));
}

static void
heddle_pulse_strip_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  HeddlePulseStrip *self = HEDDLE_PULSE_STRIP (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int right = width; /* of the next bar, the newest first */
  HeddlePalette palette;
  HeddleRaster raster;

  heddle_redraw_begin (&self->redraw);
  heddle_palette_init (&palette, widget);
  heddle_raster_begin (&raster, 0, 0, width, height, gtk_widget_get_scale_factor (widget));
  for (guint i = self->reading.n_history; i-- > 0 && right > 0;)
    {
      gint64 answer = self->reading.history[i];
      int tall = bar_height (answer, height);
      int wide = STEP * (int) heddle_pulse_layout_steps (&self->reading, i);
      int left = MAX (right - wide + STEP - BAR, 0);
      const GdkRGBA *colour = answer > HEDDLE_PULSE_STALL_NS ? &palette.stuck : answer > SLOW ? &palette.slow : &palette.good;

      heddle_raster_rect (&raster, (float) left, (float) (height - tall), (float) (right - left), (float) tall, colour);
      right -= wide;
    }
  heddle_raster_end (&raster, snapshot);
  heddle_redraw_end (&self->redraw);
}

static gboolean
heddle_pulse_strip_query_tooltip (GtkWidget  *widget,
                                  int         x,
                                  int         y,
                                  gboolean    keyboard,
                                  GtkTooltip *tooltip)
{
  HeddlePulseStrip *self = HEDDLE_PULSE_STRIP (widget);
  int step = (gtk_widget_get_width (widget) - 1 - x) / STEP;
  int i = step >= 0 ? heddle_pulse_layout_at (&self->reading, (guint) step) : -1;
  char answer[HEDDLE_AXIS_TEXT];
  g_autofree char *text = NULL;

  if (keyboard || i < 0)
    return FALSE;

  heddle_axis_format_duration (self->reading.history[i], answer, sizeof answer);
  text = g_strdup_printf (_("The main loop answered in %s"), answer);
  return heddle_tip_tell (&self->tip, tooltip, x, y, text, NULL);
}

static void
heddle_pulse_strip_measure (GtkWidget      *widget,
                            GtkOrientation  orientation,
                            int             for_size,
                            int            *minimum,
                            int            *natural,
                            int            *minimum_baseline,
                            int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 10 * STEP : 14;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 * STEP : 18;
}

static void
heddle_pulse_strip_css_changed (GtkWidget         *widget,
                                GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (heddle_pulse_strip_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
heddle_pulse_strip_class_init (HeddlePulseStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = heddle_pulse_strip_measure;
  widget_class->snapshot = heddle_pulse_strip_snapshot;
  widget_class->css_changed = heddle_pulse_strip_css_changed;
  widget_class->query_tooltip = heddle_pulse_strip_query_tooltip;

  gtk_widget_class_set_css_name (widget_class, "pulsestrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
heddle_pulse_strip_init (HeddlePulseStrip *self)
{
  heddle_redraw_init (&self->redraw, GTK_WIDGET (self), NULL); /* redrawn when it is given another reading, never by a tick */
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  heddle_tip_init (&self->tip, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Answers of the main loop"), -1);
}

static void
describe (HeddlePulseStrip *self)
{
  char last[HEDDLE_AXIS_TEXT], slow[HEDDLE_AXIS_TEXT];
  g_autofree char *stalls = NULL, *text = NULL;
  gint64 now = g_get_monotonic_time ();

  if (self->described != 0 && now - self->described < G_USEC_PER_SEC)
    return;

  self->described = now;
  heddle_axis_format_duration (self->reading.answer_ns, last, sizeof last);
  heddle_axis_format_duration (self->reading.answer_p99_ns, slow, sizeof slow);
  stalls = g_strdup_printf (ngettext ("%u stall", "%u stalls", self->reading.n_stalls), self->reading.n_stalls);
  /* Translators: two durations and "2 stalls" */
  text = g_strdup_printf (_("last %s, p99 %s, %s"), last, slow, stalls);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/**
 * heddle_pulse_strip_new:
 *
 * Returns: (transfer floating): a strip that shows nothing yet
 */
GtkWidget *
heddle_pulse_strip_new (void)
{
  return g_object_new (HEDDLE_TYPE_PULSE_STRIP, NULL);
}

/**
 * heddle_pulse_strip_set_reading:
 * @self: a pulse strip
 * @reading: what the pulse says now; it is copied. The strip redraws only if there are other answers than before.
 */
void
heddle_pulse_strip_set_reading (HeddlePulseStrip         *self,
                                const HeddlePulseReading *reading)
{
  gboolean same;

  g_return_if_fail (HEDDLE_IS_PULSE_STRIP (self));
  g_return_if_fail (reading != NULL && reading->n_history <= HEDDLE_PULSE_HISTORY);

  same = reading->n_pings == self->reading.n_pings && reading->n_history == self->reading.n_history
         && memcmp (reading->history, self->reading.history, reading->n_history * sizeof reading->history[0]) == 0;
  self->reading = *reading;
  describe (self);
  if (same)
    return;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  heddle_tip_changed (&self->tip);
}
