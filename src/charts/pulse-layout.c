/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/pulse-layout.h"

/**
 * heddle_pulse_layout_steps:
 * @reading: a pulse
 * @at: which answer of its history, 0: the oldest
 *
 * While an answer is under way no other ping is sent, so one step for it would make a stall of ten
 * seconds as narrow as an answer in time.
 *
 * Returns: how many steps it takes, 1 or more
 */
guint
heddle_pulse_layout_steps (const HeddlePulseReading *reading, guint at)
{
  g_return_val_if_fail (reading != NULL && at < reading->n_history, 1);

  if (reading->interval_ns <= 0)
    return 1;
  return (guint) CLAMP (reading->history[at] / reading->interval_ns, 1, HEDDLE_PULSE_HISTORY);
}

/**
 * heddle_pulse_layout_at:
 * @reading: a pulse
 * @step: a step, 0: the newest
 *
 * Returns: which answer of the history stands there, or -1
 */
int
heddle_pulse_layout_at (const HeddlePulseReading *reading, guint step)
{
  guint end = 0;

  g_return_val_if_fail (reading != NULL, -1);

  for (guint i = reading->n_history; i-- > 0;)
    {
      end += heddle_pulse_layout_steps (reading, i);
      if (step < end)
        return (int) i;
    }
  return -1;
}
