/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/types.h"

G_BEGIN_DECLS

/*
 * The pace: how many of something end a second at present, and how long the rest will take.
 *
 * Its clock is the caller's, which stops it while everything is paused. What counts as recent are
 * the last three seconds of it, or as much more as it takes to see 25 of them end, but nothing from
 * before the number of workers was changed: at another number the pace is another one. Right after
 * such a change two guesses are left, that the pace has not changed and that it goes with the
 * number of workers; the estimate then reaches from the one to the other. One thread.
 */
#define HEDDLE_PACE_POINTS 64

struct _HeddlePace {
  struct {
    gint64 time;
    guint64 count;
  } points[HEDDLE_PACE_POINTS]; /* moments at which more had ended, since begin; a ring */
  guint next;
  guint n_points;
  gint64 time;          /* of the last look */
  guint64 count;
  gint64 begin;         /* since when there have been so many workers */
  guint64 begin_count;
  guint workers;
  double earlier_rate;  /* before that, 0: not known */
  guint earlier_workers;
};

void heddle_pace_init (HeddlePace *self, guint workers);
void heddle_pace_add (HeddlePace *self, gint64 time, guint64 count);
void heddle_pace_set_workers (HeddlePace *self, guint workers);
double heddle_pace_get_rate (const HeddlePace *self);
gboolean heddle_pace_estimate (const HeddlePace *self, guint64 n_left, gint64 *least, gint64 *most);

G_END_DECLS
