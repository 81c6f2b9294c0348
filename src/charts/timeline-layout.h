/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HEDDLE_SERIES_ROW_HEIGHT 36     /* a row with its name and its value below that */
#define HEDDLE_SERIES_ROW_HEIGHT_MIN 20 /* with its value beside its name */

/*
 * How the height of a timeline is shared, without GTK: a ruler on top, the lanes below it, and
 * below them a row for each series. All in pixels.
 */
typedef struct {
  int ruler;  /* height of the ruler */
  int lanes;  /* height of all lanes that are in sight */
  int row;    /* height of a series' row */
  int rows_y; /* where the first of them begins */
  guint n_rows;
} HeddleTimelineLayout;

void heddle_timeline_layout_init (HeddleTimelineLayout *self, int ruler, int lanes_least,
                                  int lanes_natural, guint n_rows, int height);
int heddle_timeline_layout_least_height (int ruler, int lanes_least, guint n_rows);
int heddle_timeline_layout_natural_height (int ruler, int lanes_natural, guint n_rows);
int heddle_timeline_layout_row_y (const HeddleTimelineLayout *self, guint row);

G_END_DECLS
