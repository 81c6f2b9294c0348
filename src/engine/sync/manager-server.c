/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The server of a manager: the worker program under another name. One thread, which takes one
 * message after the other: that is the whole of its locking. It lives until the host lets go of the
 * lifeline, and never longer than the host.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/model/worker-program.h"
#include "engine/sync/manager-store.h"
#include "engine/sync/shared-private.h"

enum { FILE_LIFELINE, FILE_LISTEN, N_FILES };

typedef struct {
  GArray *files; /* of struct pollfd: lifeline, listener, then the clients */
  HeddleManagerStore *store;
} Server;

/* FALSE: this client has gone, or does not speak our language. */
static gboolean
serve_client (Server *self, int fd)
{
  HeddleManagerRequest request;
  HeddleManagerAnswer reply;
  gssize n = recv (fd, &request, sizeof request, MSG_DONTWAIT | MSG_TRUNC);

  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  if (!heddle_manager_store_answer (self->store, &request, n, &reply))
    return FALSE;
  /* there is room for it, since a client waits for one answer before it asks again */
  return send (fd, &reply, sizeof reply, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof reply;
}

static void
let_in (Server *self)
{
  int fd = accept4 (HEDDLE_MANAGER_FD_LISTEN, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  struct pollfd file = { .fd = fd, .events = POLLIN };
  struct ucred peer;
  socklen_t size = sizeof peer;

  if (fd < 0)
    return;
  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid != getuid ())
    close (fd);
  else
    g_array_append_val (self->files, file);
}

static void
serve (Server *self)
{
  struct pollfd *files = (struct pollfd *) self->files->data;

  while (files[FILE_LIFELINE].revents == 0)
    {
      for (guint i = self->files->len - 1; i >= N_FILES; i--)
        if (files[i].revents != 0 && !serve_client (self, files[i].fd))
          {
            close (files[i].fd);
            g_array_remove_index_fast (self->files, i);
          }
      if (files[FILE_LISTEN].revents != 0)
        let_in (self);
      files = (struct pollfd *) self->files->data;
      while (poll (files, self->files->len, -1) < 0 && errno == EINTR)
        ;
    }
}

/**
 * heddle_manager_serve:
 * @host_pid: the process that has started it
 *
 * Owns a list and a dictionary for all who connect, until the host closes the lifeline.
 *
 * Returns: the exit status
 */
int
heddle_manager_serve (int host_pid)
{
  struct pollfd files[N_FILES] = {
    [FILE_LIFELINE] = { .fd = HEDDLE_MANAGER_FD_LIFELINE, .events = POLLIN },
    [FILE_LISTEN] = { .fd = HEDDLE_MANAGER_FD_LISTEN, .events = POLLIN },
  };
  Server self = { 0 };

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != host_pid)
    return HEDDLE_WORKER_EXIT_ORPHAN;
  prctl (PR_SET_NAME, "heddle-manager");
  self.files = g_array_new (FALSE, FALSE, sizeof (struct pollfd));
  self.store = heddle_manager_store_new ();
  g_array_append_vals (self.files, files, N_FILES);
  if (send (HEDDLE_MANAGER_FD_LIFELINE, "r", 1, MSG_NOSIGNAL) != 1)
    return HEDDLE_WORKER_EXIT_ORPHAN;
  serve (&self);
  for (guint i = N_FILES; i < self.files->len; i++)
    close (g_array_index (self.files, struct pollfd, i).fd);
  g_array_unref (self.files);
  heddle_manager_store_free (self.store);
  return EXIT_SUCCESS;
}
