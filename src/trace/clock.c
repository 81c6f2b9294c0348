/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Goal: one time stamp for all threads and processes, cheaper than the event it stamps.
 *
 * The processor's counter is used only where the kernel itself keeps time by it: it is then known to run at one rate, through
 * idle states, in step on all cores. Its rate comes from the kernel (the page of a perf event tells it at once); only where
 * perf events are forbidden it is measured, which takes some milliseconds.
 * CLOCK_MONOTONIC is slewed by NTP while the counter is not; the slew in force at the start is taken into the rate, so the two
 * drift apart by the change of the slew only, usually well below one part in a million.
 */
#include "config.h"

#include "trace/clock.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

HeddleClock heddle_clock = { FALSE, 0, 0, G_GUINT64_CONSTANT (1) << 32 };

static pthread_once_t clock_once = PTHREAD_ONCE_INIT;

#if defined(__x86_64__)

#define MEASURE_NS 5000000

/* Reads the beginning of a small file; an empty string where that is not possible. */
static void
read_start (const char *path, char *buffer, gsize size)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize n = 0;

  if (fd >= 0)
    {
      n = read (fd, buffer, size - 1);
      close (fd);
    }
  buffer[MAX (n, 0)] = '\0';
}

static gboolean
has_flag (const char *flags, const char *flag)
{
  gsize length = strlen (flag);

  for (const char *at = strstr (flags, flag); at != NULL; at = strstr (at + 1, flag))
    if (at != flags && at[-1] == ' ' && (at[length] == ' ' || at[length] == '\n' || at[length] == '\0'))
      return TRUE;
  return FALSE;
}

static gboolean
counter_is_trusted (void)
{
  char source[64];
  char info[16384];
  char *flags, *end;

  read_start ("/sys/devices/system/clocksource/clocksource0/current_clocksource", source, sizeof source);
  g_strchomp (source);
  if (!g_str_equal (source, "tsc") && !g_str_equal (source, "kvm-clock"))
    return FALSE;
  read_start ("/proc/cpuinfo", info, sizeof info);
  flags = strstr (info, "\nflags");
  if (flags == NULL)
    return FALSE;
  end = strchr (flags + 1, '\n');
  if (end != NULL)
    *end = '\0';
  return has_flag (flags, "constant_tsc") && has_flag (flags, "nonstop_tsc");
}

/* The kernel's own rate, as the page of a perf event states it. Returns 0 where there is none. */
static guint64
mult_from_kernel (void)
{
  struct perf_event_attr attr = { 0 };
  struct perf_event_mmap_page *page;
  guint64 mult = 0;
  long size = sysconf (_SC_PAGESIZE);
  int fd;

  attr.type = PERF_TYPE_SOFTWARE;
  attr.size = sizeof attr;
  attr.config = PERF_COUNT_SW_DUMMY;
  attr.exclude_kernel = 1;
  attr.exclude_hv = 1;
  fd = (int) syscall (SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0)
    return 0;
  page = mmap (NULL, (size_t) size, PROT_READ, MAP_SHARED, fd, 0);
  if (page != MAP_FAILED)
    {
      if (page->cap_user_time && page->time_shift < 64)
        mult = (guint64) (((unsigned __int128) page->time_mult << 32) >> page->time_shift);
      munmap (page, (size_t) size);
    }
  close (fd);
  return mult;
}

/* A moment in both clocks: of several tries the one that was disturbed least. */
static void
read_pair (guint64 *ticks, gint64 *ns)
{
  guint64 best = G_MAXUINT64;

  for (guint i = 0; i < 16; i++)
    {
      guint64 before = __rdtsc ();
      gint64 now = heddle_clock_monotonic_ns ();
      guint64 after = __rdtsc ();

      if (after - before < best)
        {
          best = after - before;
          *ticks = before + (after - before) / 2;
          *ns = now;
        }
    }
}

static guint64
mult_by_measuring (void)
{
  guint64 ticks0, ticks1;
  gint64 ns0, ns1;

  read_pair (&ticks0, &ns0);
  while (heddle_clock_monotonic_ns () - ns0 < MEASURE_NS)
    ;
  read_pair (&ticks1, &ns1);
  if (ticks1 <= ticks0)
    return 0;
  return (guint64) (((unsigned __int128) (ns1 - ns0) << 32) / (ticks1 - ticks0));
}

/* The kernel states the raw rate; CLOCK_MONOTONIC runs faster or slower by what NTP asks for at the moment. */
static guint64
with_slew (guint64 mult)
{
  struct timex state = { 0 };
  double factor;

  if (adjtimex (&state) < 0)
    return mult;
  factor = 1.0 + (double) state.freq / 65536.0 * 1e-6;
  if (state.tick > 0)
    factor *= (double) state.tick * (double) sysconf (_SC_CLK_TCK) / 1e6;
  if (!(factor > 0.9 && factor < 1.1))
    return mult;
  return (guint64) ((double) mult * factor);
}

static gboolean
calibrate_counter (HeddleClock *clock)
{
  guint64 mult;

  if (!counter_is_trusted ())
    return FALSE;
  mult = mult_from_kernel ();
  mult = mult != 0 ? with_slew (mult) : mult_by_measuring ();
  if (mult == 0)
    return FALSE;
  clock->mult = mult;
  read_pair (&clock->base_ticks, &clock->base_ns);
  clock->tsc = TRUE;
  return TRUE;
}

#endif

static void
calibrate (void)
{
#if defined(__x86_64__)
  HeddleClock clock = { 0 };

  if (calibrate_counter (&clock))
    heddle_clock = clock;
#endif
}

static void
keep_what_is_set (void)
{
}

/**
 * heddle_clock_init:
 *
 * Chooses the clock of this process and calibrates it; takes well under a millisecond where the kernel tells the
 * counter's rate, 5 ms elsewhere. Further calls, and calls after heddle_clock_adopt(), do nothing.
 * Any thread, before the first call of heddle_clock_ticks().
 */
void
heddle_clock_init (void)
{
  pthread_once (&clock_once, calibrate);
}

/**
 * heddle_clock_adopt:
 * @parent: the clock of the process whose times are to be shared
 *
 * Makes this process use the very clock of another one on the same machine, so that both mean the same by a time stamp.
 * To be called before a second thread starts.
 */
void
heddle_clock_adopt (const HeddleClock *parent)
{
  g_return_if_fail (parent != NULL);
  g_return_if_fail (parent->mult != 0);

  pthread_once (&clock_once, keep_what_is_set);
  heddle_clock = *parent;
}

/**
 * heddle_clock_from_ns:
 * @ns: a moment, nanoseconds of CLOCK_MONOTONIC
 *
 * Returns: the same moment in ticks, rounded up, so that heddle_clock_to_ns() of it is not before @ns. Any thread.
 */
guint64
heddle_clock_from_ns (gint64 ns)
{
  __int128 scaled = ((__int128) ns - heddle_clock.base_ns) * ((__int128) 1 << 32);
  __int128 mult = heddle_clock.mult;
  __int128 ticks = scaled / mult;

  if (scaled > 0 && scaled % mult != 0)
    ticks++;
  return heddle_clock.base_ticks + (guint64) ticks;
}
