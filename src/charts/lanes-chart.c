/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lanes chart: a row for every worker, a block for every task, time from left to right.
 *
 * Goal: as fast with ten million spans as with a hundred. So the store is asked for spans only
 * where few of them share a pixel, and for cells otherwise; only rows that are seen are asked for
 * at all. What was drawn is kept as a render node: pointing at a block draws a frame over it and
 * asks nobody. Time runs from left to right in every language, as clocks' diagrams do.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "charts/lanes-chart-private.h"

G_DEFINE_FINAL_TYPE (HeddleLanesChart, heddle_lanes_chart, HEDDLE_TYPE_CHART)

#define NAME_WIDTH_MIN 118 /* the rows below have names, too */
#define NAME_WIDTH_MAX 160
#define NAME_GAP 14

/* Learns of lanes that came. Names never change, lanes never go. */
static void
refresh_lanes (HeddleLanesChart *self)
{
  guint n = self->store != NULL ? heddle_lane_store_get_totals (self->store).n_lanes : 0;
  int width;

  if (n == self->names->len)
    return;

  if (n < self->names->len)
    g_ptr_array_set_size (self->names, 0);
  for (guint lane = self->names->len; lane < n; lane++)
    g_ptr_array_add (self->names, heddle_lane_store_dup_name (self->store, lane));

  heddle_lanes_chart_resize_keys (self, n);

  self->name_width = NAME_WIDTH_MIN;
  for (guint lane = 0, longest = 0; lane < n; lane++)
    {
      const char *name = g_ptr_array_index (self->names, lane);

      /* the longest in letters is the widest, or nearly; laying out a thousand names would be
       * felt */
      if ((guint) g_utf8_strlen (name, -1) < longest)
        continue;
      if ((guint) g_utf8_strlen (name, -1) == longest && lane > NAME_WIDTH_MIN)
        continue;
      longest = (guint) g_utf8_strlen (name, -1);
      heddle_text_cache_get (&self->chart.texts, HEDDLE_TEXT_NAME, name, &width, NULL);
      self->name_width = CLAMP (width, self->name_width, NAME_WIDTH_MAX);
    }
  heddle_lanes_chart_fold (self, heddle_redraw_now (&self->chart.redraw));
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* Lays out rows, scrollbar and plot in the size the widget has. */
static void
place (HeddleLanesChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int bar = 0;

  heddle_lane_layout_init (&self->layout, heddle_lanes_chart_count_rows (self), height);
  if (self->layout.content_height > self->layout.view_height)
    gtk_widget_measure (self->scrollbar, GTK_ORIENTATION_HORIZONTAL, -1, &bar, NULL, NULL, NULL);

  gtk_widget_set_child_visible (self->scrollbar, bar > 0);
  gtk_adjustment_configure (
    self->scroll,
    MIN (gtk_adjustment_get_value (self->scroll),
         MAX (self->layout.content_height - self->layout.view_height, 0)),
    0, MAX (self->layout.content_height, self->layout.view_height), self->layout.pitch,
    MAX (self->layout.view_height - self->layout.pitch, 1), self->layout.view_height);
  if (bar > 0)
    {
      GskTransform *move =
        gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT ((float) (width - bar), 0));

      gtk_widget_allocate (self->scrollbar, bar, MAX (self->layout.view_height, 1), -1, move);
    }

  self->plot_x = self->name_width + NAME_GAP;
  self->plot_width = MAX (width - bar - self->plot_x, 1);
  heddle_lanes_chart_place_items (self);
}

static void
heddle_lanes_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (widget);
  guint n = MAX (heddle_lanes_chart_count_rows (self), 1);
  int bar, bar_natural;

  gtk_widget_measure (self->scrollbar, orientation, -1, &bar, &bar_natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 200;
      *natural = MAX (600, bar_natural);
      return;
    }

  *natural = heddle_lane_layout_natural_height (n);
  *minimum = MIN (*natural, MAX ((int) MIN (n, 4) * HEDDLE_LANE_PITCH_LINE, bar));
}

static void
heddle_lanes_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  place (HEDDLE_LANES_CHART (widget));
  GTK_WIDGET_CLASS (heddle_lanes_chart_parent_class)
    ->size_allocate (widget, width, height, baseline);
}

/* Learns of lanes that came, and of workers that have been gone for as long as what is shown. */
static void
refresh (HeddleChart *chart, gint64 now)
{
  refresh_lanes (HEDDLE_LANES_CHART (chart));
  heddle_lanes_chart_fold (HEDDLE_LANES_CHART (chart), now);
  heddle_lanes_chart_update_items (HEDDLE_LANES_CHART (chart), FALSE);
}

static guint64
get_serial (HeddleChart *chart)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (chart);

  return self->store != NULL ? heddle_lane_store_get_serial (self->store) : 0;
}

static char *
dup_tip (HeddleChart *chart, int x, int y, GdkRectangle *area)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (chart);
  char *text = heddle_lanes_chart_dup_tip (self, x, y);

  if (text != NULL)
    *area = (GdkRectangle){ x - 4, heddle_lanes_chart_lane_y (self, (guint) self->pointer.lane), 8,
                            self->layout.pitch };
  return text;
}

