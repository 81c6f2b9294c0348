/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * This program's side of the guard.
 *
 * The guard is a process of the worker program (guard-main.c), started before the first run of
 * commands. It sleeps on a socket whose other end, the lifeline, only this program has: however
 * this program ends, the kernel closes it. What the guard then has to end stands in a table that
 * both have mapped (guard-table.h), so that a command costs stores in memory, and one fstat() for
 * each of its pipes.
 *
 * A number in the table is never somebody else's: it is taken out before the command's process is
 * waited for.
 *
 * Between the start of a process and the store of its number this program may die. The entry says
 * by then that a process is being started, and which pipes it gets: the guard looks for processes
 * of our session that have one of them open. A child of ours that is not yet at its exec has a copy
 * of the lifeline, so the guard does not look before. A command is missed only where it closes both
 * its pipes between this program's death in these few instructions and the guard's look.
 */

#include "engine/pools/command/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/program.h"
#include "engine/pools/command/guard-table.h"

#define PATIENCE_MS 10000 /* for a guard to say that it is there; one that does not is none */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int lifeline = -1; /* guarded by lock */
static int table_fd = -1; /* guarded by lock */

/* Set once, under the lock, when there is a guard. Released by who makes it, acquired by who uses
 * it: the memory is mapped by then. */
static HeddleGuardTable *_Atomic table;

/* Until the guard says something, or is gone: then there is an end of file. FALSE: neither. */
static gboolean
wait_for_guard (int fd, int milliseconds)
{
  struct pollfd file = { .fd = fd, .events = POLLIN };
  int n;

  do
    n = poll (&file, 1, milliseconds);
  while (n < 0 && errno == EINTR);
  return n == 1;
}

static gboolean
make_table (GError **error)
{
  HeddleGuardTable *memory;

  if (table_fd >= 0)
    return TRUE;
  /* no name by which the memory of a run is known, since it stays when that has gone */
  table_fd = heddle_move_high (memfd_create ("commands-in-hand", MFD_CLOEXEC));
  if (table_fd < 0 || ftruncate (table_fd, sizeof *memory) != 0
      || (memory = mmap (NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED, table_fd, 0))
        == MAP_FAILED)
    {
      heddle_set_system_error (error, errno, _("The commands cannot be guarded"));
      heddle_clear_fd (&table_fd);
      return FALSE;
    }
  memory->session = getsid (0);
  memory->group = getpgrp ();
  atomic_store_explicit (&table, memory, memory_order_release);
  return TRUE;
}

/* Returns: 0, or what errno would be. The guard has none of what this program prints to: whoever
 * reads that sees its end when this program ends. */
static int
spawn (pid_t *pid, const char *program, int end)
{
  char *argv[] = { (char *) "heddle-guard", (char *) HEDDLE_GUARD_OPTION, NULL };
  int nothing = heddle_move_high (open ("/dev/null", O_WRONLY | O_CLOEXEC));
  const HeddleSpawnFile files[] = { { nothing, STDOUT_FILENO },
                                    { nothing, STDERR_FILENO },
                                    { end, HEDDLE_GUARD_FD_LIFELINE },
                                    { table_fd, HEDDLE_GUARD_FD_TABLE } };
  int code = nothing < 0 ? errno
                         : heddle_program_spawn (pid, program, argv, files, G_N_ELEMENTS (files),
                                                 HEDDLE_GUARD_FD_END);

  heddle_clear_fd (&nothing);
  return code;
}

/* Returns: 0, or what errno would be: EPROTO where the program is none that can guard */
static int
start (const char *program)
{
  int ends[2], code;
  pid_t pid;
  gboolean good;
  char ready;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return errno;
  ends[0] = heddle_move_high (ends[0]);
  ends[1] = heddle_move_high (ends[1]);
  code = ends[0] < 0 || ends[1] < 0 ? EMFILE : spawn (&pid, program, ends[1]);
  heddle_clear_fd (&ends[1]);
  if (code != 0)
    {
      heddle_clear_fd (&ends[0]);
      return code;
    }
  good = wait_for_guard (ends[0], PATIENCE_MS) && read (ends[0], &ready, 1) == 1;
  if (!good)
    {
      heddle_clear_fd (&ends[0]);
      kill (pid, SIGKILL);
    }
  /* the guard is a child of this one, which ends at once */
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    ;
  lifeline = ends[0];
  return good ? 0 : EPROTO;
}

