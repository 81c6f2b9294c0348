/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/chart.h"

G_BEGIN_DECLS

/* The axis of a timeline: when what lies below was, counted from the run's begin. */
#define HEDDLE_TYPE_RULER (heddle_ruler_get_type ())
G_DECLARE_FINAL_TYPE (HeddleRuler, heddle_ruler, HEDDLE, RULER, HeddleChart)

void heddle_ruler_set_plot (HeddleRuler *self, int x, int width);

G_END_DECLS
