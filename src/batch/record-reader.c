/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/parse.h"
#include "batch/arguments.h"
#include "batch/record-reader.h"

#define FIRST_SIZE (64 * 1024)
#define NONE G_MAXSIZE

/* The byte that an escape without its backslash stands for: -1 for none. */
static int
parse_escape (const char *escape)
{
  static const char letters[] = "abfnrtv\\";
  static const char bytes[] = "\a\b\f\n\r\t\v\\";
  const char *letter = *escape != '\0' ? strchr (letters, *escape) : NULL;
  char *end = NULL;
  guint64 number;

  if (letter != NULL)
    return escape[1] == '\0' ? (guchar) bytes[letter - letters] : -1;
  if (*escape == 'x' ? !g_ascii_isxdigit (escape[1]) : !g_ascii_isdigit (*escape))
    return -1;
  number = *escape == 'x' ? g_ascii_strtoull (escape + 1, &end, 16)
                          : g_ascii_strtoull (escape, &end, 8);
  return *end == '\0' && number <= 255 ? (int) number : -1;
}

/**
 * heddle_terminator_parse:
 * @text: a byte, or an escape that stands for one: \t \n \0 \x1f \037
 * @terminator: (out): set where @text is one
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE, which says what is acceptable
 */
gboolean
heddle_terminator_parse (const char *text, char *terminator, GError **error)
{
  int byte = -1;

  if (text[0] != '\0' && text[1] == '\0')
    byte = (guchar) text[0];
  else if (text[0] == '\\')
    byte = parse_escape (text + 1);
  if (byte < 0)
    return heddle_refuse (error,
                          _("--delimiter must be one byte, or an escape such as \\t, \\n, \\0 or \\x1f, not “%s”"),
                          text);
  *terminator = (char) byte;
  return TRUE;
}

/**
 * heddle_record_reader_new:
 * @path: a file, or - for standard input
 * @terminator: the byte that ends a record
 * @csv: what separates fields of CSV, whose quoted fields may have terminators in them; NUL: no CSV
 * @error: that the file cannot be opened
 *
 * Returns: (nullable): the reader
 */
HeddleRecordReader *
heddle_record_reader_new (const char *path, char terminator, char csv, GError **error)
{
  gboolean is_stdin = g_str_equal (path, "-");
  int fd = is_stdin ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  HeddleRecordReader *self;

  if (fd < 0)
    {
      heddle_refuse (error, _("“%s” cannot be opened: %s"), path, g_strerror (errno));
      return NULL;
    }
  self = g_new0 (HeddleRecordReader, 1);
  self->fd = fd;
  self->is_mine = !is_stdin;
  self->terminator = terminator;
  self->csv = csv;
  self->name = is_stdin ? g_strdup (_("standard input")) : g_filename_display_name (path);
  return self;
}

void
heddle_record_reader_free (HeddleRecordReader *self)
{
  if (self->is_mine)
    heddle_clear_fd (&self->fd);
  g_free (self->name);
  g_free (self->buffer);
  g_free (self);
}

/* Returns: where in the buffer the next record ends, NONE if it has not been read that far. */
static gsize
find_end (HeddleRecordReader *self)
{
  if (self->csv == '\0')
    {
      const char *found = self->scanned < self->end
                            ? memchr (self->buffer + self->scanned, self->terminator,
                                      self->end - self->scanned)
                            : NULL;

      self->scanned = self->end;
      return found != NULL ? (gsize) (found - self->buffer) : NONE;
    }
  for (; self->scanned < self->end; self->scanned++)
    {
      char byte = self->buffer[self->scanned];

      if (byte == self->terminator && self->state != HEDDLE_CSV_QUOTED)
        return self->scanned;
      self->state = heddle_csv_step (self->state, byte, self->csv);
    }
  return NONE;
}

/* Returns: the number of bytes, 0 at the end of the file, -1 with errno set. */
static gssize
read_some (HeddleRecordReader *self)
{
  gssize n;

  if (self->before_read != NULL && !self->before_read (self->fd, self->before_read_data))
    return 0;
  for (;;)
    {
      n = read (self->fd, self->buffer + self->end, self->size - self->end);
      if (n >= 0 || (errno != EINTR && errno != EAGAIN))
        return n;
      if (errno == EAGAIN)
        poll (&(struct pollfd) { .fd = self->fd, .events = POLLIN }, 1, -1);
    }
}

static gboolean
fill (HeddleRecordReader *self, GError **error)
{
  gssize n;

  if (self->begin > 0)
    {
      memmove (self->buffer, self->buffer + self->begin, self->end - self->begin);
      self->end -= self->begin;
      self->scanned -= self->begin;
      self->begin = 0;
    }
  if (self->end == self->size)
    {
      self->size = MAX (self->size * 2, FIRST_SIZE);
      self->buffer = g_realloc (self->buffer, self->size);
    }
  n = read_some (self);
  if (n < 0)
    {
      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_IO, _("“%s” cannot be read: %s"), self->name,
                   g_strerror (errno));
      return FALSE;
    }
  self->end += (gsize) n;
  self->is_at_end = n == 0;
  return TRUE;
}

/* Takes the record that ends at @end, behind which the next one begins at @next. */
static gboolean
take (HeddleRecordReader *self, gsize end, gsize next, const char **record, gsize *length,
      GError **error)
{
  *record = self->buffer + self->begin;
  *length = end - self->begin;
  self->begin = self->scanned = next;
  self->state = HEDDLE_CSV_START;
  self->number++;
  if (memchr (*record, '\0', *length) == NULL)
    return TRUE;
  return heddle_refuse (error,
                        _("Line %" PRIu64 " of “%s” has a NUL byte, which no argument can have. If NUL bytes end the lines, add --null"),
                        (uint64_t) self->number, self->name);
}

/**
 * heddle_record_reader_next:
 * @record: (out): the record without its terminator, no NUL in it; the reader's, until the next
 * call
 * @length: (out): its length
 * @error: that the file cannot be read, or that this is no record for a command line
 *
 * Waits only while no whole record has come. What stands behind the last terminator is a record.
 *
 * Returns: FALSE at the end, or with @error set
 */
gboolean
heddle_record_reader_next (HeddleRecordReader *self, const char **record, gsize *length,
                           GError **error)
{
  for (;;)
    {
      gsize end = find_end (self);

      if (end == NONE && self->end - self->begin > HEDDLE_MAX_RECORD)
        return heddle_refuse (error,
                              _("Line %" PRIu64 " of “%s” is longer than 16 MiB. If something else ends the lines, say so with --delimiter or --null"),
                              (uint64_t) self->number + 1, self->name);
      if (end != NONE)
        return take (self, end, end + 1, record, length, error);
      if (self->is_at_end && self->begin == self->end)
        return FALSE;
      if (self->is_at_end)
        return take (self, self->end, self->end, record, length, error);
      if (!fill (self, error))
        return FALSE;
    }
}
