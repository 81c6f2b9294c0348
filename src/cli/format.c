/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/format.h"
#include "cli/format.h"

/* heddle_append_count() and the like append what heddle_format_count() and the like make, with
 * plain spaces in place of those that do not break or are narrow: not every terminal has these, and
 * scripts look for the plain one. */
static void
append_number (GString *string, const char *number)
{
  for (; *number != '\0'; number = g_utf8_next_char (number))
    {
      gunichar c = g_utf8_get_char (number);

      g_string_append_unichar (string, g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR ? ' ' : c);
    }
}

void
heddle_append_count (GString *string, guint64 number)
{
  char text[HEDDLE_FORMAT_SIZE];

  append_number (string, heddle_format_count (number, text, sizeof text));
}

void
heddle_append_duration (GString *string, gint64 nanoseconds)
{
  char text[HEDDLE_FORMAT_SIZE];

  append_number (string, heddle_format_duration (nanoseconds, text, sizeof text));
}

void
heddle_append_time_left (GString *string, gint64 least, gint64 most)
{
  char text[HEDDLE_FORMAT_SIZE];

  append_number (string, heddle_format_time_left (least, most, text, sizeof text));
}

void
heddle_append_rate (GString *string, double per_second)
{
  char text[HEDDLE_FORMAT_SIZE];

  append_number (string, heddle_format_rate (per_second, text, sizeof text));
}

void
heddle_append_percent (GString *string, double share)
{
  char text[HEDDLE_FORMAT_SIZE];

  append_number (string, heddle_format_percent (share, text, sizeof text));
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
append_char (GString *string, gunichar c, gboolean ascii)
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
heddle_format_fitted (GString *string, const char *text, guint columns, HeddleCut cut,
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
 * Appends @text with its control characters written as escapes ("\n", "\033"), so that it stays one
 * line and cannot command the terminal. Tabs and bytes above 0x7f are kept as they are.
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
 * Appends @name so that no two look alike, it stays in one line and cannot command the terminal: a
 * backslash is doubled, control characters and bytes that are no UTF-8 are escapes ("\n", "\377").
 *
 * Returns: whether anything was escaped; then a backslash belongs in front, as sha256sum puts it in
 * front of its line
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
 * Appends a line, without its end, as `sha256sum` writes it and `sha256sum --check` reads it: the
 * name is written byte by byte, but for a newline, a carriage return and a backslash, which are
 * escaped, and then a backslash comes first. A file called "-" is "./-": "-" alone is standard
 * input there.
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
