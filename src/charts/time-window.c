/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "base/format.h"
#include "charts/time-window.h"
#include "trace/clock.h"

#define LENGTH_MIN 1000 /* a microsecond */
#define LENGTH_MAX (30 * 24 * HEDDLE_H)
#define LENGTH_EMPTY (10 * HEDDLE_S) /* shown where there is no run yet */

struct _HeddleTimeWindow {
  GObject parent_instance;

  gint64 begin;       /* of the run; 0: there is none */
  gint64 end;         /* of the run; 0: it goes on */
  gint64 span;        /* shown while following; 0: the whole run */
  gboolean following;
  gint64 from, to;    /* shown where not following */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (HeddleTimeWindow, heddle_time_window, G_TYPE_OBJECT)

static void
heddle_time_window_class_init (HeddleTimeWindowClass *klass)
{
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
heddle_time_window_init (HeddleTimeWindow *self)
{
  self->following = TRUE;
  self->span = LENGTH_EMPTY;
}

static void
changed (HeddleTimeWindow *self)
{
  g_signal_emit (self, changed_signal, 0);
}

/* The run's end, as far as it has got. */
static gint64
last_moment (HeddleTimeWindow *self, gint64 now)
{
  return MAX (self->end != 0 ? self->end : now, self->begin);
}

/* The length that shows the whole run. While it goes on a little more, so that what is drawn stands
 * still most of the time instead of being drawn anew for each moment that passes. */
static gint64
whole_length (HeddleTimeWindow *self, gint64 now)
{
  gint64 elapsed = last_moment (self, now) - self->begin, length = LENGTH_EMPTY;

  if (self->end != 0)
    return MAX (elapsed, LENGTH_MIN);
  while (length < elapsed)
    length += length / 4;
  return length;
}

/* Shows [@from, @from + @length], moved into the run; at the run's end it follows again. */
static void
show (HeddleTimeWindow *self, gint64 from, gint64 length, gint64 now)
{
  gint64 last = last_moment (self, now);

  from = MAX (from, self->begin);
  self->following = from + length >= last;
  if (self->following)
    self->span = length >= last - self->begin && self->end != 0 ? 0 : length;
  else
    {
      self->from = from;
      self->to = from + length;
    }
  changed (self);
}

/**
 * heddle_time_window_set_extent:
 * @begin: when the run began, CLOCK_MONOTONIC ns
 * @end: when it ended, 0 while it goes on
 *
 * Tells the run's extent. Another @begin means another run: the window follows it.
 */
void
heddle_time_window_set_extent (HeddleTimeWindow *self, gint64 begin, gint64 end)
{
  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));

  if (self->begin == begin && self->end == end)
    return;

  if (self->begin != begin)
    self->following = TRUE;
  self->begin = begin;
  self->end = end;
  changed (self);
}

/**
 * heddle_time_window_set_span:
 * @span: how much is shown while following, nanoseconds; 0: the whole run, as of a run that is over
 * and was shorter. A run that goes on and is younger is shown from its begin on, with room for what
 * is to come
 *
 * Chooses the length and follows.
 */
void
heddle_time_window_set_span (HeddleTimeWindow *self, gint64 span)
{
  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));

  span = span <= 0 ? 0 : MAX (span, LENGTH_MIN);
  if (self->span == span && self->following)
    return;

  self->span = span;
  self->following = TRUE;
  changed (self);
}

/* Returns: the length that is shown while the end is followed; 0: the whole run */
gint64
heddle_time_window_get_span (HeddleTimeWindow *self)
{
  g_return_val_if_fail (HEDDLE_IS_TIME_WINDOW (self), 0);
  return self->span;
}

gboolean
heddle_time_window_get_following (HeddleTimeWindow *self)
{
  g_return_val_if_fail (HEDDLE_IS_TIME_WINDOW (self), FALSE);
  return self->following;
}

/**
 * heddle_time_window_follow:
 *
 * Lets the shown stretch end at the run's end again.
 */
void
heddle_time_window_follow (HeddleTimeWindow *self)
{
  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));

  if (self->following)
    return;

  self->following = TRUE;
  changed (self);
}

/**
 * heddle_time_window_hold:
 *
 * Lets what is shown stand still while time goes on.
 */
void
heddle_time_window_hold (HeddleTimeWindow *self)
{
  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));

  if (!self->following)
    return;

  heddle_time_window_get_range (self, heddle_clock_monotonic_ns (), &self->from, &self->to);
  self->following = FALSE;
  changed (self);
}

