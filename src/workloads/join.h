/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/workload.h"

G_BEGIN_DECLS

#define HEDDLE_JOIN_MAX 100

/*
 * Waiting for single tasks, as join() does. Each task holds a lock of its own for as long as it lives, and who wants to join it takes that
 * lock: locks are handed on when their holder dies, so a task that was killed is joined like one that has returned.
 */
typedef struct {
  guint n;
  HeddleFlag *started[HEDDLE_JOIN_MAX];
  HeddleMutex *alive[HEDDLE_JOIN_MAX];
} HeddleJoin;

void heddle_join_share (HeddleJoin *self, HeddleShared *shared, guint n);
gboolean heddle_join_begin (const HeddleJoin *self, guint nth, HeddleTask *task);
void heddle_join_end (const HeddleJoin *self, guint nth, HeddleTask *task);
gboolean heddle_join_wait (const HeddleJoin *self, guint nth, HeddleTask *task);

G_END_DECLS
