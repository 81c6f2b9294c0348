/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trace/types.h"

static const char *const names[HEDDLE_N_TASK_STATES] = { "queued", "running",   "done",
                                                         "failed", "cancelled", "lost" };

/**
 * heddle_task_state_name:
 * @state: a state; anything else is answered with "unknown"
 *
 * The word of @state as it stands in exports, never translated. Any thread.
 *
 * Returns: (transfer none): "done", for example
 */
const char *
heddle_task_state_name (HeddleTaskState state)
{
  return (guint) state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}
