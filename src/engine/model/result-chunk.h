/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/results.h"

G_BEGIN_DECLS

/* Rows of results: a fixed table and one arena with their texts. A chunk is full with
 * HEDDLE_RESULT_ROWS rows or 256 KiB of texts, so that what is given up at once stays small. An
 * arena begins as large as the last one became, so that what a dropped chunk frees is what the next
 * one needs: arenas that grew by doubling left holes, a quarter of the budget. It is larger than
 * 256 KiB only for a single row that is. */
#define HEDDLE_RESULT_ROWS 1024

typedef struct {
  guint64 id;
  gint64 queued_ns, started_ns, finished_ns;
  guint32 text; /* where in the arena what it has stands: its times, packed, then its label, result
                   and error, NUL-terminated */
  guint32 worker;
  guint16 attempt;
  guint8 state;
  guint8 flags; /* bit 0: has a label, 1: a result, 2: an error, 3: times */
} HeddleResultPlace;

typedef struct {
  guint64 first;       /* index of its first row */
  guint64 first_error; /* number of its first error among all errors */
  guint n_rows;
  guint n_errors;
  guint n_errors_allocated;
  gint64 began_ns;     /* nothing of its rows was before */
  gint64 ended_ns;     /* and nothing behind */
  gsize arena_length;
  gsize arena_allocated;
  gsize arena_wanted;  /* how large it begins */
  char *arena;
  guint16 *errors;     /* which of its rows are errors */
  HeddleResultPlace rows[HEDDLE_RESULT_ROWS];
} HeddleResultChunk;

HeddleResultChunk *heddle_result_chunk_new (guint64 first, guint64 first_error,
                                            const HeddleResultChunk *last);
void heddle_result_chunk_free (HeddleResultChunk *self);
gsize heddle_result_chunk_measure_texts (const HeddleRow *row);
gboolean heddle_result_chunk_has_room (const HeddleResultChunk *self, gsize size);
void heddle_result_chunk_put (HeddleResultChunk *self, const HeddleRow *row, gboolean is_error);
void heddle_result_chunk_close (HeddleResultChunk *self);
void heddle_result_chunk_look_at (const HeddleResultChunk *self, guint n, HeddleRow *row);
void heddle_result_chunk_get (const HeddleResultChunk *self, guint n, HeddleRow *row);
gboolean heddle_result_chunk_touches (const HeddleResultChunk *self, gint64 begin, gint64 end);
gsize heddle_result_chunk_get_bytes (const HeddleResultChunk *self);

G_END_DECLS
