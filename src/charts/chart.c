/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "charts/axis.h"
#include "charts/chart.h"

G_DEFINE_ABSTRACT_TYPE (HeddleChart, heddle_chart, GTK_TYPE_WIDGET)

static void
draw (HeddleChart *self, GtkSnapshot *snapshot, gint64 now)
{
  HeddlePalette palette;

  heddle_palette_init (&palette, GTK_WIDGET (self));
  HEDDLE_CHART_GET_CLASS (self)->draw (self, snapshot, &palette, now);
}

/* Over time: draws anew what is kept. */
static void
draw_content (HeddleChart *self)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  self->drawn_serial = HEDDLE_CHART_GET_CLASS (self)->get_serial (self);
  draw (self, snapshot, heddle_redraw_now (&self->redraw));
  self->content = heddle_redraw_take (&self->redraw, snapshot);
  heddle_tip_changed (&self->tip);
}

static void
heddle_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  HeddleChart *self = HEDDLE_CHART (widget);
  HeddleChartClass *klass = HEDDLE_CHART_GET_CLASS (self);
  gboolean keeps = klass->draw_over != NULL;

  if (self->content == NULL)
    {
      heddle_redraw_begin (&self->redraw);
      if (keeps)
        draw_content (self);
      else
        draw (self, snapshot, heddle_redraw_now (&self->redraw));
      heddle_redraw_end (&self->redraw);
    }
  if (!keeps)
    return;
  gtk_snapshot_append_node (snapshot, self->content);
  klass->draw_over (self, snapshot);
}

/* Called by the tick callback, at most as often as the budget allows. */
static gboolean
stale (GtkWidget *widget, gint64 now)
{
  HeddleChart *self = HEDDLE_CHART (widget);
  HeddleChartClass *klass = HEDDLE_CHART_GET_CLASS (self);
  gint64 begin = self->drawn_begin, end = self->drawn_end;
  gboolean moved;

  if (klass->refresh != NULL)
    klass->refresh (self, now);
  if (self->window != NULL)
    heddle_time_window_get_range (self->window, now, &begin, &end);
  moved = fabs ((double) (end - self->drawn_end)) >= self->scale.ns
          || fabs ((double) (begin - self->drawn_begin)) >= self->scale.ns
          || (now < end && (double) (now - self->drawn_now) >= self->scale.ns);
  if (self->content != NULL && !moved && klass->get_serial (self) == self->drawn_serial)
    return FALSE;

  g_clear_pointer (&self->content, gsk_render_node_unref);
  return TRUE;
}

static void
refresh (HeddleChart *self)
{
  HeddleChartClass *klass = HEDDLE_CHART_GET_CLASS (self);

  if (klass->refresh != NULL)
    klass->refresh (self, heddle_redraw_now (&self->redraw));
  heddle_chart_invalidate (self);
}

static void
set_hover (HeddleChart *self, int hover)
{
  if (self->hover == hover)
    return;
  self->hover = hover;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, HeddleChart *self)
{
  HeddleChartClass *klass = HEDDLE_CHART_GET_CLASS (self);

  if (klass->find != NULL)
    set_hover (self, klass->find (self, x, y));
}

static void
pointer_left (GtkEventControllerMotion *motion, HeddleChart *self)
{
  set_hover (self, -1);
}

static gboolean
heddle_chart_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  HeddleChart *self = HEDDLE_CHART (widget);
  GdkRectangle area = { 0 };
  g_autofree char *text =
      keyboard ? NULL : HEDDLE_CHART_GET_CLASS (self)->dup_tip (self, x, y, &area);

  return heddle_tip_show (&self->tip, tooltip, x, y, text, area.width > 0 ? &area : NULL);
}

/* Of the charts that stand side by side in cards. */
static void
heddle_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : 32;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 92;
}

static void
heddle_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  g_clear_pointer (&HEDDLE_CHART (widget)->content, gsk_render_node_unref);
}

static void
heddle_chart_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (heddle_chart_parent_class)->map (widget);
  refresh (HEDDLE_CHART (widget));
  heddle_redraw_set_mapped (&HEDDLE_CHART (widget)->redraw, TRUE);
}

static void
heddle_chart_unmap (GtkWidget *widget)
{
  heddle_redraw_set_mapped (&HEDDLE_CHART (widget)->redraw, FALSE);
  GTK_WIDGET_CLASS (heddle_chart_parent_class)->unmap (widget);
}

/* The colours may be others, and the letters. */
static void
style_changed (HeddleChart *self)
{
  HeddleChartClass *klass = HEDDLE_CHART_GET_CLASS (self);

  heddle_text_cache_clear (&self->texts);
  if (klass->measure_texts != NULL)
    klass->measure_texts (self);
  heddle_chart_invalidate (self);
}

static void
heddle_chart_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (heddle_chart_parent_class)->css_changed (widget, change);
  style_changed (HEDDLE_CHART (widget));
}

