/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"
#include "engine/sync/shared.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_WATCH_ROW (heddle_watch_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddleWatchRow, heddle_watch_row, HEDDLE, WATCH_ROW, HeddleContainer)

void       heddle_watch_row_set (HeddleWatchRow    *self,
                                 const HeddleWatch *watch);
gboolean   heddle_watch_row_is_number (HeddleWatchRow *self);

G_END_DECLS
