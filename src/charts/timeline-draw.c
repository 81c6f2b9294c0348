/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the timeline draws over its charts: the selected stretch, and the cross at the pointer. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/format.h"
#include "charts/axis.h"
#include "charts/timeline-private.h"

#define MOST_PAUSES 256 /* in sight at once: each takes somebody a click */

static int
bottom (HeddleTimeline *self)
{
  return heddle_timeline_layout_row_y (&self->layout, self->layout.n_rows);
}

/* A text on ground of its own, which covers what lies below. */
static void
draw_text (HeddleChart *chart, GtkSnapshot *snapshot, const HeddlePalette *palette,
           const char *text, int x, int y, const GdkRGBA *colour)
{
  int width, height;

  heddle_text_cache_get (&chart->texts, HEDDLE_TEXT_SMALL, text, &width, &height);
  heddle_chart_fill (snapshot, x - 3, y, width + 6, height, &palette->base);
  heddle_text_cache_draw (&chart->texts, snapshot, HEDDLE_TEXT_SMALL, text, x, y, colour);
}

/* A shade over all rows, and at its head what it is where there is room for that. */
static void
draw_pause (HeddleTimeline *self, GtkSnapshot *snapshot, const HeddlePalette *palette,
            const HeddleTimelinePause *pause)
{
  HeddleChart *chart = HEDDLE_CHART (self->lanes);
  gint64 end = pause->end != 0 ? pause->end : chart->drawn_now;
  GdkRGBA ground = heddle_palette_fade (&palette->text, 0.08f);
  int left, width, from, to, text_width;

  heddle_lanes_chart_get_plot (self->lanes, &left, &width);
  from = heddle_time_scale_pixel_of (&chart->scale, MAX (pause->begin, chart->drawn_begin));
  to = heddle_time_scale_pixel_of (&chart->scale, MIN (end, chart->drawn_end));
  from = CLAMP (from, 0, width);
  to = CLAMP (MAX (to, from + 1), 0, width);
  heddle_chart_fill (snapshot, left + from, self->layout.ruler, to - from,
                     bottom (self) - self->layout.ruler, &ground);
  heddle_text_cache_get (&chart->texts, HEDDLE_TEXT_SMALL, _("paused"), &text_width, NULL);
  if (text_width + 8 <= to - from)
    heddle_text_cache_draw (&chart->texts, snapshot, HEDDLE_TEXT_SMALL, _("paused"),
                            left + from + (to - from - text_width) / 2, self->layout.ruler + 2,
                            &palette->dim);
}

static void
draw_pauses (HeddleTimeline *self, GtkSnapshot *snapshot)
{
  HeddleChart *chart = HEDDLE_CHART (self->lanes);
  HeddleTimelinePause pauses[MOST_PAUSES];
  HeddlePalette palette;
  guint n = 0;

  if (self->pauses.func != NULL)
    n = self->pauses.func (self->pauses.data, chart->drawn_begin, chart->drawn_end, pauses,
                           MOST_PAUSES);
  if (n == 0)
    return;
  heddle_palette_init (&palette, GTK_WIDGET (self->lanes));
  for (guint i = 0; i < n; i++)
    draw_pause (self, snapshot, &palette, &pauses[i]);
}

static void
draw_selection (HeddleTimeline *self, GtkSnapshot *snapshot, const HeddlePalette *palette)
{
  HeddleChart *chart = HEDDLE_CHART (self->lanes);
  int left, width, from, to, top = self->layout.ruler;
  GdkRGBA ground = heddle_palette_fade (&palette->shade[0], 0.12f);
  char length[HEDDLE_FORMAT_SIZE];
  g_autofree char *text = NULL;
  int text_width, text_height;

  if (self->end <= self->begin || self->end <= heddle_time_scale_begin (&chart->scale)
      || self->begin >= heddle_time_scale_end (&chart->scale))
    return;
  heddle_lanes_chart_get_plot (self->lanes, &left, &width);
  from = heddle_time_scale_pixel_of (&chart->scale, self->begin);
  to = MAX (heddle_time_scale_pixel_of (&chart->scale, self->end), from + 1);

  heddle_chart_fill (snapshot, left + MAX (from, 0), top, MIN (to, width) - MAX (from, 0),
                     bottom (self) - top, &ground);
  if (from >= 0)
    heddle_chart_fill (snapshot, left + from, top, 1, bottom (self) - top, &palette->shade[0]);
  if (to <= width)
    heddle_chart_fill (snapshot, left + to - 1, top, 1, bottom (self) - top, &palette->shade[0]);

  heddle_format_duration (self->end - self->begin, length, sizeof length);
  text = g_strdup_printf (_("%s selected"), length);
  heddle_text_cache_get (&chart->texts, HEDDLE_TEXT_SMALL, text, &text_width, &text_height);
  draw_text (chart, snapshot, palette, text,
             CLAMP (left + MAX (from, 0) + 6, left + 3, MAX (left + width - text_width - 3, left)),
             bottom (self) - text_height - 2, &palette->text);
}

/* A dotted line through all rows, and its moment in the ruler. */
static void
draw_cross (HeddleTimeline *self, GtkSnapshot *snapshot, const HeddlePalette *palette)
{
  HeddleChart *chart = HEDDLE_CHART (self->lanes);
  int left, width, x = (int) self->pointer.x, text_width,
      top = self->layout.ruler;
  gint64 offset = heddle_timeline_time_at (self, x) - chart->origin;
  char text[HEDDLE_FORMAT_SIZE];

  if (!heddle_timeline_in_plot (self, x))
    return;
  heddle_lanes_chart_get_plot (self->lanes, &left, &width);
  for (int y = top; y < bottom (self); y += 5)
    heddle_chart_fill (snapshot, x, y, 1, 3, &palette->text);
  if (offset < 0)
    return;
  heddle_axis_time_label (offset, MAX (heddle_axis_time_step ((gint64) chart->scale.ns, 1), 1),
                          chart->drawn_end - chart->origin, text, sizeof text);
  heddle_text_cache_get (&chart->texts, HEDDLE_TEXT_SMALL, text, &text_width, NULL);
  draw_text (chart, snapshot, palette, text,
             CLAMP (x - text_width / 2, left, MAX (left + width - text_width, left)), 0,
             &palette->text);
}

void
heddle_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  HeddleTimeline *self = HEDDLE_TIMELINE (widget);
  HeddlePalette palette;

  gtk_widget_snapshot_child (widget, GTK_WIDGET (self->ruler), snapshot);
  gtk_widget_snapshot_child (widget, GTK_WIDGET (self->lanes), snapshot);
  for (guint i = 0; i < self->n_rows; i++)
    gtk_widget_snapshot_child (widget, GTK_WIDGET (self->rows[i]), snapshot);
  draw_pauses (self, snapshot);
  if (self->end <= self->begin && self->pointer.x < 0)
    return;
  heddle_palette_init (&palette, GTK_WIDGET (self->lanes));
  draw_selection (self, snapshot, &palette);
  if (self->pointer.x >= 0)
    draw_cross (self, snapshot, &palette);
}
