/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/format.h"
#include "charts/axis.h"
#include "charts/histogram-chart.h"

#define MAX_BARS 24
#define FEW_BARS 12     /* fewer bars than that do not get wider */
#define EVEN_BELOW 16   /* nanoseconds: buckets below are one wide each */
#define BAR_MIN 2       /* height of a bar that counts anything */
#define AXIS_HEIGHT 16  /* at least; letters may be larger */
#define AXIS_GAP 2      /* above its texts */
#define TICK_WIDTH 40   /* for its text */
#define KIND_STEP 8     /* between places that are tried for what kind of axis it is */
#define MAX_TICKS 16
#define AXIS_FROM 64    /* height from which the axis has room */

struct _HeddleHistogramChart {
  HeddleChart chart;

  HeddleHistogram histogram; /* a copy */
  gint64 bounds[MAX_BARS + 1];
  guint64 counts[MAX_BARS];
  guint n_bars;
  guint64 highest;
  double begin, end; /* of the axis, as on_axis() has it */
};

G_DEFINE_FINAL_TYPE (HeddleHistogramChart, heddle_histogram_chart, HEDDLE_TYPE_CHART)

/* The axis: logarithmic, and even below the least times that have a power of two to themselves. */
static double
on_axis (gint64 time)
{
  return time < EVEN_BELOW ? (double) time / EVEN_BELOW : 1 + log2 ((double) time / EVEN_BELOW);
}

/* Pixels from the left. Buckets are even steps in each power of two, so bars are not of one width
 * where a place is to say a time. */
static int
x_on_axis (HeddleHistogramChart *self, double place)
{
  int room = gtk_widget_get_width (GTK_WIDGET (self));
  int used = room * (int) self->n_bars / (int) MAX (self->n_bars, FEW_BARS);

  return (room - used) / 2
         + (int) lround ((place - self->begin) / (self->end - self->begin) * used);
}

/* Where bar @i stands; a gap of a pixel or two follows it where there is room. */
static void
place_bar (HeddleHistogramChart *self, guint i, int *x, int *width)
{
  gboolean is_last = i + 1 >= self->n_bars;
  int slot;

  *x = x_on_axis (self, on_axis (self->bounds[i]));
  slot = MAX (x_on_axis (self, is_last ? self->end : on_axis (self->bounds[i + 1])) - *x, 1);
  *width = slot > 6 ? slot - 2 : slot > 2 ? slot - 1 : slot;
}

/* The axis takes what its letters need: the whole height is given, as in the cards beside it, so
 * what it takes is the bars' loss. */
static int
plot_height (HeddleHistogramChart *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self)), text_height;

  if (height < AXIS_FROM)
    return height;
  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, "0", NULL, &text_height);
  return height - MAX (AXIS_HEIGHT, text_height + AXIS_GAP);
}

static int
bar_at (HeddleHistogramChart *self, double at)
{
  for (guint i = 0; i < self->n_bars; i++)
    {
      int x, width;

      place_bar (self, i, &x, &width);
      if (at >= x && at < x + width + 2)
        return (int) i;
    }

  return -1;
}

/* Whether the last bar is of all that lies far above the others, and so wider than they are. */
static gboolean
ends_in_stragglers (HeddleHistogramChart *self)
{
  guint n = self->n_bars;
  guint second, last, end;

  if (n < 2)
    return FALSE;
  second = heddle_histogram_bucket_of (self->bounds[1]);
  last = heddle_histogram_bucket_of (self->bounds[n - 1]);
  end = heddle_histogram_bucket_of (self->bounds[n] - 1) + 1;
  return end - last > second - heddle_histogram_bucket_of (self->bounds[0]);
}

/* How far the last bar reaches, where it is of more than the others. Returns where that begins. */
static int
draw_end (HeddleHistogramChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette, int y)
{
  char length[HEDDLE_FORMAT_SIZE];
  g_autofree char *text = NULL;
  int x, width, text_width;

  heddle_format_duration (self->histogram.max, length, sizeof length);
  /* Translators: the last bar of a histogram holds all that took up to so long */
  text = g_strdup_printf (_("to %s"), length);
  place_bar (self, self->n_bars - 1, &x, &width);
  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, text, &text_width, NULL);
  x = MAX (x + width - text_width, 0);
  heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, text, x, y,
                          &palette->dim);
  return x;
}

