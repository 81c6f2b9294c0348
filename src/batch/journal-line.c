/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "batch/journal-line.h"

#include <string.h>

#include "batch/hash.h"

#define MAGIC           "heddle-journal"
#define CHECKSUM_DIGITS 16
#define N_TEXTS         6
#define N_HEADER_FIELDS (4 + N_TEXTS)
#define MOST_FIELDS     16

static const char *const state_words[HEDDLE_N_JOB_STATES] = {
  [HEDDLE_JOB_STATE_DONE] = "done",       [HEDDLE_JOB_STATE_FAILED] = "failed",
  [HEDDLE_JOB_STATE_TIMEOUT] = "timeout", [HEDDLE_JOB_STATE_CANCELLED] = "cancelled",
  [HEDDLE_JOB_STATE_LOST] = "lost",       [HEDDLE_JOB_STATE_SKIPPED] = "skipped",
};

/* The texts of a header, in the order in which they stand in its line. */
static void
list_texts (HeddleJournalHeader *header, char **texts[N_TEXTS])
{
  char **const all[N_TEXTS] = { &header->id,      &header->name,    &header->directory,
                                &header->command, &header->options, &header->inputs };

  memcpy (texts, all, sizeof all);
}

static void
put_number (GString *line, guint64 number)
{
  char digits[20];
  gsize at = sizeof digits;

  do
    digits[--at] = (char) ('0' + number % 10);
  while ((number /= 10) != 0);
  g_string_append_len (line, digits + at, (gssize) (sizeof digits - at));
}

static void
put_hex (GString *line, guint64 number)
{
  char digits[CHECKSUM_DIGITS];

  for (guint i = 0; i < CHECKSUM_DIGITS; i++)
    digits[i] = "0123456789abcdef"[number >> (60 - 4 * i) & 15];
  g_string_append_len (line, digits, CHECKSUM_DIGITS);
}

static void
put_field (GString *line, guint64 number)
{
  g_string_append_c (line, '\t');
  put_number (line, MIN (number, G_MAXINT64));
}

/* A tab, and the text: what is no text in UTF-8 or would end the field as \xHH, at most @most bytes
 * of it. */
static void
put_text (GString *line, const char *text, gsize most)
{
  const char *end = text != NULL ? text + strnlen (text, most) : NULL;

  g_string_append_c (line, '\t');
  while (text < end)
    {
      guchar c = (guchar) *text;
      gunichar wide = c < 0x80 ? c : g_utf8_get_char_validated (text, end - text);
      gboolean plain = c < 0x80 ? c >= 0x20 && c != 0x7f && c != '\\' : wide < 0x110000;
      const char *next = plain && c >= 0x80 ? g_utf8_next_char (text) : text + 1;

      if (plain)
        g_string_append_len (line, text, next - text);
      else
        g_string_append_printf (line, "\\x%02x", c);
      text = next;
    }
}

/* @start: where the line begins in what was put together. */
static void
put_checksum (GString *line, gsize start)
{
  g_string_append_c (line, '\t');
  put_hex (line, heddle_hash_bytes (line->str + start, line->len - start));
  g_string_append_c (line, '\n');
}

/**
 * heddle_journal_put_header:
 * @line: where to append the first line
 * @header: what it says
 *
 * Any thread.
 */
void
heddle_journal_put_header (GString *line, const HeddleJournalHeader *header)
{
  HeddleJournalHeader copy = *header;
  char **texts[N_TEXTS];
  gsize start = line->len;

  list_texts (&copy, texts);
  put_number (line, 1);
  g_string_append (line, "\t" MAGIC);
  put_field (line, HEDDLE_JOURNAL_VERSION);
  put_field (line, (guint64) MAX (header->begun_us, 0));
  for (guint i = 0; i < N_TEXTS; i++)
    put_text (line, *texts[i], G_MAXSIZE);
  put_checksum (line, start);
}

static void
put_start (GString *line, const HeddleJournalRecord *record)
{
  put_field (line, record->start.slot);
  g_string_append_c (line, '\t');
  put_hex (line, record->start.command);
}

static void
put_end (GString *line, const HeddleJournalRecord *record)
{
  g_string_append_c (line, '\t');
  g_string_append (line, state_words[record->end.state]);
  g_string_append_c (line, '\t');
  if (record->end.exit_status < 0)
    g_string_append_c (line, '-');
  else
    put_number (line, (guint64) record->end.exit_status);
  put_field (line, record->end.signal);
  put_field (line, record->end.cpu_ns);
  put_field (line, record->end.max_rss);
  put_field (line, record->end.output);
  put_text (line, record->end.why, HEDDLE_JOURNAL_WHY_MOST);
}

/**
 * heddle_journal_put_record:
 * @line: where to append the line
 * @number: the number of the line in its file
 * @record: what it says
 *
 * Any thread.
 */
