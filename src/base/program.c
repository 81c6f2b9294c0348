/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other programs: how they are started, where the worker program is, and signals between programs.
 *
 * Programs are started by posix_spawn(), never by fork(): this program has threads, and the window
 * much memory. A child gets the descriptors that are meant for it at fixed numbers, and nothing
 * else of ours.
 *
 * What a program ignores, its children ignore from their first instruction: some of that is a wish
 * of the program that started us and is kept (a script's background job does not hear Ctrl+C,
 * nohup(1)), some of it would break us and is put right.
 */
#include "config.h"

#include "base/program.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#define PROGRAM "heddle-worker"

/**
 * heddle_program_init_signals:
 *
 * At the start of each program of ours that has worker processes or writes results, before it has
 * threads.
 *
 * - SIGCHLD: where it is ignored the kernel buries children by itself, and how they died is lost.
 * - SIGPIPE, SIGXFSZ: a reader that has gone and a file that may not grow are errors of the call,
 * like a full disk; they end nothing.
 */
void
heddle_program_init_signals (void)
{
  signal (SIGCHLD, SIG_DFL);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
}

/*
 * A child begins with the signals of a fresh program, but
 *
 * - SIGINT is blocked until it has said that it ignores it: a terminal sends it to workers, too,
 * and the host decides what it means;
 * - what the terminal sends to the whole group stays ignored where the host was started to ignore
 * it, or the workers would die of what their host does not hear. What the host handles, exec makes
 * the default.
 */
static void
init_attributes (posix_spawnattr_t *attributes)
{
  static const int kept[] = { SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU };
  sigset_t fresh, interrupt;

  sigfillset (&fresh);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    sigdelset (&fresh, kept[i]);
  sigemptyset (&interrupt);
  sigaddset (&interrupt, SIGINT);
  posix_spawnattr_init (attributes);
  posix_spawnattr_setsigdefault (attributes, &fresh);
  posix_spawnattr_setsigmask (attributes, &interrupt);
  posix_spawnattr_setflags (attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

/**
 * heddle_program_spawn:
 * @pid: (out): the child
 * @program: path of the program
 * @argv: its arguments, NULL-terminated
 * @files: descriptors that it gets. Without other words of these its input is empty, and what it
 * prints goes to our errors: it must not get between the lines that this program prints
 * @close_from: the child has no descriptor of this number or above
 *
 * Starts a program. Any thread; the child may have asked to die with that thread
 * (PR_SET_PDEATHSIG).
 *
 * Returns: 0, or what errno would be
 */
int
heddle_program_spawn (pid_t *pid, const char *program, char *const argv[],
                      const HeddleSpawnFile *files, guint n_files, int close_from)
{
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  int code;

  init_attributes (&attributes);
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (fcntl (STDERR_FILENO, F_GETFD) >= 0)
    posix_spawn_file_actions_adddup2 (&actions, STDERR_FILENO, STDOUT_FILENO);
  for (guint i = 0; i < n_files; i++)
    posix_spawn_file_actions_adddup2 (&actions, files[i].fd, files[i].number);
  posix_spawn_file_actions_addclosefrom_np (&actions, close_from);
  code = posix_spawn (pid, program, &actions, &attributes, argv, environ);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return code;
}

/**
 * heddle_program_spawn_command:
 * @pid: (out): the child, which is the leader of a process group of that number
 * @argv: its words, NULL-terminated; the first is a path, or looked for in PATH
 * @environment: (nullable): its environment, NULL-terminated; NULL: ours
 * @directory: (nullable): where it begins; NULL: where we are
 * @in: what it reads; -1: nothing
 * @out: where it writes to
 * @err: where its errors go
 *
 * Starts a command of the user, with three descriptors and the signals of a fresh program, but for
 * those that this program was started to ignore. Any thread.
 *
 * Returns: 0, or what errno would be: ENOENT where there is no such program or directory
 */
int
heddle_program_spawn_command (pid_t *pid, char *const argv[], char *const environment[],
                              const char *directory, int in, int out, int err)
{
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  sigset_t none;
  int code;

  init_attributes (&attributes);
  sigemptyset (&none);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
                                           | POSIX_SPAWN_SETPGROUP);
  posix_spawn_file_actions_init (&actions);
  if (in >= 0)
    posix_spawn_file_actions_adddup2 (&actions, in, STDIN_FILENO);
  else
    posix_spawn_file_actions_addopen (&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2 (&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2 (&actions, err, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np (&actions, STDERR_FILENO + 1);
  if (directory != NULL)
    posix_spawn_file_actions_addchdir_np (&actions, directory);
  code = posix_spawnp (pid, argv[0], &actions, &attributes, argv,
                       environment != NULL ? environment : environ);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return code;
}

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
  g_set_error (
    error, HEDDLE_ERROR, HEDDLE_ERROR_START,
    g_file_test (path, G_FILE_TEST_EXISTS)
      ? _("The worker program “%s” (%s) cannot be executed. Set HEDDLE_WORKER to the path of heddle-worker.")
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

/* A build tree is one of meson's: elsewhere nobody puts a program into a folder called “workloads”
 * for us. */
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

  if (!g_str_has_suffix (folder, "/" HEDDLE_BINDIR_NAME)
      || g_path_is_absolute (HEDDLE_LIBEXECDIR_NAME))
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
 * Finds the worker program: the one that is wished for, or named by HEDDLE_WORKER; that of the
 * build tree for a program that lies in one; for any other the one beside it, or that of the same
 * prefix, or the installed one. Looks at files.
 *
 * Returns: (transfer full): its path, or NULL with @error set
 */
char *
heddle_worker_program_find (const char *wish, GError **error)
{
  const char *named = g_getenv ("HEDDLE_WORKER");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  if (wish != NULL)
    return check_wish (wish, _("as given"), error);
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
