/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/skipped.h"
#include "engine/model/types.h"

G_BEGIN_DECLS

/* For produce(), which returns TRUE at once when one of these returns FALSE: the run is stopped. */
gboolean heddle_producer_submit (HeddleProducer *self, const char *input, gssize length);
gboolean heddle_producer_submit_range (HeddleProducer *self, guint64 count);
void heddle_producer_set_total (HeddleProducer *self, guint64 total);
void heddle_producer_skip (HeddleProducer *self, HeddleSkipped kind);
gboolean heddle_producer_is_stopped (HeddleProducer *self);

G_END_DECLS
