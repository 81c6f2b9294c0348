/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "batch/append.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

/**
 * heddle_append:
 * @fd: a file
 * @bytes: a line, @length bytes
 * @written: (out): how many of them are there
 *
 * Writes a line by one write(). Only where the system takes less than all of it, which it does at a
 * full disk, a second one follows: either it completes the line, or its error says why it cannot
 * be.
 *
 * Returns: 0, or errno: then perhaps a part of the line is there. One thread at a time for a file.
 */
int
heddle_append (int fd, const char *bytes, gsize length, gsize *written)
{
  *written = 0;
  while (*written < length)
    {
      gssize n = write (fd, bytes + *written, length - *written);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n < 0 ? errno : EIO;
      *written += (gsize) n;
    }
  return 0;
}

static const char *
advise (int code)
{
  switch (code)
    {
    case ENOSPC:
    case EDQUOT:
      return _("Free some space there, or choose another folder.");
    case EFBIG:
      return _("Raise the limit of file sizes (ulimit -f).");
    case EROFS:
    case EACCES:
    case EPERM:
      return _("Make it writable for you, or choose another folder.");
    case EMFILE:
    case ENFILE:
      return _("Close other programs, or raise the limit of open files (ulimit -n).");
    case EPIPE:
      return _("Whoever reads it has gone; choose a file.");
    case EIO:
      return _("Check the disk, or choose another folder.");
    default:
      return _("Choose another file or folder.");
    }
}

/**
 * heddle_set_append_error:
 * @code: errno of a call about a file
 * @path: the file
 * @what: what could not be done, translated: "The joblog could not be written"
 *
 * Sets #GFileError with @what, the file, the reason, and what can be done. Any thread.
 */
void
heddle_set_append_error (GError **error, int code, const char *path, const char *what)
{
  g_autofree char *shown = g_filename_display_name (path);

  /* Translators: what could not be done, the path of a file, why, and what to do */
  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code), _("%s (%s): %s. %s"),
               what, shown, g_strerror (code), advise (code));
}
