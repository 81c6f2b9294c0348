/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "trace/event.h"

G_BEGIN_DECLS

/*
 * The ring: how a worker reports what it does.
 *
 * One per worker, one writer (the worker), one reader at a time (the thread that holds the
 * collector's lock). It lies in memory that the caller provides, private or shared between
 * processes, and holds no pointer and no lock, so a writer that is killed at any instruction leaves
 * a ring that can be read to its last published event. Recording is a store into a slot; publishing
 * is one store-release of the head. The writer keeps head and a cached tail in its own memory, the
 * reader keeps tail and a cached head: each side touches the other's cache line only when its
 * cached copy says full or empty. The reader trusts nothing it reads from the ring but
 * bounds-checks it: a broken writer is an error, not a crash.
 */

struct _HeddleRing {
  guint32 capacity; /* slots, a power of two; written once by heddle_ring_init() */
  guint32 pad0;
  guint8 pad1[56];
  /* writer stores (release), reader loads (acquire): slots published so far */
  _Atomic guint64 head;
  _Atomic guint64 dropped; /* writer adds (relaxed), reader loads: detail events given up */
  guint8 pad2[48];
  /* reader stores (release), writer loads (acquire): slots read so far; a futex */
  _Atomic guint64 tail;
  /* writer stores 1 before it sleeps until the tail moves, reader loads: a wake-up is due */
  _Atomic guint32 writer_waits;
  guint8 pad3[52];
  HeddleEvent slots[];
};

/* Called by the writer when the ring is half full and when it has to wait: must wake the reader,
 * must not block. */
typedef void (*HeddleRingKick) (gpointer data);

struct _HeddleRingWriter {
  HeddleRing *ring;
  guint64 head;       /* next slot to write; may be ahead of ring->head */
  guint64 tail_cache; /* last tail seen */
  guint64 kicked_at;  /* head at the last kick */
  guint32 mask;
  HeddleRingKick kick;
  gpointer kick_data;
};

struct _HeddleRingReader {
  HeddleRing *ring;
  guint64 tail;
  guint64 head_cache;
  guint32 mask;
  gboolean broken; /* what was read made no sense; nothing more is read */
};

gsize heddle_ring_bytes (guint capacity);
HeddleRing *heddle_ring_init (gpointer memory, guint capacity);

void heddle_ring_writer_init (HeddleRingWriter *writer, HeddleRing *ring, HeddleRingKick kick,
                              gpointer data);
void heddle_ring_reserve_slow (HeddleRingWriter *writer, guint n_slots);
void heddle_ring_put_text (HeddleRingWriter *writer, HeddleEventType type, guint64 id,
                           const char *text, gsize length);
gboolean heddle_ring_has_room (HeddleRingWriter *writer, guint n_slots);
gboolean heddle_ring_put_detail (HeddleRingWriter *writer, guint64 time, guint64 word);

void heddle_ring_reader_init (HeddleRingReader *reader, HeddleRing *ring, guint capacity);
guint heddle_ring_count_unread (HeddleRingReader *reader);
gboolean heddle_ring_read (HeddleRingReader *reader, HeddleEvent *event, char *payload);
guint heddle_ring_read_plain (HeddleRingReader *reader, HeddleEvent *events, guint max);
void heddle_ring_release (HeddleRingReader *reader);
guint64 heddle_ring_dropped (HeddleRingReader *reader);

/* So many slots ahead of the head their cache lines, which the reader has read last, are asked for:
 * by the time they are written they are here. */
#define HEDDLE_RING_AHEAD 32

static inline void
heddle_ring_fetch (HeddleEvent *slot)
{
#if defined(__x86_64__)
  /* __builtin_prefetch() would fetch it for reading only, unless compiled for newer processors;
   * older ones take this for nothing */
  __asm__ volatile ("prefetchw %0" : : "m" (*slot));
#else
  __builtin_prefetch (slot, 1);
#endif
}

/**
 * heddle_ring_seems_full:
 *
 * Returns: whether there were fewer than @n_slots free slots when the writer looked last. Writer's
 *   thread only.
 */
static inline gboolean
heddle_ring_seems_full (const HeddleRingWriter *writer, guint n_slots)
{
  return writer->head - writer->tail_cache + n_slots > (guint64) writer->mask + 1;
}

/**
 * heddle_ring_put:
 *
 * Records one event; waits for the reader if the ring is full. Writer's thread only. Not visible to
 * the reader until heddle_ring_publish().
 */
static inline void
heddle_ring_put (HeddleRingWriter *writer, guint64 time, guint64 word)
{
  HeddleEvent *slot;

  if (G_UNLIKELY (writer->head - writer->tail_cache > writer->mask))
    heddle_ring_reserve_slow (writer, 1);
  heddle_ring_fetch (&writer->ring->slots[(writer->head + HEDDLE_RING_AHEAD) & writer->mask]);
  slot = &writer->ring->slots[writer->head & writer->mask];
  slot->time = time;
  slot->word = word;
  writer->head++;
}

/**
 * heddle_ring_publish:
 *
 * Makes all events recorded so far visible to the reader; kicks the reader when half of the ring is
 * unread. Writer's thread only.
 */
static inline void
heddle_ring_publish (HeddleRingWriter *writer)
{
  /* release: the slots are written before the reader sees the new head */
  atomic_store_explicit (&writer->ring->head, writer->head, memory_order_release);
  if (G_UNLIKELY (writer->head - writer->kicked_at > (writer->mask >> 1)))
    {
      writer->kicked_at = writer->head;
      if (writer->kick != NULL)
        writer->kick (writer->kick_data);
    }
}

G_END_DECLS
