/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/sync/shared-private.h"
#include "engine/worker/segment.h"

G_BEGIN_DECLS

void fault_scatter_garbage (HeddleSegment *segment, guint64 seed);
void fault_scatter_over_arena (HeddleShared *shared, guint64 seed);

G_END_DECLS
