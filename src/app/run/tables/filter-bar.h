/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/results-filter.h"
#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/*
 * What the rows of results are searched by and filtered by, and how many there are of them.
 * Signal "changed": others are wanted. Signal "go-to" (uint64): the user wants to be where the task
 * of that number is, among all rows; 0: to the rows that were found. Signal "closed": the user
 * searches no more. Signal "clear-stretch": the stretch of time is no longer wanted.
 */
#define HEDDLE_TYPE_FILTER_BAR (heddle_filter_bar_get_type ())
G_DECLARE_FINAL_TYPE (HeddleFilterBar, heddle_filter_bar, HEDDLE, FILTER_BAR, HeddleContainer)

void     heddle_filter_bar_set_run       (HeddleFilterBar *self,
                                          HeddleRun       *run);
void     heddle_filter_bar_set_n_workers (HeddleFilterBar *self,
                                          guint            n_workers);
void     heddle_filter_bar_set_searching (HeddleFilterBar *self,
                                          gboolean         searching);
void     heddle_filter_bar_set_stretch   (HeddleFilterBar *self,
                                          gint64           begin_ns,
                                          gint64           end_ns,
                                          gint64           origin_ns);
void     heddle_filter_bar_set_count     (HeddleFilterBar *self,
                                          const char      *text);
void     heddle_filter_bar_clear         (HeddleFilterBar *self);
const HeddleResultsFilter *heddle_filter_bar_get_filter (HeddleFilterBar *self);

G_END_DECLS
