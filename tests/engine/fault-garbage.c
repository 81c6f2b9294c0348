/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fault-garbage.h"

#include <stddef.h>
#include <string.h>

/* What a broken program may write into the memory that it shares with the host: every field, with
 * what hurts most, and all of it at random. */

#define FIELD(name) { offsetof (HeddleSegmentMap, name), sizeof ((HeddleSegmentMap *) NULL)->name }

static const struct {
  gsize offset;
  gsize size;
} fields[] = {
  FIELD (magic),       FIELD (protocol),    FIELD (line_bytes),    FIELD (line_offset),
  FIELD (ring_offset), FIELD (total_bytes), FIELD (ring_capacity), FIELD (host_pid),
  FIELD (worker),      FIELD (version),     FIELD (clock),         FIELD (head),
  FIELD (assigned),    FIELD (wake_at),     FIELD (paused),        FIELD (cancel),
  FIELD (doorbell),    FIELD (quit),        FIELD (tail),          FIELD (ended),
  FIELD (task_ticks),  FIELD (asleep),      FIELD (state),         FIELD (tid),
  FIELD (error),
};

static guint64
next (guint64 *state)
{
  /* xorshift64 */
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static void
fill (guint8 *bytes, gsize length, guint64 *state)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (next (state) >> 32);
}

/* Numbers at the edges, and any other. */
static guint64
pick_number (guint64 *state)
{
  static const guint64 edges[] = { 0,
                                   1,
                                   2,
                                   31,
                                   32,
                                   4095,
                                   4096,
                                   65535,
                                   65536,
                                   G_MAXINT32,
                                   G_MAXUINT32,
                                   G_MAXINT64,
                                   (guint64) G_MAXINT64 + 1,
                                   G_MAXUINT64 - 1,
                                   G_MAXUINT64 };
  guint64 nth = next (state) % (G_N_ELEMENTS (edges) + 3);

  if (nth < G_N_ELEMENTS (edges))
    return edges[nth];
  return next (state) >> (next (state) % 64);
}

static void
spoil_field (guint8 *base, gsize size, guint64 *state)
{
  guint64 number = pick_number (state);

  fill (base, size, state);
  if (next (state) % 4 != 0)
    memcpy (base, &number, MIN (size, sizeof number));
}

static void
spoil_ring (HeddleSegment *segment, guint64 *state)
{
  HeddleRing *ring = segment->ring;
  guint64 head = atomic_load (&ring->head);
  guint64 n = next (state) % segment->ring_capacity;

  for (guint64 i = 0; i < n; i++)
    {
      HeddleEvent *slot = &ring->slots[(head + i) % segment->ring_capacity];

      slot->time = pick_number (state);
      slot->word = heddle_event_word ((HeddleEventType) (next (state) % 16), (guint) next (state),
                                      next (state) % 64);
    }
  atomic_store (&ring->head, next (state) % 4 == 0 ? pick_number (state) : head + n);
  if (next (state) % 4 == 0)
    atomic_store (&ring->tail, pick_number (state));
  if (next (state) % 4 == 0)
    ring->capacity = (guint32) pick_number (state);
  if (next (state) % 4 == 0)
    atomic_store (&ring->dropped, pick_number (state));
}

/* Spoils the segment, as the seed has it: single fields, the ring, or everything. */
void
fault_scatter_garbage (HeddleSegment *segment, guint64 seed)
{
  guint64 state = (seed + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  guint64 kind = next (&state) % 8;

  if (kind == 0)
    fill ((guint8 *) segment->map, segment->bytes, &state);
  if (kind >= 1 && kind <= 3)
    spoil_ring (segment, &state);
  if (kind >= 3)
    for (guint64 n = next (&state) % 6; n <= 6; n++)
      {
        gsize nth = next (&state) % G_N_ELEMENTS (fields);

        spoil_field ((guint8 *) segment->map + fields[nth].offset, fields[nth].size, &state);
      }
}

static void
spoil_directory (HeddleArena *arena, guint n_objects, guint64 *state)
{
  HeddleSharedObject *object = &arena->objects[next (state) % n_objects];

  switch (next (state) % 7)
    {
    case 0: arena->magic = pick_number (state); break;
    case 1: arena->size = pick_number (state); break;
    case 2: arena->n_objects = (guint32) pick_number (state); break;
    case 3: object->offset = pick_number (state); break;
    case 4: object->size = pick_number (state); break;
    case 5: object->kind = (guint32) pick_number (state); break;
    default: fill ((guint8 *) object->name, sizeof object->name, state); break;
    }
}

/* Spoils what the tasks share, as the seed has it: where things lie, who waits for what, the things
 * themselves, or everything. */
void
fault_scatter_over_arena (HeddleShared *shared, guint64 seed)
{
  guint64 state = (seed + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  guint8 *bytes = (guint8 *) shared->arena;
  gsize first = shared->objects[0].offset;
  guint64 kind = next (&state) % 8;

  if (kind == 0)
    fill (bytes, shared->bytes, &state);
  if (kind == 1 || kind == 2)
    spoil_directory (shared->arena, shared->n_objects, &state);
  if (kind >= 2)
    for (guint64 n = next (&state) % 40; n <= 40; n++)
      spoil_field (bytes + first + next (&state) % (shared->bytes - first - 8),
                   1 + next (&state) % 8, &state);
  if (kind >= 3)
    for (guint worker = 1; worker <= 4; worker++)
      atomic_store (&shared->arena->waiters[worker].waits,
                    next (&state) << 32 | next (&state) % (shared->n_objects + 2));
}
