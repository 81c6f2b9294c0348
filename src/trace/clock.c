/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Goal: one time stamp for all threads and processes, cheaper than the event it stamps.
 *
 * The processor's counter is used only where the kernel itself keeps time by it: it is then known
 * to run at one rate, through idle states, in step on all cores. Its rate comes from the kernel
 * (the page of a perf event tells it at once); only where perf events are forbidden it is measured,
 * which takes some milliseconds. CLOCK_MONOTONIC is slewed by NTP while the counter is not; the
 * slew in force at the start is taken into the rate, so the two drift apart by the change of the
 * slew only, usually well below one part in a million.
 *
 * Where the two disagree by more than a millisecond all the same, the counter is mapped anew. The
 * last mappings are kept, each with the ticks from where and to where it holds. When exactly it
 * ended is not known better than from one check to the next; a time stamp of that stretch goes to
 * the newest mapping that can be meant, and where a counter that starts anew comes by the numbers
 * of before, the numbers of now are meant.
 */
#include "config.h"

#include "trace/clock.h"

#include <linux/perf_event.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/descriptor.h"

HeddleClock heddle_clock = { FALSE, 0, 0, G_GUINT64_CONSTANT (1) << 32 };

_Atomic guint heddle_clock_n_maps;

#define MAPS 64
#define TOLERANCE_NS G_GINT64_CONSTANT (1000000)
/* A small gap is drift where the counter would run no more than so much faster or slower than it
 * was said to. Anything else is a jump. */
#define DRIFT_PPM 1000
#define DRIFT_NS (10 * TOLERANCE_NS)
/* A time stamp may be so much younger than the last check. */
#define AHEAD_NS (60 * G_GINT64_CONSTANT (1000000000))

/* One of the later mappings. Written under map_lock before heddle_clock_n_maps counts it; last,
 * when the next one comes. */
typedef struct {
  _Atomic guint64 first, last; /* ticks for which it holds */
  _Atomic guint64 base_ticks;
  _Atomic gint64 base_ns;
  _Atomic guint64 mult;
} Map;

static Map maps[MAPS]; /* the nth, from 1, lies in n % MAPS */
static _Atomic guint64 first_map_last; /* of heddle_clock itself */
static _Atomic guint64 checked_ticks;  /* at the last check at which the two agreed */
static _Atomic gint64 checked_ns;
static pthread_mutex_t map_lock = PTHREAD_MUTEX_INITIALIZER;

static pthread_once_t clock_once = PTHREAD_ONCE_INIT;

#if defined(__x86_64__)

#define MEASURE_NS 5000000

static gboolean
has_flag (const char *flags, const char *flag)
{
  gsize length = strlen (flag);

  for (const char *at = strstr (flags, flag); at != NULL; at = strstr (at + 1, flag))
    if (at != flags && at[-1] == ' '
        && (at[length] == ' ' || at[length] == '\n' || at[length] == '\0'))
      return TRUE;
  return FALSE;
}

