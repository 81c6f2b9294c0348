/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/lock.h"
#include "engine/model/result-chunk.h"

/* Goal: a million rows in well under 120 bytes each, any row by its index at once, and the row of a
 * task by its id without a hash entry a row. Rows stand in chunks (result-chunk.h), which are found
 * by halving. Ids are dense (they count from 1) and end roughly in order, so the index by id is a
 * table of pages, 4 bytes an id. A page goes when all of its tasks have ended and the last of its
 * rows has gone. An entry holds the low 32 bits of the row's index plus one, 0 while the task has
 * not ended. The row found there must have that id, which makes outdated entries harmless. */
#define PAGE 4096

typedef struct {
  guint64 number; /* of the page: id / PAGE; also its key */
  guint n_rows;   /* how many rows that are kept have their id here */
  guint n_ended;  /* how many of its tasks have ended */
  guint32 entries[PAGE];
} Page;

struct _HeddleResults {
  atomic_uint ref_count;
  gsize budget; /* constant */

  pthread_mutex_t lock;
  /* guarded by lock */
  HeddleResultChunk **chunks; /* those from head on, oldest first; never NULL in between */
  guint head;
  guint n_chunks; /* behind head */
  guint n_allocated;
  GHashTable *pages;
  Page *last_page; /* the one used last, or NULL */
  guint64 length;  /* rows ever added */
  guint64 n_errors;
  gsize bytes;
  guint64 last_id;  /* the largest that was added */
  guint64 first_id; /* the smallest of a row that is kept; 0: to be looked for */
};

/**
 * heddle_row_clear:
 * @row: a row that was filled by one of the functions below
 *
 * Frees what the row owns. Any thread.
 */
void
heddle_row_clear (HeddleRow *row)
{
  g_return_if_fail (row != NULL);

  g_clear_pointer (&row->label, g_free);
  g_clear_pointer (&row->result, g_free);
  g_clear_pointer (&row->error, g_free);
}

/**
 * heddle_results_new:
 * @budget_bytes: how much memory the rows may take, their texts and indices included; the newest
 * chunk (at most 1024 rows) is kept even where it alone takes more. 0: no row is kept, they are
 * only counted.
 *
 * Returns: (transfer full): a store without rows
 */
HeddleResults *
heddle_results_new (gsize budget_bytes)
{
  HeddleResults *self = g_new0 (HeddleResults, 1);

  atomic_init (&self->ref_count, 1);
  self->budget = budget_bytes;
  self->pages = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

/**
 * heddle_results_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
HeddleResults *
heddle_results_ref (HeddleResults *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  /* relaxed: who can take a reference holds one already */
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);
  return self;
}

/**
 * heddle_results_unref:
 * @self: (transfer full): a store
 *
 * Gives a reference back; the last one frees the store. Any thread.
 */
void
heddle_results_unref (HeddleResults *self)
{
  g_return_if_fail (self != NULL);

  /* acq_rel: whoever frees sees everything that the others did before they let go */
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) != 1)
    return;
  for (guint i = 0; i < self->n_chunks; i++)
    heddle_result_chunk_free (self->chunks[self->head + i]);
  g_free (self->chunks);
  g_hash_table_unref (self->pages);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/* All statics from here on: with the lock held. */

static Page *
find_page (HeddleResults *self, guint64 id)
{
  guint64 number = id / PAGE;

  if (self->last_page != NULL && self->last_page->number == number)
    return self->last_page;
  return g_hash_table_lookup (self->pages, &number);
}

static void
index_add (HeddleResults *self, guint64 id, guint64 index)
{
  Page *page = find_page (self, id);

  if (page == NULL)
    {
      page = g_new0 (Page, 1);
      page->number = id / PAGE;
      g_hash_table_insert (self->pages, &page->number, page);
      self->bytes += sizeof (Page);
    }
  page->n_ended += page->entries[id % PAGE] == 0;
  page->entries[id % PAGE] = (guint32) index + 1;
  page->n_rows++;
  self->last_page = page;
  self->last_id = MAX (self->last_id, id);
  self->first_id = MIN (self->first_id, id);
}

