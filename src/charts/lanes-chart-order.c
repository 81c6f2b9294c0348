/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In which order the lanes stand. Each keeps its number and its name; only its row is another one.
 * Rows that move below a hand that is about to point, or in each frame, could not be read. So they
 * are sorted at once where the user asks for it or the run has ended; while it goes on, at most
 * once a second and only where the order is no longer good enough; and never while the pointer is
 * over them or the keys are in them.
 */
#include "config.h"

#include "charts/axis.h"
#include "charts/lanes-chart-private.h"

#define SORT_INTERVAL HEDDLE_S

GType
heddle_sort_lanes_get_type (void)
{
  static const GEnumValue values[] = {
    { HEDDLE_SORT_LANES_NUMBER, "HEDDLE_SORT_LANES_NUMBER", "number" },
    { HEDDLE_SORT_LANES_BUSY, "HEDDLE_SORT_LANES_BUSY", "busy" },
    { HEDDLE_SORT_LANES_FAILURES, "HEDDLE_SORT_LANES_FAILURES", "failures" },
    { 0, NULL, NULL },
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("HeddleSortLanes", values));
  return type;
}

/**
 * heddle_lanes_chart_resize_keys:
 * @n: lanes that there are now
 *
 * Makes room for them; nothing is known of them yet, and those that are new stand last.
 */
void
heddle_lanes_chart_resize_keys (HeddleLanesChart *self, guint n)
{
  self->order.keys = g_renew (HeddleLaneKey, self->order.keys, n);
  self->order.ranks = g_renew (guint, self->order.ranks, n);
  self->order.rows = g_renew (guint, self->order.rows, n);
  for (guint lane = 0; lane < n; lane++)
    {
      self->order.keys[lane] = (HeddleLaneKey) { .busy = -1 };
      self->order.rows[lane] = G_MAXUINT;
      if (lane >= self->order.n_ranks)
        self->order.ranks[lane] = lane;
    }
  self->order.n_ranks = n;
  self->shares_time = 0;
}

static int
compare_ranks (gconstpointer a, gconstpointer b, gpointer data)
{
  const guint *ranks = data;
  guint rank_a = ranks[*(const guint *) a], rank_b = ranks[*(const guint *) b];

  return (rank_a > rank_b) - (rank_a < rank_b);
}

/**
 * heddle_lanes_chart_place_rows:
 * @rows: of guint: lanes that have a row
 *
 * Puts them into the order in which all lanes were sorted last, and notes which row each has.
 */
void
heddle_lanes_chart_place_rows (HeddleLanesChart *self, GArray *rows)
{
  if (self->order.by != HEDDLE_SORT_LANES_NUMBER)
    g_array_sort_with_data (rows, compare_ranks, self->order.ranks);
  for (guint lane = 0; lane < self->names->len; lane++)
    self->order.rows[lane] = G_MAXUINT;
  for (guint row = 0; row < rows->len; row++)
    self->order.rows[g_array_index (rows, guint, row)] = row;
}

/* Whether somebody is about to point at a row, or travels through them. */
static gboolean
is_in_use (HeddleLanesChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return self->pointer.inside
         || (self->marks.cursor.lane >= 0 && focus != NULL
             && gtk_widget_is_ancestor (widget, focus));
}

static gboolean
has_to_be_sorted (HeddleLanesChart *self, gint64 now)
{
  const HeddleLanesOrder *order = &self->order;

  if (order->sorted_at == 0)
    return TRUE;
  if (order->by == HEDDLE_SORT_LANES_NUMBER || is_in_use (self))
    return FALSE;
  if (!self->chart.redraw.live)
    return TRUE;
  return now - order->sorted_at >= SORT_INTERVAL
         && !heddle_lane_order_holds ((const guint *) self->row_lanes->data, self->row_lanes->len,
                                      order->by, order->keys);
}

/**
 * heddle_lanes_chart_sort:
 * @now: the moment that is drawn
 *
 * Sorts the lanes by the keys they have now, if it is time to.
 */
void
heddle_lanes_chart_sort (HeddleLanesChart *self, gint64 now)
{
  HeddleLanesOrder *order = &self->order;
  g_autofree guint *lanes = NULL;
  guint n = self->names->len;
  gboolean moved = FALSE;

  if (!has_to_be_sorted (self, now))
    return;
  lanes = g_new (guint, n);
  for (guint lane = 0; lane < n; lane++)
    lanes[lane] = lane;
  heddle_lane_order_sort (lanes, n, order->by, order->keys);
  for (guint place = 0; place < n; place++)
    {
      moved = moved || order->ranks[lanes[place]] != place;
      order->ranks[lanes[place]] = place;
    }
  order->sorted_at = MAX (now, 1);
  if (!moved)
    return;
  g_array_sort_with_data (self->row_lanes, compare_ranks, order->ranks);
  heddle_lanes_chart_place_rows (self, self->row_lanes);
  heddle_lanes_chart_forget_rows (self);
  heddle_lanes_chart_update_items_later (self);
}

/**
 * heddle_lanes_chart_set_sort_lanes:
 * @by: what comes first
 */
void
heddle_lanes_chart_set_sort_lanes (HeddleLanesChart *self, HeddleSortLanes by)
{
  g_return_if_fail (HEDDLE_IS_LANES_CHART (self));

  if (self->order.by == by)
    return;
  self->order.by = by;
  self->order.sorted_at = 0;
  heddle_chart_invalidate (&self->chart);
  g_object_notify (G_OBJECT (self), "sort-lanes");
}

/**
 * heddle_lanes_chart_get_sort_lanes:
 *
 * Returns: what comes first
 */
HeddleSortLanes
heddle_lanes_chart_get_sort_lanes (HeddleLanesChart *self)
{
  g_return_val_if_fail (HEDDLE_IS_LANES_CHART (self), HEDDLE_SORT_LANES_NUMBER);

  return self->order.by;
}
