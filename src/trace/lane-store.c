/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The writing side of the lane store, and its budget; the reading side is lane-query.c.
 *
 * A lane has a track for each kind of stretch. What is no task is written by lane-stretch.c. When
 * memory runs over the budget, the chunk that ended first in all the store is folded: its spans go,
 * their sums stay in the lane's buckets. Times come from workers that may be broken: they are bent
 * into order here, so that all below may rely on it.
 */
#include "config.h"

#include "trace/lane-store-private.h"

static const HeddleTrackContent contents[HEDDLE_N_FOLDS] = {
  [HEDDLE_FOLD_BUSY] = HEDDLE_TRACK_TASKS,
  [HEDDLE_FOLD_SHARED] = HEDDLE_TRACK_NAMED,
  [HEDDLE_FOLD_HOLDING] = HEDDLE_TRACK_NAMED,
};

/* Most lanes have stretches of a few kinds only. Nobody writes into this one. */
static HeddleTrack no_track;

static void
lane_free (gpointer data)
{
  HeddleLane *lane = data;

  for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
    if (lane->tracks[kind] != &no_track)
      {
        heddle_track_clear (lane->tracks[kind]);
        g_free (lane->tracks[kind]);
      }
  heddle_lane_fold_clear (&lane->fold);
  g_free (lane->name);
  g_free (lane);
}

/**
 * heddle_lane_store_new:
 * @budget_bytes: memory for the history; when it is used up, the oldest spans go
 *
 * Returns: (transfer full): an empty store
 */
HeddleLaneStore *
heddle_lane_store_new (gsize budget_bytes)
{
  HeddleLaneStore *self = g_new0 (HeddleLaneStore, 1);

  atomic_init (&self->n_refs, 1);
  atomic_init (&self->serial, 1);
  pthread_mutex_init (&self->lock, NULL);
  self->budget = budget_bytes;
  self->lanes = g_ptr_array_new_with_free_func (lane_free);
  self->slots = g_array_new (FALSE, FALSE, sizeof (HeddleLaneSlots));
  return self;
}

/**
 * heddle_lane_store_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
HeddleLaneStore *
heddle_lane_store_ref (HeddleLaneStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  atomic_fetch_add_explicit (&self->n_refs, 1, memory_order_relaxed);
  return self;
}

/**
 * heddle_lane_store_unref:
 * @self: (transfer full): a store
 *
 * Any thread.
 */
