/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/lane-blocks.h"

#define ROOM 6  /* pixels between two tasks from which on the question is asked */
#define LEAST 2 /* pixels */

/**
 * heddle_lane_blocks_add_leads:
 * @blocks: (element-type HeddleLaneBlock): what is to be drawn, in this order
 * @scale: time to pixel
 * @first: the first pixel that is free
 * @spans: in the order of time
 * @n_spans: how many
 * @queued: tells when the task of a span came into the queue; 0: not known
 * @data: for @queued
 *
 * Adds what leads to a task: the time for which it waited in the queue, as far as the lane's worker
 * had nothing else to show then. It is asked for at most once for each few pixels. Any thread.
 */
void
heddle_lane_blocks_add_leads (GArray *blocks, const HeddleTimeScale *scale, int first,
                              const HeddleSpan *spans, guint n_spans, HeddleQueuedFunc queued,
                              gpointer data)
{
  for (guint i = 0; i < n_spans; i++)
    {
      int begin = heddle_time_scale_pixel_of (scale, spans[i].begin);
      int end = heddle_time_scale_pixel_of (scale, spans[i].end);
      gint64 time = begin - first >= ROOM && begin < scale->n ? queued (&spans[i], data) : 0;
      int from = time > 0 ? heddle_time_scale_pixel_of (scale, time) : begin;
      HeddleLaneBlock lead = { .x = (gint16) MAX (from, first), .flags = HEDDLE_BLOCK_LEAD };

      if (begin - lead.x >= LEAST)
        {
          lead.width = (gint16) (begin - lead.x);
          /* cut, it has no begin of its own */
          lead.level = from >= first ? HEDDLE_BLOCK_LEVELS : 0;
          g_array_append_val (blocks, lead);
        }
      first = MAX (first, MAX (begin, end) + 1);
    }
}
