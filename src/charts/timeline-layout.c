/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/timeline-layout.h"

/**
 * heddle_timeline_layout_init:
 * @self: (out): the layout
 * @ruler: height of the ruler
 * @lanes_least: the least height of the lanes
 * @lanes_natural: the height that they ask for
 * @n_rows: number of series
 * @height: room for all of it
 *
 * Rows of series give way first, down to their least height, then the lanes. What is left over goes
 * to the lanes.
 */
void
heddle_timeline_layout_init (HeddleTimelineLayout *self, int ruler, int lanes_least,
                             int lanes_natural, guint n_rows, int height)
{
  int rest = MAX (height - ruler - lanes_natural, 0);

  self->ruler = ruler;
  self->n_rows = n_rows;
  self->row = n_rows == 0 ? 0
                          : CLAMP (rest / (int) n_rows, HEDDLE_SERIES_ROW_HEIGHT_MIN,
                                   HEDDLE_SERIES_ROW_HEIGHT);
  self->lanes = MAX (height - ruler - (int) n_rows * self->row, lanes_least);
  self->rows_y = ruler + self->lanes;
}

int
heddle_timeline_layout_least_height (int ruler, int lanes_least, guint n_rows)
{
  return ruler + lanes_least + (int) n_rows * HEDDLE_SERIES_ROW_HEIGHT_MIN;
}

int
heddle_timeline_layout_natural_height (int ruler, int lanes_natural, guint n_rows)
{
  return ruler + lanes_natural + (int) n_rows * HEDDLE_SERIES_ROW_HEIGHT;
}

/* Where the row of series @row begins. */
int
heddle_timeline_layout_row_y (const HeddleTimelineLayout *self, guint row)
{
  return self->rows_y + (int) row * self->row;
}