static void
index_remove (HeddleResults *self, guint64 id)
{
  Page *page = find_page (self, id);

  /* ids count from 1, so the first page has one less */
  if (--page->n_rows > 0 || page->n_ended < (page->number == 0 ? PAGE - 1 : PAGE))
    return;
  if (self->last_page == page)
    self->last_page = NULL;
  self->bytes -= sizeof (Page);
  g_hash_table_remove (self->pages, &page->number);
}

static void
drop_oldest_chunk (HeddleResults *self)
{
  HeddleResultChunk *chunk = self->chunks[self->head];

  for (guint i = 0; i < chunk->n_rows; i++)
    index_remove (self, chunk->rows[i].id);
  self->first_id = 0;
  self->bytes -= heddle_result_chunk_get_bytes (chunk);
  heddle_result_chunk_free (chunk);
  self->head++;
  self->n_chunks--;
  /* half of the table is unused: move the rest down, so that it costs a constant a chunk */
  if (self->head >= 16 && self->head >= self->n_chunks)
    {
      memmove (self->chunks, self->chunks + self->head,
               self->n_chunks * sizeof (HeddleResultChunk *));
      self->head = 0;
    }
}

static HeddleResultChunk *
add_chunk (HeddleResults *self, const HeddleResultChunk *last)
{
  HeddleResultChunk *chunk = heddle_result_chunk_new (self->length, self->n_errors, last);

  if (self->head + self->n_chunks == self->n_allocated)
    {
      self->n_allocated = MAX (self->n_allocated * 2, 32);
      self->chunks = g_renew (HeddleResultChunk *, self->chunks, self->n_allocated);
    }
  self->chunks[self->head + self->n_chunks++] = chunk;
  self->bytes += heddle_result_chunk_get_bytes (chunk);
  return chunk;
}

/* The chunk that a row goes into whose texts take so much. */
static HeddleResultChunk *
get_open_chunk (HeddleResults *self, gsize size)
{
  HeddleResultChunk *last =
    self->n_chunks > 0 ? self->chunks[self->head + self->n_chunks - 1] : NULL;

  if (last != NULL && heddle_result_chunk_has_room (last, size))
    return last;
  if (last != NULL)
    {
      self->bytes -= heddle_result_chunk_get_bytes (last);
      heddle_result_chunk_close (last);
      self->bytes += heddle_result_chunk_get_bytes (last);
    }
  return add_chunk (self, last);
}

static gboolean
is_error (HeddleTaskState state)
{
  return state == HEDDLE_TASK_FAILED || state == HEDDLE_TASK_LOST;
}

/* How many there have been. */
static guint64
get_end (const HeddleResults *self, gboolean errors)
{
  return errors ? self->n_errors : self->length;
}

/* The index of the oldest row that is kept, or the number of the oldest error. */
static guint64
get_first (const HeddleResults *self, gboolean errors)
{
  const HeddleResultChunk *oldest = self->n_chunks > 0 ? self->chunks[self->head] : NULL;

  if (oldest == NULL)
    return get_end (self, errors);
  return errors ? oldest->first_error : oldest->first;
}

/* The last chunk whose first row (or error) is not behind @number. There is one. */
static HeddleResultChunk *
find_chunk (const HeddleResults *self, guint64 number, gboolean errors)
{
  guint low = self->head;
  guint high = self->head + self->n_chunks;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;
      const HeddleResultChunk *chunk = self->chunks[middle];

      if ((errors ? chunk->first_error : chunk->first) <= number)
        low = middle;
      else
        high = middle;
    }
  return self->chunks[low];
}

/* Where the row of that index, or the error of that number, stands in its chunk. */
static guint
find_place (const HeddleResultChunk *chunk, guint64 number, gboolean errors)
{
  return errors ? chunk->errors[number - chunk->first_error] : (guint) (number - chunk->first);
}

