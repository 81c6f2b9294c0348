/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The budget of drawing time that all charts of the process share, without GTK.
 *
 * Live charts redraw in rounds: all in the same frame, so that a window is rendered once for all of
 * them. The rule by which Heddle gives way to the work that it shows, heddle_draw_interval():
 *
 * - What a round cost (processor time of the main thread, snapshot and rendering) decides when the
 *   next one may begin: at most 20 rounds a second, and never more than 3 % of a core, down to one
 *   round a second.
 * - Where what workers record is not read in time, drawing gives its share to the thread that reads
 *   it: from rings that are half full on the rounds become rarer, and there is one a second where
 *   the fullest ring is nine tenths full. A worker would have to wait only when it is full.
 *
 * Main loop only. Times are nanoseconds of CLOCK_MONOTONIC, costs nanoseconds of processor time.
 */
#define HEDDLE_DRAW_INTERVAL_MIN (50 * G_GINT64_CONSTANT (1000000))
#define HEDDLE_DRAW_INTERVAL_MAX (1000 * G_GINT64_CONSTANT (1000000))
#define HEDDLE_DRAW_SHARE 33 /* of a core: 3 % */
#define HEDDLE_DRAW_FILL_LOW 0.5 /* of the fullest ring */
#define HEDDLE_DRAW_FILL_HIGH 0.9

typedef struct {
  guint64 round;      /* number of the current round, from 1 */
  gint64 round_begin;
  gint64 round_cost;  /* so far */
  double average;     /* cost of a round, moving */
  double fill;        /* of the fullest ring, 0 to 1 */
  GHookList followers; /* not set up while there are none */
} HeddleDrawBudget;

/* Called when a round begins, before the frame is laid out, so that what else changes is shown in
 * the same frame. */
typedef void (*HeddleDrawRoundFunc) (gpointer data);

gint64 heddle_draw_interval (double cost, double fill);

HeddleDrawBudget *heddle_draw_budget_get (void);
void heddle_draw_budget_follow (HeddleDrawBudget *self, HeddleDrawRoundFunc func, gpointer data);
void heddle_draw_budget_unfollow (HeddleDrawBudget *self, HeddleDrawRoundFunc func, gpointer data);
guint64 heddle_draw_budget_round (HeddleDrawBudget *self, gint64 now);
void heddle_draw_budget_charge (HeddleDrawBudget *self, gint64 cost);
void heddle_draw_budget_set_fill (HeddleDrawBudget *self, double fill);
gint64 heddle_draw_budget_get_interval (const HeddleDrawBudget *self);

G_END_DECLS
