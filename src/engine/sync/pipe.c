/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * A pipe(2), made by the host. Worker processes open its ends once more through /proc, so nothing
 * has to be handed over at their birth.
 *
 * Every process holds both ends, so the kernel's own end of file never comes by itself. A second
 * pipe, the bell, stands for it: whoever closes puts a byte into it that nobody takes out, which
 * wakes all who wait for either. What is in the pipe by then is still read. The descriptors
 * themselves stay open until the last worker has left, so that no write under way can reach another
 * file under the same number. A message is whole only if it is not longer than PIPE_BUF: a longer
 * one of a worker that dies on the way may end anywhere.
 */

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "engine/sync/shared-private.h"

enum { END_READ, END_WRITE, END_BELL_READ, END_BELL_WRITE, N_ENDS };

typedef struct {
  gint32 host_pid;
  gint32 ends[N_ENDS]; /* descriptors of the host */
  _Atomic guint32 closed;
} PipeCell;

struct _HeddlePipe {
  HeddleSharedHandle base;
  int ends[N_ENDS]; /* descriptors of this process; set in share(), or -1 */
};

/* After the last worker has left. */
static void
end_pipe (gpointer handle, HeddleLog *log)
{
  HeddlePipe *self = handle;

  for (guint i = 0; i < N_ENDS; i++)
    heddle_clear_fd (&self->ends[i]);
}

static gboolean
make_ends (HeddlePipe *self)
{
  PipeCell *cell = self->base.cell;

  if (pipe2 (&self->ends[END_READ], O_CLOEXEC | O_NONBLOCK) != 0
      || pipe2 (&self->ends[END_BELL_READ], O_CLOEXEC | O_NONBLOCK) != 0)
    return FALSE;
  cell->host_pid = getpid ();
  for (guint i = 0; i < N_ENDS; i++)
    cell->ends[i] = self->ends[i];
  return TRUE;
}

static gboolean
reopen_ends (HeddlePipe *self)
{
  const PipeCell *cell = self->base.cell;

  for (guint i = 0; i < N_ENDS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%d/fd/%d", cell->host_pid, cell->ends[i]);

      self->ends[i] = open (
        path, (i == END_READ || i == END_BELL_READ ? O_RDONLY : O_WRONLY) | O_CLOEXEC | O_NONBLOCK);
      if (self->ends[i] < 0)
        return FALSE;
    }
  return TRUE;
}

/**
 * heddle_shared_pipe:
 *
 * Returns: (transfer none): a pipe of the kernel, 64 KiB deep. Only in share().
 */
HeddlePipe *
heddle_shared_pipe (HeddleShared *self, const char *name)
{
  HeddlePipe *pipe = heddle_shared_make (self, HEDDLE_SHARED_PIPE, name, sizeof (PipeCell),
                                         sizeof *pipe, FALSE);

  for (guint i = 0; i < N_ENDS; i++)
    pipe->ends[i] = -1;
  heddle_shared_add_ender (self, end_pipe, pipe);
  if (self->error == NULL && !(self->host ? make_ends (pipe) : reopen_ends (pipe)))
    {
      g_autofree char *reason = heddle_system_error_dup (errno);

      heddle_shared_refuse (self, _("The pipe “%s” cannot be opened: %s"), name, reason);
    }
  return pipe;
}

static gboolean
is_closed (HeddlePipe *self)
{
  return atomic_load (&((PipeCell *) self->base.cell)->closed) != 0;
}

/* Until the end is ready, or the pipe is closed, or a slice is over. */
static HeddleSyncStatus
wait_for (HeddlePipe *self, HeddleWait *wait, int end, short events)
{
  struct pollfd files[] = {
    { .fd = self->ends[end], .events = events },
    { .fd = self->ends[END_BELL_READ], .events = POLLIN },
  };

  return heddle_wait_poll (wait, files, G_N_ELEMENTS (files));
}

static HeddleSyncStatus
give_up (HeddlePipe *self, HeddleTask *task)
{
  heddle_task_fail (task, _("The pipe “%s” no longer works: %s"), self->base.name,
                    g_strerror (errno));
  return HEDDLE_SYNC_CLOSED;
}

/**
 * heddle_pipe_write:
 * @bytes: what to write
 * @length: how many; up to PIPE_BUF (4096) they stay together, of more parts may be mixed with
 * those of other writers
 *
 * Writes it all, waiting while the pipe is full.
 *
 * Returns: OK; CLOSED, CANCELLED or DEADLOCK, with a part of it written perhaps
 */
HeddleSyncStatus
heddle_pipe_write (HeddlePipe *self, HeddleTask *task, const void *bytes, gsize length)
{
  const guint8 *next = bytes;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  HeddleWait wait;

  heddle_wait_init (&wait, self, task, -1);
  while (status == HEDDLE_SYNC_OK && length > 0)
    {
      gssize n;

      if (is_closed (self))
        {
          status = HEDDLE_SYNC_CLOSED;
          break;
        }
      n = write (self->ends[END_WRITE], next, length);
      if (n >= 0)
        {
          next += n;
          length -= (gsize) n;
          heddle_wait_done (&wait); /* others may go on now: what follows is another wait */
        }
      else if (errno == EAGAIN)
        status = wait_for (self, &wait, END_WRITE, POLLOUT);
      else if (errno != EINTR)
        status = give_up (self, task);
    }
  heddle_wait_done (&wait);
  return status;
}

/**
 * heddle_pipe_read:
 * @bytes: (out): room for @room bytes, at least 1
 * @length: (out): how many were read
 *
 * Reads what is there, waiting while there is nothing.
 *
 * Returns: OK with at least one byte; CLOSED once it is closed and empty; CANCELLED or DEADLOCK
 */
HeddleSyncStatus
heddle_pipe_read (HeddlePipe *self, HeddleTask *task, void *bytes, gsize room, gsize *length)
{
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  HeddleWait wait;

  *length = 0;
  heddle_wait_init (&wait, self, task, -1);
  while (status == HEDDLE_SYNC_OK)
    {
      /* before the look into the pipe: all that was written before the closing is then in it */
      gboolean closed = is_closed (self);
      gssize n = read (self->ends[END_READ], bytes, room);

      if (n > 0)
        {
          *length = (gsize) n;
          break;
        }
      if (n == 0 || (errno == EAGAIN && closed))
        status = HEDDLE_SYNC_CLOSED;
      else if (errno == EAGAIN)
        status = wait_for (self, &wait, END_READ, POLLIN);
      else if (errno != EINTR)
        status = give_up (self, task);
    }
  heddle_wait_done (&wait);
  return status;
}

/**
 * heddle_pipe_close_write:
 *
 * Nobody writes any more, in any worker: readers get what is left, then CLOSED. May be called
 * twice.
 */
void
heddle_pipe_close_write (HeddlePipe *self)
{
  PipeCell *cell = self->base.cell;

  if (atomic_exchange (&cell->closed, 1) != 0)
    return;
  while (write (self->ends[END_BELL_WRITE], "", 1) < 0 && errno == EINTR)
    ;
}
