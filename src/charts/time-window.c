/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/time-window.h"
#include "trace/clock.h"

#define LENGTH_MIN 1000
#define LENGTH_EMPTY G_GINT64_CONSTANT (10000000000) /* shown where there is no run yet */

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

/* Shows [@from, @from + @length], moved into the run; at the run's end it follows again. */
static void
show (HeddleTimeWindow *self, gint64 from, gint64 length, gint64 now)
{
  gint64 last = last_moment (self, now);

  if (from + length >= last)
    {
      self->following = TRUE;
      self->span = length >= last - self->begin && self->end != 0 ? 0 : length;
    }
  else
    {
      self->following = FALSE;
      self->from = MAX (from, self->begin);
      self->to = MIN (self->from + length, last);
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
 * and was shorter
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

/* Only tests use it. */
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
 * @centre: the moment that stays where it is, CLOCK_MONOTONIC ns; at or after the shown end, a
 * window that follows goes on following
 */
void
heddle_time_window_zoom (HeddleTimeWindow *self, double factor, gint64 centre)
{
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 begin, end, whole;
  double length;

  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));
  g_return_if_fail (factor > 0);

  heddle_time_window_get_range (self, now, &begin, &end);
  whole = MAX (last_moment (self, now) - self->begin, self->begin == 0 ? LENGTH_EMPTY : LENGTH_MIN);
  if (self->end == 0) /* a young run may be shown on a longer axis */
    whole = MAX (whole, LENGTH_EMPTY);
  length = CLAMP ((double) (end - begin) / factor, LENGTH_MIN, (double) MAX (whole, LENGTH_MIN));

  if (self->following && centre >= end)
    {
      self->span = (gint64) length >= whole && self->end != 0 ? 0 : (gint64) length;
      changed (self);
      return;
    }

  centre = CLAMP (centre, begin, end);
  begin = centre - (gint64) ((double) (centre - begin) * length / (double) (end - begin));
  show (self, begin, (gint64) length, now);
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
  gint64 last;

  g_return_if_fail (HEDDLE_IS_TIME_WINDOW (self));

  last = self->begin != 0 ? last_moment (self, now) : now;
  if (!self->following)
    {
      *begin = self->from;
      *end = self->to;
    }
  else
    {
      gboolean whole = self->begin != 0
        && (self->span == 0 || (self->end != 0 && last - self->begin < self->span));

      *end = last;
      *begin = whole ? self->begin : last - (self->span != 0 ? self->span : LENGTH_EMPTY);
    }

  if (*end - *begin < LENGTH_MIN)
    *begin = *end - LENGTH_MIN;
}

/**
 * heddle_time_window_get_origin:
 * @now: CLOCK_MONOTONIC ns
 *
 * Returns: the moment that the axis calls 0: the end of the range while following ("-3 s"), the
 * run's begin otherwise ("3 s")
 */
gint64
heddle_time_window_get_origin (HeddleTimeWindow *self, gint64 now)
{
  gint64 begin, end;

  g_return_val_if_fail (HEDDLE_IS_TIME_WINDOW (self), 0);

  if (!self->following)
    return self->begin;

  heddle_time_window_get_range (self, now, &begin, &end);
  return end;
}
