/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The pieces of JSON texts that are put together by hand, because there may be a million lines a
 * second: each function writes at @to and returns the byte behind what it wrote. Independent of the
 * locale. What is written rarely is left to json-glib, unless a number has to have a form of its
 * own, which json-glib knows nothing of. Any thread. */

#define HEDDLE_JSON_NUMBER_ROOM 24 /* bytes that a whole number takes at most, and then some */
#define HEDDLE_JSON_CHAR_ROOM 6    /* bytes that one byte of a text takes at most: "\u0001" */

char *heddle_json_put_unsigned (char *to, guint64 number);
char *heddle_json_put_signed (char *to, gint64 number);
char *heddle_json_put_double (char *to, double number, const char *format);
char *heddle_json_put_special (char *to, const char **text, gboolean *valid);
char *heddle_json_put_string (char *to, const char *text, gboolean *valid);

/**
 * heddle_json_put_char:
 * @to: where to write, HEDDLE_JSON_CHAR_ROOM bytes
 * @text: (inout): bytes of a string, not necessarily UTF-8, not at its end; moves behind the
 * character
 * @valid: (out): set to %FALSE where a byte was no UTF-8 and was replaced by U+FFFD; left alone
 * otherwise
 *
 * Writes one character as it is between the quotes. Returns the byte behind it.
 */
static inline char *
heddle_json_put_char (char *to, const char **text, gboolean *valid)
{
  guchar c = (guchar) **text;

  if (G_UNLIKELY (c < 0x20 || c >= 0x7f || c == '"' || c == '\\'))
    return heddle_json_put_special (to, text, valid);
  *to = (char) c;
  (*text)++;
  return to + 1;
}

G_END_DECLS
