/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* How far a run is: a bar, per cent, and the counts in words. */
#define HEDDLE_TYPE_RUN_PROGRESS (heddle_run_progress_get_type ())
G_DECLARE_FINAL_TYPE (HeddleRunProgress, heddle_run_progress, HEDDLE, RUN_PROGRESS, HeddleContainer)

void heddle_run_progress_set_snapshot (HeddleRunProgress *self, const HeddleRunSnapshot *snapshot,
                                       guint64 planned);
void heddle_run_progress_show_text (HeddleRunProgress *self, const char *text);
char *heddle_run_progress_describe (const HeddleRunSnapshot *snapshot, guint64 planned);
const char *heddle_run_progress_name_state (const HeddleRunSnapshot *snapshot, guint64 planned);

G_END_DECLS
