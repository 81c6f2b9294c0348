/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"
#include "engine/run/stretch.h"

G_BEGIN_DECLS

/* How long the tasks took, and how they ended: of the whole run, or of a stretch of it. */
#define HEDDLE_TYPE_FIGURES_PANE (heddle_figures_pane_get_type ())
G_DECLARE_FINAL_TYPE (HeddleFiguresPane, heddle_figures_pane, HEDDLE, FIGURES_PANE, HeddleContainer)

void heddle_figures_pane_set_run (HeddleFiguresPane *self, HeddleRun *run);
void heddle_figures_pane_set_stretch (HeddleFiguresPane *self, const HeddleStretch *stretch);
void heddle_figures_pane_update (HeddleFiguresPane *self);

char *heddle_figures_pane_dup_sum (const HeddleStretch *stretch);

G_END_DECLS
