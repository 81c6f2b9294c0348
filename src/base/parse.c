/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/parse.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"

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
  g_autofree char *shown = NULL;
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, min, max, &number, NULL))
    {
      *count = (guint) number;
      return TRUE;
    }
  shown = g_utf8_make_valid (text, -1);
  g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
               _("--%s must be a whole number from %u to %u, not “%s”"), option, min, max, shown);
  return FALSE;
}
