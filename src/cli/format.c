/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "cli/format.h"

/**
 * heddle_format_count:
 * @string: appended to
 * @number: how many
 *
 * "42 830": in groups of three digits, with a plain space between them.
 */
void
heddle_format_count (GString *string, guint64 number)
{
  char digits[24];
  int length = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, number);

  for (int i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (string, ' ');
      g_string_append_c (string, digits[i]);
    }
}

static void
append_decimal (GString *string,
                double value,
                const char *unit)
{
  g_string_append_printf (string, value < 9.95 ? "%.1f %s" : "%.0f %s", value, unit);
}

/**
 * heddle_format_duration:
 * @string: appended to
 * @nanoseconds: how long
 *
 * "0.8 ms", "3.2 s", "12 s", "2 min 5 s", "1 h 3 min".
 */
void
heddle_format_duration (GString *string, gint64 nanoseconds)
{
  double ns = MAX (nanoseconds, 0);
  gint64 seconds = (gint64) llround (ns / 1e9);

  if (ns < 999.5)
    g_string_append_printf (string, _("%d ns"), (int) nanoseconds);
  else if (ns < 999.5e3)
    append_decimal (string, ns / 1e3, _("µs"));
  else if (ns < 999.5e6)
    append_decimal (string, ns / 1e6, _("ms"));
  else if (seconds < 60)
    append_decimal (string, ns / 1e9, _("s"));
  else if (seconds < 3600)
    g_string_append_printf (string, _("%d min %d s"), (int) (seconds / 60), (int) (seconds % 60));
  else
    g_string_append_printf (string, _("%d h %d min"), (int) (seconds / 3600), (int) (seconds % 3600 / 60));
}

/**
 * heddle_format_rate:
 * @string: appended to
 * @rate: events a second
 *
 * "13 384/s", "4.2/s".
 */
void
heddle_format_rate (GString *string, double rate)
{
  if (!(rate >= 0))
    rate = 0;
  if (rate < 9.95)
    g_string_append_printf (string, "%.1f", rate);
  else
    heddle_format_count (string, (guint64) llround (MIN (rate, 1e18)));
  g_string_append (string, _("/s"));
}

/**
 * heddle_format_percent:
 * @string: appended to
 * @share: 0 to 1
 *
 * "93 %".
 */
void
heddle_format_percent (GString *string, double share)
{
  g_string_append_printf (string, "%d %%", (int) lround (CLAMP (share, 0.0, 1.0) * 100));
}

/* Columns of a terminal that a character takes. */
static guint
char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

/* The next character as it can be shown in one line: what is no text becomes U+FFFD. */
static gunichar
next_char (const char **text)
{
  gunichar c = g_utf8_get_char_validated (*text, -1);

  if (c == (gunichar) -1 || c == (gunichar) -2)
    {
      (*text)++;
      return 0xfffd;
    }
  *text = g_utf8_next_char (*text);
  return g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 ? 0xfffd : c;
}

/**
 * heddle_format_width:
 * @text: a text, not necessarily valid UTF-8
 *
 * Returns: how many columns of a terminal it takes when it is shown by heddle_format_fitted()
 */
guint
heddle_format_width (const char *text)
{
  guint width = 0;

  while (*text != '\0')
    width += char_width (next_char (&text));
  return width;
}

static void
append_char (GString *string,
             gunichar c,
             gboolean ascii)
{
  if (ascii && c > 0x7e)
    g_string_append (string, char_width (c) == 2 ? "??" : char_width (c) == 1 ? "?" : "");
  else
    g_string_append_unichar (string, c);
}

/**
 * heddle_format_fitted:
 * @string: appended to
 * @text: a text, not necessarily valid UTF-8
 * @columns: how many columns there are
 * @cut: which end is given up where it is too long
 * @ascii: use ASCII characters only
 *
 * Appends @text in one line of at most @columns columns, without control characters.
 *
 * Returns: how many columns it took
 */
