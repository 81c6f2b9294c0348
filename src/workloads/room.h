/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"
#include "engine/sync/shared.h"

G_BEGIN_DECLS

#define HEDDLE_ROOM_MAX 64 /* tasks */

/*
 * How many tasks are inside, and how many were at most: counted right even if nothing keeps them
 * apart, or a worker dies inside. One word has a bit for each task that is inside, so entering and
 * counting are one step.
 */
typedef struct {
  gpointer cell;
  HeddleValue *inside;
  HeddleValue *most; /* NULL: not told */
} HeddleRoom;

void heddle_room_share (HeddleRoom *self, HeddleShared *shared, const char *inside,
                        const char *most);
gboolean heddle_room_come_again (HeddleRoom *self, HeddleTask *task);
guint heddle_room_enter (HeddleRoom *self, HeddleTask *task);
void heddle_room_leave (HeddleRoom *self, HeddleTask *task);
void heddle_room_clear (HeddleRoom *self);
guint heddle_room_count (HeddleRoom *self);
guint heddle_room_get_most (HeddleRoom *self, guint *n_died);

G_END_DECLS
