/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/result-chunk.h"

#include <string.h>

#define ARENA (256 * 1024)
#define SMALLEST_ARENA 4096
#define ARENA_STEP 1024
#define HAS_TIMES (1u << 3)

/**
 * heddle_result_chunk_new:
 * @first: index of its first row
 * @first_error: number of its first error
 * @last: (nullable): the one before it
 *
 * Guarded by the lock of the results, as all here.
 *
 * Returns: (transfer full): a chunk without rows
 */
HeddleResultChunk *
heddle_result_chunk_new (guint64 first, guint64 first_error, const HeddleResultChunk *last)
{
  HeddleResultChunk *self = g_malloc (sizeof *self); /* the rows are written before they are read */

  memset (self, 0, G_STRUCT_OFFSET (HeddleResultChunk, rows));
  self->first = first;
  self->first_error = first_error;
  self->arena_wanted = last != NULL ? MIN (last->arena_length, ARENA) : SMALLEST_ARENA;
  return self;
}

/**
 * heddle_result_chunk_free:
 * @self: (transfer full): a chunk
 */
void
heddle_result_chunk_free (HeddleResultChunk *self)
{
  g_free (self->arena);
  g_free (self->errors);
  g_free (self);
}

/**
 * heddle_result_chunk_measure_texts:
 *
 * Returns: how much of an arena the times and texts of the row take, bytes
 */
gsize
heddle_result_chunk_measure_texts (const HeddleRow *row)
{
  const char *const texts[] = { row->label, row->result, row->error };
  gsize size = 0;
  char packed[HEDDLE_TASK_TIMES_PACKED];

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    size += texts[i] != NULL ? strlen (texts[i]) + 1 : 0;
  return row->times.known ? size + heddle_task_times_pack (&row->times, packed) : size;
}

/**
 * heddle_result_chunk_has_room:
 * @size: what the times and texts of a row take, bytes
 *
 * Returns: whether that row goes into this chunk
 */
gboolean
heddle_result_chunk_has_room (const HeddleResultChunk *self, gsize size)
{
  return self->n_rows == 0
    || (self->n_rows < HEDDLE_RESULT_ROWS && self->arena_length + size <= ARENA);
}

static void
reserve (HeddleResultChunk *self, gsize size)
{
  gsize wanted = self->arena_length + size;

  if (wanted <= self->arena_allocated)
    return;
  wanted = MAX (
    wanted, self->arena == NULL ? self->arena_wanted : MIN (self->arena_allocated * 5 / 4, ARENA));
  self->arena_allocated = (wanted + ARENA_STEP - 1) / ARENA_STEP * ARENA_STEP;
  self->arena = g_realloc (self->arena, self->arena_allocated);
}

static void
put_text (HeddleResultChunk *self, const char *text)
{
  gsize size = strlen (text) + 1;

  memcpy (self->arena + self->arena_length, text, size);
  self->arena_length += size;
}

/* A task that never started is where it was given up. */
static void
put_time (HeddleResultChunk *self, const HeddleRow *row)
{
  gint64 began = row->started_ns > 0 ? row->started_ns : row->finished_ns;

  self->began_ns = self->n_rows == 0 ? began : MIN (self->began_ns, began);
  self->ended_ns = self->n_rows == 0 ? row->finished_ns : MAX (self->ended_ns, row->finished_ns);
}

static void
put_error (HeddleResultChunk *self)
{
  if (self->n_errors == self->n_errors_allocated)
    {
      self->n_errors_allocated = MAX (self->n_errors_allocated * 2, 16);
      self->errors = g_renew (guint16, self->errors, self->n_errors_allocated);
    }
  self->errors[self->n_errors++] = (guint16) self->n_rows;
}

/**
 * heddle_result_chunk_put:
 * @row: copied; there is room for it
 * @is_error: it is one of those that are numbered by themselves
 */
void
heddle_result_chunk_put (HeddleResultChunk *self, const HeddleRow *row, gboolean is_error)
{
  HeddleResultPlace *place = &self->rows[self->n_rows];
  const char *const texts[] = { row->label, row->result, row->error };

  reserve (self, heddle_result_chunk_measure_texts (row));
  *place = (HeddleResultPlace) {
    .id = row->id,
    .queued_ns = row->queued_ns,
    .started_ns = row->started_ns,
    .finished_ns = row->finished_ns,
    .text = (guint32) self->arena_length,
    .worker = row->worker,
    .attempt = (guint16) MIN (row->attempt, G_MAXUINT16),
    .state = (guint8) row->state,
  };
  if (row->times.known)
    {
      place->flags |= HAS_TIMES;
      self->arena_length +=
        heddle_task_times_pack (&row->times, self->arena + self->arena_length);
    }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL)
      {
        place->flags |= 1u << i;
        put_text (self, texts[i]);
      }
  if (is_error)
    put_error (self);
  put_time (self, row);
  self->n_rows++;
}

/**
 * heddle_result_chunk_close:
 *
 * No row comes any more. What is left of the arena is given back only where it is worth a hole.
 */
void
heddle_result_chunk_close (HeddleResultChunk *self)
{
  if (self->arena_allocated - self->arena_length < self->arena_allocated / 8)
    return;
  self->arena = g_realloc (self->arena, self->arena_length);
  self->arena_allocated = self->arena_length;
}

/**
 * heddle_result_chunk_look_at:
 * @row: (out): the nth row; its texts are the chunk's own
 */
void
heddle_result_chunk_look_at (const HeddleResultChunk *self, guint n, HeddleRow *row)
{
  const HeddleResultPlace *place = &self->rows[n];
  char *text = self->arena + place->text;
  char **const texts[] = { &row->label, &row->result, &row->error };

  *row = (HeddleRow) {
    .id = place->id,
    .state = (HeddleTaskState) place->state,
    .attempt = place->attempt,
    .worker = place->worker,
    .queued_ns = place->queued_ns,
    .started_ns = place->started_ns,
    .finished_ns = place->finished_ns,
  };
  if ((place->flags & HAS_TIMES) != 0)
    text += heddle_task_times_unpack (&row->times, text);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (place->flags & (1u << i))
      {
        *texts[i] = text;
        text += strlen (text) + 1;
      }
}

/**
 * heddle_result_chunk_get:
 * @row: (out): a copy of the nth row: heddle_row_clear()
 */
void
heddle_result_chunk_get (const HeddleResultChunk *self, guint n, HeddleRow *row)
{
  heddle_result_chunk_look_at (self, n, row);
  row->label = g_strdup (row->label);
  row->result = g_strdup (row->result);
  row->error = g_strdup (row->error);
}

/**
 * heddle_result_chunk_touches:
 * @begin: CLOCK_MONOTONIC nanoseconds
 * @end: likewise; not in the stretch itself
 *
 * Returns: %FALSE if none of its tasks was going on at any time of the stretch, nor ended in it
 */
gboolean
heddle_result_chunk_touches (const HeddleResultChunk *self, gint64 begin, gint64 end)
{
  return self->n_rows > 0 && self->ended_ns >= begin && self->began_ns < end;
}

/**
 * heddle_result_chunk_get_bytes:
 *
 * Returns: memory held
 */
gsize
heddle_result_chunk_get_bytes (const HeddleResultChunk *self)
{
  return sizeof *self + self->arena_allocated + self->n_errors_allocated * sizeof (guint16);
}
