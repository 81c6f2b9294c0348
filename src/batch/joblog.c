/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes a joblog as GNU parallel does, so that `parallel --resume` can go on with it. Unlike the
 * journal it is nobody's alone: `parallel --joblog +FILE` may append to it at the same time, so
 * nothing in it is ever cut off. Where a line could not be written whole, its part stays, and the
 * next line begins behind a newline.
 */
#include "config.h"

#include "batch/joblog.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/lock.h"
#include "batch/append.h"

static const char head[] = HEDDLE_JOBLOG_HEAD "\n";

struct _HeddleJoblog {
  char *path;
  int fd;
  pthread_mutex_t
    lock;        /* held while a line is written: so lines are whole though one takes two write() */
  GString *line; /* guarded by lock */
  gboolean is_cut; /* guarded by lock; the file does not end with a newline */
};

static void
joblog_free (HeddleJoblog *self)
{
  if (self->fd >= 0)
    close (self->fd);
  pthread_mutex_destroy (&self->lock);
  g_string_free (self->line, TRUE);
  g_free (self->path);
  g_free (self);
}

/* Looks at what there is already. Returns: 0, or errno; EILSEQ: it is no joblog. */
static int
look_at_file (HeddleJoblog *self, gboolean *is_empty)
{
  char first[sizeof head] = "", last = '\n';
  struct stat info;
  gssize n;

  *is_empty = TRUE;
  if (fstat (self->fd, &info) != 0)
    return errno;
  if (!S_ISREG (info.st_mode) || info.st_size == 0)
    return 0;
  n = pread (self->fd, first, sizeof head - 1, 0);
  if (n < 0 || pread (self->fd, &last, 1, info.st_size - 1) < 0)
    return errno;
  if (memcmp (first, head, (gsize) n) != 0)
    return EILSEQ;
  *is_empty = n < (gssize) sizeof head - 1;
  self->is_cut = last != '\n';
  /* a head that was cut is begun again: whoever reads the file expects one */
  return *is_empty && ftruncate (self->fd, 0) != 0 ? errno : 0;
}

/* Returns: whether it can be written. */
static gboolean
begin (HeddleJoblog *self, GError **error)
{
  gboolean is_empty;
  gsize written;
  int code = self->fd < 0 ? errno : look_at_file (self, &is_empty);

  if (code == 0 && is_empty)
    {
      self->is_cut = FALSE;
      code = heddle_append (self->fd, head, sizeof head - 1, &written);
    }
  if (code == EILSEQ)
    {
      g_autofree char *shown = g_filename_display_name (self->path);

      g_set_error (
        error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        _ (
          "“%s” is no joblog, so nothing was appended to it: its first line is not “Seq, Host, Starttime …”. Choose another file."),
        shown);
    }
  else if (code != 0)
    heddle_set_append_error (error, code, self->path, _("The joblog could not be written"));
  return code == 0;
}

/**
 * heddle_joblog_open:
 * @path: (type filename): the file; “-”: standard output; “+” in front of a name: @go_on
 * @go_on: keep what is in it, and append
 * @error: (out): why it cannot be written (#GFileError), with its name and what to do
 *
 * Without @go_on the file is emptied. A file that is kept has to be a joblog; where it does not end
 * with a newline, one is put before the first line that is appended.
 *
 * Returns: (transfer full) (nullable): a joblog, to be ended by heddle_joblog_close()
 */
HeddleJoblog *
heddle_joblog_open (const char *path, gboolean go_on, GError **error)
{
  HeddleJoblog *self;

  g_return_val_if_fail (path != NULL, NULL);

  if (path[0] == '+')
    {
      go_on = TRUE;
      path++;
    }
  self = g_new0 (HeddleJoblog, 1);
  self->path = g_strdup (path);
  self->line = g_string_new (NULL);
  pthread_mutex_init (&self->lock, NULL);
  if (g_str_equal (path, "-"))
    self->fd = heddle_dup_high (STDOUT_FILENO);
  else
    self->fd =
      open (path, (go_on ? O_RDWR : O_WRONLY | O_TRUNC) | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (begin (self, error))
    return self;
  joblog_free (self);
  return NULL;
}

/* As printf ("%*.3f") in the C locale, rounded. */
static void
put_seconds (GString *line, gint64 us, int width)
{
  gint64 ms = (MAX (us, 0) + 500) / 1000;

  g_string_append_printf (line, "\t%*" G_GINT64_FORMAT ".%03u", width, ms / 1000,
                          (guint) (ms % 1000));
}

static void
put_command (GString *line, const char *command)
{
  gsize start;

  g_string_append_c (line, '\t');
  start = line->len;
  g_string_append (line, command);
  for (char *at = line->str + start; (at = strchr (at, '\n')) != NULL; at++)
    *at = '\0';
  g_string_append_c (line, '\n');
}

/**
 * heddle_joblog_append:
 * @row: a job that ended
 * @error: (out): why its line is not there (#GFileError), with what to do
 *
 * Writes its line, as a rule by one write(). Returns: whether it is there, so that the end of this
 * process loses nothing of it. After an error, to be called again once there is room. Any thread.
 */
gboolean
heddle_joblog_append (HeddleJoblog *self, const HeddleJoblogRow *row, GError **error)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  GString *line = self->line;
  gsize written;
  int code;

  g_return_val_if_fail (row->seq != 0 && row->command != NULL, FALSE);

  g_string_assign (line, self->is_cut ? "\n" : "");
  g_string_append_printf (line, "%u\t%s", row->seq, row->host != NULL ? row->host : ":");
  put_seconds (line, row->started_us, 1);
  put_seconds (line, row->runtime_us, 6);
  g_string_append_printf (line, "\t%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT "\t%d\t%u", row->sent,
                          row->received, row->exit_status, row->signal);
  put_command (line, row->command);
  code = heddle_append (self->fd, line->str, line->len, &written);
  /* no newline more than it takes: GNU parallel refuses a file with an empty line */
  if (written > 0)
    self->is_cut = line->str[written - 1] != '\n';
  if (code != 0)
    heddle_set_append_error (error, code, self->path, _("The joblog could not be written"));
  return code == 0;
}

/**
 * heddle_joblog_close:
 * @self: (transfer full): a joblog to which nobody appends any more
 * @error: (out): why it is not complete (#GFileError)
 *
 * Returns: whether everything that was appended is there
 */
gboolean
heddle_joblog_close (HeddleJoblog *self, GError **error)
{
  int code = close (self->fd) != 0 ? errno : 0;

  self->fd = -1;
  if (code != 0)
    heddle_set_append_error (error, code, self->path, _("The joblog could not be written"));
  joblog_free (self);
  return code == 0;
}
