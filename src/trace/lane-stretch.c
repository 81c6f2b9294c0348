/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stretches of a lane beside its tasks: waits, scheduling states, what its worker holds.
 *
 * A worker's state between two tasks is of no use to anybody, so stretches of states are cut to the
 * tasks. Where tasks are so short that a stretch has many of them, with next to nothing between
 * them, that would be much work for nothing: cells clip what little is left over to the time of
 * tasks.
 */
#include "config.h"

#include "trace/lane-store-private.h"

/* Between tasks less time than that is not cut out: a pixel of a microsecond does not show it. */
#define SHORT_GAP_NS 1000
#define MANY_TASKS 64
/* Of a stretch over many tasks, one part in so many may lie between them. */
#define LITTLE 64

static void
add_piece (HeddleLaneStore *self, HeddleLane *lane, HeddleFoldKind kind, gint64 begin, gint64 end)
{
  HeddleSpan piece = { .begin = MAX (begin, lane->tracks[kind]->end),
                       .end = MIN (end, HEDDLE_LANE_LAST_TIME),
                       .state = HEDDLE_TASK_DONE };

  if (piece.begin >= piece.end)
    return;
  self->changed = TRUE;
  heddle_lane_store_add_locked (self, lane, kind, &piece);
}

/* Whether next to all the time between @begin and @end is that of tasks that have ended. */
static gboolean
is_covered (const HeddleTrack *tasks, gint64 begin, gint64 end)
{
  HeddleTrackSum before, after;
  HeddleTrackCursor cursor = { 0 };
  guint64 touched = 0;

  heddle_track_sum (tasks, begin, &cursor, &before, &touched);
  heddle_track_sum (tasks, end, &cursor, &after, &touched);
  return after.covered - before.covered >= end - begin - (end - begin) / LITTLE;
}

/* A stretch that is being cut to tasks. */
typedef struct {
  HeddleLaneStore *store;
  HeddleLane *lane;
  HeddleFoldKind kind;
  gint64 begin, end;
  gint64 from, to; /* the piece that is not written yet */
} Cut;

static void
flush_cut (Cut *self)
{
  add_piece (self->store, self->lane, self->kind, self->from, self->to);
}

/* Adds what lies in the next task. */
static void
add_part (Cut *self, gint64 begin, gint64 end)
{
  begin = MAX (begin, self->begin);
  end = MIN (end, self->end);
  if (begin >= end)
    return;
  if (self->from == self->to || begin - self->to >= SHORT_GAP_NS)
    {
      flush_cut (self);
      self->from = begin;
    }
  self->to = end;
}

/* Writes what of the stretch lies in tasks that have ended, from number @first to before @last, and
 * in the open one; where tasks were given up nobody knows any more where they lay. Tasks are looked
 * up by number anew for each few of them: adding a piece may give up old ones. */
static void
add_cut (HeddleLaneStore *self, HeddleLane *lane, HeddleFoldKind kind, gint64 begin, gint64 end,
         guint64 first, guint64 last)
{
  const HeddleTrack *tasks = lane->tracks[HEDDLE_FOLD_BUSY];
  Cut cut = { .store = self, .lane = lane, .kind = kind, .begin = begin, .end = end };
  HeddleSpan some[MANY_TASKS];
  guint n;

  add_part (&cut, begin, lane->fold.end[HEDDLE_FOLD_BUSY]);
  while ((first = MAX (first, heddle_track_get_first (tasks))) < last)
    {
      n = heddle_track_copy (tasks, first, last, some, MANY_TASKS);
      for (guint i = 0; i < n; i++)
        add_part (&cut, some[i].begin, some[i].end);
      first += n;
    }
  if (lane->open)
    add_part (&cut, lane->begin, end);
  flush_cut (&cut);
}

static void
add_state (HeddleLaneStore *self, HeddleLane *lane, HeddleFoldKind kind, gint64 begin, gint64 end)
{
  const HeddleTrack *tasks = lane->tracks[HEDDLE_FOLD_BUSY];
  guint64 first = heddle_track_count_ended (tasks, begin);
  guint64 last = heddle_track_count_begun (tasks, end);

  if (last > first + MANY_TASKS && is_covered (tasks, begin, end))
    add_piece (self, lane, kind, begin, end);
  else
    add_cut (self, lane, kind, begin, end, first, last);
}

/* A wait is that of the open task. */
static void
add_wait (HeddleLaneStore *self, HeddleLane *lane, HeddleFoldKind kind, gint64 begin, gint64 end,
          guint64 id)
{
  HeddleSpan wait = { .state = HEDDLE_TASK_DONE };

  if (!lane->open)
    return;
  wait.begin = MAX (heddle_lane_store_note_time_locked (self, begin),
                    MAX (lane->begin, lane->tracks[kind]->end));
  wait.end = heddle_lane_store_note_time_locked (self, end);
  wait.id = kind == HEDDLE_FOLD_SHARED ? id : 0;
  if (wait.begin < wait.end)
    heddle_lane_store_add_locked (self, lane, kind, &wait);
}

static void
add_hold (HeddleLaneStore *self, HeddleLane *lane, gint64 begin, gint64 end, guint64 id)
{
  HeddleTrack *track = lane->tracks[HEDDLE_FOLD_HOLDING];
  HeddleSpan hold = { .id = id, .state = HEDDLE_TASK_DONE };

  hold.begin = MAX (heddle_lane_store_note_time_locked (self, begin),
                    MAX (lane->first_begin, track->end));
  hold.end = heddle_lane_store_note_time_locked (self, end);

  if (hold.begin < hold.end)
    heddle_lane_store_add_locked (self, lane, HEDDLE_FOLD_HOLDING, &hold);
}

/**
 * heddle_lane_store_stretch_locked:
 * @lane: number of a lane
 * @kind: not %HEDDLE_FOLD_BUSY
 * @begin: nanoseconds; what lies before the end of the last stretch of that kind is left out
 * @end: nanoseconds
 * @id: number of the object, of %HEDDLE_FOLD_SHARED and %HEDDLE_FOLD_HOLDING; else 0
 *
 * A wait is that of the open task; where none is open nothing is written. Of %HEDDLE_FOLD_ON_CPU
 * and %HEDDLE_FOLD_READY only what lies in tasks is written, so they come after the tasks of their
 * time, or while those are open. A stretch that still goes on may come in pieces: where one begins
 * at the end of the last, with the same id, they become one.
 */
void
heddle_lane_store_stretch_locked (HeddleLaneStore *self, guint lane, HeddleFoldKind kind,
                                  gint64 begin, gint64 end, guint64 id)
{
  HeddleLane *it = heddle_lane_store_get_lane_locked (self, lane);

  g_return_if_fail (it != NULL);
  g_return_if_fail (kind > HEDDLE_FOLD_BUSY && kind < HEDDLE_N_FOLDS);

  if (begin >= end)
    return;
  if (kind == HEDDLE_FOLD_ON_CPU || kind == HEDDLE_FOLD_READY)
    add_state (self, it, kind, begin, end);
  else if (kind == HEDDLE_FOLD_KNOWN)
    add_piece (self, it, kind, begin, end);
  else if (kind == HEDDLE_FOLD_HOLDING)
    add_hold (self, it, begin, end, id);
  else
    add_wait (self, it, kind, begin, end, id);
}
