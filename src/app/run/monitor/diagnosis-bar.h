/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/diagnosis.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/*
 * What holds a run up, in a sentence with its figures, and a button that applies the cure. It
 * appears with the first sentence of a run and keeps its place from then on, however often the
 * sentence changes. Signals: "try" (pointer to the HeddleVerdict, valid during the call): the user
 * wants its cure; "show-evidence" (the same; NULL: no longer): he wants to see where it is so.
 */
#define HEDDLE_TYPE_DIAGNOSIS_BAR (heddle_diagnosis_bar_get_type ())
G_DECLARE_FINAL_TYPE (HeddleDiagnosisBar, heddle_diagnosis_bar, HEDDLE, DIAGNOSIS_BAR,
                      HeddleContainer)

void heddle_diagnosis_bar_set_run (HeddleDiagnosisBar *self, HeddleRun *run);
void heddle_diagnosis_bar_end_show (HeddleDiagnosisBar *self);
void heddle_diagnosis_bar_update (HeddleDiagnosisBar *self, const HeddleRunSnapshot *snapshot);

G_END_DECLS
