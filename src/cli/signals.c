/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "cli/signals.h"
#include "cli/terminal.h"

struct _HeddleSignals {
  pthread_t thread;
  int signal_fd;
  int told_fd;        /* an eventfd: written once to listen, once to end */
  atomic_bool ending; /* set by heddle_signals_free(), before the write */
  HeddleSignalFunc func;
  gpointer data;
};

/* Main thread, before any other is started; read-only afterwards. */
static sigset_t waited;
static sigset_t inherited; /* what was blocked before */
static gboolean blocked;

/* A crash: the terminal is given back first. */
static void
fatal_handler (int number)
{
  heddle_terminal_restore ();
  raise (number); /* the handler was reset: this one counts */
}

/* The program that started us may have seen to it that we do not hear this: a script for its
 * background jobs, nohup(1), trap "" in a shell. */
static gboolean
is_ignored (int number)
{
  struct sigaction action;

  return sigaction (number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/**
 * heddle_signals_block:
 * @terminal: a live view will be shown, so Ctrl+Z and crashes need care
 *
 * Keeps signals for heddle_signals_new(), but those that were ignored when the program started:
 * they stay so. Before any thread is started: they all inherit it.
 */
void
heddle_signals_block (gboolean terminal)
{
  static const int asking[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP };
  static const int fatal[] = { SIGQUIT, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU };
  const struct sigaction action = { .sa_handler = fatal_handler,
                                    .sa_flags = SA_RESETHAND | SA_NODEFER };

  sigemptyset (&waited);
  for (guint i = 0; i < G_N_ELEMENTS (asking); i++)
    if (!is_ignored (asking[i]) && (terminal || asking[i] != SIGTSTP))
      sigaddset (&waited, asking[i]);
  if (terminal)
    {
      sigaddset (&waited, SIGWINCH);
      for (guint i = 0; i < G_N_ELEMENTS (fatal); i++)
        if (!is_ignored (fatal[i]))
          sigaction (fatal[i], &action, NULL);
    }
  blocked = pthread_sigmask (SIG_BLOCK, &waited, &inherited) == 0;
}

/**
 * heddle_signals_release:
 *
 * Signals do again what they do in any program. One that came since nobody waited for it does it
 * now. Main thread, when all has been written; nothing happens where heddle_signals_block() was not
 * called.
 */
void
heddle_signals_release (void)
{
  if (blocked)
    pthread_sigmask (SIG_SETMASK, &inherited, NULL);
}

/**
 * heddle_signals_die:
 * @number: SIGINT, SIGTERM or SIGHUP, which has ended the work
 *
 * Ends the program by that signal, at once, so that its parent knows: make and a script end, too,
 * which they would not after an exit status of 130. Any thread.
 */
void
heddle_signals_die (int number)
{
  sigset_t one;

  signal (number, SIG_DFL);
  sigemptyset (&one);
  sigaddset (&one, number);
  pthread_sigmask (SIG_UNBLOCK, &one, NULL);
  raise (number);
  _exit (128 + number); /* the first process of a container does not die of signals */
}

static void *
signals_thread (void *data)
{
  HeddleSignals *self = data;
  nfds_t n_fds = 1; /* signals wait in the kernel until somebody listens */
  struct pollfd fds[] = {
    { .fd = self->told_fd, .events = POLLIN },
    { .fd = self->signal_fd, .events = POLLIN },
  };

  pthread_setname_np (pthread_self (), "heddle-signals");
  for (;;)
    {
      struct signalfd_siginfo info;
      guint64 told;

      if (poll (fds, n_fds, -1) < 0)
        continue;
      if (fds[0].revents != 0 && read (self->told_fd, &told, sizeof told) == sizeof told)
        {
          /* one read may take both: that somebody listens, and that it is over */
          if (atomic_load (&self->ending))
            return NULL;
          n_fds = G_N_ELEMENTS (fds);
        }
      else if (read (self->signal_fd, &info, sizeof info) == sizeof info)
        self->func ((int) info.ssi_signo, self->data);
    }
}

static void
tell (HeddleSignals *self)
{
  if (!heddle_eventfd_write (self->told_fd))
    g_warning ("The thread that waits for signals cannot be told");
}

/**
 * heddle_signals_new:
 * @func: called for each signal that heddle_signals_block() keeps
 * @data: for @func
 *
 * Starts the thread, which calls nothing before heddle_signals_listen(): so it can be started
 * before what @func acts on, and where the system gives no thread for it, nothing has begun yet.
 *
 * Returns: (nullable): the thread that waits for signals, or %NULL with @error set if the system
 * gives none
 */
HeddleSignals *
heddle_signals_new (HeddleSignalFunc func, gpointer data, GError **error)
{
  HeddleSignals *self = g_new0 (HeddleSignals, 1);
  int code = 0;

  self->func = func;
  self->data = data;
  self->signal_fd = signalfd (-1, &waited, SFD_CLOEXEC | SFD_NONBLOCK);
  self->told_fd = self->signal_fd >= 0 ? eventfd (0, EFD_CLOEXEC) : -1;
  if (self->told_fd < 0)
    code = errno;
  else if ((code = pthread_create (&self->thread, NULL, signals_thread, self)) == 0)
    return self;
  heddle_set_system_error (error, code, _("The thread that waits for signals cannot be started"));
  heddle_clear_fd (&self->signal_fd);
  heddle_clear_fd (&self->told_fd);
  g_free (self);
  return NULL;
}

/**
 * heddle_signals_listen:
 *
 * From now on @func is called, also for what came since heddle_signals_block(). Once.
 */
void
heddle_signals_listen (HeddleSignals *self)
{
  tell (self);
}

/**
 * heddle_signals_free:
 *
 * Ends the thread. Waits while the function is being called.
 */
void
heddle_signals_free (HeddleSignals *self)
{
  atomic_store (&self->ending, TRUE);
  tell (self);
  pthread_join (self->thread, NULL);
  heddle_clear_fd (&self->signal_fd);
  heddle_clear_fd (&self->told_fd);
  g_free (self);
}
