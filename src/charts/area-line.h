/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/series.h"

G_BEGIN_DECLS

/*
 * A column of an area chart, without GTK: where its line stands, and from where to where the values
 * reach that it is the mean of. known FALSE: nothing is drawn.
 */
typedef struct {
  float value;
  float low;
  float high;
  gboolean known;
} HeddleAreaColumn;

/* A value beside the shown stretch, to draw the line in from there. */
typedef struct {
  double position; /* in columns; outside [0, n) */
  double value;
  gboolean known;
} HeddleAreaNeighbour;

void heddle_area_line (const HeddleSeriesCell *cells, guint n, const HeddleAreaNeighbour *before,
                       const HeddleAreaNeighbour *after, gboolean hold, HeddleAreaColumn *columns);
void heddle_area_steps (const HeddleSeriesCell *cells, guint n, gboolean hold,
                        HeddleAreaColumn *columns);

G_END_DECLS