static void
heddle_chart_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (heddle_chart_parent_class)->system_setting_changed (widget, setting);
  style_changed (HEDDLE_CHART (widget));
}

static void
heddle_chart_dispose (GObject *object)
{
  HeddleChart *self = HEDDLE_CHART (object);

  heddle_redraw_set_live (&self->redraw, FALSE);
  heddle_chart_set_window (self, NULL);
  G_OBJECT_CLASS (heddle_chart_parent_class)->dispose (object);
}

static void
heddle_chart_finalize (GObject *object)
{
  HeddleChart *self = HEDDLE_CHART (object);

  g_clear_pointer (&self->content, gsk_render_node_unref);
  heddle_text_cache_clear (&self->texts);
  G_OBJECT_CLASS (heddle_chart_parent_class)->finalize (object);
}

static void
heddle_chart_class_init (HeddleChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_chart_dispose;
  G_OBJECT_CLASS (klass)->finalize = heddle_chart_finalize;
  widget_class->measure = heddle_chart_measure;
  widget_class->size_allocate = heddle_chart_size_allocate;
  widget_class->snapshot = heddle_chart_snapshot;
  widget_class->map = heddle_chart_map;
  widget_class->unmap = heddle_chart_unmap;
  widget_class->query_tooltip = heddle_chart_query_tooltip;
  widget_class->css_changed = heddle_chart_css_changed;
  widget_class->system_setting_changed = heddle_chart_system_setting_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
heddle_chart_init (HeddleChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->hover = -1;
  heddle_palette_install (widget);
  heddle_text_cache_init (&self->texts, widget);
  heddle_redraw_init (&self->redraw, widget, stale);
  heddle_tip_init (&self->tip, widget);
  g_signal_connect (motion, "enter", G_CALLBACK (pointer_moved), self);
  g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), self);
  g_signal_connect (motion, "leave", G_CALLBACK (pointer_left), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_set_has_tooltip (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
}

/**
 * heddle_chart_set_window:
 * @self: a chart over time
 * @window: (nullable): which stretch of time to show; the chart takes a reference
 */
void
heddle_chart_set_window (HeddleChart *self, HeddleTimeWindow *window)
{
  g_return_if_fail (HEDDLE_IS_CHART (self));

  if (self->window == window)
    return;

  if (self->window != NULL)
    g_clear_signal_handler (&self->window_handler, self->window);
  g_set_object (&self->window, window);
  if (window != NULL)
    self->window_handler = g_signal_connect_swapped (window, "changed", G_CALLBACK (refresh), self);
  heddle_chart_invalidate (self);
}

/**
 * heddle_chart_set_live:
 * @self: a chart over time
 * @live: whether time goes on: then the chart redraws itself while it is mapped
 */
void
heddle_chart_set_live (HeddleChart *self, gboolean live)
{
  g_return_if_fail (HEDDLE_IS_CHART (self));

  if (self->redraw.live == !!live)
    return;
  heddle_redraw_set_live (&self->redraw, live);
  refresh (self);
}

/* What is drawn no longer is what there is. */
void
heddle_chart_invalidate (HeddleChart *self)
{
  g_clear_pointer (&self->content, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Not over time: it has been given other data, which its tip may have to tell of. */
void
heddle_chart_show_data (HeddleChart *self)
{
  heddle_chart_invalidate (self);
  heddle_tip_changed (&self->tip);
}

/**
 * heddle_chart_update_scale:
 * @self: a chart over time
 * @now: the moment to draw
 * @width: pixels for the stretch that is shown
 *
 * Finds out what is shown now. Called by draw() first of all.
 */
void
heddle_chart_update_scale (HeddleChart *self, gint64 now, int width)
{
  self->drawn_now = now;
  self->drawn_begin = now - 10 * HEDDLE_S;
  self->drawn_end = self->origin = now;
  if (self->window != NULL)
    {
      heddle_time_window_get_range (self->window, now, &self->drawn_begin, &self->drawn_end);
      self->origin = heddle_time_window_get_origin (self->window, now);
    }
  heddle_time_scale_init (&self->scale, self->drawn_begin, self->drawn_end, MAX (width, 1));
}

/**
 * heddle_chart_describe:
 * @at_once: whether the last description may be younger than a second
 *
 * Tells screen readers what is shown.
 */
void
heddle_chart_describe (HeddleChart *self, gboolean at_once)
{
  g_autofree char *text = NULL;
  gint64 now = heddle_redraw_now (&self->redraw);

  if (!at_once && self->described != 0 && now >= self->described
      && now - self->described < HEDDLE_S)
    return;
  self->described = now;
  text = HEDDLE_CHART_GET_CLASS (self)->describe (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

/* Draws a rectangle, or nothing where it has no size. For the few: many go into a raster. */
void
heddle_chart_fill (GtkSnapshot *snapshot, int x, int y, int width, int height,
                   const GdkRGBA *colour)
{
  if (width > 0 && height > 0)
    gtk_snapshot_append_color (
      snapshot, colour, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}