static gboolean
start_guard (const char *worker_program, GError **error)
{
  g_autofree char *program = heddle_worker_program_find (worker_program, error);
  g_autofree char *what = NULL;
  int code;

  if (program == NULL || !make_table (error))
    return FALSE;
  code = start (program);
  if (code == EPROTO)
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                 _("“%s” is not the worker program of this version"), program);
  else if (code != 0)
    {
      what = g_strdup_printf (_("“%s” could not be started"), program);
      heddle_set_system_error (error, code, what);
    }
  return code == 0;
}

/**
 * heddle_guard_start:
 * @worker_program: (nullable): see heddle_worker_program_find()
 *
 * Sees to it that there is a guard: starts one, or another one where it has died. Waits until it is
 * ready, which takes as long as the worker program takes to start. Any thread. Without a guard
 * commands can be executed all the same, and go on if this program is killed.
 *
 * Returns: whether there is one; if not, @error is set
 */
gboolean
heddle_guard_start (const char *worker_program, GError **error)
{
  gboolean good;

  pthread_mutex_lock (&lock);
  if (lifeline >= 0 && wait_for_guard (lifeline, 0))
    heddle_clear_fd (&lifeline); /* it says nothing after its first word, so it is gone */
  good = lifeline >= 0 || start_guard (worker_program, error);
  pthread_mutex_unlock (&lock);
  if (!good)
    g_prefix_error (error, "%s ", _("If Heddle is killed its commands will not end with it."));
  return good;
}

static guint64
get_inode (int fd)
{
  struct stat status;

  return fd >= 0 && fstat (fd, &status) == 0 ? status.st_ino : 0;
}

/**
 * heddle_guard_expect:
 * @pipes: the ends of the pipes that the command will write to, one for each stream
 *
 * Says that a command is about to be started. Any thread.
 *
 * Returns: (nullable): where heddle_guard_watch() or heddle_guard_forget() is to be told of it;
 * NULL where nothing is guarded
 */
HeddleGuardEntry *
heddle_guard_expect (const int *pipes)
{
  /* where this thread looks first: it has had that one before, so no other thread looks there */
  static _Thread_local guint first = G_MAXUINT;
  static _Atomic guint n_threads;
  HeddleGuardTable *memory = atomic_load_explicit (&table, memory_order_acquire);

  if (memory == NULL)
    return NULL;
  if (first == G_MAXUINT)
    first = atomic_fetch_add_explicit (&n_threads, 1, memory_order_relaxed);
  for (guint i = 0; i < HEDDLE_GUARD_N_ENTRIES; i++, first++)
    {
      HeddleGuardEntry *entry = &memory->entries[first % HEDDLE_GUARD_N_ENTRIES];
      gint32 group = HEDDLE_GUARD_FREE;

      if (!atomic_compare_exchange_strong (&entry->group, &group, HEDDLE_GUARD_STARTING))
        continue;
      for (guint j = 0; j < HEDDLE_N_CHILD_STREAMS; j++)
        atomic_store_explicit (&entry->pipes[j], get_inode (pipes[j]), memory_order_relaxed);
      return entry;
    }
  return NULL;
}

/**
 * heddle_guard_watch:
 * @entry: (nullable): from heddle_guard_expect()
 * @group: the process group of the command
 *
 * From now on the guard ends all of that group if this program dies. Any thread.
 */
void
heddle_guard_watch (HeddleGuardEntry *entry, pid_t group)
{
  if (entry != NULL)
    atomic_store_explicit (&entry->group, group, memory_order_release);
}

/**
 * heddle_guard_forget:
 * @entry: (nullable): from heddle_guard_expect(); it is gone after this
 *
 * The command was not started, or has ended and will be waited for: after that its number may be
 * given to others. Any thread.
 */
void
heddle_guard_forget (HeddleGuardEntry *entry)
{
  if (entry == NULL)
    return;
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    atomic_store_explicit (&entry->pipes[i], 0, memory_order_relaxed);
  /* who claims it next sees the zeros, and overwrites them */
  atomic_store_explicit (&entry->group, HEDDLE_GUARD_FREE, memory_order_release);
}
