/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/figure.h"

G_BEGIN_DECLS

/*
 * Where the bars of figures stand, without GTK. Where the largest is less than HEDDLE_BARS_LINEAR
 * times the smallest, the scale begins at 0 and a bar that is twice as long stands for twice as
 * much. Costs from nanoseconds to milliseconds have no room on such a scale: theirs is logarithmic,
 * each line ten times the one before it (bytes: four times), and begins a little below the
 * smallest. There the length of a bar says nothing by itself, so the axis has to name its kind.
 */
typedef struct {
  double low, high; /* ends; high is 0 where there is nothing to show */
  gboolean logarithmic;
  double step;      /* from line to line: a factor where it is logarithmic, else an amount */
} HeddleBarsScale;

#define HEDDLE_BARS_LINEAR 25

#define HEDDLE_BARS_MAX_TICKS 24

void heddle_bars_scale_init (HeddleBarsScale *self, HeddleFigureUnit unit,
                             const HeddleFigure *figures, guint n_figures);
double heddle_bars_scale_place (const HeddleBarsScale *self, double value);
guint heddle_bars_scale_ticks (const HeddleBarsScale *self, double ticks[HEDDLE_BARS_MAX_TICKS]);

typedef enum {
  HEDDLE_BARS_HEADING, /* index: of the group */
  HEDDLE_BARS_BAR,     /* index: of the figure */
  HEDDLE_BARS_AXIS,    /* index: the unit */
} HeddleBarsRowKind;

typedef struct {
  HeddleBarsRowKind kind;
  guint index;
  HeddleFigureUnit unit;
  int y, height; /* pixels */
} HeddleBarsRow;

#define HEDDLE_BARS_MAX_ROWS (2 * HEDDLE_MAX_FIGURES + HEDDLE_N_FIGURE_UNITS)

guint heddle_bars_layout (const HeddleFigure *figures, guint n_figures, int heading_height,
                          int line_height, HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS]);
int heddle_bars_height (const HeddleBarsRow *rows, guint n_rows);
int heddle_bars_row_at (const HeddleBarsRow *rows, guint n_rows, double y);

G_END_DECLS