static void
draw_axis (HeddleHistogramChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette, int y)
{
  gboolean stragglers = ends_in_stragglers (self);
  int room = gtk_widget_get_width (GTK_WIDGET (self)), taken = 0;
  guint max = CLAMP (room / TICK_WIDTH, 2, MAX_TICKS), n;
  gint64 end = self->bounds[self->n_bars - (stragglers ? 1 : 0)], times[MAX_TICKS], step;

  if (stragglers)
    room = draw_end (self, snapshot, palette, y) - 8;
  n = heddle_axis_round_times (self->bounds[0], end, max, times, &step);
  for (guint i = 0; i < n; i++)
    {
      char text[HEDDLE_FORMAT_SIZE];
      gint64 time = times[i], reach = step > 0 ? times[n - 1] : time;
      int x = x_on_axis (self, on_axis (time)), width;

      heddle_axis_time_label (time, step > 0 ? step : MAX (time, 1), reach, text, sizeof text);
      heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, text, &width, NULL);
      x = CLAMP (x - width / 2, 0, MAX (room - width, 0));
      if (x < taken || x + width > room)
        continue;
      heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, text, x, y,
                              &palette->dim);
      taken = x + width + 6;
    }
}

/* How high the bars reach between two places. */
static int
highest_between (HeddleHistogramChart *self, int from, int to, int height)
{
  guint64 highest = 0;

  for (guint i = 0; i < self->n_bars; i++)
    {
      int x, width;

      place_bar (self, i, &x, &width);
      if (x < to && x + width > from)
        highest = MAX (highest, self->counts[i]);
    }
  return (int) ((double) highest / (double) self->highest * height);
}

/* Writes "logarithmic" above the bars, as far to the right as they leave room. */
static void
draw_kind (HeddleHistogramChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette,
           int height)
{
  const char *text = _("logarithmic");
  int x, width, text_height;

  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, text, &width, &text_height);
  for (x = gtk_widget_get_width (GTK_WIDGET (self)) - width; x >= 0; x -= KIND_STEP)
    if (highest_between (self, x - 4, x + width + 4, height) + text_height + 4 <= height)
      {
        heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, text, x, 0,
                                &palette->dim);
        return;
      }
}

static void
draw (HeddleChart *chart, GtkSnapshot *snapshot, const HeddlePalette *palette, gint64 now)
{
  HeddleHistogramChart *self = HEDDLE_HISTOGRAM_CHART (chart);
  GtkWidget *widget = GTK_WIDGET (self);
  int width = gtk_widget_get_width (widget), height = plot_height (self);
  GdkRGBA colour = heddle_palette_fade (&palette->text, 0.85f);

  heddle_chart_fill (snapshot, 0, height - 1, width, 1, &palette->grid);

  for (guint i = 0; i < self->n_bars; i++)
    {
      const GdkRGBA *ink = (int) i == chart->hover ? &palette->text : &colour;
      int x, bar_width, bar_height;

      if (self->counts[i] == 0)
        continue;
      place_bar (self, i, &x, &bar_width);
      bar_height = MAX (
        (int) lround ((double) self->counts[i] / (double) self->highest * (height - 1)), BAR_MIN);
      /* the upper corners are left out, as on the lanes' blocks */
      heddle_chart_fill (snapshot, x + 1, height - bar_height, bar_width - 2, 1, ink);
      heddle_chart_fill (snapshot, x, height - bar_height + (bar_width > 2), bar_width,
                         bar_height - (bar_width > 2), ink);
    }
  if (self->n_bars > 0 && height < gtk_widget_get_height (widget))
    {
      draw_axis (self, snapshot, palette, height + AXIS_GAP);
      draw_kind (self, snapshot, palette, height);
    }
}

static int
find_bar (HeddleChart *chart, double x, double y)
{
  return bar_at (HEDDLE_HISTOGRAM_CHART (chart), x);
}

