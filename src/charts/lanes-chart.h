/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/chart.h"
#include "charts/lane-order.h"
#include "charts/task-tip.h"
#include "trace/lane-store.h"

G_BEGIN_DECLS

/*
 * Workers over time: a row a worker. It scrolls its rows itself: put it straight into a box, not
 * into a scrolled window. Pointing at a task tells of it; all other input is the timeline's, of
 * which it is a part.
 */
#define HEDDLE_TYPE_LANES_CHART (heddle_lanes_chart_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLanesChart, heddle_lanes_chart, HEDDLE, LANES_CHART, HeddleChart)

/* Tells of tasks what their lanes do not know; each may be NULL. */
typedef struct {
  /* what it is called */
  void (*label) (guint64 id, char *buffer, gsize size, gpointer data);
  /* adds to @facts what is known of the attempt that @span shows */
  void (*add_facts) (const HeddleSpan *span, HeddleTaskFacts *facts, gpointer data);
  /* when the task of @span came into the queue; 0: not known. It is asked for while drawing. */
  gint64 (*get_queued) (const HeddleSpan *span, gpointer data);
  /* of which kind the task of @span is, below HEDDLE_N_TASK_KINDS; asked for while drawing, too */
  guint (*get_kind) (const HeddleSpan *span, gpointer data);
} HeddleTaskTeller;

/* What the colour of a task's block tells. */
typedef enum {
  HEDDLE_COLOUR_BY_STATE,    /* what its time was made of */
  HEDDLE_COLOUR_BY_OUTCOME,
  HEDDLE_COLOUR_BY_DURATION, /* the longer, the stronger: a step for each power of ten */
  HEDDLE_COLOUR_BY_KIND,     /* by what the teller says; columns of several kinds are grey */
} HeddleColourBy;

#define HEDDLE_TYPE_COLOUR_BY (heddle_colour_by_get_type ())
GType heddle_colour_by_get_type (void);

#define HEDDLE_TYPE_SORT_LANES (heddle_sort_lanes_get_type ())
GType heddle_sort_lanes_get_type (void);

void heddle_lanes_chart_set_colour_by (HeddleLanesChart *self, HeddleColourBy colour_by);
HeddleColourBy heddle_lanes_chart_get_colour_by (HeddleLanesChart *self);
void heddle_lanes_chart_set_shown_states (HeddleLanesChart *self, guint states);
guint heddle_lanes_chart_get_shown_states (HeddleLanesChart *self);
void heddle_lanes_chart_set_sort_lanes (HeddleLanesChart *self, HeddleSortLanes by);
HeddleSortLanes heddle_lanes_chart_get_sort_lanes (HeddleLanesChart *self);
void heddle_lanes_chart_set_store (HeddleLanesChart *self, HeddleLaneStore *store);
void heddle_lanes_chart_set_teller (HeddleLanesChart *self, const HeddleTaskTeller *teller,
                                    gpointer data, GDestroyNotify destroy);

/* For the timeline. */
gboolean heddle_lanes_chart_scroll_rows (HeddleLanesChart *self, double rows);
void heddle_lanes_chart_get_plot (HeddleLanesChart *self, int *x, int *width);
gboolean heddle_lanes_chart_pick (HeddleLanesChart *self, double x, double y, guint *lane,
                                  HeddleSpan *span);
void heddle_lanes_chart_select (HeddleLanesChart *self, int lane, const HeddleSpan *span);
gboolean heddle_lanes_chart_get_selected (HeddleLanesChart *self, HeddleSpan *span);
gboolean heddle_lanes_chart_move_to_lane (HeddleLanesChart *self, int rows);
gboolean heddle_lanes_chart_move_to_span (HeddleLanesChart *self, gboolean forward);
gboolean heddle_lanes_chart_has_cursor (HeddleLanesChart *self);
gboolean heddle_lanes_chart_get_cursor (HeddleLanesChart *self, guint *lane, HeddleSpan *span);
void heddle_lanes_chart_clear_cursor (HeddleLanesChart *self);
char *heddle_lanes_chart_dup_cursor_words (HeddleLanesChart *self);

G_END_DECLS
