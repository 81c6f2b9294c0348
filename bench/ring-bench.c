/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What it costs to record one event, and to take it out of the ring again. Prints the best of some
 * rounds, as the machine may be busy with other things. The ring is drained between the timed
 * parts, so nothing waits in them.
 */
#include "config.h"

#include <stdio.h>

#include "trace/clock.h"
#include "trace/ring.h"

#define CAPACITY 65536
#define N_EVENTS (CAPACITY - 16)
#define ROUNDS 200

typedef struct {
  double clock;   /* nanoseconds each */
  double put;     /* with a time that is there already */
  double put_publish;
  double stamped; /* clock, put and publish */
  double drain;
} Costs;

static guint64 sink;

static void
drain (HeddleRingReader *reader)
{
  HeddleEvent event;

  while (heddle_ring_read (reader, &event, NULL))
    sink += event.time;
  heddle_ring_release (reader);
}

static double
since (gint64 begin)
{
  return (double) (heddle_clock_monotonic_ns () - begin) / N_EVENTS;
}

static void
keep_best (double *best, double cost)
{
  if (*best == 0 || cost < *best)
    *best = cost;
}

static void
measure_round (HeddleRingWriter *writer, HeddleRingReader *reader, Costs *best)
{
  gint64 begin = heddle_clock_monotonic_ns ();

  for (guint i = 0; i < N_EVENTS; i++)
    sink += heddle_clock_ticks ();
  keep_best (&best->clock, since (begin));

  begin = heddle_clock_monotonic_ns ();
  for (guint i = 0; i < N_EVENTS; i++)
    heddle_ring_put (writer, i, heddle_event_word (HEDDLE_EVENT_TASK_NEXT, HEDDLE_TASK_DONE, i));
  keep_best (&best->put, since (begin));
  heddle_ring_publish (writer);
  drain (reader);

  begin = heddle_clock_monotonic_ns ();
  for (guint i = 0; i < N_EVENTS; i++)
    {
      heddle_ring_put (writer, i, heddle_event_word (HEDDLE_EVENT_TASK_NEXT, HEDDLE_TASK_DONE, i));
      heddle_ring_publish (writer);
    }
  keep_best (&best->put_publish, since (begin));
  drain (reader);

  begin = heddle_clock_monotonic_ns ();
  for (guint i = 0; i < N_EVENTS; i++)
    {
      heddle_ring_put (writer, heddle_clock_ticks (),
                       heddle_event_word (HEDDLE_EVENT_TASK_NEXT, HEDDLE_TASK_DONE, i));
      heddle_ring_publish (writer);
    }
  keep_best (&best->stamped, since (begin));

  begin = heddle_clock_monotonic_ns ();
  drain (reader);
  keep_best (&best->drain, since (begin));
}

int
main (void)
{
  gpointer memory = g_aligned_alloc0 (1, heddle_ring_bytes (CAPACITY), 64);
  HeddleRingWriter writer;
  HeddleRingReader reader;
  Costs best = { 0 };

  heddle_clock_init ();
  heddle_ring_writer_init (&writer, heddle_ring_init (memory, CAPACITY), NULL, NULL);
  heddle_ring_reader_init (&reader, writer.ring, CAPACITY);
  for (guint i = 0; i < ROUNDS; i++)
    measure_round (&writer, &reader, &best);
  printf ("clock: %s\n", heddle_clock.tsc ? "the processor's counter" : "CLOCK_MONOTONIC");
  printf ("%-34s %6.1f ns\n", "read the clock", best.clock);
  printf ("%-34s %6.1f ns\n", "record, time given", best.put);
  printf ("%-34s %6.1f ns\n", "record and publish, time given", best.put_publish);
  printf ("%-34s %6.1f ns\n", "read the clock, record, publish", best.stamped);
  printf ("%-34s %6.1f ns\n", "read by the collector", best.drain);
  g_aligned_free (memory);
  return sink == 1; /* so that it is used */
}
