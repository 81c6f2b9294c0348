/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/figure.h"

/**
 * heddle_figure_compare:
 *
 * For qsort() of measurements, doubles, before heddle_figure_set_samples(). Any thread.
 */
int
heddle_figure_compare (const void *a, const void *b)
{
  double one = *(const double *) a;
  double other = *(const double *) b;

  return (one > other) - (one < other);
}

/**
 * heddle_figure_set_samples:
 * @samples: (array length=n): measurements in order, the lowest first
 * @n: how many, 1 or more
 *
 * Sets value to the one in the middle, and low and high to those between which four out of five
 * lie: of ten measurements the lowest and the highest are left out, of twenty two at each end. With
 * fewer than %HEDDLE_FIGURE_SPREAD_MIN that cannot be said, since lowest and highest would be the
 * limits: then no spread is told. Any thread.
 */
void
heddle_figure_set_samples (HeddleFigure *self, const double *samples, guint n)
{
  guint n_out = n / 10;

  g_return_if_fail (samples != NULL && n > 0);

  self->value = samples[n / 2];
  self->low = n < HEDDLE_FIGURE_SPREAD_MIN ? 0 : samples[n_out];
  self->high = n < HEDDLE_FIGURE_SPREAD_MIN ? 0 : samples[n - 1 - n_out];
}