static gboolean
counter_is_trusted (void)
{
  char source[64];
  char info[16384];
  char *flags, *end;

  heddle_read_small ("/sys/devices/system/clocksource/clocksource0/current_clocksource", source,
                     sizeof source);
  g_strchomp (source);
  if (!g_str_equal (source, "tsc") && !g_str_equal (source, "kvm-clock"))
    return FALSE;
  heddle_read_small ("/proc/cpuinfo", info, sizeof info);
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
      guint64 before = __builtin_ia32_rdtsc ();
      gint64 now = heddle_clock_monotonic_ns ();
      guint64 after = __builtin_ia32_rdtsc ();

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

/* The kernel states the raw rate; CLOCK_MONOTONIC runs faster or slower by what NTP asks for at the
 * moment. */
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
begin_checks (void)
{
  atomic_store (&heddle_clock_n_maps, 0);
  atomic_store (&checked_ticks, heddle_clock.base_ticks);
  atomic_store (&checked_ns, heddle_clock.base_ns);
}

static void
calibrate (void)
{
#if defined(__x86_64__)
  HeddleClock clock = { 0 };

  if (calibrate_counter (&clock))
    heddle_clock = clock;
#endif
  begin_checks ();
}

static void
keep_what_is_set (void)
{
}

/**
 * heddle_clock_init:
 *
 * Chooses the clock of this process and calibrates it; takes well under a millisecond where the
 * kernel tells the counter's rate, 5 ms elsewhere. Further calls, and calls after
 * heddle_clock_adopt(), do nothing. Any thread, before the first call of heddle_clock_ticks().
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
 * Makes this process use the very clock of another one on the same machine, so that both mean the
 * same by a time stamp. To be called before a second thread starts.
 */
void
heddle_clock_adopt (const HeddleClock *parent)
{
  g_return_if_fail (parent != NULL);
  g_return_if_fail (parent->mult != 0);

  pthread_once (&clock_once, keep_what_is_set);
  heddle_clock = *parent;
  begin_checks ();
}

/* The mapping that holds now. */
static HeddleClock
get_map (guint nth)
{
  HeddleClock clock = heddle_clock;
  const Map *map = &maps[nth % MAPS];

  if (nth > 0)
    {
      clock.base_ticks = atomic_load_explicit (&map->base_ticks, memory_order_relaxed);
      clock.base_ns = atomic_load_explicit (&map->base_ns, memory_order_relaxed);
      clock.mult = atomic_load_explicit (&map->mult, memory_order_relaxed);
    }
  return clock;
}

/* Which mapping is meant: the newest of those that hold for this number, and the newest of all
 * where none does. */
static guint
find_map (guint n_maps, guint64 ticks)
{
  guint64 ahead =
    atomic_load_explicit (&checked_ticks, memory_order_relaxed) + heddle_clock_span (AHEAD_NS);

  /* the oldest one that is kept is not looked at: its place is that of the next */
  for (guint nth = n_maps; nth > 0 && n_maps - nth < MAPS - 1; nth--)
    {
      guint64 last =
        nth == n_maps ? ahead : atomic_load_explicit (&maps[nth % MAPS].last, memory_order_relaxed);

      if (ticks >= atomic_load_explicit (&maps[nth % MAPS].first, memory_order_relaxed)
          && ticks <= last)
        return nth;
    }
  return ticks <= atomic_load_explicit (&first_map_last, memory_order_relaxed) ? 0 : n_maps;
}

/* heddle_clock_to_ns() where it was mapped anew. */
gint64
heddle_clock_to_ns_by_maps (guint64 ticks)
{
  HeddleClock clock;
  guint n_maps, now;

  do
    {
      n_maps = atomic_load_explicit (&heddle_clock_n_maps, memory_order_acquire);
      clock = get_map (find_map (n_maps, ticks));
      /* the loads above come before the one below */
      atomic_thread_fence (memory_order_acquire);
      now = atomic_load_explicit (&heddle_clock_n_maps, memory_order_relaxed);
    }
  while (now != n_maps);
  return heddle_clock_apply (&clock, ticks);
}

/* By how much CLOCK_MONOTONIC is not between two readings of the counter. */
static gint64
get_gap (const HeddleClock *clock, guint64 before, gint64 ns, guint64 after)
{
  gint64 low = heddle_clock_apply (clock, before);
  gint64 high = heddle_clock_apply (clock, after);

  if (after < before)
    return G_MAXINT64;
  if (ns < low)
    return ns < low - TOLERANCE_NS ? low - ns : 0;
  return ns > high && ns > high + TOLERANCE_NS ? ns - high : 0;
}

/* The rate since the mapping began to hold, where the counter has only drifted; otherwise 0. */
static guint64
get_drifted_mult (const HeddleClock *clock, guint64 ticks, gint64 ns)
{
  guint64 mult;

  if (ticks <= clock->base_ticks || ns <= clock->base_ns
      || get_gap (clock, ticks, ns, ticks) > DRIFT_NS)
    return 0;
  mult =
    (guint64) (((unsigned __int128) (ns - clock->base_ns) << 32) / (ticks - clock->base_ticks));
  return MAX (mult, clock->mult) - MIN (mult, clock->mult) <= clock->mult / 1000000 * DRIFT_PPM
    ? mult
    : 0;
}

/* map_lock is held. */
static void
add_map (const HeddleClock *old, guint64 ticks, gint64 ns)
{
  guint n_maps = atomic_load (&heddle_clock_n_maps);
  Map *map = &maps[(n_maps + 1) % MAPS];
  guint64 mult = get_drifted_mult (old, ticks, ns);
  /* a jump may have been at any time since the last check */
  guint64 since =
    mult != 0 ? 0 : heddle_clock_span (MAX (ns - atomic_load (&checked_ns), 0) + TOLERANCE_NS);
  guint64 last = mult != 0 ? ticks : atomic_load (&checked_ticks) + since;

  atomic_store_explicit (n_maps == 0 ? &first_map_last : &maps[n_maps % MAPS].last, last,
                         memory_order_relaxed);
  atomic_store_explicit (&map->first, ticks - MIN (since, ticks), memory_order_relaxed);
  atomic_store_explicit (&map->last, G_MAXUINT64, memory_order_relaxed);
  atomic_store_explicit (&map->base_ticks, ticks, memory_order_relaxed);
  atomic_store_explicit (&map->base_ns, ns, memory_order_relaxed);
  atomic_store_explicit (&map->mult, mult != 0 ? mult : old->mult, memory_order_relaxed);
  atomic_store_explicit (&checked_ticks, ticks, memory_order_relaxed);
  atomic_store_explicit (&checked_ns, ns, memory_order_relaxed);
  /* release: all of it before it counts */
  atomic_store_explicit (&heddle_clock_n_maps, n_maps + 1, memory_order_release);
}

/**
 * heddle_clock_check_pair:
 * @before: ticks
 * @ns: CLOCK_MONOTONIC, read after @before and before @after
 * @after: ticks
 *
 * Maps the counter anew if it and the clock disagree. Any thread.
 *
 * Returns: TRUE if it did
 */
gboolean
heddle_clock_check_pair (guint64 before, gint64 ns, guint64 after)
{
  HeddleClock clock;
  gboolean anew;

  pthread_mutex_lock (&map_lock);
  clock = get_map (atomic_load (&heddle_clock_n_maps));
  anew = get_gap (&clock, before, ns, after) != 0;
  if (anew)
    {
      add_map (&clock, before + (after - before) / 2, ns);
    }
  else
    {
      atomic_store_explicit (&checked_ticks, after, memory_order_relaxed);
      atomic_store_explicit (&checked_ns, ns, memory_order_relaxed);
    }
  pthread_mutex_unlock (&map_lock);
  return anew;
}

/**
 * heddle_clock_check:
 *
 * Compares the counter with CLOCK_MONOTONIC, and maps it anew where they disagree: after the
 * machine has slept. Costs some dozen nanoseconds. Any thread.
 *
 * Returns: TRUE if it was mapped anew
 */
gboolean
heddle_clock_check (void)
{
#if defined(__x86_64__)
  HeddleClock clock;
  guint64 before, after;
  gint64 ns;

  if (!heddle_clock.tsc)
    return FALSE;
  before = __builtin_ia32_rdtsc ();
  ns = heddle_clock_monotonic_ns ();
  after = __builtin_ia32_rdtsc ();
  clock = get_map (atomic_load_explicit (&heddle_clock_n_maps, memory_order_acquire));
  /* the thread may have been away between the two, which is no gap; a mapping is made of a moment
   * that is known well */
  if (get_gap (&clock, before, ns, after) != 0)
    {
      read_pair (&before, &ns);
      after = before;
    }
  return heddle_clock_check_pair (before, ns, after);
#else
  return FALSE;
#endif
}

/**
 * heddle_clock_get_first:
 *
 * Returns: from which tick on the newest mapping holds; 0 where there is but the first. Any thread.
 */
guint64
heddle_clock_get_first (void)
{
  guint n_maps = atomic_load_explicit (&heddle_clock_n_maps, memory_order_acquire);

  return n_maps > 0 ? atomic_load_explicit (&maps[n_maps % MAPS].first, memory_order_relaxed) : 0;
}

/**
 * heddle_clock_span:
 * @ns: how long, nanoseconds
 *
 * Returns: the same in ticks, rounded up. Any thread.
 */
guint64
heddle_clock_span (gint64 ns)
{
  unsigned __int128 scaled = (unsigned __int128) MAX (ns, 0) << 32;

  return (guint64) ((scaled + heddle_clock.mult - 1) / heddle_clock.mult);
}

/**
 * heddle_clock_from_ns:
 * @ns: a moment, nanoseconds of CLOCK_MONOTONIC
 *
 * Returns: the same moment in ticks by the mapping that holds now, rounded up, so that
 * heddle_clock_to_ns() of it is not before @ns. Any thread.
 *
 * Only tests use it.
 */
guint64
heddle_clock_from_ns (gint64 ns)
{
  HeddleClock clock = get_map (atomic_load_explicit (&heddle_clock_n_maps, memory_order_acquire));
  __int128 scaled = ((__int128) ns - clock.base_ns) * ((__int128) 1 << 32);
  __int128 mult = clock.mult;
  __int128 ticks = scaled / mult;

  if (scaled > 0 && scaled % mult != 0)
    ticks++;
  return clock.base_ticks + (guint64) ticks;
}
