/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a worker process, with four or five file descriptors at fixed numbers. */
#include "config.h"

#include "base/error.h"
#include "base/program.h"
#include "engine/pools/process/process-pool.h"
#include "engine/sync/shared-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <sys/wait.h>

static int
spawn (HeddleProcessPool *self, HeddleProcessWorker *worker, pid_t *pid)
{
  HeddleShared *shared = self->base.host.shared;
  const HeddleSpawnFile files[] = {
    { self->isolated ? self->files.parts : worker->segment.fd, HEDDLE_WORKER_FD_SEGMENT },
    { self->files.wake, HEDDLE_WORKER_FD_DISPATCHER },
    { self->files.collector, HEDDLE_WORKER_FD_COLLECTOR },
    { self->files.lifeline[0], HEDDLE_WORKER_FD_LIFELINE },
    { shared != NULL ? shared->fd : -1, HEDDLE_WORKER_FD_ARENA },
  };

  return heddle_program_spawn (pid, self->setup.program, self->setup.argv, files,
                               G_N_ELEMENTS (files) - (shared == NULL),
                               shared != NULL ? HEDDLE_WORKER_FD_END : HEDDLE_WORKER_FD_ARENA);
}

static int
watch_or_end (HeddleProcessPool *self, HeddleProcessWorker *worker, pid_t pid)
{
  int code;

  if (heddle_process_pool_expect_death (self, worker, pid))
    return 0;
  code = errno;
  kill (pid, SIGKILL);
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    ;
  return code;
}

/**
 * heddle_process_pool_spawn:
 * @worker: reset, and without a process
 * @out_of_resources: (out): whether the system gives no more processes or descriptors for now
 *
 * Starts a worker process. It dies when the calling thread ends, so only the dispatcher, which
 * lives as long as the pool, may do this.
 *
 * Returns: FALSE with @error set if it did not start
 */
gboolean
heddle_process_pool_spawn (HeddleProcessPool *self, HeddleProcessWorker *worker,
                           gboolean *out_of_resources, GError **error)
{
  pid_t pid;
  int code = spawn (self, worker, &pid);

  if (code == 0)
    code = watch_or_end (self, worker, pid);
  if (code == 0)
    return TRUE;
  *out_of_resources = code == EAGAIN || code == ENOMEM || code == EMFILE || code == ENFILE;
  if (*out_of_resources)
    heddle_set_system_error (error, code, _("The system cannot start more worker processes"));
  else
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                 _("The worker program “%s” cannot be started: %s. Set HEDDLE_WORKER to the path of heddle-worker."), self->setup.program, g_strerror (code));
  return FALSE;
}
