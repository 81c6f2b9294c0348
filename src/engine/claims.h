/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run-private.h"

G_BEGIN_DECLS

gboolean heddle_claim_is_possible (HeddleCollector *self, HeddleSlot *slot, const HeddleEvent *event, const char *payload);
gboolean heddle_claim_of_ends_is_possible (const HeddleSlot *slot, guint64 n_ended);

G_END_DECLS