guint
heddle_format_fitted (GString *string,
                      const char *text,
                      guint columns,
                      HeddleCut cut,
                      gboolean ascii)
{
  guint width = heddle_format_width (text);
  guint used = 0;
  gboolean too_long = width > columns;

  if (columns == 0)
    return 0;
  if (too_long && cut == HEDDLE_CUT_START)
    {
      while (width > columns - 1)
        width -= char_width (next_char (&text));
      append_char (string, ascii ? '~' : 0x2026, ascii);
      used = 1;
    }
  while (*text != '\0')
    {
      gunichar c = next_char (&text);

      if (too_long && cut == HEDDLE_CUT_END && used + char_width (c) > columns - 1)
        {
          append_char (string, ascii ? '~' : 0x2026, ascii);
          return used + 1;
        }
      append_char (string, c, ascii);
      used += char_width (c);
    }
  return used;
}

/**
 * heddle_format_safe:
 * @string: appended to
 * @text: a text from a task or a file name
 *
 * Appends @text with its control characters written as escapes ("\n", "\033"), so that it stays one line and
 * cannot command the terminal. Tabs and bytes above 0x7f are kept as they are.
 */
void
heddle_format_safe (GString *string, const char *text)
{
  const char *plain = text;

  for (; *text != '\0'; text++)
    {
      guchar c = *text;

      if (c == 0xc2 && (guchar) text[1] >= 0x80 && (guchar) text[1] < 0xa0)
        c = *++text; /* U+0080 to U+009F: controls of eight bits */
      else if ((c >= 0x20 && c != 0x7f) || c == '\t')
        continue;
      g_string_append_len (string, plain, text - plain - (c >= 0x80));
      plain = text + 1;
      if (c == '\n')
        g_string_append (string, "\\n");
      else if (c == '\r')
        g_string_append (string, "\\r");
      else
        g_string_append_printf (string, "\\%03o", c);
    }
  g_string_append_len (string, plain, text - plain);
}

/* Whether a character of a name can be shown as it is: it moves no cursor and ends no line. */
static gboolean
is_plain (gunichar c)
{
  return c == '\t' || (c != '\\' && c != 0x2028 && c != 0x2029 && !g_unichar_iscntrl (c));
}

/**
 * heddle_format_name:
 * @string: appended to
 * @name: a file name: bytes, not necessarily UTF-8
 *
 * Appends @name so that no two look alike, it stays in one line and cannot command the terminal: a backslash is doubled, control characters and
 * bytes that are no UTF-8 are escapes ("\n", "\377").
 *
 * Returns: whether anything was escaped; then a backslash belongs in front, as sha256sum puts it in front of its line
 */
gboolean
heddle_format_name (GString *string, const char *name)
{
  gboolean escaped = FALSE;

  while (*name != '\0')
    {
      gunichar c = g_utf8_get_char_validated (name, -1);
      gboolean valid = c != (gunichar) -1 && c != (gunichar) -2;
      gsize length = valid ? (gsize) g_utf8_skip[(guchar) *name] : 1;

      if (valid && is_plain (c))
        g_string_append_len (string, name, (gssize) length);
      else if (c == '\\' || c == '\n' || c == '\r')
        g_string_append (string, c == '\\' ? "\\\\" : c == '\n' ? "\\n" : "\\r");
      else
        for (gsize i = 0; i < length; i++)
          g_string_append_printf (string, "\\%03o", (guchar) name[i]);
      escaped = escaped || !valid || !is_plain (c);
      name += length;
    }
  return escaped;
}

/**
 * heddle_format_sum:
 * @string: appended to
 * @sum: a checksum in hexadecimal digits
 * @name: the name of its file: bytes
 *
 * Appends a line, without its end, as `sha256sum` writes it and `sha256sum --check` reads it: the name is told byte by byte, but for a
 * newline, a carriage return and a backslash, which are escaped, and then a backslash comes first. A file called "-" is "./-": "-" alone is
 * standard input there.
 */
void
heddle_format_sum (GString *string, const char *sum, const char *name)
{
  if (strpbrk (name, "\\\n\r") != NULL)
    g_string_append_c (string, '\\');
  g_string_append_printf (string, "%s  %s", sum, g_str_equal (name, "-") ? "./" : "");
  for (; *name != '\0'; name++)
    if (*name == '\\' || *name == '\n' || *name == '\r')
      g_string_append (string, *name == '\\' ? "\\\\" : *name == '\n' ? "\\n" : "\\r");
    else
      g_string_append_c (string, *name);
}
