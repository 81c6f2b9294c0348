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

/* What the colour of a task's block tells. */
typedef enum {
  HEDDLE_COLOUR_BY_STATE,    /* what its time was made of */
  HEDDLE_COLOUR_BY_OUTCOME,
  HEDDLE_COLOUR_BY_DURATION, /* the longer, the stronger: a step for each power of ten */
} HeddleColourBy;

#define HEDDLE_TYPE_COLOUR_BY (heddle_colour_by_get_type ())
GType heddle_colour_by_get_type (void);

void heddle_lanes_chart_set_colour_by (HeddleLanesChart *self, HeddleColourBy colour_by);
HeddleColourBy heddle_lanes_chart_get_colour_by (HeddleLanesChart *self);
void heddle_lanes_chart_set_shown_states (HeddleLanesChart *self, guint states);
guint heddle_lanes_chart_get_shown_states (HeddleLanesChart *self);
void heddle_lanes_chart_set_store (HeddleLanesChart *self, HeddleLaneStore *store);
void heddle_lanes_chart_set_label_func (HeddleLanesChart *self, HeddleTaskLabelFunc func,
                                        gpointer data, GDestroyNotify destroy);

G_END_DECLS
