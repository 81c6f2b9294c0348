/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the worker program is, and how one is started. posix_spawn() and never fork(): this program has threads, and the window much
 * memory. The child gets four file descriptors at fixed numbers, and nothing else of ours.
 */
#include "config.h"

#include "engine/process-pool.h"
#include "engine/program.h"
#include "engine/shared-private.h"
#include "engine/system-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "heddle-worker"

static gboolean
is_program (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) && access (path, X_OK) == 0;
}

static char *
check_wish (const char *path, const char *who, GError **error)
{
  if (is_program (path))
    return g_strdup (path);
  g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
               g_file_test (path, G_FILE_TEST_EXISTS) ? _("The worker program “%s” (%s) cannot be executed. Set HEDDLE_WORKER to the path of heddle-worker.")
                                                      : _("The worker program “%s” (%s) does not exist. Set HEDDLE_WORKER to the path of heddle-worker."),
               path, who);
  return NULL;
}

/**
 * heddle_worker_program_find:
 * @wish: (nullable): the path that the caller wants
 *
 * Finds the worker program: the one that is wished for, or named by HEDDLE_WORKER, or beside the running program (also in a build
 * tree), or the installed one. Looks at files.
 *
 * Returns: (transfer full): its path, or NULL with @error set
 */
char *
heddle_worker_program_find (const char *wish, GError **error)
{
  static const char *const near[] = { "", "../workloads/", "../../src/workloads/", "../libexec/" };
  const char *named = g_getenv ("HEDDLE_WORKER");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  if (wish != NULL)
    return check_wish (wish, _("as asked for"), error);
  if (named != NULL && named[0] != '\0')
    return check_wish (named, _("from HEDDLE_WORKER"), error);
  if (self != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (self);

      for (guint i = 0; i < G_N_ELEMENTS (near); i++)
        {
          g_autofree char *path = g_strdup_printf ("%s/%s" PROGRAM, folder, near[i]);

          if (is_program (path))
            return g_canonicalize_filename (path, NULL);
        }
    }
  return check_wish (HEDDLE_LIBEXECDIR "/" PROGRAM, _("where it is installed"), error);
}

/* Our own numbers are all above the fixed ones (see heddle_segment_create()), so no dup2() runs over another. */
static void
set_files (posix_spawn_file_actions_t *files, const HeddleProcessPool *pool, const HeddlePlace *place)
{
  posix_spawn_file_actions_addopen (files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  /* what a worker prints must not get between the lines that this program prints */
  if (fcntl (STDERR_FILENO, F_GETFD) >= 0)
    posix_spawn_file_actions_adddup2 (files, STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2 (files, pool->hosted ? pool->parts_fd : place->segment.fd, HEDDLE_WORKER_FD_SEGMENT);
  posix_spawn_file_actions_adddup2 (files, pool->wake_fd, HEDDLE_WORKER_FD_DISPATCHER);
  posix_spawn_file_actions_adddup2 (files, pool->collector_fd, HEDDLE_WORKER_FD_COLLECTOR);
  posix_spawn_file_actions_adddup2 (files, pool->leash[0], HEDDLE_WORKER_FD_LEASH);
  if (pool->base.host.shared != NULL)
    posix_spawn_file_actions_adddup2 (files, pool->base.host.shared->fd, HEDDLE_WORKER_FD_ARENA);
  posix_spawn_file_actions_addclosefrom_np (files, pool->base.host.shared != NULL ? HEDDLE_WORKER_FD_END : HEDDLE_WORKER_FD_ARENA);
}

static int
spawn (HeddleProcessPool *self, HeddlePlace *place, pid_t *pid)
{
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t files;
  int code;

  heddle_program_spawn_signals (&attributes);
  posix_spawn_file_actions_init (&files);
  set_files (&files, self, place);
  code = posix_spawn (pid, self->program, &files, &attributes, self->argv, environ);
  posix_spawn_file_actions_destroy (&files);
  posix_spawnattr_destroy (&attributes);
  return code;
}

static int
watch_or_end (HeddleProcessPool *self, HeddlePlace *place, pid_t pid)
{
  int code;

  if (heddle_process_pool_watch (self, place, pid))
    return 0;
  code = errno;
  kill (pid, SIGKILL);
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    ;
  return code;
}

/**
 * heddle_process_pool_spawn:
 * @place: where the worker is to stand; reset, and nobody stands there
 * @out_of_resources: (out): whether it failed because the system gives no more processes or file descriptors for now
 *
 * Starts a worker process. It dies when the calling thread ends, so only the dispatcher, which lives as long as the pool, may do this.
 *
 * Returns: FALSE with @error set if it did not start
 */
gboolean
heddle_process_pool_spawn (HeddleProcessPool *self, HeddlePlace *place, gboolean *out_of_resources, GError **error)
{
  pid_t pid;
  int code = spawn (self, place, &pid);

  if (code == 0)
    code = watch_or_end (self, place, pid);
  if (code == 0)
    return TRUE;
  *out_of_resources = code == EAGAIN || code == ENOMEM || code == EMFILE || code == ENFILE;
  if (*out_of_resources)
    heddle_set_system_error (error, code, _("The system starts no more worker processes"));
  else
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                 _("The worker program “%s” cannot be started: %s. Set HEDDLE_WORKER to the path of heddle-worker."), self->program, g_strerror (code));
  return FALSE;
}