static void
heddle_lanes_chart_dispose (GObject *object)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (object);

  heddle_lanes_chart_set_store (self, NULL);
  heddle_lanes_chart_set_teller (self, NULL, NULL, NULL);
  heddle_lanes_chart_forget_items (self);
  g_clear_pointer (&self->scrollbar, gtk_widget_unparent);

  G_OBJECT_CLASS (heddle_lanes_chart_parent_class)->dispose (object);
}

static void
heddle_lanes_chart_finalize (GObject *object)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (object);

  heddle_lanes_chart_forget_rows (self);
  g_clear_object (&self->scroll);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->row_lanes, g_array_unref);
  g_clear_pointer (&self->items.lanes, g_ptr_array_unref);
  g_clear_pointer (&self->buffers.blocks, g_array_unref);
  g_clear_pointer (&self->buffers.marks, g_array_unref);
  g_clear_pointer (&self->order.keys, g_free);
  g_clear_pointer (&self->order.ranks, g_free);
  g_clear_pointer (&self->order.rows, g_free);
  g_clear_pointer (&self->buffers.spans, g_free);
  g_clear_pointer (&self->buffers.cells, g_free);
  g_clear_pointer (&self->buffers.ends, g_free);
  g_clear_pointer (&self->buffers.kinds, g_free);

  G_OBJECT_CLASS (heddle_lanes_chart_parent_class)->finalize (object);
}

static void
heddle_lanes_chart_class_init (HeddleLanesChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  HeddleChartClass *chart_class = HEDDLE_CHART_CLASS (klass);

  object_class->dispose = heddle_lanes_chart_dispose;
  object_class->finalize = heddle_lanes_chart_finalize;
  heddle_lanes_chart_class_init_properties (object_class);

  widget_class->measure = heddle_lanes_chart_measure;
  widget_class->size_allocate = heddle_lanes_chart_size_allocate;
  chart_class->draw = heddle_lanes_chart_draw;
  chart_class->draw_over = heddle_lanes_chart_draw_over;
  chart_class->dup_tip = dup_tip;
  chart_class->describe = heddle_lanes_chart_describe;
  chart_class->refresh = refresh;
  chart_class->get_serial = get_serial;

  gtk_widget_class_set_css_name (widget_class, "laneschart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
scroll_changed (GtkAdjustment *scroll, HeddleLanesChart *self)
{
  heddle_lanes_chart_update_items (self, TRUE);
  heddle_chart_invalidate (&self->chart);
}

static void
heddle_lanes_chart_init (HeddleLanesChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->row_lanes = g_array_new (FALSE, FALSE, sizeof (guint));
  self->name_width = NAME_WIDTH_MIN;
  self->buffers.blocks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock));
  self->buffers.marks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock));
  self->pointer.lane = self->marks.selected.lane = self->marks.cursor.lane = -1;
  self->colours.shown = HEDDLE_STATES_ALL;
  self->scroll = g_object_ref_sink (gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_object (self->scroll, "value-changed", G_CALLBACK (scroll_changed), self, 0);
  self->scrollbar = gtk_scrollbar_new (GTK_ORIENTATION_VERTICAL, self->scroll);
  gtk_widget_set_parent (self->scrollbar, widget);

  heddle_lanes_chart_init_items (self);
  heddle_lanes_chart_init_input (self);

  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Workers over time"), -1);
}

/**
 * heddle_lanes_chart_set_store:
 * @store: (nullable): the lanes to show; the chart takes a reference
 */
void
heddle_lanes_chart_set_store (HeddleLanesChart *self, HeddleLaneStore *store)
{
  g_return_if_fail (HEDDLE_IS_LANES_CHART (self));

  if (self->store == store)
    return;

  if (store != NULL)
    heddle_lane_store_ref (store);
  g_clear_pointer (&self->store, heddle_lane_store_unref);
  self->store = store;
  self->pointer.lane = self->marks.selected.lane = -1;
  self->marks.cursor = (HeddleLanesMark){ .lane = -1 };
  self->marks.moment = 0;
  g_ptr_array_set_size (self->names, 0);
  refresh_lanes (self);
  heddle_lanes_chart_fold (self, heddle_redraw_now (&self->chart.redraw));
  self->order.sorted_at = 0;
  gtk_adjustment_set_value (self->scroll, 0);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  heddle_chart_invalidate (&self->chart);
}

/**
 * heddle_lanes_chart_set_teller:
 * @teller: (nullable): what tells of tasks; it is copied
 * @data: for its functions
 * @destroy: (nullable): frees @data
 */
void
heddle_lanes_chart_set_teller (HeddleLanesChart *self, const HeddleTaskTeller *teller,
                               gpointer data, GDestroyNotify destroy)
{
  g_return_if_fail (HEDDLE_IS_LANES_CHART (self));

  if (self->teller.destroy != NULL)
    self->teller.destroy (self->teller.data);
  self->teller.funcs = teller != NULL ? *teller : (HeddleTaskTeller) { NULL };
  self->teller.data = data;
  self->teller.destroy = destroy;
}
