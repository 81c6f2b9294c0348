/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)
#define MOST_TRIES 100 /* at a name that nobody has */

struct _HeddleNewFile {
  char *path;    /* its place */
  char *written; /* where it is until it is complete */
  int fd;
  int error;     /* errno of the first failed write; 0: none */
  char *buffer;
  gsize used;
  gsize size;
};

static void
set_error (GError **error, int code, const char *path)
{
  g_autofree char *shown = g_filename_display_basename (path);
  const char *advice = code == ENOSPC || code == EDQUOT
    ? _("Free some space there, or choose another folder.")
    : code == EFBIG ? _("Raise the limit of file sizes (ulimit -f).")
                    : _("Choose another folder.");

  /* Translators: the name of a file, what went wrong, and what to do */
  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code),
               _("“%s” could not be saved: %s. %s"), shown, g_strerror (code), advice);
}

/* A name beside @path that nobody has. Returns a descriptor, or -1 with errno. */
static int
open_beside (const char *path, mode_t mode, char **written)
{
  g_autofree char *folder = g_path_get_dirname (path);

  for (guint i = 0; i < MOST_TRIES; i++)
    {
      g_autofree char *name = g_strdup_printf (".heddle-%08x.part", g_random_int ());
      g_autofree char *beside = g_build_filename (folder, name, NULL);
      int fd = open (beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

      if (fd >= 0)
        *written = g_steal_pointer (&beside);
      if (fd >= 0 || errno != EEXIST)
        return fd;
    }
  return -1;
}

/* What is not a file can only be written where it is. */
static int
open_place (const char *path, char **written)
{
  struct stat info;
  int fd;

  if (stat (path, &info) != 0)
    return open_beside (path, 0666, written);
  if (S_ISDIR (info.st_mode))
    {
      errno = EISDIR;
      return -1;
    }
  if (!S_ISREG (info.st_mode))
    {
      *written = g_strdup (path);
      return open (path, O_WRONLY | O_CLOEXEC);
    }
  /* whoever may not write the file may not put another in its place */
  if (access (path, W_OK) != 0)
    return -1;
  fd = open_beside (path, 0600, written);
  if (fd >= 0)
    fchmod (fd, info.st_mode & 07777);
  return fd;
}

/**
 * heddle_new_file_open:
 * @path: where the file will be
 * @error: (out): why it cannot be (#GFileError), with its name and what to do
 *
 * Returns: (transfer full) (nullable): an empty file, to be ended by heddle_new_file_commit() or
 * heddle_new_file_abandon()
 */
HeddleNewFile *
heddle_new_file_open (const char *path, GError **error)
{
  g_autofree char *target = NULL;
  char *written = NULL;
  HeddleNewFile *self;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);

  /* a link stays, and what it leads to is replaced */
  target = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? realpath (path, NULL) : NULL;
  fd = open_place (target != NULL ? target : path, &written);
  if (fd < 0)
    {
      set_error (error, errno, path);
      return NULL;
    }
  self = g_new0 (HeddleNewFile, 1);
  self->path = g_strdup (target != NULL ? target : path);
  self->written = written;
  self->fd = fd;
  return self;
}

/**
 * heddle_new_file_get_written_path:
 *
 * Returns: (transfer none): where the file is until it is complete, for one that is written by
 * somebody else
 */
const char *
heddle_new_file_get_written_path (HeddleNewFile *self)
{
  return self->written;
}

static void
flush (HeddleNewFile *self)
{
  gsize done = 0;

  while (self->error == 0 && done < self->used)
    {
      gssize n = write (self->fd, self->buffer + done, self->used - done);

      if (n > 0)
        done += (gsize) n;
      else if (n == 0)
        self->error = EIO;
      else if (errno != EINTR)
        self->error = errno;
    }
  self->used = 0;
}

/**
 * heddle_new_file_begin:
 * @room: how many bytes are needed at most
 *
 * Returns: where to write; heddle_new_file_end() follows
 */
char *
heddle_new_file_begin (HeddleNewFile *self, gsize room)
{
  if (self->used > 0 && self->used + room > BUFFER_SIZE)
    flush (self);
  if (self->used + room > self->size)
    {
      self->size = MAX (self->used + room, BUFFER_SIZE);
      self->buffer = g_realloc (self->buffer, self->size);
    }
  return self->buffer + self->used;
}

/**
 * heddle_new_file_end:
 * @end: the byte behind the last one written
 */
void
heddle_new_file_end (HeddleNewFile *self, char *end)
{
  self->used = (gsize) (end - self->buffer);
}

/**
 * heddle_new_file_is_broken:
 *
 * Returns: whether a write has failed: what is written from here on is lost
 */
gboolean
heddle_new_file_is_broken (HeddleNewFile *self)
{
  return self->error != 0;
}

static void
new_file_free (HeddleNewFile *self)
{
  g_free (self->path);
  g_free (self->written);
  g_free (self->buffer);
  g_free (self);
}

/**
 * heddle_new_file_commit:
 * @self: (transfer full): a file that is complete
 * @error: (out): why it is not there (#GFileError), with its name and what to do
 *
 * Puts it in its place. Returns: whether it is there; else what was there before still is.
 */
gboolean
heddle_new_file_commit (HeddleNewFile *self, GError **error)
{
  gboolean in_place = g_str_equal (self->written, self->path);

  flush (self);
  /* some file systems tell only now that there is no room */
  if (close (self->fd) < 0 && self->error == 0)
    self->error = errno;
  self->fd = -1;
  if (self->error == 0 && !in_place && rename (self->written, self->path) < 0)
    self->error = errno;
  if (self->error == 0)
    {
      new_file_free (self);
      return TRUE;
    }
  set_error (error, self->error, self->path);
  heddle_new_file_abandon (self);
  return FALSE;
}

/**
 * heddle_new_file_abandon:
 * @self: (transfer full): a file
 *
 * Leaves nothing of it.
 */
void
heddle_new_file_abandon (HeddleNewFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (!g_str_equal (self->written, self->path))
    unlink (self->written);
  new_file_free (self);
}
