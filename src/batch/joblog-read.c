/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "batch/append.h"
#include "batch/hash.h"
#include "batch/joblog.h"
#include "batch/line-reader.h"

enum { SEQ, HOST, STARTTIME, RUNTIME, SEND, RECEIVE, EXITVAL, SIGNAL, COMMAND, N_COLUMNS };

/* Returns: whether it tells of a job that ended. */
static gboolean
read_line (HeddleJoblogRecord *self, const HeddleLine *line)
{
  HeddleTextField fields[N_COLUMNS];
  HeddleSeqEntry entry = { 0 };
  gint64 seq, exit_status, signal;

  if (!line->whole || line->too_long
      || heddle_fields_split (line->text, line->length, fields, N_COLUMNS) != N_COLUMNS
      || !heddle_field_get_number (&fields[SEQ], 1, G_MAXUINT32, &seq)
      || !heddle_field_get_number (&fields[EXITVAL], G_MININT16, G_MAXINT16, &exit_status)
      || !heddle_field_get_number (&fields[SIGNAL], 0, G_MAXUINT8, &signal))
    return FALSE;
  entry.command = heddle_hash_command (fields[COMMAND].text, fields[COMMAND].length);
  entry.exit_status = (gint16) exit_status;
  entry.signal = (guint8) signal;
  entry.state = exit_status == 0 && signal == 0 ? HEDDLE_JOB_STATE_DONE : HEDDLE_JOB_STATE_FAILED;
  heddle_seq_table_put (&self->jobs, (guint32) seq, &entry);
  return TRUE;
}

/* A head that was cut is one. */
static gboolean
is_head (const HeddleLine *line)
{
  static const char head[] = HEDDLE_JOBLOG_HEAD;
  gsize length = sizeof head - 1;

  return line->whole ? line->length == length && memcmp (line->text, head, length) == 0
                     : line->length <= length && memcmp (line->text, head, line->length) == 0;
}

static gboolean
read_lines (HeddleJoblogRecord *self, int fd, const char *path, GError **error)
{
  g_auto (HeddleLineReader) reader = { 0 };
  HeddleLine line;
  guint64 number = 0;

  heddle_line_reader_init (&reader, fd);
  while (heddle_line_reader_next (&reader, &line))
    {
      if (++number == 1)
        {
          if (is_head (&line))
            continue;
          g_set_error (
            error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
            _ (
              "“%s” is no joblog: its first line is not “Seq, Host, Starttime …”. Choose another file."),
            path);
          return FALSE;
        }
      if (read_line (self, &line))
        self->lines++;
      else if (line.length > 0 || line.too_long)
        {
          self->unread++;
          if (self->first_unread == 0)
            self->first_unread = number;
        }
    }
  if (reader.error != 0)
    heddle_set_append_error (error, reader.error, path, _ ("The joblog could not be read"));
  return reader.error == 0;
}

/**
 * heddle_joblog_read_fd:
 * @fd: (transfer none): where to read
 * @path: what to call it in @error
 * @error: (out): why it cannot be read (#GFileError), with its name and what to do
 *
 * Reads a joblog of any size, in a second for some million lines. A line tells of a job only if it
 * ends with a newline and has nine fields; of several lines with one number the last one counts. In
 * memory there are the jobs (see #HeddleSeqTable) and one line. One thread, not the main loop.
 *
 * Returns: (transfer full) (nullable): what it says, to be freed by heddle_joblog_record_free()
 */
HeddleJoblogRecord *
heddle_joblog_read_fd (int fd, const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (HeddleJoblogRecord) self = g_new0 (HeddleJoblogRecord, 1);

  heddle_seq_table_init (&self->jobs);
  return read_lines (self, fd, shown, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * heddle_joblog_read:
 * @path: (type filename): the file, perhaps with “+” in front of it, as heddle_joblog_open() takes
 * it
 * @error: (out): why it cannot be read (#GFileError), with its name and what to do
 *
 * As heddle_joblog_read_fd(). A file that is not there yet is one without a line.
 *
 * Returns: (transfer full) (nullable): what it says
 */
HeddleJoblogRecord *
heddle_joblog_read (const char *path, GError **error)
{
  HeddleJoblogRecord *self = NULL;
  int fd;

  path += path[0] == '+' ? 1 : 0;
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0)
    {
      self = heddle_joblog_read_fd (fd, path, error);
      close (fd);
    }
  else if (errno == ENOENT)
    {
      self = g_new0 (HeddleJoblogRecord, 1);
      heddle_seq_table_init (&self->jobs);
    }
  else
    heddle_set_append_error (error, errno, path, _ ("The joblog could not be read"));
  return self;
}

/**
 * heddle_joblog_record_free:
 * @self: (transfer full): what a joblog said
 */
void
heddle_joblog_record_free (HeddleJoblogRecord *self)
{
  heddle_seq_table_clear (&self->jobs);
  g_free (self);
}
