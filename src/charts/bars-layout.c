/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/bars-layout.h"

#include <math.h>

#define BAR_HEIGHT 21
#define AXIS_HEIGHT 20
#define GAP 6       /* above a heading that is not the first */
#define SHORTEST 0.2 /* of a step: the shortest bar that counts anything is at least so long */

static void
widen (double *low, double *high, double value)
{
  if (value <= 0)
    return;
  if (*low == 0 || value < *low)
    *low = value;
  *high = MAX (*high, value);
}

/**
 * heddle_bars_scale_init:
 * @self: (out): a scale on which all that is shown of these figures has its place
 * @unit: of the figures that count
 *
 * Any thread.
 */
void
heddle_bars_scale_init (HeddleBarsScale *self, HeddleFigureUnit unit, const HeddleFigure *figures, guint n_figures)
{
  double low = 0, high = 0, base, first, last;

  *self = (HeddleBarsScale) { .base = unit == HEDDLE_FIGURE_BYTES ? 4 : 10 };
  for (guint i = 0; i < n_figures; i++)
    if (figures[i].unit == unit)
      {
        widen (&low, &high, figures[i].value);
        widen (&low, &high, figures[i].low);
        widen (&low, &high, figures[i].high);
        widen (&low, &high, figures[i].claim);
      }
  if (low == 0)
    return;
  base = log (self->base);
  first = floor (log (low) / base - SHORTEST);
  last = MAX (ceil (log (high) / base), first + 1);
  self->low = pow (self->base, first);
  self->high = pow (self->base, last);
}

/**
 * heddle_bars_scale_place:
 *
 * Returns: where @value stands, from 0 at the left end to 1 at the right; what lies outside stands at the end. Any thread.
 */
double
heddle_bars_scale_place (const HeddleBarsScale *self, double value)
{
  if (self->low == 0 || value <= self->low)
    return 0;
  return MIN (log (value / self->low) / log (self->high / self->low), 1);
}

/**
 * heddle_bars_scale_ticks:
 * @ticks: (out): the values at the lines, both ends among them
 *
 * Returns: how many were set. Any thread.
 */
guint
heddle_bars_scale_ticks (const HeddleBarsScale *self, double ticks[HEDDLE_BARS_MAX_TICKS])
{
  guint steps, stride, n = 0;

  if (self->low == 0)
    return 0;
  steps = (guint) lround (log (self->high / self->low) / log (self->base));
  stride = steps / HEDDLE_BARS_MAX_TICKS + 1;
  for (guint i = 0; i <= steps; i += stride)
    ticks[n++] = self->low * pow (self->base, i);
  return n;
}

static gboolean
has_figure (const HeddleFigure *figures, guint n_figures, HeddleFigureUnit unit, guint group)
{
  for (guint i = 0; i < n_figures; i++)
    if (figures[i].unit == unit && figures[i].group == group)
      return TRUE;
  return FALSE;
}

static void
add (HeddleBarsRow *rows, guint *n_rows, HeddleBarsRowKind kind, guint index, HeddleFigureUnit unit, int height)
{
  int y = heddle_bars_height (rows, *n_rows);

  if (kind == HEDDLE_BARS_HEADING && *n_rows > 0)
    y += GAP;
  rows[(*n_rows)++] = (HeddleBarsRow) { kind, index, unit, y, height };
}

static guint
count_groups (const HeddleFigure *figures, guint n_figures)
{
  guint n = 0;

  for (guint i = 0; i < n_figures; i++)
    n = MAX (n, figures[i].group + 1);
  return n;
}

/**
 * heddle_bars_layout:
 * @figures: at most HEDDLE_MAX_FIGURES
 * @heading_height: of a group's heading, pixels
 * @rows: (out): from top to bottom: figures of one unit, group by group in the order of their numbers, and below them their axis
 *
 * Returns: how many rows were set; none without figures. Any thread.
 */
guint
heddle_bars_layout (const HeddleFigure *figures, guint n_figures, int heading_height, HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS])
{
  guint n_groups = count_groups (figures, n_figures), n = 0;

  g_return_val_if_fail (n_figures <= HEDDLE_MAX_FIGURES, 0);

  for (guint unit = 0; unit < HEDDLE_N_FIGURE_UNITS; unit++)
    {
      guint before = n;

      for (guint group = 0; group < n_groups; group++)
        {
          if (!has_figure (figures, n_figures, unit, group))
            continue;
          add (rows, &n, HEDDLE_BARS_HEADING, group, unit, heading_height);
          for (guint i = 0; i < n_figures; i++)
            if (figures[i].unit == unit && figures[i].group == group)
              add (rows, &n, HEDDLE_BARS_BAR, i, unit, BAR_HEIGHT);
        }
      if (n > before)
        add (rows, &n, HEDDLE_BARS_AXIS, unit, unit, AXIS_HEIGHT);
    }
  return n;
}

/**
 * heddle_bars_height:
 *
 * Returns: how high the rows are together, pixels. Any thread.
 */
int
heddle_bars_height (const HeddleBarsRow *rows, guint n_rows)
{
  return n_rows > 0 ? rows[n_rows - 1].y + rows[n_rows - 1].height : 0;
}

/**
 * heddle_bars_row_at:
 *
 * Returns: the row at this height, -1: none. Any thread.
 */
int
heddle_bars_row_at (const HeddleBarsRow *rows, guint n_rows, double y)
{
  for (guint i = 0; i < n_rows; i++)
    if (y >= rows[i].y && y < rows[i].y + rows[i].height)
      return (int) i;
  return -1;
}
