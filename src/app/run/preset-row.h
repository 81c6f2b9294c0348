/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/model/preset.h"

G_BEGIN_DECLS

/*
 * Settings of a workload that are worth trying, as a row of buttons; not visible where there are
 * none. Signal "chosen" (pointer): the HeddlePresetValues that was clicked, valid during the
 * signal.
 */
#define HEDDLE_TYPE_PRESET_ROW (heddle_preset_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddlePresetRow, heddle_preset_row, HEDDLE, PRESET_ROW, HeddleContainer)

void heddle_preset_row_set_workload (HeddlePresetRow         *self,
                                  const HeddleWorkload *workload);

G_END_DECLS
