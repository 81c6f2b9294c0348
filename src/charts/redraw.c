/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/draw-budget.h"
#include "charts/redraw.h"
#include "trace/clock.h"

/*
 * What a frame costs beyond our own snapshots is its rendering. The first chart of a frame waits
 * for the end of the frame and charges everything from there on, once for all charts of that
 * window.
 */
#define FRAME_KEY "heddle-frame-began"

static void
frame_over (GdkFrameClock *clock, gpointer data)
{
  gint64 *began = g_object_get_data (G_OBJECT (clock), FRAME_KEY);

  g_signal_handlers_disconnect_by_func (clock, frame_over, data);
  if (began == NULL)
    return;

  heddle_draw_budget_charge (heddle_draw_budget_get (), heddle_clock_thread_cpu_ns () - *began);
  g_object_set_data (G_OBJECT (clock), FRAME_KEY, NULL);
}

static gboolean
measure_frame (GtkWidget *widget, gint64 began)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);

  if (clock == NULL)
    return FALSE;
  if (g_object_get_data (G_OBJECT (clock), FRAME_KEY) != NULL)
    return TRUE;

  g_object_set_data_full (G_OBJECT (clock), FRAME_KEY, g_memdup2 (&began, sizeof began), g_free);
  g_signal_connect (clock, "after-paint", G_CALLBACK (frame_over), NULL);
  return TRUE;
}

static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  HeddleRedraw *self = data;
  gint64 now = gdk_frame_clock_get_frame_time (clock) * 1000;
  guint64 round = heddle_draw_budget_round (heddle_draw_budget_get (), now);

  if (round == 0 || round == self->round || !self->stale (widget, now))
    return G_SOURCE_CONTINUE;

  self->round = round;
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

static void
update (gpointer data)
{
  HeddleRedraw *self = data;
  gboolean wanted = self->live && self->on_screen.seen;

  if (wanted && self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (self->widget, tick, self, NULL);
  else if (!wanted && self->tick_id != 0)
    {
      gtk_widget_remove_tick_callback (self->widget, self->tick_id);
      self->tick_id = 0;
    }
}

void
heddle_redraw_init (HeddleRedraw *self, GtkWidget *widget, HeddleRedrawFunc stale)
{
  *self = (HeddleRedraw) { .widget = widget, .stale = stale };
  heddle_on_screen_init (&self->on_screen, widget, update, self);
}

/**
 * heddle_redraw_set_live:
 * @live: whether time goes on
 *
 * When time stops, what came last is drawn once more.
 */
void
heddle_redraw_set_live (HeddleRedraw *self, gboolean live)
{
  if (self->live == !!live)
    return;

  self->live = !!live;
  gtk_widget_queue_draw (self->widget);
  update (self);
}

/**
 * heddle_redraw_set_mapped:
 * @mapped: whether it is; to be called by the map vfunc after the parent's, and by the unmap vfunc
 * before it
 */
void
heddle_redraw_set_mapped (HeddleRedraw *self, gboolean mapped)
{
  if (mapped)
    heddle_on_screen_map (&self->on_screen);
  else
    heddle_on_screen_unmap (&self->on_screen);
}

/**
 * heddle_redraw_now:
 *
 * Returns: the moment to draw, CLOCK_MONOTONIC ns: that of the frame, the same for all charts of a
 * window
 */
gint64
heddle_redraw_now (HeddleRedraw *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (self->widget);
  gint64 now = clock != NULL ? gdk_frame_clock_get_frame_time (clock) * 1000 : 0;

  return now != 0 ? now : heddle_clock_monotonic_ns ();
}

/* To be called by the snapshot vfunc around the drawing of content. */
void
heddle_redraw_begin (HeddleRedraw *self)
{
  self->began = heddle_clock_thread_cpu_ns ();
}

void
heddle_redraw_end (HeddleRedraw *self)
{
  gint64 cost = heddle_clock_thread_cpu_ns () - self->began;

  self->n_draws++;
  self->cost += cost;
  if (!measure_frame (self->widget, self->began))
    heddle_draw_budget_charge (heddle_draw_budget_get (), cost);
}

/**
 * heddle_redraw_take:
 * @snapshot: (transfer full): the new content
 *
 * Ends @snapshot. GTK compares the nodes of two frames child by child to find what has changed; of
 * a chart that scrolls nearly every one has, and comparing took 15 % of a frame (measured with four
 * lanes of 250 000 spans). So the outermost node is of another type each time, which GTK takes for
 * another picture without looking further.
 *
 * Returns: (transfer full): the content, cut to the widget
 */
GskRenderNode *
heddle_redraw_take (HeddleRedraw *self, GtkSnapshot *snapshot)
{
  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  g_autoptr (GskRenderNode) clip = NULL;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (self->widget),
                                               (float) gtk_widget_get_height (self->widget));

  if (node == NULL)
    node = gsk_container_node_new (NULL, 0);
  clip = gsk_clip_node_new (node, &bounds);

  return self->n_draws % 2 == 0 ? g_steal_pointer (&clip)
                                : gsk_debug_node_new (clip, g_strdup ("odd"));
}