static gboolean
find_id (HeddleResults *self, guint64 id, guint64 *index)
{
  const Page *page = find_page (self, id);
  guint64 first = get_first (self, FALSE), candidate;
  const HeddleResultChunk *chunk;

  if (page == NULL || page->entries[id % PAGE] == 0 || self->n_chunks == 0)
    return FALSE;
  /* less than 2^32 rows are kept, so their low 32 bits tell them apart */
  candidate = first + (guint32) (page->entries[id % PAGE] - 1 - (guint32) first);
  if (candidate >= self->length)
    return FALSE;
  chunk = find_chunk (self, candidate, FALSE);
  if (chunk->rows[candidate - chunk->first].id != id)
    return FALSE;
  *index = candidate;
  return TRUE;
}

/* Looks through the page with the smallest ids that has rows. There is one if there are rows. */
static void
find_first_id (HeddleResults *self)
{
  const Page *lowest = NULL;
  GHashTableIter iter;
  gpointer value;
  guint64 index;

  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Page *) value)->n_rows > 0
        && (lowest == NULL || ((Page *) value)->number < lowest->number))
      lowest = value;
  self->first_id = self->last_id + 1;
  for (guint i = 0; lowest != NULL && i < PAGE; i++)
    if (find_id (self, lowest->number * PAGE + i, &index))
      {
        self->first_id = lowest->number * PAGE + i;
        return;
      }
}

/**
 * heddle_results_add:
 * @row: what came of a task; copied
 *
 * Adds a row at the end; the oldest go if the budget is used up. Any thread.
 */
void
heddle_results_add (HeddleResults *self, const HeddleRow *row)
{
  HeddleResultChunk *chunk;
  gsize before;

  g_return_if_fail (self != NULL);
  g_return_if_fail (row != NULL);

  HEDDLE_AUTO_LOCK (&self->lock);
  if (self->budget > 0)
    {
      chunk = get_open_chunk (self, heddle_result_chunk_measure_texts (row));
      before = heddle_result_chunk_get_bytes (chunk);
      heddle_result_chunk_put (chunk, row, is_error (row->state));
      self->bytes += heddle_result_chunk_get_bytes (chunk) - before;
      index_add (self, row->id, self->length);
    }
  self->length++;
  self->n_errors += is_error (row->state);
  while (self->bytes > self->budget && self->n_chunks > 1)
    drop_oldest_chunk (self);
}

/**
 * heddle_results_get_first:
 *
 * Returns: the index of the oldest row that is still kept; so many are gone. Any thread.
 */
guint64
heddle_results_get_first (HeddleResults *self)
{
  g_return_val_if_fail (self != NULL, 0);

  HEDDLE_AUTO_LOCK (&self->lock);
  return get_first (self, FALSE);
}

/**
 * heddle_results_get_length:
 *
 * Returns: how many rows were ever added; the newest has this index less one. Any thread.
 */
guint64
heddle_results_get_length (HeddleResults *self)
{
  g_return_val_if_fail (self != NULL, 0);

  HEDDLE_AUTO_LOCK (&self->lock);
  return self->length;
}

static gboolean
get_row (HeddleResults *self, guint64 number, gboolean errors, HeddleRow *row)
{
  const HeddleResultChunk *chunk;

  g_return_val_if_fail (self != NULL && row != NULL, FALSE);

  HEDDLE_AUTO_LOCK (&self->lock);
  if (number < get_first (self, errors) || number >= get_end (self, errors))
    return FALSE;
  chunk = find_chunk (self, number, errors);
  heddle_result_chunk_get (chunk, find_place (chunk, number, errors), row);
  return TRUE;
}

/**
 * heddle_results_get:
 * @index: which row
 * @row: (out caller-allocates): a copy of it: heddle_row_clear()
 *
 * Returns: %FALSE if that row is gone or has not come yet; then @row is not touched. Any thread.
 */
gboolean
heddle_results_get (HeddleResults *self, guint64 index, HeddleRow *row)
{
  return get_row (self, index, FALSE, row);
}

