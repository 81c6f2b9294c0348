/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Three things are read: the CPU clock of the thread, which is right to the nanosecond at any
 * moment; the run delay and the number of runs in its schedstat, which only change when it is given
 * a CPU, so that a running thread reads them exactly; and, only where the number of runs has
 * changed, how many of its switches were preemptions. The CPU time in schedstat is not used: the
 * kernel brings it up to date at its ticks only.
 */

#include "trace/thread-times.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "trace/clock.h"

/* A number, and the one character behind it. Returns FALSE unless both are there and the number is
 * not larger than a gint64. */
static gboolean
take_number (const char **at, const char *end, char behind, guint64 *number)
{
  const char *begin = *at;
  guint64 value = 0;

  for (; *at < end && g_ascii_isdigit (**at); (*at)++)
    {
      guint digit = (guint) (**at - '0');

      if (value > ((guint64) G_MAXINT64 - digit) / 10)
        return FALSE;
      value = value * 10 + digit;
    }
  *number = value;
  return *at > begin && *at < end && *(*at)++ == behind;
}

/**
 * heddle_schedstat_parse:
 * @text: (nullable): what stands in a schedstat, not necessarily NUL-terminated
 * @length: its length in bytes
 * @stat: (out): its numbers
 *
 * Takes "1234 567 8\n", as the kernel writes it, and nothing else. Any thread.
 *
 * Returns: FALSE if it is something else; then @stat is not changed
 */
gboolean
heddle_schedstat_parse (const char *text, gsize length, HeddleSchedstat *stat)
{
  const char *at = text, *end = length > 0 ? text + length : text;
  guint64 cpu, delay, runs;

  if (!take_number (&at, end, ' ', &cpu) || !take_number (&at, end, ' ', &delay)
      || !take_number (&at, end, '\n', &runs) || at != end)
    return FALSE;
  *stat = (HeddleSchedstat) { (gint64) cpu, (gint64) delay, runs };
  return TRUE;
}

/**
 * heddle_thread_counters_init:
 * @self: (out): nothing is open yet
 *
 * Any thread.
 */
void
heddle_thread_counters_init (HeddleThreadCounters *self)
{
  *self = (HeddleThreadCounters) { .fd = -1 };
}

/**
 * heddle_thread_counters_clear:
 *
 * Closes what the thread has opened. Any thread, once that one reads no more.
 */
void
heddle_thread_counters_clear (HeddleThreadCounters *self)
{
  heddle_clear_fd (&self->fd);
}

/* A program may open only so many files, and what tasks want to open comes first. */
static gboolean
is_high (int fd)
{
  struct rlimit limit;

  return getrlimit (RLIMIT_NOFILE, &limit) == 0 && (rlim_t) fd >= limit.rlim_cur / 2;
}

static gboolean
read_schedstat (HeddleThreadCounters *self, HeddleSchedstat *stat)
{
  char text[80];
  gssize length;
  gboolean kept = self->fd >= 0;

  /* it stays that of the thread that has opened it */
  if (!kept)
    self->fd = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (self->fd < 0)
    return FALSE;
  length = pread (self->fd, text, sizeof text, 0);
  if (!kept && is_high (self->fd))
    heddle_clear_fd (&self->fd);
  return length > 0 && heddle_schedstat_parse (text, (gsize) length, stat);
}

/**
 * heddle_thread_counters_read:
 * @self: of the calling thread
 * @times: (out): what it has come to by now
 *
 * Reads the counters of the calling thread. One descriptor stays open, unless so many are that
 * others could want for it.
 *
 * Returns: FALSE if this kernel does not tell them
 */
gboolean
heddle_thread_counters_read (HeddleThreadCounters *self, HeddleThreadTimes *times)
{
  HeddleSchedstat stat;

  times->cpu_ns = heddle_clock_thread_cpu_ns ();
  /* it runs, so it was given a CPU, unless nobody counts that */
  if (!read_schedstat (self, &stat) || stat.runs == 0)
    return FALSE;
  times->delay_ns = stat.delay_ns;
  times->runs = stat.runs;
  if (stat.runs != self->last_runs)
    {
      struct rusage usage;

      if (getrusage (RUSAGE_THREAD, &usage) != 0)
        return FALSE;
      self->last_runs = stat.runs;
      self->last_preempted = (guint64) usage.ru_nivcsw;
    }
  times->preempted = self->last_preempted;
  return TRUE;
}

/**
 * heddle_thread_counters_are_there:
 *
 * Returns: whether this kernel tells a thread what heddle_thread_counters_read() reads. Any thread.
 */
gboolean
heddle_thread_counters_are_there (void)
{
  HeddleThreadCounters counters;
  HeddleThreadTimes times;
  gboolean there;

  heddle_thread_counters_init (&counters);
  there = heddle_thread_counters_read (&counters, &times);
  heddle_thread_counters_clear (&counters);
  return there;
}

/**
 * heddle_thread_times_between:
 * @begin: what a thread had come to
 * @end: what it had come to later
 *
 * Any thread.
 *
 * Returns: what was between the two
 */
HeddleTaskTimes
heddle_thread_times_between (const HeddleThreadTimes *begin, const HeddleThreadTimes *end)
{
  guint64 switches = end->runs - begin->runs;
  guint64 preempted = end->preempted - begin->preempted;

  return (HeddleTaskTimes) {
    .on_cpu_ns = MAX (end->cpu_ns - begin->cpu_ns, 0),
    .ready_ns = MAX (end->delay_ns - begin->delay_ns, 0),
    .switches = (guint32) MIN (switches, G_MAXUINT32),
    /* a switch right between two system calls of one reading may be counted on either side */
    .preempted = (guint32) MIN (preempted, MIN (switches, G_MAXUINT32)),
    .known = TRUE,
  };
}
