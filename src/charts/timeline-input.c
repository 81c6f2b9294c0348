/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the user does with the timeline. A plain drag selects a stretch; a drag that begins in the
 * ruler, or with Shift or the middle button, moves time. What is selected would run away from a
 * window that follows, so selecting lets it stand still; Live follows again.
 */
#include "config.h"

#include <math.h>

#include "base/format.h"
#include "charts/timeline-private.h"

#define PAN_STEP 0.1    /* of what is shown */
#define DRAG_MIN 4      /* pixels: a click with a trembling hand is no drag */
#define FINGER_ZOOM 20  /* pixels of a touchpad that are one step of a wheel */

static int
plot_width (HeddleTimeline *self)
{
  int left, width;

  heddle_lanes_chart_get_plot (self->lanes, &left, &width);
  return width;
}

static void
pan_pixels (HeddleTimeline *self, double pixels)
{
  heddle_time_window_pan (self->window,
                          (gint64) round (pixels * HEDDLE_CHART (self->lanes)->scale.ns));
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, HeddleTimeline *self)
{
  heddle_timeline_set_cross (self, x, y);
}

static void
pointer_left (GtkEventControllerMotion *motion, HeddleTimeline *self)
{
  heddle_timeline_set_cross (self, -1, -1);
}

static gboolean
scrolled (GtkEventControllerScroll *controller, double dx, double dy, HeddleTimeline *self)
{
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  gboolean wheel = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL;

  if ((state & GDK_CONTROL_MASK) != 0)
    {
      heddle_time_window_zoom (self->window,
                               pow (HEDDLE_TIMELINE_ZOOM, wheel ? -dy : -dy / FINGER_ZOOM),
                               heddle_timeline_time_at (self, self->pointer.x));
      return GDK_EVENT_STOP;
    }
  if ((state & GDK_SHIFT_MASK) != 0 && fabs (dx) <= 0)
    {
      dx = dy;
      dy = 0;
    }
  if (fabs (dx) > fabs (dy))
    {
      pan_pixels (self, wheel ? dx * PAN_STEP * plot_width (self) : dx);
      return GDK_EVENT_STOP;
    }
  /* where all lanes are in sight the page around may scroll */
  return fabs (dy) > 0 && self->pointer.y < self->layout.rows_y
    && heddle_lanes_chart_scroll_rows (self->lanes, wheel ? 3 * dy : dy / FINGER_ZOOM);
}

static void
drag_began (GtkGestureDrag *drag, double x, double y, HeddleTimeline *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (drag));
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (drag));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->pointer.drag = HEDDLE_DRAG_NONE;
  if (!heddle_timeline_in_plot (self, x)
      || (button != GDK_BUTTON_PRIMARY && button != GDK_BUTTON_MIDDLE))
    {
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  self->pointer.pans = button == GDK_BUTTON_MIDDLE || (state & GDK_SHIFT_MASK) != 0
    || y < self->layout.ruler;
  self->pointer.anchor = heddle_timeline_time_at (self, x);
  self->pointer.dragged = 0;
}

static void
select_to (HeddleTimeline *self, double x)
{
  gint64 time = heddle_timeline_time_at (self, x), anchor = self->pointer.anchor;

  heddle_timeline_set_stretch (self, MIN (time, anchor), MAX (time, anchor));
}

static void
drag_moved (GtkGestureDrag *drag, double x, double y, HeddleTimeline *self)
{
  double from_x, from_y;

  if (fabs (x) < DRAG_MIN && self->pointer.drag == HEDDLE_DRAG_NONE)
    return;

  gtk_gesture_drag_get_start_point (drag, &from_x, &from_y);
  if (self->pointer.drag == HEDDLE_DRAG_NONE)
    {
      self->pointer.drag = self->pointer.pans ? HEDDLE_DRAG_PAN : HEDDLE_DRAG_SELECT;
      if (!self->pointer.pans)
        heddle_time_window_hold (self->window);
    }
  if (self->pointer.drag == HEDDLE_DRAG_SELECT)
    select_to (self, from_x + x);
  else
    {
      pan_pixels (self, self->pointer.dragged - x);
      self->pointer.dragged = x;
    }
  heddle_timeline_set_cross (self, from_x + x, from_y + y);
}

/* A click selects the task that it hits, or takes back what is selected. */
static void
drag_ended (GtkGestureDrag *drag, double x, double y, HeddleTimeline *self)
{
  double from_x, from_y;
  HeddleSpan span;
  guint lane;

  if (self->pointer.drag != HEDDLE_DRAG_NONE || self->pointer.pans
      || !gtk_gesture_drag_get_start_point (drag, &from_x, &from_y))
    return;
  if (heddle_lanes_chart_pick (self->lanes, from_x, from_y - self->layout.ruler, &lane, &span))
    {
      heddle_timeline_choose_task (self, (int) lane, &span);
      return;
    }
  heddle_timeline_choose_task (self, -1, NULL);
  heddle_timeline_set_stretch (self, 0, 0);
}

static void
pinch_began (GtkGesture *gesture, GdkEventSequence *sequence, HeddleTimeline *self)
{
  self->pointer.scale = 1;
}

