/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/chart.h"
#include "measure/pulse.h"

G_BEGIN_DECLS

/* How fast the main loop answered: a bar an answer, the newest at the right. */
#define HEDDLE_TYPE_PULSE_STRIP (heddle_pulse_strip_get_type ())
G_DECLARE_FINAL_TYPE (HeddlePulseStrip, heddle_pulse_strip, HEDDLE, PULSE_STRIP, HeddleChart)

void heddle_pulse_strip_set_reading (HeddlePulseStrip *self,
                                     const HeddlePulseReading *reading); /* copies it */

G_END_DECLS
