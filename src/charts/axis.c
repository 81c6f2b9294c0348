/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "charts/axis.h"

/* Steps people think in, beyond the decimal ones of up to ten seconds. */
static const gint64 long_steps[] = {
  20 * HEDDLE_S,   30 * HEDDLE_S,   HEDDLE_MIN,      2 * HEDDLE_MIN, 5 * HEDDLE_MIN,
  10 * HEDDLE_MIN, 20 * HEDDLE_MIN, 30 * HEDDLE_MIN, HEDDLE_H,       2 * HEDDLE_H,
  5 * HEDDLE_H,    10 * HEDDLE_H,   20 * HEDDLE_H,   50 * HEDDLE_H,  100 * HEDDLE_H,
};

/**
 * heddle_axis_time_step:
 * @length: the stretch to cover, nanoseconds
 * @max_ticks: how many steps may fit into it at most, at least 1
 *
 * Returns: the smallest round step (1, 2 or 5 times a power of ten up to ten seconds, then 20 and
 * 30 s, minutes and hours) of which at most @max_ticks fit into @length
 */
gint64
heddle_axis_time_step (gint64 length, guint max_ticks)
{
  static const gint64 mantissa[] = { 1, 2, 5 };
  gint64 least = (MAX (length, 1) - 1) / MAX (max_ticks, 1) + 1;

  for (gint64 decade = 1; decade <= 10 * HEDDLE_S; decade *= 10)
    for (guint i = 0; i < G_N_ELEMENTS (mantissa); i++)
      if (decade * mantissa[i] >= least && decade * mantissa[i] <= 10 * HEDDLE_S)
        return decade * mantissa[i];

  for (guint i = 0; i < G_N_ELEMENTS (long_steps); i++)
    if (long_steps[i] >= least)
      return long_steps[i];

  return ((least - 1) / (100 * HEDDLE_H) + 1) * (100 * HEDDLE_H);
}

/**
 * heddle_axis_time_ticks:
 * @begin: where the axis begins
 * @end: where it ends
 * @origin: the moment that is called 0
 * @step: distance of ticks, more than 0
 * @times: (out): where the ticks stand, ascending
 * @max_ticks: room in @times
 *
 * Ticks stand at whole multiples of @step from @origin, both ends included.
 *
 * Returns: how many
 */
guint
heddle_axis_time_ticks (gint64 begin, gint64 end, gint64 origin, gint64 step, gint64 *times,
                        guint max_ticks)
{
  gint64 offset, k, time;
  guint n = 0;

  g_return_val_if_fail (step > 0, 0);

  offset = begin - origin;
  k = offset / step;
  if (k * step < offset) /* the division rounds towards 0, we want up */
    k++;

  for (time = origin + k * step; time <= end && n < max_ticks; time += step)
    times[n++] = time;

  return n;
}

static int
decimals_of (gint64 step, gint64 unit)
{
  int decimals = 0;

  /* 0.5 of a unit needs one decimal, 0.02 two ...; six are the most that can be read */
  while (decimals < 6 && step % unit != 0)
    {
      decimals++;
      if (unit % 10 != 0)
        return 1;
      unit /= 10;
    }

  return decimals;
}

/**
 * heddle_axis_time_label:
 * @offset: of the tick from the origin
 * @step: the distance of ticks, so that no label says more digits than it needs
 * @reach: the largest offset on the axis: it chooses the unit, the same for all ticks, which
 * heddle_format_duration() would not
 * @buffer: (out): the label, such as "-10 s", "2.5 ms", "0"
 * @size: room in @buffer
 *
 * Returns: @buffer
 */
char *
heddle_axis_time_label (gint64 offset, gint64 step, gint64 reach, char *buffer, gsize size)
{
  HeddleTimeUnit unit = HEDDLE_TIME_H;
  char number[HEDDLE_FORMAT_SIZE];
  gint64 ns;

  if (offset == 0)
    {
      g_strlcpy (buffer, "0", size);
      return buffer;
    }

  reach = MAX (ABS (reach), ABS (offset));
  /* minutes and hours only where the steps are whole ones: "90 s" reads better than "1.5 min" */
  for (; unit > HEDDLE_TIME_NS; unit--)
    {
      ns = heddle_time_unit_get_ns (unit);
      if (reach >= ns && (ns < HEDDLE_MIN || step % ns == 0))
        break;
    }
  ns = heddle_time_unit_get_ns (unit);
  g_snprintf (number, sizeof number, "%.*f", decimals_of (step, ns), (double) offset / (double) ns);
  return heddle_format_in_unit (number, unit, buffer, size);
}

#define LABEL_STEPS_MAX 100000 /* from the origin: a label of so many steps has six digits */

/**
 * heddle_axis_labels_init:
 * @self: (out): the labels
 * @begin: where the axis begins, an offset from its origin
 * @end: where it ends
 * @step: distance of ticks, more than 0
 */