/**
 * heddle_results_get_n_errors:
 *
 * Returns: how many rows were ever added whose task failed or was lost. Any thread.
 */
guint64
heddle_results_get_n_errors (HeddleResults *self)
{
  g_return_val_if_fail (self != NULL, 0);

  HEDDLE_AUTO_LOCK (&self->lock);
  return self->n_errors;
}

/**
 * heddle_results_get_first_error:
 *
 * Returns: the number, from 0, of the oldest error that is kept; so many are gone. Any thread.
 */
guint64
heddle_results_get_first_error (HeddleResults *self)
{
  g_return_val_if_fail (self != NULL, 0);

  HEDDLE_AUTO_LOCK (&self->lock);
  return get_first (self, TRUE);
}

/**
 * heddle_results_get_error:
 * @nth: which of the errors, from 0; an error keeps its number for ever
 * @row: (out caller-allocates): a copy of its row: heddle_row_clear()
 *
 * Returns: %FALSE if that error is gone or has not come yet; then @row is not touched. Any thread.
 */
gboolean
heddle_results_get_error (HeddleResults *self, guint64 nth, HeddleRow *row)
{
  return get_row (self, nth, TRUE, row);
}

/**
 * heddle_results_find_id:
 * @id: a task's id
 * @index: (out): the index of its row
 *
 * Returns: %FALSE if the task has not ended or its row is gone: @index is as it was. Any thread.
 */
gboolean
heddle_results_find_id (HeddleResults *self, guint64 id, guint64 *index)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (index != NULL, FALSE);

  HEDDLE_AUTO_LOCK (&self->lock);
  return find_id (self, id, index);
}

/**
 * heddle_results_get_queued:
 * @id: a task's id
 * @started_ns: when the attempt began that is asked for, CLOCK_MONOTONIC
 *
 * For charts: copies no text.
 *
 * Returns: when it came into the queue, CLOCK_MONOTONIC; 0 if the task has not ended, its row is
 *   gone, or that was not its last attempt. Any thread.
 */
gint64
heddle_results_get_queued (HeddleResults *self, guint64 id, gint64 started_ns)
{
  const HeddleResultChunk *chunk;
  guint64 index;

  g_return_val_if_fail (self != NULL, 0);

  HEDDLE_AUTO_LOCK (&self->lock);
  if (!find_id (self, id, &index))
    return 0;
  chunk = find_chunk (self, index, FALSE);
  if (chunk->rows[index - chunk->first].started_ns != started_ns)
    return 0;
  return chunk->rows[index - chunk->first].queued_ns;
}

/**
 * heddle_results_find_error:
 * @id: a task's id
 * @nth: (out): the number of its error, as for heddle_results_get_error()
 *
 * Returns: %FALSE if the task has not failed and was not lost, or its row is gone. Any thread.
 */
gboolean
heddle_results_find_error (HeddleResults *self, guint64 id, guint64 *nth)
{
  const HeddleResultChunk *chunk;
  guint low = 0, high;
  guint64 index;

  g_return_val_if_fail (self != NULL && nth != NULL, FALSE);

  HEDDLE_AUTO_LOCK (&self->lock);
  if (!find_id (self, id, &index))
    return FALSE;
  chunk = find_chunk (self, index, FALSE);
  high = chunk->n_errors;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (chunk->errors[middle] < index - chunk->first)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == chunk->n_errors || chunk->errors[low] != index - chunk->first)
    return FALSE;
  *nth = chunk->first_error + low;
  return TRUE;
}

/**
 * heddle_results_get_ids:
 * @first: (out): the smallest id of a task whose row is kept; 1 as long as all are
 * @last: (out): the largest id of a task that has ended; 0: none has
 *
 * Any thread.
 */
