/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lanes as screen readers have them: an item for every row in sight, with the worker's name and
 * in words what it has done, and in the row of the keys another one for the task that they are on.
 * Items lie where their rows are drawn; they draw nothing and take no input.
 */
#include "config.h"

#include "charts/lanes-chart-private.h"

static GtkWidget *
new_item (GtkAccessibleRole role)
{
  return g_object_new (GTK_TYPE_BOX, "accessible-role", role, "can-target", FALSE, NULL);
}

static void
free_item (gpointer item)
{
  gtk_widget_unparent (item);
}

/* How many rows that are workers are in sight, from @first on. */
static guint
count_visible (HeddleLanesChart *self, guint *first)
{
  guint n;

  *first = 0;
  if (self->layout.pitch == 0) /* not laid out yet */
    return 0;
  n = heddle_lane_layout_visible (&self->layout, heddle_lanes_chart_scrolled (self), first);
  return *first < self->row_lanes->len ? MIN (n, self->row_lanes->len - *first) : 0;
}

static void
describe_lane (HeddleLanesChart *self, GtkWidget *item, guint lane)
{
  g_autofree char *words = heddle_lanes_chart_dup_lane_words (self, lane);

  gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  g_ptr_array_index (self->names, lane),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_STATE_SELECTED,
                               self->marks.cursor.lane == (int) lane, -1);
}

/* The task that the keys are on is in the item of its lane. */
static void
describe_cursor (HeddleLanesChart *self, guint first, guint n)
{
  const HeddleLanesMark *cursor = &self->marks.cursor;
  GtkWidget *lane_item = NULL;
  g_autofree char *words = NULL;

  for (guint row = first; row < first + n && cursor->has_span; row++)
    if (heddle_lanes_chart_lane_of_row (self, row) == cursor->lane)
      lane_item = g_ptr_array_index (self->items.lanes, row - first);
  if (self->items.task != NULL && gtk_widget_get_parent (self->items.task) != lane_item)
    g_clear_pointer (&self->items.task, gtk_widget_unparent);
  if (lane_item == NULL)
    return;
  if (self->items.task == NULL)
    {
      self->items.task = new_item (GTK_ACCESSIBLE_ROLE_LABEL);
      gtk_widget_set_parent (self->items.task, lane_item);
    }
  words = heddle_lanes_chart_dup_words (self, (guint) cursor->lane, &cursor->span);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->items.task), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
}

/* As many items as there are rows in sight. */
static void
make_items (HeddleLanesChart *self, guint first, guint n)
{
  GPtrArray *lanes = self->items.lanes;

  if (n == lanes->len && first == self->items.first)
    return;
  self->items.first = first;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  if (n < lanes->len)
    {
      /* it may be in one of them */
      g_clear_pointer (&self->items.task, gtk_widget_unparent);
      g_ptr_array_set_size (lanes, (int) n);
    }
  while (lanes->len < n)
    {
      GtkWidget *item = new_item (GTK_ACCESSIBLE_ROLE_LIST_ITEM);

      gtk_widget_insert_before (item, GTK_WIDGET (self), self->scrollbar);
      g_ptr_array_add (lanes, item);
    }
}

static gboolean
update_later (gpointer data)
{
  HeddleLanesChart *self = data;

  self->items.later = 0;
  heddle_lanes_chart_update_items (self, TRUE);
  return G_SOURCE_REMOVE;
}

/**
 * heddle_lanes_chart_update_items_later:
 *
 * Says in a second what the workers have done. May be called while drawing.
 */
void
heddle_lanes_chart_update_items_later (HeddleLanesChart *self)
{
  if (self->items.later == 0 && self->items.lanes->len > 0)
    self->items.later = g_timeout_add_seconds (1, update_later, self);
}

/**
 * heddle_lanes_chart_update_items:
 * @at_once: whether the last words may be younger than a second; otherwise they follow in a second
 *
 * Makes an item for every row in sight, and says in it what its worker has done. Not while drawing.
 */
void
heddle_lanes_chart_update_items (HeddleLanesChart *self, gboolean at_once)
{
  guint first, n = count_visible (self, &first);

  if (n == self->items.lanes->len && first == self->items.first && !at_once)
    {
      heddle_lanes_chart_update_items_later (self);
      return;
    }
  make_items (self, first, n);
  for (guint i = 0; i < n; i++)
    describe_lane (self, g_ptr_array_index (self->items.lanes, i),
                   (guint) heddle_lanes_chart_lane_of_row (self, first + i));
  describe_cursor (self, first, n);
}

/* Puts the items where their rows are. */
void
heddle_lanes_chart_place_items (HeddleLanesChart *self)
{
  int width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1);

  for (guint i = 0; i < self->items.lanes->len; i++)
    {
      GtkWidget *item = g_ptr_array_index (self->items.lanes, i);
      int y = heddle_lane_layout_row_y (&self->layout, self->items.first + i,
                                        heddle_lanes_chart_scrolled (self));

      gtk_widget_measure (item, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
      gtk_widget_size_allocate (
        item, &(GtkAllocation){ 0, y, width, MAX (self->layout.pitch, 1) }, -1);
    }
}

void
heddle_lanes_chart_init_items (HeddleLanesChart *self)
{
  self->items.lanes = g_ptr_array_new_with_free_func (free_item);
}

/* For dispose: all items, now. */
void
heddle_lanes_chart_forget_items (HeddleLanesChart *self)
{
  g_clear_handle_id (&self->items.later, g_source_remove);
  g_clear_pointer (&self->items.task, gtk_widget_unparent);
  g_ptr_array_set_size (self->items.lanes, 0);
}