void
heddle_journal_put_record (GString *line, guint64 number, const HeddleJournalRecord *record)
{
  static const char *const words[] = { "\tstart", "\tend", "\tclose" };
  gsize start = line->len;

  put_number (line, number);
  g_string_append (line, words[record->kind]);
  put_field (line, (guint64) MAX (record->time_us, 0));
  if (record->kind != HEDDLE_JOURNAL_CLOSE)
    {
      put_field (line, record->seq);
      put_field (line, record->attempt);
    }
  if (record->kind == HEDDLE_JOURNAL_START)
    put_start (line, record);
  else if (record->kind == HEDDLE_JOURNAL_END)
    put_end (line, record);
  else
    for (guint i = HEDDLE_JOB_STATE_IN_HAND; i < HEDDLE_N_JOB_STATES; i++)
      put_field (line, record->close.jobs[i]);
  put_checksum (line, start);
}

/* Of a hexadecimal digit as put_hex() writes it; more than 15: it is none. */
static guint
digit_value (char c)
{
  guint digit = (guint) (guchar) c - '0', letter = (guint) (guchar) c - 'a';

  return digit < 10 ? digit : letter < 6 ? letter + 10 : 16;
}

static gboolean
parse_hex (const HeddleTextField *field, guint64 *number)
{
  *number = 0;
  for (gsize i = 0; i < field->length; i++)
    {
      guint digit = digit_value (field->text[i]);

      if (digit > 15)
        return FALSE;
      *number = *number << 4 | digit;
    }
  return field->length == CHECKSUM_DIGITS;
}

static gboolean
parse_u32 (const HeddleTextField *field, guint32 *number)
{
  gint64 value;

  if (!heddle_field_get_number (field, 0, G_MAXUINT32, &value))
    return FALSE;
  *number = (guint32) value;
  return TRUE;
}

static gboolean
parse_u64 (const HeddleTextField *field, guint64 *number)
{
  gint64 value;

  if (!heddle_field_get_number (field, 0, G_MAXINT64, &value))
    return FALSE;
  *number = (guint64) value;
  return TRUE;
}

/* Appends the text and a NUL. Returns: whether it has the form that put_text() gives it. */
static gboolean
parse_text (const HeddleTextField *field, GString *text)
{
  const char *at = field->text, *end = at + field->length;

  while (at < end)
    {
      const char *escape = memchr (at, '\\', (gsize) (end - at));
      guint high, low;

      g_string_append_len (text, at, (escape != NULL ? escape : end) - at);
      if (escape == NULL)
        break;
      if (end - escape < 4 || escape[1] != 'x')
        return FALSE;
      high = digit_value (escape[2]);
      low = digit_value (escape[3]);
      if (high > 15 || low > 15 || high + low == 0)
        return FALSE;
      g_string_append_c (text, (char) (high << 4 | low));
      at = escape + 4;
    }
  g_string_append_c (text, '\0');
  return TRUE;
}

/* Splits a line whose checksum is right. Returns: how many fields it has before that; 0: it is
 * damaged. */
static guint
split (const HeddleLine *line, HeddleTextField fields[MOST_FIELDS])
{
  HeddleTextField checksum;
  guint64 stored;
  gsize length;

  if (!line->whole || line->too_long || line->length < CHECKSUM_DIGITS + 1)
    return 0;
  length = line->length - CHECKSUM_DIGITS;
  checksum = (HeddleTextField){ line->text + length, CHECKSUM_DIGITS };
  if (line->text[length - 1] != '\t' || memchr (line->text, '\0', length) != NULL
      || !parse_hex (&checksum, &stored) || stored != heddle_hash_bytes (line->text, length))
    return 0;
  return heddle_fields_split (line->text, length - 1, fields, MOST_FIELDS);
}

/**
 * heddle_journal_parse_header:
 * @line: the first line of a file
 * @header: (out): what it says, to be ended by heddle_journal_header_clear(), also where it is not
 * good
 *
 * Returns: what is to be thought of it. Any thread.
 */
HeddleJournalLineState
heddle_journal_parse_header (const HeddleLine *line, HeddleJournalHeader *header)
{
  HeddleTextField fields[MOST_FIELDS];
  guint n = split (line, fields);
  char **texts[N_TEXTS];
  gint64 number;

  *header = (HeddleJournalHeader){ 0 };
  if (n < 3 || !heddle_field_is (&fields[0], "1") || !heddle_field_is (&fields[1], MAGIC)
      || !heddle_field_get_number (&fields[2], 1, G_MAXUINT32, &number))
    return HEDDLE_JOURNAL_LINE_DAMAGED;
  if (number > HEDDLE_JOURNAL_VERSION)
    return HEDDLE_JOURNAL_LINE_NEWER;
  if (n != N_HEADER_FIELDS
      || !heddle_field_get_number (&fields[3], 0, G_MAXINT64, &header->begun_us))
    return HEDDLE_JOURNAL_LINE_DAMAGED;
  list_texts (header, texts);
  for (guint i = 0; i < N_TEXTS; i++)
    {
      GString *text = g_string_new (NULL);
      gboolean good = parse_text (&fields[4 + i], text);

      *texts[i] = g_string_free (text, FALSE);
      if (!good)
        return HEDDLE_JOURNAL_LINE_DAMAGED;
    }
  return HEDDLE_JOURNAL_LINE_GOOD;
}

