/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/format.h"
#include "charts/axis.h"
#include "charts/pulse-layout.h"
#include "charts/pulse-strip.h"
#include "charts/raster.h"

#define BAR 3
#define STEP 4
#define SLOW (16 * HEDDLE_MS)
#define LEAST (50 * HEDDLE_US)  /* heights grow with the logarithm from here ... */
#define MOST (200 * HEDDLE_MS)  /* ... to here */
#define BAR_MIN 2

struct _HeddlePulseStrip {
  HeddleChart chart;

  HeddlePulseReading reading; /* a copy */
};

G_DEFINE_FINAL_TYPE (HeddlePulseStrip, heddle_pulse_strip, HEDDLE_TYPE_CHART)

static int
bar_height (gint64 answer, int height)
{
  double share =
    log ((double) MAX (answer, LEAST) / (double) LEAST) / log ((double) MOST / (double) LEAST);

  return BAR_MIN + (int) lround (MIN (share, 1) * (height - BAR_MIN));
}

static void
draw (HeddleChart *chart, GtkSnapshot *snapshot, const HeddlePalette *palette, gint64 now)
{
  HeddlePulseStrip *self = HEDDLE_PULSE_STRIP (chart);
  GtkWidget *widget = GTK_WIDGET (self);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int right = width; /* of the next bar, the newest first */
  HeddleRaster raster;

  heddle_raster_begin (&raster, 0, 0, width, height, gtk_widget_get_scale_factor (widget));
  for (guint i = self->reading.n_history; i-- > 0 && right > 0;)
    {
      gint64 answer = self->reading.history[i];
      int tall = bar_height (answer, height);
      int wide = STEP * (int) heddle_pulse_layout_steps (&self->reading, i);
      int left = MAX (right - wide + STEP - BAR, 0);
      const GdkRGBA *colour = answer > SLOW ? &palette->slow : &palette->good;

      if (answer > HEDDLE_PULSE_STALL_NS)
        colour = &palette->stuck;
      heddle_raster_rect (&raster, (float) left, (float) (height - tall), (float) (right - left),
                          (float) tall, colour);
      right -= wide;
    }
  heddle_raster_end (&raster, snapshot);
}

static char *
dup_tip (HeddleChart *chart, int x, int y, GdkRectangle *area)
{
  HeddlePulseStrip *self = HEDDLE_PULSE_STRIP (chart);
  int step = (gtk_widget_get_width (GTK_WIDGET (self)) - 1 - x) / STEP;
  int i = step >= 0 ? heddle_pulse_layout_at (&self->reading, (guint) step) : -1;
  char answer[HEDDLE_FORMAT_SIZE];

  if (i < 0)
    return NULL;

  heddle_format_duration (self->reading.history[i], answer, sizeof answer);
  return g_strdup_printf (_("The main loop answered in %s"), answer);
}

static void
heddle_pulse_strip_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 10 * STEP : 14;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 * STEP : 18;
}

static char *
describe (HeddleChart *chart)
{
  HeddlePulseStrip *self = HEDDLE_PULSE_STRIP (chart);
  char last[HEDDLE_FORMAT_SIZE], slow[HEDDLE_FORMAT_SIZE];
  g_autofree char *stalls = g_strdup_printf (
    ngettext ("%u stall", "%u stalls", self->reading.n_stalls), self->reading.n_stalls);

  heddle_format_duration (self->reading.answer_ns, last, sizeof last);
  heddle_format_duration (self->reading.answer_p99_ns, slow, sizeof slow);
  /* Translators: two durations and "2 stalls" */
  return g_strdup_printf (_("last %s, p99 %s, %s"), last, slow, stalls);
}

static void
heddle_pulse_strip_class_init (HeddlePulseStripClass *klass)
{
  HeddleChartClass *chart_class = HEDDLE_CHART_CLASS (klass);

  GTK_WIDGET_CLASS (klass)->measure = heddle_pulse_strip_measure;
  chart_class->draw = draw;
  chart_class->dup_tip = dup_tip;
  chart_class->describe = describe;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "pulsestrip");
}

static void
heddle_pulse_strip_init (HeddlePulseStrip *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Answers of the main loop"), -1);
}

/**
 * heddle_pulse_strip_set_reading:
 * @reading: what the pulse says now; it is copied. The strip redraws only if there are other
 * answers than before.
 */
void
heddle_pulse_strip_set_reading (HeddlePulseStrip *self, const HeddlePulseReading *reading)
{
  gboolean same;

  g_return_if_fail (HEDDLE_IS_PULSE_STRIP (self));
  g_return_if_fail (reading != NULL && reading->n_history <= HEDDLE_PULSE_HISTORY);

  same = reading->n_pings == self->reading.n_pings && reading->n_history == self->reading.n_history
    && memcmp (reading->history, self->reading.history,
               reading->n_history * sizeof reading->history[0])
      == 0;
  self->reading = *reading;
  heddle_chart_describe (&self->chart, FALSE);
  if (!same)
    heddle_chart_show_data (&self->chart);
}
