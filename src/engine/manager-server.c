/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The server of a manager: the worker program under another name. One thread, which takes one message after the other: that is the whole of
 * its locking. It lives until the host lets go of the leash, and never longer than the host.
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

#include "engine/manager-private.h"
#include "engine/segment.h"
#include "engine/shared-private.h"

enum { FILE_LEASH, FILE_LISTEN, N_FILES };

typedef struct {
  GArray *files; /* of struct pollfd: leash, listener, then the clients */
  GArray *list;  /* of gint64; those before first are taken out */
  guint first;
  GHashTable *dict; /* char * to gint64 * */
} Server;

static guint32
list_append (Server *self, gint64 value)
{
  if (self->list->len - self->first >= HEDDLE_MANAGER_ENTRIES)
    return HEDDLE_MANAGER_FULL;
  g_array_append_val (self->list, value);
  return HEDDLE_MANAGER_OK;
}

static guint32
list_pop_first (Server *self, gint64 *value)
{
  if (self->first == self->list->len)
    return HEDDLE_MANAGER_NONE;
  *value = g_array_index (self->list, gint64, self->first++);
  /* moving the rest up costs as much as taking out that many did */
  if (self->first > 64 && self->first > self->list->len / 2)
    {
      g_array_remove_range (self->list, 0, self->first);
      self->first = 0;
    }
  return HEDDLE_MANAGER_OK;
}

/* The place of a name's number; NULL if it is not there and is not to be made, or there is no room. */
static gint64 *
dict_find (Server *self, const char *name, gboolean make)
{
  gint64 *value = g_hash_table_lookup (self->dict, name);

  if (value == NULL && make && g_hash_table_size (self->dict) < HEDDLE_MANAGER_ENTRIES)
    {
      value = g_new0 (gint64, 1);
      g_hash_table_insert (self->dict, g_strdup (name), value);
    }
  return value;
}

static HeddleManagerAnswer
answer (Server *self, const HeddleManagerRequest *request)
{
  HeddleManagerAnswer answer = { .status = HEDDLE_MANAGER_OK };
  gint64 *value;

  switch ((HeddleManagerOp) request->op)
    {
    case HEDDLE_MANAGER_LIST_APPEND:
      answer.status = list_append (self, request->value);
      break;
    case HEDDLE_MANAGER_LIST_POP_FIRST:
      answer.status = list_pop_first (self, &answer.value);
      break;
    case HEDDLE_MANAGER_LIST_GET_LENGTH:
      answer.value = self->list->len - self->first;
      break;
    case HEDDLE_MANAGER_DICT_GET:
      value = dict_find (self, request->name, FALSE);
      answer.status = value != NULL ? HEDDLE_MANAGER_OK : HEDDLE_MANAGER_NONE;
      answer.value = value != NULL ? *value : 0;
      break;
    case HEDDLE_MANAGER_DICT_SET:
    case HEDDLE_MANAGER_DICT_ADD:
      value = dict_find (self, request->name, TRUE);
      answer.status = value != NULL ? HEDDLE_MANAGER_OK : HEDDLE_MANAGER_FULL;
      if (value != NULL)
        answer.value = *value = request->op == HEDDLE_MANAGER_DICT_SET ? request->value : (gint64) ((guint64) *value + (guint64) request->value);
      break;
    case HEDDLE_MANAGER_N_OPS:
    default:
      break;
    }
  return answer;
}

/* FALSE: this client has gone, or does not speak our language. */
static gboolean
serve_client (Server *self, int fd)
{
  HeddleManagerRequest request;
  HeddleManagerAnswer reply;
  gssize n = recv (fd, &request, sizeof request, MSG_DONTWAIT | MSG_TRUNC);

  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  if (n != sizeof request || request.op >= HEDDLE_MANAGER_N_OPS || memchr (request.name, '\0', sizeof request.name) == NULL)
    return FALSE;
  reply = answer (self, &request);
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

  while (files[FILE_LEASH].revents == 0)
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
 * @host_pid: who has started it
 *
 * Owns a list and a dictionary for all who connect, until the host closes the leash.
 *
 * Returns: the exit status
 */
int
heddle_manager_serve (int host_pid)
{
  struct pollfd files[N_FILES] = {
    [FILE_LEASH] = { .fd = HEDDLE_MANAGER_FD_LEASH, .events = POLLIN },
    [FILE_LISTEN] = { .fd = HEDDLE_MANAGER_FD_LISTEN, .events = POLLIN },
  };
  Server self = { 0 };

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != host_pid)
    return HEDDLE_WORKER_EXIT_ORPHAN;
  prctl (PR_SET_NAME, "heddle-manager");
  self.files = g_array_new (FALSE, FALSE, sizeof (struct pollfd));
  self.list = g_array_new (FALSE, FALSE, sizeof (gint64));
  self.dict = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_array_append_vals (self.files, files, N_FILES);
  if (send (HEDDLE_MANAGER_FD_LEASH, "r", 1, MSG_NOSIGNAL) != 1)
    return HEDDLE_WORKER_EXIT_ORPHAN;
  serve (&self);
  for (guint i = N_FILES; i < self.files->len; i++)
    close (g_array_index (self.files, struct pollfd, i).fd);
  g_array_unref (self.files);
  g_array_unref (self.list);
  g_hash_table_unref (self.dict);
  return EXIT_SUCCESS;
}
