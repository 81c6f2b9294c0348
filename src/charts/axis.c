/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "charts/axis.h"

#define THIN_SPACE "\342\200\211" /* U+2009 */
#define MINUTE (60 * HEDDLE_S)
#define HOUR (60 * MINUTE)

typedef struct {
  gint64 ns;        /* one of the unit */
  const char *text; /* with a place for the number */
} Unit;

static const Unit units[] = {
  { HOUR, N_("%s h") }, { MINUTE, N_("%s min") }, { HEDDLE_S, N_("%s s") },
  { HEDDLE_MS, N_("%s ms") }, { HEDDLE_US, N_("%s µs") }, { 1, N_("%s ns") },
};

/* Steps people think in, beyond the decimal ones of up to ten seconds. */
static const gint64 long_steps[] = {
  20 * HEDDLE_S, 30 * HEDDLE_S, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 5 * HOUR, 10 * HOUR, 20 * HOUR, 50 * HOUR, 100 * HOUR,
};

/**
 * heddle_axis_time_step:
 * @length: the stretch to cover, nanoseconds
 * @max_ticks: how many steps may fit into it at most, at least 1
 *
 * Returns: the smallest round step (1, 2 or 5 times a power of ten up to ten seconds, then 20 and 30 s, minutes and
 *   hours) of which at most @max_ticks fit into @length
 */
gint64
heddle_axis_time_step (gint64 length,
                       guint  max_ticks)
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

  return ((least - 1) / (100 * HOUR) + 1) * (100 * HOUR);
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
heddle_axis_time_ticks (gint64  begin,
                        gint64  end,
                        gint64  origin,
                        gint64  step,
                        gint64 *times,
                        guint   max_ticks)
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

static void
format_unit (const char *number,
             guint       unit,
             char       *buffer,
             gsize       size)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_snprintf (buffer, size, _(units[unit].text), number);
#pragma GCC diagnostic pop
}

static int
decimals_of (gint64 step,
             gint64 unit)
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
 * @reach: the largest offset on the axis: it chooses the unit, the same for all ticks
 * @buffer: (out): the label, such as "-10 s", "2.5 ms", "0"
 * @size: room in @buffer
 *
 * Returns: @buffer
 */
char *
heddle_axis_time_label (gint64 offset,
                        gint64 step,
                        gint64 reach,
                        char  *buffer,
                        gsize  size)
{
  const Unit *unit = &units[G_N_ELEMENTS (units) - 1];
  char number[HEDDLE_AXIS_TEXT];

  if (offset == 0)
    {
      g_strlcpy (buffer, "0", size);
      return buffer;
    }

  reach = MAX (ABS (reach), ABS (offset));
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      /* minutes and hours only where the steps are whole ones: "90 s" reads better than "1.5 min" */
      if (reach < units[i].ns || (units[i].ns >= MINUTE && step % units[i].ns != 0))
        continue;
      unit = &units[i];
      break;
    }

  g_snprintf (number, sizeof number, "%.*f", decimals_of (step, unit->ns), (double) offset / (double) unit->ns);
  format_unit (number, (guint) (unit - units), buffer, size);

  return buffer;
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
    if (long_steps[i] > time && long_steps[i] >= MINUTE)
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
heddle_axis_round_times (gint64  from,
                         gint64  to,
                         guint   max,
                         gint64 *times,
                         gint64 *step)
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
 * Returns: the smallest of 1, 2, 2.5 or 5 times a power of ten of which at most @max_ticks fit into @maximum
 */
double
heddle_axis_value_step (double maximum,
                        guint  max_ticks)
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
 * Returns: the first multiple of @step that is not below @maximum, at least @step: the top of the axis
 */
double
heddle_axis_value_ceiling (double maximum,
                           double step)
{
  if (!(maximum > 0) || !isfinite (maximum))
    return step;

  return MAX (1, ceil (maximum / step - 1e-9)) * step;
}

/* Which unit a duration is written in, as people say it: "850 ns", "12.3 µs", "0.8 ms", "149 ms", "2.1 s", "134 s". */
static guint
duration_unit (gint64 ns)
{
  ns = ABS (ns);
  if (ns < HEDDLE_US)
    return 5;
  if (ns < 100 * HEDDLE_US)
    return 4;
  return ns < 999500 * HEDDLE_US ? 3 : 2;
}

