/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/*
 * Names the source that a run has the scheduling states of its tasks from, and what was lost of
 * it. Pressed, it tells what that source shows, what it does not, and how the better one could be
 * had. Not visible while there is nothing to tell. Main loop only.
 */
#define HEDDLE_TYPE_STATES_BUTTON (heddle_states_button_get_type ())
G_DECLARE_FINAL_TYPE (HeddleStatesButton, heddle_states_button, HEDDLE, STATES_BUTTON,
                      HeddleContainer)

void heddle_states_button_set_run (HeddleStatesButton *self, HeddleRun *run);
void heddle_states_button_update (HeddleStatesButton *self, const HeddleRunSnapshot *snapshot);

G_END_DECLS
