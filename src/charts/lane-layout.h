/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Where things stand in a chart, without GTK: time to pixel, lane to row, and back.
 *
 * Pixels lie on a grid that is fixed in time, not on the screen: pixel k covers [k * ns, (k + 1) *
 * ns) of the clock. So a chart that follows the clock moves by whole pixels and every block keeps
 * its shape while it moves. Edges are ratios of whole numbers, exact to the nanosecond for any
 * clock and any length.
 */

typedef struct {
  gint64 length; /* of @n pixels */
  double ns;    /* nanoseconds a pixel */
  gint64 first; /* number of the leftmost pixel */
  int n;        /* pixels */
} HeddleTimeScale;

void heddle_time_scale_init (HeddleTimeScale *self, gint64 begin, gint64 end, int n);
gint64 heddle_time_scale_begin (const HeddleTimeScale *self);
gint64 heddle_time_scale_end (const HeddleTimeScale *self);
gint64 heddle_time_scale_time_at (const HeddleTimeScale *self, int pixel);
int heddle_time_scale_pixel_of (const HeddleTimeScale *self, gint64 time);

#define HEDDLE_LANE_PITCH_MAX 46  /* a row with name and utilisation below */
#define HEDDLE_LANE_PITCH_USUAL 28 /* of many rows, where there is room */
#define HEDDLE_LANE_PITCH_LINE 26 /* from here down only the name has room */
#define HEDDLE_LANE_PITCH_MIN 12  /* from here down rows are scrolled */

typedef struct {
  guint n_lanes;
  int view_height;    /* of the rows, without the axis */
  int content_height; /* of all rows */
  int pitch;          /* distance of rows */
  int block;          /* height of a block */
  int inset;          /* of the block from the top of its row */
} HeddleLaneLayout;

void heddle_lane_layout_init (HeddleLaneLayout *self, guint n_lanes, int view_height);
int heddle_lane_layout_natural_height (guint n_lanes);
int heddle_lane_layout_row_y (const HeddleLaneLayout *self, guint lane, int scroll);
int heddle_lane_layout_lane_at (const HeddleLaneLayout *self, int y, int scroll);
guint heddle_lane_layout_visible (const HeddleLaneLayout *self, int scroll, guint *first);

guint heddle_lane_shade (guint64 id);

G_END_DECLS
