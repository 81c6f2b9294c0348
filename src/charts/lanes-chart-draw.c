/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the lanes chart draws around its blocks: names, shares, and what is pointed at. */
#include "config.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "base/format.h"
#include "charts/lanes-chart-private.h"
#include "charts/raster.h"

/* the percentages are read, so they stand still for a moment */
#define SHARES_INTERVAL (400 * HEDDLE_MS)
#define LEADING 4 /* less between the two lines of a name: rows are low */

/*
 * The share of the time that is shown, as far as the run lasts, in which the lane's worker had a
 * task: a worker that is not there yet or any more counts as idle. That of the pool is of all
 * workers that were wanted (docs/architecture.md, "What the numbers mean").
 */
static void
update_shares (HeddleLanesChart *self, gint64 now)
{
  gint64 end = MIN (self->chart.drawn_end, heddle_lanes_chart_last_moment (self));
  gint64 begin = self->chart.drawn_begin, slots;
  double sum = 0;

  if (self->chart.redraw.live && self->shares_time != 0 && now >= self->shares_time
      && now - self->shares_time < SHARES_INTERVAL)
    return;

  self->shares_time = now;
  self->n_failed = 0;
  slots = heddle_lane_store_count_slots (self->store, &begin, end);
  for (guint lane = 0; lane < self->names->len; lane++)
    {
      guint64 n_failed;
      double busy;

      self->order.keys[lane] = (HeddleLaneKey) { .busy = -1 };
      if (end <= begin)
        continue;
      busy = (double) heddle_lane_store_sum_tasks (self->store, lane, begin, end, &n_failed);
      self->n_failed += n_failed;
      self->order.keys[lane] = (HeddleLaneKey) { .busy = (float) (busy / (double) (end - begin)),
                                                 .n_failed = n_failed };
      sum += busy;
    }
  self->utilisation = slots > 0 ? MIN (sum / (double) slots, 1) : 0;
}

/* What a screen reader says. */
char *
heddle_lanes_chart_describe (HeddleChart *chart)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (chart);
  g_autofree char *workers =
    g_strdup_printf (ngettext ("%u worker", "%u workers", self->names->len), self->names->len);
  g_autofree char *failed = g_strdup_printf (
    ngettext ("%u unsuccessful task", "%u unsuccessful tasks", (gulong) self->n_failed),
    (guint) self->n_failed);

  /* Translators: "4 workers", utilisation in percent, "2 tasks did not end well" */
  return g_strdup_printf (_("%s, utilisation %d %%, %s"), workers,
                          (int) lround (100 * self->utilisation), failed);
}

static void
draw_name (HeddleLanesChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette, guint lane,
           int y)
{
  const char *name = g_ptr_array_index (self->names, lane);
  gboolean two = self->layout.pitch >= HEDDLE_LANE_PITCH_LINE;
  HeddleTextKind kind = self->layout.pitch >= 20 ? HEDDLE_TEXT_NAME : HEDDLE_TEXT_SMALL;
  char share[32] = "";
  int width, height, small_width = 0, small_height = 0;

  if (two && self->order.keys[lane].busy >= 0)
    {
      g_snprintf (share, sizeof share, "%u\302\240%%",
                  heddle_lane_get_percent (&self->order.keys[lane]));
      heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, share, &small_width,
                             &small_height);
    }
  heddle_text_cache_get (&self->chart.texts, kind, name, &width, &height);
  small_height = small_height > 0 ? small_height - LEADING : 0;
  y += (self->layout.block - height - small_height) / 2;

  if (width > self->name_width)
    gtk_snapshot_push_clip (
      snapshot, &GRAPHENE_RECT_INIT (0, (float) y, (float) self->name_width, (float) height));
  heddle_text_cache_draw (&self->chart.texts, snapshot, kind, name, 0, y, &palette->text);
  if (width > self->name_width)
    gtk_snapshot_pop (snapshot);
  if (share[0] != '\0')
    heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, share, 0,
                            y + height - LEADING, &palette->dim);
}

/* Where the history begins because older spans were given up, -1: not in what is shown. */
static int
given_up_x (HeddleLanesChart *self)
{
  HeddleLaneTotals totals = heddle_lane_store_get_totals (self->store);
  int x = heddle_time_scale_pixel_of (&self->chart.scale, totals.begin);

  return totals.n_given_up > 0 && x < self->chart.scale.n ? x : -1;
}

static void
draw_given_up (HeddleLanesChart *self, HeddleRaster *raster, const HeddlePalette *palette)
{
  int height = MIN (self->layout.view_height, self->layout.content_height);
  int x = given_up_x (self);

  if (x < 0)
    return;

  heddle_raster_rect (raster, (float) self->plot_x, 0, (float) x, (float) height, &palette->grid);
  for (int y = 0; y < height; y += 7)
    heddle_raster_rect (raster, (float) (self->plot_x + x - 1), (float) y, 2,
                        (float) MIN (4, height - y), &palette->dim);
}

static void
draw_given_up_text (HeddleLanesChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette)
{
  const char *text = _("older history was removed");
  int height = MIN (self->layout.view_height, self->layout.content_height);
  int x = given_up_x (self), width, text_height;

  if (x < 0)
    return;

  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, text, &width, &text_height);
  if (width + 12 <= x)
    x -= width + 8;
  else
    {
      x += 6;
      heddle_chart_fill (snapshot, self->plot_x + x - 2, (height - text_height) / 2, width + 4,
                         text_height, &palette->base);
    }
  heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, text, self->plot_x + x,
                          (height - text_height) / 2, &palette->text);
}

