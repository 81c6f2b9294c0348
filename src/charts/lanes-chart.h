/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/chart.h"
#include "trace/lane-store.h"

G_BEGIN_DECLS

/*
 * Workers over time: a row a worker. It scrolls its rows itself and keeps its axis in sight: put it
 * straight into a box, not into a scrolled window.
 */
#define HEDDLE_TYPE_LANES_CHART (heddle_lanes_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLanesChart, heddle_lanes_chart, HEDDLE, LANES_CHART, HeddleChart)

/* Tells what a task is called, for the tooltip and screen readers. */
typedef void (*HeddleTaskLabelFunc) (guint64 id, char *buffer, gsize size, gpointer data);

void heddle_lanes_chart_set_store (HeddleLanesChart *self, HeddleLaneStore *store);
void heddle_lanes_chart_set_label_func (HeddleLanesChart *self, HeddleTaskLabelFunc func,
                                        gpointer data, GDestroyNotify destroy);

G_END_DECLS
