/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/types.h"

G_BEGIN_DECLS

/*
 * The pulse: how fast a main loop answers. How regularly frames come is a window's own (frames.h).
 *
 * A watchdog thread sends a ping to the main context every interval and times the answer; while no
 * answer comes, it counts the wait as it grows, so a frozen loop is seen while it is frozen. A
 * stall is a wait for the answer of more than 100 ms; it is counted once, as soon as it passes that
 * bound. The ping is dispatched at the default priority, as a click would be. Once a second the
 * watchdog measures what Heddle itself takes of the processors.
 */
#define HEDDLE_PULSE_STALL_NS (100 * G_GINT64_CONSTANT (1000000))
#define HEDDLE_PULSE_HISTORY 256

struct _HeddlePulseReading {
  gint64 answer_ns;     /* last answer, or the wait so far where one is under way that is longer */
  gint64 answer_p99_ns; /* over the history */
  gint64 answer_max_ns; /* since the beginning */
  guint64 n_pings;      /* that were answered */
  guint n_stalls;       /* since the beginning */
  gboolean stalled;     /* right now */
  double own_share;     /* of one processor, that Heddle itself took in the last second, see
                           own-cpu.h; -1: not known yet */
  gint64 interval_ns;   /* from one ping to the next, where the answer does not take longer */
  guint n_history;      /* how many of history are set, oldest first */
  gint64 history[HEDDLE_PULSE_HISTORY]; /* answers, nanoseconds */
};

HeddlePulse *heddle_pulse_new (GMainContext *context, guint interval_ms);
void heddle_pulse_free (HeddlePulse *self);
void heddle_pulse_read (HeddlePulse *self, HeddlePulseReading *reading);
guint heddle_pulse_count_stalls (HeddlePulse *self);
void heddle_pulse_reset (HeddlePulse *self);

G_END_DECLS
