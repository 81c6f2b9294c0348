/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "charts/area-line.h"

/* Draws a straight line over the columns between two known points, both left out. */
static void
bridge (HeddleAreaColumn *columns,
        guint             n,
        double            from,
        double            from_value,
        double            to,
        double            to_value)
{
  gint64 first = MAX ((gint64) floor (from) + 1, 0);

  for (gint64 i = first; i < (gint64) n && (double) i < to; i++)
    {
      double share = to > from ? ((double) i - from) / (to - from) : 1;

      columns[i].low = columns[i].high = (float) (from_value + (to_value - from_value) * share);
      columns[i].known = TRUE;
    }
}

/**
 * heddle_area_line:
 * @cells: what the series measured, a cell a column
 * @n: how many
 * @before: the last value before the first column
 * @after: the first value after the last column
 * @hold: whether the newest value still holds up to the last column
 * @columns: (out): the line
 *
 * A column with samples keeps their least and greatest value, so that a spike stays. Columns between are bridged with
 * straight lines. Nothing is drawn before the first value ever measured.
 */
void
heddle_area_line (const HeddleSeriesCell    *cells,
                  guint                      n,
                  const HeddleAreaNeighbour *before,
                  const HeddleAreaNeighbour *after,
                  gboolean                   hold,
                  HeddleAreaColumn          *columns)
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
      columns[i] = (HeddleAreaColumn) { (float) cells[i].min, (float) cells[i].max, TRUE };
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
