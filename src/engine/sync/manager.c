/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * A manager: a process that owns a list and a dictionary, and does what its clients ask, one
 * message after the other. The host starts it in share(), on the thread that also ends it; every
 * worker connects to it on its own, the first time it asks for something.
 */

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/program.h"
#include "engine/model/log.h"
#include "engine/model/worker-program.h"
#include "engine/sync/manager-private.h"
#include "engine/sync/shared-private.h"

#define READY_MS 20000
#define END_MS 5000

G_STATIC_ASSERT (HEDDLE_FD_OWN >= HEDDLE_MANAGER_FD_END);

typedef struct {
  char address[64]; /* of the abstract socket, without the zero in front; NUL-terminated */
} ManagerCell;

struct _HeddleManager {
  HeddleSharedHandle base;
  pid_t pid; /* host, or 0 */
  int lifeline; /* host, or -1 */
  /* one connection a worker, plus 1; each worker's own */
  _Atomic int connections[HEDDLE_MAX_WORKERS + 1];
};

static socklen_t
fill_address (const ManagerCell *cell, struct sockaddr_un *address)
{
  gsize length = strnlen (cell->address, sizeof cell->address - 1);

  memset (address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy (address->sun_path + 1, cell->address, length);
  return (socklen_t) (offsetof (struct sockaddr_un, sun_path) + 1 + length);
}

static int
make_listener (ManagerCell *cell)
{
  guint64 salt[2] = { 0 };
  struct sockaddr_un address;
  int fd = heddle_move_high (socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

  if (fd < 0)
    return -1;
  if (getrandom (salt, sizeof salt, 0) == sizeof salt)
    {
      socklen_t length;

      g_snprintf (cell->address, sizeof cell->address,
                  "heddle-manager-%d-%" G_GINT64_MODIFIER "x%" G_GINT64_MODIFIER "x",
                  (int) getpid (), salt[0], salt[1]);
      length = fill_address (cell, &address);
      if (bind (fd, (struct sockaddr *) &address, length) == 0 && listen (fd, SOMAXCONN) == 0)
        return fd;
    }
  close (fd);
  return -1;
}

static int
spawn (HeddleManager *self, const char *program, int listener, int lifeline)
{
  char host[16];
  char *argv[] = { (char *) "heddle-worker",
                   (char *) "--protocol",
                   (char *) HEDDLE_PROTOCOL_TEXT,
                   (char *) "--manager",
                   host,
                   NULL };
  const HeddleSpawnFile files[] = { { listener, HEDDLE_MANAGER_FD_LISTEN },
                                    { lifeline, HEDDLE_MANAGER_FD_LIFELINE } };
  int code;

  g_snprintf (host, sizeof host, "%d", (int) getpid ());
  code = heddle_program_spawn (&self->pid, program, argv, files, G_N_ELEMENTS (files),
                               HEDDLE_MANAGER_FD_END);
  if (code != 0)
    self->pid = 0;
  return code;
}

/* Until the server says something on the lifeline, or closes its end. FALSE: it does neither. */
static gboolean
wait_for_server (int lifeline, int milliseconds)
{
  struct pollfd file = { .fd = lifeline, .events = POLLIN };
  int n;

  do
    n = poll (&file, 1, milliseconds);
  while (n < 0 && errno == EINTR);
  return n == 1;
}

/* Supervisor's thread, which lives as long as the run: the kernel ends the manager with it. */
static void
start (HeddleManager *self, HeddleShared *shared)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = heddle_worker_program_find (shared->worker_program, &error);
  g_autofree char *reason = NULL;
  int ends[2];
  int listener, code;
  char ready;

  if (program == NULL)
    {
      heddle_shared_refuse (shared, "%s", error->message);
      return;
    }
  listener = make_listener (self->base.cell);
  if (listener < 0 || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      reason = heddle_system_error_dup (errno);
      heddle_shared_refuse (shared, _("The manager “%s” could get no socket: %s"), self->base.name,
                            reason);
      heddle_clear_fd (&listener);
      return;
    }
  self->lifeline = heddle_move_high (ends[0]);
  ends[1] = heddle_move_high (ends[1]);
  code = self->lifeline < 0 || ends[1] < 0 ? EMFILE : spawn (self, program, listener, ends[1]);
  close (listener);
  heddle_clear_fd (&ends[1]);
  if (code != 0)
    {
      reason = heddle_system_error_dup (code);
      heddle_shared_refuse (shared, _("The manager “%s” cannot be started (%s): %s"),
                            self->base.name, program, reason);
    }
  else if (!wait_for_server (self->lifeline, READY_MS)
           || recv (self->lifeline, &ready, 1, MSG_DONTWAIT) != 1)
    heddle_shared_refuse (
      shared, _("The manager “%s” did not start: “%s” has ended or is another version."),
      self->base.name, program);
}

/* The server ends as soon as the host shuts the lifeline down, and its own end of it closes then.
 * One that does not is killed. */
static void
reap (HeddleManager *self, HeddleLog *log)
{
  int status = 0;
  gboolean ended;

  shutdown (self->lifeline, SHUT_WR);
  ended = wait_for_server (self->lifeline, END_MS);
  if (!ended)
    kill (self->pid, SIGKILL);
  while (waitpid (self->pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (log != NULL && ended && WIFSIGNALED (status))
    heddle_log_printf (
      log, HEDDLE_LOG_ERROR, 0, 0,
      _("The manager “%s” was killed by signal %d (%s) before the end of the run."),
      self->base.name, WTERMSIG (status), g_strsignal (WTERMSIG (status)));
  self->pid = 0;
}

static void
disconnect (HeddleManager *self, guint worker)
{
  int connection = atomic_exchange (&self->connections[worker], 0);

  if (connection != 0)
    close (connection - 1);
}

static void
end_manager (gpointer handle, HeddleLog *log)
{
  HeddleManager *self = handle;

  for (guint i = 0; i <= HEDDLE_MAX_WORKERS; i++)
    disconnect (self, i);
  if (self->pid != 0)
    reap (self, log);
  heddle_clear_fd (&self->lifeline);
}

/**
 * heddle_shared_manager:
 *
 * Starts a process that owns a list and a dictionary, both empty. Waits until it is ready: some
 * milliseconds. Only in share().
 *
 * Returns: (transfer none): the manager
 */
HeddleManager *
heddle_shared_manager (HeddleShared *self, const char *name)
{
  HeddleManager *manager = heddle_shared_make (
    self, HEDDLE_SHARED_MANAGER, name, sizeof (ManagerCell), sizeof *manager, FALSE);

  manager->lifeline = -1;
  heddle_shared_add_ender (self, end_manager, manager);
  if (self->host && self->error == NULL)
    start (manager, self);
  return manager;
}

/* -1 with errno set: there is nobody. */
static int
get_connection (HeddleManager *self, guint worker)
{
  int connection = atomic_load (&self->connections[worker]);
  struct sockaddr_un address;
  socklen_t length = fill_address (self->base.cell, &address);
  int fd;

  if (connection != 0)
    return connection - 1;
  /* Blocks while more want in than the kernel lets stand in line, which the server's next round
   * ends. */
  fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (connect (fd, (struct sockaddr *) &address, length) != 0)
    {
      heddle_clear_fd (&fd);
      return -1;
    }
  atomic_store (&self->connections[worker], fd + 1);
  return fd;
}

/* Waits for the answer as for every other thing that workers share, so that lanes and tables tell
 * it. */
static HeddleSyncStatus
receive (HeddleManager *self, HeddleTask *task, int fd, HeddleManagerAnswer *answer)
{
  struct pollfd file = { .fd = fd, .events = POLLIN };
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  HeddleWait wait;

  heddle_wait_init (&wait, self, task, -1);
  while (status == HEDDLE_SYNC_OK)
    {
      gssize n = recv (fd, answer, sizeof *answer, MSG_DONTWAIT);

      if (n == sizeof *answer)
        break;
      if (n < 0 && (errno == EAGAIN || errno == EINTR))
        status = heddle_wait_poll (&wait, &file, 1);
      else
        {
          errno = n < 0 ? errno : ECONNRESET;
          status = HEDDLE_SYNC_CLOSED;
        }
    }
  heddle_wait_done (&wait);
  return status;
}

static HeddleSyncStatus
ask (HeddleManager *self, HeddleTask *task, const HeddleManagerRequest *request,
     HeddleManagerAnswer *answer)
{
  HeddleSyncStatus status = HEDDLE_SYNC_CLOSED;
  int fd;

  if (heddle_task_is_cancelled (task))
    return HEDDLE_SYNC_CANCELLED;
  fd = get_connection (self, task->worker);
  if (fd >= 0 && send (fd, request, sizeof *request, MSG_NOSIGNAL) == sizeof *request)
    status = receive (self, task, fd, answer);
  if (status == HEDDLE_SYNC_OK && answer->status == HEDDLE_MANAGER_FULL)
    {
      heddle_task_fail (task, _("The manager “%s” cannot keep more than %u entries."),
                        self->base.name, HEDDLE_MANAGER_ENTRIES);
      return HEDDLE_SYNC_CLOSED;
    }
  if (status == HEDDLE_SYNC_OK)
    return status;
  if (status == HEDDLE_SYNC_CLOSED && fd < 0
      && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
    {
      g_autofree char *reason = heddle_system_error_dup (errno);

      heddle_task_fail (task, _("The manager “%s” cannot be reached: %s"), self->base.name, reason);
    }
  else if (status == HEDDLE_SYNC_CLOSED)
    {
      heddle_task_fail (task, _("The manager “%s” no longer answers: its process has ended (%s)."),
                        self->base.name, g_strerror (errno));
    }
  /* an answer that comes too late must not be taken for the next one's */
  disconnect (self, task->worker);
  return status;
}

static HeddleSyncStatus
ask_simply (HeddleManager *self, HeddleTask *task, HeddleManagerOp op, const char *name,
            gint64 *value, gboolean *found)
{
  HeddleManagerRequest request = { .op = op, .value = *value };
  HeddleManagerAnswer answer = { 0 };
  HeddleSyncStatus status;

  if (name != NULL)
    g_strlcpy (request.name, name, sizeof request.name);
  status = ask (self, task, &request, &answer);
  if (status == HEDDLE_SYNC_OK)
    *value = answer.value;
  if (found != NULL)
    *found = status == HEDDLE_SYNC_OK && answer.status == HEDDLE_MANAGER_OK;
  return status;
}

/**
 * heddle_manager_list_append:
 *
 * Asks the manager to put a number at the end of its list, and waits until it has. As with all that
 * a manager is asked, the task fails with the reason where the manager is dead or full.
 *
 * Returns: OK, CLOSED or CANCELLED
 */
HeddleSyncStatus
heddle_manager_list_append (HeddleManager *self, HeddleTask *task, gint64 value)
{
  return ask_simply (self, task, HEDDLE_MANAGER_LIST_APPEND, NULL, &value, NULL);
}

/**
 * heddle_manager_list_pop_first:
 * @value: (out): the number, where there was one
 * @found: (out): FALSE if the list was empty
 *
 * Returns: OK, CLOSED or CANCELLED
 *
 * No workload of ours uses it so far; tests do.
 */
HeddleSyncStatus
heddle_manager_list_pop_first (HeddleManager *self, HeddleTask *task, gint64 *value,
                               gboolean *found)
{
  *value = 0;
  return ask_simply (self, task, HEDDLE_MANAGER_LIST_POP_FIRST, NULL, value, found);
}

/**
 * heddle_manager_list_get_length:
 * @length: (out): entries of the list
 *
 * Returns: OK, CLOSED or CANCELLED
 */
HeddleSyncStatus
heddle_manager_list_get_length (HeddleManager *self, HeddleTask *task, guint *length)
{
  gint64 value = 0;
  HeddleSyncStatus status =
    ask_simply (self, task, HEDDLE_MANAGER_LIST_GET_LENGTH, NULL, &value, NULL);

  *length = (guint) value;
  return status;
}

/**
 * heddle_manager_dict_set:
 * @name: at most 31 bytes count
 *
 * Returns: OK, CLOSED or CANCELLED
 */
HeddleSyncStatus
heddle_manager_dict_set (HeddleManager *self, HeddleTask *task, const char *name, gint64 value)
{
  return ask_simply (self, task, HEDDLE_MANAGER_DICT_SET, name, &value, NULL);
}

/**
 * heddle_manager_dict_get:
 * @value: (out): the number of @name, where there is one
 * @found: (out): FALSE if the name is not there
 *
 * Returns: OK, CLOSED or CANCELLED
 */
HeddleSyncStatus
heddle_manager_dict_get (HeddleManager *self, HeddleTask *task, const char *name, gint64 *value,
                         gboolean *found)
{
  *value = 0;
  return ask_simply (self, task, HEDDLE_MANAGER_DICT_GET, name, value, found);
}

/**
 * heddle_manager_dict_add:
 * @value: (out) (optional): the number of @name after it; a name that was not there counts as 0
 * before
 *
 * Adds to a number in one step: the server does nothing between.
 *
 * Returns: OK, CLOSED or CANCELLED
 */
HeddleSyncStatus
heddle_manager_dict_add (HeddleManager *self, HeddleTask *task, const char *name, gint64 delta,
                         gint64 *value)
{
  HeddleSyncStatus status = ask_simply (self, task, HEDDLE_MANAGER_DICT_ADD, name, &delta, NULL);

  if (value != NULL)
    *value = delta;
  return status;
}