static char *
dup_tip (HeddleChart *chart, int x, int y, GdkRectangle *area)
{
  HeddleHistogramChart *self = HEDDLE_HISTOGRAM_CHART (chart);
  char range[2 * HEDDLE_FORMAT_SIZE], count[HEDDLE_FORMAT_SIZE];
  int bar = bar_at (self, x);

  if (bar < 0)
    return NULL;

  place_bar (self, (guint) bar, &area->x, &area->width);
  area->height = gtk_widget_get_height (GTK_WIDGET (self));

  heddle_format_duration_range (self->bounds[bar], self->bounds[bar + 1], range, sizeof range);
  heddle_format_count (self->counts[bar], count, sizeof count);
  /* Translators: a range of durations and a number, as "0.6 to 0.8 ms: 1 204 tasks" */
  return g_strdup_printf (ngettext ("%s: %s task", "%s: %s tasks", (gulong) self->counts[bar]),
                          range, count);
}

static char *
describe (HeddleChart *chart)
{
  HeddleHistogramChart *self = HEDDLE_HISTOGRAM_CHART (chart);
  char range[2 * HEDDLE_FORMAT_SIZE + 8], median[HEDDLE_FORMAT_SIZE], slow[HEDDLE_FORMAT_SIZE];

  if (self->histogram.count == 0)
    return g_strdup (_("nothing measured yet"));
  heddle_format_duration (heddle_histogram_quantile (&self->histogram, 0.5), median, sizeof median);
  heddle_format_duration (heddle_histogram_quantile (&self->histogram, 0.99), slow, sizeof slow);
  if (self->histogram.min < self->histogram.max)
    heddle_format_duration_range (self->histogram.min, self->histogram.max, range, sizeof range);
  else
    heddle_format_duration (self->histogram.min, range, sizeof range);
  /* Translators: the least and the greatest duration, median and 99th percentile */
  return g_strdup_printf (_("%s, p50 %s, p99 %s, on a logarithmic axis"), range, median, slow);
}

static void
heddle_histogram_chart_class_init (HeddleHistogramChartClass *klass)
{
  HeddleChartClass *chart_class = HEDDLE_CHART_CLASS (klass);

  chart_class->draw = draw;
  chart_class->find = find_bar;
  chart_class->dup_tip = dup_tip;
  chart_class->describe = describe;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "histogramchart");
}

static void
heddle_histogram_chart_init (HeddleHistogramChart *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Task times"), -1);
}

/* A last bar of stragglers is as wide as the others are on average. */
static void
update_axis (HeddleHistogramChart *self)
{
  guint n = self->n_bars;

  if (n == 0)
    return;
  self->begin = on_axis (self->bounds[0]);
  self->end = on_axis (self->bounds[n]);
  if (ends_in_stragglers (self))
    {
      double last = on_axis (self->bounds[n - 1]);

      self->end = last + (last - self->begin) / (n - 1);
    }
}

/**
 * heddle_histogram_chart_set_histogram:
 * @histogram: (nullable): what to show; it is copied. The chart redraws only if the bars are others
 * than before.
 */
void
heddle_histogram_chart_set_histogram (HeddleHistogramChart *self, const HeddleHistogram *histogram)
{
  g_return_if_fail (HEDDLE_IS_HISTOGRAM_CHART (self));

  if (histogram != NULL && histogram->count == self->histogram.count
      && histogram->sum == self->histogram.sum && histogram->min == self->histogram.min
      && histogram->max == self->histogram.max)
    return;

  if (histogram != NULL)
    self->histogram = *histogram;
  else
    heddle_histogram_clear (&self->histogram);

  self->n_bars = self->histogram.count > 0
    ? heddle_histogram_bars (&self->histogram, MAX_BARS, self->bounds, self->counts)
    : 0;
  update_axis (self);
  self->highest = 1;
  for (guint i = 0; i < self->n_bars; i++)
    self->highest = MAX (self->highest, self->counts[i]);
  heddle_chart_describe (&self->chart, self->histogram.count == 0);
  heddle_chart_show_data (&self->chart);
}
