/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/figure.h"

G_BEGIN_DECLS

/*
 * Where the bars of figures stand, without GTK. Costs span from nanoseconds to milliseconds, so the scale is logarithmic: each line is ten
 * times the one before it (bytes: four times). A bar begins at the left end of the scale, which therefore says nothing by itself.
 */
typedef struct {
  double low, high; /* ends: powers of base, at least one step apart; 0: there is nothing to show */
  guint base;
} HeddleBarsScale;

#define HEDDLE_BARS_MAX_TICKS 24

void heddle_bars_scale_init (HeddleBarsScale *self, HeddleFigureUnit unit, const HeddleFigure *figures, guint n_figures);
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

guint heddle_bars_layout (const HeddleFigure *figures, guint n_figures, int heading_height, HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS]);
int heddle_bars_height (const HeddleBarsRow *rows, guint n_rows);
int heddle_bars_row_at (const HeddleBarsRow *rows, guint n_rows, double y);

G_END_DECLS
