/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/run.h"

G_BEGIN_DECLS

/* The live view of a run: progress, a lane a worker, the queue, utilisation. Painted by the
 * output's thread. */
typedef struct _HeddleLive HeddleLive;

HeddleLive *heddle_live_new (HeddleRun *run);
void heddle_live_free (HeddleLive *self);
void heddle_live_set_notice (HeddleLive *self, const char *notice);
void heddle_live_paint (GString *frame, guint columns, guint rows, gpointer live);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleLive, heddle_live_free)

G_END_DECLS
