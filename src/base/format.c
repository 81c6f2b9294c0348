/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define NARROW_SPACE "\xe2\x80\xaf" /* U+202F, no break */
#define MINUTE 60                   /* seconds */
#define HOUR 3600

static const struct {
  gint64 ns;        /* one of the unit */
  const char *text; /* with a place for the number */
} units[HEDDLE_N_TIME_UNITS] = {
  [HEDDLE_TIME_NS] = { 1, N_("%s ns") },          [HEDDLE_TIME_US] = { HEDDLE_US, N_("%s µs") },
  [HEDDLE_TIME_MS] = { HEDDLE_MS, N_("%s ms") },  [HEDDLE_TIME_S] = { HEDDLE_S, N_("%s s") },
  [HEDDLE_TIME_MIN] = { HEDDLE_MIN, N_("%s min") }, [HEDDLE_TIME_H] = { HEDDLE_H, N_("%s h") },
};

/**
 * heddle_time_unit_get_ns:
 *
 * Returns: how many nanoseconds one of the unit has
 */
gint64
heddle_time_unit_get_ns (HeddleTimeUnit unit)
{
  return units[unit].ns;
}

/**
 * heddle_format_count:
 * @count: a number of things
 *
 * The digits in groups of three with narrow spaces, as ISO 80000 has it, whatever the locale: "30
 * 412". Numbers of up to four digits stay together: "4180" reads as well, and does not jump. Where
 * there is no room the text is cut between characters.
 */
char *
heddle_format_count (guint64 count, char *buffer, gsize size)
{
  char digits[24];
  int n = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, count);
  gsize at = 0;

  g_return_val_if_fail (size > 0, buffer);

  for (int i = 0; i < n; i++)
    {
      gsize gap = i > 0 && n > 4 && (n - i) % 3 == 0 ? strlen (NARROW_SPACE) : 0;

      if (at + gap + 1 >= size)
        break;
      memcpy (buffer + at, NARROW_SPACE, gap);
      at += gap;
      buffer[at++] = digits[i];
    }
  buffer[at] = '\0';
  return buffer;
}

/**
 * heddle_format_signed:
 * @value: any whole number
 *
 * As heddle_format_count(), with a minus: "−30 412".
 */
char *
heddle_format_signed (gint64 value, char *buffer, gsize size)
{
  guint64 magnitude = value < 0 ? -(guint64) value : (guint64) value;
  gsize at = value < 0 ? g_strlcpy (buffer, "\u2212", size) : 0;

  if (at < size)
    heddle_format_count (magnitude, buffer + at, size - at);
  return buffer;
}

/**
 * heddle_format_value:
 * @value: not negative
 *
 * Three digits or so: "0.25", "4.2", "4180", "30 412".
 */
char *
heddle_format_value (double value, char *buffer, gsize size)
{
  if (!isfinite (value) || value < 0)
    value = 0;
  if (value >= 99.95 || fabs (value - rint (value)) < 1e-6)
    return heddle_format_count ((guint64) MIN (rint (value), 1e18), buffer, size);
  g_snprintf (buffer, size, value < 1 ? "%.2f" : "%.1f", value);
  return buffer;
}

/**
 * heddle_format_percent:
 * @share: 0 to 1
 *
 * "93 %"
 */
char *
heddle_format_percent (double share, char *buffer, gsize size)
{
  /* Translators: a number of per cent */
  g_snprintf (buffer, size, _("%d %%"), (int) lround (CLAMP (share, 0, 1) * 100));
  return buffer;
}

/**
 * heddle_format_rate_value:
 * @per_second: how many of something a second
 *
 * The number of a rate, where the text around it says of what: "4180", and with a decimal where it
 * is slow: "4.2".
 */
char *
heddle_format_rate_value (double per_second, char *buffer, gsize size)
{
  if (!(per_second > 0))
    g_strlcpy (buffer, "0", size);
  else if (per_second < 9.95)
    g_snprintf (buffer, size, "%.1f", per_second);
  else
    heddle_format_count ((guint64) llround (MIN (per_second, 1e18)), buffer, size);
  return buffer;
}

/**
 * heddle_format_rate:
 * @per_second: how many of something a second
 *
 * As heddle_format_rate_value(): "4180/s".
 */
char *
heddle_format_rate (double per_second, char *buffer, gsize size)
{
  char number[HEDDLE_FORMAT_SIZE];

  /* Translators: so many tasks a second */
  g_snprintf (buffer, size, _("%s/s"),
              heddle_format_rate_value (per_second, number, sizeof number));
  return buffer;
}

