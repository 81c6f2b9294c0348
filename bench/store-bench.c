/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What the lane store costs, as one line of JSON: memory of a span, time to add one, time to sum
 * a cell up and to find a span.
 *
 *   store-bench MIX [SPANS] [LANES]     names of mixes: see below
 *
 * Spans are tasks, and what lies beside them: stretches of states, where every switch is known.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/clock.h"
#include "trace/lane-store.h"

#define CELLS 1000
#define READS 200
#define N_RANDOM 65521

typedef struct {
  const char *name;
  gint64 length_ns;        /* of a task, mean */
  double idle;             /* between two tasks, in lengths */
  HeddleStatesSource states;
  guint switches;          /* of each task, of exact states */
} Mix;

static const Mix mixes[] = {
  { "sequences", 1000, 0, HEDDLE_STATES_NONE, 0 },
  { "short", 100000, 0.1, HEDDLE_STATES_NONE, 0 },
  { "short-counted", 200000, 0.1, HEDDLE_STATES_COUNTED, 0 },
  { "short-exact", 200000, 0.1, HEDDLE_STATES_EXACT, 2 },
  { "long", 200000000, 0.1, HEDDLE_STATES_NONE, 0 },
  { "long-counted", 200000000, 0.1, HEDDLE_STATES_COUNTED, 0 },
  { "long-exact", 200000000, 0.1, HEDDLE_STATES_EXACT, 20 },
};

/* Drawn before anything is measured. */
static double uniform[N_RANDOM], exponential[N_RANDOM];
static guint next_random;

static void
draw_numbers (void)
{
  GRand *generator = g_rand_new_with_seed (1);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      uniform[i] = g_rand_double (generator);
      exponential[i] = -log (1 - g_rand_double (generator));
    }
  g_rand_free (generator);
}

static gint64
random_share (gint64 of)
{
  return (gint64) (uniform[next_random++ % N_RANDOM] * (double) of);
}

/* Mostly short, now and then long, as times are. */
static gint64
random_length (double mean)
{
  return (gint64) (exponential[next_random++ % N_RANDOM] * mean);
}

/* On a CPU, ready, blocked, over and over. */
static guint
add_states (HeddleLaneStore *store, guint lane, const Mix *mix, gint64 begin, gint64 end)
{
  gint64 part = (end - begin) / mix->switches;

  for (guint i = 0; i < mix->switches; i++, begin += part)
    {
      heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_ON_CPU, begin, begin + part / 2,
                                        0);
      heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_READY, begin + part / 2,
                                        begin + part / 4 * 3, 0);
    }
  return 2 * mix->switches;
}

/* Returns how many spans were added. */
static guint
add_task (HeddleLaneStore *store, guint lane, const Mix *mix, guint64 id, gint64 *time)
{
  HeddleTaskTimes times = { .known = mix->states == HEDDLE_STATES_COUNTED };
  gint64 length = random_length ((double) mix->length_ns);
  gint64 begin = *time + random_length ((double) mix->length_ns * mix->idle);

  times.on_cpu_ns = random_share (length);
  times.ready_ns = random_share (length - times.on_cpu_ns);
  heddle_lane_store_open_locked (store, lane, id, begin, 0);
  *time = begin + length;
  heddle_lane_store_close_locked (store, lane, *time, HEDDLE_TASK_DONE, &times);
  if (mix->states != HEDDLE_STATES_EXACT)
    return 1;
  heddle_lane_store_stretch_locked (store, lane, HEDDLE_FOLD_KNOWN, begin, *time, 0);
  return 1 + add_states (store, lane, mix, begin, *time);
}

/* Lanes in turns. Returns how long it took; in @n how many spans there are. */
static gint64
fill (HeddleLaneStore *store, const Mix *mix, guint n_lanes, guint64 wanted, gint64 *times,
      guint64 *n)
{
  gint64 began;

  for (guint i = 0; i < n_lanes; i++)
    {
      heddle_lane_store_add_lane (store, "lane");
      times[i] = 1000000000;
    }
  began = heddle_clock_thread_cpu_ns ();
  for (guint64 id = 0; *n < wanted;)
    {
      heddle_lane_store_lock (store);
      for (guint i = 0; i < n_lanes; i++)
        *n += add_task (store, i, mix, id++, &times[i]);
      heddle_lane_store_unlock (store);
    }
  return heddle_clock_thread_cpu_ns () - began;
}

/* Time of a cell, in views as wide as all, and down to a thousandth of it. */
static double
measure_cells (HeddleLaneStore *store, guint n_lanes, const gint64 *times)
{
  static HeddleLaneCell cells[CELLS];
  gint64 began = heddle_clock_thread_cpu_ns ();

  for (guint i = 0; i < READS; i++)
    {
      guint lane = i % n_lanes;
      gint64 width = times[lane] >> i % 10;
      gint64 begin = random_share (times[lane] - width);

      heddle_lane_store_get_cells (store, lane, begin, begin + width, cells, CELLS);
    }
  return (double) (heddle_clock_thread_cpu_ns () - began) / READS / CELLS;
}

static double
measure_finding (HeddleLaneStore *store, guint n_lanes, const gint64 *times)
{
  gint64 began = heddle_clock_thread_cpu_ns ();
  HeddleSpan span;

  for (guint i = 0; i < READS * 100; i++)
    heddle_lane_store_find_span (store, i % n_lanes, random_share (times[i % n_lanes]), &span);
  return (double) (heddle_clock_thread_cpu_ns () - began) / READS / 100;
}

int
main (int argc, char **argv)
{
  guint64 wanted = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 1000000, n = 0;
  guint n_lanes = argc > 3 ? (guint) atoi (argv[3]) : 8;
  HeddleLaneStore *store = heddle_lane_store_new ((gsize) 1 << 36);
  g_autofree gint64 *times = g_new0 (gint64, n_lanes);
  const Mix *mix = NULL;
  gint64 add_ns;

  for (guint i = 0; i < G_N_ELEMENTS (mixes); i++)
    if (argc > 1 && g_str_equal (argv[1], mixes[i].name))
      mix = &mixes[i];
  if (mix == NULL)
    {
      g_printerr ("usage: store-bench MIX [SPANS] [LANES]\n");
      return 2;
    }
  heddle_clock_init ();
  draw_numbers ();
  add_ns = fill (store, mix, n_lanes, wanted, times, &n);
  printf ("{\"bytes\": %.2f, \"add_ns\": %.1f, \"cell_ns\": %.1f, \"find_ns\": %.1f}\n",
          (double) heddle_lane_store_get_totals (store).bytes / (double) n,
          (double) add_ns / (double) n, measure_cells (store, n_lanes, times),
          measure_finding (store, n_lanes, times));
  heddle_lane_store_unref (store);
  return 0;
}
