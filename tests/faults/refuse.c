/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "refuse.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum {
  MEMFD_CREATE,
  FTRUNCATE,
  MMAP,
  FCNTL,
  EVENTFD,
  EPOLL_CREATE,
  EPOLL_CTL,
  PIPE,
  POSIX_SPAWN,
  PIDFD_OPEN,
  PTHREAD_CREATE,
  SOCKET,
  SOCKETPAIR,
  BIND,
  LISTEN,
  N_FUNCTIONS
};

const char *const refuse_functions[] = {
  "memfd_create", "ftruncate", "mmap", "fcntl", "eventfd", "epoll_create1", "epoll_ctl", "pipe2", "posix_spawn", "pidfd_open", "pthread_create",
  "socket", "socketpair", "bind", "listen",
};
const guint refuse_n_functions = G_N_ELEMENTS (refuse_functions);
G_STATIC_ASSERT (G_N_ELEMENTS (refuse_functions) == N_FUNCTIONS);

/* Any thread looks at these; set while no run goes on. */
static atomic_int chosen = -1;
static atomic_uint n_calls;
static atomic_uint refused_from;
static atomic_uint refused_to;
static atomic_int refused_code;

void
refuse_begin (guint function, guint nth, gboolean all_after, int code)
{
  atomic_store (&n_calls, 0);
  atomic_store (&refused_from, nth != 0 ? nth : G_MAXUINT);
  atomic_store (&refused_to, nth == 0 || all_after ? G_MAXUINT : nth);
  atomic_store (&refused_code, code);
  atomic_store (&chosen, (int) function);
}

guint
refuse_end (void)
{
  atomic_store (&chosen, -1);
  return atomic_load (&n_calls);
}

/* Returns the error with which this call is refused, or 0. */
static int
refusal (int function)
{
  guint nth;

  if (atomic_load (&chosen) != function)
    return 0;
  nth = atomic_fetch_add (&n_calls, 1) + 1;
  return nth >= atomic_load (&refused_from) && nth <= atomic_load (&refused_to)
    ? atomic_load (&refused_code)
    : 0;
}

static gboolean
is_refused (int function)
{
  int code = refusal (function);

  if (code != 0)
    errno = code;
  return code != 0;
}

#define WRAP(type, name, parameters, arguments, function, failed)  \
  type __real_##name parameters;                                    \
  type __wrap_##name parameters;                                    \
  type __wrap_##name parameters                                     \
  {                                                                 \
    return is_refused (function) ? (failed) : __real_##name arguments; \
  }

/* These return the error instead of setting it. */
#define WRAP_CODE(name, parameters, arguments, function)  \
  int __real_##name parameters;                            \
  int __wrap_##name parameters;                            \
  int __wrap_##name parameters                             \
  {                                                        \
    int code = refusal (function);                         \
                                                           \
    return code != 0 ? code : __real_##name arguments;     \
  }

WRAP (int, memfd_create, (const char *name, unsigned flags), (name, flags), MEMFD_CREATE, -1)
WRAP (int, ftruncate, (int fd, off_t length), (fd, length), FTRUNCATE, -1)
WRAP (int, ftruncate64, (int fd, off_t length), (fd, length), FTRUNCATE, -1)
WRAP (void *, mmap, (void *at, size_t length, int access, int flags, int fd, off_t offset),
      (at, length, access, flags, fd, offset), MMAP, MAP_FAILED)
WRAP (void *, mmap64, (void *at, size_t length, int access, int flags, int fd, off_t offset),
      (at, length, access, flags, fd, offset), MMAP, MAP_FAILED)
WRAP (int, eventfd, (unsigned count, int flags), (count, flags), EVENTFD, -1)
WRAP (int, epoll_create1, (int flags), (flags), EPOLL_CREATE, -1)
WRAP (int, pipe2, (int *fds, int flags), (fds, flags), PIPE, -1)
WRAP (int, pidfd_open, (pid_t pid, unsigned flags), (pid, flags), PIDFD_OPEN, -1)
WRAP (int, socket, (int domain, int type, int protocol), (domain, type, protocol), SOCKET, -1)
WRAP (int, socketpair, (int domain, int type, int protocol, int *fds),
      (domain, type, protocol, fds), SOCKETPAIR, -1)
WRAP (int, bind, (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length),
      BIND, -1)
WRAP (int, listen, (int fd, int backlog), (fd, backlog), LISTEN, -1)
WRAP_CODE (pthread_create,
           (pthread_t * thread, const pthread_attr_t *attributes, void *(*body) (void *),
            void *data),
           (thread, attributes, body, data), PTHREAD_CREATE)
WRAP_CODE (posix_spawn,
           (pid_t * pid, const char *path, const posix_spawn_file_actions_t *files,
            const posix_spawnattr_t *attributes, char *const *argv, char *const *environment),
           (pid, path, files, attributes, argv, environment), POSIX_SPAWN)

/* Letting go is never refused by a system. */
int __real_epoll_ctl (int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl (int epoll, int operation, int fd, struct epoll_event *event);

int
__wrap_epoll_ctl (int epoll, int operation, int fd, struct epoll_event *event)
{
  return operation != EPOLL_CTL_DEL && is_refused (EPOLL_CTL)
    ? -1
    : __real_epoll_ctl (epoll, operation, fd, event);
}

/* Only what takes something: another descriptor, or a seal. */
static gboolean
fcntl_is_refused (int command)
{
  return (command == F_DUPFD_CLOEXEC || command == F_ADD_SEALS) && is_refused (FCNTL);
}

#define WRAP_FCNTL(name)                                            \
  int __real_##name (int fd, int command, ...);                     \
  int __wrap_##name (int fd, int command, ...);                     \
  int __wrap_##name (int fd, int command, ...)                      \
  {                                                                 \
    va_list args;                                                   \
    long argument;                                                  \
                                                                    \
    va_start (args, command);                                       \
    argument = va_arg (args, long);                                 \
    va_end (args);                                                  \
    return fcntl_is_refused (command) ? -1 : __real_##name (fd, command, argument); \
  }

WRAP_FCNTL (fcntl)
WRAP_FCNTL (fcntl64)
