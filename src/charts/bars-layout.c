/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/bars-layout.h"

#include <math.h>

#define BAR_HEIGHT 21  /* at least; letters may be larger */
#define AXIS_HEIGHT 20 /* the same */
#define GAP 6       /* above a heading that is not the first */
/* a logarithmic scale begins at so much of the smallest value, or less: its bar has a length */
#define SHORTEST 0.63
#define LINEAR_LINES 5 /* about so many on a linear one */

static void
widen (double *low, double *high, double value)
{
  if (value <= 0)
    return;
  if (*low == 0 || value < *low)
    *low = value;
  *high = MAX (*high, value);
}

/* Not below 1, 2 or 5 times a power of ten (bytes: a power of two), as the lines of an axis are. */
static double
round_step (double value, gboolean up, HeddleFigureUnit unit)
{
  static const double tens[] = { 1, 2, 5, 10 }, twos[] = { 1, 2, 4, 8 };
  const double *steps = unit == HEDDLE_FIGURE_BYTES ? twos : tens;
  double base = unit == HEDDLE_FIGURE_BYTES ? 8 : 10;
  double power = pow (base, floor (log (value) / log (base) + 1e-9));
  guint n = 0;

  /* the tolerance: a power is not exact */
  while (n < 3
         && (up ? steps[n] * power < value * (1 - 1e-9)
                : steps[n + 1] * power <= value * (1 + 1e-9)))
    n++;
  return steps[n] * power;
}

static void
init_linear (HeddleBarsScale *self, double high, HeddleFigureUnit unit)
{
  self->step = round_step (high / LINEAR_LINES, TRUE, unit);
  self->high = self->step * ceil (high / self->step - 1e-9);
}

static void
init_logarithmic (HeddleBarsScale *self, double low, double high, HeddleFigureUnit unit)
{
  self->logarithmic = TRUE;
  self->step = unit == HEDDLE_FIGURE_BYTES ? 4 : 10;
  self->low = round_step (low * SHORTEST, FALSE, unit);
  self->high = round_step (high, TRUE, unit);
}

/**
 * heddle_bars_scale_init:
 * @self: (out): a scale on which all that is shown of these figures has its place
 * @unit: of the figures that count
 *
 * Any thread.
 */
void
heddle_bars_scale_init (HeddleBarsScale *self, HeddleFigureUnit unit, const HeddleFigure *figures,
                        guint n_figures)
{
  double low = 0, high = 0;

  *self = (HeddleBarsScale) { 0 };
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
  if (high < low * HEDDLE_BARS_LINEAR)
    init_linear (self, high, unit);
  else
    init_logarithmic (self, low, high, unit);
}

/**
 * heddle_bars_scale_place:
 *
 * Returns: where @value stands, from 0 at the left end to 1 at the right; what lies outside stands
 * at the end. Any thread.
 */
double
heddle_bars_scale_place (const HeddleBarsScale *self, double value)
{
  if (self->high == 0 || value <= self->low)
    return 0;
  return MIN (self->logarithmic ? log (value / self->low) / log (self->high / self->low)
                                : value / self->high,
              1);
}

/* The first line of a logarithmic scale: 1, 10, 100 ..., of bytes 1, 4, 16 ... */
static double
get_first_line (const HeddleBarsScale *self)
{
  return pow (self->step, ceil (log (self->low) / log (self->step) - 1e-9));
}

/**
 * heddle_bars_scale_ticks:
 * @ticks: (out): the values at the lines, from left to right
 *
 * Returns: how many were set. Any thread.
 */
guint
heddle_bars_scale_ticks (const HeddleBarsScale *self, double ticks[HEDDLE_BARS_MAX_TICKS])
{
  guint steps, stride, n = 0;
  double first = 0;

  if (self->high == 0)
    return 0;
  if (self->logarithmic)
    first = get_first_line (self);
  steps = self->logarithmic ? (guint) (log (self->high / first) / log (self->step) + 1e-6)
                            : (guint) lround (self->high / self->step);
  stride = steps / HEDDLE_BARS_MAX_TICKS + 1;
  for (guint i = 0; i <= steps; i += stride)
    ticks[n++] = self->logarithmic ? first * pow (self->step, i) : self->step * i;
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
add (HeddleBarsRow *rows, guint *n_rows, HeddleBarsRowKind kind, guint index, HeddleFigureUnit unit,
     int height)
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
 * @line_height: of a line of text, pixels
 * @rows: (out): from top to bottom: figures of one unit, group by group in the order of their
 * numbers, and below them their axis
 *
 * Returns: how many rows were set; none without figures. Any thread.
 */
guint
heddle_bars_layout (const HeddleFigure *figures, guint n_figures, int heading_height,
                    int line_height, HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS])
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
              add (rows, &n, HEDDLE_BARS_BAR, i, unit, MAX (BAR_HEIGHT, line_height));
        }
      if (n > before)
        add (rows, &n, HEDDLE_BARS_AXIS, unit, unit, MAX (AXIS_HEIGHT, line_height));
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
