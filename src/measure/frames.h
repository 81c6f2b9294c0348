/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/types.h"

G_BEGIN_DECLS

/* The frames of one window: how regularly they come. Each window has a clock of its own, so each
 * has frames of its own; the window reports them (tick callback). One thread. */
typedef struct {
  gint64 last_ns; /* last interval between frames, 0 before the first */
  gint64 p99_ns;  /* over the last HEDDLE_PULSE_HISTORY of them */
  gint64 max_ns;  /* since the beginning */
  guint64 n;      /* intervals, since the beginning */
} HeddleFramesReading;

HeddleFrames *heddle_frames_new (void);
void heddle_frames_free (HeddleFrames *self);
void heddle_frames_add (HeddleFrames *self, gint64 time_ns);
void heddle_frames_pause (HeddleFrames *self);
void heddle_frames_read (const HeddleFrames *self, HeddleFramesReading *reading);

G_END_DECLS
