/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/kept-output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"

#define MEMORY_MOST (256 * 1024)
#define CHUNK       (64 * 1024)

void
heddle_kept_output_init (HeddleKeptOutput *self)
{
  *self = (HeddleKeptOutput){ .fd = -1 };
}

void
heddle_kept_output_clear (HeddleKeptOutput *self)
{
  g_clear_pointer (&self->memory, g_byte_array_unref);
  heddle_clear_fd (&self->fd);
}

/* Returns: a file without a name, or -1 where there can be none. */
static int
open_file (void)
{
  g_autofree char *path = NULL;
  int fd = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0)
    return fd;
  path = g_build_filename (g_get_tmp_dir (), "heddle-XXXXXX", NULL);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    unlink (path);
  return fd;
}

/* Returns: how many bytes are in the file; the rest found no room there. */
static gsize
append_to_file (HeddleKeptOutput *self, const char *bytes, gsize n)
{
  gsize at = 0;

  while (at < n)
    {
      gssize written = write (self->fd, bytes + at, n - at);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        break;
      at += (gsize) written;
    }
  return at;
}

/**
 * heddle_kept_output_append:
 * @bytes: @n bytes, which stand behind those that were appended before
 *
 * Keeps them. Where there is no room in the file system they stay in memory: nothing is lost.
 */
void
heddle_kept_output_append (HeddleKeptOutput *self, const char *bytes, gsize n)
{
  if (self->memory == NULL)
    self->memory = g_byte_array_new ();
  if (self->fd < 0 && self->memory->len + n > MEMORY_MOST)
    {
      self->fd = open_file ();
      /* all of it goes there, so that what follows stands behind */
      if (self->fd >= 0)
        {
          gsize done = append_to_file (self, (char *) self->memory->data, self->memory->len);

          g_byte_array_remove_range (self->memory, 0, (guint) done);
        }
    }
  /* memory stands behind the file: once something is there, all that follows goes there, too */
  if (self->fd >= 0 && self->memory->len == 0)
    {
      gsize done = append_to_file (self, bytes, n);

      bytes += done;
      n -= done;
    }
  g_byte_array_append (self->memory, (const guint8 *) bytes, (guint) n);
}

/**
 * heddle_kept_output_read:
 * @visit: is given the bytes, in order, piece by piece
 */
void
heddle_kept_output_read (HeddleKeptOutput *self,
                         void (*visit) (const char *bytes, gsize n, gpointer data), gpointer data)
{
  char bytes[CHUNK];
  gssize n;
  off_t at = 0;

  while (self->fd >= 0 && (n = pread (self->fd, bytes, sizeof bytes, at)) > 0)
    {
      visit (bytes, (gsize) n, data);
      at += n;
    }
  if (self->memory != NULL && self->memory->len > 0)
    visit ((const char *) self->memory->data, self->memory->len, data);
}
