/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"
#include "engine/sync/shared.h"

G_BEGIN_DECLS

#define HEDDLE_JOIN_MAX 100

/*
 * The notes' programs that start some tasks and join them: tasks 1 to n, which the notes count
 * from 0, and the main program, which is the task after them.
 *
 * Each task holds a lock of its own for as long as it lives, and the main program joins it by
 * taking that lock: when the holder of a lock dies, the lock is handed on, so a task that was
 * killed is joined like one that has returned. First in the data of a workload.
 */
typedef struct {
  guint n;
  gint64 wait_ns; /* how long each task sleeps */
  HeddleFlag *started[HEDDLE_JOIN_MAX];
  HeddleMutex *alive[HEDDLE_JOIN_MAX];
} HeddleJoin;

gboolean heddle_join_share (gpointer data, HeddleShared *shared, GError **error);
gboolean heddle_join_produce (gpointer data, HeddleProducer *producer, GError **error);
gboolean heddle_join_is_main (const HeddleJoin *self, guint64 id);
void heddle_join_label (gpointer data, guint64 id, char *buffer, gsize size);
gboolean heddle_join_begin (const HeddleJoin *self, guint nth, HeddleTask *task);
void heddle_join_end (const HeddleJoin *self, guint nth, HeddleTask *task);
gboolean heddle_join_wait_all (const HeddleJoin *self, HeddleTask *task);

G_END_DECLS
