/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/track.h"

G_BEGIN_DECLS

/*
 * How a chunk of a track lies in memory; private to the track.
 *
 * Wide: columns of 64 bits: begins, times covered before, ids; then failures before each block of
 * 64, and states. Takes anything. Narrow: the same in 32 bits, begins and ids counted from the
 * chunk's first: what a wide chunk is packed into where it fits. Sequences: where tasks run back to
 * back, ids count up and all are done, the begins say everything but where one sequence ends and
 * the next begins: a column of 32 bits and a short list. It is what a chunk of tasks begins as. A
 * track without tasks has no ids, blocks and states, and no sequences.
 */

gsize heddle_track_chunk_get_bytes (const HeddleTrackChunk *self, gboolean tasks);
void heddle_track_chunk_begin (HeddleTrackChunk *self, gboolean tasks, HeddleTrackForm form,
                               guint allocated);
void heddle_track_chunk_clear (HeddleTrackChunk *self);
void heddle_track_chunk_grow (HeddleTrackChunk *self, gboolean tasks, guint allocated);
void heddle_track_chunk_add (HeddleTrackChunk *self, gboolean tasks, gint64 begin, gint64 end,
                             guint64 id, HeddleTaskState state);
gboolean heddle_track_chunk_add_sequence (HeddleTrackChunk *self, const gint64 *bounds, guint n,
                                          guint64 first_id);
void heddle_track_chunk_seal (HeddleTrackChunk *self, gboolean tasks);

gint64 heddle_track_chunk_get_begin (const HeddleTrackChunk *self, guint index);
gint64 heddle_track_chunk_get_covered (const HeddleTrackChunk *self, guint index);
guint64 heddle_track_chunk_get_id (const HeddleTrackChunk *self, guint index);
HeddleTaskState heddle_track_chunk_get_state (const HeddleTrackChunk *self, guint index);
guint heddle_track_chunk_count_failed (const HeddleTrackChunk *self, guint index);

G_END_DECLS
