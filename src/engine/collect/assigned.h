/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/model/types.h"

G_BEGIN_DECLS

/*
 * Which tasks a worker process was given, in order: the host's own list, kept outside of the memory
 * that the worker can write. What a worker says it has started has to be the next one of it, so a
 * broken worker can neither end the task of another one nor end one twice.
 *
 * One writer, under the pool's lock; one reader, under the collector's lock. There is no lock in
 * it: both sides pass over every task.
 */

typedef struct {
  guint64 id; /* of the first */
  guint32 count;
  guint32 attempt;
} HeddleAssignedTasks;

#define HEDDLE_ASSIGNED_CHUNK 255

typedef struct _HeddleAssignedChunk HeddleAssignedChunk;
struct _HeddleAssignedChunk {
  HeddleAssignedTasks tasks[HEDDLE_ASSIGNED_CHUNK];
  HeddleAssignedChunk *next; /* written before an entry of that chunk is shown */
};

typedef struct {
  /* writer */
  HeddleAssignedChunk *last;
  guint n_in_last;
  guint64 n_written; /* entries, the one that may still grow counted */

  /* writer stores (release), reader loads (acquire): entries that may be read */
  _Atomic guint64 n_shown;

  /* reader */
  HeddleAssignedChunk *first;
  guint at;           /* in first */
  guint64 n_read;     /* entries */
  HeddleAssignedTasks now; /* what is left of the entry that was read last */
} HeddleAssigned;

void heddle_assigned_init (HeddleAssigned *self);
void heddle_assigned_clear (HeddleAssigned *self);
void heddle_assigned_add (HeddleAssigned *self, guint64 id, guint32 count, guint32 attempt);
void heddle_assigned_show (HeddleAssigned *self);
gboolean heddle_assigned_read_slow (HeddleAssigned *self);

/**
 * heddle_assigned_peek:
 *
 * Returns: (transfer none) (nullable): the next task that the worker may start; its count is not
 * for the caller. Reader.
 */
static inline const HeddleAssignedTasks *
heddle_assigned_peek (HeddleAssigned *self)
{
  return G_LIKELY (self->now.count > 0) || heddle_assigned_read_slow (self) ? &self->now : NULL;
}

/**
 * heddle_assigned_pass:
 *
 * The worker has started, or skipped, the task that heddle_assigned_peek() returned. Reader.
 */
static inline void
heddle_assigned_pass (HeddleAssigned *self)
{
  self->now.id++;
  self->now.count--;
}

G_END_DECLS
