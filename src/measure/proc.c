/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/proc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "trace/clock.h"

/*
 * The fields of a stat file from the state on (field 3 in proc(5)). The name before them may hold
 * anything, blanks and parentheses too, so they are looked for from the last closing parenthesis.
 */
static gboolean
parse_stat (const char *text, HeddleProcSample *sample, long *n_threads)
{
  const char *at = strrchr (text, ')');
  unsigned long long utime, stime;
  long long rss;
  char state;

  if (at == NULL)
    return FALSE;
  if (sscanf (at + 1,
              " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu"
              " %*d %*d %*d %*d %ld %*d %*u %*u %lld",
              &state, &utime, &stime, n_threads, &rss)
      != 5)
    return FALSE;
  sample->state = state;
  sample->cpu_ns = (gint64) (utime + stime) * (1000000000 / sysconf (_SC_CLK_TCK));
  sample->rss = (gint64) rss * sysconf (_SC_PAGESIZE);
  return TRUE;
}

static gboolean
sample_stat (const char *path, HeddleProcSample *sample, long *n_threads)
{
  char text[1024];

  *sample = (HeddleProcSample) { .ready_ns = -1 };
  return heddle_read_small (path, text, sizeof text) && parse_stat (text, sample, n_threads);
}

/* Time on a processor and time of waiting for one, of one thread. */
static gboolean
read_schedstat (const char *path, gint64 *on_cpu_ns, gint64 *ready_ns)
{
  char text[128];
  unsigned long long on_cpu, ready;

  if (!heddle_read_small (path, text, sizeof text)
      || sscanf (text, "%llu %llu", &on_cpu, &ready) != 2)
    return FALSE;
  *on_cpu_ns = (gint64) MIN (on_cpu, G_MAXINT64);
  *ready_ns = (gint64) MIN (ready, G_MAXINT64);
  return TRUE;
}

/**
 * heddle_proc_sample_process:
 * @pid: a process
 * @sample: (out): what the process has used so far, all its threads together, those that have ended
 * too
 *
 * A zombie is still there, in state Z. Any thread; reads /proc, so not for the main loop.
 *
 * Returns: whether there is such a process
 */
gboolean
heddle_proc_sample_process (int pid, HeddleProcSample *sample)
{
  char path[64];
  clockid_t clock;
  gint64 cpu_ns;
  long n_threads;

  g_return_val_if_fail (sample != NULL, FALSE);

  g_snprintf (path, sizeof path, "/proc/%d/stat", pid);
  if (pid <= 0 || !sample_stat (path, sample, &n_threads))
    return FALSE;
  /* finer than the stat file, which counts clock ticks; schedstat tells of the first thread only */
  if (clock_getcpuclockid (pid, &clock) == 0 && (cpu_ns = heddle_clock_read (clock)) > 0)
    sample->cpu_ns = cpu_ns;
  g_snprintf (path, sizeof path, "/proc/%d/schedstat", pid);
  if (n_threads != 1 || !read_schedstat (path, &cpu_ns, &sample->ready_ns))
    sample->ready_ns = -1;
  return TRUE;
}

/**
 * heddle_proc_sample_thread:
 * @pid: a process
 * @tid: one of its threads
 * @sample: (out): what the thread has used so far
 *
 * Any thread; reads /proc, so not for the main loop.
 *
 * Returns: whether there is such a thread in that process
 */
gboolean
heddle_proc_sample_thread (int pid, int tid, HeddleProcSample *sample)
{
  char path[64];
  long n_threads;

  g_return_val_if_fail (sample != NULL, FALSE);

  g_snprintf (path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
  if (pid <= 0 || tid <= 0 || !sample_stat (path, sample, &n_threads))
    return FALSE;
  g_snprintf (path, sizeof path, "/proc/%d/task/%d/schedstat", pid, tid);
  read_schedstat (path, &sample->cpu_ns, &sample->ready_ns);
  return TRUE;
}
