/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/futex.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/**
 * heddle_timespec:
 *
 * Returns: @nanoseconds as the system calls want them
 */
struct timespec
heddle_timespec (gint64 nanoseconds)
{
  return (struct timespec) { nanoseconds / 1000000000, nanoseconds % 1000000000 };
}

/**
 * heddle_futex_wait:
 * @word: a word
 * @value: what the caller has seen in it
 *
 * Sleeps while @word holds @value and nobody wakes its waiters. May return for no reason: the
 * caller looks again.
 */
void
heddle_futex_wait (_Atomic guint32 *word, guint32 value)
{
  syscall (SYS_futex, (void *) word, FUTEX_WAIT, value, NULL, NULL, 0);
}

/**
 * heddle_futex_wait_for:
 * @nanoseconds: how long at most
 *
 * As heddle_futex_wait(), for some time.
 *
 * Returns: FALSE if that time has passed
 */
gboolean
heddle_futex_wait_for (_Atomic guint32 *word, guint32 value, gint64 nanoseconds)
{
  struct timespec time = heddle_timespec (nanoseconds);

  return syscall (SYS_futex, (void *) word, FUTEX_WAIT, value, &time, NULL, 0) == 0
    || errno != ETIMEDOUT;
}

/**
 * heddle_futex_wait_until:
 * @deadline: CLOCK_MONOTONIC nanoseconds
 *
 * As heddle_futex_wait(), until a moment.
 *
 * Returns: FALSE if that moment has come
 */
gboolean
heddle_futex_wait_until (const _Atomic guint32 *word, guint32 value, gint64 deadline)
{
  struct timespec time = heddle_timespec (deadline);

  return syscall (SYS_futex, (const void *) word, FUTEX_WAIT_BITSET, value, &time, NULL,
                  FUTEX_BITSET_MATCH_ANY)
    == 0
    || errno != ETIMEDOUT;
}

/**
 * heddle_futex_wake:
 * @word: a word, which has been changed
 * @n: how many
 *
 * Wakes up to @n of those that wait on @word, in any process.
 */
void
heddle_futex_wake (_Atomic guint32 *word, int n)
{
  syscall (SYS_futex, (void *) word, FUTEX_WAKE, n, NULL, NULL, 0);
}

/**
 * heddle_cond_init:
 *
 * Makes a condition whose waits end by CLOCK_MONOTONIC, which nobody sets.
 */
void
heddle_cond_init (pthread_cond_t *cond)
{
  pthread_condattr_t attributes;

  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (cond, &attributes);
  pthread_condattr_destroy (&attributes);
}

/**
 * heddle_cond_wait_until:
 * @cond: of heddle_cond_init()
 * @mutex: held
 * @deadline: CLOCK_MONOTONIC nanoseconds; G_MAXINT64: none
 *
 * Returns: FALSE if that moment has come
 */
gboolean
heddle_cond_wait_until (pthread_cond_t *cond, pthread_mutex_t *mutex, gint64 deadline)
{
  struct timespec time = heddle_timespec (deadline);

  return (deadline == G_MAXINT64 ? pthread_cond_wait (cond, mutex)
                                 : pthread_cond_timedwait (cond, mutex, &time))
    == 0;
}
