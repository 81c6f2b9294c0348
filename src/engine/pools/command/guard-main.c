/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The guard: what it does in its own process, see guard.c.
 *
 * It is no child of the host, which has to find none of its own left when a run has ended: it forks
 * once. It has a session of its own, so that no key of the terminal reaches it, hears none of the
 * signals by which people end programs, and has nothing open but the lifeline. When that breaks it
 * asks the groups in hand to end, kills a second later those that are still there, and ends. Where
 * nothing is in hand, as when the host ends in order, it only ends.
 */

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "engine/pools/command/guard-table.h"
#include "engine/pools/command/guard.h"

#define LOOK_MS 10 /* between two looks who is still there */
#define N_LOOKS 100

typedef struct {
  pid_t session; /* of the host and its commands */
  pid_t group;   /* of the host */
  guint64 pipes[HEDDLE_GUARD_N_ENTRIES * HEDDLE_N_CHILD_STREAMS];
  guint n_pipes; /* of commands that were being started */
  /* those of the table, and one for each process that was found by a pipe: more than there can be
   * are not kept */
  pid_t groups[HEDDLE_GUARD_N_ENTRIES * 2];
  guint n_groups;
} Guard;

static Guard guard;

static void
set_signals (void)
{
  static const int ignored[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE,
                                 SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2 };
  sigset_t none;

  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++)
    signal (ignored[i], SIG_IGN);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

/* A host that has died of a wild store may have left anything in the table: -1 to kill() would be
 * all that this user runs. What has its own session has never been ours; of a group whose leader
 * has gone the session cannot be asked. */
static void
add_group (pid_t group)
{
  pid_t session = group > 1 ? getsid (group) : 0;

  if (group <= 1 || group == guard.group || group == guard.session
      || (session != guard.session && session >= 0)
      || guard.n_groups >= G_N_ELEMENTS (guard.groups))
    return;
  for (guint i = 0; i < guard.n_groups; i++)
    if (guard.groups[i] == group)
      return;
  guard.groups[guard.n_groups++] = group;
}

static void
take_table (HeddleGuardTable *table)
{
  guard.session = table->session;
  guard.group = table->group;
  for (guint i = 0; i < HEDDLE_GUARD_N_ENTRIES; i++)
    {
      HeddleGuardEntry *entry = &table->entries[i];
      gint32 group = atomic_load (&entry->group);

      if (group > 0)
        add_group (group);
      for (guint j = 0; j < HEDDLE_N_CHILD_STREAMS && group == HEDDLE_GUARD_STARTING; j++)
        if (atomic_load (&entry->pipes[j]) != 0)
          guard.pipes[guard.n_pipes++] = atomic_load (&entry->pipes[j]);
    }
}

static gboolean
is_pipe_of_ours (const char *folder, const char *fd)
{
  char path[96], target[64];
  unsigned long long inode;
  gssize n;

  g_snprintf (path, sizeof path, "%s/%.20s", folder, fd);
  n = readlink (path, target, sizeof target - 1);
  if (n <= 0)
    return FALSE;
  target[n] = '\0';
  if (sscanf (target, "pipe:[%llu]", &inode) != 1)
    return FALSE;
  for (guint i = 0; i < guard.n_pipes; i++)
    if (guard.pipes[i] == inode)
      return TRUE;
  return FALSE;
}

static gboolean
has_pipe_of_ours (pid_t pid)
{
  char folder[64];
  DIR *dir;
  struct dirent *entry;
  gboolean found = FALSE;

  g_snprintf (folder, sizeof folder, "/proc/%d/fd", (int) pid);
  dir = opendir (folder);
  while (!found && dir != NULL && (entry = readdir (dir)) != NULL)
    found = is_pipe_of_ours (folder, entry->d_name);
  if (dir != NULL)
    closedir (dir);
  return found;
}

/* The commands whose number the host had no time to write down. */
static void
find_started (void)
{
  DIR *dir = guard.n_pipes > 0 ? opendir ("/proc") : NULL;
  struct dirent *entry;

  while (dir != NULL && (entry = readdir (dir)) != NULL)
    {
      pid_t pid = atoi (entry->d_name);

      if (pid > 1 && getsid (pid) == guard.session && has_pipe_of_ours (pid))
        add_group (getpgid (pid));
    }
  if (dir != NULL)
    closedir (dir);
}

/* A group that has gone is not asked for again: others may get its number. */
static void
send_to_groups (int number)
{
  guint n = 0;

  for (guint i = 0; i < guard.n_groups; i++)
    if (kill (-guard.groups[i], number) == 0 || errno != ESRCH)
      guard.groups[n++] = guard.groups[i];
  guard.n_groups = n;
}

/* The groups are no children of the guard, and the kernel tells nobody when a group is empty: the
 * guard looks again and again, for as long as they have to end by themselves. */
static void
end_groups (void)
{
  const struct timespec pause = { 0, LOOK_MS * 1000 * 1000 };

  send_to_groups (SIGTERM);
  send_to_groups (SIGCONT); /* who is stopped hears nothing */
  for (guint i = 0; i < N_LOOKS && guard.n_groups > 0; i++)
    {
      nanosleep (&pause, NULL);
      send_to_groups (0);
    }
  send_to_groups (SIGKILL);
}

static void
wait_for_end_of_host (void)
{
  char byte;
  gssize n;

  do
    n = read (HEDDLE_GUARD_FD_LIFELINE, &byte, 1);
  while (n > 0 || (n < 0 && errno == EINTR));
}

/**
 * heddle_guard_is_meant:
 *
 * Returns: whether this is the command line by which heddle_guard_start() starts a guard
 */
gboolean
heddle_guard_is_meant (int argc, char **argv)
{
  return argc == 2 && strcmp (argv[1], HEDDLE_GUARD_OPTION) == 0;
}

/**
 * heddle_guard_main:
 *
 * The whole of the guard's process.
 *
 * Returns: the exit status
 */
int
heddle_guard_main (void)
{
  HeddleGuardTable *table;
  pid_t pid = fork (); /* this program is small, and has one thread */

  if (pid != 0)
    _exit (pid < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
  setsid ();
  set_signals ();
  prctl (PR_SET_NAME, "heddle-guard");
  table = mmap (NULL, sizeof *table, PROT_READ, MAP_SHARED, HEDDLE_GUARD_FD_TABLE, 0);
  if (table == MAP_FAILED || chdir ("/") != 0)
    return EXIT_FAILURE;
  close (HEDDLE_GUARD_FD_TABLE);
  if (write (HEDDLE_GUARD_FD_LIFELINE, "", 1) != 1)
    return EXIT_FAILURE;
  wait_for_end_of_host ();
  take_table (table);
  find_started ();
  end_groups ();
  return EXIT_SUCCESS;
}
