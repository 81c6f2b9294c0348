/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/parse.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"

/**
 * heddle_refuse:
 * @format: what is acceptable, translated, printf-style; bytes of the arguments that are no UTF-8
 * are replaced
 *
 * Sets HEDDLE_ERROR_USAGE.
 *
 * Returns: FALSE
 */
gboolean
heddle_refuse (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  valid = g_utf8_make_valid (text, -1);
  g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE, valid);
  return FALSE;
}

/**
 * heddle_number_parse:
 * @text: "5", "0.25", "-1", "1e-3"
 * @number: (out): its value
 *
 * The one way in which a number that may have a fraction is written, in every locale: digits, a
 * point, an exponent, a minus; nothing before and nothing behind. What strtod() takes besides
 * ("0x10", " 5", "+5", "nan", "infinity") is more often a slip than a wish.
 *
 * Returns: whether @text is one
 */
gboolean
heddle_number_parse (const char *text, double *number)
{
  char *end = NULL;

  g_return_val_if_fail (text != NULL && number != NULL, FALSE);

  if (text[0] == '+' || strspn (text, "+-.0123456789eE") != strlen (text))
    return FALSE;
  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*number);
}

/**
 * heddle_number_dup:
 * @number: any finite number
 *
 * Returns: (transfer full): @number the shortest way from which heddle_number_parse() reads the
 * same: "0.1", "5"
 */
char *
heddle_number_dup (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.15g", number);
  if (g_ascii_strtod (buffer, NULL) != number)
    g_ascii_dtostr (buffer, sizeof buffer, number);
  return g_strdup (buffer);
}

/**
 * heddle_option_parse_count:
 * @option: its name without the dashes: "workers"
 * @text: what the user wrote, bytes
 * @min: the least that is acceptable
 * @max: and the most
 * @count: (out): set where @text is acceptable
 *
 * Reads a whole number: digits, and nothing else.
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE, which says what is acceptable
 */
gboolean
heddle_option_parse_count (const char *option, const char *text, guint min, guint max, guint *count,
                           GError **error)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, min, max, &number, NULL))
    {
      *count = (guint) number;
      return TRUE;
    }
  return heddle_refuse (error, _("--%s must be a whole number from %u to %u, not “%s”"), option,
                        min, max, text);
}
