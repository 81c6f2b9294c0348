/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/track.h"

G_BEGIN_DECLS

/*
 * How a chunk of a track lies in memory; private to the track.
 *
 * Columns of what only grows: begins, times covered before; in a chunk of tasks some of which have
 * totals also time on CPU and time ready before. Then ids, where the track has them; of tasks
 * failures before each block of 64, and a byte with the state and whether totals are known.
 *
 * Wide: items have 64 bits. Takes anything. Narrow: items have 32 bits, begins and the like counted
 * from the first of their block of 64, ids from the chunk's lowest: what a wide chunk is packed
 * into where it fits, that is where 64 stretches take less than 4 s. Sequences: where tasks run
 * back to back, ids count up and all are done, the begins say everything but where one sequence
 * ends and the next begins: a column of 32 bits, counted from the chunk's begin, and a short list.
 * It is what a chunk of tasks begins as, and only for tasks without totals.
 */

gsize heddle_track_chunk_get_bytes (const HeddleTrackChunk *self, HeddleTrackContent content);
void heddle_track_chunk_begin (HeddleTrackChunk *self, HeddleTrackContent content,
                               HeddleTrackForm form, guint allocated);
void heddle_track_chunk_clear (HeddleTrackChunk *self);
void heddle_track_chunk_grow (HeddleTrackChunk *self, HeddleTrackContent content, guint allocated);
void heddle_track_chunk_add (HeddleTrackChunk *self, HeddleTrackContent content,
                             const HeddleSpan *stretch);
gboolean heddle_track_chunk_add_sequence (HeddleTrackChunk *self, const gint64 *bounds, guint n,
                                          guint64 first_id);
void heddle_track_chunk_seal (HeddleTrackChunk *self, HeddleTrackContent content);

gint64 heddle_track_chunk_get_begin (const HeddleTrackChunk *self, guint index);
gint64 heddle_track_chunk_get_covered (const HeddleTrackChunk *self, guint index);
guint64 heddle_track_chunk_get_id (const HeddleTrackChunk *self, guint index);
HeddleTaskState heddle_track_chunk_get_state (const HeddleTrackChunk *self, guint index);
gboolean heddle_track_chunk_has_times (const HeddleTrackChunk *self, guint index);
void heddle_track_chunk_get_times (const HeddleTrackChunk *self, guint index,
                                   HeddleTrackTimes *times);
guint heddle_track_chunk_count_failed (const HeddleTrackChunk *self, guint index);

G_END_DECLS
