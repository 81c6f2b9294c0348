/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>
#include <time.h>

G_BEGIN_DECLS

/*
 * One clock for every thread and every worker process of a machine.
 *
 * Goal: a time stamp has to cost less than the event it stamps. Where the kernel itself trusts the
 * processor's time stamp counter (clock source "tsc", or "kvm-clock" with constant_tsc and
 * nonstop_tsc), ticks are that counter (about 8 ns); elsewhere ticks are CLOCK_MONOTONIC
 * nanoseconds (about 30 ns). Ticks are only compared and stored; the collector turns them into
 * nanoseconds of CLOCK_MONOTONIC.
 *
 * The counter may part from that clock: while the machine sleeps it goes on, or starts anew, and
 * CLOCK_MONOTONIC stands still. So the collector has the two compared before each pass over the
 * rings (heddle_clock_check()). From where they disagree another mapping holds; time stamps of
 * before keep theirs, also those that lie in a ring of a worker process or wait with a task in
 * line.
 */

typedef struct {
  gboolean tsc;       /* ticks are the processor's counter */
  guint64 base_ticks; /* ticks at calibration */
  gint64 base_ns;     /* CLOCK_MONOTONIC at the same moment */
  guint64 mult;       /* ns = base_ns + ((ticks - base_ticks) * mult >> 32), in 128 bits */
} HeddleClock;

/* The first mapping. Set once by heddle_clock_init() before any second thread starts, read-only
 * afterwards. */
extern HeddleClock heddle_clock;

/* How often it was mapped anew since; 0 nearly always. */
extern _Atomic guint heddle_clock_n_maps;

void heddle_clock_init (void);
void heddle_clock_adopt (const HeddleClock *parent);
guint64 heddle_clock_from_ns (gint64 ns);
guint64 heddle_clock_span (gint64 ns);
gboolean heddle_clock_check (void);
gboolean heddle_clock_check_pair (guint64 before, gint64 ns, guint64 after);
guint64 heddle_clock_get_first (void);
gint64 heddle_clock_to_ns_by_maps (guint64 ticks);

/**
 * heddle_clock_read:
 * @clock: a clock of the system
 *
 * Returns: its time, in nanoseconds; 0 if there is no such clock (any more). Any thread.
 */
static inline gint64
heddle_clock_read (clockid_t clock)
{
  struct timespec now;

  return clock_gettime (clock, &now) == 0 ? (gint64) now.tv_sec * 1000000000 + now.tv_nsec : 0;
}

static inline gint64
heddle_clock_monotonic_ns (void)
{
  return heddle_clock_read (CLOCK_MONOTONIC);
}

/* How much of a processor the calling thread has used. */
static inline gint64
heddle_clock_thread_cpu_ns (void)
{
  return heddle_clock_read (CLOCK_THREAD_CPUTIME_ID);
}

/**
 * heddle_clock_deadline:
 * @timeout: nanoseconds; may be as long as a number can say
 *
 * Returns: the moment at which @timeout is over, CLOCK_MONOTONIC, nanoseconds. Any thread.
 */
static inline gint64
heddle_clock_deadline (gint64 timeout)
{
  gint64 now = heddle_clock_monotonic_ns ();

  return timeout > G_MAXINT64 - now ? G_MAXINT64 : now + timeout;
}

/**
 * heddle_clock_ticks:
 *
 * Returns: the current time in ticks of the clock (see above). Any thread, any process that has
 *   called heddle_clock_init() or heddle_clock_adopt().
 */
static inline guint64
heddle_clock_ticks (void)
{
#if defined(__x86_64__)
  if (G_LIKELY (heddle_clock.tsc))
    return __builtin_ia32_rdtsc (); /* x86intrin.h takes longer to compile than most of our files */
#endif
  return (guint64) heddle_clock_monotonic_ns ();
}

/* The moment of a time stamp by one mapping, limited to what fits. */
static inline gint64
heddle_clock_apply (const HeddleClock *clock, guint64 ticks)
{
  __int128 ns = (__int128) (gint64) (ticks - clock->base_ticks) * clock->mult;

  ns = (ns >> 32) + clock->base_ns;
  if (G_LIKELY (ns == (gint64) ns))
    return (gint64) ns;
  return ns < 0 ? G_MININT64 : G_MAXINT64;
}

/**
 * heddle_clock_to_ns:
 * @ticks: a time stamp of heddle_clock_ticks(); may come from a worker process and be nonsense
 *
 * Returns: the same moment in nanoseconds of CLOCK_MONOTONIC, limited to what fits. Any thread.
 */
static inline gint64
heddle_clock_to_ns (guint64 ticks)
{
  /* acquire: the mappings are there before their number */
  if (G_UNLIKELY (atomic_load_explicit (&heddle_clock_n_maps, memory_order_acquire) != 0))
    return heddle_clock_to_ns_by_maps (ticks);
  return heddle_clock_apply (&heddle_clock, ticks);
}

G_END_DECLS
