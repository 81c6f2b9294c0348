/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/collect/collector-private.h"

G_BEGIN_DECLS

gboolean heddle_validate_event (HeddleCollector *self, HeddleSlot *slot, const HeddleEvent *event,
                                const char *payload);
gboolean heddle_validate_ended (const HeddleSlot *slot, guint64 n_ended);

G_END_DECLS
