/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/launch.h"
#include "app/widgets/container/container.h"
#include "engine/model/preset.h"
#include "engine/run/diagnosis.h"

G_BEGIN_DECLS

/*
 * How a workload is run: backend, workers, queue and the workload's own parameters.
 * Signal "workers-changed" (uint): the user wants so many workers, now if a run is going on.
 * Signal "backend-changed": another backend is chosen, whoever chose it.
 */
#define HEDDLE_TYPE_RUN_CONTROLS (heddle_run_controls_get_type ())
G_DECLARE_FINAL_TYPE (HeddleRunControls, heddle_run_controls, HEDDLE, RUN_CONTROLS,
                      HeddleContainer)

void heddle_run_controls_set_workload (HeddleRunControls *self, const HeddleWorkload *workload);
void heddle_run_controls_set_active (HeddleRunControls *self, gboolean active);
HeddleBackend heddle_run_controls_get_backend (HeddleRunControls *self);
void heddle_run_controls_launch (HeddleRunControls *self, const HeddleLaunch *launch);
void heddle_run_controls_set_param (HeddleRunControls *self, const char *name, const char *value);
void heddle_run_controls_apply (HeddleRunControls *self, const HeddlePresetValues *preset);
void heddle_run_controls_cure (HeddleRunControls *self, const HeddleVerdict *verdict);
HeddleSettings *heddle_run_controls_dup_settings (HeddleRunControls *self, GError **error);
void heddle_run_controls_get_options (HeddleRunControls *self, HeddleRunOptions *options);

G_END_DECLS
