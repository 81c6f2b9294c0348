/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "charts/axis.h"
#include "charts/ruler.h"

#define TICK_WIDTH 76
#define HEIGHT 20 /* at least: letters may be larger than they mostly are */
#define GAP 4     /* below the texts */

struct _HeddleRuler {
  HeddleChart chart;

  int plot_x;
  int plot_width;
};

G_DEFINE_FINAL_TYPE (HeddleRuler, heddle_ruler, HEDDLE_TYPE_CHART)

static void
heddle_ruler_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleRuler *self = HEDDLE_RULER (widget);
  int text_height;

  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, "0", NULL, &text_height);
  *minimum = *natural =
    orientation == GTK_ORIENTATION_VERTICAL ? MAX (HEIGHT, text_height + GAP) : 60;
}

/* What the ticks count from, where they do not count from the run's begin: left of the axis. */
static void
draw_base (HeddleRuler *self, GtkSnapshot *snapshot, const HeddlePalette *palette,
           const HeddleAxisLabels *labels)
{
  char text[HEDDLE_FORMAT_SIZE];
  int width;

  if (labels->base == 0)
    return;
  heddle_axis_labels_format_base (labels, text, sizeof text);
  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, text, &width, NULL);
  heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, text,
                          MAX (self->plot_x - width - 8, 0), 0, &palette->text);
}

/* The pixel of the moment that it is, where that is in sight, or -1. */
static int
now_x (HeddleRuler *self)
{
  const HeddleChart *chart = &self->chart;

  if (!chart->redraw.live || chart->drawn_now < chart->drawn_begin
      || chart->drawn_now > chart->drawn_end)
    return -1;
  return MIN (heddle_time_scale_pixel_of (&chart->scale, chart->drawn_now), chart->scale.n - 1);
}

static void
draw_axis (HeddleRuler *self, GtkSnapshot *snapshot, const HeddlePalette *palette)
{
  gint64 begin = heddle_time_scale_begin (&self->chart.scale),
         end = heddle_time_scale_end (&self->chart.scale), origin = self->chart.origin;
  gint64 step = heddle_axis_time_step (end - begin, (guint) MAX (self->plot_width / TICK_WIDTH, 1));
  gint64 times[HEDDLE_AXIS_MAX_TICKS];
  guint n = heddle_axis_time_ticks (begin, end, origin, step, times, G_N_ELEMENTS (times));
  int taken = self->plot_x - 4, now = now_x (self), right = self->plot_x + self->plot_width;
  const char *now_text = C_("axis", "now");
  HeddleAxisLabels labels;
  int width, x;

  heddle_axis_labels_init (&labels, begin - origin, end - origin, step);
  draw_base (self, snapshot, palette, &labels);
  if (now >= 0)
    {
      heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, now_text, &width, NULL);
      now = MIN (self->plot_x + now - width / 2, right - width);
      heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, now_text,
                              MAX (now, self->plot_x), 0, &palette->text);
    }
  for (guint i = 0; i < n; i++)
    {
      char text[HEDDLE_FORMAT_SIZE];

      if (times[i] < origin)
        continue;
      heddle_axis_labels_format (&labels, times[i] - origin, text, sizeof text);
      heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, text, &width, NULL);
      x = self->plot_x + heddle_time_scale_pixel_of (&self->chart.scale, times[i]) - width / 2;
      x = CLAMP (x, self->plot_x, right - width);
      if (x < taken + 4 || (now >= 0 && x + width + 4 > now && x < now + width + 4))
        continue;
      heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, text, x, 0,
                              &palette->dim);
      taken = x + width;
    }
}

static void
draw (HeddleChart *chart, GtkSnapshot *snapshot, const HeddlePalette *palette, gint64 now)
{
  HeddleRuler *self = HEDDLE_RULER (chart);

  heddle_chart_update_scale (chart, now, self->plot_width);
  draw_axis (self, snapshot, palette);
}

static void
draw_over (HeddleChart *chart, GtkSnapshot *snapshot)
{
}

static char *
dup_tip (HeddleChart *chart, int x, int y, GdkRectangle *area)
{
  return NULL;
}

/* It has no data but time. */
static guint64
get_serial (HeddleChart *chart)
{
  return 0;
}

static void
heddle_ruler_class_init (HeddleRulerClass *klass)
{
  HeddleChartClass *chart_class = HEDDLE_CHART_CLASS (klass);

  GTK_WIDGET_CLASS (klass)->measure = heddle_ruler_measure;
  chart_class->draw = draw;
  chart_class->draw_over = draw_over;
  chart_class->dup_tip = dup_tip;
  chart_class->get_serial = get_serial;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "ruler");
  /* what it says is told of each task */
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
heddle_ruler_init (HeddleRuler *self)
{
  self->plot_width = 1;
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
}

/**
 * heddle_ruler_set_plot:
 * @x: where time begins, pixels from the left
 * @width: pixels
 *
 * Puts the ruler above the plots of others. Called by the timeline when it is allocated.
 */
void
heddle_ruler_set_plot (HeddleRuler *self, int x, int width)
{
  g_return_if_fail (HEDDLE_IS_RULER (self));

  self->plot_x = x;
  self->plot_width = MAX (width, 1);
  heddle_chart_invalidate (&self->chart);
}
