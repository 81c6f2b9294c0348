/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/results.h"

G_BEGIN_DECLS

/* Rows on their way from the rings to whoever wants to see them, put into the order in which their
 * tasks finished. Guarded by its owner: the collector's lock. */
typedef struct _HeddleFinishOrder HeddleFinishOrder;

HeddleFinishOrder *heddle_finish_order_new (void);
void heddle_finish_order_free (HeddleFinishOrder *self);
void heddle_finish_order_add (HeddleFinishOrder *self, const HeddleRow *row);
void heddle_finish_order_hand_out (HeddleFinishOrder *self, gint64 until_ns,
                                   void (*hand_out) (const HeddleRow *row, gpointer data),
                                   gpointer data);
gsize heddle_finish_order_get_bytes (const HeddleFinishOrder *self);
guint heddle_finish_order_get_length (const HeddleFinishOrder *self);

G_END_DECLS
