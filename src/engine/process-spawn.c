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

static char *
take_if_program (char *path)
{
  if (is_program (path))
    return path;
  g_free (path);
  return NULL;
}

/* A build tree is one of meson's: elsewhere nobody puts a program into a folder called “workloads” for us. */
static char *
find_in_build_tree (const char *folder)
{
  g_autofree char *root = g_strdup (folder);

  while (!g_str_equal (root, "/") && !g_str_equal (root, "."))
    {
      g_autofree char *mark = g_build_filename (root, "meson-private", "build.dat", NULL);
      char *above;

      if (g_file_test (mark, G_FILE_TEST_IS_REGULAR))
        return take_if_program (g_build_filename (root, "src", "workloads", PROGRAM, NULL));
      above = g_path_get_dirname (root);
      g_free (root);
      root = above;
    }
  return NULL;
}

/* A prefix may have been moved since it was installed. */
static char *
find_in_prefix (const char *folder)
{
  g_autofree char *prefix = NULL;

  if (!g_str_has_suffix (folder, "/" HEDDLE_BINDIR_NAME) || g_path_is_absolute (HEDDLE_LIBEXECDIR_NAME))
    return NULL;
  prefix = g_strndup (folder, strlen (folder) - strlen ("/" HEDDLE_BINDIR_NAME));
  return take_if_program (g_build_filename (prefix, HEDDLE_LIBEXECDIR_NAME, PROGRAM, NULL));
}

static char *
find_near (const char *folder)
{
  char *path = find_in_build_tree (folder);

  if (path == NULL)
    path = take_if_program (g_build_filename (folder, PROGRAM, NULL));
  return path != NULL ? path : find_in_prefix (folder);
}

/**
 * heddle_worker_program_find:
 * @wish: (nullable): the path that the caller wants
 *
 * Finds the worker program: the one that is wished for, or named by HEDDLE_WORKER; that of the build tree for a program that stands in one; for
 * any other the one beside it, or that of the same prefix, or the installed one. Looks at files.
 *
 * Returns: (transfer full): its path, or NULL with @error set
 */
char *
heddle_worker_program_find (const char *wish, GError **error)
{
  const char *named = g_getenv ("HEDDLE_WORKER");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  if (wish != NULL)
    return check_wish (wish, _("as asked for"), error);
  if (named != NULL && named[0] != '\0')
    return check_wish (named, _("from HEDDLE_WORKER"), error);
  if (self != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (self);
      g_autofree char *path = find_near (folder);

      if (path != NULL)
        return g_steal_pointer (&path);
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