void
heddle_axis_labels_init (HeddleAxisLabels *self, gint64 begin, gint64 end, gint64 step)
{
  *self = (HeddleAxisLabels) { step, 0, 1, MAX (ABS (begin), ABS (end)) };
  if (self->reach / step < LABEL_STEPS_MAX)
    return;
  while (self->grain < end - begin)
    self->grain *= 10;
  self->base = begin / self->grain * self->grain;
  self->reach = MAX (ABS (begin - self->base), ABS (end - self->base));
}

/**
 * heddle_axis_labels_format:
 * @offset: of the tick from the origin
 * @buffer: (out): the label, such as "12.5 s", "2 min", "+40 µs"
 * @size: room in @buffer
 *
 * Returns: @buffer
 */
char *
heddle_axis_labels_format (const HeddleAxisLabels *self, gint64 offset, char *buffer, gsize size)
{
  char label[HEDDLE_FORMAT_SIZE];

  heddle_axis_time_label (offset - self->base, self->step, self->reach, label, sizeof label);
  g_snprintf (buffer, size, "%s%s", self->base != 0 && offset >= self->base ? "+" : "", label);
  return buffer;
}

/**
 * heddle_axis_labels_format_base:
 * @self: labels that have a base
 * @buffer: (out): what they count from, such as "12.345 s"
 * @size: room in @buffer
 *
 * Returns: @buffer
 */
char *
heddle_axis_labels_format_base (const HeddleAxisLabels *self, char *buffer, gsize size)
{
  return heddle_axis_time_label (self->base, self->grain, self->base, buffer, size);
}

/* The next of 1, 2, 5, 10 ... up to 50 s, and then what people say. */
static gint64
next_round (gint64 time)
{
  static const gint64 mantissa[] = { 1, 2, 5 };

  for (gint64 decade = 1; decade <= 10 * HEDDLE_S; decade *= 10)
    for (guint i = 0; i < G_N_ELEMENTS (mantissa); i++)
      if (decade * mantissa[i] > time)
        return decade * mantissa[i];
  for (guint i = 0; i < G_N_ELEMENTS (long_steps); i++)
    if (long_steps[i] > time && long_steps[i] >= HEDDLE_MIN)
      return long_steps[i];
  return G_MAXINT64;
}

/**
 * heddle_axis_round_times:
 * @from: the least time on the axis, not negative
 * @to: the greatest
 * @max: how many at most, at least 1
 * @times: (out) (array length=max): times between these, both included, ascending
 * @step: (out): their distance, 0 where they have different ones
 *
 * For an axis that is logarithmic: 1, 2, 5, 10 ... as far as there is room, otherwise evenly chosen
 * ones of these. Where the axis reaches over less than a factor of ten, equal steps.
 *
 * Returns: how many
 */
guint
heddle_axis_round_times (gint64 from, gint64 to, guint max, gint64 *times, gint64 *step)
{
  guint n = 0, every, seen = 0;
  gint64 time;

  g_return_val_if_fail (max > 0, 0);

  *step = 0;
  if (to / 10 < from)
    {
      *step = heddle_axis_time_step (to - from, max);
      return heddle_axis_time_ticks (from, to, 0, *step, times, max);
    }
  for (time = next_round (from - 1); time <= to && time < G_MAXINT64; time = next_round (time))
    seen++;
  every = (MAX (seen, 1) - 1) / max + 1;
  seen = 0;
  for (time = next_round (from - 1); time <= to && time < G_MAXINT64; time = next_round (time))
    if (seen++ % every == 0)
      times[n++] = time;
  return n;
}

/**
 * heddle_axis_value_step:
 * @maximum: the largest value, more than 0
 * @max_ticks: how many steps may fit below it at most, at least 1
 *
 * Returns: the smallest of 1, 2, 2.5 or 5 times a power of ten of which at most @max_ticks fit into
 * @maximum
 */
double
heddle_axis_value_step (double maximum, guint max_ticks)
{
  static const double mantissa[] = { 1, 2, 2.5, 5, 10 };
  double least, decade;

  if (!(maximum > 0) || !isfinite (maximum))
    return 1;

  least = maximum / MAX (max_ticks, 1);
  decade = pow (10, floor (log10 (least)));
  for (guint i = 0; i < G_N_ELEMENTS (mantissa); i++)
    if (decade * mantissa[i] >= least * (1 - 1e-9))
      return decade * mantissa[i];

  return decade * 10;
}

/**
 * heddle_axis_value_ceiling:
 * @maximum: the largest value
 * @step: from heddle_axis_value_step()
 *
 * Returns: the first multiple of @step that is not below @maximum, at least @step: the top of the
 * axis
 */
double
heddle_axis_value_ceiling (double maximum, double step)
{
  if (!(maximum > 0) || !isfinite (maximum))
    return step;

  return MAX (1, ceil (maximum / step - 1e-9)) * step;
}
