/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/frames.h"

#include "measure/recent.h"

struct _HeddleFrames {
  HeddleRecent intervals;
  gint64 last; /* 0: the next frame ends no interval */
};

/**
 * heddle_frames_new:
 *
 * Returns: (transfer full): of a window that has had no frame; free with heddle_frames_free()
 */
HeddleFrames *
heddle_frames_new (void)
{
  return g_new0 (HeddleFrames, 1);
}

void
heddle_frames_free (HeddleFrames *self)
{
  g_free (self);
}

/**
 * heddle_frames_add:
 * @time_ns: time of the frame that is being made, nanoseconds of the window's frame clock
 *
 * Tells of a frame; its distance from the one before is what counts. Two calls for one frame count
 * once.
 */
void
heddle_frames_add (HeddleFrames *self, gint64 time_ns)
{
  g_return_if_fail (self != NULL);

  if (self->last != 0 && time_ns > self->last)
    heddle_recent_add (&self->intervals, time_ns - self->last);
  self->last = time_ns;
}

/**
 * heddle_frames_pause:
 *
 * No frames come for a while because none are wanted (the window is hidden): the time until the
 * next one is not counted.
 */
void
heddle_frames_pause (HeddleFrames *self)
{
  g_return_if_fail (self != NULL);

  self->last = 0;
}

/**
 * heddle_frames_read:
 * @reading: (out): what the frames have been like so far
 */
void
heddle_frames_read (const HeddleFrames *self, HeddleFramesReading *reading)
{
  gint64 values[HEDDLE_PULSE_HISTORY];
  guint n;

  g_return_if_fail (self != NULL && reading != NULL);

  n = heddle_recent_copy (&self->intervals, values);
  reading->last_ns = self->intervals.last;
  reading->p99_ns = heddle_recent_p99 (values, n);
  reading->max_ns = self->intervals.max;
  reading->n = self->intervals.count;
}