static void
pinched (GtkGestureZoom *zoom, double scale, HeddleTimeline *self)
{
  double x, y;

  if (!(scale > 0) || !gtk_gesture_get_bounding_box_center (GTK_GESTURE (zoom), &x, &y))
    return;
  heddle_time_window_zoom (self->window, scale / self->pointer.scale,
                           heddle_timeline_time_at (self, x));
  self->pointer.scale = scale;
}

/* Takes back one thing: the stretch, the task, the cursor. */
static gboolean
take_back (HeddleTimeline *self)
{
  HeddleSpan span;

  if (self->end > self->begin)
    heddle_timeline_set_stretch (self, 0, 0);
  else if (heddle_lanes_chart_get_selected (self->lanes, &span))
    heddle_timeline_choose_task (self, -1, NULL);
  else if (heddle_lanes_chart_has_cursor (self->lanes))
    heddle_lanes_chart_clear_cursor (self->lanes);
  else
    return FALSE;
  return TRUE;
}

static gboolean
choose_at_cursor (HeddleTimeline *self)
{
  HeddleSpan span;
  guint lane;

  if (!heddle_lanes_chart_get_cursor (self->lanes, &lane, &span))
    return FALSE;
  heddle_timeline_choose_task (self, (int) lane, &span);
  return TRUE;
}

static gboolean
move_sideways (HeddleTimeline *self, gboolean forward)
{
  if (!heddle_lanes_chart_move_to_span (self->lanes, forward))
    pan_pixels (self, (forward ? 1 : -1) * PAN_STEP * plot_width (self));
  return TRUE;
}

/* Returns: whether @key means anything here now. */
static gboolean
handle_key (HeddleTimeline *self, guint key)
{
  switch (key)
    {
    case GDK_KEY_plus: case GDK_KEY_equal: case GDK_KEY_KP_Add:
      heddle_timeline_zoom (self, HEDDLE_TIMELINE_ZOOM);
      return TRUE;
    case GDK_KEY_minus: case GDK_KEY_KP_Subtract:
      heddle_timeline_zoom (self, 1 / HEDDLE_TIMELINE_ZOOM);
      return TRUE;
    case GDK_KEY_Left: case GDK_KEY_KP_Left: return move_sideways (self, FALSE);
    case GDK_KEY_Right: case GDK_KEY_KP_Right: return move_sideways (self, TRUE);
    case GDK_KEY_Up: case GDK_KEY_KP_Up: return heddle_lanes_chart_move_to_lane (self->lanes, -1);
    case GDK_KEY_Down: case GDK_KEY_KP_Down:
      return heddle_lanes_chart_move_to_lane (self->lanes, 1);
    case GDK_KEY_Page_Up: case GDK_KEY_KP_Page_Up:
      return heddle_lanes_chart_scroll_rows (self->lanes, -8);
    case GDK_KEY_Page_Down: case GDK_KEY_KP_Page_Down:
      return heddle_lanes_chart_scroll_rows (self->lanes, 8);
    case GDK_KEY_Home: case GDK_KEY_KP_Home:
      heddle_time_window_show_begin (self->window);
      return TRUE;
    case GDK_KEY_End: case GDK_KEY_KP_End: case GDK_KEY_l: case GDK_KEY_L:
      heddle_time_window_follow (self->window);
      return TRUE;
    case GDK_KEY_0: case GDK_KEY_KP_0: case GDK_KEY_a: case GDK_KEY_A:
      heddle_timeline_show_all (self);
      return TRUE;
    case GDK_KEY_Escape: return take_back (self);
    case GDK_KEY_Return: case GDK_KEY_KP_Enter: return choose_at_cursor (self);
    default: return FALSE;
    }
}

static gboolean
key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             HeddleTimeline *self)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 || !handle_key (self, key))
    return GDK_EVENT_PROPAGATE;
  heddle_timeline_describe (self);
  return GDK_EVENT_STOP;
}

void
heddle_timeline_init_input (HeddleTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *controller;

  controller = gtk_event_controller_motion_new ();
  g_signal_connect (controller, "enter", G_CALLBACK (pointer_moved), self);
  g_signal_connect (controller, "motion", G_CALLBACK (pointer_moved), self);
  g_signal_connect (controller, "leave", G_CALLBACK (pointer_left), self);
  gtk_widget_add_controller (widget, controller);

  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (controller, "scroll", G_CALLBACK (scrolled), self);
  gtk_widget_add_controller (widget, controller);

  controller = GTK_EVENT_CONTROLLER (gtk_gesture_drag_new ());
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (controller), 0);
  g_signal_connect (controller, "drag-begin", G_CALLBACK (drag_began), self);
  g_signal_connect (controller, "drag-update", G_CALLBACK (drag_moved), self);
  g_signal_connect (controller, "drag-end", G_CALLBACK (drag_ended), self);
  gtk_widget_add_controller (widget, controller);

  controller = GTK_EVENT_CONTROLLER (gtk_gesture_zoom_new ());
  g_signal_connect (controller, "begin", G_CALLBACK (pinch_began), self);
  g_signal_connect (controller, "scale-changed", G_CALLBACK (pinched), self);
  gtk_widget_add_controller (widget, controller);

  controller = gtk_event_controller_key_new ();
  g_signal_connect (controller, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (widget, controller);
}