void
heddle_lane_store_unref (HeddleLaneStore *self)
{
  g_return_if_fail (self != NULL);

  /* acq_rel: all uses of the others come before the end */
  if (atomic_fetch_sub_explicit (&self->n_refs, 1, memory_order_acq_rel) > 1)
    return;
  g_ptr_array_unref (self->lanes);
  g_array_unref (self->slots);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/**
 * heddle_lane_store_lock:
 *
 * Begins a batch of writing calls. Keep it short: the window waits for this lock when it draws.
 */
void
heddle_lane_store_lock (HeddleLaneStore *self)
{
  pthread_mutex_lock (&self->lock);
}

/**
 * heddle_lane_store_unlock:
 *
 * Ends a batch; the serial grows if anything changed.
 */
void
heddle_lane_store_unlock (HeddleLaneStore *self)
{
  if (self->changed)
    atomic_fetch_add_explicit (&self->serial, 1, memory_order_release);
  self->changed = FALSE;
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_lane_store_add_lane:
 * @name: what people call the worker
 *
 * Adds a lane. It takes next to no memory before its first task. Any thread, not inside a batch.
 *
 * Returns: the lane's number, from 0
 */
guint
heddle_lane_store_add_lane (HeddleLaneStore *self, const char *name)
{
  HeddleLane *lane;
  guint number;

  g_return_val_if_fail (self != NULL && name != NULL, 0);

  lane = g_new0 (HeddleLane, 1);
  lane->name = g_strdup (name);
  lane->progress = -1;
  for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
    lane->tracks[kind] = &no_track;
  heddle_lane_store_lock (self);
  number = self->lanes->len;
  g_ptr_array_add (self->lanes, lane);
  self->bytes += sizeof *lane;
  self->changed = TRUE;
  heddle_lane_store_unlock (self);
  return number;
}

/* (nullable): the lane of this number. */
HeddleLane *
heddle_lane_store_get_lane_locked (HeddleLaneStore *self, guint lane)
{
  return lane < self->lanes->len ? g_ptr_array_index (self->lanes, lane) : NULL;
}

/* Returns: @time, or the time nearest to it that can be */
gint64
heddle_lane_store_note_time_locked (HeddleLaneStore *self, gint64 time)
{
  time = CLAMP (time, 0, HEDDLE_LANE_LAST_TIME);
  self->begin = self->begun ? MIN (self->begin, time) : time;
  self->end = self->begun ? MAX (self->end, time) : time;
  self->begun = TRUE;
  self->changed = TRUE;
  return time;
}

static gsize
lane_bytes (const HeddleLane *lane)
{
  gsize bytes = heddle_lane_fold_get_bytes (&lane->fold);

  for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
    bytes += lane->tracks[kind]->bytes;
  return bytes;
}

/* What lies in one bucket is added in one go, a stretch that reaches over its end by itself. */
static void
fold_chunk (HeddleLane *lane, HeddleFoldKind kind, const HeddleTrackChunk *chunk)
{
  const HeddleTrack *track = lane->tracks[kind];
  HeddleSpan stretch;
  HeddleTrackSum sum;
  guint i = 0;

  while (i < chunk->n)
    {
      guint until;

      heddle_track_get_stretch (track, chunk, i, &stretch);
      until = heddle_track_sum_ended (
        track, chunk, i, heddle_lane_fold_get_bucket_end (&lane->fold, stretch.begin), &sum);
      if (until == i)
        {
          heddle_lane_fold_add (&lane->fold, kind, &stretch);
          i++;
          continue;
        }
      heddle_track_get_stretch (track, chunk, until - 1, &stretch);
      heddle_lane_fold_add_sum (&lane->fold, kind, stretch.end, &sum);
      i = until;
    }
}

static void
fold_oldest (HeddleLaneStore *self, HeddleLane *lane, HeddleFoldKind kind)
{
  HeddleTrack *track = lane->tracks[kind];
  const HeddleTrackChunk *chunk = heddle_track_get_oldest (track);
  gsize before = lane_bytes (lane);

  if (lane->fold.ends == NULL)
    heddle_lane_fold_begin (&lane->fold, lane->first_begin);
  fold_chunk (lane, kind, chunk);
  if (kind == HEDDLE_FOLD_BUSY)
    {
      self->n_given_up += chunk->n;
      self->given_up_until = MAX (self->given_up_until, chunk->end);
    }
  heddle_track_drop_oldest (track);
  self->bytes = self->bytes - before + lane_bytes (lane);
}

/* Looks at every lane, which is little work a chunk. */
static void
keep_budget (HeddleLaneStore *self)
{
  while (self->bytes > self->budget)
    {
      HeddleLane *oldest_lane = NULL;
      HeddleFoldKind oldest_kind = HEDDLE_FOLD_BUSY;
      gint64 oldest = G_MAXINT64;

      for (guint i = 0; i < self->lanes->len; i++)
        for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
          {
            HeddleLane *lane = g_ptr_array_index (self->lanes, i);
            const HeddleTrackChunk *chunk = heddle_track_get_oldest (lane->tracks[kind]);

            if (chunk != NULL && chunk->end < oldest)
              {
                oldest = chunk->end;
                oldest_lane = lane;
                oldest_kind = kind;
              }
          }
      if (oldest_lane == NULL)
        break;
      fold_oldest (self, oldest_lane, oldest_kind);
    }
}

/* The track of that kind, to be written into. */
static HeddleTrack *
get_track (HeddleLaneStore *self, HeddleLane *lane, HeddleFoldKind kind)
{
  if (lane->tracks[kind] == &no_track)
    {
      lane->tracks[kind] = g_new (HeddleTrack, 1);
      heddle_track_init (lane->tracks[kind], contents[kind]);
      self->bytes += sizeof *lane->tracks[kind];
    }
  return lane->tracks[kind];
}

/* Adds a stretch at the end of a track. */
void
heddle_lane_store_add_locked (HeddleLaneStore *self, HeddleLane *lane, HeddleFoldKind kind,
                              const HeddleSpan *stretch)
{
  HeddleTrack *track = get_track (self, lane, kind);
  gsize before = track->bytes;

  if (kind != HEDDLE_FOLD_BUSY && stretch->begin == track->end && stretch->id == track->last_id
      && heddle_track_get_oldest (track) != NULL)
    heddle_track_extend (track, stretch->end);
  else
    heddle_track_add (track, stretch);
  if (track->bytes == before)
    return;
  self->bytes += track->bytes - before;
  keep_budget (self);
}

/* What is known of a task's time, bent so that it is no longer than the task. */
static HeddleTaskTimes
bend_times (const HeddleTaskTimes *times, gint64 length)
{
  HeddleTaskTimes bent = { 0 };

  if (times == NULL || !times->known)
    return bent;
  bent.known = TRUE;
  bent.on_cpu_ns = CLAMP (times->on_cpu_ns, 0, length);
  bent.ready_ns = CLAMP (times->ready_ns, 0, length - bent.on_cpu_ns);
  return bent;
}

static void
add_task (HeddleLaneStore *self, HeddleLane *lane, gint64 begin, gint64 end, guint64 id,
          HeddleTaskState state, const HeddleTaskTimes *times)
{
  HeddleSpan task = { .begin = begin, .end = end, .id = id, .state = state,
                      .times = bend_times (times, end - begin) };

  heddle_lane_store_add_locked (self, lane, HEDDLE_FOLD_BUSY, &task);
}

/**
 * heddle_lane_store_born_locked:
 * @lane: number of a lane
 * @time: nanoseconds
 *
 * A worker has come to occupy the lane.
 */
void
heddle_lane_store_born_locked (HeddleLaneStore *self, guint lane, gint64 time)
{
  HeddleLane *it = heddle_lane_store_get_lane_locked (self, lane);

  g_return_if_fail (it != NULL);

  time = heddle_lane_store_note_time_locked (self, time);
  if (it->born == 0)
    it->born = time;
  it->died = 0;
}

/**
 * heddle_lane_store_died_locked:
 * @lane: number of a lane
 * @time: nanoseconds
 *
 * The worker in the lane has gone, for whatever reason. A task that is still open counts as lost.
 */
void
heddle_lane_store_died_locked (HeddleLaneStore *self, guint lane, gint64 time)
{
  HeddleLane *it = heddle_lane_store_get_lane_locked (self, lane);

  g_return_if_fail (it != NULL);

  if (it->open)
    heddle_lane_store_close_locked (self, lane, time, HEDDLE_TASK_LOST, NULL);
  it->died = MAX (heddle_lane_store_note_time_locked (self, time), 1);
}

/**
 * heddle_lane_store_open_locked:
 * @lane: number of a lane
 * @id: the task
 * @begin: nanoseconds
 * @queued: when it came into the queue; 0: not known
 *
 * The worker begins a task. One that is open already counts as lost.
 */
void
heddle_lane_store_open_locked (HeddleLaneStore *self, guint lane, guint64 id, gint64 begin,
                               gint64 queued)
{
  HeddleLane *it = heddle_lane_store_get_lane_locked (self, lane);

  g_return_if_fail (it != NULL);

  if (it->open)
    heddle_lane_store_close_locked (self, lane, begin, HEDDLE_TASK_LOST, NULL);
  it->open = TRUE;
  it->id = id;
  it->queued = queued;
  it->begin = MAX (heddle_lane_store_note_time_locked (self, begin),
                   it->tracks[HEDDLE_FOLD_BUSY]->end);
  it->progress = -1;
  if (it->tracks[HEDDLE_FOLD_BUSY]->n == 0)
    it->first_begin = it->begin;
}

/**
 * heddle_lane_store_close_locked:
 * @lane: number of a lane
 * @end: nanoseconds
 * @state: how the open task ended
 * @times: (nullable): what its time was made of, switches aside; %NULL where that is not known, and
 * where it comes as stretches
 *
 * The open task has ended. Nothing happens where none is open.
 */
void
heddle_lane_store_close_locked (HeddleLaneStore *self, guint lane, gint64 end,
                                HeddleTaskState state, const HeddleTaskTimes *times)
{
  HeddleLane *it = heddle_lane_store_get_lane_locked (self, lane);

  g_return_if_fail (it != NULL);

  if (!it->open)
    return;
  end = MAX (heddle_lane_store_note_time_locked (self, end), it->begin);
  it->open = FALSE;
  it->progress = -1;
  add_task (self, it, it->begin, end, it->id, state, times);
}

/**
 * heddle_lane_store_span_locked:
 * @lane: number of a lane
 * @begin: nanoseconds
 * @end: nanoseconds
 * @id: the task
 * @state: how it ended
 * @times: (nullable): as above
 *
 * A task has begun and ended: the same as open and close, at half the cost.
 */
void
heddle_lane_store_span_locked (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                               guint64 id, HeddleTaskState state, const HeddleTaskTimes *times)
{
  HeddleLane *it = heddle_lane_store_get_lane_locked (self, lane);
  HeddleTrack *track;

  g_return_if_fail (it != NULL);

  if (it->open)
    heddle_lane_store_close_locked (self, lane, begin, HEDDLE_TASK_LOST, NULL);
  track = it->tracks[HEDDLE_FOLD_BUSY];
  begin = MAX (heddle_lane_store_note_time_locked (self, begin), track->end);
  end = MAX (heddle_lane_store_note_time_locked (self, end), begin);
  if (track->n == 0)
    it->first_begin = begin;
  add_task (self, it, begin, end, id, state, times);
}

/**
 * heddle_lane_store_sequence_locked:
 * @lane: number of a lane
 * @bounds: (array length=n + 1): begin of the first task, and the end of each, which is the next
 * one's begin; bent into order where it is not
 * @n: how many, at least 1
 * @first_id: the first task; the others' ids count up from it
 *
 * Tasks ran back to back and are done: the same as so many spans, at a fraction of the cost.
 */
void
heddle_lane_store_sequence_locked (HeddleLaneStore *self, guint lane, gint64 *bounds, guint n,
                                   guint64 first_id)
{
  HeddleLane *it = heddle_lane_store_get_lane_locked (self, lane);
  HeddleTrack *track;
  gsize before;

  g_return_if_fail (it != NULL);

  if (it->open)
    heddle_lane_store_close_locked (self, lane, bounds[0], HEDDLE_TASK_LOST, NULL);
  track = get_track (self, it, HEDDLE_FOLD_BUSY);
  before = track->bytes;
  bounds[0] = MAX (heddle_lane_store_note_time_locked (self, bounds[0]), track->end);
  for (guint i = 1; i <= n; i++)
    bounds[i] = CLAMP (bounds[i], bounds[i - 1], HEDDLE_LANE_LAST_TIME);
  heddle_lane_store_note_time_locked (self, bounds[n]);
  if (track->n == 0)
    it->first_begin = bounds[0];
  heddle_track_add_sequence (track, bounds, n, first_id);
  if (track->bytes == before)
    return;
  self->bytes += track->bytes - before;
  keep_budget (self);
}

/**
 * heddle_lane_store_progress_locked:
 * @lane: number of a lane
 * @fraction: how much of the open task is done, 0 to 1
 */
void
heddle_lane_store_progress_locked (HeddleLaneStore *self, guint lane, gdouble fraction)
{
  HeddleLane *it = heddle_lane_store_get_lane_locked (self, lane);

  g_return_if_fail (it != NULL);

  if (!it->open)
    return;
  it->progress = CLAMP (fraction, 0, 1);
  self->changed = TRUE;
}
