/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the dispatcher learns that a worker process is dead, signals it and reaps it.
 *
 * By a pidfd. Kernels before 5.3, some containers' filters and valgrind give none (ENOSYS, EPERM); then a thread for each worker waits for its
 * death and writes that to an eventfd, which stands in the place of the pidfd. No descriptor of the child tells it: a child
 * of the worker may keep that open, a task may close it, and it closes before there is anything to reap. A thread that waits knows no better
 * and no worse than a pidfd, and the worker has no part in it. The dead stay until the dispatcher reaps them, so their number is nobody else's.
 */
#include "config.h"

#include "base/descriptor.h"
#include "engine/process-pool.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <unistd.h>

static gboolean
is_not_to_be_had (int code)
{
  return code == ENOSYS || code == EPERM;
}

static void *
wait_for_death (void *data)
{
  const HeddlePlace *place = data;
  siginfo_t info;

  pthread_setname_np (pthread_self (), "heddle-mourner");
  while (waitid (P_PID, (id_t) place->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
    ;
  heddle_eventfd_write (place->death_fd);
  return NULL;
}

/* The thread last: until its process is dead there is no end to it. */
static gboolean
watch_fd (HeddleProcessPool *self, HeddlePlace *place)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = place };
  int code;

  if (place->death_fd < 0 || epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, place->death_fd, &event) != 0)
    return FALSE;
  code = place->mourned ? pthread_create (&place->mourner, NULL, wait_for_death, place) : 0;
  if (code == 0)
    return TRUE;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, place->death_fd, NULL);
  errno = code;
  return FALSE;
}

/**
 * heddle_process_pool_watch:
 * @pid: a child of ours that is not reaped
 *
 * That process stands at @place: its death will be noticed.
 *
 * Returns: FALSE with errno set if there is no file descriptor or thread for that
 */
gboolean
heddle_process_pool_watch (HeddleProcessPool *self, HeddlePlace *place, int pid)
{
  place->pid = pid;
  place->death_fd = pidfd_open (pid, 0);
  place->mourned = place->death_fd < 0 && is_not_to_be_had (errno);
  if (place->mourned)
    place->death_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (watch_fd (self, place))
    return TRUE;
  heddle_clear_fd (&place->death_fd);
  return FALSE;
}

/**
 * heddle_place_signal:
 *
 * Sends a signal to the process that stands here, which is not reaped.
 */
void
heddle_place_signal (HeddlePlace *self, int signal_number)
{
  if (self->mourned || (pidfd_send_signal (self->death_fd, signal_number, NULL, 0) != 0 && is_not_to_be_had (errno)))
    kill (self->pid, signal_number);
}

/**
 * heddle_process_pool_bury:
 * @keep: others want to know how the process died, too
 * @info: (out): how it died
 *
 * Reaps the process that stands at @place, if it is dead, and nobody else's.
 *
 * Returns: FALSE if it is not dead yet; TRUE: nobody stands there now
 */
gboolean
heddle_process_pool_bury (HeddleProcessPool *self, HeddlePlace *place, gboolean keep, siginfo_t *info)
{
  int code;

  *info = (siginfo_t){ 0 };
  do
    code = waitid (place->mourned ? P_PID : P_PIDFD, (id_t) (place->mourned ? place->pid : place->death_fd), info,
                   WEXITED | WNOHANG | (keep ? WNOWAIT : 0));
  while (code < 0 && errno == EINTR);
  if (code == 0 && info->si_pid == 0)
    return FALSE;
  if (code < 0)
    {
      /* somebody else has waited for our child; all that is left to know is that it is gone */
      info->si_code = CLD_EXITED;
      info->si_status = -1;
    }
  if (place->mourned)
    pthread_join (place->mourner, NULL);
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, place->death_fd, NULL);
  heddle_clear_fd (&place->death_fd);
  return TRUE;
}
