/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "measure/pulse.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_PULSE_BAR (heddle_pulse_bar_get_type ())
G_DECLARE_FINAL_TYPE (HeddlePulseBar, heddle_pulse_bar, HEDDLE, PULSE_BAR, HeddleContainer)

void       heddle_pulse_bar_set_pulse (HeddlePulseBar *self,
                                       HeddlePulse    *pulse);
void       heddle_pulse_bar_announce  (HeddlePulseBar *self,
                                       gboolean        announce);

G_END_DECLS
