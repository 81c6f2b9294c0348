/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/**
 * heddle_dup_high:
 * @fd: a descriptor, or -1
 *
 * A child process gets descriptors at fixed numbers below %HEDDLE_FD_OWN. Where the parent's own
 * stand above, no dup2() at its start runs over one that is needed by the next.
 *
 * Returns: another number for @fd, at least %HEDDLE_FD_OWN, closed by exec; -1 with errno set. Any
 * thread.
 */
int
heddle_dup_high (int fd)
{
  int high = fd < 0 ? -1 : fcntl (fd, F_DUPFD_CLOEXEC, HEDDLE_FD_OWN);

  /* where the limit of open files lies below that number, the kernel calls the number wrong */
  if (fd >= 0 && high < 0 && errno == EINVAL)
    errno = EMFILE;
  return high;
}

/**
 * heddle_move_high:
 * @fd: (transfer full): a descriptor, or -1
 *
 * As heddle_dup_high(), and closes @fd.
 */
int
heddle_move_high (int fd)
{
  int high = heddle_dup_high (fd);

  heddle_clear_fd (&fd);
  return high;
}

/**
 * heddle_clear_fd:
 * @fd: (inout): a descriptor, or -1; set to -1
 *
 * Closes @fd if it is open, and leaves errno as it is, so that the caller can still say why it
 * gives up. Any thread.
 */
void
heddle_clear_fd (int *fd)
{
  int code = errno;

  if (*fd >= 0)
    close (*fd);
  *fd = -1;
  errno = code;
}

/**
 * heddle_eventfd_write:
 * @fd: an eventfd
 *
 * Adds 1 to it, which wakes a thread that polls or reads it. Any thread, also a signal handler.
 *
 * Returns: FALSE if it could not be written. One that does not block and is full is one that nobody
 * has read yet: its reader is awake, or will be.
 */
gboolean
heddle_eventfd_write (int fd)
{
  const guint64 one = 1;
  gssize written;

  do
    written = write (fd, &one, sizeof one);
  while (written < 0 && errno == EINTR);
  return written == sizeof one;
}

/**
 * heddle_read_small:
 * @buffer: (out): the file, or as much of it as there is room for, NUL-terminated
 *
 * Reads a small file of the kernel's. Any thread, but not the main loop.
 *
 * Returns: FALSE if it is empty, not there, or gone meanwhile
 */
gboolean
heddle_read_small (const char *path, char *buffer, gsize size)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gsize length = 0;
  gssize n = -1;

  while (fd >= 0 && length < size - 1
         && ((n = read (fd, buffer + length, size - 1 - length)) > 0 || (n < 0 && errno == EINTR)))
    length += (gsize) MAX (n, 0);
  heddle_clear_fd (&fd);
  buffer[length] = '\0';
  return n >= 0 && length > 0;
}
