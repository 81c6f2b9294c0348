/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/lane-layout.h"

#define NATURAL_ROWS 8 /* more than that are drawn narrower rather than asked room for */

/* A product of two numbers of 64 bits. */
__extension__ typedef __int128 Wide;

/* Rounds down, as / does not for what is below 0. */
static gint64
divide (Wide a, gint64 b)
{
  return (gint64) (a >= 0 ? a / b : -((b - 1 - a) / b));
}

/* The number of the pixel that covers @time. */
static gint64
number_of (const HeddleTimeScale *self, gint64 time)
{
  return divide ((Wide) time * self->n, self->length);
}

/* The edge of pixel number @number, to the nanosecond that belongs to it. */
static gint64
edge (const HeddleTimeScale *self, gint64 number)
{
  return -divide (-(Wide) number * self->length, self->n);
}

/**
 * heddle_time_scale_init:
 * @self: (out): the scale
 * @begin: nanoseconds
 * @end: nanoseconds, after @begin
 * @n: pixels, at least 1
 *
 * Lays @n pixels so that the last one is the last to be over at @end.
 */
void
heddle_time_scale_init (HeddleTimeScale *self, gint64 begin, gint64 end, int n)
{
  self->n = MAX (n, 1);
  self->length = MAX (end - begin, 1);
  self->ns = (double) self->length / self->n;
  self->first = number_of (self, end) - self->n;
}

gint64
heddle_time_scale_begin (const HeddleTimeScale *self)
{
  return edge (self, self->first);
}

gint64
heddle_time_scale_end (const HeddleTimeScale *self)
{
  return edge (self, self->first + self->n);
}

/**
 * heddle_time_scale_time_at:
 * @pixel: 0 is the leftmost; may lie outside
 *
 * Returns: the moment at which @pixel begins
 */
gint64
heddle_time_scale_time_at (const HeddleTimeScale *self, int pixel)
{
  return edge (self, self->first + pixel);
}

/**
 * heddle_time_scale_pixel_of:
 * @time: any moment
 *
 * Returns: the pixel that covers @time; one pixel outside at most where it lies outside
 */
int
heddle_time_scale_pixel_of (const HeddleTimeScale *self, gint64 time)
{
  return (int) CLAMP (number_of (self, time) - self->first, -1, self->n);
}

/**
 * heddle_lane_layout_natural_height:
 * @n_lanes: how many lanes
 *
 * Returns: the height of the rows that shows them best; bounded, however many lanes there are
 */
int
heddle_lane_layout_natural_height (guint n_lanes)
{
  int few = (int) CLAMP (n_lanes, 1, NATURAL_ROWS);

  return MIN (few * HEDDLE_LANE_PITCH_MAX, NATURAL_ROWS * HEDDLE_LANE_PITCH_USUAL);
}

/**
 * heddle_lane_layout_init:
 * @self: (out): the layout
 * @n_lanes: how many lanes
 * @view_height: room for rows
 *
 * Rows share the room; they are never higher than %HEDDLE_LANE_PITCH_MAX and never lower than
 * %HEDDLE_LANE_PITCH_MIN, below which they are scrolled.
 */
void
heddle_lane_layout_init (HeddleLaneLayout *self, guint n_lanes, int view_height)
{
  self->n_lanes = n_lanes;
  self->view_height = MAX (view_height, 0);
  self->pitch = n_lanes > 0
    ? self->view_height / (int) MIN (n_lanes, G_MAXINT / HEDDLE_LANE_PITCH_MAX)
    : HEDDLE_LANE_PITCH_MAX;
  self->pitch = CLAMP (self->pitch, HEDDLE_LANE_PITCH_MIN, HEDDLE_LANE_PITCH_MAX);
  self->content_height = (int) n_lanes * self->pitch;

  /* 46 -> 34, 28 -> 21, 12 -> 10: between blocks stands a quarter of the row */
  self->block = self->pitch - MAX (2, (self->pitch + 1) / 4);
  self->inset = MIN (5, self->pitch - self->block);
}

int
heddle_lane_layout_row_y (const HeddleLaneLayout *self, guint lane, int scroll)
{
  return (int) lane * self->pitch - scroll;
}

/**
 * heddle_lane_layout_lane_at:
 * @y: from the top of the rows' view
 * @scroll: how far the rows are scrolled up
 *
 * Returns: the lane whose row covers @y, or -1
 */
int
heddle_lane_layout_lane_at (const HeddleLaneLayout *self, int y, int scroll)
{
  if (y < 0 || y >= self->view_height || y + scroll < 0 || y + scroll >= self->content_height)
    return -1;

  return (y + scroll) / self->pitch;
}

/**
 * heddle_lane_layout_visible:
 * @scroll: how far the rows are scrolled up
 * @first: (out): the first lane of which something is seen
 *
 * Returns: of how many lanes something is seen
 */
guint
heddle_lane_layout_visible (const HeddleLaneLayout *self, int scroll, guint *first)
{
  guint last;

  *first = MIN ((guint) (MAX (scroll, 0) / self->pitch), self->n_lanes);
  last = (guint) ((MAX (scroll, 0) + self->view_height + self->pitch - 1) / self->pitch);

  return MIN (last, self->n_lanes) - *first;
}

/**
 * heddle_lane_shade:
 * @id: a task
 *
 * Returns: 0, 1 or 2: which shade of the accent colour its block has. Scattered, so that no number
 * of workers makes all tasks of a lane look alike.
 */
guint
heddle_lane_shade (guint64 id)
{
  /* multiply and fold twice: with less mixing, some strides of ids keep to one shade */
  id = (id ^ (id >> 33)) * G_GUINT64_CONSTANT (0xFF51AFD7ED558CCD);
  id = (id ^ (id >> 33)) * G_GUINT64_CONSTANT (0xC4CEB9FE1A85EC53);

  return (guint) ((id ^ (id >> 33)) % 3);
}
