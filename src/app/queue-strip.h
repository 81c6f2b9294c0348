/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/run.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_QUEUE_STRIP (heddle_queue_strip_get_type ())
G_DECLARE_FINAL_TYPE (HeddleQueueStrip, heddle_queue_strip, HEDDLE, QUEUE_STRIP, GtkWidget)

void  heddle_queue_strip_set_entries (HeddleQueueStrip       *self,
                                      const HeddleQueueEntry *entries,
                                      guint                   n_entries,
                                      guint64                 n_queued);
char *heddle_queue_strip_dup_count   (const HeddleRunSnapshot *snapshot);

G_END_DECLS