static void
format_number (gint64 ns,
               guint  unit,
               char  *buffer,
               gsize  size)
{
  double number = (double) ns / (double) units[unit].ns;

  g_snprintf (buffer, size, "%.*f", units[unit].ns == 1 || fabs (number) >= 99.95 || ns == 0 ? 0 : 1, number);
}

/**
 * heddle_axis_format_duration:
 * @ns: nanoseconds
 * @buffer: (out): "0.8 ms", "14.9 ms", "2.1 s", "3 min 20 s", "1 h 5 min"
 * @size: room in @buffer
 *
 * Returns: @buffer
 */
char *
heddle_axis_format_duration (gint64 ns,
                             char  *buffer,
                             gsize  size)
{
  char number[HEDDLE_AXIS_TEXT];

  if (ns >= HOUR)
    g_snprintf (buffer, size, _("%d h %d min"), (int) (ns / HOUR), (int) (ns % HOUR / MINUTE));
  else if (ns >= 2 * MINUTE)
    g_snprintf (buffer, size, _("%d min %d s"), (int) (ns / MINUTE), (int) (ns % MINUTE / HEDDLE_S));
  else
    {
      format_number (ns, duration_unit (ns), number, sizeof number);
      format_unit (number, duration_unit (ns), buffer, size);
    }

  return buffer;
}

/**
 * heddle_axis_format_duration_range:
 * @from: nanoseconds
 * @to: nanoseconds, not less
 * @buffer: (out): "0.6 to 0.8 ms", "850 ns to 1.2 µs"
 * @size: room in @buffer
 *
 * Writes the unit once where both ends have the same, and with so many decimals that the ends differ.
 *
 * Returns: @buffer
 */
char *
heddle_axis_format_duration_range (gint64 from,
                                   gint64 to,
                                   char  *buffer,
                                   gsize  size)
{
  char first[HEDDLE_AXIS_TEXT], second[HEDDLE_AXIS_TEXT], both[2 * HEDDLE_AXIS_TEXT + 8];
  guint unit = duration_unit (to);

  if (to >= 2 * MINUTE || (from != 0 && duration_unit (from) != unit))
    {
      heddle_axis_format_duration (from, first, sizeof first);
      heddle_axis_format_duration (to, second, sizeof second);
      g_snprintf (buffer, size, _("%s to %s"), first, second);
      return buffer;
    }

  format_number (from, unit, first, sizeof first);
  format_number (to, unit, second, sizeof second);
  for (int decimals = 2; decimals <= 4 && strcmp (first, second) == 0 && from != to; decimals++)
    {
      g_snprintf (first, sizeof first, "%.*f", decimals, (double) from / (double) units[unit].ns);
      g_snprintf (second, sizeof second, "%.*f", decimals, (double) to / (double) units[unit].ns);
    }
  g_snprintf (both, sizeof both, _("%s to %s"), first, second);
  format_unit (both, unit, buffer, size);

  return buffer;
}

/**
 * heddle_axis_format_count:
 * @count: any number
 * @buffer: (out): the number in groups of three with thin spaces: "30 412"
 * @size: room in @buffer
 *
 * Numbers of up to four digits stay together.
 *
 * Returns: @buffer
 */
char *
heddle_axis_format_count (guint64 count,
                          char   *buffer,
                          gsize   size)
{
  char digits[24];
  gsize n, at = 0;

  g_return_val_if_fail (size > 0, buffer);

  n = (gsize) g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, count);
  for (gsize i = 0; i < n; i++)
    {
      gboolean group = i > 0 && n > 4 && (n - i) % 3 == 0;

      if (at + 1 + (group ? strlen (THIN_SPACE) : 0) >= size)
        break;
      if (group)
        {
          memcpy (buffer + at, THIN_SPACE, strlen (THIN_SPACE));
          at += strlen (THIN_SPACE);
        }
      buffer[at++] = digits[i];
    }
  buffer[at] = '\0';

  return buffer;
}

/**
 * heddle_axis_format_value:
 * @value: a value of a series, not negative
 * @buffer: (out): three digits or so: "0.25", "4.2", "4180", "30 412"
 * @size: room in @buffer
 *
 * Returns: @buffer
 */
char *
heddle_axis_format_value (double value,
                          char  *buffer,
                          gsize  size)
{
  if (!isfinite (value) || value < 0)
    value = 0;

  if (value >= 99.95 || fabs (value - rint (value)) < 1e-6)
    return heddle_axis_format_count ((guint64) MIN (rint (value), 1e18), buffer, size);

  g_snprintf (buffer, size, value < 1 ? "%.2f" : "%.1f", value);
  return buffer;
}
