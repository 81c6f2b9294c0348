/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * The stretch of time that the rows of a timeline show together. It follows the run's end, or
 * stands where the user put it; its axis counts from the run's begin. Emits "changed" when it was
 * moved or zoomed (not when time merely goes on: charts ask for the range at each redraw).
 */
#define HEDDLE_TYPE_TIME_WINDOW (heddle_time_window_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTimeWindow, heddle_time_window, HEDDLE, TIME_WINDOW, GObject)

void heddle_time_window_set_extent (HeddleTimeWindow *self, gint64 begin, gint64 end);
void heddle_time_window_set_span (HeddleTimeWindow *self, gint64 span);
gint64 heddle_time_window_get_span (HeddleTimeWindow *self);
gboolean heddle_time_window_get_following (HeddleTimeWindow *self);
void heddle_time_window_follow (HeddleTimeWindow *self);
void heddle_time_window_hold (HeddleTimeWindow *self);
void heddle_time_window_show (HeddleTimeWindow *self, gint64 begin, gint64 end);
void heddle_time_window_show_begin (HeddleTimeWindow *self);
void heddle_time_window_zoom (HeddleTimeWindow *self, double factor, gint64 centre);
void heddle_time_window_pan (HeddleTimeWindow *self, gint64 delta);
void heddle_time_window_get_range (HeddleTimeWindow *self, gint64 now, gint64 *begin, gint64 *end);
gint64 heddle_time_window_get_origin (HeddleTimeWindow *self, gint64 now);

G_END_DECLS
