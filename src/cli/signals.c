/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/signals.h"
#include "cli/terminal.h"

struct _HeddleSignals {
  pthread_t thread;
  int signal_fd;
  int stop_fd;
  HeddleSignalFunc func;
  gpointer data;
};

static sigset_t waited; /* main thread, before any other is started; read-only afterwards */

/* A crash: the terminal is given back first. */
static void
fatal_handler (int number)
{
  heddle_terminal_restore ();
  raise (number); /* the handler was reset: this one counts */
}

/**
 * heddle_signals_block:
 * @terminal: a live view will be shown, so Ctrl+Z and crashes need care
 *
 * Keeps signals for heddle_signals_new(). Before any thread is started: they all inherit it.
 */
void
heddle_signals_block (gboolean terminal)
{
  static const int fatal[] = { SIGQUIT, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU };
  struct sigaction action = { .sa_handler = SIG_IGN };

  sigaction (SIGPIPE, &action, NULL);
  sigemptyset (&waited);
  sigaddset (&waited, SIGINT);
  sigaddset (&waited, SIGTERM);
  sigaction (SIGHUP, NULL, &action);
  if (action.sa_handler != SIG_IGN) /* nohup(1) */
    sigaddset (&waited, SIGHUP);
  if (terminal)
    {
      sigaddset (&waited, SIGTSTP);
      sigaddset (&waited, SIGWINCH);
      action = (struct sigaction) { .sa_handler = fatal_handler, .sa_flags = SA_RESETHAND | SA_NODEFER };
      for (guint i = 0; i < G_N_ELEMENTS (fatal); i++)
        sigaction (fatal[i], &action, NULL);
    }
  pthread_sigmask (SIG_BLOCK, &waited, NULL);
}

static void *
signals_thread (void *data)
{
  HeddleSignals *self = data;
  struct pollfd fds[] = {
    { .fd = self->signal_fd, .events = POLLIN },
    { .fd = self->stop_fd, .events = POLLIN },
  };

  pthread_setname_np (pthread_self (), "signals");
  for (;;)
    {
      struct signalfd_siginfo info;

      if (poll (fds, G_N_ELEMENTS (fds), -1) < 0)
        continue;
      if (fds[1].revents != 0)
        return NULL;
      if (read (self->signal_fd, &info, sizeof info) == sizeof info)
        self->func ((int) info.ssi_signo, self->data);
    }
}

/**
 * heddle_signals_new:
 * @func: called for each signal that heddle_signals_block() keeps
 * @data: for @func
 *
 * Returns: (nullable): the thread that waits for signals, or %NULL if it cannot be started
 */
HeddleSignals *
heddle_signals_new (HeddleSignalFunc func, gpointer data)
{
  HeddleSignals *self = g_new0 (HeddleSignals, 1);

  self->func = func;
  self->data = data;
  self->signal_fd = signalfd (-1, &waited, SFD_CLOEXEC | SFD_NONBLOCK);
  self->stop_fd = eventfd (0, EFD_CLOEXEC);
  if (self->signal_fd >= 0 && self->stop_fd >= 0 && pthread_create (&self->thread, NULL, signals_thread, self) == 0)
    return self;
  if (self->signal_fd >= 0)
    close (self->signal_fd);
  if (self->stop_fd >= 0)
    close (self->stop_fd);
  g_free (self);
  return NULL;
}

/**
 * heddle_signals_free:
 *
 * Ends the thread. Waits while the function is being called.
 */
void
heddle_signals_free (HeddleSignals *self)
{
  guint64 one = 1;

  if (write (self->stop_fd, &one, sizeof one) < 0)
    g_warning ("The thread that waits for signals cannot be told to end");
  pthread_join (self->thread, NULL);
  close (self->signal_fd);
  close (self->stop_fd);
  g_free (self);
}
