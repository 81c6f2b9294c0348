/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "batch/line-reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FIRST_SIZE ((gsize) 256 << 10)

/**
 * heddle_line_reader_init:
 * @self: (out): a reader, to be ended by heddle_line_reader_clear()
 * @fd: (transfer none): where to read on
 */
void
heddle_line_reader_init (HeddleLineReader *self, int fd)
{
  *self = (HeddleLineReader){ .fd = fd, .size = FIRST_SIZE, .buffer = g_malloc (FIRST_SIZE) };
}

/**
 * heddle_line_reader_clear:
 *
 * Frees the buffer. The descriptor stays open.
 */
void
heddle_line_reader_clear (HeddleLineReader *self)
{
  g_clear_pointer (&self->buffer, g_free);
}

/* Reads on behind what there is; @at_end is set where nothing more comes. */
static void
fill (HeddleLineReader *self)
{
  gssize n;

  if (self->from > 0)
    memmove (self->buffer, self->buffer + self->from, self->to - self->from);
  self->to -= self->from;
  self->from = 0;
  if (self->to == self->size)
    self->buffer = g_realloc (self->buffer, self->size *= 2);
  do
    n = read (self->fd, self->buffer + self->to, self->size - self->to);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    self->error = errno;
  self->at_end = n <= 0;
  self->to += n > 0 ? (gsize) n : 0;
}

/**
 * heddle_line_reader_next:
 * @line: (out): the next line
 *
 * Returns: whether there is one; if not, `error` says whether that is because reading failed
 */
gboolean
heddle_line_reader_next (HeddleLineReader *self, HeddleLine *line)
{
  gsize looked = 0; /* so much of the line has no newline in it */
  gboolean too_long = FALSE;
  const char *start, *end;

  while (TRUE)
    {
      start = self->buffer + self->from;
      end = memchr (start + looked, '\n', self->to - self->from - looked);
      if (end != NULL || self->at_end)
        break;
      looked = self->to - self->from;
      if (too_long || looked >= HEDDLE_LINE_MOST)
        {
          too_long = TRUE;
          self->from = self->to;
          looked = 0;
        }
      fill (self);
    }
  if (self->error != 0 || (end == NULL && self->from == self->to && !too_long))
    return FALSE;
  line->whole = end != NULL;
  if (end == NULL)
    end = self->buffer + self->to;
  line->too_long = too_long || (gsize) (end - start) > HEDDLE_LINE_MOST;
  line->text = start;
  line->length = line->too_long ? 0 : (gsize) (end - start);
  self->from = (gsize) (end - self->buffer) + (line->whole ? 1 : 0);
  return TRUE;
}

/**
 * heddle_fields_split:
 * @text: @length bytes
 * @fields: (out): @most fields
 *
 * Splits at tabs; the last one of @most fields has the rest, with its tabs. Returns: how many there
 * are, at least one. Any thread.
 */
guint
heddle_fields_split (const char *text, gsize length, HeddleTextField *fields, guint most)
{
  const char *end = text + length;
  guint n = 0;

  while (TRUE)
    {
      const char *tab = n + 1 < most ? memchr (text, '\t', (gsize) (end - text)) : NULL;

      fields[n++] = (HeddleTextField){ text, (gsize) ((tab != NULL ? tab : end) - text) };
      if (tab == NULL)
        return n;
      text = tab + 1;
    }
}

/**
 * heddle_field_is:
 *
 * Returns: whether the field is @word. Any thread.
 */
gboolean
heddle_field_is (const HeddleTextField *self, const char *word)
{
  return self->length == strlen (word) && memcmp (self->text, word, self->length) == 0;
}

/**
 * heddle_field_get_number:
 * @min: the smallest number allowed
 * @max: the largest one, at most G_MAXINT64
 * @number: (out): the number
 *
 * Returns: whether the field is a whole number in decimal, from @min to @max, with nothing around
 * it. Any thread.
 */
gboolean
heddle_field_get_number (const HeddleTextField *self, gint64 min, guint64 max, gint64 *number)
{
  gboolean negative = self->length > 0 && self->text[0] == '-';
  guint64 value = 0;

  if (self->length == (negative ? 1 : 0))
    return FALSE;
  for (gsize i = negative ? 1 : 0; i < self->length; i++)
    {
      guint digit = (guint) (guchar) self->text[i] - '0';

      if (digit > 9 || value > ((guint64) G_MAXINT64 - digit) / 10)
        return FALSE;
      value = value * 10 + digit;
    }
  *number = negative ? -(gint64) value : (gint64) value;
  return *number >= min && (*number < 0 || (guint64) *number <= max);
}
