/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the dispatcher learns that a worker process is dead, signals it and reaps it: by a pidfd. Old
 * kernels (before 5.3), some containers' filters and valgrind give none (ENOSYS, EPERM); then a
 * thread for each worker waits for its death and writes to an eventfd in the pidfd's place. A pipe
 * to the child would not do: its own children may keep that open, a task may close it, and it
 * closes before there is anything to reap. The dead keep their pid until they are reaped. */
#include "config.h"

#include "base/descriptor.h"
#include "engine/pools/process/process-pool.h"

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
  const HeddleProcessWorker *worker = data;
  siginfo_t info;

  pthread_setname_np (pthread_self (), "heddle-waiter");
  while (waitid (P_PID, (id_t) worker->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
    ;
  heddle_eventfd_write (worker->death.fd);
  return NULL;
}

/* The thread last: until its process is dead there is no end to it. */
static gboolean
watch_fd (HeddleProcessPool *self, HeddleProcessWorker *worker)
{
  HeddleDeathWatch *death = &worker->death;
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = worker };
  int code;

  if (death->fd < 0 || epoll_ctl (self->files.epoll, EPOLL_CTL_ADD, death->fd, &event) != 0)
    return FALSE;
  code = death->has_waiter ? pthread_create (&death->waiter, NULL, wait_for_death, worker) : 0;
  if (code == 0)
    return TRUE;
  epoll_ctl (self->files.epoll, EPOLL_CTL_DEL, death->fd, NULL);
  errno = code;
  return FALSE;
}

/**
 * heddle_process_pool_expect_death:
 * @pid: a child of ours that is not reaped
 *
 * @pid is the process of @worker now: its death will be noticed.
 *
 * Returns: FALSE with errno set if there is no file descriptor or thread for that
 */
gboolean
heddle_process_pool_expect_death (HeddleProcessPool *self, HeddleProcessWorker *worker, int pid)
{
  worker->pid = pid;
  worker->death.fd = pidfd_open (pid, 0);
  worker->death.has_waiter = worker->death.fd < 0 && is_not_to_be_had (errno);
  if (worker->death.has_waiter)
    worker->death.fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (watch_fd (self, worker))
    return TRUE;
  heddle_clear_fd (&worker->death.fd);
  return FALSE;
}

/**
 * heddle_process_worker_signal:
 *
 * Sends a signal to its process, which is not reaped yet.
 */
void
heddle_process_worker_signal (HeddleProcessWorker *self, int signal_number)
{
  if (self->death.has_waiter
      || (pidfd_send_signal (self->death.fd, signal_number, NULL, 0) != 0
          && is_not_to_be_had (errno)))
    kill (self->pid, signal_number);
}

/**
 * heddle_process_pool_reap:
 * @keep: others want to know how the process died, too
 * @info: (out): how it died
 *
 * Reaps the process of @worker, if it is dead, and nobody else's.
 *
 * Returns: FALSE if it is not dead yet; TRUE: it is dead, and reaped
 */
gboolean
heddle_process_pool_reap (HeddleProcessPool *self, HeddleProcessWorker *worker, gboolean keep,
                          siginfo_t *info)
{
  int code;

  *info = (siginfo_t){ 0 };
  do
    code = waitid (worker->death.has_waiter ? P_PID : P_PIDFD,
                   (id_t) (worker->death.has_waiter ? worker->pid : worker->death.fd), info,
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
  if (worker->death.has_waiter)
    pthread_join (worker->death.waiter, NULL);
  epoll_ctl (self->files.epoll, EPOLL_CTL_DEL, worker->death.fd, NULL);
  heddle_clear_fd (&worker->death.fd);
  return TRUE;
}
