/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/run.h"
#include "engine/run/stretch.h"

G_BEGIN_DECLS

/*
 * Sums the selected stretch of a run on a thread of its own. A new question ends the one that is
 * being answered; of several that come meanwhile only the last is answered. Main loop only.
 */
typedef struct _HeddleStretchJob HeddleStretchJob;

/* @stretch: (nullable): what was asked for; NULL: nothing is selected */
typedef void (*HeddleStretchFunc) (const HeddleStretch *stretch, gpointer data);

HeddleStretchJob *heddle_stretch_job_new (HeddleStretchFunc func, gpointer data);
void heddle_stretch_job_free (HeddleStretchJob *self);
void heddle_stretch_job_ask (HeddleStretchJob *self, HeddleRun *run, gint64 begin, gint64 end);
void heddle_stretch_job_refresh (HeddleStretchJob *self);

G_END_DECLS
