/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/pulse.h"

G_BEGIN_DECLS

/* Where answers stand in a strip of steps, one a ping: an answer takes as many as pings would have
 * been sent meanwhile. No drawing. */
guint heddle_pulse_layout_steps (const HeddlePulseReading *reading, guint at);
int heddle_pulse_layout_at (const HeddlePulseReading *reading, guint step);

G_END_DECLS
