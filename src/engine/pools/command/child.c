/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * One command, from its start to its end, on one thread, which sleeps in poll() in between.
 *
 * A command has ended when its process has ended and what it wrote has been read. A process that it
 * left behind may hold the pipes open for ever, so after the end its output is read until it has
 * been quiet for a moment, or for a second at most.
 *
 * To end one, its whole group gets SIGTERM, a second later SIGKILL. The process is waited for last:
 * until then its number, which is the group's, is given to nobody else.
 *
 * Where there is a guard (guard.h) it knows the group meanwhile, and ends it if this program dies.
 */

#include "engine/pools/command/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/format.h"
#include "base/program.h"
#include "engine/pools/command/guard.h"
#include "trace/clock.h"
#include "trace/thread-times.h"

#define PATIENCE_NS   (1 * HEDDLE_S)   /* between SIGTERM and SIGKILL */
#define QUIET_NS      (50 * HEDDLE_MS) /* after the end: no more is expected */
#define AFTERWARDS_NS (1 * HEDDLE_S)   /* after the end: it is not listened to any longer */
#define LOOK_NS       (10 * HEDDLE_MS) /* between two looks whether a group is empty */
#define UNSEEN_NS     (20 * 1000)      /* of processor time: no process lives on less */
#define CHUNK         (64 * 1024)      /* bytes of a pipe's room: what one read() can bring */

enum { WAKE = HEDDLE_N_CHILD_STREAMS, PROCESS, N_WATCHED };

typedef struct {
  const HeddleChildHost *host;
  HeddleChildEnd *end;
  HeddleGuardEntry *entry; /* NULL: nobody guards it */
  pid_t pid;
  struct pollfd watched[N_WATCHED]; /* the streams first; -1 once there is no more */
  gint64 terminated_ns;             /* when its group got SIGTERM; 0: it did not */
  gint64 killed_ns;                 /* when it got SIGKILL; 0: it did not */
  gint64 ended_ns;                  /* when its process was seen to have ended; 0: it has not */
  gint64 heard_ns;                  /* when it wrote something last */
} Child;

static gboolean
open_pipes (int (*pipes)[2], guint n)
{
  for (guint i = 0; i < n; i++)
    if (pipe2 (pipes[i], O_CLOEXEC) < 0)
      return FALSE;
  for (guint i = 0; i < n; i++)
    fcntl (pipes[i][0], F_SETFL, O_NONBLOCK);
  return TRUE;
}

/* Returns: 0, or what errno would be */
static int
spawn (Child *self, const HeddleCommand *command, const int *pipes)
{
  int code;

  self->entry = heddle_guard_expect (pipes);
  code = heddle_program_spawn_command (&self->pid, command->argv, command->environment,
                                       command->directory, command->stdin_fd,
                                       pipes[HEDDLE_CHILD_OUT], pipes[HEDDLE_CHILD_ERR]);
  if (code == 0)
    heddle_guard_watch (self->entry, self->pid);
  else
    heddle_guard_forget (self->entry);
  return code;
}

/* Returns: 0, or what errno would be */
static int
start (Child *self, const HeddleCommand *command)
{
  int pipes[HEDDLE_N_CHILD_STREAMS][2] = { { -1, -1 }, { -1, -1 } };
  int code = 0;

  if (open_pipes (pipes, HEDDLE_N_CHILD_STREAMS))
    code = spawn (self, command, (int[]){ pipes[HEDDLE_CHILD_OUT][1], pipes[HEDDLE_CHILD_ERR][1] });
  else
    code = errno;
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    {
      heddle_clear_fd (&pipes[i][1]);
      self->watched[i] = (struct pollfd){ .fd = pipes[i][0], .events = POLLIN };
    }
  self->watched[WAKE] = (struct pollfd){ .fd = self->host->wake_fd, .events = POLLIN };
  self->watched[PROCESS] = (struct pollfd){ .fd = -1, .events = POLLIN };
  return code;
}

/* The process has ended, and still has its number. Asked of the kernel only where poll() has said
 * so, or cannot. */
