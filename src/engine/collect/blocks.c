/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Tasks that run back to back, in blocks. Under the collector's lock.
 *
 * A worker with short tasks leaves one event a task: this one is done, that one begins. Taken one
 * by one, each of them costs several times what the worker spends on it, so that the collector
 * would be what limits a map of short tasks. In blocks every task still has its own times in its
 * lane, in both histograms and in the counts; what is shared are calls, locks and searches.
 *
 * Only what needs nothing but that is taken here: a task with a result, an error, a wait, progress,
 * an input or a row that somebody wants to see goes through task_ended() in events.c, and means the
 * same.
 */

#include "engine/collect/collector-private.h"
#include "engine/collect/validate.h"
#include "trace/clock.h"

/* So that all of a block stays in the first cache. */
#define BLOCK 256

/* One block, as columns. Bounds, one more than the others: begin of the first task, and the end of
 * each, which is the next one's begin. */
typedef struct {
  gint64 bounds[BLOCK + 1];
  gint64 durations[BLOCK];
  gint64 waits[BLOCK];
  guint64 ids[BLOCK];
  guint n;
} Block;

static gboolean
wants_blocks (const HeddleCollector *self)
{
  const HeddleCollectorSinks *sinks = &self->sinks;

  return !sinks->wants_rows && sinks->trace == NULL && !heddle_input_table_is_used (sinks->inputs);
}

/* Whether nothing is known of the current task but that it began. */
static gboolean
is_plain (const HeddleSlot *slot)
{
  return slot->task.in_hand && !slot->task.lane_open && !slot->task.has_result
    && !slot->task.has_error && !slot->task.times.known && slot->task.wait_begin == 0;
}

/* Makes columns of events: the current task ends with the first of them, and that of the last one
 * is the current task afterwards. */
static void
fill_block (HeddleCollector *self, HeddleSlot *slot, Block *block, const HeddleEvent *events,
            guint n_events)
{
  gint64 begin = slot->task.started_ns;
  gint64 queued = slot->task.queued_ns;
  guint64 id = slot->task.id;
  guint n = 0;

  block->bounds[0] = begin;
  for (guint i = 0; i < n_events; i++)
    {
      gint64 time = heddle_clock_to_ns (events[i].time);

      if (slot->is_process && !heddle_validate_event (self, slot, &events[i], NULL))
        {
          slot->reader.broken = TRUE;
          break;
        }
      if (heddle_event_type (events[i].word) == HEDDLE_EVENT_QUEUED)
        {
          slot->queued_ns = time;
          continue;
        }
      time = MAX (time, begin);
      block->ids[n] = id;
      block->durations[n] = time - begin;
      block->waits[n] = begin - queued;
      block->bounds[++n] = time;
      begin = time;
      id = heddle_event_id (events[i].word);
      queued = MIN (slot->queued_ns, time);
    }
  block->n = n;
  slot->task.started_ns = begin;
  slot->task.queued_ns = queued;
  slot->task.id = id;
}

/* One block of the lane for each stretch of ids that count up. */
static void
write_lane (HeddleCollector *self, HeddleSlot *slot, Block *block)
{
  HeddleLaneStore *lanes = self->sinks.lanes;
  guint first = 0;

  heddle_lane_store_lock (lanes);
  for (guint i = 1; i <= block->n; i++)
    {
      if (i < block->n && block->ids[i] == block->ids[i - 1] + 1)
        continue;
      heddle_lane_store_sequence_locked (lanes, slot->number - 1, block->bounds + first, i - first,
                                         block->ids[first]);
      first = i;
    }
  heddle_lane_store_unlock (lanes);
}

/* Takes a block of what the slot's worker has published, if it begins with tasks that run back to
 * back: at most so many events. Returns how many were taken; 0: the next one is to be taken by
 * itself. */
guint
heddle_collector_take_block_locked (HeddleCollector *self, HeddleSlot *slot, guint max_events)
{
  HeddleEvent events[BLOCK];
  Block block;
  guint n_events;

  if (!is_plain (slot) || !wants_blocks (self))
    return 0;
  n_events = heddle_ring_read_plain (&slot->reader, events, MIN (max_events, BLOCK));
  if (n_events == 0)
    return 0;
  fill_block (self, slot, &block, events, n_events);
  if (block.n == 0)
    return n_events;
  slot->worker.n_started += block.n;
  slot->totals.tasks += block.n;
  slot->totals.busy_ns += block.bounds[block.n] - block.bounds[0];
  slot->task.attempt = 1;
  slot->task.progress = -1;
  self->counts.done += block.n;
  self->counts.last_end_ns = MAX (self->counts.last_end_ns, block.bounds[block.n]);
  heddle_histogram_add_many (&self->task_times, block.durations, block.n);
  heddle_histogram_add_many (&self->wait_times, block.waits, block.n);
  heddle_collector_flush_ops_locked (self);
  write_lane (self, slot, &block);
  heddle_collector_begin_times_locked (self, slot);
  return n_events;
}
