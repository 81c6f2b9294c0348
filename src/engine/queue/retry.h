/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/queue/queue.h"

G_BEGIN_DECLS

/*
 * Tasks that wait for their next attempt, the next one due first. They stand in no queue and with
 * no worker, so nobody waits with them. Not thread-safe: the collector's, under its lock.
 */
/* From here on the producer waits: bounds the list even if every task fails. */
#define HEDDLE_RETRIES_MAX 100000

HeddleRetries *heddle_retries_new (void);
void heddle_retries_free (HeddleRetries *self);
void heddle_retries_add (HeddleRetries *self, const HeddleItem *item, gint64 due_ns);
guint heddle_retries_get_length (const HeddleRetries *self);
gint64 heddle_retries_get_due (const HeddleRetries *self);
gint64 heddle_retries_peek (const HeddleRetries *self, guint nth_waiting, HeddleItem *item);
gboolean heddle_retries_take (HeddleRetries *self, gint64 now_ns, HeddleItem *item);

G_END_DECLS
