/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "measure/histogram.h"
#include "trace/lane-store.h"

G_BEGIN_DECLS

/*
 * What happened in a stretch of time: the tasks that ended in it, and what the workers' time was
 * made of. Counts and sums are exact however old the stretch is. Outcomes and times are of those
 * tasks whose spans are still kept.
 */
typedef struct {
  gint64 begin, end;            /* CLOCK_MONOTONIC ns */
  HeddleLaneSum sum;            /* of all workers */
  guint64 n_by_state[HEDDLE_N_TASK_STATES]; /* that ended so, of those that are kept */
  guint64 n_kept;               /* tasks that @n_by_state and @times tell of */
  HeddleHistogram times;        /* how long tasks that were done or failed took */
} HeddleStretch;

HeddleStretch *heddle_stretch_sum (HeddleLaneStore *lanes, gint64 begin, gint64 end,
                                   const atomic_bool *cancelled);
void heddle_stretch_free (HeddleStretch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleStretch, heddle_stretch_free)

G_END_DECLS