/**
 * heddle_format_bytes:
 * @bytes: -1: not known
 *
 * In powers of 1024, as memory is counted everywhere in the window: "24.1 MiB".
 */
char *
heddle_format_bytes (gint64 bytes, char *buffer, gsize size)
{
  g_autofree char *text =
    bytes >= 0 ? g_format_size_full ((guint64) bytes, G_FORMAT_SIZE_IEC_UNITS) : NULL;

  g_strlcpy (buffer, text != NULL ? text : "–", size);
  return buffer;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* @text is translated and has a place for the number. */
static char *
put_number (const char *text, const char *number, char *buffer, gsize size)
{
  g_snprintf (buffer, size, text, number);
  return buffer;
}
#pragma GCC diagnostic pop

/**
 * heddle_format_in_unit:
 * @number: a number, as text
 * @unit: of what
 *
 * "2.5 ms"
 */
char *
heddle_format_in_unit (const char *number, HeddleTimeUnit unit, char *buffer, gsize size)
{
  return put_number (_(units[unit].text), number, buffer, size);
}

/**
 * heddle_format_measured:
 * @amount: nanoseconds, or bytes; not negative
 * @bytes: whether it is bytes
 *
 * Finer than heddle_format_duration() and heddle_format_bytes(), for amounts that are compared with
 * each other: three digits that count, and whole numbers without decimals: "9.55 ns", "1.90 ms",
 * "36 KiB".
 */
char *
heddle_format_measured (double amount, gboolean bytes, char *buffer, gsize size)
{
  static const char *const larger[] = { N_("%s KiB"), N_("%s MiB"), N_("%s GiB") };
  double step = bytes ? 1024 : 1000;
  char number[HEDDLE_FORMAT_SIZE];
  int decimals = 2;
  guint n = 0;

  for (; n < G_N_ELEMENTS (larger) && amount >= step * 0.9995; n++)
    amount /= step;
  if (amount == floor (amount) || amount >= 99.95)
    decimals = 0;
  else if (amount >= 9.995)
    decimals = 1;
  g_snprintf (number, sizeof number, "%.*f", decimals, amount);
  if (!bytes)
    return heddle_format_in_unit (number, HEDDLE_TIME_NS + n, buffer, size);
  return put_number (n > 0 ? _(larger[n - 1]) : g_dngettext (GETTEXT_PACKAGE, "%s byte", "%s bytes",
                                                             (gulong) amount),
                     number, buffer, size);
}

/* The unit in which people say it. No number is rounded up to a whole of the next larger one: 999.6
 * ms is "1.0 s", not "1000 ms". */
static HeddleTimeUnit
unit_of (gint64 ns)
{
  if (ns < HEDDLE_US)
    return HEDDLE_TIME_NS;
  if (ns < HEDDLE_MS - HEDDLE_US / 2)
    return HEDDLE_TIME_US;
  return ns < HEDDLE_S - HEDDLE_MS / 2 ? HEDDLE_TIME_MS : HEDDLE_TIME_S;
}

/* From here on whole seconds are enough, and are written with minutes. */
static gboolean
is_long (gint64 ns)
{
  return ns >= HEDDLE_MIN - 50 * HEDDLE_MS;
}

/* Three digits at most. */
static void
format_number (gint64 ns, HeddleTimeUnit unit, char *buffer, gsize size)
{
  double number = (double) ns / (double) units[unit].ns;

  g_snprintf (buffer, size, "%.*f", unit == HEDDLE_TIME_NS || ns == 0 || number >= 99.95 ? 0 : 1,
              number);
}

/**
 * heddle_format_duration:
 * @ns: nanoseconds, taken for 0 where it is negative
 *
 * In the unit that suits: "850 ns", "0.8 ms", "149 ms", "3.2 s", "2 min 5 s", "1 h 4 min".
 */
char *
heddle_format_duration (gint64 ns, char *buffer, gsize size)
{
  char number[HEDDLE_FORMAT_SIZE];
  gint64 whole;

  ns = MAX (ns, 0);
  whole = ns / HEDDLE_S + (ns % HEDDLE_S >= HEDDLE_S / 2);
  if (!is_long (ns))
    {
      format_number (ns, unit_of (ns), number, sizeof number);
      heddle_format_in_unit (number, unit_of (ns), buffer, size);
    }
  else if (whole < HOUR)
    g_snprintf (buffer, size, _("%d min %d s"), (int) (whole / MINUTE), (int) (whole % MINUTE));
  else
    g_snprintf (buffer, size, _("%d h %d min"), (int) (whole / HOUR),
                (int) (whole % HOUR / MINUTE));
  return buffer;
}

/**
 * heddle_format_duration_range:
 * @from: nanoseconds
 * @to: nanoseconds, not less
 *
 * Writes the unit once where both ends have the same, and with so many decimals that the ends
 * differ: "0.6 to 0.8 ms", "850 ns to 1.2 µs".
 */
char *
heddle_format_duration_range (gint64 from, gint64 to, char *buffer, gsize size)
{
  char first[HEDDLE_FORMAT_SIZE], second[HEDDLE_FORMAT_SIZE], both[3 * HEDDLE_FORMAT_SIZE];
  HeddleTimeUnit unit = unit_of (to);

  if (is_long (to) || (from != 0 && unit_of (from) != unit))
    {
      heddle_format_duration (from, first, sizeof first);
      heddle_format_duration (to, second, sizeof second);
      /* Translators: a range, "0.6 to 0.8", or with units, "850 ns to 1.2 µs" */
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
  return heddle_format_in_unit (both, unit, buffer, size);
}

static int
round_up (int value, int step)
{
  return value / step * step + (value % step > 0 ? step : 0);
}

/* Even where it is sure an estimate is off by a tenth or so. */
static void
format_left (int seconds, char *buffer, gsize size)
{
  if (seconds < MINUTE)
    {
      g_snprintf (buffer, size, _("%d s left"), seconds);
      return;
    }
  if (seconds >= HOUR)
    {
      seconds = round_up (seconds, 10 * MINUTE);
      g_snprintf (buffer, size, _("%d h %d min left"), seconds / HOUR, seconds % HOUR / MINUTE);
      return;
    }
  seconds = round_up (seconds, seconds < 10 * MINUTE ? 10 : MINUTE);
  if (seconds % MINUTE == 0)
    g_snprintf (buffer, size, _("%d min left"), seconds / MINUTE);
  else
    g_snprintf (buffer, size, _("%d min %d s left"), seconds / MINUTE, seconds % MINUTE);
}

/* The lower end in whole ones of a unit down, the upper one up. */
static void
format_left_range (int least, int most, char *buffer, gsize size)
{
  int minutes = round_up (most, MINUTE) / MINUTE, hours = round_up (most, HOUR) / HOUR;

  if (most < 90)
    g_snprintf (buffer, size, _("%d to %d s left"), least, most);
  else if (most < 90 * MINUTE && least < MINUTE)
    g_snprintf (buffer, size, _("%d s to %d min left"), least, minutes);
  else if (most < 90 * MINUTE)
    g_snprintf (buffer, size, _("%d to %d min left"), least / MINUTE, minutes);
  else if (least < HOUR)
    g_snprintf (buffer, size, _("%d min to %d h left"), MAX (least / MINUTE, 1), hours);
  else
    g_snprintf (buffer, size, _("%d to %d h left"), least / HOUR, hours);
}

/**
 * heddle_format_time_left:
 * @least: nanoseconds that the rest takes at least
 * @most: and at most: the same where that is sure
 *
 * No more digits than that is worth: "12 s left", "5 to 9 min left".
 */
char *
heddle_format_time_left (gint64 least, gint64 most, char *buffer, gsize size)
{
  int from = (int) CLAMP (least / HEDDLE_S, 0, G_MAXINT / 2);
  int to = (int) CLAMP (most / HEDDLE_S + (most % HEDDLE_S > 0), 0, G_MAXINT / 2);

  if (to <= from + 1)
    format_left (to, buffer, size);
  else
    format_left_range (from, to, buffer, size);
  return buffer;
}

/**
 * heddle_format_clock:
 * @ns: time since the start of a run
 *
 * Time on the run's own clock, to the millisecond: "0:03.214".
 */
char *
heddle_format_clock (gint64 ns, char *buffer, gsize size)
{
  gint64 ms = MAX (ns, 0) / 1000000;
  int hours = (int) (ms / 3600000);

  if (hours > 0)
    g_snprintf (buffer, size, "%d:%02d:%02d.%03d", hours, (int) (ms / 60000 % 60),
                (int) (ms / 1000 % 60), (int) (ms % 1000));
  else
    g_snprintf (buffer, size, "%d:%02d.%03d", (int) (ms / 60000), (int) (ms / 1000 % 60),
                (int) (ms % 1000));
  return buffer;
}
