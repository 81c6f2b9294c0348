/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/span.h"

G_BEGIN_DECLS

/*
 * A track: stretches of time in order, none over another, in columns; part of the lane store,
 * guarded by its lock.
 *
 * Beside each stretch's begin is kept the time covered by those before it, which gives the
 * stretch's length (the difference to its neighbour) and at the same time makes a sum over any
 * range of time a matter of two searches. Totals of tasks (on CPU, ready) are columns of the same
 * kind. How a chunk lies in memory is track-chunk.h's business: 4 bytes a task where tasks ran back
 * to back; else 24 at most, mostly half of that, while 64 stretches of a lane take less than an
 * hour, whatever their time was made of.
 */
#define HEDDLE_TRACK_CHUNK 1024

typedef enum {
  HEDDLE_TRACK_PACKED,
  HEDDLE_TRACK_SEQUENCES,
} HeddleTrackForm;

/* What is kept of a stretch beside its time. */
typedef enum {
  HEDDLE_TRACK_PLAIN, /* nothing */
  HEDDLE_TRACK_NAMED, /* an id */
  HEDDLE_TRACK_TASKS, /* an id, a state, and totals where they are known */
} HeddleTrackContent;

/* Stretches with no gap between them, of tasks that are done, with ids that count up. */
typedef struct {
  guint32 id;    /* of its first stretch, less the chunk's first_id */
  guint32 gaps;  /* nanoseconds of the chunk that are not covered, before it */
  guint32 first; /* index of its first stretch */
} HeddleTrackSequence;

/* What the time of tasks was made of, nanoseconds. */
typedef struct {
  gint64 on_cpu;
  gint64 ready;
  gint64 known; /* time of tasks of which these two are known */
} HeddleTrackTimes;

typedef struct _HeddleTrackItem HeddleTrackItem;

/* Blocks of stretches, one after another. */
typedef struct {
  guint64 *words;
  guint n_words;
  guint allocated;    /* one more than n_words at least */
  guint16 blocks[16]; /* where each begins */
} HeddleTrackPacked;

typedef struct {
  gint64 begin;          /* of the first stretch */
  gint64 end;            /* of the last one */
  /* time covered by all stretches before this chunk, since the beginning of the track */
  gint64 covered_before;
  guint64 n_before;
  guint64 n_failed_before;
  HeddleTrackTimes times_before;
  gint64 covered;        /* these two: by this chunk's */
  HeddleTrackTimes times;
  guint n_failed;
  guint n;
  HeddleTrackForm form;
  guint allocated;       /* room in begins or items */
  /* packed */
  HeddleTrackItem *items; /* of the block that is not full yet */
  HeddleTrackPacked packed;
  /* sequences */
  guint32 *begins;
  guint64 first_id;      /* ids count from here */
  HeddleTrackSequence *sequences;
  guint n_sequences;
  guint sequences_allocated;
} HeddleTrackChunk;

typedef struct {
  HeddleTrackChunk *chunks;
  /* when each chunk begins, again: a search among many touches a few cache lines of this column
   * where it would touch one for each chunk that it looks at */
  gint64 *begins;
  guint first;     /* chunks before this one are given up */
  guint n_chunks;  /* including those */
  guint allocated;
  HeddleTrackContent content;
  guint64 n;       /* these four: since the beginning, what was given up included */
  guint64 n_failed;
  gint64 covered;
  HeddleTrackTimes times;
  gint64 end;      /* of the last stretch */
  guint64 last_id; /* its id */
  gsize bytes;     /* memory held */
} HeddleTrack;

/* All there was up to a moment. */
typedef struct {
  gint64 covered;
  guint64 n;
  guint64 n_failed;
  HeddleTrackTimes times;
} HeddleTrackSum;

/* Where searches in a track that does not change came to; all 0 before the first one. */
typedef struct {
  guint chunk;
  guint index;         /* of the last stretch that had begun */
  /* where searches come to one stretch again and again: the sum before it, its begin, the next
   * one's, and what it adds; from @begin on, and up to @next, nothing has to be searched */
  gboolean is_known;
  gint64 begin;
  gint64 next;
  HeddleTrackSum before;
  HeddleTrackSum own;
  gint64 still;        /* the sum of the last search is that of all times up to this one */
} HeddleTrackCursor;

/* What a search needs of memory, one after another: each says where the next one lies. */
typedef enum {
  HEDDLE_TRACK_BEGINS,
  HEDDLE_TRACK_CHUNKS,
  HEDDLE_TRACK_BLOCKS,
} HeddleTrackDepth;

void heddle_track_init (HeddleTrack *self, HeddleTrackContent content);
void heddle_track_clear (HeddleTrack *self);
void heddle_track_add (HeddleTrack *self, const HeddleSpan *stretch);
void heddle_track_add_sequence (HeddleTrack *self, const gint64 *bounds, guint n, guint64 first_id);
void heddle_track_extend (HeddleTrack *self, gint64 end);
const HeddleTrackChunk *heddle_track_get_oldest (const HeddleTrack *self);
void heddle_track_get_stretch (const HeddleTrack *self, const HeddleTrackChunk *chunk, guint index,
                               HeddleSpan *stretch);
guint heddle_track_sum_ended (const HeddleTrack *self, const HeddleTrackChunk *chunk, guint from,
                              gint64 time, HeddleTrackSum *sum);
void heddle_track_drop_oldest (HeddleTrack *self);
guint64 heddle_track_get_first (const HeddleTrack *self);
void heddle_track_sum (const HeddleTrack *self, gint64 time, HeddleTrackCursor *cursor,
                       HeddleTrackSum *sum, guint64 *touched);
void heddle_track_prefetch (const HeddleTrack *self, gint64 time, HeddleTrackDepth depth);
guint64 heddle_track_count_begun (const HeddleTrack *self, gint64 time);
guint64 heddle_track_count_ended (const HeddleTrack *self, gint64 time);
guint heddle_track_copy (const HeddleTrack *self, guint64 first, guint64 last, HeddleSpan *spans,
                         guint max);

/* Share of @whole that falls on the first @part of @length nanoseconds. */
static inline gint64
heddle_track_share (gint64 whole, gint64 part, gint64 length)
{
  return part >= length ? whole : (gint64) ((double) whole * ((double) part / (double) length));
}

G_END_DECLS