void
heddle_results_get_ids (HeddleResults *self, guint64 *first, guint64 *last)
{
  g_return_if_fail (self != NULL && first != NULL && last != NULL);

  HEDDLE_AUTO_LOCK (&self->lock);
  if (get_first (self, FALSE) > 0 && self->first_id == 0)
    find_first_id (self);
  *first = get_first (self, FALSE) > 0 ? self->first_id : 1;
  *last = self->last_id;
}

/**
 * heddle_results_has_ended:
 * @id: a task's id
 *
 * Returns: whether the task has ended, its row be kept or not. Any thread.
 */
gboolean
heddle_results_has_ended (HeddleResults *self, guint64 id)
{
  const Page *page;

  g_return_val_if_fail (self != NULL, FALSE);

  HEDDLE_AUTO_LOCK (&self->lock);
  page = find_page (self, id);
  /* a page that is not there has gone if it is before the last id, else is yet to come */
  return page != NULL ? page->entries[id % PAGE] != 0 : id / PAGE < self->last_id / PAGE;
}

/**
 * heddle_results_visit:
 * @errors: only those whose task failed or was lost
 * @next: (inout): the index of the first row, or the number of the first error; then of the one
 * behind the last that was visited
 * @max: how many at most; the lock is held meanwhile
 * @visit: called for each, the oldest first, with texts that are the store's own
 *
 * Rows that are gone are left out.
 *
 * Returns: whether there are more. Any thread.
 */
gboolean
heddle_results_visit (HeddleResults *self, gboolean errors, guint64 *next, guint max,
                      void (*visit) (guint64 number, const HeddleRow *row, gpointer data),
                      gpointer data)
{
  guint64 end;

  g_return_val_if_fail (self != NULL && next != NULL && visit != NULL, FALSE);

  pthread_mutex_lock (&self->lock);
  end = get_end (self, errors);
  *next = self->n_chunks > 0 ? MAX (*next, get_first (self, errors)) : end;
  for (guint n = 0; n < max && *next < end; n++)
    {
      const HeddleResultChunk *chunk = find_chunk (self, *next, errors);
      HeddleRow row;

      heddle_result_chunk_look_at (chunk, find_place (chunk, *next, errors), &row);
      visit ((*next)++, &row, data);
    }
  pthread_mutex_unlock (&self->lock);
  return *next < end;
}

/**
 * heddle_row_touches:
 * @begin: CLOCK_MONOTONIC nanoseconds
 * @end: likewise; not in the stretch itself
 *
 * Returns: whether the task was going on at any time of the stretch, or ended in it. Any thread.
 */
gboolean
heddle_row_touches (const HeddleRow *row, gint64 begin, gint64 end)
{
  return row->finished_ns >= begin
    && (row->started_ns > 0 ? row->started_ns : row->finished_ns) < end;
}

/**
 * heddle_results_skip:
 * @errors: as for heddle_results_visit()
 * @next: (inout): likewise; goes to the next row that may be in the stretch, or behind the last
 * @begin: as for heddle_row_touches()
 * @end: likewise
 *
 * Costs a thousandth of looking at the rows that it skips. Any thread.
 */
void
heddle_results_skip (HeddleResults *self, gboolean errors, guint64 *next, gint64 begin, gint64 end)
{
  g_return_if_fail (self != NULL && next != NULL);

  HEDDLE_AUTO_LOCK (&self->lock);
  *next = MAX (*next, get_first (self, errors));
  while (*next < get_end (self, errors) && self->n_chunks > 0)
    {
      const HeddleResultChunk *chunk = find_chunk (self, *next, errors);

      if (heddle_result_chunk_touches (chunk, begin, end))
        return;
      *next = errors ? chunk->first_error + chunk->n_errors : chunk->first + chunk->n_rows;
    }
  *next = get_end (self, errors);
}

/**
 * heddle_results_get_bytes:
 *
 * Returns: how much memory the rows take now, their texts and indices included. Any thread.
 */
gsize
heddle_results_get_bytes (HeddleResults *self)
{
  g_return_val_if_fail (self != NULL, 0);

  HEDDLE_AUTO_LOCK (&self->lock);
  return self->bytes;
}