static gboolean
parse_end (const HeddleTextField *fields, GString *texts, HeddleJournalRecord *record)
{
  guint32 number;

  for (guint i = HEDDLE_JOB_STATE_DONE; i < HEDDLE_N_JOB_STATES; i++)
    if (heddle_field_is (&fields[0], state_words[i]))
      record->end.state = (HeddleJobState) i;
  if (record->end.state == HEDDLE_JOB_STATE_NONE)
    return FALSE;
  record->end.exit_status = -1;
  if (!heddle_field_is (&fields[1], "-"))
    {
      if (!parse_u32 (&fields[1], &number) || number > G_MAXINT16)
        return FALSE;
      record->end.exit_status = (int) number;
    }
  if (!parse_u32 (&fields[2], &number) || number > G_MAXUINT8)
    return FALSE;
  record->end.signal = number;
  g_string_truncate (texts, 0);
  if (!parse_text (&fields[6], texts))
    return FALSE;
  record->end.why = texts->len > 1 ? texts->str : NULL;
  return parse_u64 (&fields[3], &record->end.cpu_ns) && parse_u64 (&fields[4], &record->end.max_rss)
    && parse_u64 (&fields[5], &record->end.output);
}

static gboolean
parse_job (const HeddleTextField *fields, HeddleJournalRecord *record)
{
  return parse_u32 (&fields[0], &record->seq) && record->seq != 0
    && parse_u32 (&fields[1], &record->attempt);
}

static gboolean
parse_counts (const HeddleTextField *fields, HeddleJobCounts *counts)
{
  for (guint i = HEDDLE_JOB_STATE_IN_HAND; i < HEDDLE_N_JOB_STATES; i++)
    if (!parse_u64 (&fields[i - HEDDLE_JOB_STATE_IN_HAND], &counts->jobs[i]))
      return FALSE;
  return TRUE;
}

/* @fields: @n of them, from the kind on. */
static gboolean
parse_fields (const HeddleTextField *fields, guint n, GString *texts, HeddleJournalRecord *record)
{
  gint64 time_us;

  if (n < 2 || !heddle_field_get_number (&fields[1], 0, G_MAXINT64, &time_us))
    return FALSE;
  record->time_us = time_us;
  if (heddle_field_is (&fields[0], "start"))
    {
      record->kind = HEDDLE_JOURNAL_START;
      return n == 6 && parse_job (fields + 2, record) && parse_u32 (&fields[4], &record->start.slot)
        && parse_hex (&fields[5], &record->start.command);
    }
  if (heddle_field_is (&fields[0], "end"))
    {
      record->kind = HEDDLE_JOURNAL_END;
      return n == 11 && parse_job (fields + 2, record) && parse_end (fields + 4, texts, record);
    }
  record->kind = HEDDLE_JOURNAL_CLOSE;
  return heddle_field_is (&fields[0], "close")
    && n == 2 + HEDDLE_N_JOB_STATES - HEDDLE_JOB_STATE_IN_HAND
    && parse_counts (fields + 2, &record->close);
}

/**
 * heddle_journal_parse_record:
 * @line: a line, not the first one
 * @texts: where its texts are put
 * @number: (out): the number of the line, as it says
 * @record: (out): what it says
 *
 * Returns: what is to be thought of it; it is never %HEDDLE_JOURNAL_LINE_NEWER. Any thread.
 */
HeddleJournalLineState
heddle_journal_parse_record (const HeddleLine *line, GString *texts, guint64 *number,
                             HeddleJournalRecord *record)
{
  HeddleTextField fields[MOST_FIELDS];
  guint n = split (line, fields);

  *record = (HeddleJournalRecord){ 0 };
  if (n < 2 || !parse_u64 (&fields[0], number) || !parse_fields (fields + 1, n - 1, texts, record))
    return HEDDLE_JOURNAL_LINE_DAMAGED;
  return HEDDLE_JOURNAL_LINE_GOOD;
}

/**
 * heddle_journal_header_clear:
 *
 * Frees its texts.
 */
void
heddle_journal_header_clear (HeddleJournalHeader *self)
{
  char **texts[N_TEXTS];

  list_texts (self, texts);
  for (guint i = 0; i < N_TEXTS; i++)
    g_clear_pointer (texts[i], g_free);
}
