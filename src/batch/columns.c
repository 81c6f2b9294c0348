/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/parse.h"
#include "batch/columns.h"

/**
 * heddle_csv_step:
 * @state: where one is before @byte; %HEDDLE_CSV_START at the beginning of a record
 * @separator: of fields
 *
 * Returns: where one is behind @byte. A record ends at its terminator, unless the state there is
 * %HEDDLE_CSV_QUOTED. Any thread.
 */
HeddleCsvState
heddle_csv_step (HeddleCsvState state, char byte, char separator)
{
  if (state == HEDDLE_CSV_QUOTED)
    return byte == '"' ? HEDDLE_CSV_QUOTE : HEDDLE_CSV_QUOTED;
  if (byte == '"' && state != HEDDLE_CSV_PLAIN)
    return HEDDLE_CSV_QUOTED;
  return byte == separator ? HEDDLE_CSV_START : HEDDLE_CSV_PLAIN;
}

/**
 * heddle_trim_parse:
 * @text: n, l, r, lr or rl
 * @trim: (out): set where @text is one of them
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE, which says what is acceptable
 */
gboolean
heddle_trim_parse (const char *text, HeddleTrim *trim, GError **error)
{
  static const struct {
    const char *text;
    HeddleTrim trim;
  } all[] = { { "n", HEDDLE_TRIM_NONE },
              { "l", HEDDLE_TRIM_LEFT },
              { "r", HEDDLE_TRIM_RIGHT },
              { "lr", HEDDLE_TRIM_BOTH },
              { "rl", HEDDLE_TRIM_BOTH } };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (g_str_equal (text, all[i].text))
      {
        *trim = all[i].trim;
        return TRUE;
      }
  return heddle_refuse (error, _("--trim must be n (none), l (left), r (right) or lr, not “%s”"),
                        text);
}

/**
 * heddle_values_add:
 * @value: bytes without a NUL
 *
 * Appends a value.
 */
void
heddle_values_add (HeddleValues *self, const char *value, gsize length)
{
  g_string_append_len (self->text, value, (gssize) length);
  g_string_append_c (self->text, '\0');
  self->n++;
}

static gboolean
is_blank (char byte)
{
  return g_ascii_isspace (byte) || byte == '\v';
}

/* Takes blanks away from the value that begins at @begin in the text of @to, and ends it. */
static void
end_value (HeddleValues *to, gsize begin, HeddleTrim trim)
{
  const char *text = to->text->str;
  gsize from = begin, end = to->text->len;

  if (trim == HEDDLE_TRIM_LEFT || trim == HEDDLE_TRIM_BOTH)
    while (from < end && is_blank (text[from]))
      from++;
  if (trim == HEDDLE_TRIM_RIGHT || trim == HEDDLE_TRIM_BOTH)
    while (from < end && is_blank (text[end - 1]))
      end--;
  g_string_truncate (to->text, end);
  g_string_erase (to->text, (gssize) begin, (gssize) (from - begin));
  g_string_append_c (to->text, '\0');
  to->n++;
}

static void
add_trimmed (const HeddleColumns *self, const char *value, gsize length, HeddleValues *to)
{
  gsize begin = to->text->len;

  g_string_append_len (to->text, value, (gssize) length);
  end_value (to, begin, self->trim);
}

/* As Perl's split(): a match of no bytes separates two bytes, and makes no empty value at an end.
 */
static gboolean
split_by_regex (const HeddleColumns *self, const char *record, gsize length, HeddleValues *to,
                GError **error)
{
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GError) local = NULL;
  gsize at = 0;

  for (gboolean more = g_regex_match_full (self->separator, record, (gssize) length, 0, 0, &match,
                                           &local);
       more; more = g_match_info_next (match, &local))
    {
      int from, end;

      if (!g_match_info_fetch_pos (match, 0, &from, &end) || (gsize) from < at)
        continue;
      if (from == end && ((gsize) from == at || (gsize) from == length))
        continue;
      add_trimmed (self, record + at, (gsize) from - at, to);
      at = (gsize) end;
    }
  if (local != NULL)
    return heddle_refuse (error, _("The separator of columns cannot be looked for: %s"),
                          local->message);
  add_trimmed (self, record + at, length - at, to);
  return TRUE;
}

/* A field ends; @state is that before its end. */
static gboolean
end_field (HeddleCsvState state, gboolean was_quoted, HeddleValues *to, gsize begin,
           HeddleTrim trim)
{
  if (state == HEDDLE_CSV_QUOTED || (was_quoted && state == HEDDLE_CSV_PLAIN))
    return FALSE;
  end_value (to, begin, trim);
  return TRUE;
}

/* As RFC 4180 has it. */
static gboolean
split_csv (const HeddleColumns *self, const char *record, gsize length, HeddleValues *to,
           GError **error)
{
  HeddleCsvState state = HEDDLE_CSV_START;
  gsize begin = to->text->len;
  gboolean was_quoted = FALSE, good = TRUE;

  if (length > 0 && record[length - 1] == '\r') /* of the end of the line */
    length--;
  for (gsize i = 0; i < length && good; i++)
    {
      HeddleCsvState next = heddle_csv_step (state, record[i], self->csv);

      if (next == HEDDLE_CSV_START)
        {
          good = end_field (state, was_quoted, to, begin, self->trim);
          begin = to->text->len;
          was_quoted = FALSE;
        }
      else if (next == HEDDLE_CSV_PLAIN)
        {
          good = record[i] != '"' && state != HEDDLE_CSV_QUOTE;
          g_string_append_c (to->text, record[i]);
        }
      else if (next == HEDDLE_CSV_QUOTED)
        {
          if (state != HEDDLE_CSV_START)
            g_string_append_c (to->text, record[i]);
          was_quoted = TRUE;
        }
      state = next;
    }
  if (good && end_field (state, was_quoted, to, begin, self->trim))
    return TRUE;
  return heddle_refuse (error,
                        state == HEDDLE_CSV_QUOTED
                          ? _("This is no CSV: a quote is not closed")
                          : _("This is no CSV: a field with quotes in it must be quoted, and the quotes in it doubled"));
}

/**
 * heddle_columns_split:
 * @record: bytes without a NUL
 * @to: where the record's values are appended, at least one
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE; @to has some of the values then. Any thread.
 */
gboolean
heddle_columns_split (const HeddleColumns *self, const char *record, gsize length,
                      HeddleValues *to, GError **error)
{
  if (self->csv != '\0')
    return split_csv (self, record, length, to, error);
  if (self->separator != NULL)
    return split_by_regex (self, record, length, to, error);
  add_trimmed (self, record, length, to);
  return TRUE;
}
