/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/pace.h"

#include <math.h>
#include <string.h>

#define RECENT_NS (3 * G_GINT64_CONSTANT (1000000000))
#define ENOUGH 25     /* ends: what is said of them is off by a fifth or so */
#define FEW 8         /* with fewer, what was seen before the last change says more */
#define FEWEST 3      /* with fewer nothing is said at all */
#define SETTLED_NS G_GINT64_CONSTANT (1000000000)
#define SURE 1.6      /* the longest guess is no more than so many times the shortest */
#define SECOND 1e9

/* What has been seen of the present number of workers: from when on, and how much. */
typedef struct {
  gint64 begin;
  gint64 length;
  guint64 begin_count;
  guint64 n;
} Window;

/* Ends a second, from and to: what the pace may be. */
typedef struct {
  double low;
  double high;
  double middle;
} Guess;

/**
 * heddle_pace_init:
 * @self: a pace, of any content
 * @workers: how many there are at first
 *
 * Begins at time 0, with nothing ended.
 */
void
heddle_pace_init (HeddlePace *self, guint workers)
{
  g_return_if_fail (self != NULL);

  memset (self, 0, sizeof *self);
  self->workers = workers;
}

/**
 * heddle_pace_add:
 * @time: nanoseconds on the caller's clock, not before the last ones
 * @count: how many have ended by then, not fewer than before
 */
void
heddle_pace_add (HeddlePace *self, gint64 time, guint64 count)
{
  g_return_if_fail (self != NULL);

  self->time = MAX (time, self->time);
  if (count <= self->count)
    return;
  self->count = count;
  self->points[self->next].time = self->time;
  self->points[self->next].count = count;
  self->next = (self->next + 1) % HEDDLE_PACE_POINTS;
  self->n_points = MIN (self->n_points + 1, HEDDLE_PACE_POINTS);
}

/* The @nth newest point. */
static guint
point_at (const HeddlePace *self, guint nth)
{
  return (self->next + HEDDLE_PACE_POINTS - 1 - nth) % HEDDLE_PACE_POINTS;
}

/* Goes back until there is enough. A point is kept for every look at which something had ended, so
 * the ring always reaches back over ENOUGH of them, and over RECENT_NS at ten looks a second. */
static Window
find_window (const HeddlePace *self)
{
  Window window = { self->begin, self->time - self->begin, self->begin_count, 0 };

  for (guint i = 0; i < self->n_points; i++)
    {
      guint at = point_at (self, i);

      if (self->time - self->points[at].time < RECENT_NS
          || self->count - self->points[at].count < ENOUGH)
        continue;
      window.begin = self->points[at].time;
      window.length = self->time - window.begin;
      window.begin_count = self->points[at].count;
      break;
    }
  window.n = self->count - window.begin_count;
  return window;
}

static double
rate_of (guint64 n, gint64 length)
{
  return length > 0 ? (double) n * SECOND / (double) length : 0;
}

/* Whether what was seen before the last change of workers still says more. */
static gboolean
leans_on_earlier (const HeddlePace *self, const Window *window)
{
  return self->earlier_rate > 0 && window->n < FEW;
}

/**
 * heddle_pace_set_workers:
 * @workers: how many there are from the last look on
 */
void
heddle_pace_set_workers (HeddlePace *self, guint workers)
{
  Window window;

  g_return_if_fail (self != NULL);

  if (workers == self->workers)
    return;
  window = find_window (self);
  if (window.n >= FEW && window.length > 0)
    {
      self->earlier_rate = rate_of (window.n, window.length);
      self->earlier_workers = self->workers;
    }
  self->workers = workers;
  self->begin = self->time;
  self->begin_count = self->count;
  self->n_points = 0;
}

/**
 * heddle_pace_get_rate:
 *
 * Returns: how many end a second at present. In the first second after the number of workers was
 *   changed, as long as hardly any has ended since, how many it was before.
 */
double
heddle_pace_get_rate (const HeddlePace *self)
{
  Window window;

  g_return_val_if_fail (self != NULL, 0);

  window = find_window (self);
  if (leans_on_earlier (self, &window) && window.length < SETTLED_NS)
    return self->earlier_rate;
  return rate_of (window.n, window.length);
}

/* How the two halves of the time differ says whether the pace changes. */
static void
widen_by_halves (const HeddlePace *self, const Window *window, Guess *guess)
{
  gint64 middle = window->begin + window->length / 2;
  guint i = 0;

  while (i < self->n_points && self->points[point_at (self, i)].time > middle)
    i++;
  if (i == self->n_points || self->points[point_at (self, i)].time <= window->begin)
    return;
  for (guint half = 0; half < 2; half++)
    {
      guint at = point_at (self, i);
      guint64 n = half == 0 ? self->points[at].count - window->begin_count
                            : self->count - self->points[at].count;
      gint64 length = half == 0 ? self->points[at].time - window->begin
                                : self->time - self->points[at].time;
      double rate = rate_of (n, length);

      guess->low = MIN (guess->low, MAX (rate, guess->middle / 2));
      guess->high = MAX (guess->high, rate);
    }
}

static Guess
guess_from_window (const HeddlePace *self, const Window *window)
{
  double rate = rate_of (window->n, window->length), error = 1 / sqrt ((double) window->n);
  Guess guess = { rate * (1 - error), rate * (1 + error), rate };

  if (window->n >= 2 * FEW)
    widen_by_halves (self, window, &guess);
  return guess;
}

/* As before, or in the proportion of the workers; and no more than what has been seen since
 * allows. */
static Guess
guess_from_earlier (const HeddlePace *self, const Window *window)
{
  double same = self->earlier_rate;
  double scaled = same * self->workers / MAX (self->earlier_workers, 1);
  double seen = (double) window->n + 1 + sqrt ((double) window->n);
  Guess guess = { MIN (same, scaled), MAX (same, scaled), 0 };

  if (window->length > 0)
    guess.high = MIN (guess.high, seen * SECOND / (double) window->length);
  guess.low = MIN (guess.low, guess.high);
  guess.middle = sqrt (guess.low * guess.high);
  return guess;
}

/**
 * heddle_pace_estimate:
 * @n_left: how many have not ended
 * @least: (out): nanoseconds: how long these take at least
 * @most: (out): how long at most; the same where the estimate is sure
 *
 * Returns: FALSE while too little has been seen to say anything
 */
gboolean
heddle_pace_estimate (const HeddlePace *self, guint64 n_left, gint64 *least, gint64 *most)
{
  Window window;
  Guess guess;

  g_return_val_if_fail (self != NULL && least != NULL && most != NULL, FALSE);

  window = find_window (self);
  if (leans_on_earlier (self, &window))
    guess = guess_from_earlier (self, &window);
  else if (window.n >= FEWEST && window.length > 0)
    guess = guess_from_window (self, &window);
  else
    return FALSE;
  if (!(guess.low > 0))
    return FALSE;
  if (guess.high <= SURE * guess.low)
    guess.low = guess.high = guess.middle;
  *least = (gint64) MIN ((double) n_left / guess.high * SECOND, 9e18);
  *most = (gint64) MIN ((double) n_left / guess.low * SECOND, 9e18);
  return TRUE;
}