/**
 * heddle_time_window_show:
 * @begin: CLOCK_MONOTONIC ns
 * @end: CLOCK_MONOTONIC ns, after @begin
 *
 * Shows this stretch, which stands still; a shorter one than a microsecond with what lies around
 * it.
 */
void
heddle_time_window_show (HeddleTimeWindow *self, gint64 begin, gint64 end)
{
  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));
  g_return_if_fail (end > begin);

  if (end - begin < LENGTH_MIN)
    {
      begin -= (LENGTH_MIN - (end - begin)) / 2;
      end = begin + LENGTH_MIN;
    }
  self->following = FALSE;
  self->from = begin;
  self->to = MIN (end, begin + LENGTH_MAX);
  changed (self);
}

/**
 * heddle_time_window_show_begin:
 *
 * Shows the run from its begin on, as long a stretch as now.
 */
void
heddle_time_window_show_begin (HeddleTimeWindow *self)
{
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 begin, end;

  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));

  heddle_time_window_get_range (self, now, &begin, &end);
  if (begin > self->begin)
    show (self, self->begin, end - begin, now);
}

/**
 * heddle_time_window_zoom:
 * @factor: more than 1 shows less time (nearer), less than 1 shows more
 * @centre: the moment that stays where it is, CLOCK_MONOTONIC ns; where the run has not got yet, a
 * window that follows goes on following
 */
void
heddle_time_window_zoom (HeddleTimeWindow *self, double factor, gint64 centre)
{
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 begin, end, longest, length;

  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));
  g_return_if_fail (factor > 0);

  heddle_time_window_get_range (self, now, &begin, &end);
  /* a young run may be shown on a longer axis */
  longest = self->begin == 0 ? LENGTH_EMPTY : MIN (whole_length (self, now), LENGTH_MAX);
  length =
    (gint64) CLAMP (round ((double) (end - begin) / factor), LENGTH_MIN, (double) longest);

  if (self->following && centre >= last_moment (self, now))
    {
      self->span = length >= longest ? 0 : length;
      changed (self);
      return;
    }

  centre = CLAMP (centre, begin, end);
  begin = centre
    - (gint64) round ((double) (centre - begin) * ((double) length / (double) (end - begin)));
  show (self, begin, length, now);
}

/**
 * heddle_time_window_pan:
 * @delta: how far to move, nanoseconds; less than 0 goes back in time
 *
 * Moves within the run; at its end the window follows again.
 */
void
heddle_time_window_pan (HeddleTimeWindow *self, gint64 delta)
{
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 begin, end;

  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));

  heddle_time_window_get_range (self, now, &begin, &end);
  if (delta == 0 || (delta > 0 && self->following) || (delta < 0 && begin <= self->begin))
    return;

  show (self, MAX (begin + delta, self->begin), end - begin, now);
}

/**
 * heddle_time_window_get_range:
 * @now: CLOCK_MONOTONIC ns
 * @begin: (out): where the stretch to draw begins
 * @end: (out): where it ends, at least 1000 ns later
 */
void
heddle_time_window_get_range (HeddleTimeWindow *self, gint64 now, gint64 *begin, gint64 *end)
{
  gint64 last, length;

  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));

  last = self->begin != 0 ? last_moment (self, now) : now;
  if (!self->following)
    {
      *begin = self->from;
      *end = self->to;
    }
  else if (self->begin == 0)
    {
      *end = now;
      *begin = now - (self->span != 0 ? self->span : LENGTH_EMPTY);
    }
  else
    {
      length = self->span != 0 ? self->span : whole_length (self, now);
      if (self->end != 0)
        length = MIN (length, last - self->begin);
      *begin = MAX (last - length, self->begin);
      *end = *begin + length;
    }

  if (*end - *begin < LENGTH_MIN)
    *end = *begin + LENGTH_MIN;
}

/**
 * heddle_time_window_get_origin:
 * @now: CLOCK_MONOTONIC ns
 *
 * Returns: the moment that the axis calls 0: the run's begin; where there is no run, that of what
 * is shown
 */
gint64
heddle_time_window_get_origin (HeddleTimeWindow *self, gint64 now)
{
  gint64 begin, end;

  g_return_val_if_fail (HEDDLE_IS_TIME_WINDOW (self), 0);

  if (self->begin != 0)
    return self->begin;

  heddle_time_window_get_range (self, now, &begin, &end);
  return begin;
}