static gboolean
has_ended (Child *self)
{
  siginfo_t info = { 0 };

  if (self->watched[PROCESS].fd >= 0 && self->watched[PROCESS].revents == 0)
    return FALSE;
  return waitid (P_PID, (id_t) self->pid, &info, WEXITED | WNOWAIT | WNOHANG) == 0
    && info.si_pid == self->pid;
}

static void
hear (Child *self, HeddleChildStream stream)
{
  char bytes[CHUNK];
  struct pollfd *watched = &self->watched[stream];
  gssize n = read (watched->fd, bytes, sizeof bytes);

  if (n > 0)
    {
      self->heard_ns = heddle_clock_monotonic_ns ();
      self->end->n_bytes[stream] += (guint64) n;
      self->host->output (stream, bytes, (gsize) n, self->host->data);
    }
  else if (n == 0 || (errno != EAGAIN && errno != EINTR))
    heddle_clear_fd (&watched->fd);
}

static void
send_to_group (Child *self, int number)
{
  kill (-self->pid, number);
  kill (-self->pid, SIGCONT); /* who is stopped hears nothing */
}

/* How many processes of the group there are but the one that has ended: those of the kernel's list
 * in which the group stands. Only asked where there is anybody at all. */
static guint
count_group (Child *self)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      char path[64], text[512];
      const char *after;
      char state;
      int group;

      if (!g_ascii_isdigit (name[0]) || atoi (name) == self->pid)
        continue;
      g_snprintf (path, sizeof path, "/proc/%.20s/stat", name);
      if (heddle_read_small (path, text, sizeof text) && (after = strrchr (text, ')')) != NULL
          && sscanf (after + 1, " %c %*d %d", &state, &group) == 2 && group == self->pid
          && state != 'Z' && state != 'X')
        n++;
    }
  return n;
}

/* Asks the group to end, and kills it when it has been asked for long enough. */
static void
press (Child *self, gint64 now)
{
  if (self->terminated_ns == 0)
    {
      self->terminated_ns = now;
      send_to_group (self, SIGTERM);
    }
  else if (self->killed_ns == 0 && now >= self->terminated_ns + PATIENCE_NS)
    {
      self->killed_ns = now;
      self->end->n_killed = count_group (self) + (self->ended_ns == 0);
      send_to_group (self, SIGKILL);
    }
}

static gboolean
is_deaf (Child *self)
{
  return self->watched[HEDDLE_CHILD_OUT].fd < 0 && self->watched[HEDDLE_CHILD_ERR].fd < 0;
}

/* Whether what it wrote has been read, as far as that is waited for. */
static gboolean
is_heard_out (Child *self, gint64 now)
{
  return is_deaf (self) || now >= MAX (self->ended_ns, self->heard_ns) + QUIET_NS
    || now >= self->ended_ns + AFTERWARDS_NS;
}

/* Returns: when to look again though nothing happens; %G_MAXINT64: never */
static gint64
find_next_look (Child *self, gint64 now)
{
  gint64 next =
    self->watched[PROCESS].fd < 0 ? now + LOOK_NS : G_MAXINT64; /* no descriptor is left */

  if (self->ended_ns != 0)
    return MIN (MAX (self->ended_ns, self->heard_ns) + QUIET_NS, self->ended_ns + AFTERWARDS_NS);
  if (self->terminated_ns != 0 && self->killed_ns == 0)
    next = MIN (next, self->terminated_ns + PATIENCE_NS);
  return next;
}

static void
wait_until (Child *self, gint64 until)
{
  gint64 left = until - heddle_clock_monotonic_ns ();
  struct timespec timeout = { MAX (left, 0) / HEDDLE_S, MAX (left, 0) % HEDDLE_S };

  if (ppoll (self->watched, N_WATCHED, until == G_MAXINT64 ? NULL : &timeout, NULL) <= 0)
    return;
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    if (self->watched[i].revents != 0)
      hear (self, (HeddleChildStream) i);
  if (self->watched[WAKE].revents != 0)
    {
      guint64 count;

      (void) !read (self->watched[WAKE].fd, &count, sizeof count);
    }
}

