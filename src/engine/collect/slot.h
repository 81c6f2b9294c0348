/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "engine/model/types.h"

G_BEGIN_DECLS

/* A worker slot: the number, the ring and the lane of one worker of a run. One worker after another
 * may occupy it. A pool gets its slots from heddle_collector_add_slot() and names workers to the
 * collector by them; what a pool and the collector exchange without a lock is here. */

guint heddle_slot_get_number (const HeddleSlot *self);

/* What a worker process was assigned, by which the collector checks what it says it has started. */
void heddle_slot_assign (HeddleSlot *self, const HeddleItem *item);
void heddle_slot_publish_assigned (HeddleSlot *self);
void heddle_slot_clear_assigned (HeddleSlot *self);
void heddle_slot_report_ended (HeddleSlot *self, guint64 n_ended);

/* How the collector asks for the end of a task, and the pool says what it does about it. */
const _Atomic guint32 *heddle_slot_get_cancel (const HeddleSlot *self);
guint64 heddle_slot_get_overdue (const HeddleSlot *self);
void heddle_slot_end_for (HeddleSlot *self, guint64 nth);

G_END_DECLS
