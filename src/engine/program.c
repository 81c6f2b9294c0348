/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals between programs. What a program ignores, its children ignore from their first instruction: some of that is a wish of whoever started us
 * and is kept (a script's background job does not hear Ctrl+C, nohup(1)), some of it would break us and is put right.
 */
#include "config.h"

#include "engine/program.h"

#include <signal.h>

/**
 * heddle_program_init_signals:
 *
 * At the start of each program of ours that has worker processes or writes results, before it has threads.
 *
 * - SIGCHLD: where it is ignored the kernel buries children by itself, and how they died is lost.
 * - SIGPIPE, SIGXFSZ: a reader that has gone and a file that may not grow are errors of the call, like a full disk; they end nothing.
 */
void
heddle_program_init_signals (void)
{
  signal (SIGCHLD, SIG_DFL);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
}

/**
 * heddle_program_spawn_signals:
 * @attributes: (out): initialised here; the signals of heddle-worker, for posix_spawn()
 *
 * A worker begins with the signals of a fresh program, but
 *
 * - SIGINT is blocked until it has said that it ignores it: a terminal sends it to workers, too, and the host decides what it means;
 * - what the terminal sends to the whole group stays ignored where the host was started to ignore it, or the workers would die of what
 *   their host does not hear. What the host handles, exec makes the default.
 */
void
heddle_program_spawn_signals (posix_spawnattr_t *attributes)
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