/* Until the process has ended and what it wrote has been read. */
static void
attend (Child *self)
{
  for (;;)
    {
      gint64 now = heddle_clock_monotonic_ns ();

      if (self->host->is_over (self->host->data))
        press (self, now);
      if (has_ended (self))
        break;
      wait_until (self, find_next_look (self, now));
    }
  self->ended_ns = heddle_clock_monotonic_ns ();
  heddle_clear_fd (&self->watched[PROCESS].fd); /* always ready to be read from here on */
  for (gint64 now = self->ended_ns; !is_heard_out (self, now); now = heddle_clock_monotonic_ns ())
    wait_until (self, find_next_look (self, now));
}

/* Where the command was ended, so is what it has left behind. Where it ended by itself, what is
 * left was meant to be left: a server that it has started, for instance. */
static void
end_group (Child *self)
{
  if (self->terminated_ns == 0 || kill (-self->pid, 0) != 0)
    return;
  while ((self->end->n_left = count_group (self)) > 0)
    {
      gint64 now = heddle_clock_monotonic_ns ();

      /* whoever waits for a device hears nothing, not even this */
      if (self->killed_ns != 0 && now >= self->killed_ns + PATIENCE_NS)
        return;
      press (self, now);
      wait_until (self, now + LOOK_NS);
    }
}

/* What the kernel has counted of the first thread of the process, which has ended and still has its
 * number. */
static gboolean
read_schedstat (Child *self, HeddleSchedstat *stat)
{
  char path[64], text[128];

  g_snprintf (path, sizeof path, "/proc/%d/schedstat", (int) self->pid);
  return heddle_read_small (path, text, sizeof text)
    && heddle_schedstat_parse (text, strlen (text), stat);
}

/* Who has had all of the command's processor time has been alone, and how long it was ready is how
 * long the command was. Of others it is not known how long they were, nor when nobody was. */
static gboolean
was_alone (const Child *self, const HeddleSchedstat *stat)
{
  return stat->cpu_ns > 0 && self->end->cpu_ns <= stat->cpu_ns + UNSEEN_NS;
}

static gint64
to_ns (const struct timeval *time)
{
  return (gint64) time->tv_sec * HEDDLE_S + (gint64) time->tv_usec * 1000;
}

static void
reap (Child *self)
{
  HeddleChildEnd *end = self->end;
  HeddleSchedstat stat = { 0 };
  struct rusage usage = { 0 };
  gboolean is_told = read_schedstat (self, &stat);
  int status = 0;

  heddle_guard_forget (self->entry); /* its number is its own until here */
  while (wait4 (self->pid, &status, 0, &usage) < 0 && errno == EINTR)
    ;
  if (WIFEXITED (status))
    end->code = WEXITSTATUS (status);
  else
    end->signal = WTERMSIG (status);
  end->cpu_ns = to_ns (&usage.ru_utime) + to_ns (&usage.ru_stime);
  if (is_told && was_alone (self, &stat))
    end->ready_ns = stat.delay_ns;
  end->switches = (guint64) (usage.ru_nvcsw + usage.ru_nivcsw);
  end->preempted = (guint64) usage.ru_nivcsw;
  end->max_rss = (guint64) usage.ru_maxrss * 1024;
  if (self->terminated_ns != 0)
    end->ending = self->killed_ns != 0 ? HEDDLE_CHILD_KILLED : HEDDLE_CHILD_TERMINATED;
}

/**
 * heddle_child_run:
 * @command: what to execute
 * @host: who is told of it
 * @end: (out): how it ended
 *
 * Executes a command and waits for its end. Any thread, which gets no signal that this needs; the
 * command goes on if the thread ends. While it goes on @host's functions are called on this thread.
 */
void
heddle_child_run (const HeddleCommand *command, const HeddleChildHost *host, HeddleChildEnd *end)
{
  Child self = { .host = host, .end = end };

  *end = (HeddleChildEnd){ .ending = HEDDLE_CHILD_ENDED, .code = -1, .ready_ns = -1 };
  end->error = start (&self, command);
  if (end->error != 0)
    end->ending = HEDDLE_CHILD_NOT_STARTED;
  else
    {
      self.watched[PROCESS].fd = (int) syscall (SYS_pidfd_open, self.pid, 0);
      attend (&self);
      end_group (&self);
      reap (&self);
    }
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    heddle_clear_fd (&self.watched[i].fd);
}
