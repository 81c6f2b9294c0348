/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "charts/area-line.h"

static HeddleAreaColumn
column_of (double value)
{
  return (HeddleAreaColumn) { (float) value, (float) value, (float) value, TRUE };
}

/* Where one value ends and another begins is no range. */
static HeddleAreaColumn
column_of_cell (const HeddleSeriesCell *cell)
{
  if (cell->n_samples == 1)
    return column_of (cell->mean);
  return (HeddleAreaColumn) { (float) cell->mean, (float) cell->min, (float) cell->max, TRUE };
}

/* Draws a straight line over the columns between two known points, both left out. */
static void
bridge (HeddleAreaColumn *columns, guint n, double from, double from_value, double to,
        double to_value)
{
  gint64 first = MAX ((gint64) floor (from) + 1, 0);

  for (gint64 i = first; i < (gint64) n && (double) i < to; i++)
    {
      double share = to > from ? ((double) i - from) / (to - from) : 1;

      columns[i] = column_of (from_value + (to_value - from_value) * share);
    }
}

/**
 * heddle_area_line:
 * @cells: what a series of samples measured, a cell a column
 * @n: how many
 * @before: the last value before the first column
 * @after: the first value after the last column
 * @hold: whether the newest value still holds up to the last column
 * @columns: (out): the line
 *
 * The line of a column with samples stands at their mean, and their least and greatest value are
 * kept beside it, so that a spike stays. Columns between are bridged with straight lines. Nothing
 * is drawn before the first value ever measured.
 */
void
heddle_area_line (const HeddleSeriesCell *cells, guint n, const HeddleAreaNeighbour *before,
                  const HeddleAreaNeighbour *after, gboolean hold, HeddleAreaColumn *columns)
{
  gboolean known = before->known;
  double from = before->position, value = before->value;

  for (guint i = 0; i < n; i++)
    columns[i] = (HeddleAreaColumn) { 0 };

  for (guint i = 0; i < n; i++)
    {
      if (cells[i].n_samples == 0)
        continue;
      if (known)
        bridge (columns, i, from, value, i, cells[i].mean);
      columns[i] = column_of_cell (&cells[i]);
      known = TRUE;
      from = i;
      value = cells[i].mean;
    }

  if (!known)
    return;
  if (after->known)
    bridge (columns, n, from, value, after->position, after->value);
  else if (hold)
    bridge (columns, n, from, value, n, value);
}

/* Where stretches are wider than columns, a column in which one ends shows the one that has more of
 * it. */
static HeddleAreaColumn
column_of_step (const HeddleSeriesCell *cells, guint n, guint i)
{
  const HeddleSeriesCell *cell = &cells[i];
  gboolean alone_before = i == 0 || cells[i - 1].n_samples == 0;
  gboolean alone_behind = i + 1 == n || cells[i + 1].n_samples == 0;

  if (cell->n_samples != 1 || !alone_before || !alone_behind)
    return column_of_cell (cell);
  return column_of (cell->mean - cell->min < cell->max - cell->mean ? cell->min : cell->max);
}

/**
 * heddle_area_steps:
 * @cells: what a series of stretches measured, a cell a column
 * @n: how many
 * @hold: whether the newest value still holds up to the last column
 * @columns: (out): the line
 *
 * Each column has the mean of its time, which is what the stretches say: so the area below the line
 * is that of the stretches.
 */
void
heddle_area_steps (const HeddleSeriesCell *cells, guint n, gboolean hold, HeddleAreaColumn *columns)
{
  for (guint i = 0; i < n; i++)
    if (cells[i].known)
      columns[i] = column_of_step (cells, n, i);
    else if (hold && i > 0 && columns[i - 1].known)
      columns[i] = column_of ((double) columns[i - 1].value);
    else
      columns[i] = (HeddleAreaColumn) { 0 };
}
