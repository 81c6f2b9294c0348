/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Events that workers have recorded and nobody has read yet. */
typedef struct {
  guint64 events; /* in all rings together */
  double fill;    /* of the fullest ring, 0 to 1; at 1 its worker waits for the reader */
} HeddleBacklog;

/* Rings are empty just after they were read, so the backlog is what a pass over them finds; and of
 * many passes a second the one that found most is told, for a quarter to half a second. Guarded by
 * its owner. */
typedef struct {
  HeddleBacklog present; /* the most of any pass of this quarter of a second */
  HeddleBacklog before;  /* of the one before */
  gint64 since_ns;       /* CLOCK_MONOTONIC: when this one began */
} HeddleBacklogPeak;

void heddle_backlog_add (HeddleBacklog *self, guint64 events, guint capacity);
HeddleBacklog heddle_backlog_peak_take (HeddleBacklogPeak *self, gint64 now_ns,
                                        const HeddleBacklog *pass);

G_END_DECLS
