/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/format.h"
#include "charts/axis.h"
#include "charts/value-scale.h"

#define SHRINK_AFTER (3 * HEDDLE_S)
#define STEPS 4 /* of which the top is a multiple */

/**
 * heddle_value_scale_update:
 * @maximum: the highest value that is shown
 * @length: of the time that is shown, nanoseconds
 * @now: the moment to draw, CLOCK_MONOTONIC ns
 *
 * Returns: what the top of the axis stands for, more than 0
 */
double
heddle_value_scale_update (HeddleValueScale *self, double maximum, gint64 length, gint64 now)
{
  double needed = heddle_axis_value_ceiling (maximum, heddle_axis_value_step (maximum, STEPS));

  if (needed >= self->top || length != self->length)
    {
      *self = (HeddleValueScale) { .top = needed, .length = length };
      return needed;
    }

  if (self->since == 0 || now < self->since)
    {
      self->since = now;
      self->needed = needed;
    }
  self->needed = MAX (self->needed, needed);
  if (now - self->since >= SHRINK_AFTER)
    *self = (HeddleValueScale) { .top = self->needed, .length = length };
  return self->top;
}
