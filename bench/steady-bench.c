/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * How steadily the machine itself runs: a fixed piece of work, ten times a second, and how much
 * longer than at best it takes. On a virtual machine whose host is busy that can be several times
 * as long, and no program can answer faster than its processor runs.
 *
 *   steady-bench [SECONDS]
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <glib.h>

#define ROUNDS 1700000
#define PERIOD_NS 80000000

static gint64
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static gint64
work (void)
{
  gint64 begin = cpu_time ();
  volatile guint sum = 0;

  for (guint i = 0; i < ROUNDS; i++)
    sum += i;
  return cpu_time () - begin;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
  guint n = 12 * (guint) MAX (argc > 1 ? atoi (argv[1]) : 5, 1), n_slow = 0;
  g_autofree gint64 *taken = g_new (gint64, n);

  for (guint i = 0; i < n; i++)
    {
      nanosleep (&(struct timespec) { .tv_nsec = PERIOD_NS }, NULL);
      taken[i] = work ();
    }
  qsort (taken, n, sizeof *taken, compare);
  for (guint i = 0; i < n; i++)
    n_slow += taken[i] > 3 * taken[0];
  printf (
    "machine: a piece of work takes %.2f ms of processor time at best, %.2f ms in the middle, %.2f ms at most; over three times the best in %u of %u\n",
    (double) taken[0] / 1e6, (double) taken[n / 2] / 1e6, (double) taken[n - 1] / 1e6, n_slow, n);
  return 0;
}
