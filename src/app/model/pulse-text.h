/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/backlog.h"
#include "measure/frames.h"
#include "measure/pulse.h"

G_BEGIN_DECLS

#define HEDDLE_PULSE_TEXTS 5 /* longer and shorter ones of the same numbers */

/* What the foot of the window tells in numbers. */
typedef struct {
  HeddlePulseReading pulse;
  HeddleFramesReading frames;
  gboolean running;      /* some run is active */
  HeddleBacklog backlog; /* of all active runs */
} HeddlePulseNumbers;

char *heddle_pulse_text_dup (const HeddlePulseNumbers *numbers, guint nth);
char *heddle_pulse_text_dup_longest (const HeddlePulseNumbers *numbers);

G_END_DECLS