/*
 * The line of those that have no lane of their own. Nothing else stands in it, so its text may go
 * on where blocks are in the others.
 */
static void
draw_gone (HeddleLanesChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette, int y)
{
  g_autofree char *text = g_strdup_printf (
    ngettext ("%u worker that has ended", "%u workers that have ended", self->n_gone),
    self->n_gone);
  int height;

  heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_SMALL, text, NULL, &height);
  heddle_text_cache_draw (&self->chart.texts, snapshot, HEDDLE_TEXT_SMALL, text, 0,
                          y + (self->layout.block - height) / 2, &palette->dim);
}

static void
draw_names (HeddleLanesChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette)
{
  int scroll = heddle_lanes_chart_scrolled (self);
  guint first, n = heddle_lane_layout_visible (&self->layout, scroll, &first);

  for (guint row = first; row < first + n; row++)
    {
      int lane = heddle_lanes_chart_lane_of_row (self, row),
          y = heddle_lane_layout_row_y (&self->layout, row, scroll) + self->layout.inset;

      if (lane >= 0)
        draw_name (self, snapshot, palette, (guint) lane, y);
      else
        draw_gone (self, snapshot, palette, y);
    }
}

/* Draws all but the frame around what the pointer rests on. */
void
heddle_lanes_chart_draw (HeddleChart *chart, GtkSnapshot *snapshot, const HeddlePalette *palette,
                         gint64 now)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (chart);
  HeddleRaster raster;

  heddle_chart_update_scale (chart, now, self->plot_width);

  if (self->store != NULL && self->names->len > 0)
    {
      update_shares (self, now);
      heddle_lanes_chart_sort (self, now);
      gtk_snapshot_push_clip (snapshot,
                              &GRAPHENE_RECT_INIT (0, 0, (float) (self->plot_x + self->plot_width),
                                                   (float) self->layout.view_height));
      draw_names (self, snapshot, palette);
      heddle_lanes_chart_draw_rows (self, &raster, palette, given_up_x (self) < 0);
      draw_given_up (self, &raster, palette);
      heddle_raster_end (&raster, snapshot);
      draw_given_up_text (self, snapshot, palette);
      gtk_snapshot_pop (snapshot);
    }
  heddle_chart_describe (chart, !chart->redraw.live);
  heddle_lanes_chart_update_pointer (self);
}

/* A frame around a task: drawn over the kept content. */
static void
draw_frame (HeddleLanesChart *self, GtkSnapshot *snapshot, guint lane, const HeddleSpan *span,
            const GdkRGBA *colour)
{
  gint64 end = span->state == HEDDLE_TASK_RUNNING
    ? MIN (self->chart.drawn_end, heddle_lanes_chart_last_moment (self))
    : span->end;
  int left = self->plot_x, right = self->plot_x + self->plot_width, from, to, y;

  from = left + heddle_time_scale_pixel_of (&self->chart.scale, span->begin);
  to = left + heddle_time_scale_pixel_of (&self->chart.scale, end);
  if (to < left || from >= right)
    return;
  from = MAX (from, left);
  to = MAX (to - 1, from + 1);
  y = heddle_lanes_chart_lane_y (self, lane) + self->layout.inset;

  heddle_chart_fill (snapshot, from - 2, y - 2, to - from + 4, 2, colour);
  heddle_chart_fill (snapshot, from - 2, y + self->layout.block, to - from + 4, 2, colour);
  heddle_chart_fill (snapshot, from - 2, y, 2, self->layout.block, colour);
  heddle_chart_fill (snapshot, to, y, 2, self->layout.block, colour);
}

/* Where the keys are: a bar left of the lane's name, and a frame around the task. */
static void
draw_cursor (HeddleLanesChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette)
{
  const HeddleLanesMark *cursor = &self->marks.cursor;

  if (cursor->lane < 0)
    return;
  heddle_chart_fill (snapshot, self->plot_x - 6,
                     heddle_lanes_chart_lane_y (self, (guint) cursor->lane) + self->layout.inset, 3,
                     self->layout.block, &palette->shade[0]);
  if (cursor->has_span)
    draw_frame (self, snapshot, (guint) cursor->lane, &cursor->span, &palette->text);
}

void
heddle_lanes_chart_draw_over (HeddleChart *chart, GtkSnapshot *snapshot)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (chart);
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  HeddlePalette palette;

  heddle_palette_init (&palette, GTK_WIDGET (self));
  gtk_snapshot_push_clip (
    snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) self->layout.view_height));
  if (self->pointer.lane >= 0)
    draw_frame (self, snapshot, (guint) self->pointer.lane, &self->pointer.span, &palette.text);
  if (self->marks.selected.lane >= 0 && self->marks.selected.has_span)
    draw_frame (self, snapshot, (guint) self->marks.selected.lane, &self->marks.selected.span,
                &palette.text);
  draw_cursor (self, snapshot, &palette);
  gtk_snapshot_pop (snapshot);
  gtk_widget_snapshot_child (GTK_WIDGET (self), self->scrollbar, snapshot);
}
