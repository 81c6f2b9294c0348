/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/run/monitor/chip-strip.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

void  heddle_queue_strip_show      (HeddleChipStrip         *strip,
                                    const HeddleRunSnapshot *snapshot);
char *heddle_queue_strip_dup_count (const HeddleRunSnapshot *snapshot);

G_END_DECLS
