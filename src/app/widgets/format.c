/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/widgets/format.h"

#define SECOND G_GINT64_CONSTANT (1000000000)
#define MINUTE 60 /* seconds */
#define HOUR 3600
#define NARROW_SPACE "\xe2\x80\xaf" /* U+202F, no break */

/**
 * heddle_format_count:
 * @count: a number of things
 *
 * Returns: (transfer full): @count with its digits in groups of three ("30 412"), as ISO 80000 has it, whatever the locale
 */
char *
heddle_format_count (guint64 count)
{
  char digits[24];
  int length = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, count);
  GString *text = g_string_sized_new (40);

  for (int i = 0; i < length; i++)
    {
      /* Four digits stay together: "4180" reads as well and does not jump. */
      if (i > 0 && length > 4 && (length - i) % 3 == 0)
        g_string_append (text, NARROW_SPACE);
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

/**
 * heddle_format_rate:
 * @per_second: how many of something a second, 0 or more
 *
 * Returns: (transfer full): "4180/s", with decimals where it is slow
 */
char *
heddle_format_rate (double per_second)
{
  g_autofree char *count = NULL;

  if (!(per_second > 0))
    return g_strdup (_("0/s"));
  if (per_second < 10)
    /* Translators: so many tasks a second */
    return g_strdup_printf (_("%.1f/s"), per_second);
  count = heddle_format_count ((guint64) llround (MIN (per_second, 1e18)));
  return g_strdup_printf (_("%s/s"), count);
}

static int
round_up (int value, int step)
{
  return value / step * step + (value % step > 0 ? step : 0);
}

/* Even where it is sure an estimate is off by a tenth or so. */
static char *
format_left (int seconds)
{
  if (seconds < MINUTE)
    return g_strdup_printf (_("%d s left"), seconds);
  if (seconds >= HOUR)
    {
      seconds = round_up (seconds, 10 * MINUTE);
      return g_strdup_printf (_("%d h %d min left"), seconds / HOUR, seconds % HOUR / MINUTE);
    }
  seconds = round_up (seconds, seconds < 10 * MINUTE ? 10 : MINUTE);
  if (seconds % MINUTE == 0)
    return g_strdup_printf (_("%d min left"), seconds / MINUTE);
  return g_strdup_printf (_("%d min %d s left"), seconds / MINUTE, seconds % MINUTE);
}

/* The lower end in whole ones of a unit down, the upper one up. */
static char *
format_left_range (int least, int most)
{
  int minutes = round_up (most, MINUTE) / MINUTE, hours = round_up (most, HOUR) / HOUR;

  if (most < 90)
    return g_strdup_printf (_("%d to %d s left"), least, most);
  if (most < 90 * MINUTE && least < MINUTE)
    return g_strdup_printf (_("%d s to %d min left"), least, minutes);
  if (most < 90 * MINUTE)
    return g_strdup_printf (_("%d to %d min left"), least / MINUTE, minutes);
  if (least < HOUR)
    return g_strdup_printf (_("%d min to %d h left"), MAX (least / MINUTE, 1), hours);
  return g_strdup_printf (_("%d to %d h left"), least / HOUR, hours);
}

/**
 * heddle_format_time_left:
 * @least: nanoseconds that the rest takes at least
 * @most: and at most: the same where that is sure
 *
 * Returns: (transfer full): "12 s left", "5 to 9 min left": no more digits than that is worth
 */
char *
heddle_format_time_left (gint64 least, gint64 most)
{
  int from = (int) CLAMP (least / SECOND, 0, G_MAXINT / 2);
  int to = (int) CLAMP (most / SECOND + (most % SECOND > 0), 0, G_MAXINT / 2);

  return to <= from + 1 ? format_left (to) : format_left_range (from, to);
}

/**
 * heddle_format_duration:
 * @nanoseconds: how long
 *
 * Returns: (transfer full): @nanoseconds in the unit that suits: "14.9 ms", "3.2 s", "2 min 5 s", "1 h 4 min"
 */
char *
heddle_format_duration (gint64 nanoseconds)
{
  double seconds = nanoseconds / (double) SECOND;
  gint64 whole = (nanoseconds + SECOND / 2) / SECOND;

  if (nanoseconds < 1000)
    return g_strdup_printf (_("%d ns"), (int) MAX (nanoseconds, 0));
  if (seconds < 0.99995e-3)
    return g_strdup_printf (_("%.1f µs"), seconds * 1e6);
  if (seconds < 0.99995)
    return g_strdup_printf (_("%.1f ms"), seconds * 1e3);
  if (seconds < 59.95)
    return g_strdup_printf (_("%.1f s"), seconds);
  if (whole < 3600)
    return g_strdup_printf (_("%d min %d s"), (int) (whole / 60), (int) (whole % 60));
  return g_strdup_printf (_("%d h %d min"), (int) (whole / 3600), (int) (whole % 3600 / 60));
}
