/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/json.h"

#include <math.h>
#include <string.h>

static char *
put (char *to, const char *text, gsize length)
{
  memcpy (to, text, length);
  return to + length;
}

/**
 * heddle_json_put_unsigned:
 * @to: where to write, HEDDLE_JSON_NUMBER_ROOM bytes
 *
 * Writes @number in decimal. Returns the byte behind it.
 */
char *
heddle_json_put_unsigned (char *to, guint64 number)
{
  char digits[20];
  guint n = 0;

  do
    digits[n++] = (char) ('0' + number % 10);
  while ((number /= 10) != 0);
  while (n > 0)
    *to++ = digits[--n];
  return to;
}

/**
 * heddle_json_put_signed:
 * @to: where to write, HEDDLE_JSON_NUMBER_ROOM bytes
 *
 * Writes @number in decimal. Returns the byte behind it.
 */
char *
heddle_json_put_signed (char *to, gint64 number)
{
  if (number >= 0)
    return heddle_json_put_unsigned (to, (guint64) number);
  *to++ = '-';
  return heddle_json_put_unsigned (to, -(guint64) number);
}

/**
 * heddle_json_put_double:
 * @to: where to write, G_ASCII_DTOSTR_BUF_SIZE bytes
 * @format: as for printf(): "%.1f"
 *
 * Writes @number, or null where it is not finite. Returns the byte behind it.
 */
char *
heddle_json_put_double (char *to, double number, const char *format)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number))
    return put (to, "null", strlen ("null"));
  g_ascii_formatd (text, sizeof text, format, number);
  return put (to, text, strlen (text));
}

static char *
put_escape (char *to, guchar c)
{
  static const char hex[] = "0123456789abcdef";

  *to++ = '\\';
  switch (c)
    {
    case '"':
    case '\\':
      *to++ = (char) c;
      return to;
    case '\n':
      *to++ = 'n';
      return to;
    case '\r':
      *to++ = 'r';
      return to;
    case '\t':
      *to++ = 't';
      return to;
    default:
      to = put (to, "u00", strlen ("u00"));
      *to++ = hex[c >> 4];
      *to++ = hex[c & 15];
      return to;
    }
}

/**
 * heddle_json_put_special:
 *
 * What heddle_json_put_char() does with a character that is not plain ASCII.
 */
char *
heddle_json_put_special (char *to, const char **text, gboolean *valid)
{
  guchar c = (guchar) **text;
  gunichar character;
  gsize length;

  if (c < 0x80)
    {
      (*text)++;
      return put_escape (to, c);
    }
  character = g_utf8_get_char_validated (*text, -1);
  if (character == (gunichar) -1 || character == (gunichar) -2)
    {
      (*text)++;
      *valid = FALSE;
      return put (to, "\357\277\275", 3); /* U+FFFD */
    }
  length = (gsize) g_utf8_skip[c];
  to = put (to, *text, length);
  *text += length;
  return to;
}

/**
 * heddle_json_put_string:
 * @to: where to write; HEDDLE_JSON_CHAR_ROOM bytes for each of @text and two for the quotes
 * @text: bytes, not necessarily UTF-8
 * @valid: (out): set to %FALSE where a byte was no UTF-8 and was replaced by U+FFFD; left alone
 * otherwise
 *
 * Writes @text as a JSON string in UTF-8. Returns the byte behind it.
 */
char *
heddle_json_put_string (char *to, const char *text, gboolean *valid)
{
  *to++ = '"';
  while (*text != '\0')
    to = heddle_json_put_char (to, &text, valid);
  *to++ = '"';
  return to;
}
