/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/track-block.h"

G_BEGIN_DECLS

/*
 * How a chunk of a track lies in memory; private to the track.
 *
 * Packed: 64 stretches are a block, with columns of begins, of time not covered before each, and
 * of tasks of ids, states and totals. An item has as many bits as the block's largest needs,
 * counted from the block's first or lowest; where all are the same it has none. So what is regular
 * takes little, and what reaches far takes more only where it does. The last block is not packed
 * before it is full. Takes anything.
 *
 * Sequences: where tasks run back to back, ids count up and all are done, the begins say everything
 * but where one sequence ends and the next begins: a column of 32 bits, counted from the chunk's
 * begin, and a short list. It is what a chunk of tasks begins as, and only for tasks without
 * totals.
 */

gsize heddle_track_chunk_get_bytes (const HeddleTrackChunk *self);
void heddle_track_chunk_begin (HeddleTrackChunk *self, HeddleTrackForm form, guint allocated);
void heddle_track_chunk_clear (HeddleTrackChunk *self);
guint heddle_track_chunk_make_room (HeddleTrackChunk *self);
void heddle_track_chunk_add (HeddleTrackChunk *self, HeddleTrackContent content,
                             const HeddleSpan *stretch);
gboolean heddle_track_chunk_add_sequence (HeddleTrackChunk *self, const gint64 *bounds, guint n,
                                          guint64 first_id);
void heddle_track_chunk_seal (HeddleTrackChunk *self, HeddleTrackContent content);

gint64 heddle_track_chunk_get_begin (const HeddleTrackChunk *self, guint index);
gint64 heddle_track_chunk_get_end (const HeddleTrackChunk *self, guint index);
gint64 heddle_track_chunk_get_gap (const HeddleTrackChunk *self, guint index);
gint64 heddle_track_chunk_get_covered (const HeddleTrackChunk *self, guint index);
guint heddle_track_chunk_count_begun (const HeddleTrackChunk *self, gint64 time, guint64 *touched);
guint heddle_track_count_chunks_begun (const HeddleTrack *self, guint from, gint64 time,
                                       guint64 *touched);
guint heddle_track_find_chunk (const HeddleTrack *self, guint from, gint64 time, guint64 *touched);
guint64 heddle_track_chunk_get_id (const HeddleTrackChunk *self, guint index);
HeddleTaskState heddle_track_chunk_get_state (const HeddleTrackChunk *self, guint index);
gboolean heddle_track_chunk_has_times (const HeddleTrackChunk *self, guint index);
void heddle_track_chunk_get_times (const HeddleTrackChunk *self, guint index,
                                   HeddleTrackTimes *times);
guint heddle_track_chunk_count_failed (const HeddleTrackChunk *self, guint index);

/* These two of a packed chunk: index of the first stretch of the block that is not full; the full
 * block that the stretch is in. */
static inline guint
heddle_track_chunk_get_open (const HeddleTrackChunk *self)
{
  return self->n - self->n % HEDDLE_TRACK_BLOCK;
}

static inline const HeddleTrackBlock *
heddle_track_chunk_get_block (const HeddleTrackChunk *self, guint index)
{
  guint at = self->packed.blocks[index / HEDDLE_TRACK_BLOCK];

  return (const HeddleTrackBlock *) (self->packed.words + at);
}

G_END_DECLS
